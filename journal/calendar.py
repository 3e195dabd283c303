"""How days make months and years: reckoning only. It asks no database, opens no words and knows no time zones."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta

from journal.models import Entry

FIRST_YEAR, LAST_YEAR = 1900, 2200
MONTHS = range(1, 13)
ONE_DAY = timedelta(days=1)
LONGER_THAN_A_MONTH = timedelta(days=31)

# The picture of a year, in its own units: three months side by side, each with its name above its squares.
SQUARE, STEP, NAME = 10, 14, 24
BLOCKS_IN_A_ROW, BLOCK_WIDTH, BLOCK_HEIGHT = 3, 7 * STEP + 22, NAME + 6 * STEP + 16
PICTURE = f"-3 0 {BLOCKS_IN_A_ROW * BLOCK_WIDTH - 20} {4 * BLOCK_HEIGHT - 16}"


@dataclass(frozen=True)
class Cell:
    """A day in the table of a month, and the kinds of entries that it has."""

    day: date
    kinds: tuple[Entry.Kind, ...] = ()
    is_today: bool = False


@dataclass(frozen=True)
class Month:
    """A month in the list and the picture of its year: on how many days it has entries, and where its name stands."""

    first: date
    days: int
    is_to_come: bool
    x: int
    y: int


def first_of(year, month=1):
    """Return the first day of a month that the calendar shows; raises ``ValueError`` for any other."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError("The calendar does not go so far.")
    return date(year, month, 1)


def last_of(first):
    """Return the last day of the month with this first day."""
    return (first + LONGER_THAN_A_MONTH).replace(day=1) - ONE_DAY


def month_before(first):
    """Return the first day of the month before, or None where the calendar begins."""
    before = (first - ONE_DAY).replace(day=1)
    return before if before.year >= FIRST_YEAR else None


def month_after(first, today):
    """Return the first day of the month after, or None if that is still to come or past the calendar's end."""
    after = last_of(first) + ONE_DAY
    return after if after <= today and after.year <= LAST_YEAR else None


def years_around(year, today):
    """Return the year before and the one after, each None where the calendar ends or the future begins."""
    before = year - 1 if year > FIRST_YEAR else None
    return before, year + 1 if year < min(today.year, LAST_YEAR) else None


def a_month_before(day):
    """Return the same day a month before, or that month's last day if it is too short to have it."""
    last = day.replace(day=1) - ONE_DAY
    return last.replace(day=min(day.day, last.day))


def kinds_by_day(pairs):
    """Return for each day its kinds, always in the same order, from pairs of a day and a kind."""
    found = {}
    for day, kind in pairs:
        found.setdefault(day, set()).add(kind)
    return {day: tuple(kind for kind in Entry.Kind if kind in kinds) for day, kinds in found.items()}


def weeks_of(first, kinds, today):
    """Return a month as weeks from Monday to Sunday; None stands where a day belongs to another month."""
    return [
        [Cell(day, kinds.get(day, ()), day == today) if day.month == first.month else None for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]


def months_of(year, written, today):
    """Return the twelve months of a year, given the days that have entries."""
    counts = dict.fromkeys(MONTHS, 0)
    for day in written:
        counts[day.month] += 1
    firsts = [first_of(year, month) for month in MONTHS]
    return [Month(first, counts[first.month], first > today, *_corner(first.month)) for first in firsts]


def squares_of(year, written, today):
    """Return the squares of a year as the paths of a picture: those with entries, those without, and today's frame.

    One path for all squares of a sort, which is a tenth of what an element for each would take.
    """
    paths = {"filled": [], "empty": [], "frame": []}
    day = first_of(year)
    while day.year == year:
        x, y = _place(day)
        paths["filled" if day in written else "empty"].append(f"M{x} {y}h{SQUARE}v{SQUARE}h-{SQUARE}z")
        if day == today:
            paths["frame"].append(f"M{x - 2} {y - 2}h{SQUARE + 4}v{SQUARE + 4}h-{SQUARE + 4}z")
        day += ONE_DAY
    return {sort: "".join(squares) for sort, squares in paths.items()}


def sentence(days, span):
    """Say on how many days someone wrote in a month or a year. None is as good an answer as any."""
    if not days:
        return "Nothing is written here, and that is fine."
    return f"You wrote on {days} {'day' if days == 1 else 'days'} in {span}."


def _corner(month):
    row, column = divmod(month - 1, BLOCKS_IN_A_ROW)
    return column * BLOCK_WIDTH, row * BLOCK_HEIGHT


def _place(day):
    """Return where a day's square stands: its weekday is the column and its week the row, as in the month's table."""
    x, y = _corner(day.month)
    week = (day.day - 1 + day.replace(day=1).weekday()) // 7
    return x + day.weekday() * STEP, y + NAME + week * STEP
