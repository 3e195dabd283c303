"""Taking everything along, bringing it into another account, and deleting it."""

import json
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cft_course.accounts import preferences
from journal import export
from journal.keys.keyring import Keyring
from journal.models import Entry
from journal.words import Answer, Words
from tests.journal.test_list import keep
from tests.journal.writing import change, write
from tests.keys import key_dir, master_key  # noqa: F401 -- fixtures
from tests.support import assert_carries_help

HERON = 'A heron <b>stood</b> & "waited" 🌧️\n\n  in the rain.\u202e'
JUNE = date(2026, 6, 1)

pytestmark = pytest.mark.usefixtures("course", "master_key")


def prove(client, user):
    """Let a client have proved just now who they are."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


@pytest.fixture
def sure(learner, lea):
    """Lea, who has just given her password once more."""
    prove(learner, lea)
    return learner


@pytest.fixture
def ben(django_user_model):
    """Another learner."""
    return django_user_model.objects.create_user("ben@example.org", "a long quiet evening")


def download(client, way, **days):
    """Download everything in one way and return its text."""
    response = client.get(reverse("download", args=[way]), days)
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response.streaming
    return response.getvalue().decode()


def bring(client, text):
    """Bring a file in and return the answer."""
    file = SimpleUploadedFile("notes.json", text if isinstance(text, bytes) else text.encode())
    return client.post(reverse("import"), {"file": file})


def texts_of(owner):
    """Return the kept texts of a learner."""
    ring = Keyring(owner)
    return sorted(each.open_kept(ring).first.text for each in Entry.objects.owned_by(owner) if each.kept)


def full_journal(client, owner, module):
    """Write one of everything."""
    write(client, HERON, question="What was kind today?", module=module.pk)
    write(client, "half a thought", action="later")
    changed = write(client, "the old words")
    change(client, changed, "the new wor", action="later")
    keep(owner, "in June", JUNE, kind=Entry.Kind.DAY)
    preferences.give_name(owner, Keyring(owner), "Lea 🌧️")
    owner.save()


def test_json_has_everything_with_its_questions(sure, lea, module):
    full_journal(sure, lea, module)
    data = json.loads(download(sure, "json"))
    assert data["format"] == "cft-course-journal"
    assert data["version"] == 1
    assert data["complete"] is True
    assert data["account"]["email"] == lea.email
    assert data["account"]["name"] == "Lea 🌧️"
    found = {entry["kept"]["answers"][0]["answer"]: entry for entry in data["entries"] if entry["kept"]}
    assert set(found) == {HERON, "the old words", "in June"}
    assert found[HERON]["kept"]["answers"][0]["question"] == "What was kind today?"
    assert found[HERON]["module"] == {"number": 4, "title": module.title}
    drafts = {entry["draft"]["answers"][0]["answer"] for entry in data["entries"] if entry["draft"]}
    assert drafts == {"half a thought", "the new wor"}


def test_markdown_and_the_page_have_everything(sure, lea, module):
    full_journal(sure, lea, module)
    markdown = download(sure, "markdown")
    for words in (HERON, "What was kind today?", "half a thought", "the old words", "the new wor", "## Monday 1 June"):
        assert words in markdown
    page = download(sure, "page")
    for words in ("&lt;b&gt;stood", "What was kind today?", "half a thought", "the old words", "Monday 1 June 2026"):
        assert words in page
    assert "<b>stood" not in page
    assert_carries_help(page)


@pytest.mark.parametrize("way", list(export.WAYS))
def test_a_range_of_days(sure, lea, way):
    for number in range(5):
        keep(lea, f"words-{number}-", JUNE + timedelta(days=number))
    text = download(sure, way, since="2026-06-02", until="2026-06-03")
    assert [f"words-{number}-" in text for number in range(5)] == [False, True, True, False, False]


def test_more_entries_than_one_reading(sure, lea):
    for number in range(export.CHUNK + 3):
        keep(lea, str(number), JUNE + timedelta(days=number // 7))
    entries = json.loads(download(sure, "json"))["entries"]
    assert len({entry["id"] for entry in entries}) == export.CHUNK + 3


def test_an_empty_journal_is_still_a_whole_file(sure):
    assert json.loads(download(sure, "json"))["entries"] == []
    assert download(sure, "page").rstrip().endswith("</html>")


def test_an_entry_that_cannot_be_opened_is_said_and_stops_nothing(sure, lea):
    broken = keep(lea, "broken", JUNE)
    Entry.objects.filter(pk=broken.pk).update(kept=b"\x01" + bytes(80))
    keep(lea, "whole", JUNE)
    data = json.loads(download(sure, "json"))
    assert data["complete"] is True
    assert sorted(entry.get("cannot_be_opened", False) for entry in data["entries"]) == [False, True]


def test_nobody_elses_words_are_in_it(sure, ben):
    keep(ben, "Ben's own", JUNE)
    for way in export.WAYS:
        assert "Ben" not in download(sure, way)


@pytest.mark.parametrize("name", ["delete_words", "account_delete"])
def test_a_fresh_proof_is_asked_for_before_and_nothing_happens_without(learner, lea, name):
    write(learner, HERON)
    page = learner.get(reverse(name))
    assert page.status_code == 302
    assert "reauthenticate" in page["Location"]
    assert learner.post(reverse(name), {"email": lea.email})["Location"] == reverse(name)
    assert Entry.objects.count() == 1
    assert "reauthenticate" in learner.get(reverse("download", args=["json"]))["Location"]


def test_a_journal_moves_to_another_account_and_is_the_same_there(sure, lea, ben, module, client):
    full_journal(sure, lea, module)
    exported = download(sure, "json")
    client.force_login(ben)
    assert bring(client, exported).status_code == 302
    assert texts_of(ben) == texts_of(lea)
    prove(client, ben)
    here, there = (json.loads(download(each, "json"))["entries"] for each in (sure, client))
    assert [entry | {"id": ""} for entry in here] == [entry | {"id": ""} for entry in there]


def test_bringing_a_file_in_twice_doubles_nothing(sure, lea, ben, module, client):
    full_journal(sure, lea, module)
    exported = download(sure, "json")
    client.force_login(ben)
    for _ in range(2):
        bring(client, exported)
    assert Entry.objects.owned_by(ben).count() == 4
    assert bring(sure, exported).status_code == 302
    assert Entry.objects.owned_by(lea).count() == 4


def whole(**changes):
    """Return a file's text with one entry, with some of it changed."""
    moment = datetime(2026, 6, 1, 12, tzinfo=UTC).isoformat()
    words = {"title": "", "answers": [{"question": "", "answer": "words", "key": ""}]}
    entry = {"id": "8c5c4f5e-4f5b-4a07-9f0c-0f6f5a1f9b11", "kind": "note", "module": None, "day": "2026-06-01"}
    entry |= {"created": moment, "changed": moment, "kept": words, "draft": None}
    data = {"format": "cft-course-journal", "version": 1, "entries": [entry | changes], "complete": True}
    return json.dumps(data)


