"""Search in one's own words."""

from datetime import date, timedelta

import pytest
from django.db import connections
from django.urls import reverse

from journal import search
from journal.models import Entry
from tests.journal.test_list import days, keep
from tests.journal.writing import write

pytestmark = pytest.mark.usefixtures("course", "master_key")


def ask(client, words, **fields):
    """Search, and return the page."""
    return client.post(reverse("journal:search"), {"words": words} | fields).content.decode()


@pytest.mark.parametrize("words", ["heron", "HERON", "ero", "rain heron", "  stood\theron ", "café", "CAFE", "straße"])
def test_a_note_is_found_by_any_of_its_words(learner, words):
    write(learner, "A heron stood in the rain\nbefore the Café in the STRASSE.")
    write(learner, "Nothing of the kind.")
    page = ask(learner, words)
    assert "1 note with these words" in page
    assert "Nothing of the kind" not in page


def test_all_the_words_must_be_there(learner):
    write(learner, "A heron stood in the rain.")
    assert "No note has these words" in ask(learner, "heron sun")


def test_a_question_is_searched_too_and_a_draft(learner):
    write(learner, "The rain.", question="What was kind today?")
    write(learner, "half a thought about thunder", action="later")
    assert "1 note with these words" in ask(learner, "kind today")
    assert "1 note with these words" in ask(learner, "thunder")


def test_nobody_elses_words_are_found(learner, django_user_model):
    ben = django_user_model.objects.create_user("ben@example.org", "a long quiet evening")
    keep(ben, "Ben's heron", date(2026, 6, 1))
    assert "No note has these words" in ask(learner, "heron")


def test_the_excerpt_is_around_the_word(learner):
    write(learner, "far " * 100 + "heron " + "away " * 100)
    page = ask(learner, "heron")
    excerpt = page.split('<p class="words">')[1].split("</p>")[0]
    assert "heron" in excerpt
    assert excerpt.startswith("… ")
    assert excerpt.endswith(" …")
    assert len(excerpt) < 250


def test_many_matches_come_in_parts(learner, lea):
    for day in days(search.MOST_FOUND + 5):
        keep(lea, f"heron of {day}", day)
    page = ask(learner, "heron")
    assert f"The newest {search.MOST_FOUND} notes" in page
    past = page.split('name="past" value="')[1].split('"')[0]
    older = ask(learner, "heron", past=past)
    assert "5 notes with these words" in older
    assert f"heron of {date(2026, 6, 1)}" in older


def test_what_was_searched_is_in_no_address_and_no_query(learner, lea):
    keep(lea, "a quiet canary", date(2026, 6, 1))
    asked = []

    def listen(execute, sql, params, many, context):
        asked.append(f"{sql} {params}")
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(listen), connections["keys"].execute_wrapper(listen):
        page = ask(learner, "canary")
    assert "1 note" in page
    assert asked
    assert not [query for query in asked if "canary" in query]


@pytest.mark.parametrize("words", ["", "   ", "\0", "a\0b", "%", "_", "'", '"', "\\", "x" * 200, "🌧"])
def test_odd_searches_answer_calmly(learner, words):
    write(learner, "A heron stood in the rain.")
    response = learner.post(reverse("journal:search"), {"words": words})
    assert response.status_code == 200
    assert "A heron stood" not in response.content.decode() or words in ("", "   ")


def test_a_search_longer_than_the_field_is_said_at_the_field(learner):
    page = ask(learner, "x" * 201)
    assert "at most 200 characters" in page
    assert "x" * 201 in page


def test_an_entry_that_cannot_be_opened_is_passed_over(learner, lea):
    broken = keep(lea, "heron", date(2026, 6, 1))
    Entry.objects.filter(pk=broken.pk).update(kept=b"\x01" + bytes(60))
    keep(lea, "another heron", date(2026, 6, 1) + timedelta(days=1))
    assert "1 note with these words" in ask(learner, "heron")


def test_a_text_full_of_marks_is_folded_one_character_at_a_time():
    """Put in order as a whole, as Unicode has it, such a text takes quadratic time and holds up every page."""
    marks = "\u0344\u0315" * 10_000
    assert search.fold(f"Caf\u00e9{marks}") == "cafe"
    assert search.fold("\ufb01ne \u1e9e STRASSE") == "fine ss strasse"
