"""What a superuser can do to a learner's account: disable, enable, end sessions, delete, and nothing else."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from tests.support import sign_in

PASSWORD = "a long quiet evening"


@pytest.fixture
def root(superuser, course):
    """A test client signed in as the superuser."""
    return sign_in(Client(), superuser)


@pytest.fixture
def page(lea):
    """The address of Lea's page in admin."""
    return f"/admin/accounts/user/{lea.pk}/"


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_learners_are_listed_and_found_by_their_address(root, lea, alice, django_user_model):
    django_user_model.objects.create_user("mo@example.org")
    listed = root.get("/admin/accounts/user/").content.decode()
    assert "lea@example.org" in listed
    assert "mo@example.org" in listed
    assert alice.email not in listed
    found = root.get("/admin/accounts/user/?q=lea@").content.decode()
    assert "lea@example.org" in found
    assert "mo@example.org" not in found


def test_a_learners_page_has_nothing_to_fill_in(root, page, lea):
    shown = root.get(f"{page}change/").content.decode()
    assert "lea@example.org" in shown
    main = shown[shown.index('id="content"') :]
    assert 'type="text"' not in main
    assert 'type="submit"' not in main
    assert "<select" not in main
    assert root.post(f"{page}change/", {"email": "eve@example.org", "is_staff": "on"}).status_code == 403
    lea.refresh_from_db()
    assert (lea.email, lea.is_staff) == ("lea@example.org", False)


@pytest.mark.parametrize("form", ["password/", "1/password/", "change/password/"])
def test_there_is_no_password_form(root, page, lea, form):
    before = lea.password
    for response in (root.get(page + form), root.post(page + form, {"password1": "x"})):
        assert response.status_code == 404
    lea.refresh_from_db()
    assert lea.password == before


def test_nobody_is_added(root):
    assert root.get("/admin/accounts/user/add/").status_code == 403
    assert root.post("/admin/accounts/user/add/", {"email": "eve@example.org"}).status_code == 403


def test_a_deed_asks_first(root, page, lea):
    for name, words in {
        "disable": "signed out everywhere",
        "end-sessions": "signed out on every device",
        "delete": "Nobody can bring them back",
    }.items():
        asked = root.get(f"{page}{name}/").content.decode()
        assert words in asked
        assert "lea@example.org" in asked
    lea.refresh_from_db()
    assert lea.is_active


def test_a_disabled_learner_is_signed_out_and_stays_out(root, page, lea, client):
    client.post("/accounts/login/", {"login": lea.email, "password": PASSWORD})
    assert is_signed_in(client)
    old_cookie = client.cookies["session"].value
    assert root.post(f"{page}disable/")["Location"] == f"{page}change/"
    replay = Client()
    replay.cookies["session"] = old_cookie
    assert replay.get("/accounts/email/")["Location"].startswith("/accounts/login/")
    Client().post("/accounts/login/", {"login": lea.email, "password": PASSWORD})
    lea.refresh_from_db()
    assert not lea.is_active
    assert root.get(f"{page}disable/").status_code == 404
    assert "Enable this account" in root.get(f"{page}change/").content.decode()


def test_an_enabled_learner_can_sign_in_again(root, page, lea, client):
    root.post(f"{page}disable/")
    assert root.post(f"{page}enable/").status_code == 302
    client.post("/accounts/login/", {"login": lea.email, "password": PASSWORD})
    assert is_signed_in(client)


def test_all_sessions_end_and_no_one_elses(root, page, learner, lea, client, alice):
    client.post("/accounts/login/", {"login": lea.email, "password": PASSWORD})
    other = Client()
    other.force_login(alice)
    root.post(f"{page}end-sessions/")
    assert not is_signed_in(client)
    assert not is_signed_in(learner)
    assert is_signed_in(other)
    assert root.get("/admin/").status_code == 200


def test_a_deleted_learner_is_gone(root, page, learner, lea, django_user_model):
    response = root.post(f"{page}delete/")
    assert response["Location"] == "/admin/accounts/user/"
    assert not django_user_model.objects.filter(pk=lea.pk).exists()
    assert not is_signed_in(learner)
    assert root.get(f"{page}change/", follow=True).redirect_chain
    assert "lea@example.org" not in root.get("/admin/").content.decode()


def test_the_log_keeps_no_address(root, page, lea):
    for name in ("disable", "enable", "end-sessions", "delete"):
        root.post(f"{page}{name}/")
    entries = LogEntry.objects.values_list("object_repr", "change_message")
    assert len(entries) == 4
    assert all(shown == f"Learner {lea.pk}" and "@" not in told for shown, told in entries)


def test_an_editor_or_a_superuser_is_nobodys_learner(root, alice, superuser):
    for user in (alice, superuser):
        for name in ("disable", "end-sessions", "delete"):
            assert root.post(f"/admin/accounts/user/{user.pk}/{name}/").status_code == 404


def test_editors_do_not_see_learners(editor, page, course):
    assert "accounts/user" not in editor.get("/admin/").content.decode()
    for path in ("/admin/accounts/user/", f"{page}change/", f"{page}disable/", f"{page}delete/", f"{page}history/"):
        assert editor.get(path).status_code == 403
        assert editor.post(path, {"post": "yes"}).status_code in (403, 405)


def test_the_right_to_see_learners_is_not_the_right_to_delete_them(editor, alice, page, course):
    alice.user_permissions.add(Permission.objects.get(codename="view_user"))
    shown = editor.get(f"{page}change/").content.decode()
    assert "lea@example.org" in shown
    assert "Delete this account" not in shown
    for name in ("disable", "end-sessions", "delete"):
        assert editor.post(f"{page}{name}/").status_code == 403


def test_a_deed_needs_a_form_of_this_site(page, superuser, course, lea):
    client = sign_in(Client(enforce_csrf_checks=True), superuser)
    assert client.post(f"{page}delete/").status_code == 403
    lea.refresh_from_db()
