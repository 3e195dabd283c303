"""A learner's way through a practice, and what the journal then has of it."""

import pytest
from django.urls import reverse

from journal.keys.keyring import Keyring
from journal.models import Entry
from practices.models import Run, Step
from tests.practices.doing import (
    CLOSING,
    READ_BACK,
    SLUG,
    STEM,
    address,
    answer,
    do_all,
    keep,
    let_go,
    notice,
    open_step,
    practice,
)
from tests.support import CountQueries, assert_carries_help

pytestmark = pytest.mark.usefixtures("course", "master_key")


def draft_of(user):
    """Return the words of the one draft there is."""
    return Entry.objects.get(owner=user, kept=None).open_draft(Keyring(user))


def test_every_page_of_the_way(learner):
    assert learner.get(reverse("practices:opening", args=[SLUG])).status_code == 200
    places = [answer(learner, step, "some words")["Location"] for step in (1, 2, 3, 4, 5, CLOSING)]
    assert places == [*(address(step) for step in (2, 3, 4, 5, CLOSING)), READ_BACK]
    for number in (1, 2, 3, 4, 5):
        page = learner.get(address(number)).content.decode()
        assert f"<title>Step {number} of 5 – CFT Course</title>" in page
        assert page.count("<h1") == 1
        assert f"Step {number} of 5</span>" in page.split("<h1")[1].split("</h1>")[0]
        assert_carries_help(page)


def test_what_is_kept_reads_well_a_year_later(learner, lea):
    do_all(learner)
    response = keep(learner)
    assert response["Location"] == reverse("practices:done", args=[SLUG])
    entry = Entry.objects.get()
    words = entry.open_kept(Keyring(lea))
    assert (entry.kind, entry.module.number, entry.draft) == ("practice", 4, None)
    assert words.title == "The Two Halves of Compassion"
    assert [(each.key, each.text) for each in words.answers] == [
        ("two-halves/moment", "answer 1"),
        ("two-halves/engagement", "answer 2"),
        ("two-halves/what-comes-next", "I attack myself\n\nand then I go quiet"),
        ("two-halves/alleviation", "answer 4"),
        ("two-halves/both-halves", "answer 5"),
        ("two-halves/closing", f"{STEM} it looks first."),
    ]
    assert words.first.question == "In one sentence, what happened?"
    page = learner.get(reverse("journal:entry", args=[entry.pk])).content.decode()
    assert all(each.text.split("\n")[0] in page and each.question in page for each in words.answers)
    run = Run.objects.get()
    assert (run.pk, run.is_kept, run.practice) == (entry.pk, True, practice())
    assert learner.get(response["Location"]).content.decode().count("It is kept") == 1


def test_a_draft_is_sealed_from_the_first_answer_on_and_goes_on_at_the_same_step(learner, lea, client):
    answer(learner, 1, "a heron")
    answer(learner, 2, "it was cold")
    entry = Entry.objects.get()
    assert b"heron" not in bytes(entry.draft)
    assert draft_of(lea).place == "what-comes-next"
    client.force_login(lea)
    response = client.get(reverse("practices:go-on", args=[entry.pk]))
    assert response["Location"] == address(3)
    assert open_step(client, 1)["text"] == "a heron"
    opening = client.get(reverse("practices:opening", args=[SLUG])).content.decode()
    assert f'href="{address(3)}">Go on where I was' in opening
    assert reverse("practices:go-on", args=[entry.pk]) in client.get(reverse("journal:home")).content.decode()


def test_every_step_may_be_left_blank_and_jumped_over(learner, lea):
    for step in (1, 2, 3, 4, 5):
        answer(learner, step)
    assert answer(learner, CLOSING, STEM)["Location"] == READ_BACK
    assert not Entry.objects.exists()
    page = learner.get(READ_BACK).content.decode()
    assert page.count("Left blank, and that is fine.") == 6
    assert answer(learner, 1, to="closing")["Location"] == address(CLOSING)
    assert answer(learner, CLOSING, f"{STEM} it stays.", to="read-back")["Location"] == READ_BACK
    assert keep(learner).status_code == 302
    assert [each.key for each in Entry.objects.get().open_kept(Keyring(lea)).answers] == ["two-halves/closing"]


def test_a_practice_without_a_word_counts_as_done(learner):
    response = let_go(learner)
    assert "It is let go" in learner.get(response["Location"]).content.decode()
    assert Run.objects.get().ended
    assert not Entry.objects.exists()


def test_letting_go_deletes_the_words_and_counts_as_done(learner):
    do_all(learner)
    assert "Let it go?" in learner.get(reverse("practices:let-go", args=[SLUG])).content.decode()
    assert Entry.objects.count() == 1
    let_go(learner)
    assert not Entry.objects.exists()
    run = Run.objects.get()
    assert (run.ended is not None, run.is_kept) == (True, False)
    assert open_step(learner, 1)["text"] == ""


