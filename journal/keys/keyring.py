"""A learner's keys for the length of one request: the only way words are sealed and opened."""

import os
import uuid

from django.db import router, transaction

from journal.keys import aead
from journal.keys.errors import CannotOpen, KeyUnavailable
from journal.keys.models import DataKey, MasterKey

VERSION = b"\x01"
ID_BYTES = 16


class Keyring:
    """Seals and opens texts for one owner.

    A sealed text is one byte of version, the data key's id, a nonce, and what AES-256-GCM made of the padded text. It
    opens only for the same owner, table, row, field and revision that it was sealed for.
    """

    def __init__(self, owner):
        self.owner = owner
        self._keys = None

    def seal(self, text, *, table, row, field, revision):
        """Return the text as sealed bytes; makes the learner's key if this is the first time.

        Raises ``KeyUnavailable``, and ``UnicodeEncodeError`` for half a surrogate pair, which is no text.
        """
        key_id, key = self._newest()
        data = aead.pad(text.encode())
        return VERSION + key_id.bytes + aead.encrypt(key, data, self._bound_to(key_id, table, row, field, revision))

    def open(self, sealed, *, table, row, field, revision):
        """Return the text; raises ``CannotOpen`` or ``KeyUnavailable``, and never anything but the text sealed."""
        sealed = bytes(sealed)
        if not sealed.startswith(VERSION) or len(sealed) < 1 + ID_BYTES:
            raise CannotOpen("These are no sealed words of this version.")
        key_id = uuid.UUID(bytes=sealed[1 : 1 + ID_BYTES])
        key = self._all().get(key_id)
        if key is None:
            # Another request may have made it since these were read.
            self._keys = None
            key = self._all().get(key_id)
        if key is None:
            raise CannotOpen("The key to these words is not there any more.")
        data = aead.decrypt(key, sealed[1 + ID_BYTES :], self._bound_to(key_id, table, row, field, revision))
        return aead.unpad(data).decode()

    def is_intact(self):
        """Tell whether the key that seals is still there, and was not erased in another window meanwhile."""
        key_id, _ = self._newest()
        return DataKey.objects.filter(pk=key_id).exists()

    def _bound_to(self, key_id, table, row, field, revision):
        return aead.bound_to("cft/row/v1", table, self.owner.uuid.bytes, str(row), field, key_id.bytes, str(revision))

    def _all(self):
        """Return the learner's keys by id, newest first; read once."""
        if self._keys is None:
            self._keys = {}
            masters = {}
            for data_key in DataKey.objects.of(self.owner).select_related("master"):
                if data_key.master_id not in masters:
                    masters[data_key.master_id] = data_key.master.read()
                self._keys[data_key.id] = data_key.unwrap(masters[data_key.master_id])
        return self._keys

    def _newest(self):
        for key_id, key in self._all().items():
            return key_id, key
        return self._make()

    def _make(self):
        key = os.urandom(aead.KEY_BYTES)
        data_key = DataKey(owner=self.owner.uuid)
        with transaction.atomic(using=router.db_for_write(DataKey)):
            master = self._active_master()
            data_key.wrap(key, master, master.read())
            data_key.save(force_insert=True)
        self._keys = {data_key.id: key}
        return data_key.id, key

    def _active_master(self):
        """Return the active master key, held until the new data key is saved.

        So no rotation can finish in between, count nothing left, and let the old file be put away. PostgreSQL finds no
        row when one was just replaced while this waited for it; the second look finds the new one.
        """
        active = MasterKey.objects.select_for_update(no_key=True).active()
        master = active.first() or active.all().first()
        if master is None:
            raise KeyUnavailable("This site has no master key yet. Run `manage.py journal_keys create`.")
        return master
