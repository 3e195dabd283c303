"""Writing, reading, changing and deleting notes."""

import pytest
from django.urls import reverse

from journal.keys.keyring import Keyring
from journal.models import Entry, Prompt
from tests.journal.writing import begin, change, change_address, write

TEXT = "A heron stood in the rain.\n\n  It did not mind."
HOSTILE = [
    "emoji 🌧️🫶🏽 and 𝔣𝔯𝔞𝔨𝔱𝔲𝔯",
    "right to left \u202eabc\u202c and \u200bzero\u200dwidth\ufeff",
    " spaces before and after \n",
    "\n\nempty lines first",
    "<script>alert(1)</script> & \"quotes\" 'and' {{ settings.SECRET_KEY }}",
    "x" * 100_000,
    "🌧" * 100_000,
    "\x01\x1f control \x7f",
]

pytestmark = pytest.mark.usefixtures("course", "master_key")


def kept_text(entry, owner):
    """Return what is kept in an entry, opened."""
    return Entry.objects.get(pk=entry.pk).open_kept(Keyring(owner)).first.text


def test_a_note_is_kept_and_read(learner, lea):
    entry = write(learner, TEXT)
    assert entry.owner == lea
    page = learner.get(reverse("journal:entry", args=[entry.pk])).content.decode()
    assert TEXT in page
    assert TEXT in learner.get(reverse("journal:home")).content.decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_words_are_kept_exactly(learner, lea, text):
    assert kept_text(write(learner, text), lea) == text


def test_words_in_the_form_of_a_kept_note_are_the_words_kept(learner):
    text = "\n<b>first</b> line is empty\n"
    page = learner.get(change_address(write(learner, text))).content.decode()
    shown = page.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0]
    # HTML drops one newline right after the tag.
    assert shown == "\n" + text.replace("<", "&lt;").replace(">", "&gt;")


def test_line_ends_are_made_alike(learner, lea):
    assert kept_text(write(learner, "one\r\ntwo\r\n"), lea) == "one\ntwo\n"


def test_a_note_can_be_about_a_module_and_answer_a_question(learner, lea, module):
    prompt = Prompt.objects.create(text="What was kind today?")
    page = learner.post(reverse("journal:new"), begin(learner) | {"text": "so far", "prompt": prompt.pk})
    html = page.content.decode()
    assert "so far" in html
    assert not Entry.objects.exists()
    entry = write(learner, "The rain.", module=module.pk, question=prompt.text)
    prompt.text = "Something else?"
    prompt.save()
    page = learner.get(reverse("journal:entry", args=[entry.pk])).content.decode()
    assert "What was kind today?" in page
    assert module.title in page


def test_a_changed_note_shows_the_new_words(learner, lea):
    entry = write(learner, "before")
    assert change(learner, entry, "after").status_code == 302
    assert kept_text(entry, lea) == "after"


def test_a_note_saved_for_later_waits_on_any_device(learner, lea, client):
    entry = write(learner, "half a thou", action="later")
    assert entry.kept is None
    client.force_login(lea)
    assert "not finished" in client.get(reverse("journal:home")).content.decode()
    assert "half a thou" in client.get(change_address(entry)).content.decode()
    assert client.get(reverse("journal:entry", args=[entry.pk]))["Location"] == change_address(entry)
    assert change(client, entry, "half a thought").status_code == 302
    assert kept_text(entry, lea) == "half a thought"


def test_unfinished_changes_leave_the_kept_words_alone(learner, lea):
    entry = write(learner, "the old words")
    change(learner, entry, "", action="later")
    change(learner, entry, "the new wor", action="later")
    assert kept_text(entry, lea) == "the old words"
    assert "the new wor" in learner.get(change_address(entry)).content.decode()
    page = learner.get(reverse("journal:entry", args=[entry.pk])).content.decode()
    assert "the old words" in page
    assert "have not finished" in page
    stale = learner.post(reverse("journal:let-changes-go", args=[entry.pk]), {"revision": entry.revision})
    assert stale.status_code == 302
    assert "the new wor" in learner.get(change_address(entry)).content.decode()
    entry.refresh_from_db()
    learner.post(reverse("journal:let-changes-go", args=[entry.pk]), {"revision": entry.revision})
    assert "the old words" in learner.get(change_address(entry)).content.decode()


def test_an_autosave_says_when_and_which_revision(learner):
    headers = {"accept": "application/json"}
    data = begin(learner) | {"text": "as I write", "action": "later"}
    first = learner.post(reverse("journal:new"), data, headers=headers).json()
    assert first["revision"] == 1
    assert len(first["saved"]) == 5
    second = learner.post(first["address"], data | {"text": "as I write on", "revision": 1}, headers=headers).json()
    assert second["revision"] == 2
    assert Entry.objects.count() == 1


def test_a_blank_note_is_gently_refused(learner):
    response = learner.post(reverse("journal:new"), begin(learner) | {"text": "  \n"})
    assert response.status_code == 422
    assert "One is enough" in response.content.decode()
    assert not Entry.objects.exists()


def test_a_note_that_is_too_long_comes_back_whole(learner):
    text = "é" * 100_001
    response = learner.post(reverse("journal:new"), begin(learner) | {"text": text})
    assert response.status_code == 422
    page = response.content.decode()
    assert "1 characters more" in page
    assert text in page
    assert page.count("<title>Error: ") == 1
    assert not Entry.objects.exists()


def test_a_nul_is_taken_out_and_said(learner):
    response = learner.post(reverse("journal:new"), begin(learner) | {"text": "be\0fore"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "NUL" in page
    assert "before" in page
    assert "\0" not in page


def test_half_a_character_cannot_break_anything(learner, lea):
    data = "&".join(f"{name}={value}" for name, value in begin(learner).items()) + "&action=keep&text=a%ED%A0%80b"
    response = learner.post(reverse("journal:new"), data, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 302
    assert kept_text(Entry.objects.get(), lea).startswith("a\ufffd")


def test_deleting_asks_first_and_then_it_is_gone(learner):
    entry = write(learner, TEXT)
    address = reverse("journal:delete", args=[entry.pk])
    assert "Delete this note?" in learner.get(address).content.decode()
    assert Entry.objects.exists()
    assert learner.post(address).status_code == 302
    assert not Entry.objects.exists()
    assert learner.get(reverse("journal:entry", args=[entry.pk])).status_code == 404


def test_words_are_covered_until_the_learner_prefers_otherwise(learner, lea):
    write(learner, TEXT)
    assert '<details class="entry">' in learner.get(reverse("journal:home")).content.decode()
    learner.post(reverse("journal:cover"), {"show": "all"})
    assert '<details class="entry" open>' in learner.get(reverse("journal:home")).content.decode()
    learner.post(reverse("journal:cover"), {"show": "none"})
    assert '<details class="entry">' in learner.get(reverse("journal:home")).content.decode()


def test_an_editor_keeps_no_journal(editor, learner):
    entry = write(learner, TEXT)
    response = editor.get(reverse("journal:home"))
    assert response.status_code == 403
    assert "sign up a second time" in response.content.decode()
    assert editor.get(reverse("journal:entry", args=[entry.pk])).status_code == 404


def test_no_title_and_no_address_holds_words(learner):
    entry = write(learner, "A heron stood in the rain")
    for name, args in (("home", []), ("entry", [entry.pk]), ("change", [entry.pk]), ("delete", [entry.pk])):
        page = learner.get(reverse(f"journal:{name}", args=args)).content.decode()
        title = page.split("<title>")[1].split("</title>")[0]
        assert "heron" not in title
