"""Reminders: off until asked for, one a day at the learner's hour, and never on a day that is written.

Each mail goes over SMTP to a server that the test starts. The clock is the test's.
"""

import logging
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.core.mail.backends.smtp import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journal.models import Entry
from practices import reminding, weeks
from practices.models import Reminder, Week, WeeklyPractice
from practices.reminder_mails import SUBJECT, send_due, stop_address
from tests.post_office import PostOffice
from tests.support import assert_carries_help

PAGE = reverse("reminders:settings")
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
BOOKKEEPING = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")

pytestmark = pytest.mark.usefixtures("course")


class Clock:
    """Moves the time that Django tells."""

    def __init__(self):
        self.moment = NOON

    def to(self, hour, day=1, minute=0, zone="UTC"):
        """Go to an hour of a day in June 2026."""
        self.moment = datetime(2026, 6, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)

    def wait(self, **length):
        """Let time pass."""
        self.moment += timedelta(**length)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands at noon on Monday, 1 June 2026."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.moment)
    return clock


@pytest.fixture
def office(settings):
    """A mail server, which this site sends to."""
    office = PostOffice()
    office.serve(settings)
    with office.open():
        yield office


def person(django_user_model, name, **fields):
    """Make a learner with a confirmed address."""
    user = django_user_model.objects.create_user(f"{name}@example.org", None, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def begin(user, number=4):
    """Begin a week for a learner."""
    week = weeks.begin(user, WeeklyPractice.objects.get(module__number=number))
    reminding.schedule(user)
    return week


def remind(user, hour=19):
    """Turn a learner's reminder on and return it."""
    reminder = Reminder.objects.create(owner=user, hour=hour, is_on=True)
    reminding.schedule(user)
    reminder.refresh_from_db()
    return reminder


def write(week, day):
    """Put an entry where a day's is."""
    now = timezone.now()
    Entry.objects.create(
        pk=weeks.entry_id(week, day), owner_id=week.owner_id, kind="day", day=day, created=now, changed=now,
        draft=b"sealed",
    )  # fmt: skip


def statements(captured):
    """Return the queries that ask or change something."""
    return [query["sql"] for query in captured if not query["sql"].startswith(BOOKKEEPING)]


def test_reminders_are_off_until_asked_for(learner, lea, clock, office):
    begin(lea)
    assert learner.get(PAGE).status_code == 200
    assert not Reminder.objects.exists()
    learner.post(PAGE, {"hour": "19"})
    assert Reminder.objects.get().next_due is None
    clock.to(20)
    assert send_due() == 0
    assert office.mails == []


def test_a_learner_turns_them_on_and_off_again(learner, lea, clock, office):
    begin(lea)
    assert "Reminders are on." in learner.post(PAGE, {"is_on": "on", "hour": "19"}, follow=True).content.decode()
    assert Reminder.objects.get().next_due == NOON.replace(hour=19)
    assert re.search(r'<option value="19" selected>19:00</option>', learner.get(PAGE).content.decode())
    assert "Reminders are off" in learner.post(PAGE, {"hour": "19"}, follow=True).content.decode()
    clock.to(20)
    assert send_due() == 0
    learner.post(PAGE, {"is_on": "on", "hour": "21"})
    clock.to(21)
    assert send_due() == 1
    assert office.recipients == [lea.email]


@pytest.mark.parametrize("data", [{}, {"hour": ""}, {"hour": "24"}, {"hour": "-1"}, {"hour": "x"}, {"is_on": "on"}])
def test_an_hour_that_is_none_is_refused(learner, lea, data):
    response = learner.post(PAGE, data)
    assert response.status_code == 422
    assert_carries_help(response.content.decode())
    assert not Reminder.objects.exists()


def test_an_address_that_nobody_confirmed_gets_none(learner, lea, clock, office):
    begin(lea)
    EmailAddress.objects.update(verified=False)
    response = learner.post(PAGE, {"is_on": "on", "hour": "19"})
    assert response.status_code == 422
    assert "confirm your email address first" in response.content.decode()
    remind(lea)
    clock.to(19)
    assert send_due() == 0
    assert Reminder.objects.get().next_due == NOON.replace(day=2, hour=19)


def test_a_closed_account_gets_none(lea, clock, office):
    begin(lea)
    remind(lea)
    type(lea).objects.update(is_active=False)
    clock.to(19)
    assert send_due() == 0
    assert office.mails == []


def test_the_page_says_what_the_mail_says(learner, lea):
    page = learner.get(PAGE).content.decode()
    assert_carries_help(page)
    for told in (SUBJECT, "never holds anything you wrote", lea.email, "By the clock in UTC"):
        assert told in page


def test_one_mail_a_day_at_the_hour_in_the_learners_zone(lea, clock, office):
    lea.time_zone = "Pacific/Auckland"
    lea.save()
    clock.to(6, zone="Pacific/Auckland")
    begin(lea)
    remind(lea, hour=20)
    came = []
    for _ in range(24 * 4):
        clock.wait(hours=1)
        before = len(office.mails)
        for _ in range(2):
            send_due()
        came += [clock.moment.astimezone(ZoneInfo("Pacific/Auckland"))] * (len(office.mails) - before)
    assert [(moment.day, moment.hour) for moment in came] == [(1, 20), (2, 20), (3, 20), (4, 20)]
    assert len(office.message_ids[lea.email]) == 4


def test_a_week_that_is_over_reminds_of_nothing(lea, clock, office):
    begin(lea)
    remind(lea)
    for _ in range(24 * 10):
        clock.wait(hours=1)
        send_due()
    assert len(office.mails) == weeks.DAYS
    assert Reminder.objects.get().next_due is None


def test_only_days_that_are_not_written(lea, clock, office):
    week = begin(lea)
    remind(lea)
    write(week, date(2026, 6, 2))
    for day in (1, 2, 3):
        clock.to(19, day=day)
        send_due()
    assert len(office.mails) == 2
    assert Reminder.objects.get().next_due == NOON.replace(day=4, hour=19)


def test_half_past_midnight_still_belongs_to_the_evening_before(lea, clock, office):
    week = begin(lea)
    remind(lea, hour=1)
    write(week, date(2026, 6, 1))
    clock.to(1, day=2, minute=5)
    assert send_due() == 0
    clock.to(1, day=3, minute=5)
    assert send_due() == 1
    assert Reminder.objects.get().sent_for == date(2026, 6, 2)


def test_whoever_wrote_today_in_one_week_is_not_asked_about_another(lea, clock, office, course):
    week = begin(lea)
    module = course.modules.exclude(number=4).first()
    other = WeeklyPractice.objects.create(module=module, looking_back="And?", instruction="Look.")
    weeks.begin(lea, other)
    remind(lea)
    write(week, date(2026, 6, 1))
    clock.to(19)
    assert send_due() == 0
    clock.to(19, day=2)
    assert send_due() == 1


def test_only_while_a_week_runs(lea, clock, office):
    reminder = remind(lea)
    assert reminder.next_due is None
    week, today = begin(lea), lea.today
    for deed, has_moment in (
        (lambda: weeks.pause(week, today, False), False),
        (lambda: weeks.go_on(week, today), True),
        (lambda: weeks.end(week), False),
    ):
        deed()
        assert (reminding.schedule(lea) is not None) == has_moment
        assert (Reminder.objects.get().next_due is not None) == has_moment
    clock.to(19)
    assert send_due() == 0


@pytest.mark.parametrize("change", [{"ended": NOON}, {"pauses": [["2026-06-01", None]]}, {"weekly": None}])
def test_a_week_that_stopped_without_a_word_to_the_reminder(lea, clock, office, change):
    begin(lea)
    remind(lea)
    Week.objects.update(**change)
    clock.to(19)
    assert send_due() == 0
    assert Reminder.objects.get().next_due is None
    assert Reminder.objects.get().claimed_until is None


def test_the_mail_is_neutral_and_carries_help(lea, clock, office, settings):
    settings.SITE_URL = "https://course.example.org"
    begin(lea)
    reminder = remind(lea)
    clock.to(19)
    send_due()
    recipient, mail = office.mails[0]
    assert (recipient, mail["To"], mail["Subject"]) == (lea.email, lea.email, SUBJECT)
    assert mail.get_content_type() == "text/plain"
    stop = stop_address(reminder.key)
    # It is longer than a line likes to be, so it begins on one of its own.
    assert mail["List-Unsubscribe"].strip() == f"<{stop}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(rf"<[0-9a-f-]{{36}}@{settings.SITE_HOST}>", mail["Message-ID"])
    body = " ".join(mail.get_content().split())
    assert re.findall(r"https?://\S+", body) == ["https://course.example.org/this-week/", stop]
    for needed in ("call or text 988", "US and Canada", "local emergency number", "not therapy, treatment or crisis"):
        assert needed in body
    texts = [*WeeklyPractice.objects.values_list("title", "module__title", "module__number").get(), reminder.key.hex]
    told = mail.as_string().replace(stop, "").replace(f"<{stop}>", "")
    for private in (*map(str, texts[:2]), "journal", "compassion", "week of", "Hello", reminder.key.hex, str(lea.uuid)):
        assert private.lower() not in body.replace(stop, "").lower(), f"{private} is in the mail"
    assert str(lea.uuid) not in told


def test_the_same_day_has_the_same_message_id(lea, clock, office):
    begin(lea)
    remind(lea)
    clock.to(19)
    send_due()
    # As after a kill between the server's yes and the note of it.
    Reminder.objects.update(next_due=clock.moment, sent_for=None)
    clock.wait(minutes=10)
    assert send_due() == 1
    assert len(office.mails) == 2
    assert len(office.message_ids[lea.email]) == 1


def test_an_hour_that_is_changed_after_the_mail_brings_no_second_one(learner, lea, clock, office):
    begin(lea)
    remind(lea)
    clock.to(19)
    send_due()
    learner.post(PAGE, {"is_on": "on", "hour": "21"})
    clock.to(21)
    assert send_due() == 0
    clock.to(21, day=2)
    assert send_due() == 1


def test_someone_who_has_travelled_is_reminded_at_the_hour_there(lea, clock, office):
    begin(lea)
    remind(lea, hour=20)
    lea.time_zone = "America/New_York"
    lea.save()
    clock.to(20, minute=1)
    assert send_due() == 0
    assert Reminder.objects.get().next_due == datetime(2026, 6, 1, 20, tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "America", "x" * 64])
