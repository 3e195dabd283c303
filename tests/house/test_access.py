"""Who may open what: every private address, every kind of person, every method.

The list of addresses comes from the URLconf. A new one that is in no table here fails the first test.
"""

import pytest
from django.contrib.auth import get_user_model
from django.urls import URLPattern, get_resolver, reverse

from journal.models import Entry
from practices import weeks
from practices.models import Week, WeeklyPractice
from tests.journal.writing import write
from tests.keys import key_dir, master_key  # noqa: F401 -- fixtures
from tests.practices.doing import answer
from tests.support import sign_in

pytestmark = pytest.mark.usefixtures("course", "master_key")

# Addresses that name an entry. What its owner gets for GET and for POST; everyone else gets 404.
ENTRY = {
    "journal:entry": (200, 405),
    "journal:change": (200, 422),
    "journal:let-changes-go": (405, 302),
    "journal:delete": (200, 302),
    "practices:go-on": (302, 405),
}
# A learner's own pages, which name nobody. What a learner gets; an editor gets 403.
OWN = {
    "journal:home": (200, 405),
    "journal:cover": (405, 302),
    "journal:search": (200, 200),
    "journal:new": (200, 422),
    "journal:calendar": (302, 405),
    "export": (200, 405),
    "import": (200, 422),
    "reminders:settings": (200, 422),
}
# A learner's own pages with a part in them that names nobody.
OWN_PART = {
    "journal:year": (200, 405),
    "journal:month": (200, 405),
    "journal:read-through": (200, 405),
    "my:course": (200, 405),
    "my:read": (200, 403),
    "my:unread": (405, 302),
    "week:today": (200, 405),
    "week:begin": (200, 302),
    "practices:look-back": (200, 405),
    "practices:keep-now": (302, 302),
}
# Addresses that name a learner's week. What its owner gets; everyone else gets 404.
WEEK = {
    "week:overview": (200, 405),
    "week:day": (200, 302),
    "week:across": (200, 302),
    "week:pause": (405, 302),
    "week:go-on": (405, 302),
    "week:end": (200, 302),
    "week:calendar-file": (200, 405),
}
# A practice, open to visitors too: everyone meets their own words there, or none.
PRACTICE = {
    "practices:opening": (200, 405),
    # An empty form that never saw her answer does not wipe it out.
    "practices:step": (200, 409),
    "practices:closing": (200, 302),
    "practices:hard": (200, 405),
    "practices:closing-hard": (200, 405),
    "practices:read-back": (200, 405),
    "practices:keep": (302, 302),
    "practices:let-go": (200, 302),
    "practices:done": (302, 405),
}
# The same, behind a fresh proof: without one both lead to it.
PROVED = {"delete_words": (302, 302), "account_delete": (302, 302)}
# Pages of one's own account, the same for learners and editors. None of them can name another account.
ACCOUNT = {
    "account",
    "preferences",
    "account_change_password",
    "account_email",
    "account_reauthenticate",
    "account_set_password",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_view_recovery_codes",
    "usersessions_list",
}
# Addresses with a part in them that are tested by themselves below.
OTHERS = {"download", "mfa_edit_webauthn", "mfa_remove_webauthn"}
OWN_WORDS = b"A heron of her own"
NO_BROWSER_SENDS = ["put", "patch", "delete", "options", "trace"]


def private_names(resolver=None, prefix=""):
    """Yield the name of every address outside admin whose view asks who someone is."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            if getattr(entry.callback, "login_required", True):
                yield f"{prefix}{entry.name}"
        elif entry.app_name != "admin":
            yield from private_names(entry, f"{entry.namespace}:" if entry.namespace else prefix)


def fingerprint():
    """Return everything about every entry and every user."""
    entries = [tuple(map(str, row)) for row in Entry.objects.order_by("pk").values_list()]
    users = [tuple(map(str, row)) for row in get_user_model().objects.order_by("pk").values_list("pk", "email", "uuid")]
    return entries, users


@pytest.fixture
def entry(learner):
    """A note of Lea's."""
    return write(learner, OWN_WORDS.decode())


@pytest.fixture
def strangers(django_user_model, alice, superuser, entry):
    """Everyone who is not Lea, each signed in on a client of their own."""
    from django.test import Client  # noqa: PLC0415 -- beside its one use

    ben = Client()
    ben.force_login(django_user_model.objects.create_user("ben@example.org", "a long quiet evening"))
    return {"ben": ben, "editor": sign_in(Client(), alice), "superuser": sign_in(Client(), superuser)}


def test_every_private_address_is_in_a_table():
    assert set(private_names()) == {*ENTRY, *OWN, *OWN_PART, *PRACTICE, *WEEK, *PROVED, *ACCOUNT, *OTHERS}


