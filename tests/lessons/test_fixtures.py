"""The course as a new site gets it."""

import pytest
from django.conf import settings
from django.core.management import call_command

from cft_course.safety.models import Country, Helpline
from lessons import markdown
from lessons.models import Course, MarkdownField, Module, Question

NEVER = ["streak", "missed", "failed", "overdue"]


def test_loading_again_changes_no_count_and_no_id(course):
    before = [sorted(model.objects.values_list("pk")) for model in (Course, Module, Question, Country, Helpline)]
    call_command("loaddata", "course", "module_04", "helplines", verbosity=0)
    after = [sorted(model.objects.values_list("pk")) for model in (Course, Module, Question, Country, Helpline)]
    assert after == before


def test_there_are_thirteen_modules_and_one_is_ready(course):
    assert list(course.modules.values_list("number", flat=True)) == list(range(1, 14))
    assert list(course.modules.published().values_list("number", flat=True)) == [4]


def test_the_known_titles_are_exact(course):
    known = {
        1: "What is Compassion-Focused Therapy?",
        4: "What Compassion Really Is",
        5: "Soothing Rhythm Breathing and the Body",
        11: "Compassionate Thinking and Letter Writing",
        12: "The Three Flows and Overcoming the Blocks",
        13: "Using CFT in Everyday Life",
    }
    assert {number: course.modules.get(number=number).title for number in known} == known


def test_module_four_has_its_sections_in_order_and_its_length(module):
    assert [heading.text for heading in module.lesson.sections] == [
        "What CFT means by compassion",
        "The two psychologies of compassion",
        "The six attributes of engagement",
        "The six skills of alleviation",
        "Compassion as strength, not softness",
    ]
    assert 1500 <= module.lesson.words <= 1900
    assert (
        1500 <= module.lesson.words + sum(question.rendered_answer.words for question in module.questions.all()) <= 1950
    )
    assert module.minutes_to_read == 8


def test_module_four_answers_four_questions_in_order(module):
    questions = list(module.questions.all())
    assert [question.slug for question in questions] == ["letting-myself-off", "self-pity", "feeling-warm", "selfish"]
    assert all(60 <= question.rendered_answer.words <= 110 for question in questions)


def test_every_markdown_text_shows_as_written(course):
    checked = 0
    for model in (Course, Module, Question):
        fields = [field.name for field in model._meta.fields if isinstance(field, MarkdownField)]
        for row in model.objects.all():
            for name in fields:
                assert markdown.refusals(getattr(row, name)) == [], (row, name)
                checked += 1
    assert checked > 30


def test_every_row_passes_the_forms_that_editors_use(course):
    for model in (Course, Module, Question, Country, Helpline):
        for row in model.objects.all():
            row.full_clean()


@pytest.mark.parametrize("folder", ["fixtures", "templates"])
def test_no_word_lays_blame(folder):
    for file in (settings.BASE_DIR / folder).rglob("*.*"):
        text = file.read_text().lower()
        assert [word for word in NEVER if word in text] == [], file


def test_only_confirmed_helplines_are_shipped(course):
    assert set(Helpline.objects.values_list("confidence", flat=True)) == {"A", "B"}
    assert Helpline.objects.exclude(checked_on=None).count() == Helpline.objects.count() == 31