def answer(text, question=""):
    """Return words as the file holds them."""
    return {"title": "", "answers": [{"question": question, "answer": text, "key": ""}]}


BAD = [
    ("not JSON at all", "no file that was exported"),
    (b"\xff\xfe\x00", "no file that was exported"),
    ("[" * 100_000, "no file that was exported"),
    (whole()[:-2], "no file that was exported"),
    ("[]", "not from this course"),
    (json.dumps({"format": "cft-course-journal", "version": 2}), "newer version"),
    (whole().replace('"complete": true', '"complete": false'), "cut off"),
    (whole(day="2026-13-01"), "Entry 1"),
    (whole(day="0001-01-01"), "Entry 1"),
    (whole(created="0001-01-01T00:00:00+14:00"), "Entry 1"),
    (whole(created="2026-06-01T12:00:00"), "no zone"),
    (whole(kind="secret"), "Entry 1"),
    (whole(id="../../etc"), "Entry 1"),
    (whole(module=7), "Entry 1"),
    (whole(kept=None), "holds no words"),
    (whole(kept=answer("x" * 100_001)), "longer than 100,000"),
    (whole(kept=answer("a\0b")), "NUL"),
    (whole(kept=answer("a\ud800b")), "half of a character"),
    (whole(kept=answer(["a list"])), "no text"),
    (whole(kept={"title": "", "answers": []}), "Entry 1"),
    (whole(kept="words"), "Entry 1"),
    (json.dumps(json.loads(whole()) | {"entries": json.loads(whole())["entries"] * 2}), "same id"),
]


