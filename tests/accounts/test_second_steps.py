"""Second steps: setting them up, signing in with them, what is kept of them, and where one is signed in."""

import base64
import json
import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cft_course import csp
from tests.accounts.test_signing_up import code
from tests.support import assert_carries_help, authenticator, code_now, sign_in

PASSWORD = "a long quiet evening"
NEW_PASSWORD = "another quiet evening"
LOGIN = reverse("account_login")
SECOND = reverse("mfa_authenticate")
ACTIVATE = reverse("mfa_activate_totp")
SESSIONS = reverse("usersessions_list")
PAGES = [
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "usersessions_list",
]


def by_password(client, user, password=PASSWORD):
    """Give the address and the password."""
    return client.post(LOGIN, {"login": user.email, "password": password})


def is_in(client):
    """Tell whether someone is signed in."""
    return "_auth_user_id" in client.session


def is_asked(client):
    """Tell whether the second step is what the client is asked for now."""
    return not is_in(client) and client.get(SECOND).status_code == 200


def digits(secret, at=None):
    """Return what an app with this secret shows."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(at or time.time()) // 30))


def wrong(right):
    """Return another code of six digits."""
    return f"{(int(right) + 1) % 1_000_000:06}"


def activate(client):
    """Set up an authenticator app as a person does; return the response."""
    page = client.get(ACTIVATE)
    return client.post(ACTIVATE, {"code": digits(page.context["form"].secret)})


def passkey(user, **data):
    """Return a passkey that no device has."""
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "My phone", **data})


def prove(client):
    """Have the client's user just have given their password once more; return the client."""
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [*records, records[-1] | {"at": time.time(), "reauthenticated": True}]
    session.save()
    return client


def assert_is_a_page(response):
    """Assert what holds for every page here."""
    html = response.content.decode()
    assert response.status_code == 200
    assert_carries_help(html)
    assert html.count("<h1") == 1
    assert " style=" not in html
    assert "Two-Factor" not in html
    assert "ecurity key" not in html
    assert not re.search(r"\son[a-z]+=", html)
    for opening, inside in re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL):
        assert "src=" in opening or ("application/json" in opening and json.loads(inside))
    return html


