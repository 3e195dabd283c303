"""A link to an answer shows that answer, with JavaScript and without."""

import pytest

from tests.browser.reader import MODULE

ANSWER = "#question-self-pity"

WITH_AND_WITHOUT = pytest.mark.parametrize("javascript", [True, False], ids=["JavaScript", "no JavaScript"])


@WITH_AND_WITHOUT
def test_a_link_opens_its_answer(reader, javascript):
    page = reader.open(MODULE + ANSWER, width=360, javascript=javascript)
    assert page.locator(ANSWER).is_visible()
    top = page.locator(ANSWER).bounding_box()["y"]
    assert 0 <= top < 400, "the answer is out of sight"
    assert page.locator("details.question[open]").count() == 1


@WITH_AND_WITHOUT
def test_a_link_within_the_page_opens_its_answer(reader, javascript):
    page = reader.open(MODULE, javascript=javascript)
    assert page.locator(ANSWER).is_hidden()
    page.goto(reader.site + MODULE + ANSWER)
    assert page.locator(ANSWER).is_visible()


def test_an_answer_gives_its_own_link(reader):
    page = reader.open(MODULE)
    question = page.locator("details.question").nth(1)
    question.locator("summary").click()
    question.get_by_role("link", name="Link to this answer: How does compassion differ from self-pity?").click()
    assert page.url == reader.site + MODULE + ANSWER
    assert page.locator(ANSWER).is_visible()


@pytest.mark.parametrize("hash", ["#nothing", "#%E0%A4%A", "#"])
def test_a_wrong_link_does_no_harm(reader, hash):
    page = reader.open(MODULE + hash)
    assert page.locator("details.question[open]").count() == 0
    assert page.locator(".appearance").is_visible()
