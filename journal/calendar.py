"""The days on which someone wrote, as months and years show them. Nothing here opens a word."""

import calendar
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

YEARS = range(1900, 2201)
MONTHS = list(calendar.month_name)[1:]
# In units of the picture of a year.
SQUARE, STEP, LEFT, TOP = 10, 14, 40, 20


@dataclass(frozen=True)
class Day:
    """One day of a month's table: its date, the kinds of what was written on it, and whether it is today."""

    date: date
    kinds: list[str]
    is_today: bool


def kinds_by_day(entries, first, last):
    """Return the kinds of entries on each day of a span that has any: one query."""
    found = {}
    rows = entries.filter(day__range=(first, last)).order_by().values_list("day", "kind").distinct()
    for day, kind in rows:
        found.setdefault(day, set()).add(kind)
    return {day: sorted(kinds) for day, kinds in found.items()}


def span_of_month(year, month):
    """Return the first and the last day of a month; raises ``ValueError`` for one that no calendar here has."""
    if year not in YEARS or not 1 <= month <= 12:
        raise ValueError("There is no such month.")
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def table_of_month(year, month, written, today):
    """Return a month's weeks from Monday on, each of seven ``Day`` objects or None for days of another month."""
    rows = calendar.Calendar().monthdatescalendar(year, month)
    return [[_day(day, written, today) if day.month == month else None for day in row] for row in rows]


def _day(day, written, today):
    return Day(day, written.get(day, []), day == today)


def month_before(year, month):
    """Return the year and number of the month before."""
    return (year - 1, 12) if month == 1 else (year, month - 1)


def month_after(year, month):
    """Return the year and number of the month after."""
    return (year + 1, 1) if month == 12 else (year, month + 1)


def a_month_ago(today):
    """Return the same day of the month before, or its last one where it has fewer days."""
    year, month = month_before(today.year, today.month)
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


def days_written(written):
    """Return on how many days of each month something was written, by the month's number."""
    return Counter(day.month for day in written)


def squares(year, written):
    """Return two SVG paths of a year, a row a month: squares for days with something written, and for all others.

    One path for each keeps the picture small; the squares say no more than whether there is anything.
    """
    paths = {True: [], False: []}
    day = date(year, 1, 1)
    while day.year == year:
        x, y = LEFT + STEP * (day.day - 1), TOP + STEP * (day.month - 1)
        paths[day in written].append(f"M{x} {y}h{SQUARE}v{SQUARE}h-{SQUARE}z")
        day += timedelta(days=1)
    return "".join(paths[True]), "".join(paths[False])


def rows_of_year():
    """Return each month's short name with where it stands in the picture."""
    return [(name[:3], TOP + STEP * number + SQUARE - 1) for number, name in enumerate(MONTHS)]
