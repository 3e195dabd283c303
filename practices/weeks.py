"""The seven days of a week: which dates they are, which are written, and what a learner may do with them.

A day is the learner's own, from their time zone and the hour their day starts; see ``accounts.days``. What it is called
is settled when its page is shown, and travelling changes no day that has been.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from journal.models import Entry
from practices.models import Week

DAYS = 7
ACROSS = "across"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """One of the seven days as its week's page shows it. ``date`` is None while a pause leaves it open."""

    number: int
    date: date | None
    state: str
    is_today: bool
    entry: Entry | None

    @property
    def may_be_written(self):
        """Tell whether it has come."""
        return self.state != "to come"


def days_of(week):
    """Return the dates of a week's days, in order: seven, or fewer while it rests."""
    days, day = [], week.began
    while len(days) < DAYS:
        pause = next((pause for pause in week.pauses if _covers(pause, day)), None)
        if pause is None:
            days.append(day)
            day += ONE_DAY
        elif pause[1] is None:
            break
        else:
            day = date.fromisoformat(pause[1])
    return days


def _covers(pause, day):
    begun, until = pause
    return date.fromisoformat(begun) <= day and (until is None or day < date.fromisoformat(until))


def entry_id(week, day):
    """Return the id of the one entry of a day, a date, or of the look back across the week.

    It follows from the week and the day, so the primary key itself holds that there is one entry for each.
    """
    return uuid.uuid5(week.pk, day.isoformat() if isinstance(day, date) else day)


def is_paused(week):
    """Tell whether a week rests now."""
    return bool(week.pauses) and week.pauses[-1][1] is None


def is_over(week, today):
    """Tell whether a week was ended, or its last day has gone by."""
    days = days_of(week)
    return week.ended is not None or (len(days) == DAYS and days[-1] < today)


def is_running(week, today):
    """Tell whether today is a day of this week, neither paused nor over."""
    return not is_over(week, today) and not is_paused(week)


def entries_of(week):
    """Return a week's entries by their ids, the one across the week included: one query."""
    ids = [entry_id(week, day) for day in days_of(week)]
    return Entry.objects.owned_by(week.owner_id).filter(pk__in=[*ids, entry_id(week, ACROSS)]).in_bulk()


def seven(week, today, entries):
    """Return the seven ``Day`` objects of a week."""
    dates = days_of(week)
    return [_day(week, number, dates, today, entries) for number in range(1, DAYS + 1)]


def _day(week, number, dates, today, entries):
    when = dates[number - 1] if number <= len(dates) else None
    entry = entries.get(entry_id(week, when)) if when else None
    # Whoever has travelled west since they began may have a today before the first day; that one has come all the same.
    has_come = when is not None and (when <= today or number == 1)
    state = "written" if entry else "open" if has_come else "to come"
    return Day(number, when, state, when == today and not is_over(week, today), entry)


def begin(user, weekly):
    """Begin a week today and return it; one that is under way goes on instead."""
    today = user.today
    mine = Week.objects.owned_by(user).running().filter(weekly=weekly)
    for week in mine:
        if not is_over(week, today):
            return week
    mine.update(ended=timezone.now())
    try:
        with transaction.atomic():
            return Week.objects.create(owner=user, weekly=weekly, began=today)
    except IntegrityError:
        # Pressed twice: the other press began it.
        return mine.get()


def pause(week, today, has_written_today):
    """Let a week rest from today on, or from tomorrow if today is written already."""
    if not is_paused(week) and not is_over(week, today):
        first = max(today, week.began) + (ONE_DAY if has_written_today else timedelta())
        week.pauses = [*week.pauses, [first.isoformat(), None]]
        week.save(update_fields=["pauses"])


def go_on(week, today):
    """End a week's rest: its next day is today, or tomorrow if today was written before the rest began."""
    if is_paused(week):
        first = date.fromisoformat(week.pauses[-1][0])
        until = max(today, first)
        week.pauses = week.pauses[:-1] + ([[first.isoformat(), until.isoformat()]] if until > first else [])
        week.save(update_fields=["pauses"])


def end(week):
    """End a week for good. Its days stay readable and changeable."""
    if week.ended is None:
        week.ended = timezone.now()
        week.save(update_fields=["ended"])
