"""Signing in by password, code and second step, what guessing leads to, and what the log says of it."""

import re

import pytest
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from cft_course.accounts import sessions
from tests.accounts.test_signing_up import code, sign_up
from tests.support import code_now

LOGIN = reverse("account_login")
BY_CODE = reverse("account_request_login_code")
PASSWORD = "a long quiet evening"
NEW_PASSWORD = "another quiet evening"


def sign_in(client, email="lea@example.org", password=PASSWORD, **fields):
    """Send the form."""
    return client.post(LOGIN, {"login": email, "password": password, **fields})


def is_in(client):
    """Tell whether someone is signed in."""
    return "_auth_user_id" in client.session


def by_code(client, **fields):
    """Sign in with the code from a mail."""
    client.post(BY_CODE, {"email": "lea@example.org", **fields})
    return client.post(reverse("account_confirm_login_code"), {"code": code()})


def by_app(client, user, **fields):
    """Sign in with a password and an authenticator app."""
    TOTP.activate(user, generate_totp_secret())
    sign_in(client, **fields)
    assert not is_in(client)
    return client.post(reverse("mfa_authenticate"), {"code": code_now(user)})


def test_a_learner_comes_to_their_own_course(client, lea):
    assert sign_in(client)["Location"] == reverse("my:course")
    assert is_in(client)


def test_an_editor_comes_to_admin(client, alice):
    assert sign_in(client, "alice@example.org")["Location"] == reverse("admin:index")


def test_an_editor_comes_to_a_page_that_is_there_where_admin_is_not(client, alice, monkeypatch, rf):
    from django.urls import NoReverseMatch  # noqa: PLC0415 -- beside its one use

    from cft_course.accounts import adapters  # noqa: PLC0415 -- beside its one use

    def no_admin(name):
        raise NoReverseMatch

    monkeypatch.setattr(adapters, "reverse", no_admin)
    assert sign_in(client, "alice@example.org")["Location"] == reverse("my:course")


def test_a_code_from_a_mail_opens_the_account(client, lea):
    by_code(client)
    assert is_in(client)


def test_a_code_works_once(client, lea):
    by_code(client)
    used = code()
    client.logout()
    client.post(reverse("account_confirm_login_code"), {"code": used})
    assert not is_in(client)


def test_a_password_alone_is_not_enough_for_whoever_has_a_second_step(client, lea):
    by_app(client, lea)
    assert is_in(client)


@pytest.mark.parametrize("way", ["password", "code", "app"])
@pytest.mark.parametrize("is_shared", [True, False])
def test_a_shared_device_forgets_when_the_browser_closes(client, lea, way, is_shared):
    fields = {"shared_device": "on"} if is_shared else {}
    if way == "password":
        sign_in(client, **fields)
    elif way == "code":
        by_code(client, **fields)
    else:
        by_app(client, lea, **fields)
    assert is_in(client)
    assert client.session.get_expire_at_browser_close() is is_shared
    assert bool(client.cookies["session"]["max-age"]) is not is_shared


def test_a_passkey_brings_the_choice_along(client, lea):
    client.get(LOGIN)
    request = HttpRequest()
    request.session = client.session
    request.POST = {"shared_device": "on"}
    sessions.begin(request)
    assert request.session.get_expire_at_browser_close()


def test_the_choice_can_be_taken_back_before_signing_in(client, lea):
    session = client.session
    session["shared_device"] = True
    session.save()
    sign_in(client)
    assert is_in(client)
    assert not client.session.get_expire_at_browser_close()


def masked(response, email):
    """Return what someone sees, without what is theirs."""
    html = re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', r"\1", response.content.decode())
    return response.status_code, response.headers.get("Location"), html.replace(email, "EMAIL")


@pytest.mark.parametrize(
    "name", ["account_signup", "account_login", "account_request_login_code", "account_reset_password"]
)
def test_nobody_finds_out_who_has_an_account(lea, mandatory, name):
    def answers(email):
        client = Client()
        data = {"email": email, "login": email, "password": "wrong password", "password1": PASSWORD}
        first = client.post(reverse(name), data)
        after = [masked(client.get(first["Location"]), email)] if first.status_code == 302 else []
        return [masked(first, email), *after]

    assert answers("lea@example.org") == answers("nobody@example.org")