@pytest.fixture
def now(monkeypatch):
    """Hold the clock of the codes in the middle of their thirty seconds; return a function that moves it."""
    clock = {"now": time.time() // 30 * 30 + 15}
    monkeypatch.setattr(time, "time", lambda: clock["now"])

    def move(seconds):
        clock["now"] += seconds

    return move


@pytest.fixture
def commits(monkeypatch):
    """Do at once what waits for a commit, which no test makes: within the request, as it is outside of tests."""
    monkeypatch.setattr(transaction, "on_commit", lambda callback, **options: callback())


@pytest.fixture
def fresh(client, lea):
    """A client that has just signed in as Lea and given her password once more."""
    by_password(client, lea)
    return prove(client)


@pytest.fixture
def with_app(client, lea):
    """A client signed in as Lea with her app, which has just given its code once more."""
    return prove(sign_in(client, lea))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_ours_and_carries_help(client, lea, name, monkeypatch):
    if name == "mfa_activate_totp":
        by_password(client, lea)
    else:
        sign_in(client, lea)
    if "reauthenticate_webauthn" in name:
        passkey(lea)
        monkeypatch.setattr(webauthn, "get_credentials", lambda user: [])
    prove(client)
    html = assert_is_a_page(client.get(reverse(name)))
    assert "<title>Error" not in html


def test_a_visitor_is_led_to_sign_in(client, db):
    for name in PAGES:
        assert client.get(reverse(name))["Location"].startswith(LOGIN)


def test_setting_up_an_app_asks_for_the_password_once_more_if_it_is_long_ago(learner):
    assert learner.get(ACTIVATE)["Location"].startswith(reverse("account_reauthenticate"))


def test_only_the_page_with_the_qr_code_may_show_data(fresh):
    response = fresh.get(ACTIVATE)
    assert response["Content-Security-Policy"].count("data:") == 1
    assert "img-src 'self' data:;" in response["Content-Security-Policy"]
    assert response["Content-Security-Policy"].replace(" data:", "") == csp.policy()
    assert 'src="data:image/svg+xml;base64,' in response.content.decode()
    for name in [each for each in PAGES if each not in ("mfa_activate_totp", "mfa_deactivate_totp")]:
        assert "data:" not in fresh.get(reverse(name))["Content-Security-Policy"]
    assert "data:" not in Client().get(LOGIN)["Content-Security-Policy"]


def test_the_key_stands_there_as_text_and_the_code_is_easy_to_give(fresh):
    response = fresh.get(ACTIVATE)
    html = assert_is_a_page(response)
    assert f'<code id="authenticator_secret">{response.context["form"].secret}</code>' in html
    field = re.search(r'<input[^>]*name="code"[^>]*>', html)[0]
    assert 'autocomplete="one-time-code"' in field
    assert 'inputmode="numeric"' in field


def test_a_wrong_code_is_said_in_the_title_and_beside_the_field(fresh, now):
    secret = fresh.get(ACTIVATE).context["form"].secret
    html = assert_is_a_page(fresh.post(ACTIVATE, {"code": wrong(digits(secret))}))
    assert "<title>Error: " in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_code_error"' in html
    assert secret in html
    assert not Authenticator.objects.exists()


def test_whoever_set_up_an_app_is_asked_for_it(fresh, lea, now, commits):
    response = activate(fresh)
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    assert [message.subject for message in mail.outbox] == ["Your account was changed"]
    assert "An authenticator app was added" in mail.outbox[0].body
    other = Client()
    assert by_password(other, lea)["Location"] == SECOND
    assert is_asked(other)
    html = assert_is_a_page(other.get(SECOND))
    assert 'inputmode="numeric"' in html
    assert "Use a passkey" not in html
    html = assert_is_a_page(other.post(SECOND, {"code": wrong(code_now(lea))}))
    assert "<title>Error: " in html
    assert not is_in(other)
    other.post(SECOND, {"code": code_now(lea)})
    assert is_in(other)


def test_a_passkey_is_offered_to_whoever_has_one(client, lea, monkeypatch):
    authenticator(lea)
    options = {"request_options": {"publicKey": {"allowCredentials": [{"id": "a"}]}}}
    monkeypatch.setattr(webauthn, "begin_authentication", lambda user: options["request_options"])
    by_password(client, lea)
    assert "Use a passkey" in assert_is_a_page(client.get(SECOND))


def test_recovery_codes_are_shown_once_and_work_once(fresh, lea, now, commits):
    activate(fresh)
    page = reverse("mfa_view_recovery_codes")
    html = assert_is_a_page(fresh.get(page))
    codes = re.findall(r"<li><code>(\d{8})</code></li>", html)
    assert len(codes) == 10
    again = assert_is_a_page(fresh.get(page))
    assert not any(each in again for each in codes)
    assert "cannot show them again" in again
    assert fresh.get(reverse("mfa_download_recovery_codes")).status_code == 403
    first, second = Client(), Client()
    for client in (first, second):
        by_password(client, lea)
        client.post(SECOND, {"code": codes[3]})
    assert is_in(first)
    assert is_asked(second)
    assert "You have 9 codes left" in fresh.get(reverse("mfa_index")).content.decode()


def test_new_recovery_codes_end_the_old_ones(fresh, lea, now, commits):
    activate(fresh)
    old = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()[0]
    fresh.post(reverse("mfa_generate_recovery_codes"))
    other = Client()
    by_password(other, lea)
    other.post(SECOND, {"code": old})
    assert is_asked(other)


def test_a_code_of_the_app_works_once(lea, now):
    authenticator(lea)
    first, second = Client(), Client()
    for client in (first, second):
        by_password(client, lea)
        client.post(SECOND, {"code": code_now(lea)})
    assert is_in(first)
    assert is_asked(second)
    now(30)
    second.post(SECOND, {"code": code_now(lea)})
    assert is_in(second)


def test_a_code_from_before_is_refused(client, lea, now):
    authenticator(lea)
    old = code_now(lea)
    now(90)
    by_password(client, lea)
    client.post(SECOND, {"code": old})
    assert is_asked(client)


def test_guessing_codes_is_stopped(client, lea, now):
    authenticator(lea)
    by_password(client, lea)
    for _ in range(6):
        client.post(SECOND, {"code": wrong(code_now(lea))})
    client.post(SECOND, {"code": code_now(lea)})
    assert not is_in(client)


def test_a_code_from_a_mail_does_not_take_the_place_of_the_second_step(client, lea):
    authenticator(lea)
    client.post(reverse("account_request_login_code"), {"email": lea.email})
    client.post(reverse("account_confirm_login_code"), {"code": code()})
    assert is_asked(client)


def test_a_new_password_does_not_take_the_place_of_the_second_step(client, lea, now):
    authenticator(lea)
    client.post(reverse("account_reset_password"), {"email": lea.email})
    client.post(reverse("account_confirm_password_reset_code"), {"code": code()})
    new = {"password1": NEW_PASSWORD}
    client.post(reverse("account_complete_password_reset"), new)
    assert not is_in(client)
    other = Client()
    by_password(other, lea, NEW_PASSWORD)
    assert is_asked(other)
    other.post(SECOND, {"code": code_now(lea)})
    assert is_in(other)


def test_three_wrong_codes_from_a_mail_end_the_try(client, lea):
    client.post(reverse("account_request_login_code"), {"email": lea.email})
    for _ in range(3):
        response = client.post(reverse("account_confirm_login_code"), {"code": "XXXX-XXXX"})
    assert response.status_code == 302
    client.post(reverse("account_confirm_login_code"), {"code": code()})
    assert not is_in(client)


def test_no_seed_is_kept_in_the_clear(fresh, lea, now, commits):
    activate(fresh)
    app = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    assert set(app.data) == {"secret"}
    for sealed in (app.data["secret"], codes.data["seed"]):
        seed = decrypt(sealed)
        assert len(seed) >= 32
        assert seed not in json.dumps([app.data, codes.data])
        assert seed.encode() not in base64.b64decode(sealed)
    assert not any(each in json.dumps(codes.data) for each in codes.wrap().get_unused_codes())


def test_the_app_can_be_turned_off(with_app, lea):
    assert with_app.post(reverse("mfa_deactivate_totp"))["Location"] == reverse("mfa_index")
    other = Client()
    by_password(other, lea)
    assert is_in(other)


def test_passkeys_are_listed_renamed_and_removed(with_app, lea, monkeypatch):
    monkeypatch.setattr(webauthn.WebAuthn, "is_passwordless", True)
    client, mine = with_app, passkey(lea)
    html = assert_is_a_page(client.get(reverse("mfa_list_webauthn")))
    assert "Rename “My phone”" in html
    assert "It signs you in alone." in html
    edit, remove = (reverse(f"mfa_{what}_webauthn", args=[mine.pk]) for what in ("edit", "remove"))
    assert 'value="My phone"' in assert_is_a_page(client.get(edit))
    assert "<title>Error: " in assert_is_a_page(client.post(edit, {"name": ""}))
    client.post(edit, {"name": "Her <b>phone"})
    assert "Her &lt;b&gt;phone" in assert_is_a_page(client.get(reverse("mfa_list_webauthn")))
    assert_is_a_page(client.get(remove))
    client.post(remove)
    assert not Authenticator.objects.filter(pk=mine.pk).exists()


def test_nobody_reaches_the_passkey_of_someone_else(with_app, alice):
    theirs = passkey(alice)
    for what in ("edit", "remove"):
        assert with_app.post(reverse(f"mfa_{what}_webauthn", args=[theirs.pk]), {"name": "x"}).status_code == 404
    theirs.refresh_from_db()


@pytest.mark.parametrize(
    "credential", ["", "{}", '{"id": "x"}', '{"id": 1, "response": []}', "nonsense", "[]", "null", '"x"']
)
def test_a_passkey_that_is_none_is_refused(fresh, credential):
    response = fresh.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential})
    assert_is_a_page(response)
    assert not Authenticator.objects.exists()
    assert Client().post(reverse("mfa_login_webauthn"), {"credential": credential})["Location"] == LOGIN


