"""What a module, a question and a course hold to."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from lessons import reading
from lessons.models import Course, Module, OldSlug, Question


def test_natural_keys_find_their_rows_again(module):
    question = module.questions.first()
    assert Module.objects.get_by_natural_key(*module.natural_key()) == module
    assert Question.objects.get_by_natural_key(*question.natural_key()) == question
    assert Course.objects.get_by_natural_key(*module.course.natural_key()) == module.course
    assert question.natural_key() == ("cft-course", 4, "letting-myself-off")


def test_a_published_module_needs_a_text_and_a_date(module):
    module.body, module.published_on = " ", None
    with pytest.raises(ValidationError) as refused:
        module.full_clean()
    assert {"body", "published_on"} <= set(refused.value.message_dict)


@pytest.mark.parametrize("status", [Module.Status.DRAFT, Module.Status.PREPARATION])
def test_a_module_that_is_not_published_needs_neither(module, status):
    module.body, module.published_on, module.status = "", None, status
    module.full_clean()


def test_a_module_is_numbered_from_one(module):
    module.number = 0
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        module.full_clean()


def test_editors_are_told_in_words_what_is_taken(module):
    question = Question(module=module, slug="selfish", text="Again?", answer="Yes.")
    with pytest.raises(ValidationError, match=r"Another question of this module has this slug\."):
        question.full_clean()
    other = Module(course=module.course, number=4, slug="other", title="Other", summary="Other")
    with pytest.raises(ValidationError, match=r"This course already has a module with this number\."):
        other.full_clean()


def test_questions_stand_in_their_order(module):
    module.questions.filter(slug="selfish").update(position=0)
    assert module.questions.first().anchor == "question-selfish"


def test_a_number_stands_once_in_a_course(module):
    with pytest.raises(IntegrityError):
        Module.objects.create(course=module.course, number=4, slug="other", title="Other", summary="Other")


def test_an_address_that_leads_elsewhere_stays_taken(module):
    module.slug = "new"
    module.save()
    other = Module.objects.get(number=3)
    other.slug = "what-compassion-really-is"
    with pytest.raises(ValidationError, match="address of another module"):
        other.full_clean()
    assert OldSlug.objects.get().module == module


def test_every_old_address_leads_to_the_present_one(client, module):
    first = module.get_absolute_url()
    for slug in ("second", "third"):
        module.slug = slug
        module.save()
    assert set(OldSlug.objects.values_list("slug", flat=True)) == {"what-compassion-really-is", "second"}
    for old in (first, "/modules/second/"):
        response = client.get(old)
        assert (response.status_code, response["Location"]) == (301, "/modules/third/")


def test_a_module_may_take_its_own_old_address_back(module):
    first = module.slug
    module.slug = "second"
    module.save()
    module.slug = first
    module.full_clean()
    module.save()
    assert list(OldSlug.objects.values_list("slug", flat=True)) == ["second"]


def test_an_old_address_of_a_draft_leads_nowhere(client, module):
    first = module.get_absolute_url()
    module.slug, module.status = "second", Module.Status.DRAFT
    module.save()
    assert client.get(first).status_code == 404


def test_a_change_is_dated(module):
    before = module.changed
    module.save()
    assert module.changed > before


def test_saving_without_a_new_address_keeps_no_old_one(module):
    module.save()
    assert not OldSlug.objects.exists()


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (238, 1), (239, 2), (1851, 8)])
def test_reading_time_is_rounded_up(words, minutes):
    assert reading.minutes(words) == minutes


@pytest.mark.parametrize("field", ["body", "handoff"])
def test_a_refused_text_names_its_line(module, field):
    setattr(module, field, "Fine.\n\n[x](javascript:alert(1))")
    with pytest.raises(ValidationError, match="Line 3") as refused:
        module.full_clean()
    assert set(refused.value.message_dict) == {field}


def test_the_ids_of_lesson_handoff_and_answers_are_kept_apart(client, module):
    text = "## Title\n\nNote.[^a]\n\n[diagram: two-psychologies]\n\n[^a]: Text."
    module.body = module.handoff = text
    module.save()
    module.questions.update(answer=text)
    for path in (module.get_absolute_url(), "/questions/"):
        ids = re.findall(r' id="([^"]+)"', client.get(path).content.decode())
        assert len(ids) == len(set(ids)), path
