"""A POST that fails answers with the words still in the box."""

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, connections
from django.test import Client
from django.urls import reverse

from cft_course.accounts import erasure
from journal.keys.keyring import Keyring
from journal.models import Entry
from journal.words import Answer, Words
from tests.journal.writing import begin, change, change_address, write
from tests.support import assert_carries_help

WORDS = 'The "heron" <b>& the rain.\n\nIt stayed.'
SHOWN = "The &quot;heron&quot; &lt;b&gt;&amp; the rain.\n\nIt stayed.</textarea>"

pytestmark = pytest.mark.usefixtures("course", "master_key")


def assert_words_are_back(response, status):
    """Assert that the answer is a page with the words in a form, crisis support, and nothing for a cache."""
    page = response.content.decode()
    assert response.status_code == status
    assert page.count(SHOWN) == 1
    assert "no-store" in response["Cache-Control"]
    assert_carries_help(page)
    assert page.count("<h1") == 1
    return page


def send_again(client, page, path):
    """Send the form of a page as it stands, words and all."""
    fields = {}
    for part in page.split('<input type="hidden" name="')[1:]:
        name, rest = part.split('"', 1)
        fields[name] = rest.split('value="', 1)[1].split('"', 1)[0]
    return client.post(path, fields | {"text": WORDS})


def test_signed_out_while_writing(learner, lea):
    data = begin(learner)
    learner.logout()
    page = assert_words_are_back(learner.post(reverse("journal:new"), data | {"text": WORDS}), 403)
    assert "signed out" in page
    assert not Entry.objects.exists()
    learner.force_login(lea)
    assert send_again(learner, page, reverse("journal:new")).status_code == 302
    assert Entry.objects.get().open_kept(Keyring(lea)).first.text == WORDS


def test_signed_out_while_changing(learner):
    entry = write(learner, "before")
    learner.logout()
    assert_words_are_back(change(learner, entry, WORDS), 403)


def test_an_old_form(lea):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lea)
    data = begin(client)
    page = assert_words_are_back(client.post(reverse("journal:new"), data | {"text": WORDS}), 403)
    assert "once more" in page
    assert send_again(client, page, reverse("journal:new")).status_code == 302
    assert Entry.objects.get().open_kept(Keyring(lea)).first.text == WORDS


def test_signed_in_as_someone_else_meanwhile(learner, django_user_model):
    data = begin(learner)
    ben = django_user_model.objects.create_user("ben@example.org", "a long quiet evening")
    learner.force_login(ben)
    page = assert_words_are_back(learner.post(reverse("journal:new"), data | {"text": WORDS}), 422)
    assert not Entry.objects.exists()
    assert send_again(learner, page, reverse("journal:new")).status_code == 302
    assert Entry.objects.get().owner == ben


def test_the_note_was_deleted_in_another_window(learner):
    entry = write(learner, "before")
    Entry.objects.all().delete()
    page = assert_words_are_back(change(learner, entry, WORDS), 404)
    assert send_again(learner, page, reverse("journal:new")).status_code == 302
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("alias", ["default", "keys"])
def test_a_database_is_away(learner, alias):
    data = begin(learner)

    def away(*args):
        raise OperationalError("away")

    client = Client(raise_request_exception=False)
    client.cookies = learner.cookies
    with connections[alias].execute_wrapper(away):
        page = assert_words_are_back(client.post(reverse("journal:new"), data | {"text": WORDS}), 503)
    assert "Nothing has been lost" in page
    assert send_again(learner, page, reverse("journal:new")).status_code == 302


def test_the_key_is_away(learner, settings):
    entry = write(learner, "before")
    sealed = bytes(Entry.objects.get().kept)
    settings.KEY_DIR.rename(settings.KEY_DIR.with_name("elsewhere"))
    client = Client(raise_request_exception=False)
    client.cookies = learner.cookies
    assert_words_are_back(change(client, entry, WORDS), 503)
    for name, args in (("home", []), ("entry", [entry.pk]), ("change", [entry.pk])):
        response = client.get(reverse(f"journal:{name}", args=args))
        assert response.status_code == 503
        assert_carries_help(response.content.decode())
    assert client.get("/").status_code == 200
    assert client.get("/modules/what-compassion-really-is/").status_code == 200
    assert bytes(Entry.objects.get().kept) == sealed


def test_something_breaks(learner, monkeypatch):
    data = begin(learner)

    def broken(*args, **kwargs):
        raise ValueError("a bug")

    monkeypatch.setattr("journal.saving.save", broken)
    client = Client(raise_request_exception=False)
    client.cookies = learner.cookies
    assert_words_are_back(client.post(reverse("journal:new"), data | {"text": WORDS}), 500)


def test_signed_out_elsewhere_during_the_save_says_that_it_was_saved(learner, monkeypatch):
    data = begin(learner)
    save = Entry.save

    def save_while_signed_out(entry, **kwargs):
        save(entry, **kwargs)
        Session.objects.all().delete()

    monkeypatch.setattr(Entry, "save", save_while_signed_out)
    response = learner.post(reverse("journal:new"), data | {"text": WORDS})
    assert response.status_code == 400
    assert "Saved, and you are signed out" in response.content.decode()
    assert Entry.objects.count() == 1