def test_guessing_is_stopped_but_whoever_is_signed_in_stays_so(learner, lea):
    guesser = Client()
    for _ in range(6):
        sign_in(guesser, password="wrong password")
    sign_in(guesser)
    assert not is_in(guesser)
    assert learner.get(reverse("account")).status_code == 200


def test_too_many_tries_from_one_place_answer_with_a_page_and_help(client, db):
    statuses = [sign_in(client, f"{number}@example.org", "wrong password") for number in range(35)]
    assert statuses[-1].status_code == 429
    assert "One moment, please" in statuses[-1].content.decode()


@pytest.mark.usefixtures("lea")
def test_three_wrong_codes_end_the_try(client):
    client.post(BY_CODE, {"email": "lea@example.org"})
    right = code()
    for _ in range(3):
        client.post(reverse("account_confirm_login_code"), {"code": "XXXX-XXXX"})
    client.post(reverse("account_confirm_login_code"), {"code": right})
    assert not is_in(client)


def test_the_log_tells_what_happened_by_number_only(client, lea, caplog):
    caplog.set_level("INFO", "cft_course.accounts")
    sign_in(client, password="wrong password")
    sign_in(client, "nobody@example.org", "wrong password")
    elsewhere = Client()
    elsewhere.post(BY_CODE, {"email": "lea@example.org"})
    elsewhere.post(reverse("account_confirm_login_code"), {"code": "XXXX-XXXX"})
    sign_in(client)
    new = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD}
    client.post(reverse("account_change_password"), new)
    sign_in(client, password=NEW_PASSWORD)
    factor = TOTP.activate(lea, generate_totp_secret()).instance
    for signal in (authenticator_added, authenticator_removed):
        signal.send(type(factor), request=client.get("/livez").wsgi_request, user=lea, authenticator=factor)
    client.post(reverse("account_logout"))
    told = [record.getMessage() for record in caplog.records if record.name == "cft_course.accounts"]
    assert told == [
        f"Sign-in refused: {lea.uuid}",
        "Sign-in refused: nobody we know",
        f"Code refused: {lea.uuid}",
        f"Signed in: {lea.uuid}",
        f"Signed out: {lea.uuid}",
        f"Password changed: {lea.uuid}",
        f"Signed in: {lea.uuid}",
        f"Second step added (totp): {lea.uuid}",
        f"Second step removed (totp): {lea.uuid}",
        f"Signed out: {lea.uuid}",
    ]
    assert "example.org" not in "".join(told)


def test_no_mail_goes_to_strangers(client, mandatory):
    client.post(BY_CODE, {"email": "nobody@example.org"})
    assert mail.outbox == []


def test_whoever_signs_up_twice_gets_a_mail_and_no_second_account(client, lea, mandatory, django_user_model):
    sign_up(client, "lea@example.org")
    assert django_user_model.objects.count() == 1


def test_a_new_password_by_mail_still_asks_for_the_second_step(client, lea):
    TOTP.activate(lea, generate_totp_secret())
    client.post(reverse("account_reset_password"), {"email": "lea@example.org"})
    client.post(reverse("account_confirm_password_reset_code"), {"code": code()})
    new = {"password1": NEW_PASSWORD}
    client.post(reverse("account_complete_password_reset"), new)
    lea.refresh_from_db()
    assert lea.check_password(NEW_PASSWORD)
    assert not is_in(client)
    sign_in(client, password=NEW_PASSWORD)
    assert not is_in(client)


def test_a_code_of_the_app_works_once(client, lea):
    by_app(client, lea)
    again = Client()
    sign_in(again)
    again.post(reverse("mfa_authenticate"), {"code": code_now(lea)})
    assert not is_in(again)


def test_news_that_cannot_be_mailed_undoes_nothing(learner, lea, monkeypatch):
    def away(self):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", away)
    new = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD}
    assert learner.post(reverse("account_change_password"), new).status_code == 302
    lea.refresh_from_db()
    assert lea.check_password(NEW_PASSWORD)
