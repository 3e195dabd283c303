"""Each kind of question: what may be answered, how it is kept, and how it is shown again."""

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from journal.words import LONGEST_ANSWER, Answer
from lessons.models import Module
from practices import kinds
from practices.forms import AnswerForm
from practices.models import Practice, Step
from tests.practices.doing import address, answer, fields, notice, open_step, practice
from tests.support import assert_carries_help

CHOICES = "I avoid it\nI judge it\n\nI judge it\n"
STEPS = {
    "sentence": {"question": "What happened?"},
    "text": {"question": "What happened then?"},
    "letter": {"question": "Write to yourself", "stem": "Dear me,"},
    "choice": {"question": "What comes next?", "choices": CHOICES},
    "scale": {"question": "How heavy is it?", "least": "light", "most": "heavy"},
    "pause": {"seconds": 60, "rhythm": "4-6"},
}
KEPT = [
    ("sentence", {"text": "It rained."}, "It rained."),
    ("sentence", {"text": "  \n "}, ""),
    ("text", {"text": "  one\r\n\r\ntwo  "}, "  one\n\ntwo  "),
    ("letter", {"text": "Dear me, "}, ""),
    ("letter", {"text": "Dear me, rest."}, "Dear me, rest."),
    ("choice", {"chosen": ["I judge it", "I avoid it"], "text": ""}, "I avoid it\nI judge it"),
    ("choice", {"chosen": ["I judge it"], "text": "a bit"}, "I judge it\n\na bit"),
    ("choice", {"text": "only mine"}, "only mine"),
    ("choice", {}, ""),
    ("scale", {"number": "7"}, "7 of 10"),
    ("scale", {"number": "0"}, "0 of 10"),
    ("scale", {"number": ""}, ""),
    ("pause", {}, ""),
]
ODD = ["\u202eright to left", "zero\u200bwidth", "\U0001f327 e\u0301", "<script>alert(1)</script>", "'; DROP TABLE"]


def step_of(kind, **changes):
    """Return a step of a kind, not saved."""
    return Step(practice=Practice(slug="p", module=Module()), key="k", title="T", kind=kind, **STEPS[kind] | changes)


