"""Saving an entry: by its id, which the form chose, and its revision, which the form last saw.

A second submit of the same form is the same row. Two windows on one entry become a choice for the learner and never an
overwrite: an UPDATE that finds another revision changes nothing (compare-and-swap, which holds on every database).
"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from journal.models import Entry
from journal.turns import turn


class Conflict(Exception):
    """The entry was changed somewhere else since the form was opened. ``entry`` is how it is now."""

    def __init__(self, entry):
        super().__init__("The entry was changed somewhere else.")
        self.entry = entry


def save(keyring, entry_id, revision, words, *, keep, module=None, kind=Entry.Kind.NOTE, day=None):
    """Keep words, or save them as a draft, and return the entry once that is on the disk.

    ``revision`` is 0 for a new entry, which belongs to the learner's today unless ``day`` is given. Raises ``Conflict``
    if the entry is at another revision with other words, ``Entry.DoesNotExist`` if it is not there (any more) for this
    owner, and ``SealError`` if it cannot be sealed.
    """
    if revision == 0:
        entry = _begin(keyring, entry_id, words, keep, module, kind, day)
    else:
        entry = _change(keyring, entry_id, revision, words, keep, module)
    entry = entry or _reconcile(keyring, entry_id, words, keep, module)
    if not keyring.is_intact():
        # Everything was erased in another window while this was being sealed. Nobody could open it any more.
        Entry.objects.owned_by(keyring.owner).filter(pk=entry_id, revision=entry.revision).delete()
        raise Entry.DoesNotExist
    return entry


def let_draft_go(owner, entry_id, revision):
    """Forget the changes to an entry that was kept before; raises ``Conflict`` or ``Entry.DoesNotExist``."""
    unchanged = Entry.objects.owned_by(owner).filter(pk=entry_id, revision=revision).exclude(kept=None)
    if not unchanged.update(draft=None, revision=revision + 1, changed=timezone.now()):
        raise Conflict(Entry.objects.owned_by(owner).get(pk=entry_id))


def _begin(keyring, entry_id, words, keep, module, kind, day):
    now = timezone.now()
    owner = keyring.owner
    day = day or owner.day_of(now)
    entry = Entry(pk=entry_id, owner=owner, kind=kind, module=module, created=now, changed=now, day=day)
    for field, value in _columns(entry, keyring, words, keep, revision=1).items():
        setattr(entry, field, value)
    try:
        with turn(), transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        return None
    return entry


def _change(keyring, entry_id, revision, words, keep, module):
    # All that sealing needs to know of the row; whether it is there is found out by the update itself.
    entry = Entry(pk=entry_id, owner=keyring.owner)
    columns = _columns(entry, keyring, words, keep, revision + 1) | {"changed": timezone.now(), "module": module}
    unchanged = Entry.objects.owned_by(keyring.owner).filter(pk=entry_id, revision=revision)
    with turn():
        changed = unchanged.update(**columns)
    if not changed:
        return None
    for field, value in columns.items():
        setattr(entry, field, value)
    return entry


def _columns(entry, keyring, words, keep, revision):
    """Return what a save writes. Kept words take the draft's place; a draft leaves what was kept as it is."""
    if keep:
        kept = entry.seal(keyring, "kept", words, revision)
        return {"kept": kept, "kept_revision": revision, "draft": None, "revision": revision}
    return {"draft": entry.seal(keyring, "draft", words, revision), "revision": revision}


def _reconcile(keyring, entry_id, words, keep, module):
    """Save after all if the other save was of these very words, as after a double click; else raise ``Conflict``."""
    entry = Entry.objects.owned_by(keyring.owner).get(pk=entry_id)
    if entry.open_latest(keyring) != words:
        raise Conflict(entry)
    if entry.draft is None:
        return entry
    return _change(keyring, entry_id, entry.revision, words, keep, module) or _conflict(keyring, entry_id)


def _conflict(keyring, entry_id):
    raise Conflict(Entry.objects.owned_by(keyring.owner).get(pk=entry_id))