@pytest.mark.parametrize(("text", "told"), BAD, ids=[told for _, told in BAD])
def test_a_file_that_cannot_be_read_is_refused_whole_with_the_reason(learner, text, told):
    response = bring(learner, text)
    page = response.content.decode()
    assert response.status_code == 422
    assert told in page
    assert "There is a problem" in page
    assert not Entry.objects.exists()


def test_a_good_file_comes_in(learner, lea):
    assert bring(learner, whole(kept=answer(HERON))).status_code == 302
    assert texts_of(lea) == [HERON]


def test_no_file_at_all_is_said(learner):
    response = learner.post(reverse("import"))
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


def test_a_large_file_is_read_without_touching_the_disk(learner, lea, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")
    # Larger than any form, so that Django's own handlers would write it to a file.
    text = whole(kept=answer("x" * 90_000)).replace('"complete"', f'"padding": "{"x" * 3_000_000}", "complete"')
    assert bring(learner, text).status_code == 302
    assert Entry.objects.owned_by(lea).count() == 1


def test_a_file_beyond_all_bounds_is_refused_with_help(learner):
    response = bring(learner, b"x" * 25_100_000)
    assert response.status_code == 413
    assert_carries_help(response.content.decode())


def test_deleting_all_words_leaves_the_account(sure, lea, ben):
    write(sure, HERON)
    keep(ben, "Ben's own", JUNE)
    assert sure.post(reverse("delete_words"), {"email": lea.email.upper()}).status_code == 302
    assert not Entry.objects.owned_by(lea).exists()
    assert texts_of(ben) == ["Ben's own"]
    write(sure, "a new beginning")
    assert texts_of(lea) == ["a new beginning"]


def test_the_wrong_address_deletes_nothing(sure, lea):
    write(sure, HERON)
    response = sure.post(reverse("account_delete"), {"email": "ben@example.org"})
    assert response.status_code == 422
    assert "Nothing was deleted" in response.content.decode()
    assert texts_of(lea) == [HERON]


def test_deleting_the_account_takes_everything_and_signs_out_everywhere(sure, lea, django_user_model):
    write(sure, HERON)
    phone = Client()
    phone.force_login(lea)
    Client().post(reverse("account_reset_password"), {"email": lea.email})
    assert any(lea.email in str(session.get_decoded()) for session in Session.objects.all())
    response = sure.post(reverse("account_delete"), {"email": lea.email})
    assert response.status_code == 200
    assert response["Clear-Site-Data"] == '"cookies", "storage", "cache"'
    assert_carries_help(response.content.decode())
    assert not Entry.objects.exists()
    assert not django_user_model.objects.filter(email=lea.email).exists()
    assert phone.get(reverse("journal:home")).status_code == 302
    assert not [session for session in Session.objects.all() if lea.email in str(session.get_decoded())]


def test_words_of_an_entry_are_one_text_and_back():
    words = Words((Answer("a", "b", "c"), Answer(HERON)), "title")
    assert Words.from_text(words.as_text()) == words
