"""The crisis support is there to be seen and tapped, whatever the device shows or leaves out."""

import pytest

from tests.browser.reader import MODULE

WAYS_TO_LOOK = {
    "plain": {},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "no JavaScript": {"javascript": False},
}

BEFORE_MAIN = """
document.querySelector("main").compareDocumentPosition(document.querySelector(".crisis"))
  === Node.DOCUMENT_POSITION_PRECEDING
"""


def assert_can_be_tapped(page):
    """Assert that the band and its two numbers are in sight, and large enough for a thumb."""
    for number in ("tel:988", "sms:988"):
        link = page.locator(f".crisis a[href='{number}']")
        assert link.is_visible()
        box = link.bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 44
    for words in ("988", "US", "Canada", "local emergency"):
        assert words in page.locator(".crisis").inner_text()


def test_it_is_the_first_thing_on_a_phone(reader):
    for path, page in reader.walk(width=360):
        assert_can_be_tapped(page)
        band = page.locator(".crisis").bounding_box()
        assert (band["x"], band["y"], band["width"]) == (0, 0, 360), path
        assert 44 <= band["height"] <= 100, path
        assert band["height"] <= page.locator("main").bounding_box()["y"], path
        assert page.evaluate(BEFORE_MAIN), path


@pytest.mark.parametrize("way", WAYS_TO_LOOK.values(), ids=WAYS_TO_LOOK)
@pytest.mark.parametrize("width", [320, 1280])
def test_it_is_there_however_one_looks(reader, way, width):
    assert_can_be_tapped(reader.open(MODULE, width=width, **way))


def test_it_is_there_on_paper(reader):
    page = reader.open(MODULE)
    page.emulate_media(media="print")
    assert_can_be_tapped(page)


def test_it_is_there_without_any_style(reader, chromium):
    page = chromium.new_page()
    page.route("**/*.css", lambda route: route.abort())
    page.goto(f"{reader.site}/")
    assert page.locator(".crisis").bounding_box()["height"] > 0
    assert page.locator("a[href='tel:988']").is_visible()
    page.context.close()


def test_its_numbers_stand_out_when_colours_are_forced(reader):
    page = reader.open("/", forced_colors="active")
    style = "getComputedStyle(document.querySelector('.crisis .call'), '::before')"
    assert page.evaluate(f"parseFloat({style}.borderTopWidth)") >= 1
    assert page.evaluate(f"{style}.borderTopColor") != page.evaluate(
        "getComputedStyle(document.querySelector('.crisis')).backgroundColor"
    )


def test_the_last_page_looks_like_the_others(reader):
    """The page for a broken site stands alone: it is served here as it would be then."""
    from django.template.loader import render_to_string  # noqa: PLC0415 -- needs nothing else of Django

    page = reader.open("/", width=360)
    page.route("**/about/", lambda route: route.fulfill(body=render_to_string("500.html"), content_type="text/html"))
    reader.go(page, "/about/")
    assert "went wrong" in page.title()
    assert_can_be_tapped(page)
    assert page.locator(".crisis").bounding_box()["height"] <= 100
