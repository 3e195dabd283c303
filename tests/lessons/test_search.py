"""Search across the lessons and their questions."""

import html
import re
import sqlite3

import pytest
from django.db import OperationalError, connection
from django.test import Client

from lessons.models import Module
from lessons.publishing import pages
from lessons.search import suggests_crisis, words_of
from tests.lessons.test_hostile_markdown import PAYLOADS
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


# What is typed, and the word that is marked in a result.
INFLECTED = {
    **{"attacks": "attack", "attacking": "attack", "skill": "skills", "skills": "skills", "noticed": "noticing"},
    **{"breathing": "breath", "COMPASSION": "compassion"},
}
AMERICAN = {
    **{"behavior": "Behaviour", "behaviors": "Behaviour", "neighbor": "neighbour", "license": "licence"},
    **{"skillfully": "skilfully", "practicing": "practice", "practice": "practise", "mom": "mum"},
    **{"nonjudgment": "judgement", "nonjudgmental": "judgement", "wellbeing": "well-being"},
}
# Not in the course so far.
AMERICAN_ENDINGS = {
    **{"criticize": "criticise", "recognized": "recognised", "organization": "organisation", "gray": "grey"},
    **{"center": "centre", "color": "colour", "honored": "honoured", "defense": "defence"},
    **{"traveling": "travelling", "analyze": "analyse", "fulfill": "fulfil", "program": "programme"},
}


def test_inflected_forms_and_american_spelling_are_found(client, course):
    for typed, marked in (INFLECTED | AMERICAN).items():
        assert marked in re.findall(r"<mark>(.*?)</mark>", search(client, typed)), typed


def test_american_endings_are_found(client, module):
    module.body = "".join(f"## {british}\n\nA line.\n\n" for british in AMERICAN_ENDINGS.values())
    module.save()
    pages.publish()
    for american, british in AMERICAN_ENDINGS.items():
        assert links(search(client, american)) == [f"/modules/what-compassion-really-is/#{british}"], american


def test_letters_with_accents_and_of_full_width_are_found(client, module):
    module.body = "Naïve café words."
    module.save()
    pages.publish()
    for query in ("naive", "NAÏVE", "nai\u0308ve", "ｎａｉｖｅ", "cafe\u0301"):
        assert links(search(client, query)) == ["/modules/what-compassion-really-is/"], query


def test_a_section_with_the_word_in_its_heading_comes_first(client, course):
    assert links(search(client, "attributes"))[0].endswith("#the-six-attributes-of-engagement")


def test_every_section_and_question_is_found_first_by_its_own_words(client, module):
    address = module.get_absolute_url()
    for heading in module.lesson.headings:
        assert links(search(client, heading.text))[0] == f"{address}#{heading.id}"
    for question in module.questions.all():
        assert links(search(client, question.text))[0] == question.get_absolute_url()


def test_the_words_searched_for_are_marked(client, course):
    page = search(client, "courage mind")
    assert {word.lower() for word in re.findall(r"<mark>(.*?)</mark>", page)} == {"courage", "mind"}


def test_a_result_holds_words_only(client, course):
    def text_of(query):
        (first, *_) = re.findall(r"<p>(.*?)</p>\n</li>", search(client, query))
        return re.sub("</?mark>", "", first)

    assert "to prevent more. Our own means" in text_of("relieve prevent")
    assert text_of("origins").endswith("53, 6–41.")


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


def test_too_little_asks_for_a_whole_word(client, course):
    for query in ("a", "the of and", "_", "__ _", "…", "\u0301", "?", "心"):
        assert "Please write a whole word" in search(client, query), query


def test_an_empty_search_shows_the_form_only(client, course):
    page = search(client, "  ")
    assert 'name="q"' in page
    assert "Nothing was found" not in page


def test_odd_queries_are_answered_sensibly(client, course):
    operators = [
        '"',
        "'",
        "AND",
        "OR NOT",
        "NEAR(a b)",
        "compass*",
        "^courage",
        "heading:courage",
        "- - -",
        "(",
        ")",
        "+",
    ]
    scripts = [
        "自分への思いやり",
        "这是同情",
        "الرحمة بالنفس",
        "करुणा",
        "сострадание",
        "תחמלה",
        "🫶🏽",
        "👩‍👩‍👧",
        "ﬁ",
        "İstanbul",
    ]
    signs = [
        "e\u0301",
        "\u0301\u0302",
        "\u202eabc",
        "a\\b",
        "%",
        "%%",
        "{{ 7 }}",
        "\ud7ff",
        "\x01\x02\x03",
        "\ufeff",
        "a\r\nb",
    ]
    for query in (*operators, *scripts, *signs, "x" * 10_000, "word " * 3_000, "courage " * 2_000, "\t"):
        page = search(client, query)
        sentence = re.search(r'<div role="status" class="found">(.*?)</div>', page, re.DOTALL)[1]
        assert "<p>" in sentence or not query.strip(), query


