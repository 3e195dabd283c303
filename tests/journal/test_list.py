"""The list of notes: order, months, pages, filters, covers, and how many queries it takes."""

import base64
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cft_course.accounts import preferences
from journal import listing
from journal.keys.keyring import Keyring
from journal.models import Entry
from journal.words import Words
from tests.journal.writing import write

pytestmark = pytest.mark.usefixtures("course", "master_key")

EDGE = base64.urlsafe_b64encode(f"0001-01-01 0001-01-01T00:00:00+23:59 {'0' * 32}".encode()).decode()
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def keep(owner, text, day, **fields):
    """Keep a note of a given day without going through the pages."""
    moment = datetime.combine(day, NOON.timetz())
    entry = Entry(owner=owner, day=day, **{"created": moment, "changed": moment} | fields)
    entry.kept, entry.kept_revision = entry.seal(Keyring(owner), "kept", Words.of(text), 1), 1
    entry.save(force_insert=True)
    return entry


def days(count, start=date(2026, 6, 1)):
    """Yield days one after the other."""
    return [start + timedelta(days=number) for number in range(count)]


def walk(client, address=None):
    """Return the texts of every page of the list, following its own links, and the number of pages."""
    address = address or reverse("journal:home")
    texts, pages = [], 0
    while address:
        page = client.get(address).content.decode()
        texts += [part.split("</p>")[0] for part in page.split('<p class="words">')[1:]]
        pages += 1
        rest = page.split('<a class="button quiet" href="?')[1:]
        address = reverse("journal:home") + "?" + rest[0].split('"')[0].replace("&amp;", "&") if rest else None
    return texts, pages


def test_a_learner_is_called_by_the_name_they_gave(learner, lea):
    preferences.give_name(lea, Keyring(lea), "Lea <b>")
    lea.save()
    assert "Only you can read these, Lea &lt;b&gt;." in learner.get(reverse("journal:home")).content.decode()
    type(lea).objects.update(sealed_name=b"\x01" + bytes(80))
    response = learner.get(reverse("journal:home"))
    assert response.status_code == 200
    assert "Only you can read these." in response.content.decode()


def test_newest_day_first_whatever_was_written_last(learner, lea):
    for day in (date(2026, 6, 2), date(2026, 6, 30), date(2026, 5, 31)):
        keep(lea, f"of {day}", day)
    assert walk(learner)[0] == ["of 2026-06-30", "of 2026-06-02", "of 2026-05-31"]
    page = learner.get(reverse("journal:home")).content.decode()
    assert page.index("<h2>June 2026</h2>") < page.index("<h2>May 2026</h2>")


def test_every_note_is_on_exactly_one_page(learner, lea):
    # Many share a day, and some of those a moment.
    for number, day in enumerate(sorted(days(15) * 3)):
        keep(lea, f"{number:02}", day)
    texts, pages = walk(learner)
    assert sorted(texts) == [f"{number:02}" for number in range(45)]
    assert pages == 3


@pytest.mark.parametrize("place", ["nonsense", "AAAA", "%00", "é", "a" * 3000, "OTk5OS05OS05OSBhIGI=", EDGE])
def test_a_place_that_nobody_wrote_is_the_beginning(learner, lea, place):
    keep(lea, "here", date(2026, 6, 1))
    response = learner.get(reverse("journal:home"), {"after": place})
    assert response.status_code in (200, 400)
    if response.status_code == 200:
        assert "here" in response.content.decode()


def test_filters_by_kind_module_and_days(learner, lea, module):
    keep(lea, "a note", date(2026, 6, 1))
    keep(lea, "a practice", date(2026, 6, 2), kind=Entry.Kind.PRACTICE, module=module)
    keep(lea, "a day", date(2026, 6, 3), kind=Entry.Kind.DAY, module=module)
    home = reverse("journal:home")
    assert walk(learner, f"{home}?kind=practice")[0] == ["a practice"]
    assert walk(learner, f"{home}?module={module.pk}")[0] == ["a day", "a practice"]
    assert walk(learner, f"{home}?since=2026-06-02&until=2026-06-02")[0] == ["a practice"]
    assert len(walk(learner, f"{home}?kind=nonsense&module=99&since=never")[0]) == 3
    assert "Nothing here fits" in learner.get(f"{home}?kind=unfinished").content.decode()


def test_filters_reach_the_older_pages(learner, lea):
    for day in days(30):
        keep(lea, f"note {day}", day)
        keep(lea, f"day {day}", day, kind=Entry.Kind.DAY)
    texts, pages = walk(learner, f"{reverse('journal:home')}?kind=day")
    assert len(texts) == 30
    assert pages == 2
    assert all(text.startswith("day") for text in texts)


def test_nobody_elses_note_is_in_the_list(learner, lea, django_user_model):
    ben = django_user_model.objects.create_user("ben@example.org", "a long quiet evening")
    keep(ben, "Ben's own", date(2026, 6, 1))
    keep(lea, "Lea's own", date(2026, 6, 1))
    assert walk(learner)[0] == ["Lea&#x27;s own"]


def test_words_that_cannot_be_opened_do_not_hide_the_others(learner, lea):
    keep(lea, "still here", date(2026, 6, 1))
    broken = keep(lea, "broken", date(2026, 6, 2))
    Entry.objects.filter(pk=broken.pk).update(kept=bytes(broken.kept)[:-1] + b"?")
    response = learner.get(reverse("journal:home"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "still here" in page
    assert "cannot be opened just now" in page


@pytest.mark.parametrize("count", [1, 3, 20, 60])
def test_the_list_takes_at_most_six_queries(learner, lea, count):
    for day in days(count):
        keep(lea, "words", day)
    learner.get(reverse("journal:home"))
    captured = [CaptureQueriesContext(each) for each in connections.all()]
    for each in captured:
        each.__enter__()
    learner.get(reverse("journal:home"))
    for each in captured:
        each.__exit__(None, None, None)
    assert sum(len(each) for each in captured) <= 6


def test_older_pages_are_found_by_seeking(lea):
    """The plan must use the index for owner and day, and sort nothing."""
    entries = listing.after(
        Entry.objects.owned_by(lea).newest_first(), listing.place_of(keep(lea, "words", date(2026, 6, 1)))
    )
    if connection.vendor == "sqlite":
        plan = entries[:21].explain()
        assert "USING INDEX entries_newest_first (owner_id=? AND day<?)" in plan
        assert "TEMP B-TREE" not in plan
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plan = entries[:21].explain()
        assert "entries_newest_first" in plan
        assert "Sort" not in plan
        assert "day <=" in plan.split("Index Cond:")[1].splitlines()[0]


def test_a_place_survives_its_trip_through_an_address(lea):
    entry = keep(lea, "words", date(2026, 6, 1), created=NOON.replace(microsecond=123456))
    assert listing.place_from(listing.place_of(entry)) == (entry.day, entry.created, entry.pk)


def test_the_day_is_the_learners_own(learner, lea):
    lea.time_zone = "Pacific/Auckland"
    lea.save()
    entry = write(learner, "words")
    assert entry.day == lea.day_of(entry.created)
    assert lea.day_of(datetime(2026, 6, 1, 15, 59, tzinfo=UTC)) == date(2026, 6, 1)
    assert lea.day_of(datetime(2026, 6, 1, 16, 1, tzinfo=UTC)) == date(2026, 6, 2)
