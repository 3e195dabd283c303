"""Changing an entry of several answers, as a guided practice keeps one: every box is kept, and none is ever lost."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from django.db import OperationalError, connections
from django.test import Client
from django.urls import reverse

from journal.importing import MOST_ANSWERS
from journal.keys.keyring import Keyring
from journal.models import Entry, Prompt
from journal.words import LONGEST_ANSWER, Answer, Words
from tests.journal.test_list import keep
from tests.journal.writing import begin, change_address
from tests.support import assert_carries_help

ANSWERS = (
    Answer("A heron", "What did you see?", "walk/see"),
    Answer("Rain\n on the roof", 'What did you "hear" & feel?', "walk/hear"),
    Answer("", "What was hard?", "walk/hard"),
    Answer("Tea", "What was kind?", "walk/kind"),
)
TEXTS = ["A heron 🪶", '\n\n<b>Rain</b> & "wind" \u202e', "  spaces \n", ""]
JSON = {"accept": "application/json"}
NEW = "/journal/write/"

pytestmark = pytest.mark.usefixtures("course", "master_key")


class Form(HTMLParser):
    """The first form in the main part of a page: what a browser would send of it, and what its boxes are called."""

    def __init__(self, page):
        super().__init__()
        self.hidden, self.texts, self.readonly, self.labels, self.ids = [], {}, [], {}, {}
        self.box = self.label = None
        html = page.content.decode()
        start = html.index("<form", html.index("<main"))
        self.feed(html[start : html.index("</form>", start)])

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "input" and attrs.get("type") == "hidden" and attrs["name"] != "csrfmiddlewaretoken":
            self.hidden.append((attrs["name"], attrs["value"]))
        elif tag == "textarea":
            self.box, self.written = attrs, ""
        elif tag == "label":
            self.label, self.labels[attrs["for"]] = attrs["for"], ""

    def handle_data(self, data):
        if self.box is not None:
            self.written += data
        elif self.label:
            self.labels[self.label] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            # A browser drops the one newline right after the tag.
            text = self.written.removeprefix("\n")
            if "name" in self.box:
                self.texts[self.box["name"]] = text
                self.ids[self.box["name"]] = self.box["id"]
            else:
                self.readonly.append(text)
            self.box = None
        elif tag == "label":
            self.label = None

    @property
    def data(self):
        """Everything the form would send."""
        return dict(self.hidden) | self.texts

    @property
    def called(self):
        """The label of each box."""
        return {name: self.labels[box] for name, box in self.ids.items()}


def boxes(*texts):
    """Return texts as the boxes send them."""
    return {f"text_{number}" if number else "text": text for number, text in enumerate(texts)}


def latest(entry, owner):
    """Return the latest words of an entry."""
    return Entry.objects.get(pk=entry.pk).open_latest(Keyring(owner))


def put(entry, owner, answers, field="kept", **words):
    """Seal these answers as what an entry holds."""
    sealed = entry.seal(Keyring(owner), field, Words(tuple(answers), "A walk", **words), entry.revision)
    Entry.objects.filter(pk=entry.pk).update(**{field: sealed})


@pytest.fixture
def walk(lea):
    """An entry of four answers, one of them blank."""
    entry = keep(lea, "", date(2026, 6, 1), kind=Entry.Kind.PRACTICE)
    put(entry, lea, ANSWERS)
    return entry


def test_every_answer_has_a_box_under_its_question(learner, walk):
    form = Form(learner.get(change_address(walk)))
    assert form.texts == boxes(*(answer.text for answer in ANSWERS))
    assert form.called == boxes(*(answer.question for answer in ANSWERS))
    assert form.ids["text"] == "id_text"


def test_every_answer_is_kept_exactly(learner, lea, walk):
    form = Form(learner.get(change_address(walk)))
    response = learner.post(change_address(walk), form.data | boxes(*TEXTS) | {"action": "keep"})
    assert response["Location"] == reverse("journal:entry", args=[walk.pk])
    expected = tuple(replace(answer, text=text) for answer, text in zip(ANSWERS, TEXTS, strict=True))
    assert latest(walk, lea) == Words(expected, "A walk")
    assert Entry.objects.get().kind == "practice"
    assert Form(learner.get(change_address(walk))).texts == boxes(*TEXTS)


def test_saving_what_was_not_touched_changes_no_word(learner, lea, walk):
    form = Form(learner.get(change_address(walk)))
    assert learner.post(change_address(walk), form.data).status_code == 302
    assert latest(walk, lea) == Words(ANSWERS, "A walk")


def test_as_many_answers_as_a_file_can_bring(learner, lea, walk):
    answers = [Answer(f"words {number}", f"Question {number}?") for number in range(MOST_ANSWERS)]
    put(walk, lea, answers)
    form = Form(learner.get(change_address(walk)))
    assert len(form.texts) == MOST_ANSWERS
    assert learner.post(change_address(walk), form.data | {"text_99": "the last"}).status_code == 302
    assert latest(walk, lea).answers == (*answers[:-1], replace(answers[-1], text="the last"))


def test_any_one_answer_is_enough(learner, lea, walk):
    assert learner.post(change_address(walk), boxes("", " ", "\n", "Tea") | {"revision": 1}).status_code == 302
    assert [answer.text for answer in latest(walk, lea).answers] == ["", " ", "\n", "Tea"]


def test_all_blank_is_gently_refused_and_the_page_stays(learner, lea, walk):
    response = learner.post(change_address(walk), boxes("", " ", "", "\n") | {"revision": 1})
    assert response.status_code == 422
    assert '<a href="#id_text">There are no words here yet. One is enough.</a>' in response.content.decode()
    assert Form(response).texts == boxes("", " ", "", "\n")
    assert latest(walk, lea) == Words(ANSWERS, "A walk")


def test_a_box_that_was_not_sent_leaves_its_answer_alone(learner, lea, walk):
    assert learner.post(change_address(walk), {"text_1": "Wind", "revision": 1}).status_code == 302
    assert [answer.text for answer in latest(walk, lea).answers] == ["A heron", "Wind", "", "Tea"]


def test_too_long_is_said_at_its_own_box(learner, lea, walk):
    texts = ["one", "two", "é" * (LONGEST_ANSWER + 1), "four"]
    response = learner.post(change_address(walk), boxes(*texts) | {"revision": 1})
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count('<a href="#id_text_2">This is 1 characters more') == 1
    assert page.count('id="id_text_2_error"') == 1
    assert 'id="id_text_error"' not in page
    assert Form(response).texts == boxes(*texts)
    assert latest(walk, lea) == Words(ANSWERS, "A walk")


def test_a_nul_is_taken_out_and_said_at_its_own_box(learner, lea, walk):
    response = learner.post(change_address(walk), boxes("one", "t\0wo", "three", "") | {"revision": 1})
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count('<a href="#id_text_1">There was an invisible character (NUL)') == 1
    assert page.count("(NUL)") == 2
    assert Form(response).texts == boxes("one", "two", "three", "")
    assert learner.post(change_address(walk), Form(response).data).status_code == 302
    assert [answer.text for answer in latest(walk, lea).answers] == ["one", "two", "three", ""]


def test_the_questions_are_not_for_the_form_to_change(learner, lea, walk):
    forged = {"question": "Else?", "question_1": "Other?", "key": "x", "key_1": "y", "title": "z", "kind": "note"}
    learner.post(change_address(walk), boxes(*TEXTS) | {"revision": 1} | forged)
    asked = [(answer.question, answer.key) for answer in latest(walk, lea).answers]
    assert asked == [(answer.question, answer.key) for answer in ANSWERS]
    assert latest(walk, lea).title == "A walk"
    assert Entry.objects.get().kind == "practice"


def test_only_a_note_is_offered_another_question(learner, lea, walk):
    Prompt.objects.create(text="What was kind today?")
    put(walk, lea, ANSWERS, field="draft")
    Entry.objects.update(kept=None, kept_revision=None)
    assert "gentle question" not in learner.get(change_address(walk)).content.decode()
    assert "gentle question" in learner.get(NEW).content.decode()


def test_an_autosave_saves_every_box(learner, lea, walk):
    data = Form(learner.get(change_address(walk))).data | {"action": "later"}
    first = learner.post(change_address(walk), data | {"text_3": "Tea and"}, headers=JSON).json()
    assert first["revision"] == 2
    again = data | {"text_3": "Tea and cake", "revision": 2}
    assert learner.post(first["address"], again, headers=JSON).json()["revision"] == 3
    entry = Entry.objects.get()
    assert entry.open_draft(Keyring(lea)).answers == (*ANSWERS[:3], replace(ANSWERS[3], text="Tea and cake"))
    assert entry.open_kept(Keyring(lea)).answers == ANSWERS
    stale = learner.post(change_address(walk), data | {"text_1": "older"}, headers=JSON)
    assert (stale.status_code, stale.json()) == (409, {"conflict": True})
    blank = learner.post(change_address(walk), data | boxes("", "", "", "") | {"revision": 3}, headers=JSON)
    assert (blank.status_code, list(blank.json())) == (422, ["problems"])


def test_a_double_click_is_one_change(learner, lea, walk):
    data = Form(learner.get(change_address(walk))).data | boxes(*TEXTS)
    assert [learner.post(change_address(walk), data).status_code for _ in range(2)] == [302, 302]
    assert Entry.objects.get().revision == 2


def test_a_step_open_elsewhere_learns_that_its_answer_was_changed(learner, lea, walk):
    put(walk, lea, [replace(answer, revision=1) for answer in ANSWERS], field="draft", place="kind")
    form = Form(learner.get(change_address(walk)))
    assert learner.post(change_address(walk), form.data | {"text_1": "Wind", "action": "later"}).status_code == 302
    words = latest(walk, lea)
    assert [answer.revision for answer in words.answers] == [1, 2, 1, 1]
    assert words.place == "kind"


def two_windows(learner, walk, mine=TEXTS):
    """Change the entry in one window and then in another one that was open before; return the other's answer."""
    data = Form(learner.get(change_address(walk))).data
    learner.post(change_address(walk), data | {"text": "from elsewhere", "text_3": "Coffee"})
    response = learner.post(change_address(walk), data | boxes(*mine))
    assert response.status_code == 409
    assert "no-store" in response["Cache-Control"]
    assert_carries_help(response.content.decode())
    return Form(response)


