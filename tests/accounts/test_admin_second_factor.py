"""Editors reach admin only in a session that was opened with a second factor."""

import pytest
from django.test import Client

from tests import support
from tests.house.test_everywhere import addresses

PASSWORD = "a long quiet evening"
ADMIN = [f"/{address}" for address in addresses() if address.startswith("admin/")]
PAGES = [address for address in ADMIN if address != "/admin/login/"]


def sign_in_by_password(client, user):
    return client.post("/accounts/login/?next=/admin/", {"login": user.email, "password": PASSWORD})


def assert_closed(client):
    """Assert that no admin address shows or does anything."""
    for address in PAGES:
        for response in (client.get(address), client.post(address, {"post": "yes"})):
            assert response.status_code == 302, address
            assert response["Location"].startswith(("/admin/login/", "/accounts/login/", "/admin/")), address
            assert not response.content


def test_the_walk_meets_every_admin_page():
    assert len(PAGES) > 35
    assert {"/admin/", "/admin/jsi18n/", "/admin/lessons/module/1/preview/"} <= set(PAGES)
    assert "/admin/accounts/user/1/disable/" in PAGES


def test_no_admin_address_opens_for_a_visitor(client, course):
    assert_closed(client)


def test_no_admin_address_opens_for_a_learner(learner, course):
    assert_closed(learner)
    assert learner.get("/admin/login/").status_code == 403


def test_no_admin_address_opens_for_an_editor_without_a_second_factor(client, course, alice):
    sign_in_by_password(client, alice)
    assert_closed(client)


def test_no_admin_address_opens_for_a_superuser_who_did_not_use_theirs(client, course, superuser):
    client.force_login(superuser)
    support.authenticator(superuser)
    assert_closed(client)


def test_an_editor_without_a_second_factor_is_led_to_set_one_up_and_then_into_admin(
    transactional_db, client, course, alice
):
    assert sign_in_by_password(client, alice)["Location"] == "/admin/"
    response = client.get("/admin/login/?next=/admin/")
    assert response["Location"] == "/accounts/2fa/totp/activate/"
    response = client.get(response["Location"], follow=True)
    if response.redirect_chain:
        response = client.post(response.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    page = client.get("/accounts/2fa/totp/activate/")
    code = code_for(page.context["form"].secret)
    response = client.post("/accounts/2fa/totp/activate/", {"code": code}, follow=True)
    assert "Your second step is set up" in response.content.decode()
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/2fa/reauthenticate/?next=/admin/"
    assert "confirm your second step" in response.content.decode()
    response = client.post("/accounts/2fa/reauthenticate/?next=/admin/", {"code": support.code_now(alice)})
    assert response["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def code_for(secret):
    from allauth.mfa.totp.internal import auth  # noqa: PLC0415 -- used here only

    return auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))


def test_someone_with_only_a_passkey_is_asked_for_it(client, course, alice):
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 -- used here only

    client.force_login(alice)
    Authenticator.objects.create(user=alice, type=Authenticator.Type.WEBAUTHN, data={})
    response = client.get("/admin/login/?next=/admin/lessons/")
    assert response["Location"] == "/accounts/2fa/webauthn/reauthenticate/?next=/admin/lessons/"


def test_a_second_factor_that_was_removed_opens_nothing_more(editor, course, alice):
    assert editor.get("/admin/").status_code == 200
    alice.authenticator_set.all().delete()
    assert_closed(editor)


def test_a_second_factor_used_by_someone_else_in_this_session_does_not_count(editor, course, superuser):
    support.authenticator(superuser)
    editor.force_login(superuser)
    assert_closed(editor)


def test_while_developing_a_password_is_enough(client, course, alice, settings):
    settings.DEBUG = True
    client.force_login(alice)
    assert client.get("/admin/").status_code == 200


def test_a_session_by_password_alone_ends_when_a_second_factor_is_set_up(client, course, alice, rf):
    from allauth.mfa.signals import authenticator_added  # noqa: PLC0415 -- used here only

    thief = Client()
    sign_in_by_password(thief, alice)
    assert "_auth_user_id" in thief.session
    sign_in_by_password(client, alice)
    request = rf.post("/")
    request.session = client.session
    factor = support.authenticator(alice)
    authenticator_added.send(sender=type(factor), request=request, user=alice, authenticator=factor)
    assert "_auth_user_id" not in thief.session
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("method", ["password", "code", "password_reset"])
def test_no_other_way_of_signing_in_counts(editor, course, method):
    session = editor.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [record | {"method": method} for record in records]
    session.save()
    assert editor.get("/admin/").status_code == 302
