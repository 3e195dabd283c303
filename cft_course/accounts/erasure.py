"""Erasing what a learner wrote, and a whole account, for good: also from copies of the database made before.

The keys go first, and with them what every copy holds. Then what is left is unreadable, and stopping anywhere is safe:
doing it again goes on where it stopped. The ledger is written before the keys' own transaction commits, so no key is
ever gone without a line; a line too many only names what its owner asked to have erased.

Erase accounts here and nowhere else: ``user.delete()`` would leave the keys, and so what older copies hold, readable.
"""

import json
from dataclasses import dataclass
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connections, transaction
from django.db.models import BinaryField, F, Func, Q

from cft_course.accounts import ledger
from journal.keys.keyring import ID_BYTES, VERSION
from journal.keys.models import DataKey
from journal.models import Entry
from practices.models import Run, Week


def erase_writing(user):
    """Erase everything a learner wrote, with what practices they did and their name for themselves; the account stays.

    Raises ``DatabaseError`` or ``OSError`` and has then erased nothing, or not all: doing it again finishes.
    """
    _shred(user.uuid)
    Entry.objects.owned_by(user).delete()
    Run.objects.owned_by(user).delete()
    Week.objects.owned_by(user).delete()
    _users(user.uuid).update(sealed_name=None)
    user.sealed_name = None
    _forget_deleted_bytes()


def delete_account(user):
    """Erase a learner or editor with everything of theirs, and end their sessions everywhere.

    Raises ``DatabaseError`` or ``OSError`` and has then erased nothing, or not all: doing it again finishes.
    """
    owner = user.uuid
    _shred(owner, is_account=True)
    _remove(owner)
    # A save in another window may have made a key in the meantime.
    _shred(owner)
    _forget_deleted_bytes()


@dataclass
class Replayed:
    """How much was erased again."""

    keys: int
    entries: int
    accounts: int
    unreadable_lines: int


def replay(*further):
    """Erase again what the ledger and further ones name, as after bringing a backup back; return a ``Replayed``.

    Raises ``DatabaseError`` or ``OSError``; doing it again finishes.
    """
    named = ledger.Ledger(*further)
    keys = [key for key in DataKey.objects.values_list("pk", flat=True).iterator() if named.names("key", key)]
    with transaction.atomic(using="keys"):
        for key in keys:
            DataKey.objects.filter(pk=key).delete()
    replayed = Replayed(len(keys), _replay_words(named), _replay_accounts(named), named.unreadable)
    _forget_deleted_bytes()
    return replayed


def _users(owner):
    return get_user_model().objects.filter(uuid=owner)


def _shred(owner, is_account=False):
    """Delete the keys of one owner in a transaction of the keys' own, with their lines in the ledger."""
    with transaction.atomic(using="keys", durable=True):
        keys = list(DataKey.objects.filter(owner=owner).values_list("pk", flat=True))
        DataKey.objects.filter(pk__in=keys).delete()
        ledger.write([*(("key", key) for key in keys), *([("account", owner)] if is_account else [])])


def _remove(owner):
    Entry.objects.filter(owner__uuid=owner).delete()
    _end_sessions(owner)
    with transaction.atomic():
        Authenticator.objects.filter(user__uuid=owner).delete()
        EmailAddress.objects.filter(user__uuid=owner).delete()
        _users(owner).delete()


def _end_sessions(owner):
    UserSession.objects.filter(user__uuid=owner).delete()
    for user in _users(owner):
        # Half a sign-in or half a reset names its user by number or by address and is listed nowhere else.
        traces = (f'"{user.pk}"', f'"{user.email.lower()}"')
        for session in Session.objects.iterator():
            if any(trace in json.dumps(session.get_decoded()).lower() for trace in traces):
                session.delete()


def _key_of(field):
    """Return an expression for the version and the key's id that sealed bytes begin with."""
    return Func(F(field), 1, len(VERSION) + ID_BYTES, function="SUBSTR", output_field=BinaryField())


def _erased(rows, field, named):
    """Return the distinct beginnings of sealed bytes whose key the ledger names."""
    found = rows.exclude(**{field: None}).order_by().values_list(_key_of(field), flat=True).distinct()
    beginnings = [bytes(beginning) for beginning in found]
    return [start for start in beginnings if len(start) > ID_BYTES and named.names("key", UUID(bytes=start[1:]))]


def _replay_words(named):
    """Delete the entries and names that erased keys sealed; return how many entries."""
    deleted = 0
    entries = Entry.objects.annotate(kept_key=_key_of("kept"), draft_key=_key_of("draft"))
    for start in {*_erased(Entry.objects, "kept", named), *_erased(Entry.objects, "draft", named)}:
        deleted += entries.filter(Q(kept_key=start) | Q(draft_key=start)).delete()[0]
    users = get_user_model().objects
    for start in _erased(users, "sealed_name", named):
        users.annotate(name_key=_key_of("sealed_name")).filter(name_key=start).update(sealed_name=None)
    return deleted


def _replay_accounts(named):
    owners = get_user_model().objects.values_list("uuid", flat=True)
    erased = [owner for owner in owners if named.names("account", owner)]
    for owner in erased:
        _shred(owner)
        _remove(owner)
    return len(erased)


def _forget_deleted_bytes():
    """Take what was deleted out of SQLite's files too; until then it stays in the log beside them."""
    for connection in connections.all():
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except DatabaseError:
                pass  # Someone is reading: SQLite does it by itself later.
