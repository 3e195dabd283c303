"""What a learner may choose about themselves. The name is sealed like everything else they type."""

from functools import cache
from itertools import groupby
from zoneinfo import available_timezones

from journal.keys.errors import CannotOpen

SEALED_AS = {"table": "accounts.user", "field": "name", "revision": 0}

# Places that people live in. The rest of the database is for machines, or repeats these under older names.
REGIONS = {
    "Africa": "Africa",
    "America": "America",
    "Antarctica": "Antarctica",
    "Arctic": "Arctic",
    "Asia": "Asia",
    "Atlantic": "Atlantic",
    "Australia": "Australia",
    "Europe": "Europe",
    "Indian": "Indian Ocean",
    "Pacific": "Pacific",
}


def name_of(user, keyring):
    """Return the name a learner gave, or an empty text, also for one that does not open any more.

    A name is no reason to keep anyone from their words. Raises ``KeyUnavailable``.
    """
    if user.sealed_name is None:
        return ""
    try:
        return keyring.open(user.sealed_name, row=user.uuid, **SEALED_AS)
    except CannotOpen:
        return ""


def give_name(user, keyring, name):
    """Seal the name into the user's row, or forget it if it is empty. Saves nothing."""
    user.sealed_name = keyring.seal(name, row=user.uuid, **SEALED_AS) if name else None


@cache
def zones():
    """Return the names of the time zones that can be chosen, sorted, with UTC last."""
    places = [name for name in available_timezones() if "/" in name and _region(name) in REGIONS]
    return (*sorted(places), "UTC")


def zone_choices(current="UTC"):
    """Return the time zones by region, as a select shows them, with the one someone has even if it is odd."""
    regions = [
        (REGIONS[region], [(name, _place(name)) for name in names])
        for region, names in groupby(zones()[:-1], key=_region)
    ]
    return [*regions, ("Everywhere", [(name, name) for name in ["UTC", *_odd(current)]])]


def zone_or_utc(name):
    """Return the name of a time zone that can be chosen here, or UTC."""
    return name if name in zones() else "UTC"


def _odd(name):
    return [] if name in zones() else [name]


def _region(name):
    return name.split("/")[0]


def _place(name):
    """Return "Indiana – Knox" for "America/Indiana/Knox"."""
    return name.split("/", 1)[1].replace("_", " ").replace("/", " – ")
