"""Every page about an account is ours: help on it, one heading, plain words, and errors that say what to do."""

import re
from contextlib import ExitStack

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import OperationalError, connections
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from cft_course.accounts.templatetags.devices import device
from cft_course.accounts.templatetags.fields import WORDS
from tests.accounts.test_second_steps import assert_is_a_page, prove
from tests.accounts.test_signing_up import code
from tests.support import assert_carries_help

PASSWORD = "a long quiet evening"
OPEN = [
    "account_login",
    "account_signup",
    "account_request_login_code",
    "account_reset_password",
    "account_inactive",
    "account_password_reset_completed",
]
CLOSED = [
    "account",
    "preferences",
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "account_logout",
]
# Where a code from a mail is typed, and what leads there.
CODES = {
    "account_confirm_login_code": ("account_request_login_code", {"email": "new@example.org"}),
    "account_confirm_password_reset_code": ("account_reset_password", {"email": "new@example.org"}),
    "account_email_verification_sent": ("account_signup", {"email": "new@example.org", "password1": PASSWORD}),
}
TOKENS = {
    "login": "email",
    "email": "email",
    "password": "current-password",
    "oldpassword": "current-password",
    "password1": "new-password",
    "code": "one-time-code",
}
# What django-allauth calls things.
THEIRS = ["Sign Up", "Sign In", "Sign Out", "Confirm Access", "Two-Factor", "Verification", "Reset"]

pytestmark = pytest.mark.usefixtures("mandatory", "master_key")


def fields(html):
    """Return the fields that one sees on a page, by name."""
    found = re.findall(r'<input type="(?:email|password|text|time)"[^>]*>', html)
    return {re.search(r'name="(\w+)"', field)[1]: field for field in found}


def assert_is_ours(response):
    """Assert what holds for every page and every field on it; return the page."""
    html = assert_is_a_page(response)
    assert re.search(r"<title>[^<]+ – CFT Course</title>", html)
    assert '<meta name="robots" content="noindex">' in html
    assert "no-store" in response["Cache-Control"]
    for never in ("placeholder", "onpaste", *THEIRS):
        assert never not in html, never
    for name, field in fields(html).items():
        assert f'<label for="{re.search(r"""id="([^"]+)""", field)[1]}">' in html, name
        assert name not in TOKENS or f'autocomplete="{TOKENS[name]}"' in field, name
    return html


def assert_says_what_is_wrong(response, *names):
    """Assert that a page says in its title, on top and at each field what is wrong; return the page."""
    html = assert_is_a_page(response)
    assert "<title>Error: " in html
    summary = re.search(r'<div class="problems" role="alert".*?</div>', html, re.DOTALL)[0]
    assert html.index(summary) < html.index("<h1")
    assert "There is a problem" in summary
    assert re.search(r"<li><a href=\"#id_\w+\">[^<]+</a></li>", summary)
    for name in names:
        words = re.search(rf'<a href="#id_{name}">([^<]+)</a>', summary)[1]
        assert re.search(rf'<p class="error" id="id_{name}_error">\s*{re.escape(words)}', html), name
        field = fields(html)[name]
        assert 'aria-invalid="true"' in field
        assert f"id_{name}_error" in re.search(r'aria-describedby="([^"]+)"', field)[1]
    return html


@pytest.fixture
def fresh(client, lea):
    """A client that has just signed in as Lea and given her password once more."""
    client.post(reverse("account_login"), {"login": lea.email, "password": PASSWORD})
    return prove(client)


@pytest.mark.parametrize("name", OPEN)
def test_every_page_for_visitors_is_ours(client, name):
    assert_is_ours(client.get(reverse(name)))


@pytest.mark.parametrize("name", CLOSED)
def test_every_page_for_learners_is_ours_and_closed_to_visitors(learner, name):
    assert_is_ours(learner.get(reverse(name)))
    if name != "account_logout":
        assert Client().get(reverse(name))["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", CODES)
def test_every_page_that_asks_for_a_code_is_ours(client, name):
    before, data = CODES[name]
    assert client.post(reverse(before), data)["Location"] == reverse(name)
    assert_is_ours(client.get(reverse(name)))
    html = assert_says_what_is_wrong(client.post(reverse(name), {"code": "XXXX-XXXX"}), "code")
    assert "That is not the code we sent." in html


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("account_login", ["login", "password"]),
        ("account_signup", ["email", "password1"]),
        ("account_request_login_code", ["email"]),
        ("account_reset_password", ["email"]),
        ("account_change_password", ["oldpassword", "password1"]),
        ("account_reauthenticate", ["password"]),
        ("account_email", ["email"]),
    ],
)
def test_an_empty_form_says_what_to_type(fresh, name, fields):
    client = fresh if name in CLOSED else Client()
    html = assert_says_what_is_wrong(client.post(reverse(name), {"action_add": ""}), *fields)
    for field in fields:
        assert WORDS[field][1] in html


