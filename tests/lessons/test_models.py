"""What a module, a question and a course hold to."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from lessons import reading
from lessons.models import Module, OldSlug, Question


def test_natural_keys_find_their_rows_again(module):
    question = module.questions.first()
    assert Module.objects.get_by_natural_key(*module.natural_key()) == module
    assert Question.objects.get_by_natural_key(*question.natural_key()) == question


def test_a_published_module_needs_a_text_and_a_date(module):
    module.body, module.published_on = " ", None
    with pytest.raises(ValidationError) as refused:
        module.full_clean()
    assert {"body", "published_on"} <= set(refused.value.message_dict)


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


def test_saving_without_a_new_address_keeps_no_old_one(module):
    module.save()
    assert not OldSlug.objects.exists()


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (238, 1), (239, 2), (1851, 8)])
def test_reading_time_is_rounded_up(words, minutes):
    assert reading.minutes(words) == minutes


def test_a_refused_text_names_its_line(module):
    module.body = "Fine.\n\n[x](javascript:alert(1))"
    with pytest.raises(ValidationError, match="Line 3"):
        module.full_clean()
