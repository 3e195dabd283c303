"""Two windows, late saves, and practices that end somewhere else: nothing acknowledged is lost or overwritten."""

import pytest
from django.test import Client
from django.urls import reverse

from cft_course.accounts import erasure
from journal.keys.keyring import Keyring
from journal.models import Entry
from practices.models import Practice, Run, Step
from tests.practices.doing import (
    CLOSING,
    READ_BACK,
    SLUG,
    STEM,
    address,
    answer,
    autosave,
    decision,
    do_all,
    fields,
    keep,
    let_go,
    notice,
    open_step,
    practice,
)
from tests.support import assert_carries_help

pytestmark = pytest.mark.usefixtures("course", "master_key")


def texts(user):
    """Return every answer of the one draft there is, by the step's key."""
    words = Entry.objects.get(owner=user, kept=None).open_draft(Keyring(user))
    return {each.key.split("/")[1]: each.text for each in words.answers}


def test_two_windows_on_different_steps_add_to_each_other(learner, lea):
    one, two = open_step(learner, 1), open_step(learner, 2)
    learner.post(address(1), one | {"text": "first"})
    learner.post(address(2), two | {"text": "second"})
    assert texts(lea) == {"moment": "first", "engagement": "second"}
    assert Run.objects.count() == 1


@pytest.mark.parametrize("choice", ["both", "mine"])
def test_two_windows_on_one_step_are_a_choice(learner, lea, choice):
    one, two = open_step(learner, 1), open_step(learner, 1)
    learner.post(address(1), one | {"text": "from one"})
    assert autosave(learner, 1, two | {"text": "from two"}).status_code == 409
    response = learner.post(address(1), two | {"text": "from two"})
    page = response.content.decode()
    assert response.status_code == 409
    assert page.count("from one") >= 2
    assert page.count("from two") >= 2
    assert_carries_help(page)
    assert texts(lea) == {"moment": "from one"}
    both, mine = [part.split("</form>")[0] for part in page.split('<form method="post" action="' + address(1))[1:]]
    chosen, expected = {"both": (both, "from one\n\nfrom two"), "mine": (mine, "from two")}[choice]
    assert learner.post(address(1), fields(Page(f'id="answer"{chosen}</form>'))).status_code == 302
    assert texts(lea) == {"moment": expected}


class Page:
    """Enough of a response for ``fields``."""

    def __init__(self, text):
        self.content = text.encode()


def test_a_page_saves_by_itself_again_and_again(learner, lea):
    data = open_step(learner, 1)
    for text in ("a", "a her", "a heron", ""):
        response = autosave(learner, 1, data | {"text": text})
        assert response.status_code == 200
        told = response.json()
        data |= {"revision": told["revision"]} | told["fields"]
    assert texts(lea) == {"moment": ""}
    assert len(told["saved"]) == 5
    assert learner.post(address(1), data | {"text": "a heron after all", "action": "on"}).status_code == 302
    assert texts(lea) == {"moment": "a heron after all"}


def test_a_second_press_changes_nothing(learner, lea):
    data = open_step(learner, 1) | {"text": "a heron"}
    for _ in range(3):
        assert learner.post(address(1), data)["Location"] == address(2)
    assert texts(lea) == {"moment": "a heron"}
    assert Entry.objects.count() == Run.objects.count() == 1


def test_keeping_twice_keeps_once(learner):
    do_all(learner)
    data = decision(learner.get(READ_BACK))
    for _ in range(2):
        response = learner.post(reverse("practices:keep", args=[SLUG]), data)
        assert response["Location"] == reverse("practices:done", args=[SLUG])
    assert Entry.objects.count() == Run.objects.count() == 1


def test_what_changed_since_it_was_read_back_is_read_once_more(learner, lea):
    answer(learner, 1, "a heron")
    seen = decision(learner.get(READ_BACK))
    answer(learner, 2, "later, in another window")
    response = learner.post(reverse("practices:keep", args=[SLUG]), seen, follow=True)
    assert "Please read it once more" in response.content.decode()
    assert Entry.objects.get().is_draft


@pytest.mark.parametrize("ending", ["kept", "let go", "deleted", "all words erased"])
def test_a_window_left_open_after_the_end_gives_its_words_back(learner, lea, ending):
    answer(learner, 1, "a heron")
    data = open_step(learner, 2)
    if ending == "kept":
        keep(learner)
    elif ending == "let go":
        let_go(learner)
    elif ending == "deleted":
        learner.post(reverse("journal:delete", args=[Entry.objects.get().pk]))
    else:
        erasure.erase_writing(lea)
    assert autosave(learner, 2, data | {"text": "more"}).status_code == 404
    response = learner.post(address(2), data | {"text": "more"})
    page = response.content.decode()
    assert response.status_code == 404
    assert ">\nmore</textarea>" in page
    assert "data-unsaved" in page
    assert_carries_help(page)
    assert Entry.objects.filter(kept=None).count() == 0
    assert learner.post(address(2), fields(response)).status_code == 302
    assert texts(lea) == {"engagement": "more"}


