"""`manage.py send_reminders` as cron runs it: two at once, killed at random, and with the mail server away.

The mail server is a real one, in this process. Whoever is told of here has noon at the moment, whatever the time is.
"""

import random
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

import pytest
from django.conf import settings as project

from tests.faults.support import Site, scratch_database
from tests.post_office import PostOffice

LEARNERS = 200
KILLS = 6
MAKE_REMINDERS = """
from datetime import timedelta
from allauth.account.models import EmailAddress
from django.utils import timezone
from cft_course.accounts.models import User
from practices.models import Reminder, Week, WeeklyPractice
now = timezone.now()
User.objects.bulk_create(User(email=f"one{{n}}@example.org", time_zone={zone!r}) for n in range({number}))
users = list(User.objects.all())
EmailAddress.objects.bulk_create(EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in users)
weekly, day = WeeklyPractice.objects.get(), users[0].today
Week.objects.bulk_create(Week(owner=u, weekly=weekly, began=day) for u in users)
due = now - timedelta(minutes=1)
Reminder.objects.bulk_create(Reminder(owner=u, hour={hour}, is_on=True, next_due=due) for u in users)
"""
EVERYONE = {f"one{number}@example.org" for number in range(LEARNERS)}

pytestmark = pytest.mark.xdist_group("kills")


def noon():
    """Return a time zone where it is about noon now, and the hour there: no day ends while a test runs."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}", 12


@pytest.fixture
def office():
    """A mail server."""
    return PostOffice()


@pytest.fixture
def site(tmp_path, office):
    """A site where everyone's reminder has just become due."""
    with scratch_database("reminders") as address:
        site = Site(tmp_path, address, **office.variables)
        site.prepare()
        zone, hour = noon()
        site.shell(MAKE_REMINDERS.format(zone=zone, hour=hour, number=LEARNERS))
        yield site


def start(site, *arguments):
    """Start the command."""
    command = [sys.executable, "manage.py", "send_reminders", "-v2", *arguments]
    return subprocess.Popen(
        command, cwd=project.BASE_DIR, env=site.variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process):
    """Wait for the command and return how many mails it says it sent, and what else it said."""
    told, warned = process.communicate(timeout=120)
    assert process.returncode == 0, told + warned
    return int(re.search(r"Sent (\d+) reminders", told)[1]), warned


def let_claims_end(site):
    """Do what five minutes do, or an hour."""
    with closing(site.main_database()) as database:
        # Django keeps moments on SQLite as text in UTC, and PostgreSQL reads this as one.
        past = "UPDATE practices_reminder SET claimed_until = '2020-01-01 00:00:00' WHERE claimed_until IS NOT NULL"
        database.execute(past)
        database.commit()


def left(site):
    """Return how many reminders are claimed, and how many were not sent."""
    with closing(site.main_database()) as database:
        count = "SELECT COUNT(*) FROM practices_reminder WHERE"
        return tuple(
            database.execute(f"{count} {condition}").fetchone()[0]
            for condition in ("claimed_until IS NOT NULL", "sent_for IS NULL")
        )


def test_two_at_once_send_each_mail_once(site, office):
    office.seconds_a_mail = 0.01
    with office.open():
        both = [start(site, "--batch", "10") for _ in range(2)]
        sent = [finish(process)[0] for process in both]
        assert finish(start(site))[0] == 0
    assert set(office.recipients) == EVERYONE
    assert len(office.mails) == sum(sent) == LEARNERS
    assert min(sent) > 0, "Only one of them had anything to do."
    assert left(site) == (0, 0)


def test_killed_again_and_again_everyone_has_one_mail_in_the_end(site, office):
    office.seconds_a_mail = 0.005
    chance, killed = random.Random(), 0
    with office.open():
        for _ in range(KILLS):
            before = len(office.mails)
            process = start(site, "--batch", "50")
            enough = before + chance.randint(1, LEARNERS // (KILLS + 2))
            deadline = time.monotonic() + 60
            while len(office.mails) < enough and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.02))
            killed += process.poll() is None
            process.kill()
            process.communicate()
            let_claims_end(site)
        assert killed == KILLS
        assert left(site)[1] > 0
        finish(start(site))
    assert left(site) == (0, 0)
    assert set(office.recipients) == EVERYONE
    assert {len(ids) for ids in office.message_ids.values()} == {1}
    # A kill leaves at most one mail that was taken and not noted.
    copies = Counter(office.recipients)
    assert sum(copies.values()) - LEARNERS <= KILLS


def test_a_bounce_stops_nobody_and_a_server_that_is_away_loses_nothing(site, office):
    sent, warned = finish(start(site))
    assert sent == 0
    assert "ConnectionRefusedError" in warned
    assert left(site) == (LEARNERS, LEARNERS)
    let_claims_end(site)
    office.refused["one7@example.org"] = "550 No such person: one7@example.org"
    with office.open():
        sent, warned = finish(start(site))
        assert sent == LEARNERS - 1
        assert "SMTPRecipientsRefused 550" in warned
        assert "example.org" not in warned
        assert left(site) == (1, 1)
        office.refused.clear()
        assert finish(start(site))[0] == 0
        let_claims_end(site)
        assert finish(start(site))[0] == 1
    assert sorted(office.recipients) == sorted(EVERYONE)
    assert left(site) == (0, 0)


def test_a_server_that_goes_in_the_middle_of_a_run(site, office):
    office.seconds_a_mail = 0.005
    with office.open():
        process = start(site, "--batch", "50")
        while len(office.mails) < LEARNERS // 3 and process.poll() is None:
            time.sleep(0.001)
    sent, warned = finish(process)
    assert sent < LEARNERS
    assert "tried again later" in warned
    let_claims_end(site)
    with office.open():
        finish(start(site))
    assert set(office.recipients) == EVERYONE
    assert {len(ids) for ids in office.message_ids.values()} == {1}
    assert left(site) == (0, 0)