def test_operators_are_searched_for_as_words(client, course):
    for query in (
        "courage NOT courage",
        "courage OR zzz",
        "NEAR(courage)",
        "courage*",
        "-courage",
        '"courage"',
        "body:courage",
    ):
        assert any(
            "skills" in link or "strength" in link or "attributes" in link for link in links(search(client, query))
        ), query


def test_hostile_queries_are_escaped(client, course):
    for payload in PAYLOADS[::3]:
        page = search(client, payload)
        assert html.unescape(re.search(r'name="q" value="([^"]*)"', page)[1]) == payload.strip()
        assert not re.search(
            r"<(script(?! src=\"/static/|>\{| type=\"application/ld)|img|iframe|style|object)", page
        ), payload
        assert " onerror=alert" not in html.unescape(page.replace("&quot;", "")).partition("<main")[0]


def test_hostile_words_of_a_lesson_are_escaped_in_a_result(client, module):
    module.body = "## Zebra `<b>`\n\nA zebra `<script>alert(1)</script>` crossing."
    module.save()
    pages.publish()
    page = search(client, "zebra")
    assert "<mark>Zebra</mark> &lt;b&gt;" in page
    assert "<mark>zebra</mark> &lt;script&gt;alert(1)&lt;/script&gt; crossing." in page


def test_a_nul_is_refused_with_a_page_of_words(client, course):
    response = client.get("/search/?q=a%00b")
    assert response.status_code == 400
    assert_carries_help(response.content.decode())


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


@pytest.mark.parametrize("query", ["I want to die", "courage to hurt myself"])
def test_help_comes_before_any_lesson_when_the_words_ask_for_it(client, course, query):
    page = search(client, query)
    assert "Is this about right now?" in page
    assert not links(page) or page.index("Is this about right now?") < page.index(links(page)[0])
    assert "Is this about right now?" not in search(client, "courage")


@pytest.mark.parametrize(
    "query",
    [
        *("I want to die", "kill myself", "suicidal", "self-harm", "self harm", "end my life", "I am not safe"),
        *("hurting myself", "cutting", "hang myself", "end it", "ending it all", "take my own life", "dead", "988"),
        *("don't want to live", "don’t want to be here", "do not want to wake up", "no reason to live", "overdose"),
        *("SUICIDE", "crisis", "emergency", "killing", "dying", "unsafe", "self injury"),
    ],
)
def test_words_that_may_need_a_person_more_than_a_lesson(query):
    assert suggests_crisis(query)


@pytest.mark.parametrize(
    "query",
    [
        *(
            "skill",
            "diet",
            "studied",
            "compassion",
            "safe place",
            "cut to the chase",
            "spend it",
            "mend it",
            "deadline",
        ),
        *("I want to live kindly", "be kind to myself", "want to be here for others", "haircut", "hurt feelings"),
    ],
)
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


def test_words_are_split_as_the_index_splits_them():
    assert words_of("snake_case well-being don't") == ["snake", "case", "well", "being", "don"]


# Without the database.


def away(*args):
    """Stand in for a database that does not answer."""
    raise OperationalError("the database is away")


def test_searching_goes_on_while_the_database_is_away(client, course):
    before = links(search(client, "courage"))
    pages.forget()
    with connection.execute_wrapper(away):
        assert links(search(client, "courage")) == before != []


def test_searching_goes_on_in_the_last_index_when_there_is_a_newer_version(client, course, own_folder):
    before = links(search(client, "courage"))
    (own_folder / "pages" / "version").write_text("another")
    pages.forget()
    with connection.execute_wrapper(away):
        assert links(search(client, "courage")) == before != []


@pytest.mark.parametrize("damage", [None, b"", b"not a database at all"])
def test_without_a_database_or_an_index_the_answer_is_a_page_of_words(course, own_folder, damage):
    pages.publish()
    index = own_folder / "pages" / "search.sqlite3"
    index.unlink()
    if damage is not None:
        index.write_bytes(damage)
    files = sorted(index.parent.iterdir())
    with connection.execute_wrapper(away):
        response = Client(raise_request_exception=False).get("/search/?q=courage")
    assert response.status_code == 503
    assert_carries_help(response.content.decode())
    assert sorted(index.parent.iterdir()) == files


def test_the_index_is_a_file_of_its_own_whatever_the_database(client, course, own_folder):
    search(client, "courage")
    index = sqlite3.connect(own_folder / "pages" / "search.sqlite3")
    assert index.execute("select count(*) from section").fetchone()[0] == 10
    index.close()
