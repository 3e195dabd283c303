"""Addresses and forms that nobody was given: a clear page, the words kept, crisis support there."""

import pytest
from django.urls import reverse

from journal.models import Entry
from practices.models import Practice, Run, Step
from tests.practices.doing import SLUG, address, answer, autosave, decision, fields, notice, open_step
from tests.support import assert_carries_help

pytestmark = pytest.mark.usefixtures("course", "master_key")

NUMBERS = [0, 6, 99, 10**30]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("name", ["practices:step", "practices:hard"])
def test_a_step_out_of_range_is_not_there(learner, client, name, number):
    for someone in (learner, client):
        response = someone.get(reverse(name, args=[SLUG, number]))
        assert response.status_code == 404
        assert_carries_help(response.content.decode())


@pytest.mark.parametrize("number", NUMBERS)
def test_an_answer_to_a_step_out_of_range_comes_back(learner, client, number):
    for someone in (learner, client):
        response = someone.post(reverse("practices:step", args=[SLUG, number]), {"text": "my words", "key": "none"})
        page = response.content.decode()
        assert response.status_code == 404
        assert "\nmy words</textarea>" in page
        assert_carries_help(page)
    assert not Entry.objects.exists()


def test_a_step_of_another_practice_keeps_the_words(learner, module):
    other = Practice.objects.create(module=module, slug="other", title="Other", minutes_from=1, minutes_to=2)
    Step.objects.create(practice=other, key="elsewhere", title="Elsewhere", question="Where?")
    notice()
    data = fields(learner.get(reverse("practices:step", args=["other", 1])))
    assert learner.post(address(1), data | {"text": "my words"}).status_code == 302
    page = learner.get(reverse("practices:read-back", args=[SLUG])).content.decode()
    assert "my words" in page
    assert "Where?" in page


@pytest.mark.parametrize("run", ["", "x", "a/b:c", "🌧", "x" * 301, "00000000-0000-4000-8000-000000000000"])
def test_a_forged_run_is_refused_with_the_words(learner, run):
    response = answer(learner, 1, "my words", run=run)
    assert response.status_code == 422
    assert fields(response)["text"] == "my words"
    assert not Entry.objects.exists()
    # The form that came back is a good one.
    assert learner.post(address(1), fields(response)).status_code == 302
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("run", ["", "x", "🌧", "x" * 300])
def test_a_forged_run_of_a_visitor_is_refused_with_the_words(client, run):
    answer(client, 2, "begun")
    response = answer(client, 1, "my words", run=run)
    assert response.status_code == 404
    assert fields(response)["text"] == "my words"
    assert client.post(address(1), fields(response)).status_code == 302


@pytest.mark.parametrize("revision", ["-1", "one", "1.5", "99999999999999999999"])
def test_a_forged_revision_is_refused_with_the_words(learner, revision):
    response = answer(learner, 1, "my words", revision=revision)
    assert response.status_code == 422
    assert fields(response)["text"] == "my words"


def test_someone_elses_draft_is_out_of_reach(learner, client, django_user_model):
    answer(learner, 1, "hers alone")
    hers = Entry.objects.get()
    client.force_login(django_user_model.objects.create_user("ben@example.org", "a long quiet evening"))
    assert client.get(reverse("practices:go-on", args=[hers.pk])).status_code == 404
    data = open_step(client, 1) | {"text": "his words"}
    for begun in ("on", ""):
        response = client.post(address(1), data | {"run": str(hers.pk), "begun": begun, "revision": hers.revision})
        assert response.status_code in (404, 422)
        assert b"hers alone" not in response.content
        assert fields(response)["text"] == "his words"
    hers.refresh_from_db()
    assert hers.revision == 1
    assert Run.objects.count() == 1


def test_a_token_of_somebody_else_begins_nothing(learner, client, django_user_model):
    hers = open_step(learner, 1)
    client.force_login(django_user_model.objects.create_user("ben@example.org", "a long quiet evening"))
    assert client.post(address(1), hers | {"text": "his words"}).status_code == 422
    assert not Entry.objects.exists()


def test_words_begun_as_a_visitor_and_sent_after_signing_in_elsewhere(client, lea):
    data = open_step(client, 1)
    client.force_login(lea)
    response = client.post(address(1), data | {"text": "my words"})
    assert response.status_code == 422
    assert client.post(address(1), fields(response)).status_code == 302
    assert Entry.objects.get().owner == lea


@pytest.mark.parametrize("field", ["key", "question", "from", "to", "action", "chosen", "number", "begun"])
@pytest.mark.parametrize("value", ["", "🌧", "x" * 5000, "../../etc", "\u202e", "-1"])
def test_odd_values_lose_no_words_and_break_nothing(learner, client, field, value):
    for someone in (learner, client):
        response = answer(someone, 1, "my words", **{field: value})
        assert response.status_code in (302, 404, 422)
        if response.status_code != 302:
            assert "my words" in response.content.decode()
        else:
            assert response["Location"].startswith("/practices/two-halves/")


def test_an_empty_form_breaks_nothing(learner, client):
    for someone in (learner, client):
        assert someone.post(address(1), {}).status_code == 302
        for name in ("keep", "let-go"):
            assert someone.post(reverse(f"practices:{name}", args=[SLUG]), {}).status_code in (302, 404)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 40])
def test_keeping_with_a_forged_revision_keeps_nothing_yet(learner, revision):
    answer(learner, 1, "my words")
    sent = decision(learner.get(reverse("practices:read-back", args=[SLUG]))) | {"revision": revision}
    response = learner.post(reverse("practices:keep", args=[SLUG]), sent)
    assert response["Location"] == reverse("practices:read-back", args=[SLUG])
    assert Entry.objects.get().is_draft


def test_a_practice_that_never_was(learner, client):
    for someone in (learner, client):
        for name in ("opening", "closing", "read-back", "keep", "let-go", "done", "worksheet"):
            response = someone.get(reverse(f"practices:{name}", args=["none"]))
            assert response.status_code == 404
            assert_carries_help(response.content.decode())


def test_an_empty_answer_that_saves_by_itself_is_no_mistake(learner, client):
    for someone in (learner, client):
        response = autosave(someone, 1, open_step(someone, 1) | {"text": " "})
        assert response.status_code == 200
        assert response.json()["fields"]["begun"] == ""
    assert not Entry.objects.exists()


def test_more_answers_than_an_entry_holds_are_refused_with_the_words(learner, monkeypatch):
    monkeypatch.setattr("practices.run.MOST_ANSWERS", 2)
    for number in (1, 2):
        assert answer(learner, number, "kept").status_code == 302
    response = answer(learner, 4, "one too many")
    assert response.status_code == 422
    assert fields(response)["text"] == "one too many"
    assert answer(learner, 1, "still to be changed").status_code == 302