def test_signed_out_in_the_middle(learner, lea):
    data = open_step(learner, 3) | {"text": "go quiet", "chosen": ["I avoid it", "I judge it"]}
    learner.logout()
    assert autosave(learner, 3, data).status_code == 403
    response = learner.post(address(3), data)
    page = response.content.decode()
    assert response.status_code == 403
    assert "You are signed out, and your words are here" in page
    assert "\ngo quiet</textarea>" in page
    assert page.count('name="chosen"') == 2
    assert "practice" not in learner.cookies
    learner.force_login(lea)
    assert learner.post(address(3), data).status_code == 302
    assert texts(lea) == {"what-comes-next": "I avoid it\nI judge it\n\ngo quiet"}


def test_an_old_form_gives_the_words_back(lea):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lea)
    response = client.post(address(1), open_step(client, 1) | {"text": "a heron"})
    assert response.status_code == 403
    assert "\na heron</textarea>" in response.content.decode()


def test_a_practice_that_an_editor_takes_back_leaves_its_words(learner, lea):
    answer(learner, 1, "a heron")
    data = open_step(learner, 2)
    Practice.objects.update(is_offered=False)
    notice()
    assert learner.get(address(2)).status_code == 404
    response = learner.post(address(2), data | {"text": "more words"})
    page = response.content.decode()
    assert response.status_code == 404
    assert "\nmore words</textarea>" in page
    assert_carries_help(page)
    kept = learner.post(reverse("journal:new"), fields(Page('id="answer"' + page.split("<form")[1])))
    assert kept.status_code == 302
    entry = Entry.objects.get(kept=None)
    response = learner.get(reverse("practices:go-on", args=[entry.pk]), follow=True)
    assert "not offered any more" in response.content.decode()
    assert "a heron" in response.content.decode()


def test_a_practice_that_is_deleted_leaves_its_words_and_takes_no_one_elses(learner, lea):
    do_all(learner)
    practice().delete()
    notice()
    entry = Entry.objects.get()
    response = learner.get(reverse("practices:go-on", args=[entry.pk]), follow=True)
    assert response.status_code == 200
    assert "answer 1" in response.content.decode()
    assert "answer 1" in learner.post(reverse("journal:search"), {"words": "answer"}).content.decode()


def test_a_practice_of_an_unpublished_module_is_not_there(learner, client, editor, course):
    course.modules.filter(number=4).update(status="preparation")
    notice()
    for address_ in (address(1), READ_BACK, reverse("practices:opening", args=[SLUG])):
        assert learner.get(address_).status_code == 404
        assert editor.get(address_).status_code == 200
    assert learner.get(reverse("practices:worksheet", args=[SLUG])).status_code == 404


def test_a_closing_that_is_only_its_stem_is_blank(learner, lea):
    answer(learner, 1, "a heron")
    answer(learner, CLOSING, f"{STEM} ")
    assert texts(lea) == {"moment": "a heron"}


@pytest.mark.parametrize("who", ["learner", "visitor"])
def test_finishing_without_words_deletes_none_that_were_written_meanwhile(learner, client, who):
    someone = learner if who == "learner" else client
    blank = decision(someone.get(READ_BACK))
    answer(someone, 1, "written in another window")
    where = reverse("practices:let-go", args=[SLUG])
    assert someone.post(where, blank)["Location"] == READ_BACK
    stale = decision(someone.get(where))
    answer(someone, 2, "and more")
    assert someone.post(where, stale)["Location"] == READ_BACK
    page = someone.get(READ_BACK).content.decode()
    assert "written in another window" in page
    assert "and more" in page


def test_nothing_is_called_kept_that_was_deleted(learner):
    do_all(learner)
    keep(learner)
    answer(learner, 1, "the second time")
    sent = decision(learner.get(READ_BACK))
    Entry.objects.get(kept=None).delete()
    response = learner.post(reverse("practices:keep", args=[SLUG]), sent, follow=True)
    assert "nothing here to keep any more" in response.content.decode()
    assert "It is kept" not in response.content.decode()


@pytest.mark.parametrize("kind", [{"kind": "scale"}, {"kind": "pause", "seconds": 60, "rhythm": "quiet"}])
def test_a_step_whose_kind_changes_loses_no_words(learner, lea, kind):
    answer(learner, 1, "written before")
    data = open_step(learner, 2)
    Step.objects.filter(key__in=["moment", "engagement"]).update(**kind)
    notice()
    assert learner.post(address(2), data | {"text": "written meanwhile"}).status_code == 302
    assert open_step(learner, 1)["text"] == "written before"
    answer(learner, 1, "written before")
    assert texts(lea) == {"moment": "written before", "engagement": "written meanwhile"}


def test_the_choice_between_two_answers_to_a_deleted_step_can_be_made(learner, lea):
    one, two = open_step(learner, 3), open_step(learner, 3)
    learner.post(address(3), one | {"text": "from one"})
    Step.objects.filter(key="what-comes-next").delete()
    notice()
    page = learner.post(address(3), two | {"text": "from two"}).content.decode()
    mine = page.split('<form method="post"')[-1]
    assert f'action="{address(3)}"' in mine
    assert learner.post(address(3), fields(Page('id="answer"' + mine))).status_code == 302
    assert texts(lea) == {"what-comes-next": "from two"}
