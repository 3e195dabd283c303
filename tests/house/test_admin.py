"""What editors can do in admin, and what nobody can."""

import pytest
from django.contrib import admin

from cft_course.safety.models import SafetyTexts
from lessons.models import Course, Module
from tests import support
from tests.house.test_bad_input import post_module

MODULE = "/modules/what-compassion-really-is/"


def test_only_content_and_learners_are_registered():
    names = {model._meta.label for model in admin.site._registry}
    content = {"lessons.Course", "lessons.Module", "safety.SafetyTexts", "safety.Country", "safety.Helpline"}
    assert names == content | {"journal.Prompt", "practices.Practice", "practices.WeeklyPractice", "accounts.User"}


def test_a_visitor_is_sent_to_sign_in(client, course):
    for path in ("/admin/", "/admin/lessons/module/"):
        response = client.get(path, follow=True)
        assert response.redirect_chain[-1][0] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_signing_in_never_leads_to_another_site(client, editor, elsewhere):
    assert editor.get("/admin/login/", {"next": elsewhere})["Location"] == "/admin/"
    client.logout()
    assert client.get("/admin/login/", {"next": elsewhere})["Location"] == "/accounts/login/?next=/admin/"


def test_a_learner_cannot_enter(learner, course):
    response = learner.get("/admin/lessons/module/", follow=True)
    assert response.status_code == 403
    assert "This page is closed" in response.content.decode()


def test_an_editor_signs_in_with_an_address_in_any_capitals(client, course, alice):
    support.authenticator(alice)
    data = {"login": "ALICE@example.org", "password": "a long quiet evening"}
    response = client.post("/accounts/login/?next=/admin/", data)
    assert response["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/admin/").status_code == 302
    assert client.post(response["Location"], {"code": support.code_now(alice)}).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_editors_sign_out_and_change_passwords_where_everyone_does(editor, course):
    assert editor.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert editor.get("/admin/password_change/done/")["Location"] == "/accounts/password/change/"
    assert editor.post("/admin/logout/")["Location"] == "/accounts/logout/"
    assert 'action="/accounts/logout/"' in editor.get("/admin/").content.decode()


def test_editors_word_the_prompts(editor, db):
    data = {"text": "What was kind today?", "position": 1, "is_offered": "on"}
    assert editor.post("/admin/journal/prompt/add/", data).status_code == 302
    assert "What was kind today?" in editor.get("/admin/journal/prompt/").content.decode()


def test_an_edited_lesson_shows_at_once(editor, module, django_capture_on_commit_callbacks):
    assert "A new sentence" not in editor.get(MODULE).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert post_module(editor, module, body=f"A new sentence.\n\n{module.body}").status_code == 302
    assert "A new sentence" in editor.get(MODULE).content.decode()


def test_questions_are_edited_with_their_module(editor, module):
    page = editor.get(f"/admin/lessons/module/{module.pk}/change/").content.decode()
    assert "Is being compassionate to myself selfish?" in page


def test_a_draft_can_be_previewed_by_editors_only(client, editor, module):
    module.status = Module.Status.DRAFT
    module.save()
    preview = f"/admin/lessons/module/{module.pk}/preview/"
    response = editor.get(preview)
    assert "Preview, as last saved" in response.content.decode()
    assert 'content="noindex"' in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    client.logout()
    assert client.get(preview).status_code == 302


def test_a_published_module_needs_a_text_and_a_date(editor, module):
    page = post_module(editor, module, body="", published_on="").content.decode()
    assert "A published module needs its lesson text." in page
    assert "A published module needs a date." in page


def test_the_safety_texts_are_one_row_that_stays(editor, db):
    SafetyTexts().save()
    SafetyTexts(crisis_question="Again?").save()
    assert SafetyTexts.objects.count() == 1
    assert editor.get("/admin/safety/safetytexts/add/").status_code == 403
    assert editor.post("/admin/safety/safetytexts/1/delete/", {"post": "yes"}).status_code == 403
    assert SafetyTexts.objects.count() == 1


def test_the_local_emergency_words_cannot_be_edited_away(editor, db):
    texts = SafetyTexts()
    texts.save()
    data = {field.name: getattr(texts, field.name) for field in texts._meta.fields} | {"crisis_elsewhere": "Good luck"}
    page = editor.post("/admin/safety/safetytexts/1/change/", data).content.decode()
    assert "Please keep the words" in page
    assert "Good luck" in page
    assert SafetyTexts.current().crisis_elsewhere == "or local emergency number"


def test_a_helpline_number_must_be_dialable(editor, course):
    data = {"name": "A line", "call": "tel:1<2", "checked_on": "2026-11-22", "confidence": "A", "position": 1}
    page = editor.post("/admin/safety/helpline/add/", data).content.decode()
    assert "digits, spaces and dashes only" in page


def test_a_helpline_website_must_be_https(editor, course):
    data = {"name": "A line", "website": "javascript:alert(1)", "checked_on": "2026-11-22", "confidence": "A"}
    assert "Enter a valid URL" in editor.post("/admin/safety/helpline/add/", data).content.decode()


def test_a_line_of_weak_confidence_is_not_shown(client, course):
    from cft_course.safety.models import Country, Helpline  # noqa: PLC0415 -- used here only

    gb = Country.objects.get(code="gb")
    Helpline.objects.create(country=gb, name="Old blog line", call="123", confidence="C", checked_on="2026-11-22")
    assert "Old blog line" not in client.get("/help/gb/").content.decode()


def test_the_course_can_be_edited(editor, course, client):
    course.headline = "Another headline"
    data = {field.name: getattr(course, field.name) for field in Course._meta.fields}
    assert editor.post(f"/admin/lessons/course/{course.pk}/change/", data).status_code == 302
    assert Course.objects.get().headline == "Another headline"


def test_nobody_edits_editors_or_rights(client, course, superuser, alice):
    support.sign_in(client, superuser)
    for path in ("auth/group/", f"accounts/user/{alice.pk}/password/", "sessions/session/", "mfa/authenticator/"):
        assert client.get(f"/admin/{path}").status_code == 404
    assert client.get(f"/admin/accounts/user/{alice.pk}/delete/").status_code == 404
    assert alice.email not in client.get("/admin/accounts/user/").content.decode()


def test_the_course_can_be_neither_deleted_nor_doubled(editor, course):
    assert editor.post(f"/admin/lessons/course/{course.pk}/delete/", {"post": "yes"}).status_code == 403
    assert editor.get("/admin/lessons/course/add/").status_code == 403
    assert Course.objects.count() == 1


def test_a_preview_needs_the_right_to_see_modules(client, module, django_user_model):
    support.sign_in(client, django_user_model.objects.create_user("no@example.org", "a long evening", is_staff=True))
    assert client.get(f"/admin/lessons/module/{module.pk}/preview/").status_code == 403


def test_two_questions_cannot_trade_their_slugs_in_one_save(editor, module):
    first, second = module.questions.all()[:2]
    changes = {"questions-TOTAL_FORMS": 2, "questions-INITIAL_FORMS": 2}
    for place, (question, slug) in enumerate([(first, second.slug), (second, first.slug)]):
        fields = {"id": question.pk, "module": module.pk, "position": question.position, "slug": slug}
        fields |= {"text": question.text, "answer": "Kept words."}
        changes |= {f"questions-{place}-{name}": value for name, value in fields.items()}
    page = post_module(editor, module, **changes).content.decode()
    assert "Another question has this slug" in page
    assert "Kept words." in page
