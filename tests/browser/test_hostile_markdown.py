"""Hostile Markdown runs no script in Chromium, even where no policy would stop it."""

import html

import markdown
import pytest

from lessons.markdown import render
from tests.browser.hostile import PAYLOADS

# Do what a reader could do, short of leaving the page.
PROVOKE = """() => {
  addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && !/^javascript:/.test(link.href?.baseVal ?? link.href)) event.preventDefault();
  }, true);
  for (const element of document.querySelectorAll("body, body *")) {
    for (const name of ["mouseover", "focus", "pointerenter"]) element.dispatchEvent(new Event(name));
    if (element.matches("a, button, summary")) {
      element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    }
  }
}"""


@pytest.fixture
def fires(chromium):
    """Return a function that tells which of some pieces of HTML call ``alert``, each in a page without any policy."""
    context = chromium.new_context()
    context.route("**/*", lambda route: route.abort())

    def tell(pieces):
        page = context.new_page()
        fired = set()
        page.expose_function("alert", lambda number: fired.add(int(number)))
        for number, piece in enumerate(pieces):
            page.set_content(f"<!doctype html><body>{piece.replace('alert(1)', f'alert({number})')}</body>")
            page.evaluate(PROVOKE)
        page.wait_for_timeout(300)
        return fired

    yield tell
    context.close()


def test_no_payload_fires_once_rendered(fires):
    assert [PAYLOADS[number] for number in fires([render(payload).html for payload in PAYLOADS])] == []


def test_the_same_payloads_fire_unsanitised(fires):
    """Without this the test above could go blind."""
    fired = fires([markdown.markdown(payload, extensions=["extra", "admonition"]) for payload in PAYLOADS])
    assert len(fired) > len(PAYLOADS) / 2


def test_words_in_code_stay_words(fires):
    piece = render("`<script>alert(1)</script>`\n\n    <img src=x: onerror=alert(1)>").html
    assert "<script>alert(1)</script>" in html.unescape(piece)
    assert fires([piece]) == set()
