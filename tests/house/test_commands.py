"""The commands behind `make run` and `make editor`."""

import io
import socket

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection

from cft_course.management.commands.create_editor import editors
from cft_course.safety.models import Helpline, SafetyTexts
from lessons.models import Course, Module, Question
from lessons.publishing import pages
from tests.support import sign_in

PASSWORD = "a long quiet evening"


@pytest.fixture
def typed(monkeypatch):
    """Let a test type answers to the command's questions."""

    def type_in(*passwords):
        answers = iter(passwords)
        monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))

    return type_in


def counts():
    return [model.objects.count() for model in (Course, Module, Question, Helpline, SafetyTexts)]


def test_prepare_fills_an_empty_site(db, own_folder):
    call_command("prepare", stdout=io.StringIO())
    assert counts() == [1, 13, 4, 31, 1]
    assert pages.warm("/modules/what-compassion-really-is/")
    assert "Call 988" in (own_folder / "error-pages" / "503.html").read_text()


def test_prepare_again_changes_no_content(db):
    call_command("prepare", stdout=io.StringIO())
    Module.objects.filter(number=4).update(title="An editor's title")
    Module.objects.filter(number=13).delete()
    before = counts()
    call_command("prepare", stdout=io.StringIO())
    assert counts() == before
    assert Module.objects.get(number=4).title == "An editor's title"


def test_prepare_says_plainly_that_the_database_is_away(db):
    def away(*args):
        from django.db import OperationalError  # noqa: PLC0415 -- used here only

        raise OperationalError("away")

    with connection.execute_wrapper(away), pytest.raises(CommandError, match="database does not answer"):
        call_command("prepare")


def test_prepare_says_plainly_that_a_file_cannot_be_written(db, own_folder):
    (own_folder / "error-pages").write_text("in the way")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("prepare", stdout=io.StringIO())


def test_serve_says_plainly_that_the_port_is_busy(settings):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings.HOST, settings.PORT = other.getsockname()
        with pytest.raises(CommandError, match=r"already using 127\.0\.0\.1"):
            call_command("serve", skip_checks=True)


def test_serve_says_plainly_that_an_address_is_not_here(settings):
    settings.HOST = "203.0.113.1"
    with pytest.raises(CommandError, match="cannot be used"):
        call_command("serve", skip_checks=True)


def test_a_new_editor_can_change_content_and_nothing_else(client, course, typed, django_user_model):
    typed(PASSWORD, PASSWORD)
    call_command("create_editor", "Bea@Example.org", stdout=io.StringIO())
    bea = django_user_model.objects.get_by_natural_key("bea@example.org")
    sign_in(client, bea)
    for path in ("lessons/module/", "safety/helpline/", "journal/prompt/"):
        assert client.get(f"/admin/{path}").status_code == 200
    assert client.get("/admin/accounts/user/").status_code == 403
    assert not bea.is_superuser
    for right in ("accounts.view_user", "accounts.change_user", "journal.view_entry"):
        assert not bea.has_perm(right)


def test_a_new_editor_is_told_of_the_second_step_and_can_set_one_up(typed, db):
    told = io.StringIO()
    typed(PASSWORD, PASSWORD)
    call_command("create_editor", "bea@example.org", stdout=told)
    assert "second step" in told.getvalue()
    assert EmailAddress.objects.get(email="bea@example.org", primary=True).verified


def test_an_editor_can_be_given_the_learners_too(client, course, typed, lea, django_user_model):
    typed(PASSWORD, PASSWORD)
    call_command("create_editor", "bea@example.org", learners=True, stdout=io.StringIO())
    sign_in(client, django_user_model.objects.get(email="bea@example.org"))
    assert "Delete this account" in client.get(f"/admin/accounts/user/{lea.pk}/change/").content.decode()


def test_the_group_of_editors_gets_its_rights_anew_with_each_editor(alice, db):
    group = alice.groups.get()
    before = set(group.permissions.all())
    group.permissions.clear()
    editors()
    assert set(group.permissions.all()) == before


@pytest.mark.parametrize(
    ("email", "passwords", "told"),
    [
        ("no address", [], "valid email"),
        ("alice@EXAMPLE.org", [], "already an account"),
        ("bea@example.org", ["short"], "too short"),
        ("bea@example.org", ["password123456"], "too common"),
        ("bea@example.org", [PASSWORD, "another"], "differ"),
    ],
)
def test_a_wrong_answer_creates_no_editor(alice, typed, django_user_model, email, passwords, told):
    typed(*passwords)
    with pytest.raises(CommandError, match=told):
        call_command("create_editor", email)
    assert django_user_model.objects.count() == 1


def test_prepare_never_loads_the_course_over_an_editors_helplines(db):
    call_command("prepare", stdout=io.StringIO())
    Helpline.objects.update(note="An editor's note")
    Course.objects.all().delete()
    call_command("prepare", stdout=io.StringIO())
    assert set(Helpline.objects.values_list("note", flat=True)) == {"An editor's note"}


def test_prepare_makes_no_new_database_where_one_was(db, own_folder, settings, monkeypatch):
    lost = {"ENGINE": "django.db.backends.sqlite3", "NAME": own_folder / "course.sqlite3"}
    monkeypatch.setitem(settings.DATABASES, "default", settings.DATABASES["default"] | lost)
    pages.publish()
    with pytest.raises(CommandError, match="Put it back"):
        call_command("prepare", stdout=io.StringIO())
    assert not (own_folder / "course.sqlite3").exists()
