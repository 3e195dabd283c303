"""The journal by its days: months, years, a month ago, and everything about one module in a row."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from journal import calendar
from journal.keys.keyring import Keyring
from journal.models import Entry
from journal.words import Words
from tests.journal.writing import write
from tests.support import CountQueries, assert_carries_help

pytestmark = pytest.mark.usefixtures("course", "master_key")

UNKIND = ("streak", "missed", "failed", "behind", "overdue", "%")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Let it be noon on 31 March 2026."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 3, 31, 12, tzinfo=UTC))


def add(user, *days, kind="note", module=None, text="a heron"):
    """Keep an entry on each of these days."""
    keyring = Keyring(user)
    for number, day in enumerate(days):
        moment = datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(microseconds=number)
        entry = Entry(owner=user, kind=kind, module=module, day=day, created=moment, changed=moment, kept_revision=1)
        entry.kept = entry.seal(keyring, "kept", Words.of(f"{text} {day}", "What?"), 1)
        entry.save()


def month_of(client, year, month):
    """Return a month's page."""
    response = client.get(reverse("journal:month", args=[year, month]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_calendar_is_this_month_of_ones_own_day(learner, lea, monkeypatch):
    assert learner.get(reverse("journal:calendar"))["Location"] == reverse("journal:month", args=[2026, 3])
    lea.time_zone = "Pacific/Auckland"
    lea.save()
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 3, 31, 18, tzinfo=UTC))
    assert learner.get(reverse("journal:calendar"))["Location"] == reverse("journal:month", args=[2026, 4])


def test_a_month_is_a_table_with_its_days_marked_by_kind(learner, lea):
    add(lea, date(2026, 3, 2), kind="note")
    add(lea, date(2026, 3, 2), date(2026, 3, 30), kind="practice")
    add(lea, date(2026, 3, 31), kind="day")
    page = month_of(learner, 2026, 3)
    assert_carries_help(page)
    assert page.count('<th scope="col">') == 7
    assert page.count("<td") == 42
    assert 'href="/journal/?since=2026-03-02&amp;until=2026-03-02"' in page
    assert "> note, practice</span>" in page
    assert page.count('aria-current="date"') == 1
    assert "You wrote on 3 days in March." in page
    assert "heron" not in page
    assert not [word for word in UNKIND if word in page.split("<main")[1].split("</main>")[0].lower()]
    found = learner.get("/journal/?since=2026-03-02&until=2026-03-02").content.decode()
    assert found.count('class="entry"') == 2


def test_an_empty_month_is_fine_and_one_day_is_one_day(learner, lea):
    assert "Nothing is written here, and that is fine." in month_of(learner, 2026, 2)
    add(lea, date(2024, 2, 29))
    page = month_of(learner, 2024, 2)
    assert "You wrote on 1 day in February." in page
    assert "until=2024-02-29" in page


def test_months_lead_on_but_not_into_the_future(learner):
    page = month_of(learner, 2026, 3)
    assert reverse("journal:month", args=[2026, 2]) in page
    assert reverse("journal:month", args=[2026, 4]) not in page
    assert reverse("journal:month", args=[2025, 12]) in month_of(learner, 2026, 1)
    assert reverse("journal:month", args=[2026, 1]) in month_of(learner, 2025, 12)
    month_of(learner, 1900, 1)


@pytest.mark.parametrize(("year", "month"), [(2026, 0), (2026, 13), (1899, 12), (2201, 1), (10**9, 1), (0, 1)])
def test_a_month_that_no_calendar_has_is_not_there(learner, year, month):
    assert learner.get(reverse("journal:month", args=[year, month])).status_code == 404
    if year not in calendar.YEARS:
        assert learner.get(reverse("journal:year", args=[year])).status_code == 404


def test_a_year_at_a_glance_is_small_and_said_in_words_too(learner, lea):
    add(lea, *(date(2024, 1, 1) + timedelta(days=n) for n in range(366)))
    page = learner.get(reverse("journal:year", args=[2024])).content.decode()
    picture = page.split('<svg class="year-picture"')[1].split("</svg>")[0]
    assert len(picture.encode()) < 15 * 1024
    assert picture.count("M") >= 366
    assert "<title" in picture
    assert 'role="img"' in picture
    assert "style=" not in picture
    assert "You wrote on 366 days in 2024." in page
    assert ">February</a>: 29 days" in page
    assert ">February</a></li>" in learner.get(reverse("journal:year", args=[2025])).content.decode()


def test_other_peoples_days_never_count(learner, django_user_model):
    add(django_user_model.objects.create_user("ben@example.org", "a long quiet evening"), date(2026, 3, 2))
    assert "Nothing is written here" in month_of(learner, 2026, 3)
    assert "Nothing is written here" in learner.get(reverse("journal:year", args=[2026])).content.decode()


@pytest.mark.parametrize(("today", "before"), [
    (date(2026, 3, 31), date(2026, 2, 28)), (date(2024, 3, 31), date(2024, 2, 29)),
    (date(2026, 1, 15), date(2025, 12, 15)), (date(2026, 3, 1), date(2026, 2, 1)),
])  # fmt: skip
def test_a_month_ago(today, before):
    assert calendar.a_month_ago(today) == before


def test_a_month_ago_is_offered_when_there_is_something(learner, lea):
    assert "A month ago" not in month_of(learner, 2026, 3)
    add(lea, date(2026, 2, 28))
    assert "A month ago, on 28 February" in month_of(learner, 2026, 3)
    assert "A month ago" not in month_of(learner, 2026, 2)


def test_a_module_is_read_through_from_the_first_day_to_the_last(learner, lea, module):
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(25)]
    add(lea, *reversed(days), module=module)
    add(lea, date(2026, 1, 5), text="about nothing")
    first = learner.get(reverse("journal:read-through", args=[4])).content.decode()
    assert first.index("a heron 2026-01-01") < first.index("a heron 2026-01-20")
    assert "a heron 2026-01-21" not in first
    assert "about nothing" not in first
    rest = first.split('href="?after=')[1].split('"')[0]
    second = learner.get(f"{reverse('journal:read-through', args=[4])}?after={rest}").content.decode()
    assert "a heron 2026-01-21" in second
    assert "a heron 2026-01-25" in second
    assert "a heron 2026-01-20" not in second
    assert learner.get(reverse("journal:read-through", args=[99])).status_code == 404
    link = f'href="{reverse("journal:read-through", args=[4])}"'
    assert link in learner.get(f"/journal/?module={module.pk}").content.decode()
    assert link not in learner.get("/journal/").content.decode()
    assert learner.get(f"{reverse('journal:read-through', args=[4])}?after=nonsense").status_code == 200


def test_words_that_do_not_open_are_said_to(learner, lea, module):
    add(lea, date(2026, 1, 1), module=module)
    Entry.objects.update(kept=b"broken")
    page = learner.get(reverse("journal:read-through", args=[4])).content.decode()
    assert "cannot be opened just now" in page


def test_queries_stay_the_same_however_much_is_written(learner, lea, module):
    addresses = [
        reverse("journal:month", args=[2026, 3]), reverse("journal:year", args=[2026]),
        reverse("journal:read-through", args=[4]),
    ]  # fmt: skip
    write(learner, "one")
    for count in (1, 20, 300):
        add(lea, *(date(2026, 3, 1 + n % 28) for n in range(count)), module=module)
        for address in addresses:
            learner.get(address)
            with CountQueries() as queries:
                assert learner.get(address).status_code == 200
            assert queries.number <= 6, (address, count)
