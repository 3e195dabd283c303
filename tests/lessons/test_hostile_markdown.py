"""Whatever an editor pastes, readers get only what a lesson's Markdown can make, and no text keeps a page waiting.

The strings in ``hostile.txt`` were written for this test after well-known lists (OWASP's filter evasion sheet and the
like). The last part measures texts that make Python-Markdown's work grow with the square of their length.
"""

import time
from pathlib import Path

import markdown as python_markdown
import pytest

from lessons import markdown
from lessons.markdown import refusals, render
from lessons.markdown.policy import clean
from tests.lessons.safe_html import faults

PAYLOADS = Path(__file__).with_name("hostile.txt").read_text().split("\n")[:-1]

# Where a payload may stand in a text.
SHAPES = {
    "alone": "{}",
    "indented": "    {}",
    "list item": "- one\n- {}\n\n1. {}",
    "quotation": "> {}",
    "link target": "[x]({})",
    "link target in brackets": "[x](<{}>)",
    "link title": '[x](/help/ "{}")',
    "link text": "[{}](/help/)",
    "reference": "[x][y] and [y]\n\n[y]: {}",
    "reference title": "[x][z]\n\n[z]: /help/ '{}'",
    "image": "![x]({})",
    "image title": '![{}](x "{}")',
    "autolink": "<{}>",
    "email autolink": "<a@example.org{}>",
    "table cell": "| a | b |\n|:--|--:|\n| {} | {} |",
    "table head": "| {} | b |\n|---|---|\n| a | b |",
    "definition": "{}\n:   {}",
    "footnote": "x[^1]\n\n[^1]: {}",
    "footnote label": "x[^{}]\n\n[^{}]: y",
    "call-out title": '!!! note "{}"\n    text',
    "call-out text": "!!! care\n    {}",
    "call-out kind": "!!! {}\n    text",
    "heading": "## {}\n\n### {}",
    "heading underlined": "{}\n---",
    "attribute list": "## x {: {} }\n\nx\n{: {} }",
    "code": "`{}`",
    "code info": "```{}\nx\n```",
    "emphasis": "*{}* **{}** _{}_",
    "diagram": "[diagram: {}]",
}
ABBREVIATION = "*[word]: {}\n*[{}]: y\n\nword {}"


def test_there_are_many_hostile_texts():
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 150


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_leaves_only_what_is_allowed(payload):
    lesson = "\n\n".join(SHAPES.values()).replace("{}", payload)
    assert faults(render(payload).html) == []
    assert faults(render(lesson, prefix="question-x-").html) == []
    assert faults(render(ABBREVIATION.replace("{}", payload)).html) == []


@pytest.mark.parametrize(("name", "shape"), SHAPES.items())
def test_hostile_text_leaves_only_what_is_allowed_in_each_place_by_itself(name, shape):
    for payload in PAYLOADS[::10]:
        source = shape.replace("{}", payload)
        assert (payload, faults(render(source).html)) == (payload, [])
        assert isinstance(refusals(source), list)


def test_all_hostile_text_in_one_lesson_leaves_only_what_is_allowed():
    lesson = "\n\n".join(PAYLOADS)
    assert markdown.refused_at_sight(lesson) == []
    assert faults(render(lesson).html) == []


# The control: the same checks do find what is wrong where nothing is cleaned.


def test_the_check_sees_what_python_markdown_lets_through():
    seen = [payload for payload in PAYLOADS if faults(python_markdown.markdown(payload))]
    assert len(seen) > 200


FAULTY = [
    *("<script>alert(1)</script>", "<img src='x'>", "<svg></svg>", "<h1>x</h1>", "<style></style>", "<form></form>"),
    *('<p onclick="x">x</p>', '<p style="x">x</p>', '<p id="x">x</p>', '<p class="card">x</p>', "<p hidden>x</p>"),
    *('<a href="javascript:alert(1)">x</a>', '<a href="JavaScript:1">x</a>', '<a href="data:123">x</a>'),
    *('<a href="//evil.example">x</a>', r'<a href="/\evil.example">x</a>', '<a href="/&#9;/evil.example">x</a>'),
    *('<a href="java&#10;script:alert(1)">x</a>', '<a href=" /x">x</a>', '<a href="x">x</a>', '<a target="x">x</a>'),
    *('<a href="/x" href="/y">x</a>', '<div class="admonition note card">x</div>', '<li id="x">x</li>'),
    *(
        '<h2 id="x y">x</h2>',
        '<table><tr><td align="x">x</td></tr></table>',
        '<ol start="x"></ol>',
        '<ol start="12345"></ol>',
        "<em>x",
    ),
    *("<p>x", "x</p>", "<p><em>x</p></em>", "<!-- x -->", "<!doctype html>", "<?x?>", "x < y", "a\x02b"),
]