@pytest.mark.parametrize("name", ENTRY)
def test_an_entry_is_its_owners(learner, strangers, client, entry, name):
    address = reverse(name, args=[entry.pk])
    before = fingerprint()
    for stranger in strangers.values():
        for method, owners in (("get", ENTRY[name][0]), ("head", ENTRY[name][0]), ("post", ENTRY[name][1])):
            response = getattr(stranger, method)(address, {"text": "mine now", "revision": 1, "action": "keep"})
            # A method that even the owner may not use tells nobody anything.
            assert response.status_code == 404 or response.status_code == owners == 405
            assert OWN_WORDS not in response.content
    for method in ("get", "post"):
        response = getattr(client, method)(address, {"text": "mine now", "revision": 1})
        # 403 gives the words of someone who was signed out back to them.
        assert response.status_code == (403 if (name, method) == ("journal:change", "post") else 302)
        assert OWN_WORDS not in response.content
        if response.status_code == 302:
            assert response["Location"].startswith(reverse("account_login"))
    assert fingerprint() == before
    assert tuple(getattr(learner, method)(address).status_code for method in ("get", "post")) == ENTRY[name]


@pytest.mark.parametrize("name", ENTRY)
def test_an_entry_that_is_not_there_answers_like_one_of_somebody_else(strangers, entry, name):
    def answer(pk):
        response = strangers["ben"].get(reverse(name, args=[pk]))
        return response.status_code, response.content

    assert answer(entry.pk) == answer("00000000-0000-4000-8000-000000000000")


@pytest.mark.parametrize("name", [*OWN, *PROVED])
def test_own_pages_are_for_learners(learner, strangers, client, entry, name):
    address = reverse(name)
    before = fingerprint()
    expected = (OWN | PROVED)[name]
    for stranger in ("editor", "superuser"):
        for method in ("get", "post"):
            assert getattr(strangers[stranger], method)(address).status_code == 403
    for method in ("get", "post"):
        response = getattr(client, method)(address)
        assert response.status_code in (302, 403)
        assert OWN_WORDS not in response.content
    for someone in (learner, strangers["ben"]):
        assert tuple(getattr(someone, method)(address).status_code for method in ("get", "post")) == expected
    assert OWN_WORDS not in strangers["ben"].get(address).content
    assert fingerprint() == before


def where(name):
    """Return an address of a practice or of one's own course."""
    parts = {"my:course": [], "week:today": [], "journal:year": [2026], "journal:month": [2026, 6]}
    if name in parts:
        return reverse(name, args=parts[name])
    parts = (
        [4]
        if name.startswith(("my:", "week:", "journal:"))
        else ["two-halves", *([1] if name.endswith((":step", ":hard")) else [])]
    )
    return reverse(name, args=parts)


@pytest.fixture
def draft(learner):
    """A practice that Lea is in the middle of."""
    answer(learner, 1, OWN_WORDS.decode())
    return Entry.objects.get(kind="practice")


@pytest.mark.parametrize("name", OWN_PART)
def test_own_pages_with_a_part_are_for_learners(learner, strangers, client, draft, name):
    before = fingerprint()
    for stranger in ("editor", "superuser"):
        for method in ("get", "post"):
            assert getattr(strangers[stranger], method)(where(name)).status_code in (403, 404)
    for method in ("get", "post"):
        assert getattr(client, method)(where(name))["Location"].startswith(reverse("account_login"))
    ben = strangers["ben"]
    for method in ("get", "post"):
        assert OWN_WORDS not in getattr(ben, method)(where(name)).content
    assert fingerprint() == before
    got = tuple(getattr(learner, method)(where(name)).status_code for method in ("get", "post"))
    assert got == OWN_PART[name]


@pytest.mark.parametrize("name", PRACTICE)
def test_a_practice_shows_everyone_their_own_words_or_none(learner, strangers, client, draft, name):
    before = fingerprint()
    for someone in (client, *strangers.values()):
        for method in ("get", "post"):
            data = {"run": str(draft.pk), "begun": "on", "revision": draft.revision, "text": "mine now"}
            response = getattr(someone, method)(where(name), data)
            assert response.status_code in (200, 302, 403, 404, 405, 422)
            assert OWN_WORDS not in response.content
            assert "no-store" in response["Cache-Control"]
    rows = [row for row in fingerprint()[0] if str(draft.pk) in row]
    assert rows == [row for row in before[0] if str(draft.pk) in row]
    assert fingerprint()[1] == before[1]
    got = tuple(getattr(learner, method)(where(name)).status_code for method in ("get", "post"))
    assert got == PRACTICE[name]


