"""A practice without an account: sealed, gone after a day, and kept only by signing in."""

import base64
import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from journal.keys.keyring import Keyring
from journal.models import Entry
from practices import visitor
from practices.models import Run
from tests.practices.doing import READ_BACK, SLUG, address, answer, autosave, do_all, fields, keep, open_step
from tests.support import assert_carries_help

KEEP_NOW = reverse("practices:keep-now", args=[SLUG])
OPENING = reverse("practices:opening", args=[SLUG])
HERON = "a grey heron in the rain"

pytestmark = pytest.mark.usefixtures("course", "master_key")


def stored():
    """Return everything that is stored in sessions, in every way it could be read."""
    rows = [row.session_data + str(row.get_decoded()) for row in Session.objects.all()]
    return "".join(rows)


def test_reading_around_leaves_no_session(client):
    for page in (OPENING, address(1), READ_BACK, reverse("practices:hard", args=[SLUG, 1])):
        assert client.get(page).status_code == 200
    answer(client, 1, "")
    assert not Session.objects.exists()
    assert "practice" not in client.cookies


def test_the_words_are_sealed_with_a_key_that_only_the_browser_has(client):
    answer(client, 1, HERON)
    cookie = client.cookies["practice"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 24 * 60 * 60)
    assert "heron" not in stored()
    assert base64.b64encode(HERON.encode()).decode()[4:20] not in stored()
    assert cookie.value not in stored()
    assert open_step(client, 1)["text"] == HERON
    assert open_step(Client(), 1)["text"] == ""
    without_key = Client()
    without_key.cookies["session"] = client.cookies["session"].value
    assert open_step(without_key, 1)["text"] == ""


def test_the_session_ends_after_a_day(client, monkeypatch):
    answer(client, 1, HERON)
    left = Session.objects.get().expire_date.timestamp() - time.time()
    assert 23.9 * 3600 < left <= 24 * 3600
    answer(client, 2, "and more")
    now = time.time()
    monkeypatch.setattr(visitor.time, "time", lambda: now + 24 * 60 * 60)
    assert open_step(client, 1)["text"] == ""


def test_letting_it_go_leaves_nothing(client):
    do_all(client)
    assert Session.objects.count() == 1
    response = client.post(reverse("practices:let-go", args=[SLUG]))
    assert not Session.objects.exists()
    assert client.cookies["practice"].value == ""
    page = client.get(response["Location"]).content.decode()
    assert "Nothing of it is left here." in page
    assert not Entry.objects.exists()
    assert not Run.objects.exists()


def test_leaving_quickly_leaves_nothing(client):
    answer(client, 1, HERON)
    client.get(reverse("leave"))
    assert not Session.objects.exists()
    assert client.cookies["practice"].value == ""


def test_two_windows_of_a_visitor_add_to_each_other(client):
    answer(client, 3, "begun")
    one, two = open_step(client, 1), open_step(client, 2)
    client.post(address(1), one | {"text": "first"})
    client.post(address(2), two | {"text": "second"})
    page = client.get(READ_BACK).content.decode()
    assert "first" in page
    assert "second" in page
    conflict = client.post(address(1), one | {"text": "other"})
    assert conflict.status_code == 409


def test_a_page_saves_by_itself(client):
    told = autosave(client, 1, open_step(client, 1) | {"text": HERON}).json()
    assert told["fields"]["begun"] == "on"
    assert told["revision"] == 1
    assert open_step(client, 1)["text"] == HERON


