"""The reminder that a learner may ask for: one mail a day at an hour of theirs. Off until they turn it on."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

EVENING = 19


class ReminderQuerySet(models.QuerySet):
    """Adjectives for reminders; they chain into a sentence."""

    def due(self, now):
        """Only those whose moment has come and that no process has claimed, or none that is still at it."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=now), next_due__lte=now)


class Reminder(models.Model):
    """A learner's wish to be reminded, and how far its sending is; see ``reminding``.

    ``next_due`` is None while nothing is to be sent. ``claimed_by`` names one claim of one process, which holds until
    ``claimed_until``. ``sent_for`` is the learner's own day that the last mail was for.
    """

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder")
    hour = models.PositiveSmallIntegerField(default=EVENING, validators=[MaxValueValidator(23)])
    is_on = models.BooleanField(default=False)
    # What the link to stop them names: not the account, so that the link says nothing of who it belongs to.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    next_due = models.DateTimeField(null=True, db_index=True)
    claimed_until = models.DateTimeField(null=True)
    claimed_by = models.UUIDField(null=True, db_index=True)
    sent_for = models.DateField(null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hour__lte=23), name="a_reminder_has_an_hour_of_the_day"),
            models.CheckConstraint(
                condition=Q(is_on=True) | Q(next_due=None), name="a_reminder_that_is_off_is_never_due"
            ),
        ]

    def __str__(self):
        # Never whose: this text reaches logs and error pages.
        return f"Reminder {self.pk}"
