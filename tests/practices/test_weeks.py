"""A week: its days, what is kept of them, pauses, and two devices on one day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from journal.keys.keyring import Keyring
from journal.models import Entry
from practices import weeks
from practices.models import DailyQuestion, Reminder, Week, WeeklyPractice
from tests.practices.doing import fields
from tests.practices.test_two_windows import Page
from tests.support import CountQueries, assert_carries_help

BEGIN = reverse("week:begin", args=[4])
TODAY = reverse("week:today")

pytestmark = pytest.mark.usefixtures("course", "master_key")


class Clock:
    """Moves the time that Django tells."""

    def __init__(self, monkeypatch, moment):
        self.moment = moment
        monkeypatch.setattr(timezone, "now", lambda: self.moment)

    def to_day(self, number):
        """Go to a day of a week that began on 1 June 2026, at noon."""
        self.moment = datetime(2026, 6, number, 12, tzinfo=ZoneInfo("UTC"))


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands at noon on Monday, 1 June 2026."""
    return Clock(monkeypatch, datetime(2026, 6, 1, 12, tzinfo=ZoneInfo("UTC")))


def begin(client):
    """Begin a week and return it."""
    assert client.post(BEGIN).status_code == 302
    return Week.objects.latest("began")


def day_address(week, number):
    """Return where a day is written."""
    return reverse("week:day", args=[week.pk, number])


def write(client, week, number, first, second="", action="keep", data=None):
    """Write a day and return the response."""
    data = data or fields(client.get(day_address(week, number)))
    return client.post(day_address(week, number), data | {"text_0": first, "text_1": second, "action": action})


def kept(user, week, number):
    """Return the answers kept for a day."""
    entry = Entry.objects.get(pk=weeks.entry_id(week, weeks.days_of(week)[number - 1]))
    return [answer.text for answer in entry.open_latest(Keyring(user)).answers]


def test_a_week_is_begun_and_todays_questions_come_first(learner, clock):
    assert "Begin: What Compassion Really Is" in learner.get(TODAY).content.decode()
    assert "Begin today" in learner.get(BEGIN).content.decode()
    week = begin(learner)
    response = learner.get(TODAY)
    page = response.content.decode()
    assert_carries_help(page)
    assert "<h1>Monday</h1>" in page
    assert [each.text for each in DailyQuestion.objects.all()] == [
        "What suffering is present here?", "What would be one truly helpful response?",
    ]  # fmt: skip
    assert page.count('<textarea name="text_') == 2
    assert f'action="{day_address(week, 1)}"' in page
    assert page.count('class="to-come"') == 6
    assert begin(learner) == week


def test_a_day_is_kept_in_the_journal_under_its_own_day(learner, lea, clock):
    week = begin(learner)
    assert write(learner, week, 1, "a heron", "a bench")["Location"] == reverse("week:overview", args=[week.pk])
    entry = Entry.objects.get()
    words = entry.open_kept(Keyring(lea))
    assert (entry.kind, entry.day, entry.module.number) == ("day", date(2026, 6, 1), 4)
    assert [(each.question, each.text, each.key) for each in words.answers] == [
        ("What suffering is present here?", "a heron", "week-4/suffering"),
        ("What would be one truly helpful response?", "a bench", "week-4/response"),
    ]
    assert words.title == "Practice This Week"


def test_open_days_stay_open_and_an_earlier_day_is_written_later(learner, lea, clock):
    week = begin(learner)
    write(learner, week, 1, "the first day")
    clock.to_day(6)
    page = learner.get(TODAY).content.decode()
    assert "<h1>Saturday</h1>" in page
    assert page.count('class="open') == 5
    assert page.count('class="written') == 1
    for unkind in ("streak", "missed", "failed", "overdue", "behind", "lost"):
        assert unkind not in page.split("<main")[1].split("</main>")[0].lower()
    write(learner, week, 2, "written on the sixth")
    entry = Entry.objects.get(pk=weeks.entry_id(week, date(2026, 6, 2)))
    assert entry.day == date(2026, 6, 2)
    assert entry.created.date() == date(2026, 6, 6)
    assert "written on the sixth" in learner.get(day_address(week, 3)).content.decode()


def test_after_the_seventh_day_the_week_is_seen_together(learner, lea, clock):
    week = begin(learner)
    for number, words in ((1, "on Monday"), (7, "on Sunday")):
        clock.to_day(number)
        write(learner, week, number, words)
    clock.to_day(8)
    across = reverse("week:across", args=[week.pk])
    assert learner.get(TODAY)["Location"] == across
    page = learner.get(across).content.decode()
    assert "What did you notice across the week?" in page
    assert page.index("on Monday") < page.index("on Sunday")
    assert page.count("Open, and that is fine.") == 5
    learner.post(across, fields(learner.get(across)) | {"text_0": "I looked up more"})
    entry = Entry.objects.get(pk=weeks.entry_id(week, weeks.ACROSS))
    assert entry.open_kept(Keyring(lea)).first.text == "I looked up more"
    assert entry.day == date(2026, 6, 8)
    again = begin(learner)
    assert again != week
    assert again.began == date(2026, 6, 8)
    week.refresh_from_db()
    assert week.ended


