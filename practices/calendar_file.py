"""The days of a week as a calendar file (iCalendar, RFC 5545). Anyone may see a calendar, so it says nothing."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event

from practices import weeks

TITLE = "A few quiet minutes"


def of(week):
    """Return the file's bytes: an event for each day of the week known so far, without a reminder of its own."""
    calendar = Calendar()
    calendar.add("prodid", "-//CFT Course//Seven days//EN")
    calendar.add("version", "2.0")
    for day in weeks.days_of(week):
        event = Event()
        event.add("uid", f"{weeks.entry_id(week, day)}@{settings.SITE_URL.split('//')[1]}")
        event.add("dtstamp", timezone.now())
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("summary", TITLE)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()
