"""When a learner is reminded, and who sends it: the hours of reminders, and claims on those that are due.

Any number of processes may send at once, and each may be killed at any moment. A process claims a batch with one
UPDATE that asks once more whether each row is still free, so no two have the same one. A claim ends by itself; what a
killed process leaves undone is then anybody's.
"""

import copy
import uuid
from datetime import UTC, datetime, time, timedelta
from itertools import groupby

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Value, When
from django.utils import timezone

from journal.models import Entry
from practices import weeks
from practices.models import Reminder, Week

BATCH = 500
LEASE = timedelta(minutes=5)
# A mail is begun in the first part of a lease only. The longest that one can take, every timeout included, fits in
# the rest, so that nobody else claims a mail while it is being sent.
TIME_TO_BEGIN = timedelta(minutes=2)
# A server that says no to one address says so again in five minutes.
LEASE_OF_REFUSED = timedelta(hours=1)
ONE_DAY = timedelta(days=1)


def schedule(user):
    """Reckon anew when a learner is reminded next, keep it, and return it: None if they are not.

    Belongs wherever a week begins, rests, goes on or ends, and wherever someone changes their hour or time zone.
    """
    reminder = Reminder.objects.filter(owner=user).first()
    if reminder is None:
        return None
    user, now = in_a_zone(user), timezone.now()
    is_wanted = reminder.is_on and any(
        weeks.is_running(week, user.day_of(now)) for week in Week.objects.owned_by(user).running()
    )
    moment = next_moment(now, reminder.hour, user.zone) if is_wanted else None
    # Turned off in another window just now, it stays off.
    Reminder.objects.filter(pk=reminder.pk, is_on=reminder.is_on).update(next_due=moment)
    return moment


def turn_off(key):
    """Turn the reminder with this key off. Doing it again, or after its account was deleted, is just as well."""
    Reminder.objects.filter(key=key).update(is_on=False, next_due=None)


def in_a_zone(user):
    """Return the user, or a copy of them in UTC if their time zone is none that this machine knows (any more)."""
    try:
        user.zone  # noqa: B018 -- it raises
    except (KeyError, ValueError, OSError):
        user = copy.copy(user)
        user.time_zone = "UTC"
    return user


def moment_at(date, hour, zone):
    """Return the moment at which the clock on the wall shows an hour of a date.

    An hour that comes twice, as clocks go back, counts the first time. One that is left out, as they go forward, is
    the moment that would have been it: an hour later by the clock.
    """
    return datetime.combine(date, time(hour), tzinfo=zone).astimezone(UTC)


def next_moment(after, hour, zone):
    """Return the first moment after another at which the clock shows this hour."""
    date = after.astimezone(zone).date()
    moments = (moment_at(date + ahead * ONE_DAY, hour, zone) for ahead in range(4))
    return next(moment for moment in moments if moment > after)


def last_moment(now, hour, zone):
    """Return the last moment up to now at which the clock showed this hour."""
    date = now.astimezone(zone).date()
    moments = (moment_at(date - back * ONE_DAY, hour, zone) for back in range(4))
    return next(moment for moment in moments if moment <= now)


def due(now, batch=BATCH):
    """Return the reminders that may be claimed, those that wait longest first."""
    return Reminder.objects.due(now).order_by("next_due")[:batch]


class Letter:
    """One learner of a batch: what their day is, when they are reminded next, and whether they are now."""

    def __init__(self, running, now):
        """Take every week that the learner did not end, each with its owner and their reminder."""
        self.reminder = running[0].owner.reminder
        self.owner = in_a_zone(running[0].owner)
        self.is_confirmed = running[0].is_confirmed
        self.now = now
        self.today = self.owner.day_of(now)
        self.weeks = [week for week in running if weeks.is_running(week, self.today)]
        self.entry_ids = {weeks.entry_id(week, day) for week in self.weeks if (day := self._asked(week))}

    def _asked(self, week):
        """Return the day of a week that its page asks for today, or None."""
        days = weeks.days_of(week)
        # Whoever has travelled west since they began may have a today before the first day.
        return max(self.today, days[0]) if days and max(self.today, days[0]) in days else None

    @property
    def next_moment(self):
        """The next moment of the reminder's hour."""
        return next_moment(self.now, self.reminder.hour, self.owner.zone)

    def is_wanted(self, written):
        """Tell whether to send it, given the ids of entries there are. Whoever wrote today, in any week, is not asked.

        The hour belongs to today, or this is a night after the mail server was away, or the learner has moved since.
        Mail goes to confirmed addresses only: anyone can type somebody else's.
        """
        last = last_moment(self.now, self.reminder.hour, self.owner.zone)
        is_asked = bool(self.entry_ids) and not self.entry_ids & written
        is_the_hour = self.owner.day_of(last) == self.today != self.reminder.sent_for
        reads_mail = self.is_confirmed and self.owner.is_active and not self.owner.is_staff
        return self.reminder.is_on and is_asked and is_the_hour and reads_mail


