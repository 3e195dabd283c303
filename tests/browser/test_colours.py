"""Light and dark: the reader's choice holds, both lists of dark colours are alike, and all can be read."""

import re

import pytest
from django.conf import settings

TOKENS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()

READABLE, VISIBLE = 4.5, 3
PAIRS = [
    *((text, paper, READABLE) for text in ("ink", "soft", "pine", "clay") for paper in ("paper", "surface")),
    *((text, wash, READABLE) for text in ("ink", "pine", "clay") for wash in ("pine-wash", "clay-wash")),
    ("on-pine", "pine", READABLE),
    ("plum-ink", "plum", READABLE),
    *((shape, paper, VISIBLE) for shape in ("edge", "focus") for paper in ("paper", "surface")),
]


def lists_of_colours():
    """Return each block of tokens.css that sets colours, by its selector, as a dictionary of names and values."""
    blocks = re.findall(r"(:root[^{,]*)\{([^}]*--paper[^}]*)\}", TOKENS)
    return {selector.strip(): dict(re.findall(r"--([\w-]+):\s*(#\w{6})", body)) for selector, body in blocks}


LISTS = lists_of_colours()
THEMES = {"light": LISTS[":root"], "dark": LISTS[':root[data-theme="dark"]']}


def luminance(colour):
    """Return the relative luminance of a colour such as #1f5a52 (WCAG 2.2)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """Return the contrast ratio of two colours."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def paper_of(page):
    """Return the colour of the page's paper as a token would say it."""
    red, green, blue = map(int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor")))
    return f"#{red:02x}{green:02x}{blue:02x}"


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_both_lists_of_dark_colours_are_alike():
    assert len(LISTS) == 3
    assert LISTS[':root:not([data-theme="light"])'] == LISTS[':root[data-theme="dark"]']
    assert LISTS[":root"].keys() == LISTS[':root[data-theme="dark"]'].keys()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_colours_can_be_told_apart(theme, front, back, least):
    assert contrast(THEMES[theme][front], THEMES[theme][back]) >= least


@pytest.mark.parametrize("theme", THEMES)
def test_the_device_decides_at_first(reader, theme):
    page = reader.open("/", color_scheme=theme)
    assert paper_of(page) == THEMES[theme]["paper"]
    assert page.get_by_label("As on this device").is_checked()


@pytest.mark.parametrize(("device", "choice"), [("light", "Dark"), ("dark", "Light")])
def test_a_choice_holds_on_every_page_and_can_be_taken_back(reader, device, choice):
    page = reader.open("/", color_scheme=device)
    page.get_by_label(choice, exact=True).check()
    assert paper_of(page) == THEMES[choice.lower()]["paper"]
    for path in ("/", "/about/"):
        reader.go(page, path)
        assert paper_of(page) == THEMES[choice.lower()]["paper"]
        assert page.get_by_label(choice, exact=True).is_checked()
    page.get_by_label("As on this device").check()
    page.reload()
    assert paper_of(page) == THEMES[device]["paper"]
    assert page.evaluate("localStorage.length") == 0


def test_the_choice_reaches_the_form_controls(reader):
    page = reader.open("/search/", color_scheme="light")
    page.get_by_label("Dark", exact=True).check()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_the_choice_is_there_only_where_it_works(reader):
    assert reader.open("/").locator(".appearance").is_visible()
    assert reader.open("/", javascript=False).locator(".appearance").is_hidden()


def test_nothing_flashes_before_the_choice_is_known(reader):
    """The script that applies the choice runs before the first style sheet, and so before the first paint."""
    page = reader.open("/")
    assert page.evaluate("""
      document.querySelector("script[src]").compareDocumentPosition(document.querySelector("link[rel=stylesheet]"))
        === Node.DOCUMENT_POSITION_FOLLOWING
      && !document.querySelector("script[src]").matches("[async], [defer], [type=module]")
    """)
