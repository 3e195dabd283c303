"""What no browser sends by itself, and what an editor may paste."""

import pytest
from django.conf import settings
from django.db.models import CharField, TextField
from django.test import Client

from cft_course.safety.models import Country, Helpline, SafetyTexts
from lessons.models import Module
from tests.support import assert_carries_help

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ settings.SECRET_KEY }}{% load x %}",
    "[x](javascript:alert(1))",
    "</title></textarea></script><svg onload=alert(1)>",
]


def post_module(editor, module, **changes):
    """Send the module's admin form with some fields changed."""
    fields = ["number", "title", "slug", "summary", "status", "published_on", "body", "handoff"]
    data = {name: getattr(module, name) for name in fields} | {"course": module.course_id}
    questions = {"questions-TOTAL_FORMS": 0, "questions-INITIAL_FORMS": 0}
    return editor.post(f"/admin/lessons/module/{module.pk}/change/", data | questions | changes)


@pytest.mark.parametrize("path", ["/%00", "/modules/%00/", "/search/?q=%00", "/?x=%00", "/admin/?%00=1"])
def test_a_nul_is_refused_or_answered(client, course, path):
    response = client.get(path)
    assert response.status_code in (200, 302, 400, 404)
    assert_carries_help(client.get(path, follow=True).content.decode())


def test_a_nul_in_a_quoted_cookie_never_reaches_the_database(course):
    client = Client(headers={"cookie": r'session="\000\000\000\000\000\000\000\000"'})
    assert client.get("/admin/").status_code == 400


@pytest.mark.parametrize("path", ["/%zz", "/%", "/%ff%fe/", "/modules/%e0%a4%a/", "/search/?q=%zz", "/search/?q=%ff"])
def test_broken_percent_encoding_is_answered(client, course, path):
    assert client.get(path).status_code in (200, 400, 404)


def test_a_nul_in_a_form_is_an_error_that_keeps_the_text(editor, module):
    response = post_module(editor, module, title="Kept words\0")
    assert response.status_code == 200
    assert "Null characters are not allowed" in response.content.decode()
    assert "Kept words" in response.content.decode()


@pytest.mark.parametrize("field", ["body", "handoff"])
@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_markdown_is_refused_with_its_line_or_shown_as_words(editor, client, module, field, payload):
    response = post_module(editor, module, **{field: f"First line.\n\n{payload}\n\nKept words."})
    if response.status_code == 200:
        page = response.content.decode()
        assert "Line 3:" in page
        assert "Kept words." in page
        assert Module.objects.get(pk=module.pk).body == module.body
    else:
        assert_shows_no_script(client, module)


@pytest.mark.parametrize("field", ["title", "summary"])
@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_plain_text_is_shown_as_words(editor, client, module, field, payload):
    assert post_module(editor, module, **{field: payload}).status_code == 302
    assert_shows_no_script(client, module)


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_course_and_safety_texts_do_no_harm(client, editor, course, payload):
    # Past every form, as a broken import might bring them.
    fill(SafetyTexts.current(), payload)
    fill(course, payload)
    fill(Country.objects.get(code="gb"), payload, keep=["code"])
    for helpline in Helpline.objects.filter(country__code="gb"):
        fill(helpline, payload, keep=["name", "confidence"])
    for path in ("/", "/about/", "/help/", "/help/gb/", "/disclaimer/", "/nothing/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<svg onload" not in page
        assert 'href="javascript:' not in page
        assert settings.SECRET_KEY not in page


def fill(row, payload, keep=("slug",)):
    """Put the payload in every text of a row, as much of it as the column holds."""
    for field in row._meta.concrete_fields:
        if isinstance(field, CharField | TextField) and field.name not in keep:
            setattr(row, field.name, payload[: field.max_length])
    row.save()


def assert_shows_no_script(client, module):
    """Assert that the module's page and the lists it stands in hold none of the payloads as HTML."""
    for path in (module.get_absolute_url(), "/", "/questions/", "/search/?q=alert", "/feed.xml"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<svg onload" not in page
        assert 'href="javascript:' not in page
