"""Entries: what a learner keeps, sealed before it reaches the database."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from journal.words import Words
from lessons.models import LineField


class EntryQuerySet(models.QuerySet):
    """Adjectives for entries; they chain into a sentence. ``owned_by`` is the only way to an entry."""

    def owned_by(self, user):
        """Only this learner's entries."""
        return self.filter(owner=user)

    def newest_first(self):
        """By the learner's own day, and within a day by when each was begun."""
        return self.order_by("-day", "-created", "-id")

    def before(self, day, created, entry_id):
        """Only what comes after the given place in ``newest_first``.

        The first condition repeats what the others say, because a database can seek by it and not by them.
        """
        same_day = Q(day=day, created__lt=created) | Q(day=day, created=created, id__lt=entry_id)
        return self.filter(Q(day__lte=day) & (Q(day__lt=day) | same_day))

    def oldest_first(self):
        """By the learner's own day, and within a day by when each was begun."""
        return self.order_by("day", "created", "id")

    def behind(self, day, created, entry_id):
        """Only what comes after the given place in ``oldest_first``; see ``before``."""
        same_day = Q(day=day, created__gt=created) | Q(day=day, created=created, id__gt=entry_id)
        return self.filter(Q(day__gte=day) & (Q(day__gt=day) | same_day))

    def unfinished(self):
        """Only entries with a draft."""
        return self.exclude(draft=None)


class Entry(models.Model):
    """Something a learner wrote: kept words, or a draft of them, or both while kept words are being changed.

    ``kept`` was sealed at ``kept_revision``; ``draft`` always at ``revision``. See ``saving`` for how they change.
    Everything typed is sealed. In the clear stand whose entry it is, its kind, module, day and times, its revisions,
    and how long the sealed words are, to the next 256 bytes.
    """

    class Kind(models.TextChoices):
        """Where the words come from."""

        NOTE = "note", "Note"
        PRACTICE = "practice", "Practice"
        DAY = "day", "Day"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NOTE)
    module = models.ForeignKey("lessons.Module", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    day = models.DateField()
    created = models.DateTimeField()
    changed = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    kept_revision = models.PositiveIntegerField(null=True)
    kept = models.BinaryField(null=True)
    draft = models.BinaryField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(kept__isnull=False) | Q(draft__isnull=False), name="an_entry_holds_words"
            ),
            models.CheckConstraint(
                condition=Q(kept__isnull=True, kept_revision__isnull=True)
                | Q(kept__isnull=False, kept_revision__isnull=False, kept_revision__lte=F("revision")),
                name="kept_words_have_a_revision",
            ),
        ]
        indexes = [
            models.Index("owner", F("day").desc(), F("created").desc(), F("id").desc(), name="entries_newest_first")
        ]

    def __str__(self):
        # Never the words: this text reaches logs and error pages.
        return f"{self.get_kind_display()} of {self.day}"

    @property
    def is_draft(self):
        """Tell whether nothing of this was kept yet."""
        return self.kept is None

    def open_kept(self, keyring):
        """Return the kept ``Words``; raises ``SealError``."""
        return self._open(keyring, "kept", self.kept_revision)

    def open_draft(self, keyring):
        """Return the ``Words`` of the draft; raises ``SealError``."""
        return self._open(keyring, "draft", self.revision)

    def open_latest(self, keyring):
        """Return the words a learner would go on with: the draft if there is one, else what was kept."""
        return self.open_kept(keyring) if self.draft is None else self.open_draft(keyring)

    def seal(self, keyring, field, words, revision):
        """Return words sealed for one field of this row at a revision. Saves nothing."""
        return keyring.seal(words.as_text(), **self._bound_to(field, revision))

    def _open(self, keyring, field, revision):
        if keyring.owner.pk != self.owner_id:
            raise PermissionError("Only its owner opens an entry.")
        return Words.from_text(keyring.open(getattr(self, field), **self._bound_to(field, revision)))

    def _bound_to(self, field, revision):
        return {"table": "journal.entry", "row": self.id, "field": field, "revision": revision}


class Prompt(models.Model):
    """A gentle question to begin a note with, for those who want one."""

    text = LineField("question", max_length=200, unique=True)
    position = models.PositiveSmallIntegerField(default=1)
    is_offered = models.BooleanField("offered", default=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.text