def test_a_wrong_password_is_said_once_and_nothing_about_who_has_an_account(client, lea):
    html = assert_says_what_is_wrong(
        client.post(reverse("account_login"), {"login": lea.email, "password": "wrong password"})
    )
    assert "That address and password do not fit together." in html
    assert f'value="{lea.email}"' in html
    assert "wrong password" not in html


@pytest.mark.parametrize("name", ["account_login", "account_change_password", "account_reauthenticate"])
def test_the_way_to_a_new_password_comes_once_and_after_the_field(learner, name):
    client = Client() if name in OPEN else learner
    html = client.get(reverse(name)).content.decode()
    way = f'<a href="{reverse("account_reset_password")}">Forgot your password?</a>'
    field = re.search(r'<input type="password"[^>]*aria-describedby="(\w+)"[^>]*>', html)
    assert html.count(way) == 1
    assert re.search(rf'<div class="help after" id="{field[1]}">\s*{re.escape(way)}', html[field.end() :])


@pytest.mark.parametrize("name", ["account_change_password", "account_reauthenticate"])
def test_password_managers_learn_whose_password_it_is(learner, lea, name):
    html = learner.get(reverse(name)).content.decode()
    assert f'<input hidden type="text" name="username" autocomplete="username" value="{lea.email}">' in html


def test_one_can_stay_signed_in(learner):
    html = learner.get(reverse("account_logout")).content.decode()
    assert f'href="{reverse("account")}">Stay signed in</a>' in html


def test_signing_up_says_who_can_read_what_and_that_nobody_answers(client):
    html = client.get(reverse("account_signup")).content.decode()
    for words in ("Only you can read", "Whoever runs the server", "nobody will answer", "help at the top"):
        assert words in html
    assert '<input type="hidden" name="time_zone"' in html
    assert "password2" not in html


@pytest.mark.parametrize("name", ["account_login", "account_request_login_code"])
def test_every_way_in_asks_about_shared_devices(client, name):
    html = client.get(reverse(name)).content.decode()
    assert 'type="checkbox" name="shared_device"' in html
    assert "Sign me out when I close the browser." in html


def test_passkeys_work_with_scripts_of_ours_only(client):
    html = client.get(reverse("account_login")).content.decode()
    for script in ("webauthn", "onload", "passkey", "account"):
        assert re.search(rf'<script[^>]* src="/static/[^"]*{script}[^"]*\.js"', html), script
    assert 'id="passkey_login"' in html
    assert 'form="mfa_login"' in html


def test_a_new_address_counts_once_its_code_came_back(fresh, lea):
    fresh.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    lea.refresh_from_db()
    assert lea.email == "lea@example.org"
    fresh.post(reverse("account_email_verification_sent"), {"code": code()})
    lea.refresh_from_db()
    assert lea.email == "new@example.org"
    assert EmailAddress.objects.get(user=lea).verified


def test_changing_the_address_does_not_tell_who_has_one(fresh, alice):
    def answer(email):
        response = fresh.post(reverse("account_email"), {"email": email, "action_add": ""})
        return response.status_code, response.headers.get("Location")

    assert answer("alice@example.org") == answer("nobody@example.org")


def test_an_address_that_is_not_confirmed_can_be_later(fresh, lea):
    lea.emailaddress_set.update(verified=False)
    page = reverse("account_email")
    assert "Send a code" in assert_is_ours(fresh.get(page))
    fresh.post(page, {"email": lea.email, "action_send": ""})
    fresh.post(reverse("account_email_verification_sent"), {"code": code()})
    assert lea.emailaddress_set.get().verified


def test_asking_too_often_answers_with_a_page_and_help(client):
    for _ in range(21):
        response = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    html = response.content.decode()
    assert response.status_code == 429
    assert_carries_help(html)
    assert html.count("<h1") == 1
    assert response["Cache-Control"] == "no-store"
    assert mail.outbox == []


def test_the_page_for_too_many_tries_needs_no_database(db):
    def away(*_):
        raise OperationalError

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(away))
        html = render_to_string("429.html")
    assert_carries_help(html)
    assert "One moment, please" in html
    assert html.count("<h1") == 1


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on an iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/138.0 Safari/537.36", "Chrome on Android"),
        ("Something/1.0 " + "x" * 200, "Something/1.0 " + "x" * 66),
    ],
)
def test_a_device_has_a_name_that_its_owner_knows(agent, told):
    assert device(agent) == told