def test_two_windows_show_every_answer_of_both(learner, lea, walk):
    form = two_windows(learner, walk)
    assert form.texts == boxes(*TEXTS)
    assert form.readonly == ["from elsewhere", ANSWERS[1].text, "", "Coffee"]
    assert form.called == boxes(*(answer.question for answer in ANSWERS))
    assert latest(walk, lea).first.text == "from elsewhere"


def test_keep_both(learner, lea, walk, module):
    Entry.objects.update(module=module)
    form = two_windows(learner, walk)
    assert learner.post(NEW, form.data | {"action": "both"}).status_code == 302
    assert latest(walk, lea).first.text == "from elsewhere"
    other = Entry.objects.exclude(pk=walk.pk).get()
    assert (other.kind, other.owner) == ("practice", lea)
    expected = tuple(replace(answer, text=text) for answer, text in zip(ANSWERS, TEXTS, strict=True))
    assert other.open_kept(Keyring(lea)) == Words(expected, "A walk")


def test_keep_mine(learner, lea, walk):
    form = two_windows(learner, walk)
    assert learner.post(change_address(walk), form.data | {"action": "keep"}).status_code == 302
    expected = tuple(replace(answer, text=text) for answer, text in zip(ANSWERS, TEXTS, strict=True))
    assert latest(walk, lea) == Words(expected, "A walk")
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("others", [ANSWERS[:2], ANSWERS[::-1], (*ANSWERS, Answer("new", "And?", "walk/and"))])
def test_other_answers_than_the_page_knew(learner, lea, walk, others):
    data = Form(learner.get(change_address(walk))).data
    there = [replace(answer, text=f"elsewhere {answer.text}") for answer in others]
    Entry.objects.update(revision=2, kept_revision=2)
    walk.refresh_from_db()
    put(walk, lea, there)
    response = learner.post(change_address(walk), data | boxes(*TEXTS))
    form = Form(response)
    assert response.status_code == 409
    assert list(form.texts.values())[:4] == TEXTS
    assert list(form.called.values())[:4] == [answer.question for answer in ANSWERS]
    assert form.readonly == [answer.text for answer in there]
    assert latest(walk, lea).answers == tuple(there)
    # Both are kept, and then mine alone; neither asks again, and a second click does no harm.
    assert learner.post(NEW, form.data | {"action": "both"}).status_code == 302
    for _ in range(2):
        assert learner.post(change_address(walk), form.data | {"action": "keep"}).status_code == 302
    expected = [replace(answer, text=text) for answer, text in zip(ANSWERS, TEXTS, strict=True)]
    for entry in Entry.objects.all():
        assert list(latest(entry, lea).answers)[:4] == expected


