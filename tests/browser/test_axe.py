"""axe finds nothing on any page, narrow, in light and in dark, and it would find something if there were."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.reader import PAGES
from tests.browser.test_reading import SMALL_TEXT

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
BARRIERS = """
<!doctype html><html><head></head><body>
<h3>Late heading</h3><img src="data:,"><input><a href="#"></a>
<p style="color: #aaa; background: #fff">Faint</p>
</body></html>
"""


def violations(page):
    """Return what axe finds: each rule with the elements that break it."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_has_no_violation(reader, path):
    page = reader.open(path, width=320, reduced_motion="reduce")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert violations(page) == [], theme


def test_opened_answers_have_no_violation(reader):
    page = reader.open("/questions/", width=320, reduced_motion="reduce")
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(page) == []


def test_the_editors_pages_have_no_violation(reader, alice, module):
    page = reader.open(reduced_motion="reduce")
    reader.sign_in(page)
    for path in ("", "lessons/module/", "safety/helpline/", f"lessons/module/{module.pk}/change/"):
        reader.go(page, f"/admin/{path}")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert violations(page) == [], f"{path} in {theme}"
        assert page.evaluate(SMALL_TEXT) == [], path
    # While axe measures form fields it writes style attributes, which the policy refuses.
    reader.complaints.clear()


def test_barriers_are_found(chromium):
    page = chromium.new_page()
    page.set_content(BARRIERS)
    found = {rule for rule, _ in violations(page)}
    page.close()
    assert {"color-contrast", "document-title", "html-has-lang", "image-alt", "label", "link-name", "region"} <= found