def test_a_time_zone_that_is_none_counts_as_utc(lea, clock, office, name):
    begin(lea)
    reminder = remind(lea)
    type(lea).objects.update(time_zone=name)
    lea.refresh_from_db()
    assert reminding.schedule(lea) == NOON.replace(hour=19)
    clock.to(19)
    assert send_due() == 1
    reminder.refresh_from_db()
    assert reminder.next_due == NOON.replace(day=2, hour=19)


def test_a_button_is_pressed_by_whoever_holds_the_link(lea, clock, office):
    begin(lea)
    reminder = remind(lea)
    stop, visitor = stop_address(reminder.key), Client(enforce_csrf_checks=True)
    page = visitor.get(stop)
    assert page.status_code == 200
    assert page.content.decode().count("<form") == page.content.decode().count('<main id="main"') == 1
    assert_carries_help(page.content.decode())
    assert "no-store" in page["Cache-Control"]
    assert not page.cookies
    assert visitor.head(stop).status_code == 200
    assert Reminder.objects.get().is_on
    for data in ({"List-Unsubscribe": "One-Click"}, {}):
        response = visitor.post(stop, "&".join("=".join(pair) for pair in data.items()),
                                content_type="application/x-www-form-urlencoded")  # fmt: skip
        assert response.status_code == 200
        assert "No more reminders" in response.content.decode()
        assert lea.email not in response.content.decode()
    clock.to(19)
    assert send_due() == 0
    reminder.refresh_from_db()
    assert (reminder.is_on, reminder.next_due) == (False, None)