def test_a_week_rests_and_goes_on_without_days_in_between(learner, clock):
    week = begin(learner)
    write(learner, week, 1, "Monday")
    clock.to_day(3)
    learner.post(reverse("week:pause", args=[week.pk]))
    clock.to_day(12)
    assert "The week is resting" in learner.get(TODAY).content.decode()
    learner.post(reverse("week:go-on", args=[week.pk]))
    week.refresh_from_db()
    assert [day.day for day in weeks.days_of(week)] == [1, 2, 12, 13, 14, 15, 16]
    assert "<h1>Friday</h1>" in learner.get(TODAY).content.decode()
    write(learner, week, 3, "after the rest")
    assert Entry.objects.filter(day=date(2026, 6, 12)).count() == 1


def test_resting_and_going_on_in_one_breath_changes_nothing(learner, clock):
    week = begin(learner)
    for _ in range(2):
        learner.post(reverse("week:pause", args=[week.pk]))
        learner.post(reverse("week:go-on", args=[week.pk]))
    week.refresh_from_db()
    assert [day.day for day in weeks.days_of(week)] == [1, 2, 3, 4, 5, 6, 7]
    write(learner, week, 1, "today is written")
    learner.post(reverse("week:pause", args=[week.pk]))
    clock.to_day(9)
    learner.post(reverse("week:go-on", args=[week.pk]))
    week.refresh_from_db()
    assert [day.day for day in weeks.days_of(week)] == [1, 9, 10, 11, 12, 13, 14]


def test_a_week_is_ended_before_its_time_and_what_was_written_stays(learner, clock):
    week = begin(learner)
    write(learner, week, 1, "Monday's words")
    assert "End the week here?" in learner.get(reverse("week:end", args=[week.pk])).content.decode()
    page = learner.post(reverse("week:end", args=[week.pk]), follow=True).content.decode()
    assert "Monday&#x27;s words" in page or "Monday's words" in page
    assert Entry.objects.count() == 1


def test_two_devices_on_one_day_edit_one_entry(learner, lea, clock):
    week = begin(learner)
    phone = fields(learner.get(day_address(week, 1)))
    laptop = dict(phone)
    write(learner, week, 1, "from the phone", data=phone)
    response = write(learner, week, 1, "from the laptop", data=laptop)
    page = response.content.decode()
    assert response.status_code == 409
    assert "from the phone" in page
    assert "\nfrom the laptop</textarea>" in page
    assert kept(lea, week, 1)[0] == "from the phone"
    learner.post(day_address(week, 1), fields(response))
    assert kept(lea, week, 1)[0] == "from the laptop"
    assert Entry.objects.count() == 1


def test_two_devices_with_different_boxes_add_to_each_other(learner, lea, clock):
    week = begin(learner)
    phone = fields(learner.get(day_address(week, 1)))
    laptop = dict(phone)
    write(learner, week, 1, "suffering", "", data=phone)
    response = write(learner, week, 1, "suffering", "response", data=laptop)
    assert response.status_code == 302
    assert kept(lea, week, 1) == ["suffering", "response"]


def test_a_day_saves_by_itself_as_a_draft_and_resumes(learner, lea, clock):
    week = begin(learner)
    data = fields(learner.get(day_address(week, 1)))
    for text in ("a", "a heron"):
        response = learner.post(
            day_address(week, 1), data | {"text_0": text, "action": "later"}, headers={"Accept": "application/json"}
        )
        told = response.json()
        data |= {"revision": told["revision"]} | told["fields"]
    assert Entry.objects.get().is_draft
    assert fields(learner.get(TODAY))["text_0"] == "a heron"
    assert write(learner, week, 1, "a heron", data=data).status_code == 302
    assert not Entry.objects.get().draft


def test_blank_days_leave_nothing(learner, clock):
    week = begin(learner)
    assert write(learner, week, 1, "  ", "").status_code == 302
    assert not Entry.objects.exists()


@pytest.mark.parametrize("number", [0, 2, 7, 8, 99])
def test_a_day_that_has_not_come_or_never_will_gives_the_words_back(learner, clock, number):
    week = begin(learner)
    assert learner.get(day_address(week, number)).status_code == 404
    response = learner.post(day_address(week, number), {"text_0": "my words", "text_1": "and more"})
    page = response.content.decode()
    assert response.status_code == 404
    assert "\nmy words\n\nand more</textarea>" in page
    assert_carries_help(page)
    assert not Entry.objects.exists()
    form = Page('id="answer"' + page.split("<form")[1])
    assert learner.post(reverse("journal:new"), fields(form)).status_code == 302


def test_somebody_elses_week_is_not_there(learner, client, clock, django_user_model):
    week = begin(learner)
    write(learner, week, 1, "hers alone")
    client.force_login(django_user_model.objects.create_user("ben@example.org", "a long quiet evening"))
    for name in ("overview", "across", "pause", "go-on", "end", "calendar-file"):
        for method in ("get", "post"):
            response = getattr(client, method)(reverse(f"week:{name}", args=[week.pk]))
            assert response.status_code in (404, 405)
            assert b"hers alone" not in response.content
    assert client.get(day_address(week, 1)).status_code == 404
    assert client.post(day_address(week, 1), {"text_0": "mine now"}).status_code == 404
    week.refresh_from_db()
    assert (week.pauses, week.ended) == ([], None)