class Claim:
    """A batch of reminders that this process alone may send, for as long as a lease."""

    def __init__(self, batch=BATCH):
        self.id = uuid.uuid4()
        self.begun = timezone.now()
        self.until = self.begun + LEASE
        self.size = self._take(batch)

    def _take(self, batch):
        """Claim up to a batch in one statement and return how many there are.

        PostgreSQL looks again at a row that somebody else changed while this waited for it, by the outer conditions
        and not by the inner ones: so the outer ones ask once more. SQLite lets one write at a time. ``skip_locked``
        only spares processes the wait for each other; SQLite does without.
        """
        with transaction.atomic():
            free = due(self.begun, batch).select_for_update(skip_locked=True)
            mine = Reminder.objects.due(self.begun).filter(pk__in=free.values("pk"))
            return mine.update(claimed_by=self.id, claimed_until=self.until)

    @property
    def _mine(self):
        return Reminder.objects.filter(claimed_by=self.id)

    @property
    def may_begin(self):
        """Tell whether there is time left to begin another mail."""
        return timezone.now() < self.begun + TIME_TO_BEGIN

    def sort_out(self):
        """Return the letters to be sent, and let everything else of the batch move on, in three queries."""
        letters = [
            Letter(list(running), self.begun) for _, running in groupby(self._running(), lambda week: week.owner)
        ]
        ids = [entry_id for letter in letters for entry_id in letter.entry_ids]
        written = set(Entry.objects.filter(pk__in=ids).values_list("pk", flat=True))
        wanted, later = [], []
        for letter in letters:
            if letter.is_wanted(written):
                wanted.append(letter)
            elif letter.weeks:
                later.append(letter)
        if len(wanted) < self.size:
            self._move_on(wanted, later)
        return wanted

    def _running(self):
        """Return every week that anyone in this batch did not end, with its owner and their reminder."""
        addresses = EmailAddress.objects.filter(user=OuterRef("owner"), email__iexact=OuterRef("owner__email"))
        people = [f"owner__{name}" for name in ("email", "time_zone", "day_starts", "is_active", "is_staff")]
        reminders = [f"owner__reminder__{name}" for name in ("hour", "is_on", "key", "sent_for")]
        return (
            Week.objects.running()
            .filter(owner__reminder__claimed_by=self.id)
            .select_related("owner__reminder")
            .only("owner", "began", "pauses", "ended", *people, *reminders)
            .annotate(is_confirmed=Exists(addresses.filter(verified=True)))
            .order_by("owner__reminder__next_due", "owner_id")
        )

    def _move_on(self, wanted, later):
        """Give each that is sent nothing now its next moment, and none to whoever has no week."""
        moments = [When(pk=letter.reminder.pk, then=Value(letter.next_moment)) for letter in later]
        others = self._mine.exclude(pk__in=[letter.reminder.pk for letter in wanted])
        # One that was scheduled anew in the meantime knows better; its claim ends by itself.
        others = others.filter(next_due__lte=self.begun)
        others.update(next_due=Case(*moments, default=None), claimed_by=None, claimed_until=None)

    def finish(self, letter):
        """Note that a letter was sent."""
        # If it was turned off or scheduled anew in the meantime, that holds.
        moment = Case(When(next_due__lte=self.begun, then=Value(letter.next_moment)), default=F("next_due"))
        this = self._mine.filter(pk=letter.reminder.pk)
        this.update(next_due=moment, sent_for=letter.today, claimed_by=None, claimed_until=None)

    def put_off(self, letter):
        """Note that the mail server says no to this one address: an hour passes before the next try."""
        this = self._mine.filter(pk=letter.reminder.pk)
        this.update(claimed_until=timezone.now() + LEASE_OF_REFUSED)

    def release(self):
        """Give back what was not begun."""
        self._mine.filter(claimed_until=self.until).update(claimed_by=None, claimed_until=None)
