"""Everything can be reached by keyboard, in order, and one always sees where one is."""

from itertools import pairwise

import pytest

from tests.browser.reader import LOGIN, MODULE, PAGES

# What the Tab key should stop at: of the choices of one radio group only one.
STOPS = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  const groups = new Set();
  return all.filter((element) => {
    if (!element.checkVisibility() || element.disabled || element.type === "hidden") return false;
    if (element.type !== "radio") return true;
    const first = !groups.has(element.name);
    groups.add(element.name);
    return first;
  }).length;
}"""

WHERE = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getClientRects()[0];
  const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
  return {
    name: element.outerHTML.slice(0, 90),
    position: [...document.querySelectorAll("*")].indexOf(element),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    uncovered: element.contains(top) || Boolean(top?.closest("label")?.contains(element)),
    inside: box.left >= 0 && box.right <= innerWidth,
  };
}"""


@pytest.mark.parametrize("width", [360, 1280])
def test_tab_walks_through_every_page(reader, width):
    for path, page in reader.walk(width=width):
        stops = page.evaluate(STOPS)
        walked = []
        for _ in range(stops + 5):
            page.keyboard.press("Tab")
            place = page.evaluate(WHERE)
            # Between the last stop and the first the focus may be nowhere.
            if place is None:
                continue
            position, name = place.pop("position"), place.pop("name")
            if position in walked:
                break
            walked.append(position)
            assert place == {"outlined": True, "uncovered": True, "inside": True}, f"{name} on {path}"
        assert len(walked) == stops, path
        assert sum(later < earlier for earlier, later in pairwise(walked)) <= 1, f"out of order on {path}"


def test_the_first_stop_skips_to_the_text(reader):
    for path, page in reader.walk(path for path in PAGES.values() if path != LOGIN):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip", path
        assert page.locator(".skip").bounding_box()["y"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main", path
        page.keyboard.press("Tab")
        assert page.evaluate("Boolean(document.activeElement.closest('main, .foot'))"), path


def test_every_question_opens_and_closes_by_keyboard(reader):
    page = reader.open(MODULE)
    questions = page.locator(".question")
    assert questions.count() == 4
    for question in questions.all():
        question.locator("summary").focus()
        page.keyboard.press("Enter")
        assert question.locator(".prose").is_visible()
        page.keyboard.press("Space")
        assert question.locator(".prose").is_hidden()


def test_the_contents_open_by_keyboard_on_a_phone(reader):
    page = reader.open(MODULE, width=360)
    page.locator(".contents-fold summary").focus()
    page.keyboard.press("Enter")
    page.locator(".contents-fold").get_by_text("The six skills of alleviation").click()
    assert page.evaluate("location.hash") == "#the-six-skills-of-alleviation"
    assert page.locator("h2#the-six-skills-of-alleviation").bounding_box()["y"] < 100