def test_change_leads_back_to_reading(learner, lea):
    do_all(learner)
    page = learner.get(READ_BACK).content.decode()
    assert f'{address(2)}?from=read-back"' in page
    page = learner.get(f"{address(2)}?from=read-back").content.decode()
    assert 'name="from" value="read-back"' in page
    changed = answer(learner, 2, "changed", **{"from": "read-back"})
    assert changed["Location"] == READ_BACK
    assert "changed" in learner.get(READ_BACK).content.decode()


def test_back_and_stop_save_too(learner, lea):
    assert answer(learner, 2, "words on two", action="back")["Location"] == address(1)
    stopped = answer(learner, 3, "words on three", action="stop")
    assert stopped["Location"] == reverse("practices:opening", args=[SLUG])
    words = draft_of(lea)
    assert {each.text for each in words.answers} == {"words on two", "words on three"}
    assert words.place == "what-comes-next"


def test_a_hard_moment_is_saved_and_finds_help_and_the_way_back(learner, lea):
    response = answer(learner, 4, "too much", action="hard")
    assert response["Location"] == reverse("practices:hard", args=[SLUG, 4])
    page = learner.get(response["Location"]).content.decode()
    main = page.split("<main")[1]
    for needed in ('href="tel:988"', 'href="sms:988"', 'href="/help/"', "Feet", "Sounds", "Around you", address(4)):
        assert needed in main
    assert draft_of(lea).answers[0].text == "too much"
    closing = answer(learner, CLOSING, "x", action="hard")
    assert learner.get(closing["Location"]).status_code == 200


def test_again_and_again_and_side_by_side(learner):
    for day in ("first", "second"):
        answer(learner, 1, f"the {day} time")
        keep(learner)
    do_all(learner)
    page = learner.get(reverse("practices:look-back", args=[SLUG])).content.decode()
    assert page.index("the first time") < page.index("the second time")
    assert "answer 1" not in page
    section = page.split("Choose one small moment</h2>")[1].split("</section>")[0]
    assert section.count("<li>") == 2
    assert Run.objects.count() == 3


def test_an_answer_keeps_the_question_it_answered(learner, lea):
    answer(learner, 1, "a heron")
    Step.objects.filter(key="moment").update(question="What has changed?")
    notice()
    page = learner.get(address(1)).content.decode()
    assert "When you wrote this, the question was: <q>In one sentence, what happened?</q>" in page
    answer(learner, 1, "a heron")
    assert draft_of(lea).first.question == "In one sentence, what happened?"
    answer(learner, 1, "a grey heron")
    assert draft_of(lea).first.question == "What has changed?"


def test_a_step_that_is_reworded_while_it_is_answered(learner, lea):
    data = open_step(learner, 1)
    Step.objects.filter(key="moment").update(question="What has changed?")
    notice()
    learner.post(address(1), data | {"text": "a heron"})
    assert draft_of(lea).first.question == "In one sentence, what happened?"


def test_steps_that_change_places_while_one_is_answered(learner, lea):
    data = open_step(learner, 1)
    Step.objects.filter(key="moment").update(position=9)
    notice()
    response = learner.post(address(1), data | {"text": "a heron"})
    assert response["Location"] == address(CLOSING)
    assert draft_of(lea).first.key == "two-halves/moment"
    assert open_step(learner, 5)["text"] == "a heron"


def test_a_step_that_is_deleted_while_it_is_answered(learner, lea):
    data = open_step(learner, 3)
    Step.objects.filter(key="what-comes-next").delete()
    notice()
    response = learner.post(address(3), data | {"text": "more", "chosen": ["I avoid it", "I judge it"]})
    assert response["Location"] == address(3), "the step that came after it"
    page = learner.get(READ_BACK).content.decode()
    assert "I avoid it\nI judge it\nmore" in page
    assert "What do you usually do next?" in page
    keep(learner)
    kept = Entry.objects.get().open_kept(Keyring(lea)).first
    assert (kept.text, kept.question) == ("I avoid it\nI judge it\nmore", "What do you usually do next?")


def test_a_new_step_in_the_middle_of_a_practice(learner, lea):
    answer(learner, 1, "a heron")
    Step.objects.filter(position__gte=2).update(position=9)
    notice()
    Step.objects.create(practice=practice(), position=2, key="new", title="New", kind="sentence", question="And?")
    notice()
    assert "And?" in learner.get(address(2)).content.decode()
    assert "Step 2 of 6" in learner.get(address(2)).content.decode()
    answer(learner, 2, "yes")
    keep(learner)
    assert [each.key for each in Entry.objects.get().open_kept(Keyring(lea)).answers] == [
        "two-halves/moment", "two-halves/new",
    ]  # fmt: skip


def test_a_step_page_asks_five_queries(learner):
    answer(learner, 1, "a heron")
    counts = []
    for step in (1, 2, CLOSING):
        with CountQueries() as count:
            learner.get(address(step))
        counts.append(count.number)
    assert max(counts) <= 5, counts