@pytest.mark.parametrize("way", ["sign up", "sign in"])
def test_signing_up_or_in_keeps_it(client, django_user_model, lea, way):
    do_all(client)
    assert keep(client)["Location"] == reverse("practices:keep", args=[SLUG])
    page = client.get(reverse("practices:keep", args=[SLUG])).content.decode()
    assert f'href="/accounts/signup/?next={KEEP_NOW}"' in page
    if way == "sign up":
        data = {"email": "new@example.org", "password1": "a long quiet evening", "next": KEEP_NOW}
        response = client.post(reverse("account_signup"), data)
        owner = django_user_model.objects.get(email="new@example.org")
    else:
        data = {"login": lea.email, "password": "a long quiet evening", "next": KEEP_NOW}
        response = client.post(reverse("account_login"), data)
        owner = lea
    assert response["Location"] == KEEP_NOW
    for _ in range(2):
        client.get(KEEP_NOW)
    entry = Entry.objects.get()
    assert entry.owner == owner
    assert entry.open_kept(Keyring(owner)).first.text == "answer 1"
    assert "answer 1" in client.get(reverse("journal:entry", args=[entry.pk])).content.decode()
    assert (Run.objects.get().is_kept, Run.objects.get().owner) == (True, owner)
    assert visitor.VISITS not in stored() or "sealed" not in stored()


def test_whoever_signs_in_next_on_this_browser_gets_nothing_by_itself(client, lea):
    do_all(client)
    client.force_login(lea)
    assert client.get(KEEP_NOW)["Location"] == OPENING
    assert not Entry.objects.exists()
    assert open_step(client, 1)["text"] == ""
    page = client.get(OPENING).content.decode()
    assert "wrote before you signed in" in page
    assert "answer 1" not in page
    assert "wrote before you signed in" in client.get(reverse("my:course")).content.decode()


@pytest.mark.parametrize(("action", "kept"), [("keep", 1), ("let-go", 0)])
def test_what_was_written_before_signing_in_is_kept_or_let_go_by_a_press(client, lea, action, kept):
    do_all(client)
    client.force_login(lea)
    client.post(KEEP_NOW, {"action": action})
    assert Entry.objects.count() == kept
    assert "sealed" not in stored()
    assert "wrote before you signed in" not in client.get(OPENING).content.decode()


def test_keeping_after_a_day_says_what_happened(client, lea, monkeypatch):
    do_all(client)
    keep(client)
    client.force_login(lea)
    del client.cookies["practice"]
    response = client.get(KEEP_NOW, follow=True)
    assert "nothing left to keep" in response.content.decode()


def test_a_visit_that_ended_elsewhere_gives_its_words_back(client):
    answer(client, 1, HERON)
    data = open_step(client, 2)
    client.post(reverse("practices:let-go", args=[SLUG]))
    response = client.post(address(2), data | {"text": "more"})
    assert response.status_code == 404
    assert "\nmore</textarea>" in response.content.decode()
    assert client.post(address(2), fields(response)).status_code == 302
    assert open_step(client, 2)["text"] == "more"


def test_too_much_for_a_session_is_refused_with_the_words(client):
    answer(client, 1, HERON)
    for number in (2, 4):
        response = answer(client, number, "long " * 19_000)
        assert response.status_code == 302
    response = answer(client, 5, "long " * 19_000)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count("long long") > 1
    assert "more than can be held for you without an account" in page
    assert_carries_help(page)
    assert open_step(client, 1)["text"] == HERON


def test_a_great_many_visits_from_one_place_are_refused_with_the_words(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"visit": "1/h/ip"}
    answer(client, 1, HERON)
    other = Client()
    response = answer(other, 1, "another heron")
    assert response.status_code == 422
    assert "another heron" in response.content.decode()
    assert "Please try again in a few minutes" in response.content.decode()
    assert answer(client, 2, "goes on").status_code == 302


def test_an_editor_may_try_it_and_keeps_nothing(editor):
    assert answer(editor, 1, HERON).status_code == 302
    assert open_step(editor, 1)["text"] == HERON
    assert keep(editor).status_code == 403
    editor.post(reverse("practices:let-go", args=[SLUG]))
    assert "sealed" not in stored()
    assert editor.get("/admin/").status_code == 200


def test_a_visitors_pages_are_kept_by_no_cache(client):
    for page in (OPENING, address(1), READ_BACK):
        assert "no-store" in client.get(page)["Cache-Control"]