@pytest.mark.parametrize("template", ["mfa/trust.html", "mfa/webauthn/signup_form.html"])
def test_pages_that_no_setting_shows_today_are_ours_too(rf, lea, template):
    from allauth.mfa.webauthn.forms import SignupWebAuthnForm  # noqa: PLC0415 -- used here only
    from django.http import HttpResponse  # noqa: PLC0415 -- used here only
    from django.template.loader import render_to_string  # noqa: PLC0415 -- used here only
    from django.utils import timezone  # noqa: PLC0415 -- used here only

    form = SignupWebAuthnForm(user=lea, initial={"name": "x"})
    now = timezone.now()
    given = {"form": form, "js_data": {"a": 1}, "trust_from": now, "trust_until": now + timedelta(days=14)}
    request = rf.get("/")
    request.user = lea
    request.session = {}
    assert_is_a_page(HttpResponse(render_to_string(template, given, request)))


def test_the_list_shows_where_one_is_signed_in_and_ends_the_others(client, lea):
    other = Client(headers={"user-agent": "Other-Phone/1.0 <b>"})
    for each in (client, other):
        by_password(each, lea)
        each.get(reverse("account"))
    html = assert_is_a_page(client.get(SESSIONS))
    assert html.count("Here, on this device") == 1
    assert "Other-Phone/1.0 &lt;b&gt;" in html
    assert client.post(SESSIONS)["Location"] == SESSIONS
    html = assert_is_a_page(client.get(SESSIONS))
    assert "Other-Phone" not in html
    assert "You are signed in nowhere else." in html
    assert other.get(reverse("account"))["Location"].startswith(LOGIN)
    assert is_in(client)


def test_nobody_sees_or_ends_the_sessions_of_someone_else(client, lea, alice):
    theirs = Client(headers={"user-agent": "Alices-Laptop/1.0"})
    by_password(theirs, alice)
    by_password(client, lea)
    assert "Alices-Laptop" not in client.get(SESSIONS).content.decode()
    client.post(SESSIONS)
    assert is_in(theirs)