@pytest.mark.parametrize("html", [*FAULTY, '<h2 id="x">x</h2><h3 id="x">y</h3>'])
def test_the_check_finds_each_fault(html):
    assert faults(html) != []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_cleaners_alone_hold_against_raw_html(payload):
    assert faults(clean(payload)) == []
    assert faults(clean(python_markdown.markdown(payload))) == []


def test_the_cleaners_alone_hold_against_each_fault():
    for html in FAULTY:
        assert faults(clean(html)) == []


def test_the_check_finds_nothing_in_good_html():
    good = '<h2 id="x">x &lt; y</h2><p><a href="/x" title="&lt;">x</a><br>y</p><ol start="3"><li id="fn:a">x</li></ol>'
    assert faults(good) == []


# The vectors of docs on Markdown's own syntax, with what becomes of each.


@pytest.mark.parametrize(
    "target",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript:123", "data:123", "data:text/html,x", "vbscript:x"),
        *(
            "&#106;avascript:alert(1)",
            "&#x6a;avascript:alert(1)",
            "javascript&colon;alert(1)",
            "javascript&#58;alert(1)",
        ),
        *("java&#9;script:alert(1)", "java&Tab;script:alert(1)", "java&#10;script:alert(1)", "java&NewLine;script:1"),
        *("java\tscript:alert(1)", "java\nscript:alert(1)", " javascript:alert(1)", "\x01javascript:alert(1)"),
        *("//evil.example", "///evil.example", r"/\evil.example", r"\\evil.example", "/&#9;/evil.example", "/\t/evil"),
        *("/&#10;/evil.example", "/&#92;evil.example", "&#47;&#47;evil.example", "https:", "mailto:", "page", "?q=x"),
    ],
)
def test_a_link_that_may_not_be_shown_leads_nowhere_and_is_refused(target):
    for source in (f"[x]({target})", f"[x](<{target}>)", f"[x][y]\n\n[y]: <{target}>"):
        assert "href" not in render(source).html
    assert refusals(f"[x](<{target}>)")


@pytest.mark.parametrize(
    "text", ["<javascript:alert(1)>", "<JAVASCRIPT:alert(1)>", "<data:text/html,x>", "<vbscript:x>"]
)
def test_an_autolink_of_another_scheme_is_text_and_is_refused(text):
    assert "<a" not in render(text).html
    assert refusals(text)


@pytest.mark.parametrize(
    "text",
    ["![](https://tracker.example/)", '![x](x "onerror=alert(1)")', "![x][y]\n\n[y]: /x", '![" onerror="x](x)'],
)
def test_a_picture_is_never_fetched_and_is_refused(text):
    assert "<img" not in render(text).html
    assert refusals(text)


@pytest.mark.parametrize(
    "text", ["## x {: onclick=alert(1) }", "x\n{: #main .card }", "[x](/y){: onclick=x }", "{#main}"]
)
def test_an_attribute_list_is_text(text):
    html = render(text).html
    assert faults(html) == []
    assert "{" in html


@pytest.mark.parametrize(
    "shape",
    ["{}", "| {} |\n|---|\n| {} |", "x[^1]\n\n[^1]: {}", "```{}\nx\n```", "- {}", "> {}", "x\n:   {}", "## {}", "*{}*"],
)
@pytest.mark.parametrize("tag", ["<b>", "</b>", "<script>", "<img src=x onerror=alert(1)>", "<!-- x -->", "<?x?>"])
def test_raw_html_is_shown_as_typed(shape, tag):
    html = render(shape.replace("{}", tag)).html
    assert faults(html) == []
    assert tag.replace("<", "&lt;").replace(">", "&gt;").partition("--")[0] in html


def test_placeholders_of_the_parser_cannot_be_forged():
    for text in ("\x02wzxhzdk:0\x03", "\x02klzzwxh:0000\x03 `x`", "&#2;klzzwxh:0000&#3; `x`", "klzzwxh:0000 `x`"):
        assert faults(render(text).html) == []


# Texts that are made to keep a server busy.