def test_the_mail_programs_own_button_may_send_a_multipart_form(lea):
    reminder = remind(lea)
    response = Client(enforce_csrf_checks=True).post(stop_address(reminder.key), {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert not Reminder.objects.get().is_on


def test_a_link_outlives_its_account(lea, client):
    address = stop_address(remind(lea).key)
    lea.delete()
    assert not Reminder.objects.exists()
    for method in ("get", "post"):
        assert getattr(client, method)(address).status_code == 200


@pytest.mark.parametrize("change", [lambda a: a[:-3], lambda a: a.replace("stop/", "stop/0"), lambda a: a + "x/"])
def test_a_broken_link_stops_nothing(lea, client, change):
    broken = change(stop_address(remind(lea).key).rstrip("/")) + "/"
    for method in ("get", "post"):
        response = getattr(client, method)(broken)
        assert response.status_code == 404
        assert_carries_help(response.content.decode())
    assert Reminder.objects.get().is_on


@pytest.mark.parametrize("signed", ["none", ":", "x:y", "%F0%9F%8C%A7", "0" * 32, "a" * 2000])
def test_a_forged_link_is_a_clear_page(client, signed):
    response = client.post(f"/reminders/stop/{signed}/")
    assert response.status_code == 404
    assert "This link is not whole" in response.content.decode()


def test_what_is_signed_elsewhere_opens_nothing(lea, client):
    from django.core.signing import Signer  # noqa: PLC0415 -- beside its one use

    key = remind(lea).key.hex
    for signer in (Signer(), Signer(salt="journal.new-entry"), Signer(key="another secret", salt="practices.reminder")):
        assert client.post(f"/reminders/stop/{signer.sign(key)}/").status_code == 404
    assert Reminder.objects.get().is_on


def test_turned_off_while_its_mail_is_on_its_way_it_stays_off(lea, clock, office):
    begin(lea)
    reminder = remind(lea)
    clock.to(19)
    claim = reminding.Claim()
    letter = claim.sort_out()[0]
    reminding.turn_off(reminder.key)
    claim.finish(letter)
    reminder.refresh_from_db()
    assert (reminder.is_on, reminder.next_due, reminder.claimed_by) == (False, None, None)
    assert reminder.sent_for == date(2026, 6, 1)


def test_a_claim_that_ended_changes_nothing_any_more(lea, clock, office):
    begin(lea)
    remind(lea)
    clock.to(19)
    slow = reminding.Claim()
    letter = slow.sort_out()[0]
    assert reminding.Claim().size == 0
    clock.wait(minutes=5)
    quick = reminding.Claim()
    assert quick.size == 1
    for late in (slow.release, lambda: slow.finish(letter), lambda: slow.put_off(letter)):
        late()
        assert Reminder.objects.get().claimed_by == quick.id
    assert Reminder.objects.get().claimed_until == quick.until


def test_a_slow_server_does_not_outlast_a_claim(django_user_model, clock, office, monkeypatch):
    for number in range(6):
        user = person(django_user_model, f"slow{number}")
        begin(user)
        remind(user)
    clock.to(19)
    take = office.handle_DATA

    async def dawdle(*args):
        clock.wait(seconds=50)
        return await take(*args)

    monkeypatch.setattr(office, "handle_DATA", dawdle)
    assert send_due() == 6
    assert len(set(office.recipients)) == len(office.mails) == 6


def crowd(django_user_model, number):
    """Make learners whose reminders are due at 19:00."""
    users = [person(django_user_model, f"one{each}") for each in range(number)]
    for user in users:
        begin(user)
        remind(user)
    return users


def test_one_refused_address_does_not_stop_the_others(django_user_model, clock, office, caplog):
    crowd(django_user_model, 5)
    bounced = "one1@example.org"
    office.refused[bounced] = f"550 No such person {bounced}"
    clock.to(19)
    with caplog.at_level(logging.WARNING):
        assert send_due() == 4
    assert bounced not in office.recipients
    assert "SMTPRecipientsRefused 550" in caplog.text
    assert "@" not in caplog.text
    assert len(office.connections) == 1
    assert send_due() == 0
    office.refused.clear()
    clock.wait(hours=1, minutes=1)
    assert send_due() == 1
    assert sorted(office.recipients) == [f"one{each}@example.org" for each in range(5)]


def test_an_address_that_is_refused_for_now_is_tried_when_its_claim_ends(django_user_model, clock, office):
    crowd(django_user_model, 2)
    office.refused["one0@example.org"] = "451 Later, please"
    clock.to(19)
    assert send_due() == 1
    office.refused.clear()
    clock.wait(minutes=4)
    assert send_due() == 0
    clock.wait(minutes=2)
    assert send_due() == 1


def test_a_day_that_is_gone_by_is_let_go(lea, clock, office):
    begin(lea)
    remind(lea)
    office.refused[lea.email] = "550 No"
    clock.to(19)
    send_due()
    office.refused.clear()
    clock.to(9, day=2)
    assert send_due() == 0
    clock.to(19, day=2)
    assert send_due() == 1
    assert Reminder.objects.get().sent_for == date(2026, 6, 2)


def test_a_server_that_hangs_up_after_some_mails_is_called_again(django_user_model, clock, office):
    crowd(django_user_model, 7)
    office.mails_a_connection = 3
    clock.to(19)
    assert send_due() == 7
    assert len(office.mails) == 7
    assert len(office.connections) == 3


def test_a_server_that_is_away_loses_nothing(django_user_model, clock, settings, caplog):
    crowd(django_user_model, 5)
    office = PostOffice()
    office.serve(settings)
    clock.to(19)
    with caplog.at_level(logging.WARNING):
        assert send_due() == 0
    assert "ConnectionRefusedError" in caplog.text
    assert "@" not in caplog.text
    clock.wait(minutes=6)
    with office.open():
        assert send_due() == 5
    assert len(set(office.recipients)) == len(office.mails) == 5


def test_an_address_that_no_mail_can_be_made_for_is_passed_over(django_user_model, clock, office):
    first, _ = crowd(django_user_model, 2)
    django_user_model.objects.filter(pk=first.pk).update(email="broken\n@example.org")
    EmailAddress.objects.filter(user=first).update(email="broken\n@example.org")
    clock.to(19)
    assert send_due() == 1
    assert office.recipients == ["one1@example.org"]


def test_a_batch_takes_four_queries_and_one_write_for_each_mail(django_user_model, clock, office):
    users = crowd(django_user_model, 12)
    for user in users[:3]:
        write(Week.objects.get(owner=user), date(2026, 6, 1))
    for user in users[3:5]:
        weeks.end(Week.objects.get(owner=user))
    clock.to(19)
    # The disclaimer is read once in the life of a process.
    with CaptureQueriesContext(connection) as first:
        assert send_due() == 7
    assert len(statements(first)) <= 4 + 7 + 1, statements(first)
    assert Reminder.objects.filter(next_due=None).count() == 2
    assert Reminder.objects.filter(next_due=NOON.replace(day=2, hour=19)).count() == 10
    clock.to(19, day=2)
    with CaptureQueriesContext(connection) as second:
        assert send_due() == 10
    assert len(statements(second)) <= 4 + 10, statements(second)
    clock.to(19, day=3)
    for week in Week.objects.running():
        write(week, date(2026, 6, 3))
    with CaptureQueriesContext(connection) as third:
        assert send_due() == 0
    assert len(statements(third)) == 4, statements(third)


def test_no_mail_leaves_within_a_transaction(lea, clock, office, monkeypatch, transactional_db):
    call_command("loaddata", "course", "module_04", "weeks", verbosity=0)
    begin(lea)
    remind(lea)
    clock.to(19)
    send, states = EmailBackend.send_messages, []
    monkeypatch.setattr(
        EmailBackend, "send_messages", lambda *args: states.append(connection.in_atomic_block) or send(*args)
    )
    assert send_due() == 1
    assert states == [False]


def test_batches_follow_one_another(django_user_model, clock, office):
    crowd(django_user_model, 7)
    clock.to(19)
    call_command("send_reminders", batch=3)
    assert len(set(office.recipients)) == len(office.mails) == 7
    assert len(office.connections) == 1


@pytest.mark.parametrize("batch", [0, 501])
def test_a_batch_has_its_limits(db, batch):
    with pytest.raises(CommandError, match="1 to 500"):
        call_command("send_reminders", batch=batch)


def test_the_process_for_admin_sends_none(db, settings):
    settings.ROLE = "admin"
    with pytest.raises(CommandError, match="sends no reminders"):
        call_command("send_reminders")


def test_a_database_that_is_away_is_told_plainly(db):
    from django.db import OperationalError  # noqa: PLC0415 -- beside its one use

    def away(*args):
        raise OperationalError("secret@example.org")

    with connection.execute_wrapper(away), pytest.raises(CommandError, match=r"\(OperationalError\)") as told:
        call_command("send_reminders")
    assert "@" not in str(told.value)


ZONES = [
    "UTC", "Europe/London", "America/New_York", "Pacific/Apia", "Pacific/Kwajalein", "Australia/Lord_Howe",
    "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca", "America/St_Johns", "Antarctica/Troll", "Africa/Cairo",
]  # fmt: skip


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 12, 23])
def test_every_day_has_its_moment_whatever_the_clocks_do(name, hour):
    zone, moment = ZoneInfo(name), datetime(2011, 1, 1, tzinfo=UTC)
    dates = []
    while moment.year < 2013:
        after = moment
        moment = reminding.next_moment(after, hour, zone)
        assert timedelta(0) < moment - after <= timedelta(hours=49)
        assert reminding.last_moment(moment, hour, zone) == moment
        assert reminding.last_moment(moment - timedelta(seconds=1), hour, zone) < moment
        local = moment.astimezone(zone)
        # An hour that is left out comes as the next one that there is.
        gap = (local.hour - hour) % 24
        assert gap in (0, 1, 2)
        dates.append(local.date())
    assert len(dates) == len(set(dates))
    assert len(dates) >= 365 * 2 - 2


def test_clocks_that_change():
    london = ZoneInfo("Europe/London")
    for now, hour, expected in [
        # Forward on 29 March 2026: 1:00 is left out.
        (datetime(2026, 3, 28, 22, tzinfo=UTC), 1, datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (datetime(2026, 3, 29, 1, tzinfo=UTC), 1, datetime(2026, 3, 30, 0, tzinfo=UTC)),
        # Back on 25 October 2026: 1:00 comes twice, and counts once.
        (datetime(2026, 10, 24, 22, tzinfo=UTC), 1, datetime(2026, 10, 25, 0, tzinfo=UTC)),
        (datetime(2026, 10, 25, 0, tzinfo=UTC), 1, datetime(2026, 10, 26, 1, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), 1, datetime(2026, 10, 26, 1, tzinfo=UTC)),
    ]:
        assert reminding.next_moment(now, hour, london) == expected


def test_the_day_starts_when_the_learner_says(lea, clock, office):
    lea.day_starts = time(0)
    lea.save()
    week = begin(lea)
    remind(lea, hour=1)
    write(week, date(2026, 6, 1))
    clock.to(1, day=2)
    assert send_due() == 1
