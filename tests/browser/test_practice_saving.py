"""What is typed in a practice is never lost: from step to step, back and forward, offline, in two windows."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from journal.models import Entry
from tests.browser.practising import (
    FIRST,
    PHONE,
    START,
    TITLES,
    WAY,
    answer,
    expect_page,
    open_as,
    press,
    step_address,
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


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_steps_are_whole_pages_only_without_scripts(reader, javascript):
    page = open_as(reader, "visitor", step_address(1), javascript=javascript)
    page.evaluate("window.isTheFirstPage = true")
    answer(page, "Step 1 of 5")
    press(page, "Continue", "Step 2 of 5")
    press(page, "Continue", "Step 3 of 5")
    assert page.url == reader.site + step_address(3)
    assert page.evaluate("Boolean(window.isTheFirstPage)") is javascript
    press(page, "Back", "Step 2 of 5")
    press(page, "Back", "Step 1 of 5")
    assert page.input_value("[name=text]") == FIRST


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_back_and_forward_of_the_browser_show_each_step_with_its_words(reader, javascript):
    page = open_as(reader, "learner", step_address(1), javascript=javascript)
    for name, following in pairwise(TITLES[:4]):
        answer(page, name)
        press(page, "Continue", following)
    for go, number in [(page.go_back, 3), (page.go_back, 2), (page.go_back, 1), (page.go_forward, 2)]:
        go()
        expect_page(page, f"Step {number} of 5")
        assert page.url == reader.site + step_address(number)
        expect(page.locator("[name=text]")).to_have_value(WAY[f"Step {number} of 5"])


def test_the_browsers_back_loses_nothing_that_was_just_typed(reader, writer):
    press(writer, "Continue", "Step 2 of 5")
    writer.fill("[name=text]", CHANGED)
    with writer.expect_response(lambda response: response.request.method == "POST"):
        writer.go_back()
    expect_page(writer, "Step 1 of 5")
    writer.wait_for_timeout(200)  # A save that came late would note its own address.
    assert writer.url == reader.site + step_address(1)
    writer.fill("[name=text]", FIRST)
    writer.go_forward()
    expect_page(writer, "Step 2 of 5")
    expect(writer.locator("[name=text]")).to_have_value(CHANGED)
    assert writer.url == reader.site + step_address(2)
    writer.go_back()
    expect_page(writer, "Step 1 of 5")
    expect(writer.locator("[name=text]")).to_have_value(FIRST)


def test_a_link_within_the_page_leaves_what_was_typed_alone(writer):
    writer.fill("[name=text]", FIRST)
    writer.locator("main").evaluate("(main) => { main.isTheFirst = true; location.hash = 'main'; }")
    writer.go_back()
    wait_for_saved(writer)
    assert writer.locator("main").evaluate("(main) => main.isTheFirst")
    assert writer.input_value("[name=text]") == FIRST


def test_a_problems_link_leads_to_its_field_and_the_words_stay(reader, writer):
    writer.goto(reader.site + step_address(3))
    writer.evaluate("document.querySelector('[name=chosen]').value = 'Something that is not offered'")
    writer.locator("[name=chosen]").first.check()
    writer.fill("[name=text]", FIRST)
    press(writer, "Continue", "Error: Step 3 of 5")
    expect(writer.get_by_role("alert")).to_be_focused()
    writer.get_by_role("alert").get_by_role("link").click()
    writer.fill("[name=text]", CHANGED)
    wait_for_saved(writer)
    assert writer.title().startswith("Error: Step 3")
    assert writer.input_value("[name=text]") == CHANGED
    reader.complaints.clear()  # The 422 that told it stands on the console.


def test_a_step_saves_by_itself_and_says_so(reader, writer):
    writer.fill("[name=text]", FIRST)
    wait_for_saved(writer)
    assert Entry.objects.count() == 1
    reader.go(writer, step_address(1))
    assert writer.input_value("[name=text]") == FIRST


@pytest.mark.parametrize("who", ["learner", "visitor"])
def test_leaving_a_step_saves_what_was_just_typed(reader, who):
    page = open_as(reader, who, step_address(1))
    page.fill("[name=text]", FIRST)
    wait_for_saved(page)
    page.fill("[name=text]", CHANGED)
    page.goto("about:blank")
    for _ in range(20):
        reader.go(page, step_address(1))
        if page.input_value("[name=text]") == CHANGED:
            break
        page.wait_for_timeout(100)
    assert page.input_value("[name=text]") == CHANGED


@pytest.mark.parametrize("deed", ["press", "wait"])
def test_with_no_connection_the_words_stay_and_the_page_says_so(reader, writer, deed):
    writer.context.set_offline(True)
    writer.fill("[name=text]", FIRST)
    if deed == "press":
        writer.get_by_role("button", name="Continue").click()
    status = writer.get_by_role("main").get_by_role("status")
    expect(status).to_contain_text("still here" if deed == "press" else "Not saved yet: there is no connection.")
    assert writer.input_value("[name=text]") == FIRST
    writer.context.set_offline(False)
    reader.complaints.clear()
    press(writer, "Continue", "Step 2 of 5")
    press(writer, "Back", "Step 1 of 5")
    assert writer.input_value("[name=text]") == FIRST


def test_with_no_connection_the_browsers_back_keeps_the_words_on_the_page(reader, writer):
    press(writer, "Continue", "Step 2 of 5")
    writer.context.set_offline(True)
    writer.fill("[name=text]", CHANGED)
    writer.go_back()
    expect(writer.get_by_role("main").get_by_role("status")).to_contain_text("no connection")
    assert writer.input_value("[name=text]") == CHANGED
    writer.context.set_offline(False)
    reader.complaints.clear()
    press(writer, "Continue", "Step 3 of 5")
    press(writer, "Back", "Step 2 of 5")
    assert writer.input_value("[name=text]") == CHANGED


def test_two_windows_on_one_step_show_both_answers(reader, writer):
    other = writer.context.new_page()
    other.goto(writer.url)
    other.fill("[name=text]", CHANGED)
    wait_for_saved(other)
    writer.fill("[name=text]", FIRST)
    expect(writer.get_by_role("main").get_by_role("status")).to_contain_text("both versions")
    press(writer, "Continue", "Two versions")
    expect(writer.locator("h1")).to_be_focused()
    assert writer.locator(".read-back .words").all_inner_texts() == [FIRST, CHANGED]
    reader.complaints.clear()  # The 409 that told it stands on the console.
    writer.get_by_role("button", name="Keep both, one below the other").click()
    expect_page(writer, "Step 2 of 5")
    press(writer, "Back", "Step 1 of 5")
    assert writer.input_value("[name=text]") == f"{CHANGED}\n\n{FIRST}"


def test_two_windows_on_different_steps_add_to_each_other(reader, writer):
    other = writer.context.new_page()
    other.goto(reader.site + step_address(2))
    for page, name in ((other, "Step 2 of 5"), (writer, "Step 1 of 5")):
        answer(page, name)
    press(other, "Continue", "Step 3 of 5")
    press(writer, "Continue", "Step 2 of 5")
    assert writer.input_value("[name=text]") == WAY["Step 2 of 5"]
    reader.go(writer, f"{START}read-back/")
    assert writer.locator(".words").all_inner_texts() == [WAY["Step 1 of 5"], WAY["Step 2 of 5"]]


def test_signed_out_while_writing_the_words_come_along(reader, writer):
    other = writer.context.new_page()
    other.goto(f"{reader.site}/accounts/logout/")
    with other.expect_navigation():
        other.locator("main button").first.click()
    writer.fill("[name=text]", FIRST)
    writer.get_by_role("button", name="Continue").click()
    expect(writer.locator("h1")).to_have_text("Please look at this once more, then save again")
    assert writer.input_value("[name=text]") == FIRST
    reader.complaints.clear()  # The 403 that told it stands on the console.