def test_half_past_midnight_is_still_the_day_before(learner, lea, clock):
    lea.time_zone = "Europe/Berlin"
    lea.save()
    week = begin(learner)
    clock.moment = datetime(2026, 6, 1, 22, 30, tzinfo=ZoneInfo("UTC"))
    page = learner.get(TODAY)
    assert "<h1>Monday</h1>" in page.content.decode()
    clock.moment = datetime(2026, 6, 2, 2, 5, tzinfo=ZoneInfo("UTC"))
    assert "<h1>Tuesday</h1>" in learner.get(TODAY).content.decode()
    # The form was shown on Monday, and its words stay with Monday.
    write(learner, week, 1, "late on Monday", data=fields(page))
    assert Entry.objects.get().day == date(2026, 6, 1)


def test_travelling_moves_no_day_that_has_been(learner, lea, clock):
    lea.time_zone = "Pacific/Auckland"
    lea.save()
    clock.moment += timedelta(hours=6)
    week = begin(learner)
    assert week.began == date(2026, 6, 2)
    write(learner, week, 1, "in Auckland")
    lea.time_zone = "America/Los_Angeles"
    lea.save()
    page = learner.get(TODAY).content.decode()
    assert "in Auckland" in page
    assert Entry.objects.get().day == date(2026, 6, 2)
    assert [day.day for day in weeks.days_of(Week.objects.get())] == [2, 3, 4, 5, 6, 7, 8]


def test_a_reworded_question_changes_no_old_answer(learner, lea, clock):
    week = begin(learner)
    write(learner, week, 1, "a heron", "a bench")
    DailyQuestion.objects.filter(key="suffering").update(text="What hurts?")
    write(learner, week, 1, "a heron", "another bench")
    words = Entry.objects.get().open_kept(Keyring(lea))
    assert words.first.question == "What suffering is present here?"
    assert "What hurts?" in learner.get(TODAY).content.decode()


def test_a_weekly_practice_that_is_deleted_leaves_its_days_in_the_notes(learner, clock):
    week = begin(learner)
    write(learner, week, 1, "a heron")
    WeeklyPractice.objects.all().delete()
    assert learner.get(reverse("week:overview", args=[week.pk])).status_code == 404
    assert learner.get(TODAY).status_code == 200
    assert learner.post(day_address(week, 1), {"text_0": "more"}).status_code == 404
    assert Entry.objects.count() == 1


def test_six_queries_whatever_was_written(learner, clock):
    week = begin(learner)
    counts = []
    for number in range(1, 8):
        clock.to_day(number)
        # The first look also takes the message that the last day was kept.
        learner.get(TODAY)
        with CountQueries() as count:
            assert learner.get(TODAY).status_code == 200
        counts.append(count.number)
        write(learner, week, number, f"day {number}")
    assert max(counts) <= 6, counts


def test_the_calendar_file_says_nothing(learner, clock):
    from icalendar import Calendar  # noqa: PLC0415 -- beside its one use

    week = begin(learner)
    response = learner.get(reverse("week:calendar-file", args=[week.pk]))
    assert response["Content-Type"].startswith("text/calendar")
    assert "no-store" in response["Cache-Control"]
    events = Calendar.from_ical(response.content).walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [date(2026, 6, 1) + timedelta(days=n) for n in range(7)]
    assert {str(event["summary"]) for event in events} == {"A few quiet minutes"}
    for private in (b"ompassion", b"Module", b"suffering", b"example.org", b"CFT Course\r\nX"):
        assert private not in response.content


def test_reminders_follow_the_week(learner, lea, clock):
    reminder = Reminder.objects.create(owner=lea, is_on=True, hour=20)
    week = begin(learner)

    def due():
        reminder.refresh_from_db()
        return reminder.next_due

    assert due() == datetime(2026, 6, 1, 20, tzinfo=UTC)
    for name, is_due in (("pause", False), ("go-on", True), ("end", False)):
        learner.post(reverse(f"week:{name}", args=[week.pk]))
        assert (due() is not None) == is_due, name


def test_signed_out_while_writing_a_day(learner, lea, clock):
    week = begin(learner)
    data = fields(learner.get(day_address(week, 1))) | {"text_0": "a heron", "text_1": "a bench"}
    learner.logout()
    response = learner.post(day_address(week, 1), data)
    page = response.content.decode()
    assert response.status_code == 403
    for question, words in (("What suffering is present here?", "a heron"), ("helpful response?", "a bench")):
        assert f"{question}</label>" in page
        assert f"\n{words}</textarea>" in page
    assert page.count("<textarea") == 2
    learner.force_login(lea)
    assert learner.post(day_address(week, 1), data).status_code == 302
    assert kept(lea, week, 1) == ["a heron", "a bench"]
