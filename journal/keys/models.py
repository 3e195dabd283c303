"""Wrapped keys. Deleting a learner's row here makes everything sealed with it unreadable, in old copies too."""

import hashlib
import hmac
import uuid

from django.db import models

from journal.keys import aead, files
from journal.keys.errors import CannotOpen, KeyUnavailable


def check_value(key):
    """Return a few bytes that tell one master key from another without telling anything about it."""
    return hmac.new(key, b"cft/kcv/v1", hashlib.sha256).digest()[:8]


class MasterKeyQuerySet(models.QuerySet):
    """Adjectives for master keys."""

    def active(self):
        """Only the one that new data keys are sealed by; none on a site without keys."""
        return self.filter(is_active=True)

    def needed(self):
        """Only those without whose file some words cannot be opened, or none be sealed for the first time."""
        used = DataKey.objects.filter(master=models.OuterRef("pk"))
        return self.filter(models.Q(is_active=True) | models.Exists(used)).order_by("created", "name")

    def idle(self):
        """Only those whose file this site needs no more."""
        return self.exclude(pk__in=self.needed().order_by().values("pk")).order_by("created", "name")


class MasterKey(models.Model):
    """A master key that this site has used. The key itself is in a file."""

    name = models.CharField(max_length=40, primary_key=True)
    check_value = models.BinaryField(max_length=8)
    is_active = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    objects = MasterKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=models.Q(is_active=True), name="one_active_master_key"
            )
        ]

    def __str__(self):
        return self.name

    def read(self):
        """Return the key's bytes; raises ``KeyUnavailable`` if its file is gone, unreadable or another key's."""
        key = files.read(self.name)
        if not hmac.compare_digest(check_value(key), bytes(self.check_value)):
            raise KeyUnavailable(f"The file {files.path_of(self.name)} holds another key than the one this site used.")
        return key


class DataKeyQuerySet(models.QuerySet):
    """Adjectives for data keys."""

    def of(self, owner):
        """Only the keys of one learner, newest first."""
        return self.filter(owner=owner.uuid).order_by("-created", "id")

    def behind(self):
        """Only the keys that an older master key than the active one seals."""
        return self.exclude(master__is_active=True)


class DataKey(models.Model):
    """One learner's key, sealed by a master key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.UUIDField(db_index=True)
    master = models.ForeignKey(MasterKey, on_delete=models.PROTECT, related_name="data_keys")
    wrapped = models.BinaryField()
    created = models.DateTimeField(auto_now_add=True)

    objects = DataKeyQuerySet.as_manager()

    def __str__(self):
        return str(self.id)

    def wrap(self, key, master, master_key):
        """Seal the key's bytes with a master key, bound to its owner and id. Saves nothing."""
        self.master = master
        self.wrapped = aead.encrypt(master_key, key, self._bound_to(master.name))

    def unwrap(self, master_key):
        """Return the key's bytes; raises ``KeyUnavailable`` if the row was changed or is another learner's."""
        try:
            return aead.decrypt(master_key, bytes(self.wrapped), self._bound_to(self.master_id))
        except CannotOpen:
            raise KeyUnavailable(
                f"The data key {self.id} does not open with the master key {self.master_id}."
            ) from None

    def _bound_to(self, master_name):
        return aead.bound_to("cft/dek/v1", master_name, self.owner.bytes, self.id.bytes)
