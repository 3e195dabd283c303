"""The list of entries, page by page: newest first, each page found by the last entry of the one before."""

import base64
from contextlib import suppress
from datetime import UTC, date, datetime
from uuid import UUID

from journal.keys.errors import CannotOpen

PAGE = 20


def place_of(entry):
    """Return where an entry stands in the list, as a short text for an address."""
    text = f"{entry.day.isoformat()} {entry.created.isoformat()} {entry.pk.hex}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def place_from(text):
    """Return the day, time and id that ``place_of`` wrote; raises ``ValueError`` or ``OverflowError``."""
    day, created, pk = base64.urlsafe_b64decode(text.encode()).decode().rsplit(" ", 2)
    place = date.fromisoformat(day), datetime.fromisoformat(created), UUID(pk)
    if place[1].tzinfo is None:
        raise ValueError("A time without its zone.")
    # A time at the edge of the calendar has none in UTC, and says so here.
    return place[0], place[1].astimezone(UTC), place[2]


def after(entries, place):
    """Return only the entries after a place. A place that nobody wrote is the beginning."""
    if not place:
        return entries
    with suppress(ValueError, OverflowError):
        return entries.before(*place_from(place))
    return entries


def page(entries, place=""):
    """Return up to ``PAGE`` entries after a place, and the place to go on from, or an empty text at the end."""
    entries = after(entries.newest_first().select_related("module"), place)
    found = list(entries[: PAGE + 1])
    return found[:PAGE], place_of(found[PAGE - 1]) if len(found) > PAGE else ""


def page_onward(entries, place=""):
    """Return what ``page`` does, in the order in which it was lived."""
    entries = entries.oldest_first()
    if place:
        with suppress(ValueError, OverflowError):
            entries = entries.behind(*place_from(place))
    found = list(entries[: PAGE + 1])
    return found[:PAGE], place_of(found[PAGE - 1]) if len(found) > PAGE else ""


def uncover(entries, keyring, *, kept=False):
    """Give each entry its latest ``words``, or the kept ones. Those that cannot be opened get None; the rest shows."""
    for entry in entries:
        try:
            entry.words = entry.open_kept(keyring) if kept else entry.open_latest(keyring)
        except CannotOpen:
            entry.words = None
    return entries