def test_two_windows_become_a_choice(learner, lea):
    entry = write(learner, "the first words")
    change(learner, entry, "words from elsewhere")
    page = assert_words_are_back(change(learner, entry, WORDS), 409)
    assert "words from elsewhere" in page
    assert Entry.objects.get().open_kept(Keyring(lea)).first.text == "words from elsewhere"


def test_keep_mine(learner, lea):
    entry = write(learner, "the first words")
    change(learner, entry, "words from elsewhere")
    page = change(learner, entry, WORDS).content.decode()
    assert send_again(learner, page, change_address(entry)).status_code == 302
    assert Entry.objects.get().open_kept(Keyring(lea)).first.text == WORDS


def test_keep_both(learner, lea):
    entry = write(learner, "the first words")
    change(learner, entry, "words from elsewhere")
    page = change(learner, entry, WORDS).content.decode()
    assert send_again(learner, page, reverse("journal:new")).status_code == 302
    texts = {each.open_kept(Keyring(lea)).first.text for each in Entry.objects.all()}
    assert texts == {WORDS, "words from elsewhere"}


def test_the_same_words_from_two_windows_are_no_conflict(learner):
    entry = write(learner, "the first words")
    assert change(learner, entry, "the same").status_code == 302
    assert change(learner, entry, "the same").status_code == 302


def test_a_double_click_is_one_note(learner):
    data = begin(learner) | {"text": WORDS}
    first, second = (learner.post(reverse("journal:new"), data) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Entry.objects.count() == 1


def test_pressing_keep_while_an_autosave_is_under_way_keeps(learner, lea):
    data = begin(learner) | {"text": WORDS}
    learner.post(reverse("journal:new"), data | {"action": "later"}, headers={"accept": "application/json"})
    assert learner.post(reverse("journal:new"), data | {"action": "keep"}).status_code == 302
    entry = Entry.objects.get()
    assert entry.open_kept(Keyring(lea)).first.text == WORDS
    assert entry.draft is None


def test_an_autosave_from_an_older_window_changes_nothing(learner, lea):
    entry = write(learner, "the first words")
    change(learner, entry, "newer words")
    headers = {"accept": "application/json"}
    data = {"text": "older words", "action": "later", "revision": entry.revision}
    response = learner.post(change_address(entry), data, headers=headers)
    assert response.status_code == 409
    assert response.json() == {"conflict": True}
    assert Entry.objects.get().open_latest(Keyring(lea)).first.text == "newer words"


def test_nothing_is_half_saved(transactional_db, learner):
    entry = write(learner, "the first words")
    before = Entry.objects.values().get()

    def away(execute, sql, *args):
        if sql.startswith("UPDATE"):
            raise OperationalError("away")
        return execute(sql, *args)

    client = Client(raise_request_exception=False)
    client.cookies = learner.cookies
    with connection.execute_wrapper(away):
        assert_words_are_back(change(client, entry, WORDS), 503)
    assert Entry.objects.values().get() == before


def test_other_answers_and_the_title_survive_a_change_of_the_first(learner, lea):
    entry = write(learner, "first")
    words = Words((Answer("first"), Answer("second", "and?")), "A title")
    Entry.objects.update(kept=entry.seal(Keyring(lea), "kept", words, entry.revision))
    assert change(learner, entry, "changed").status_code == 302
    found = Entry.objects.get().open_kept(Keyring(lea))
    assert [answer.text for answer in found.answers] == ["changed", "second"]
    assert found.title == "A title"


def test_a_save_on_its_way_while_everything_is_erased_says_that_it_was_not_kept(learner, lea, monkeypatch):
    data = begin(learner) | {"text": WORDS}
    save = Entry.save

    def save_after_the_erasure(entry, **kwargs):
        erasure.erase_writing(lea)
        save(entry, **kwargs)

    write(learner, "before")
    monkeypatch.setattr(Entry, "save", save_after_the_erasure)
    assert_words_are_back(learner.post(reverse("journal:new"), data), 404)
    assert not Entry.objects.exists()


def test_another_site_cannot_put_words_into_a_form(lea):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lea)
    response = client.post(reverse("journal:new"), {"text": WORDS}, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert "heron" not in response.content.decode()


@pytest.mark.parametrize("charset", ["utf-16", "latin-1"])
def test_a_form_in_no_charset_of_ours_breaks_nothing(learner, charset):
    content_type = f"application/x-www-form-urlencoded; charset={charset}"
    client = Client(raise_request_exception=False)
    client.cookies = learner.cookies
    response = client.post(reverse("journal:new"), "text=%FF%FE", content_type=content_type)
    assert response.status_code in (400, 422)
    assert_carries_help(response.content.decode())


def test_a_note_keeps_its_module_while_an_editor_has_taken_it_back(learner, module):
    entry = write(learner, "before", module=module.pk)
    type(module).objects.filter(pk=module.pk).update(status="draft")
    assert f'value="{module.pk}" selected' in learner.get(change_address(entry)).content.decode()
    assert change(learner, entry, "after", module=module.pk).status_code == 302
    assert Entry.objects.get().module == module
