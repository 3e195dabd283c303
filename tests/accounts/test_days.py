"""The learner's own day, over every time zone and the nights when clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from cft_course.accounts.days import day_of

STARTS = [time(0), time(4), time(23, 59)]
HALF_HOUR = timedelta(minutes=30)


def changes(zone, year):
    """Return the moments, to half an hour, when this zone's clocks change in a year."""
    moment, found = datetime(year, 1, 1, tzinfo=UTC), []
    offset = moment.astimezone(zone).utcoffset()
    for _ in range(366):
        later = moment + timedelta(days=1)
        if later.astimezone(zone).utcoffset() != offset:
            step = moment
            while step.astimezone(zone).utcoffset() == offset:
                step += HALF_HOUR
            found.append(step)
            offset = later.astimezone(zone).utcoffset()
        moment = later
    return found


def seen_on_screen(moment, zone, starts):
    """Return the day by what a clock on the wall says, reckoned from its text."""
    on_the_wall = datetime.strptime(moment.astimezone(zone).strftime("%Y-%m-%d %H:%M"), "%Y-%m-%d %H:%M")
    return (on_the_wall - timedelta(days=on_the_wall.time() < starts)).date()


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027, 2028])
def test_a_day_is_the_one_on_screen_in_every_zone_also_when_clocks_change(year):
    zones = sorted(available_timezones())
    assert len(zones) > 400
    seen = 0
    for name in zones:
        zone = ZoneInfo(name)
        ordinary = [datetime(year, month, 15, 11, 59, tzinfo=UTC) for month in (1, 7)]
        for change in [*ordinary, *changes(zone, year)]:
            before = None
            for half_hours in range(-16, 17):
                moment = change + half_hours * HALF_HOUR
                for starts in STARTS:
                    assert day_of(moment, zone, starts) == seen_on_screen(moment, zone, starts), (name, moment, starts)
                day = day_of(moment, zone, time(4))
                # A clock set back before four in the morning never brings yesterday back: four comes once.
                assert before is None or day >= before, (name, moment)
                before = day
                seen += 1
    assert seen > 20_000