def test_keeping_mine_while_it_changes_once_more_asks_once_more(learner, lea, walk):
    form = two_windows(learner, walk)
    learner.post(change_address(walk), {"text": "and again", "revision": 2})
    response = learner.post(change_address(walk), form.data | {"action": "keep"})
    assert response.status_code == 409
    assert Form(response).texts == boxes(*TEXTS)
    assert latest(walk, lea).first.text == "and again"


def test_words_for_which_there_is_no_answer_come_back(learner, lea, walk):
    data = Form(learner.get(change_address(walk))).data
    response = learner.post(change_address(walk), data | {"text_7": "too many", "question_7": "Why?"})
    assert response.status_code == 409
    assert Form(response).called["text_4"] == "Why?"
    assert Form(response).texts["text_4"] == "too many"
    assert latest(walk, lea) == Words(ANSWERS, "A walk")


def test_more_answers_than_an_entry_holds_come_back(learner, lea):
    texts = [f"words {number}" for number in range(MOST_ANSWERS + 1)]
    response = learner.post(NEW, begin(learner) | boxes(*texts))
    assert response.status_code == 422
    assert Form(response).texts == boxes(*texts)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("name", ["text_0", "text_01", "text_x", "text_-1", "text_" + "9" * 900, "text_٣"])
def test_a_field_of_no_form_breaks_nothing(learner, lea, walk, name):
    assert learner.post(change_address(walk), {"text": "one", name: "x", "revision": 1}).status_code == 302
    assert [answer.text for answer in latest(walk, lea).answers] == ["one", *(each.text for each in ANSWERS[1:])]