def sent(values):
    """Return values as a form sends them."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return data


@pytest.mark.parametrize(("kind", "values", "text"), KEPT)
def test_what_is_kept(kind, values, text):
    form = AnswerForm(step_of(kind), sent(values))
    assert form.is_valid(), form.errors
    assert form.text == text


@pytest.mark.parametrize(("kind", "values", "text"), [each for each in KEPT if each[2]])
def test_what_was_kept_fills_the_form_again(kind, values, text):
    step = step_of(kind)
    shown = kinds.of(step).initial(step, text)
    again = AnswerForm(step, sent({name: value for name, value in shown.items() if value is not None}))
    assert again.is_valid()
    assert again.text == text


@pytest.mark.parametrize("number", ["11", "-1", "1.5", "ten", "99999999999999999999", "٧٧"])
def test_a_number_that_is_not_on_the_scale(number):
    form = AnswerForm(step_of("scale"), sent({"number": number}))
    assert not form.is_valid()
    assert form.errors["number"] == ["Please choose a number from 0 to 10, or leave it open."]


def test_a_choice_that_is_not_offered_is_named():
    form = AnswerForm(step_of("choice"), sent({"chosen": ["I fly away", "I judge it"], "text": "x"}))
    assert form.errors["chosen"] == ["“I fly away” is not offered here. You can write it in your own words instead."]


def test_a_choice_that_editors_took_away_becomes_own_words():
    step = step_of("choice")
    assert kinds.of(step).initial(step, "I avoid it\nI run\n\nmore") == {
        "chosen": ["I avoid it"],
        "text": "I run\n\nmore",
    }


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("kind", ["sentence", "text", "letter", "choice"])
def test_odd_text_is_kept_exactly(kind, text):
    form = AnswerForm(step_of(kind), sent({"text": text}))
    assert form.is_valid()
    assert form.text == text


@pytest.mark.parametrize("kind", ["sentence", "text", "letter", "choice"])
def test_too_long_is_said_at_the_box(kind):
    assert AnswerForm(step_of(kind), sent({"text": "🌧" * LONGEST_ANSWER})).is_valid()
    form = AnswerForm(step_of(kind), sent({"text": "x" * (LONGEST_ANSWER + 1)}))
    assert "1 characters more than" in form.errors["text"][0]


def test_a_scale_says_what_its_ends_mean():
    assert step_of("scale").asked == "How heavy is it? (0 is light, 10 is heavy)"
    assert step_of("scale", least="", most="").asked == "How heavy is it?"


def test_untouched_words_keep_their_question():
    form = AnswerForm(step_of("sentence"), sent({"text": "same", "question": "New?"}))
    assert form.is_valid()
    assert form.answered(Answer("same", "Old?", "p/k")).question == "Old?"
    assert form.answered(Answer("other", "Old?", "p/k")).question == "New?"
    assert form.answered().question == "New?"


@pytest.mark.parametrize("kind", STEPS)
def test_each_kind_needs_its_own_fields(kind):
    step = step_of(kind)
    assert not kinds.of(step).problems(step)
    for field in STEPS[kind]:
        if field not in ("least", "most"):
            poorer = step_of(kind, **{field: None if field == "seconds" else ""})
            assert list(kinds.of(step).problems(poorer)) == [field]
    for field, value in {"stem": "Dear", "choices": "a\nb", "least": "x", "seconds": 60, "rhythm": "5-5"}.items():
        if field not in STEPS[kind] and (kind, field) != ("sentence", "stem"):
            richer = step_of(kind, **{field: value})
            assert list(kinds.of(step).problems(richer)) == [field]


def test_one_choice_is_no_choice():
    step = step_of("choice", choices="only one\nonly one")
    assert list(kinds.of(step).problems(step)) == ["choices"]


def test_the_key_of_the_closing_is_taken():
    step = step_of("sentence")
    step.key = "closing"
    with pytest.raises(ValidationError, match="closing reflection"):
        step.clean()


@pytest.fixture
def all_kinds(course, master_key):
    """Give the practice one step of each kind, in the order of ``STEPS``."""
    found = practice()
    found.steps.all().delete()
    for number, (kind, values) in enumerate(STEPS.items(), start=1):
        Step.objects.create(practice=found, position=number, key=kind, title=kind.title(), kind=kind, **values)
    notice()


def test_every_kind_is_asked_answered_and_shown_again(learner, all_kinds):
    given = {1: {"text": "It rained."}, 2: {"text": "one\n\ntwo"}, 3: {"text": "Dear me, rest."}, 5: {"number": "7"},
             4: {"chosen": ["I judge it"], "text": "a bit"}, 6: {}}  # fmt: skip
    for number, values in given.items():
        response = learner.post(address(number), open_step(learner, number) | values)
        assert response.status_code == 302
        shown = open_step(learner, number)
        assert {name: shown[name] for name in values} == values
        assert_carries_help(learner.get(address(number)).content.decode())
    page = learner.get("/practices/two-halves/read-back/").content.decode()
    for text in ("It rained.", "one\n\ntwo", "Dear me, rest.", "I judge it\n\na bit", "7 of 10"):
        assert text in page
    assert "A pause. There is nothing to keep of it." in page
    assert "How heavy is it? (0 is light, 10 is heavy)" in page


@pytest.mark.parametrize(("number", "values"), [
    (4, {"chosen": ["I fly away", "I judge it"], "text": "and more"}), (5, {"number": "11"}),
])  # fmt: skip
def test_what_is_not_offered_is_refused_with_everything_kept(learner, all_kinds, number, values):
    response = learner.post(address(number), open_step(learner, number) | values)
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: Step" in page
    assert "There is a problem" in page
    assert_carries_help(page)
    if number == 4:
        assert fields(response)["chosen"] == ["I judge it"]
        assert fields(response)["text"] == "and more"
        assert "I fly away" in page


@pytest.mark.parametrize(("chosen", "expected"), [
    ("", "about 6 times: it takes one minute"),
    ("?seconds=300&rhythm=5-5", "about 30 times: it takes five minutes"),
    ("?seconds=30&rhythm=quiet", "for about half a minute"),
    ("?seconds=31&rhythm=none", "about 6 times: it takes one minute"),
    ("?seconds=%00&rhythm=🌧", "about 6 times: it takes one minute"),
])  # fmt: skip
def test_a_pause_can_be_changed_without_scripts(learner, all_kinds, chosen, expected):
    response = learner.get(f"{address(6)}{chosen}")
    if "%00" in chosen:
        assert response.status_code == 400
    else:
        assert expected in response.content.decode()


def test_a_nul_is_taken_out_and_said(learner, all_kinds):
    response = answer(learner, 1, "a\0heron")
    assert response.status_code == 422
    assert "NUL" in response.content.decode()
    assert fields(response)["text"] == "aheron"