@pytest.mark.parametrize("name", WEEK)
def test_a_week_is_its_owners(learner, strangers, client, lea, entry, name):
    week = weeks.begin(lea, WeeklyPractice.objects.get())
    address = reverse(name, args=[week.pk, *([1] if name == "week:day" else [])])
    assert learner.post(reverse("week:day", args=[week.pk, 1]), {"text_0": OWN_WORDS.decode()}).status_code == 302
    before = fingerprint(), Week.objects.values_list().get()
    for stranger in strangers.values():
        for method, owners in zip(("get", "post"), WEEK[name], strict=True):
            response = getattr(stranger, method)(address, {"text_0": "mine now"})
            assert response.status_code == 404 or response.status_code == owners == 405
            assert OWN_WORDS not in response.content
    for method in ("get", "post"):
        assert getattr(client, method)(address, {"text_0": "mine now"}).status_code in (302, 403)
    assert (fingerprint(), Week.objects.values_list().get()) == before
    got = tuple(getattr(learner, method)(address).status_code for method in ("get", "post"))
    assert got == (WEEK[name] if name != "week:day" else (200, 409))


@pytest.mark.parametrize("name", sorted(ACCOUNT))
def test_account_pages_ask_who_someone_is(client, entry, name):
    before = fingerprint()
    for method in ("get", "post"):
        response = getattr(client, method)(reverse(name))
        assert response.status_code == 302
        assert reverse("account_login") in response["Location"] or response["Location"] == "/"
    assert fingerprint() == before


@pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_a_passkey_is_its_owners(client, strangers, lea, name):
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 -- beside its one use

    data = {"name": "Lea's phone", "credential": {}}
    passkey = Authenticator.objects.create(user=lea, type=Authenticator.Type.WEBAUTHN, data=data)
    address = reverse(name, args=[passkey.pk])
    for someone in (client, *strangers.values()):
        for method in ("get", "post"):
            response = getattr(someone, method)(address, {"name": "mine now"})
            assert response.status_code in (302, 404)
            assert OWN_WORDS not in response.content
    assert Authenticator.objects.get(pk=passkey.pk).data["name"] == "Lea's phone"


@pytest.mark.parametrize("way", ["json", "markdown", "page", "nothing"])
def test_taking_everything_along_needs_a_fresh_proof(learner, strangers, client, entry, way):
    address = reverse("download", args=[way])
    assert learner.get(address).status_code == 302
    assert learner.post(address).status_code == 405
    assert strangers["ben"].get(address).status_code == 302
    assert client.get(address)["Location"].startswith(reverse("account_login"))
    for stranger in ("editor", "superuser"):
        assert strangers[stranger].get(address).status_code == 404


@pytest.mark.parametrize("method", NO_BROWSER_SENDS)
def test_methods_that_no_browser_sends_are_refused_everywhere(learner, strangers, client, entry, method):
    before = fingerprint()
    addresses = [reverse(name, args=[entry.pk]) for name in ENTRY] + [reverse(name) for name in (*OWN, *ACCOUNT)]
    for someone in (learner, client, *strangers.values()):
        for address in addresses:
            assert getattr(someone, method)(address).status_code == 405
    assert fingerprint() == before


def test_private_pages_stay_out_of_every_cache(learner, entry):
    addresses = [reverse(name, args=[entry.pk]) for name in ENTRY] + [reverse(name) for name in (*OWN, *ACCOUNT)]
    for address in addresses:
        response = learner.get(address)
        assert "no-store" in response["Cache-Control"]
        assert "public" not in response["Cache-Control"]


def test_what_the_form_may_not_choose_is_ignored(learner, strangers, entry, lea, django_user_model):
    ben = django_user_model.objects.get(email="ben@example.org")
    data = {"text": "still Lea's", "revision": 1, "action": "keep"}
    forged = {"owner": ben.pk, "id": "1", "kind": "practice", "day": "1999-01-01", "kept_revision": 9}
    assert learner.post(reverse("journal:change", args=[entry.pk]), data | forged).status_code == 302
    changed = Entry.objects.get()
    assert (changed.owner, changed.kind, changed.day, changed.kept_revision) == (lea, "note", entry.day, 2)


@pytest.mark.parametrize("revision", ["", "-1", "99999999999999999999", "one", "1.5", "0x1"])
def test_a_forged_revision_is_refused_with_the_words(learner, entry, revision):
    data = {"text": "kept in the box", "revision": revision, "action": "keep"}
    response = learner.post(reverse("journal:change", args=[entry.pk]), data)
    assert response.status_code == 422
    assert "kept in the box" in response.content.decode()


@pytest.mark.parametrize("token", ["", "x", "a/b:c", "🌧", "x" * 301])
def test_a_forged_token_is_refused_with_the_words(learner, entry, token):
    response = learner.post(reverse("journal:new"), {"text": "kept in the box", "revision": 0, "token": token})
    assert response.status_code == 422
    assert "kept in the box" in response.content.decode()
    assert Entry.objects.count() == 1


def test_a_token_of_somebody_else_is_refused(learner, strangers, entry):
    from tests.journal.writing import begin  # noqa: PLC0415 -- beside its one use

    stolen = begin(strangers["ben"])
    response = learner.post(reverse("journal:new"), stolen | {"text": "kept in the box"})
    assert response.status_code == 422
    assert Entry.objects.count() == 1
