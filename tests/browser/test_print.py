"""A lesson on paper: black on white, whole, with the crisis lines at the foot and nothing that only a screen needs."""

import pytest

from tests.browser.reader import MODULE

ON_SCREEN_ONLY = [
    ".top nav",
    ".contents",
    ".contents-fold",
    ".around",
    ".appearance",
    ".foot .links",
    ".question .link",
]


@pytest.fixture(params=["light", "dark"])
def paper(reader, request):
    """The module as a printer gets it, whatever colours the reader has on the screen."""
    page = reader.open(MODULE, width=700)
    page.get_by_label(request.param.capitalize(), exact=True).check()
    page.emulate_media(media="print")
    return page


def bottom(page, selector):
    box = page.locator(selector).bounding_box()
    return box["y"] + box["height"]


def test_the_lesson_is_whole(paper):
    for selector in (".brand .mark", "h1", ".facts", "article", ".diagram svg", ".card", ".disclaimer"):
        assert paper.locator(selector).is_visible(), selector
    assert [each.is_visible() for each in paper.locator(".question .prose").all()] == [True] * 4
    assert paper.locator(".question .prose").first.bounding_box()["height"] > 40


def test_what_only_a_screen_needs_is_gone(paper):
    assert [selector for selector in ON_SCREEN_ONLY if paper.locator(selector).first.is_visible()] == []


def test_the_crisis_lines_stand_at_the_foot(paper):
    assert paper.locator(".crisis").is_visible()
    assert "988" in paper.locator(".crisis").inner_text()
    assert paper.locator(".crisis").bounding_box()["y"] >= bottom(paper, "main")


def test_it_is_black_on_white(paper):
    colours = paper.evaluate("""() => ["body", "h1", "article p", "article dt", ".eyebrow", ".crisis", ".crisis a"]
      .map((name) => getComputedStyle(document.querySelector(name)))
      .flatMap((style) => [style.color, style.backgroundColor])""")
    assert set(colours) == {"rgb(0, 0, 0)", "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}


def test_numbers_on_buttons_stay_black(reader):
    page = reader.open("/help/gb/")
    page.emulate_media(media="print")
    style = "getComputedStyle(document.querySelector('.help-button'))"
    assert page.evaluate(f"{style}.color") == "rgb(0, 0, 0)"
    assert page.evaluate(f"{style}.backgroundColor") == "rgba(0, 0, 0, 0)"


def test_a_browser_that_cannot_style_folds_opens_them_to_print(reader):
    page = reader.open(MODULE)
    page.locator("summary:visible").first.click()
    for event, opened in [("beforeprint", 4), ("afterprint", 1)]:
        page.evaluate("event => dispatchEvent(new Event(event))", event)
        assert page.locator(".question[open]").count() == opened


def test_it_really_prints(reader):
    """Chromium makes a document of several pages of it."""
    document = reader.open(MODULE).pdf(format="A4")
    assert document.startswith(b"%PDF")
    assert 3 <= document.count(b"/Type /Page\n") <= 9