def test_an_entry_deleted_elsewhere_comes_back_whole(learner, lea, walk, module):
    Entry.objects.update(module=module)
    data = Form(learner.get(change_address(walk))).data | {"module": module.pk}
    Entry.objects.all().delete()
    response = learner.post(change_address(walk), data | boxes(*TEXTS))
    form = Form(response)
    assert response.status_code == 404
    assert form.texts == boxes(*TEXTS)
    assert form.called == boxes(*(answer.question for answer in ANSWERS))
    assert f'value="{module.pk}" selected' in response.content.decode()
    assert learner.post(NEW, form.data | {"module": module.pk}).status_code == 302
    entry = Entry.objects.get()
    expected = tuple(replace(answer, text=text) for answer, text in zip(ANSWERS, TEXTS, strict=True))
    assert entry.open_kept(Keyring(lea)) == Words(expected, "A walk")
    assert (entry.kind, entry.module, entry.owner) == ("practice", module, lea)


def test_a_kind_that_there_is_not_is_a_note(learner):
    assert learner.post(NEW, begin(learner) | {"text": "words", "kind": "diary"}).status_code == 302
    assert Entry.objects.get().kind == "note"


def assert_boxes_are_back(response, status):
    """Assert that the error page has every box under its question, and return its form."""
    form = Form(response)
    assert response.status_code == status
    assert form.texts == boxes(*TEXTS)
    assert form.called == boxes(*(answer.question for answer in ANSWERS))
    assert "no-store" in response["Cache-Control"]
    assert_carries_help(response.content.decode())
    return form


def test_signed_out_while_changing(learner, lea, walk):
    data = Form(learner.get(change_address(walk))).data | boxes(*TEXTS)
    learner.logout()
    form = assert_boxes_are_back(learner.post(change_address(walk), data), 403)
    learner.force_login(lea)
    assert learner.post(change_address(walk), form.data).status_code == 302
    assert [answer.text for answer in latest(walk, lea).answers] == TEXTS


def test_an_old_form(lea, walk):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lea)
    data = Form(client.get(change_address(walk))).data | boxes(*TEXTS)
    assert_boxes_are_back(client.post(change_address(walk), data), 403)


def test_a_database_is_away(learner, lea, walk):
    def away(*args):
        raise OperationalError("away")

    data = Form(learner.get(change_address(walk))).data | boxes(*TEXTS)
    client = Client(raise_request_exception=False)
    client.cookies = learner.cookies
    with connections["default"].execute_wrapper(away):
        form = assert_boxes_are_back(client.post(change_address(walk), data), 503)
    assert learner.post(change_address(walk), form.data).status_code == 302
    assert [answer.text for answer in latest(walk, lea).answers] == TEXTS


def test_every_value_of_a_name_comes_back(learner):
    data = begin(learner)
    learner.logout()
    form = Form(learner.post(NEW, data | {"text": "words", "chosen": ["one", "two"]}))
    assert [value for name, value in form.hidden if name == "chosen"] == ["one", "two"]
    assert form.called == {"text": "Your words"}


def test_no_answer_reaches_an_address(learner, walk):
    form = two_windows(learner, walk, mine=["heron-words"] * 4)
    responses = [learner.post(change_address(walk), form.data), learner.post(NEW, form.data)]
    assert not any("heron" in response["Location"] for response in responses)
