"""A passkey is added, and signs someone in, with an authenticator that Chromium plays."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.core.cache import cache
from playwright.sync_api import expect

from tests.browser.reader import Reader
from tests.browser.test_journal import press
from tests.keys import key_dir, master_key  # noqa: F401 -- fixtures

EMAIL = "lea@example.org"
PASSWORD = "a long quiet evening"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

pytestmark = pytest.mark.usefixtures("master_key")


@pytest.fixture
def visitor(chromium, site):
    """A reader who calls the site localhost, because a passkey belongs to a name and never to a number."""
    cache.clear()
    visitor = Reader(chromium, site.replace("127.0.0.1", "localhost"))
    yield visitor
    visitor.leave()
    assert visitor.complaints == []


@pytest.fixture
def learner(transactional_db):
    """Someone with a password and a confirmed address."""
    user = get_user_model().objects.create_user(EMAIL, PASSWORD)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    return user


def device(page):
    """Give the page a device that makes passkeys; return its session and what tells the device from others."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]


def add_passkey(visitor, page, by_enter=False):
    """Sign in with the password and add a passkey."""
    visitor.go(page, "/accounts/login/?next=/accounts/2fa/webauthn/add/")
    page.fill("[name=login]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    press(page, "Sign in")
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")
    page.fill("[name=name]", "My phone")
    if by_enter:
        with page.expect_navigation():
            page.press("[name=name]", "Enter")
    else:
        press(page, "Add a passkey")


def sign_out(visitor, page):
    """Sign out on the account page."""
    visitor.go(page, "/accounts/")
    press(page, "Sign out")


def test_a_passkey_is_added_and_signs_one_in_alone(visitor, learner):
    page = visitor.open("/")
    device(page)
    add_passkey(visitor, page)
    assert page.url == f"{visitor.site}/accounts/2fa/recovery-codes/"
    assert page.locator("#recovery_codes li").count() == 10
    visitor.go(page, "/accounts/2fa/webauthn/")
    expect(page.get_by_role("heading", name="My phone")).to_be_visible()
    expect(page.locator("main")).to_contain_text("It signs you in alone.")
    sign_out(visitor, page)
    visitor.go(page, "/accounts/login/")
    press(page, "Sign in with a passkey")
    assert page.url == f"{visitor.site}/my/"
    assert Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).last_used_at


def test_a_passkey_is_the_second_step_after_the_password(visitor, learner):
    page = visitor.open("/")
    device(page)
    add_passkey(visitor, page, by_enter=True)
    assert page.url == f"{visitor.site}/accounts/2fa/recovery-codes/"
    sign_out(visitor, page)
    visitor.go(page, "/accounts/login/")
    page.fill("[name=login]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    press(page, "Sign in")
    assert page.url == f"{visitor.site}/accounts/2fa/authenticate/"
    press(page, "Use a passkey")
    assert page.url == f"{visitor.site}/my/"


def test_a_passkey_that_does_not_work_is_said_in_words(visitor, learner):
    page = visitor.open("/")
    session, number = device(page)
    add_passkey(visitor, page)
    sign_out(visitor, page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
    visitor.go(page, "/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("[data-passkey-problem]")).to_contain_text("That did not work.")
    assert page.url == f"{visitor.site}/accounts/login/"
