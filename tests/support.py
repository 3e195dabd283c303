"""What several tests ask of a page."""

import re


def assert_carries_help(html):
    """Assert that a page has the crisis support once, before its main part, and the disclaimer."""
    assert html.count('aria-label="Crisis support"') == 1
    band = re.search(r'<aside[^>]*aria-label="Crisis support".*?</aside>', html, re.DOTALL)
    assert band, "the crisis support is no <aside>"
    for needed in ('href="tel:988"', 'href="sms:988"', ">US<", "Canada", "local emergency"):
        assert needed in band[0], f"{needed} is not in the band"
    assert " hidden" not in band[0]
    assert band.start() < html.index("<main")
    assert "not therapy, treatment or crisis support" in html
    assert 'href="/disclaimer/"' in html
