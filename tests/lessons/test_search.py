"""Search across the lessons and their questions."""

import re

import pytest

from lessons.models import Module
from lessons.search import suggests_crisis, words_of
from tests.support import assert_carries_help


def search(client, query):
    response = client.get("/search/", {"q": query})
    assert response.status_code == 200
    page = response.content.decode()
    assert_carries_help(page)
    return page


def links(page):
    return re.findall(r'<h2><a href="([^"]+)">', page)


def test_words_are_found_in_any_order(client, course):
    assert links(search(client, "steadies threat mind")) == links(search(client, "mind steadies threat")) != []


@pytest.mark.parametrize(
    ("typed", "found"),
    [("attacks", "attack"), ("breathing", "breath"), ("skill", "skills"), ("noticed", "noticing")],
)
def test_inflected_forms_are_found(client, course, typed, found):
    page = search(client, typed)
    marked = {word.lower() for word in re.findall(r"<mark>(.*?)</mark>", page)}
    assert any(word.startswith(found[:5]) for word in marked), marked


def test_american_spelling_is_found(client, course):
    assert "Behaviour" in search(client, "behavior")
    assert links(search(client, "nonjudgment"))


def test_a_section_with_the_word_in_its_heading_comes_first(client, course):
    assert links(search(client, "attributes"))[0].endswith("#the-six-attributes-of-engagement")


def test_every_result_leads_to_a_place_that_is_there(client, course):
    found = links(search(client, "compassion"))
    assert len(found) > 4
    for link in found:
        path, _, anchor = link.partition("#")
        page = client.get(path).content.decode()
        assert not anchor or page.count(f'id="{anchor}"') == 1


def test_questions_are_found_with_their_own_link(client, course):
    assert "/modules/what-compassion-really-is/#question-self-pity" in links(search(client, "self-pity circles"))


def test_some_words_are_better_than_none(client, course):
    page = search(client, "courage xylophone")
    assert "No section has all of these words" in page
    assert links(page)


def test_nothing_found_says_what_else_to_try(client, course):
    page = search(client, "xylophone")
    assert "Nothing was found" in page
    assert not links(page)


@pytest.mark.parametrize("query", ["a", "the of and", "_", "…", "\u0301", "?"])
def test_too_little_asks_for_a_whole_word(client, course, query):
    assert "Please write a whole word" in search(client, query) or "Nothing was found" in search(client, query)


def test_an_empty_search_shows_the_form_only(client, course):
    page = search(client, "  ")
    assert 'name="q"' in page
    assert "Nothing was found" not in page


@pytest.mark.parametrize(
    "query",
    [
        *('"', "'", "AND", "OR NOT", "NEAR(a b)", "compass*", "^courage", "heading:courage", "- - -", "(", ")", "a\\b"),
        *(
            "自分への思いやり",
            "الرحمة بالنفس",
            "करुणा",
            "сострадание",
            "🫶🏽",
            "e\u0301",
            "ﬁ",
            "\u202eabc",
            "x" * 10_000,
        ),
        *("<script>alert(1)</script>", "{{ 7 }}", "%", "\ud7ff", "word " * 3_000),
    ],
)
def test_odd_queries_are_answered_sensibly(client, course, query):
    page = search(client, query)
    assert "<script>alert" not in page
    assert "found" in page or "Please write a whole word" in page


def test_a_long_query_is_cut_and_said_so(client, course):
    page = search(client, "courage " * 1_250)
    assert "only its beginning was used" in page
    assert links(page)
    assert page.count("courage courage") < 30


def test_drafts_and_modules_in_preparation_are_never_found(client, course):
    Module.objects.filter(number=3).update(body="Zebra crossing.", status=Module.Status.DRAFT)
    Module.objects.filter(number=2).update(body="Zebra crossing.")
    assert not links(search(client, "zebra"))


def test_an_unpublished_module_is_found_no_more(client, transactional_db):
    from tests.lessons.test_publishing import make_course  # noqa: PLC0415 -- used here only

    module = make_course()
    module.body = "A zebra."
    module.save()
    assert links(search(client, "zebra"))
    module.status = Module.Status.DRAFT
    module.save()
    assert not links(search(client, "zebra"))


@pytest.mark.parametrize(
    "query", ["I want to die", "kill myself", "suicidal", "self-harm", "self harm", "end my life", "I am not safe"]
)
def test_help_comes_before_any_lesson_when_the_words_ask_for_it(client, course, query):
    page = search(client, query)
    assert "Is this about right now?" in page
    assert not links(page) or page.index("Is this about right now?") < page.index(links(page)[0])


@pytest.mark.parametrize("query", ["skill", "diet", "studied", "compassion", "safe place", "cut to the chase"])
def test_ordinary_words_bring_no_alarm(query):
    assert not suggests_crisis(query)


def test_what_was_searched_stays_out_of_title_cookies_and_caches(client, course):
    response = client.get("/search/", {"q": "verysecretword"})
    title = re.search(r"<title>(.*?)</title>", response.content.decode())[1]
    assert "verysecretword" not in title
    assert not response.cookies
    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" not in response.get("Vary", "")


def test_a_damaged_index_is_built_again(client, course, own_folder):
    before = links(search(client, "courage"))
    (own_folder / "pages" / "search.sqlite3").write_bytes(b"not a database at all")
    assert links(search(client, "courage")) == before


def test_the_words_of_a_query_are_few_and_telling():
    assert words_of("What is the  Courage, courage!") == ["courage"]
    assert len(words_of(" ".join(f"word{number}" for number in range(100)))) == 12
