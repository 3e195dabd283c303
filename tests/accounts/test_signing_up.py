"""Signing up, with and without a code from a mail, and who finds out what by it."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from cft_course.accounts.models import User

SIGN_UP = reverse("account_signup")
PASSWORD = "a long quiet evening"


def sign_up(client, email="new@example.org", password=PASSWORD, **fields):
    """Send the form."""
    return client.post(SIGN_UP, {"email": email, "password1": password, **fields})


def code():
    """Return the code in the last mail."""
    return re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4}|[A-Z0-9]{6})\s*$", mail.outbox[-1].body, re.MULTILINE)[1]


def test_with_optional_verification_one_is_in_at_once(client, optional):
    assert sign_up(client)["Location"] == reverse("my:course")
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


def test_with_mandatory_verification_a_code_comes_first(client, mandatory):
    assert sign_up(client)["Location"] == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session
    client.post(reverse("account_email_verification_sent"), {"code": code()})
    assert "_auth_user_id" in client.session
    assert "began" in client.session


@pytest.mark.parametrize(("sent", "kept"), [("Europe/London", "Europe/London"), ("Mars/Base", "UTC"), ("", "UTC")])
def test_the_devices_time_zone_is_kept_if_it_is_one(client, optional, sent, kept):
    sign_up(client, time_zone=sent)
    assert User.objects.get().time_zone == kept


def test_a_time_zone_too_long_to_be_one_keeps_nobody_out(client, optional):
    sign_up(client, time_zone="x" * 500)
    assert User.objects.get().time_zone == "UTC"


@pytest.mark.parametrize("password", ["x7" * 32, "🌧🌱🪨🌊🌙🔥🍂🐚🕯🪶", "  four words and spaces  "])
def test_unusual_passwords_work(client, optional, password):
    sign_up(client, password=password)
    client.logout()
    client.post(reverse("account_login"), {"login": "new@example.org", "password": password})
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("password", ["password123", "1234567890", "short", "new@example.org"])
def test_guessable_passwords_are_refused(client, optional, password):
    sign_up(client, password=password)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "email", ["a@example.org\nBcc: b@example.org", "a@example.org%0aBcc:b@x.org", "a\0@example.org"]
)
def test_a_second_line_in_an_address_is_refused(client, mandatory, email):
    sign_up(client, email=email)
    assert not User.objects.exists()
    assert mail.outbox == []


def test_a_mail_server_that_is_away_is_said_plainly(client, mandatory, monkeypatch, caplog):
    def away(self):
        raise ConnectionRefusedError("nobody answers for new@example.org")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", away)
    response = sign_up(client)
    assert response.status_code == 503
    assert "We could not send the mail just now" in response.content.decode()
    assert "ConnectionRefusedError" in caplog.text
    assert "new@example.org" not in caplog.text