def _full(unit):
    """Return the unit again and again, up to the length that a text may have."""
    return (unit * (markdown.LONGEST_SOURCE // len(unit) + 1))[: markdown.LONGEST_SOURCE]


def _lines_of(unit, width=400, between="\n"):
    return _full(unit * (width // len(unit)) + between)


def _counted(line, before=""):
    """Return a line again and again, with a number in it."""
    lines = [before]
    length = len(before)
    for number in range(markdown.LONGEST_SOURCE):
        lines.append(line.format(number))
        length += len(lines[-1])
        if length > markdown.LONGEST_SOURCE:
            break
    return "".join(lines[:-1])


def _stairs(line, levels):
    return _full("".join("    " * level + line for level in range(levels)))


UNITS = ["[", "*a", "`", "_", "![", "[a](", " [", "<", '"', "&", "<a@b.c> "]
LINES = ["a\n\n", "- a\n", "## a\n", "1. a\n\n", "a\n=\n", "!!! note\n", "> a\n"]
SLOW = {
    "one long line": _full("["),
    **{f"short lines of {unit}": _lines_of(unit, 80) for unit in UNITS},
    **{f"paragraphs of {unit}": _lines_of(unit, 400, "\n\n") for unit in UNITS},
    **{f"lines {line!r}": _full(line) for line in LINES},
    "nested quotations on one line": _full(">" * 4_900 + "a\n"),
    "nested quotations": _full("> " * 30 + "a\n\n"),
    "nested lists": _stairs("- a\n", 50),
    "nested lists as deep as allowed": _stairs("- a\n\n", 10),
    "nested numbers on one line": _full("1. " * 1_600 + "a\n"),
    "nested definitions": _stairs("a\n\n:   b\n\n", 40),
    "nested definitions on one line": _full(":   " * 1_200 + "a\n"),
    "nested call-outs": _stairs("!!! note\n\n", 40),
    "nested call-outs as deep as allowed": _stairs("!!! note\n", 10),
    "many footnotes": _counted("a[^{0}]\n\n[^{0}]: b\n\n"),
    "many notes in one paragraph": _counted("[^{}]: b\n", "a[^1]\n\n"),
    "one footnote many times": "[^1]: b\n\n" + _full("a[^1] b\n")[:-100],
    "many definitions of links": _counted("[a{}]: /b\n"),
    "many links by reference": _counted("[a{0}]\n\n[a{0}]: /b\n\n"),
    "one long address many times": "[a]: /" + "b" * 4_900 + "\n\n" + "[a], " * 2_000,
    "many abbreviations": _counted("*[a{}]: b\n\n"),
    "an abbreviation for every word": "*[a]: b\n\n" + _full("a " * 99 + "\n\n")[:-100],
    "a long explanation for every word": "*[a]: " + "b" * 4_900 + "\n\n" + "a " * 499,
    "a wide table": "|" + "a|" * 2_400 + "\n|" + "-|" * 2_400 + "\n" + "a\n" * 90_000,
    "a long table": "|a|b|\n|-|-|\n" + "|a|b|\n" * 30_000,
    "many tables": _full("|a|b|\n|-|-|\n|a|b|\n\n"),
    "many tables of contents": _full("## a\n\n[TOC]\n\n"),
}


def _longest_accepted(source):
    """Return about as much of the source as is not refused."""
    length = len(source)
    while markdown.refused_at_sight(source[:length]):
        length = min(length * 3 // 4, 40_000)
    return source[:length]


@pytest.mark.parametrize("source", SLOW.values(), ids=SLOW.keys())
def test_no_text_keeps_the_server_busy(source):
    accepted = _longest_accepted(source)
    began = time.process_time()
    found, rendered = refusals(source), render(source)
    assert all(str(refusal).endswith(".") for refusal in found)
    assert len(rendered.html) < 2 * markdown.LONGEST_HTML
    rendered = render(accepted)
    assert time.process_time() - began < 5
    assert len(rendered.html) < 2 * markdown.LONGEST_HTML


def test_a_text_nested_beyond_what_python_can_follow_is_refused_and_shown_as_words():
    source = "-   " * 700
    assert [str(found) for found in refusals(source)] == ["This text is nested too deeply. Please use fewer levels."]
    assert render(source).html.startswith("<p>-   -   -")


def test_a_refused_text_is_shown_as_plain_words():
    rendered = render("<b>\x00 & **words** " + "[" * 6_000)
    assert rendered.html.startswith("<p>&lt;b&gt; &amp; **words** [[[")
    assert (rendered.headings, rendered.words) == ((), 2)
    assert faults(rendered.html) == []


def test_a_text_beyond_the_longest_is_cut():
    rendered = render("a" * 3 * markdown.LONGEST_SOURCE)
    assert len(rendered.html) == markdown.LONGEST_SOURCE + len("<p></p>")


def test_ordinary_long_texts_are_not_refused(module):
    lesson = module.body.replace("[^gilbert]", "").replace("[diagram: two-psychologies]", "")
    assert refusals("\n\n".join([lesson] * 10)) == []
    table = "| a | b | c | d |\n|---|---|---|---|\n" + "| one | two | three | four |\n" * 100
    assert refusals(table) == []
