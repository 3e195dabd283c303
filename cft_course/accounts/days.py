"""When a learner's day begins, and where they are."""

from datetime import timedelta
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError


def validate_time_zone(name):
    """Refuse what is no name in the IANA time zone database."""
    if name not in available_timezones():
        raise ValidationError("Please choose a time zone from the list.")


def day_of(moment, zone, day_starts):
    """Return the date of the day that a moment belongs to, for someone whose day starts at a given wall-clock time.

    ``moment`` is aware. The clock on the wall decides, so that a day is right in the nights when clocks change too.
    """
    local = moment.astimezone(zone)
    before_the_day = local.time() < day_starts
    return local.date() - timedelta(days=1) if before_the_day else local.date()
