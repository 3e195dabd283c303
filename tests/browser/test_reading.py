"""Text is large enough, lines are short enough, and nothing has to be scrolled sideways."""

from tests.browser.reader import MODULE

WIDTHS = [320, 360, 600, 768, 900, 1280, 1920]

# What reaches beyond the window, unless it lies in something that scrolls by itself or is kept out of sight.
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  const seen = [...document.querySelectorAll("body *")].filter((element) => element.checkVisibility());
  const wide = seen.filter((element) => element.getBoundingClientRect().right > room + 1 && !element.closest(".table"));
  if (document.documentElement.scrollWidth > room) wide.unshift(document.documentElement);
  return wide.map((element) => element.outerHTML.slice(0, 90));
}"""

# Words that the edge of their own box hides.
CLIPPED = """() => [...document.querySelectorAll("body *")].filter((element) =>
  element.checkVisibility() && getComputedStyle(element).overflow !== "visible" && !element.closest("svg, select")
  && !["INPUT", "TEXTAREA"].includes(element.tagName)
  && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)
).map((element) => element.outerHTML.slice(0, 90))"""

# WCAG 1.4.12. A sheet made by script is not the page's own and so no matter of its policy.
SPACE_OUT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""

SMALL_TEXT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = [];
  while (walker.nextNode()) {
    const { parentElement: element, data } = walker.currentNode;
    if (!data.trim() || element.closest("svg, script, style") || !element.checkVisibility()) continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < 16) small.push(`${size}px: ${data.trim().slice(0, 40)}`);
  }
  return small;
}"""

# Each paragraph's longest line, counted in characters: words that overlap in height stand on one line.
LONGEST_LINES = """() => [...document.querySelectorAll("main p, main li, main dd, .disclaimer")]
  .filter((block) => block.checkVisibility()).map((block) => {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const lines = [];
    let last = null;
    while (walker.nextNode()) {
      for (const word of walker.currentNode.data.matchAll(/\\S+\\s*/g)) {
        const range = document.createRange();
        range.setStart(walker.currentNode, word.index);
        range.setEnd(walker.currentNode, word.index + word[0].trimEnd().length);
        const box = range.getClientRects()[0];
        if (!box) continue;
        const middle = (box.top + box.bottom) / 2;
        if (last && last.top < middle && middle < last.bottom) {
          lines[lines.length - 1] += word[0];
        } else {
          lines.push(word[0]);
          last = box;
        }
      }
    }
    return lines.map((line) => line.trim()).sort((one, other) => other.length - one.length)[0] ?? "";
  })"""

# Words of headings and labels that do not fit on one line of their place.
BROKEN_WORDS = """() => [...document.querySelectorAll("h1, h2, h3, dt, nav a, .button, summary, legend")]
  .filter((element) => element.checkVisibility()).flatMap((element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const broken = [];
    while (walker.nextNode()) {
      for (const word of walker.currentNode.data.matchAll(/[\\w’]+/g)) {
        const range = document.createRange();
        range.setStart(walker.currentNode, word.index);
        range.setEnd(walker.currentNode, word.index + word[0].length);
        if (range.getClientRects().length > 1) broken.push(word[0]);
      }
    }
    return broken;
  })"""


def test_pages_can_be_read_at_every_width(reader):
    for path, page in reader.walk():
        for width in WIDTHS:
            where = f"{path} at {width}"
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(TOO_WIDE) == [], where
            assert page.evaluate(BROKEN_WORDS) == [], where
            assert page.evaluate(SMALL_TEXT) == [], where
            assert max(map(len, page.evaluate(LONGEST_LINES))) <= 75, where


def test_text_that_the_reader_spaces_out_fits(reader):
    for path, page in reader.walk(width=320):
        page.evaluate(SPACE_OUT)
        assert page.evaluate(TOO_WIDE) + page.evaluate(CLIPPED) == [], path


def test_text_of_twice_the_size_fits(reader):
    for path, page in reader.walk(width=1280):
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('p')).fontSize)") >= 32
        assert page.evaluate(TOO_WIDE) + page.evaluate(CLIPPED) == [], path


def test_the_measures_see_what_they_are_for(reader):
    page = reader.open(MODULE, width=320)
    page.evaluate("""() => {
      document.querySelector("h1").style.width = "900px";
      document.querySelector(".eyebrow").style.fontSize = "15px";
      Object.assign(document.querySelector("article p").style, { fontSize: "3px", maxWidth: "none" });
      Object.assign(document.querySelector(".facts").style, { height: "10px", overflow: "hidden" });
    }""")
    assert "<html" in page.evaluate(TOO_WIDE)[0]
    assert len(page.evaluate(SMALL_TEXT)) == 2
    assert max(map(len, page.evaluate(LONGEST_LINES))) > 75
    assert "facts" in page.evaluate(CLIPPED)[0]
    page.evaluate("document.querySelector('h1').style.width = '40px'")
    assert "Compassion" in page.evaluate(BROKEN_WORDS)
