"""The practice of Module 4 from its opening to the journal: as learner, as visitor, by keyboard, by roles."""

import pytest
from playwright.sync_api import expect

from journal.models import Entry
from practices.models import Run
from tests.browser.practising import (
    CHOSEN,
    FIRST,
    PHONE,
    STORED,
    TITLES,
    WAY,
    answer,
    answer_all,
    answers,
    begin,
    expect_page,
    open_as,
    practice,
    press,
    sign_up,
    step_address,
    tab_to,
    wait_for_saved,
)
from tests.keys import key_dir, master_key  # noqa: F401 -- fixtures

CHANGED = "He went quiet. I felt mean."

# Much patience for a busy machine.
expect.set_options(timeout=20_000)

pytestmark = pytest.mark.usefixtures("master_key", "lea")


@pytest.fixture
def writer(reader, lea):
    """A page of Lea's on her phone, at the first step."""
    return open_as(reader, "learner", step_address(1), **PHONE)


def change_the_second_answer(page):
    """Change one answer from where everything is read back."""
    page.get_by_role("link", name="Turn toward it").click()
    expect_page(page, "Step 2 of 5")
    assert page.input_value("[name=text]") == WAY["Step 2 of 5"]
    page.fill("[name=text]", CHANGED)
    press(page, "Back to reading", "Read it back")


def read(page, questions, texts):
    """Return every question on a page with its answer."""
    asked, written = page.locator(questions).all_inner_texts(), page.locator(texts).all_inner_texts()
    return list(zip(asked, written, strict=True))


def expected():
    """Return what is kept of a walk on which the second answer was changed."""
    first, (question, _), *rest = answers()
    return [first, (question, CHANGED), *rest]


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_learner_does_it_all_and_keeps_it(reader, javascript):
    page = open_as(reader, "learner", javascript=javascript, **PHONE)
    answer_all(page)
    assert read(page, ".read-back dt", ".read-back .words") == answers()
    change_the_second_answer(page)
    press(page, "Keep it in my notes", "Done")
    assert page.locator("h1").inner_text() == "It is kept"
    page.get_by_role("link", name="Open it").click()
    page.wait_for_url("**/journal/*/")
    assert read(page, ".asked", ".words") == expected()
    assert Entry.objects.get().draft is None
    assert Run.objects.get().is_kept


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_visitor_does_it_all_then_signs_up_and_finds_it_in_the_journal(reader, javascript):
    page = open_as(reader, "visitor", javascript=javascript, **PHONE)
    answer_all(page)
    change_the_second_answer(page)
    assert read(page, ".read-back dt", ".read-back .words") == expected()
    press(page, "Keep it in a private journal", "Keep it")
    assert not Entry.objects.exists()
    page.get_by_role("link", name="Sign up and keep it").click()
    page.wait_for_url("**/accounts/signup/**")
    sign_up(page)
    assert page.locator("h1").inner_text() == "Keep it in these notes?"
    with page.expect_navigation():
        page.get_by_role("button", name="Keep it in my notes").click()
    assert page.locator("h1").inner_text() == "It is kept"
    reader.go(page, "/journal/")
    assert page.locator(".entry").count() == 1
    page.locator(".entry summary").click()
    page.get_by_role("link", name="Open", exact=True).click()
    page.wait_for_url("**/journal/*/")
    assert read(page, ".asked", ".words") == expected()


def test_the_whole_practice_by_keyboard_alone(reader):
    page = open_as(reader, "learner", **PHONE)
    tab_to(page, f"a[href='{step_address(1)}']")
    page.keyboard.press("Enter")
    expect_page(page, "Step 1 of 5")
    for name, following in zip(WAY, TITLES[1:], strict=True):
        if name == "Step 3 of 5":
            tab_to(page, f"[value='{CHOSEN}']")
            page.keyboard.press("Space")
        tab_to(page, "[name=text]")
        page.keyboard.type("it takes looking first." if name == "Closing" else WAY[name])
        tab_to(page, "[value=on]")
        page.keyboard.press("Enter")
        expect_page(page, following)
        expect(page.locator("h1")).to_be_focused()
    tab_to(page, ".ways .button")
    page.keyboard.press("Enter")
    expect_page(page, "Done")
    tab_to(page, ".ways .button.quiet")
    page.keyboard.press("Enter")
    page.wait_for_url("**/journal/*/")
    assert read(page, ".asked", ".words") == answers()


def test_stopping_and_going_on_by_keyboard(reader, writer):
    page = writer
    page.fill("[name=text]", FIRST)
    tab_to(page, "[value=stop]")
    page.keyboard.press("Enter")
    expect_page(page, "A practice")
    expect(page.locator("h1")).to_be_focused()
    tab_to(page, ".notice .button")
    page.keyboard.press("Enter")
    expect_page(page, "Step 1 of 5")
    assert page.input_value("[name=text]") == FIRST


def test_every_step_says_where_one_is_and_names_its_question(reader, writer):
    for number, step in enumerate(practice().steps_in_order, start=1):
        where = f"Step {number} of 5"
        assert writer.title().startswith(where)
        heading = writer.get_by_role("heading", level=1)
        assert heading.count() == 1
        assert where in heading.inner_text()
        field = writer.get_by_role("group" if step.kind == "choice" else "textbox", name=step.question, exact=True)
        assert field.is_visible()
        assert writer.get_by_role("main").get_by_role("status").count() == 1
        press(writer, "Continue", TITLES[number])
    closing = practice().closing
    assert writer.get_by_role("textbox", name=closing.question, exact=True).is_visible()
    assert writer.get_by_role("heading", level=1).inner_text().startswith("Closing")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_hard_moment_saves_offers_people_and_leads_back(reader, javascript):
    page = open_as(reader, "learner", step_address(4), javascript=javascript, **PHONE)
    answer(page, "Step 4 of 5")
    press(page, "This is hard right now", "A quiet minute")
    someone = page.get_by_role("region", name="Talk to someone now")
    for name, address in {"Call 988": "tel:988", "Text 988": "sms:988"}.items():
        assert someone.get_by_role("link", name=name).get_attribute("href") == address
    page.get_by_role("link", name="Back to where I was").click()
    expect_page(page, "Step 4 of 5")
    assert page.url == reader.site + step_address(4)
    assert page.input_value("[name=text]") == WAY["Step 4 of 5"]


def test_nothing_of_a_visitors_practice_is_stored_in_the_browser(reader):
    page = open_as(reader, "visitor")
    begin(page)
    answer(page, "Step 1 of 5")
    wait_for_saved(page)
    assert page.evaluate(STORED) == '[{},{},[],[],""]'
    press(page, "Stop here for now", "A practice")
    page.get_by_role("link", name="Let it go and begin again").click()
    expect_page(page, "Let it go")
    press(page, "Let it go", "Done")
    assert page.evaluate(STORED) == '[{},{},[],[],""]'
    assert [cookie["name"] for cookie in page.context.cookies()] == ["csrf"]
