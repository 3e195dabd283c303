"""Making a master key, and changing to a new one. Each step is safe to repeat, and safe to stop anywhere."""

import contextlib
import hmac
import uuid

from django.db import IntegrityError, transaction

from journal.keys import files
from journal.keys.errors import KeyUnavailable
from journal.keys.models import DataKey, MasterKey, check_value

# Data keys of one transaction: few enough that nobody who saves meanwhile waits for long.
BATCH = 200
FIRST_ID = uuid.UUID(int=0)


class Refused(Exception):
    """What was asked of the master keys would do harm, or nothing."""


def create(name=None):
    """Make the first master key and return it; raises ``Refused`` where there is one, and ``KeyUnavailable``.

    A file of that name that is there already is taken as it is, for operators who bring their own.
    """
    active = MasterKey.objects.active().first()
    if active:
        raise Refused(
            f"This site has the master key {active} already. To change it, run `manage.py journal_keys rotate`."
        )
    return _take(name)


def create_first():
    """Give a new site its first master key, the newest file that is there or a new one, and return it.

    Returns None where there ever was one. Raises ``KeyUnavailable`` if the file cannot be used.
    """
    if MasterKey.objects.exists():
        return None
    return _take(next(reversed(files.names()), None))


def change(name=None):
    """Let a new master key be the active one, and return it; raises ``Refused`` and ``KeyUnavailable``.

    From now on it seals new data keys; ``rewrap`` moves the others.
    """
    if not MasterKey.objects.exists():
        raise Refused("This site has no master key yet. Run `manage.py journal_keys create`.")
    return _take(name)


def rewrap():
    """Seal every data key by the active master key; return how many were moved and the ids that do not open.

    Each is moved only if it is still as it was read, so two at once do no harm. Which master key is active is asked
    for every batch: of two rotations the later one wins, and the earlier one helps it. Raises ``KeyUnavailable`` if the
    active key is not there, or a moved key does not open again; that batch is then as it was.
    """
    total = 0
    while True:
        moved, unopened = _walk()
        total += moved
        if not moved:
            return total, unopened


def unopened():
    """Return a sentence for each data key that does not open with its master key."""
    opener = _Opener()
    return [said for data_key in DataKey.objects.order_by("pk").iterator() if (said := opener.refusal(data_key))]


class _Opener:
    """Opens data keys, and reads each master key's file once."""

    def __init__(self):
        self._masters = {}

    def open(self, data_key):
        """Return the data key's bytes; raises ``KeyUnavailable``."""
        name = data_key.master_id
        if name not in self._masters:
            self._masters[name] = data_key.master.read()
        return data_key.unwrap(self._masters[name])

    def refusal(self, data_key):
        """Return why a data key does not open, or None if it does."""
        try:
            self.open(data_key)
        except KeyUnavailable as error:
            return str(error)
        return None


def _take(name):
    """Make the file if there is none, then let the database know.

    The file is on the disk before: stopped in between, it is an unused file and nothing more.
    """
    name = name or files.new_name()
    value = check_value(_read_or_make(name))
    for same in MasterKey.objects.all():
        if same.name == name or bytes(same.check_value) == value:
            raise Refused(f"{name} is, or holds, the key {same} that this site used before. Choose another name.")
    return _activate(MasterKey(name=name, check_value=value, is_active=True))


def _read_or_make(name):
    if files.NAME.fullmatch(name) and name not in files.names():
        # Where another rotation made it just now, that one is taken.
        with contextlib.suppress(FileExistsError):
            files.make(name)
    return files.read(name)


def _activate(master):
    """Save a new master key as the active one.

    Where another became active at the very same time, PostgreSQL says so by the constraint that there is only one.
    """
    for _ in range(3):
        try:
            with transaction.atomic(using="keys"):
                MasterKey.objects.active().update(is_active=False)
                master.save(force_insert=True)
        except IntegrityError:
            if MasterKey.objects.filter(pk=master.pk).exists():
                return MasterKey.objects.get(pk=master.pk)
        else:
            return master
    raise Refused("Other rotations run at the same time. Run this again when they are done.")


def _walk():
    """Go once through all data keys that an older master key seals; return how many moved and the ids of the others."""
    moved, unopened, last = 0, [], FIRST_ID
    while True:
        with transaction.atomic(using="keys"):
            active = MasterKey.objects.active().get()
            batch = _batch(last, active)
            moved += _move(batch, active, unopened)
        if not batch:
            return moved, unopened
        last = batch[-1].pk


def _batch(after, active):
    behind = DataKey.objects.exclude(master=active).filter(pk__gt=after)
    return list(behind.order_by("pk").select_related("master")[:BATCH])


def _move(batch, active, unopened):
    """Seal the data keys of a batch by the active master key; add the ids of those that do not open to ``unopened``."""
    opener = _Opener()
    active_key = active.read()
    moved = 0
    for data_key in batch:
        try:
            key = opener.open(data_key)
        except KeyUnavailable:
            unopened.append(data_key.pk)
        else:
            moved += _move_one(data_key, key, active, active_key)
    return moved


def _move_one(data_key, key, active, active_key):
    unchanged = DataKey.objects.filter(pk=data_key.pk, master=data_key.master_id, wrapped=bytes(data_key.wrapped))
    data_key.wrap(key, active, active_key)
    moved = unchanged.update(master=active, wrapped=data_key.wrapped)
    if moved and not hmac.compare_digest(DataKey.objects.get(pk=data_key.pk).unwrap(active_key), key):
        raise KeyUnavailable(f"The data key {data_key.pk} was another one after it was moved. Nothing was changed.")
    return moved
