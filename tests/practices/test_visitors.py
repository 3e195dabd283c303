"""A practice without an account: sealed, gone after a day, and kept only by signing in."""

import base64
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.keys.keyring import Keyring
from journal.models import Entry
from practices.models import Practice, Run, Step, Visit
from tests.accounts.test_keepsakes import prove
from tests.practices.doing import (
    READ_BACK,
    SLUG,
    address,
    answer,
    autosave,
    do_all,
    fields,
    keep,
    let_go,
    notice,
    open_step,
)
from tests.support import assert_carries_help

KEEP_NOW = reverse("practices:keep-now", args=[SLUG])
OPENING = reverse("practices:opening", args=[SLUG])
HERON = "a grey heron in the rain"

pytestmark = pytest.mark.usefixtures("course", "master_key")


def stored():
    """Return everything that is stored of visits and sessions, in every way it could be read."""
    sessions = [row.session_data + str(row.get_decoded()) for row in Session.objects.all()]
    visits = [f"{row.name} {row.run} {bytes(row.sealed).hex()} {bytes(row.sealed)!r}" for row in Visit.objects.all()]
    return "".join(sessions + visits)


def test_reading_around_leaves_no_session(client):
    for page in (OPENING, address(1), READ_BACK, reverse("practices:hard", args=[SLUG, 1])):
        assert client.get(page).status_code == 200
    answer(client, 1, "")
    assert not Session.objects.exists()
    assert not Visit.objects.exists()


def test_the_words_are_sealed_with_a_key_that_only_the_browser_has(client):
    answer(client, 1, HERON)
    cookie = client.cookies["practice"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 24 * 60 * 60)
    assert "heron" not in stored()
    assert base64.b64encode(HERON.encode()).decode()[4:20] not in stored()
    secret = base64.urlsafe_b64decode(cookie.value)
    assert secret.hex() not in stored()
    assert cookie.value not in stored()
    assert open_step(client, 1)["text"] == HERON
    assert open_step(Client(), 1)["text"] == ""
    other = Client()
    other.cookies["practice"] = base64.urlsafe_b64encode(bytes(32)).decode()
    assert open_step(other, 1)["text"] == ""


def test_a_visit_ends_after_a_day(client, monkeypatch):
    answer(client, 1, HERON)
    began = timezone.now()
    assert timedelta(hours=23.9) < Visit.objects.get().until - began <= timedelta(hours=24)
    monkeypatch.setattr(timezone, "now", lambda: began + timedelta(hours=20))
    answer(client, 2, "and more")
    monkeypatch.setattr(timezone, "now", lambda: began + timedelta(hours=24, seconds=1))
    assert open_step(client, 1)["text"] == ""
    # The next visitor's first words take what is over out of the database.
    answer(Client(), 1, "somebody else")
    assert Visit.objects.count() == 1


def test_letting_it_go_leaves_nothing(client):
    do_all(client)
    assert Visit.objects.count() == 1
    response = let_go(client)
    assert not Visit.objects.exists()
    assert client.cookies["practice"].value == ""
    page = client.get(response["Location"]).content.decode()
    assert "Nothing of it is left here." in page
    assert not Entry.objects.exists()
    assert not Run.objects.exists()


def test_leaving_quickly_leaves_nothing(client):
    answer(client, 1, HERON)
    client.get(reverse("leave"))
    assert not Visit.objects.exists()
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
    page = client.get(KEEP_NOW).content.decode()
    assert f"You are signed in as {owner.email}" in page
    assert "answer 1" not in page
    assert not Entry.objects.exists()
    for _ in range(2):
        assert client.post(KEEP_NOW, {"action": "keep"})["Location"] == reverse("practices:done", args=[SLUG])
    entry = Entry.objects.get()
    assert entry.owner == owner
    assert entry.open_kept(Keyring(owner)).first.text == "answer 1"
    assert "answer 1" in client.get(reverse("journal:entry", args=[entry.pk])).content.decode()
    assert (Run.objects.get().is_kept, Run.objects.get().owner) == (True, owner)
    assert not Visit.objects.exists()


def test_whoever_signs_in_next_on_this_browser_gets_nothing_by_itself(client, lea):
    do_all(client)
    client.force_login(lea)
    assert "Keep it in these notes?" in client.get(KEEP_NOW).content.decode()
    assert not Entry.objects.exists()
    assert open_step(client, 1)["text"] == ""
    page = client.get(OPENING).content.decode()
    assert "was written before you signed in" in page
    assert "answer 1" not in page
    assert "was written before you signed in" in client.get(reverse("my:course")).content.decode()


@pytest.mark.parametrize(("action", "kept"), [("keep", 1), ("let-go", 0)])
def test_what_was_written_before_signing_in_is_kept_or_let_go_by_a_press(client, lea, action, kept):
    do_all(client)
    client.force_login(lea)
    client.post(KEEP_NOW, {"action": action})
    assert Entry.objects.count() == kept
    assert not Visit.objects.exists()
    assert "was written before you signed in" not in client.get(OPENING).content.decode()


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
    let_go(client)
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
    let_go(editor)
    assert not Visit.objects.exists()
    assert editor.get("/admin/").status_code == 200


def test_a_visitors_pages_are_kept_by_no_cache(client):
    for page in (OPENING, address(1), READ_BACK):
        assert "no-store" in client.get(page)["Cache-Control"]


def another_practice(module):
    """Make a second practice, and return the address of its one step."""
    other = Practice.objects.create(module=module, slug="other", title="Other", minutes_from=1, minutes_to=2)
    Step.objects.create(practice=other, key="one", title="One", question="What?")
    notice()
    return reverse("practices:step", args=["other", 1])


def test_letting_one_practice_go_leaves_the_others(client, module):
    other = another_practice(module)
    client.post(other, fields(client.get(other)) | {"text": "words of the other"})
    answer(client, 1, HERON)
    let_go(client)
    assert fields(client.get(other))["text"] == "words of the other"
    assert client.cookies["practice"].value


def test_a_window_of_a_visit_that_was_let_go_overwrites_no_newer_one(client):
    answer(client, 1, "old words")
    stale = open_step(client, 1)
    let_go(client)
    answer(client, 1, "new words")
    assert autosave(client, 1, stale | {"text": "old words again", "revision": 9}).status_code == 404
    assert open_step(client, 1)["text"] == "new words"


def test_nothing_saved_while_signing_in_is_lost(client, lea):
    answer(client, 1, "first")
    data = open_step(client, 2)
    before = Client()
    before.cookies = client.cookies.copy()
    client.force_login(lea)
    assert before.post(address(2), data | {"text": "second"}).status_code == 302
    client.post(KEEP_NOW, {"action": "keep"})
    assert [each.text for each in Entry.objects.get().open_kept(Keyring(lea)).answers] == ["first", "second"]


def test_a_practice_taken_back_can_still_be_kept_or_let_go(client, lea):
    do_all(client)
    Practice.objects.update(is_offered=False)
    notice()
    assert "answer 1" in client.get(READ_BACK).content.decode()
    assert keep(client).status_code == 302
    client.force_login(lea)
    client.post(KEEP_NOW, {"action": "keep"})
    assert Entry.objects.get().open_kept(Keyring(lea)).first.text == "answer 1"


def test_deleting_all_words_takes_those_from_before_signing_in(client, lea):
    answer(client, 1, HERON)
    client.force_login(lea)
    prove(client, lea)
    assert client.post(reverse("delete_words"), {"email": lea.email}).status_code == 302
    assert not Visit.objects.exists()
    assert client.cookies["practice"].value == ""
