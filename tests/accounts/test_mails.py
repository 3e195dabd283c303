"""Every mail says where help is, and nothing that somebody reading along should not learn."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.urls import reverse

from cft_course.safety.models import SafetyTexts
from lessons.publishing import pages
from tests.accounts.test_second_steps import commits, prove  # noqa: F401 -- a fixture
from tests.accounts.test_signing_up import code, sign_up
from tests.support import sign_in

PASSWORD = "a long quiet evening"
NEW_PASSWORD = "another quiet evening"
SUBJECTS = {"Your code", "About your account", "Your account was changed"}
BROWSER = "Curious-Browser/7.0"
TEMPLATES = Path(allauth.__file__).parent / "templates"
SUFFIX = "_message.txt"
# All that django-allauth could send in this project, whether or not the settings of today let it.
MAILS = sorted(
    str(path.relative_to(TEMPLATES)).removesuffix(SUFFIX)
    for app in ("account", "mfa")
    for path in (TEMPLATES / app / "email").glob(f"*{SUFFIX}")
    if not path.name.startswith("base_")
)
CONTEXT = {
    "code": "BCDF-GHJK",
    "email": "lea@example.org",
    "from_email": "lea@example.org",
    "to_email": "thief@example.org",
    "deleted_email": "old@example.org",
    "password_reset_url": "https://example.org/reset/?a=1&b=2",
    "signup_url": "https://example.org/sign-up/?a=1&b=2",
    "activate_url": "https://example.org/activate/?a=1&b=2",
    "ip": "203.0.113.9",
    "user_agent": BROWSER,
    "username": "lea",
}
CHANGES = {
    "password_changed",
    "password_reset",
    "password_set",
    "email_changed",
    "email_confirm",
    "email_deleted",
    "totp_activated",
    "totp_deactivated",
    "webauthn_added",
    "webauthn_removed",
    "recovery_codes_generated",
}


def assert_is_ours(message):
    """Assert what holds for every mail."""
    body = " ".join(message.body.split())
    assert message.subject in SUBJECTS
    for needed in ("call or text 988", "US and Canada", "local emergency number", "not therapy, treatment or crisis"):
        assert needed in body, f"{needed} is not in the mail"
    assert not message.alternatives
    assert "&#" not in body
    assert "&quot;" not in body
    for private in (BROWSER, "127.0.0.1", "203.0.113.9", "example.com", "journal", "compassion", "Hello"):
        assert private.lower() not in body.lower(), f"{private} is in the mail"


def only_mail():
    """Return the one mail that was sent."""
    assert len(mail.outbox) == 1
    assert_is_ours(mail.outbox[0])
    return mail.outbox[0]


@pytest.mark.parametrize("name", MAILS)
def test_every_mail_carries_help_and_little_else(rf, db, name):
    request = rf.get("/", HTTP_USER_AGENT=BROWSER)
    request.user = AnonymousUser()
    with request_context(request):
        message = get_adapter(request).render_mail(name, "lea@example.org", CONTEXT | {"request": request})
    assert_is_ours(message)
    assert "example.org" not in message.body.replace("https://example.org/", "")
    if name.split("/")[-1] in CHANGES:
        assert message.subject == "Your account was changed"
        assert "If it was not you" in message.body
    else:
        assert message.subject != "Your account was changed"


def test_the_walk_meets_every_mail():
    assert {name.split("/")[-1] for name in MAILS} >= CHANGES | {"login_code", "unknown_account"}


@pytest.mark.usefixtures("db")
def test_editors_words_reach_the_mails(client, lea):
    SafetyTexts(disclaimer_summary="It is not therapy, treatment or crisis support & it’s ours.").save()
    pages.forget()
    client.post(reverse("account_request_login_code"), {"email": lea.email})
    assert "crisis support & it’s ours." in only_mail().body


def test_signing_up(client, mandatory):
    sign_up(client)
    assert only_mail().subject == "Your code"
    assert code() in mail.outbox[0].body


def test_signing_up_twice(client, lea, mandatory):
    sign_up(client, lea.email)
    assert only_mail().subject == "About your account"
    assert reverse("account_reset_password") in mail.outbox[0].body


def test_signing_in_with_a_code(client, lea):
    client.post(reverse("account_request_login_code"), {"email": lea.email})
    assert only_mail().subject == "Your code"


def test_a_new_password_by_code(client, lea):
    client.post(reverse("account_reset_password"), {"email": lea.email})
    assert only_mail().subject == "Your code"
    client.post(reverse("account_confirm_password_reset_code"), {"code": code()})
    mail.outbox.clear()
    client.post(reverse("account_complete_password_reset"), {"password1": NEW_PASSWORD})
    assert "Your password was reset" in only_mail().body


def test_a_changed_password(client, lea):
    client.post(reverse("account_login"), {"login": lea.email, "password": PASSWORD}, headers={"user-agent": BROWSER})
    data = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD}
    client.post(reverse("account_change_password"), data, headers={"user-agent": BROWSER})
    assert "Your password was changed" in only_mail().body


def test_a_changed_address_is_told_to_the_old_one(client, lea):
    client.post(reverse("account_login"), {"login": lea.email, "password": PASSWORD})
    prove(client)
    client.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    assert only_mail().to == ["new@example.org"]
    assert mail.outbox[0].subject == "Your code"
    sent = code()
    mail.outbox.clear()
    client.post(reverse("account_email_verification_sent"), {"code": sent})
    assert EmailAddress.objects.get(user=lea, primary=True).email == "new@example.org"
    assert {message.subject for message in mail.outbox} <= SUBJECTS
    told = [message for message in mail.outbox if message.to == [lea.email]]
    assert len(told) == 1
    assert_is_ours(told[0])
    assert "new@example.org" not in told[0].body


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mfa_deactivate_totp", "The authenticator app was removed"),
        ("mfa_generate_recovery_codes", "New recovery codes were made"),
    ],
)
def test_changed_second_steps(client, lea, name, words, commits):  # noqa: F811 -- the fixture
    prove(sign_in(client, lea))
    client.post(reverse(name))
    assert words in only_mail().body
    assert not re.search(r"\d{8}", mail.outbox[0].body)


def test_a_removed_passkey(client, lea):
    prove(sign_in(client, lea))
    passkey = Authenticator.objects.create(user=lea, type=Authenticator.Type.WEBAUTHN, data={"name": "Secret name"})
    client.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    assert "A passkey was removed" in only_mail().body
    assert "Secret name" not in mail.outbox[0].body
