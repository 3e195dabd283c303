"""What a lesson's Markdown becomes, and what an editor is told about the rest."""

import re

import pytest
from django.core.cache import caches

from lessons import markdown
from lessons.markdown import Heading, refusals, render, rendering, safe_url
from tests.lessons.safe_html import faults


@pytest.fixture(autouse=True)
def _no_rendered_text():
    caches["markdown"].clear()


def told(source):
    """Return what an editor is told about a text, as (line, first words of the reason)."""
    return [(refusal.line, " ".join(refusal.reason.split()[:4])) for refusal in refusals(source)]


# What renders.


def test_a_paragraph_with_emphasis_and_a_line_break():
    assert render("One *two* **three**  \nfour `five`").html == (
        "<p>One <em>two</em> <strong>three</strong><br>\nfour <code>five</code></p>"
    )


def test_a_definition_list():
    html = render("Empathy\n:   Grasping the pain.\n\nSympathy\n:   Being *moved*.").html
    assert re.sub(r"\n", "", html) == (
        "<dl><dt>Empathy</dt><dd>Grasping the pain.</dd><dt>Sympathy</dt><dd>Being <em>moved</em>.</dd></dl>"
    )


def test_a_footnote_and_the_way_back_from_it():
    html = render("Fact.[^gilbert] Again.[^gilbert]\n\n[^gilbert]: A *source*.").html
    assert '<sup id="fnref:gilbert"><a class="footnote-ref" href="#fn:gilbert">1</a></sup>' in html
    assert '<div class="footnote">\n<hr>\n<ol>\n<li id="fn:gilbert">\n<p>A <em>source</em>.' in html
    assert '<a class="footnote-backref" href="#fnref:gilbert" title="Back to the text of note 1">↩</a>' in html
    assert 'href="#fnref2:gilbert"' in html


def test_a_table_with_aligned_columns_that_scrolls_by_keyboard():
    html = render("| a | b | c | d |\n|:--|--:|:-:|---|\n| 1 | 2 | 3 | 4 |").html
    assert html.startswith('<div class="table" role="group" aria-label="Table" tabindex="0"><table>')
    assert html.endswith("</table></div>")
    assert re.findall(r"<t[hd]\b[^>]*>", html) == [
        *('<th align="left">', '<th align="right">', '<th align="center">', "<th>"),
        *('<td align="left">', '<td align="right">', '<td align="center">', "<td>"),
    ]


def test_smart_quotes_dashes_and_an_ellipsis():
    assert render("\"Hi,\" it's 'so' -- or---so...").html == "<p>“Hi,” it’s ‘so’ – or—so…</p>"


@pytest.mark.parametrize("kind", ["note", "care"])
def test_a_call_out_with_a_title_and_blocks(kind):
    html = render(f'!!! {kind} "A *lens*"\n    Text.\n\n    1. One\n    2. Two').html
    assert html.startswith(
        f'<div class="admonition {kind}">\n<p class="admonition-title">A <em>lens</em></p>\n<p>Text.</p>\n<ol>'
    )


def test_a_call_out_without_a_title_is_named_by_its_kind():
    assert '<p class="admonition-title">Care</p>' in render("!!! care\n    Text.").html


def test_a_diagram_has_a_title_and_a_description():
    html = render("Before\n\n[diagram: two-psychologies]\n\nAfter").html
    names = re.search(r'<svg [^>]*role="img" aria-labelledby="([^"]+)"', html)[1].split()
    assert len(names) == 2
    assert re.search(rf'<title id="{names[0]}">[^<]+</title>', html)
    assert re.search(rf'<desc id="{names[1]}">[^<]{{50,}}</desc>', html)
    assert "[diagram" not in html


def test_the_same_diagram_on_one_page_twice_has_ids_of_its_own():
    page = render("[diagram: two-psychologies]").html + render("[diagram: two-psychologies]", prefix="practice-").html
    names = re.findall(r' id="([^"]+)"', page)
    pointed = " ".join(re.findall(r'aria-labelledby="([^"]+)"', page)).split()
    assert len(set(names)) == len(names) == 4
    assert names == pointed


def test_a_diagram_is_shown_once_in_a_text():
    assert render("[diagram: two-psychologies]\n\n[diagram: two-psychologies]").html.count("<svg") == 1


def test_an_abbreviation_is_explained():
    assert render("*[CFT]: A therapy\n\nCFT is").html == '<p><abbr title="A therapy">CFT</abbr> is</p>'


def test_a_numbered_list_begins_where_its_author_says():
    assert render("3. three\n4. four").html.startswith('<ol start="3">')


@pytest.mark.parametrize(
    "target",
    [
        *("https://example.org/a?b=c&d=e", "http://example.org", "mailto:a@example.org", "tel:988", "sms:988"),
        *("/help/", "/", "#questions", "/modules/x/#y", "HTTPS://EXAMPLE.ORG"),
    ],
)
def test_a_link_that_may_be_shown(target):
    assert render(f"[x]({target})").html == f'<p><a href="{target.replace("&", "&amp;")}">x</a></p>'
    assert refusals(f"[x]({target})") == []


def test_addresses_in_angle_brackets_become_links():
    html = render("<https://example.org/?a=1&b=2> or <a@example.org>").html
    assert '<a href="https://example.org/?a=1&amp;b=2">https://example.org/?a=1&amp;b=2</a>' in html
    assert '<a href="mailto:a@example.org">a@example.org</a>' in html


def test_code_is_shown_as_typed():
    assert render('`<b id="x">`').html == '<p><code>&lt;b id="x"&gt;</code></p>'
    assert "<pre><code>&lt;div&gt;" in render("    <div>\n").html


def test_a_marker_for_a_table_of_contents_is_text():
    assert render("## One\n\n[TOC]").html.endswith("<p>[TOC]</p>")


def test_nothing_is_rendered_from_nothing():
    rendered = render(" \n")
    assert (rendered.html, rendered.headings, rendered.words) == ("", (), 0)


# Headings and their ids.

TEXT = "## Care & *courage*\n\n### Inside\n\n#### Deep\n\n## Care & courage\n\n## “Why?”"


def test_headings_are_listed_in_reading_order_with_their_ids():
    rendered = render(TEXT)
    assert rendered.headings == (
        Heading(2, "care-courage", "Care & courage"),
        Heading(3, "inside", "Inside"),
        Heading(4, "deep", "Deep"),
        Heading(2, "care-courage_1", "Care & courage"),
        Heading(2, "why", "“Why?”"),
    )
    assert [heading.id for heading in rendered.headings] == re.findall(r'<h\d id="([^"]+)"', rendered.html)


def test_sections_are_the_headings_of_level_two():
    assert [heading.id for heading in render(TEXT).sections] == ["care-courage", "care-courage_1", "why"]


def test_headings_in_other_scripts_have_ids():
    rendered = render("## محمد كتاب\n\n## 同情\n\n## 😀\n\n## " + "long " * 100)
    assert [heading.id for heading in rendered.headings][:3] == ["محمد-كتاب", "同情", "_1"]
    assert len(rendered.headings[3].id) <= 100
    assert faults(rendered.html) == []


def test_a_heading_never_takes_an_id_of_the_page():
    titles = ["Main", "Contents", "Questions", "Practice", "Crisis support", "Modules", "Question self-pity"]
    titles += ["Practice this week", "Two psychologies title", "Section main"]
    rendered = render("\n\n".join(f"## {title}" for title in titles))
    ids = [heading.id for heading in rendered.headings]
    assert len(set(ids)) == len(titles)
    assert all(name.startswith("section-") for name in ids)


def test_no_heading_has_an_id_that_the_module_page_uses(client, module):
    page = client.get(module.get_absolute_url()).content.decode()
    around = page.partition('<article class="prose">')[0] + page.partition("</article>")[2]
    titles = re.findall(r' id="([^"]+)"', around)
    rendered = render("\n\n".join(f"## {title}" for title in titles))
    assert not {heading.id for heading in rendered.headings} & set(titles)


def test_a_prefix_keeps_the_ids_of_two_texts_apart():
    source = "## Title\n\nFact.[^a] [up](#title) [away](#questions)\n\n[^a]: Note."
    rendered = render(source, prefix="practice-")
    assert re.findall(r' id="([^"]+)"', rendered.html) == ["practice-title", "practice-fnref:a", "practice-fn:a"]
    assert re.findall(r' href="([^"]+)"', rendered.html) == [
        *("#practice-fn:a", "#practice-title", "#questions", "#practice-fnref:a"),
    ]
    assert [heading.id for heading in rendered.headings] == ["practice-title"]
    assert faults(render(source).html + rendered.html) == []


def test_a_prefix_changes_no_words():
    assert render('## x\n\n`<b id="x">` and `href="#x"`', prefix="practice-").html.endswith(
        '<p><code>&lt;b id="x"&gt;</code> and <code>href="#x"</code></p>'
    )


# Words.


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("One two, three.", 3),
        ("well-being isn't *two* words—or one", 6),
        ("## One\n\n- two\n- three\n\nfour\n:   five", 5),
        ("| one | two |\n|---|---|\n| three | four |", 4),
        ('[one two](https://example.org/not/counted "nor this")', 2),
        ("x &lt; y", 2),
        ("一二三 كتاب नमस्ते", 3),
        ("", 0),
    ],
)
def test_words_are_counted_as_read(source, words):
    assert render(source).words == pytest.approx(words, abs=2 if "नम" in source else 0)


# Kept by a hash of the text and the policy.


def test_a_text_is_rendered_once(monkeypatch):
    first = render("Once *only*.")
    monkeypatch.setattr(rendering, "_render", None)
    assert render("Once *only*.") == first


def test_another_text_prefix_or_policy_is_rendered_anew(monkeypatch):
    sources = [("## a", ""), ("## a", "x-"), ("## b", "")]
    assert len({render(source, prefix).html for source, prefix in sources}) == 3
    monkeypatch.setattr(rendering, "_render", lambda source, prefix: "anew")
    monkeypatch.setattr(rendering, "POLICY_VERSION", "another")
    assert render("## a") == "anew"


def test_a_broken_character_does_not_stand_in_for_another_text():
    assert render("a\ud800 *b*").html == "<p>a *b*</p>"
    assert render("a? *b*").html == "<p>a? <em>b</em></p>"


# What an editor is told.


@pytest.mark.parametrize(
    "text",
    [
        *("x < y", "3 > 2", "x < y and y > z", "a <3 b", "1 << 2", "a -> b <- c", "5 <= 6"),
        *("`<div>`", "``<b>`x`</b>``", "    <script>\n    alert(1)\n", "- one\n\n        <div>\n"),
        *("<https://example.org>", "<http://example.org/?a=b>", "<a@example.org>", "<mailto:a@example.org>"),
        *(
            "😀 👩‍👩‍👧 ❤️",
            "هذا نص عربي: «رحمة»؟",
            "这是同情。",
            "यह करुणा है।",
            "naïve café",
            "a\tb",
            "&amp; &copy; &quot;",
        ),
        *("---", "-" * 80, "- - - - - - - - - - - - - -", "* * *", "***", "_" * 60),
        *("***bold*** and *it*", "2014. A year", "[x](#y)", "[not a link]", "{: x }", "a \\* b", "Title\n---", "::: x"),
        *("> > > a", "- a\n    - b\n        - c", "1. a\n2. b", "", "\n\n", "!!!", "[^1] alone", "10:30 – 11:00"),
    ],
)
def test_ordinary_text_is_not_refused(text):
    assert [str(refusal) for refusal in refusals(text)] == []


BEFORE = "## A title\n\nSome *text* with `<b>`, `![x](y)`, `[x](z)`, `!!! danger` and # signs.\n\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<b>", [(5, "HTML such as <b>")]),
        ("one <big> two\n\nthree <b>", [(5, "HTML such as <big>"), (7, "HTML such as <b>")]),
        ("</div>\n<br/>", [(5, "HTML such as </div>"), (6, "HTML such as <br/>")]),
        ('text\ntext <a href="x">y</a>\ntext', [(6, "HTML such as <a"), (6, "HTML such as </a>")]),
        ("<!-- x -->", [(5, "HTML such as <!>")]),
        ("&lt;b&gt;\n\n&#60;i&#62;", [(5, "HTML such as <b>"), (7, "HTML such as <i>")]),
        ("    <b>\n\n<b>", [(7, "HTML such as <b>")]),
        ("!!! note\n    <b>", [(6, "HTML such as <b>")]),
        ("<b>\n\n<b>", [(5, "HTML such as <b>"), (7, "HTML such as <b>")]),
        ("[x](javascript:alert(1))", [(5, "the link “javascript:alert(1)” is")]),
        ("[x](JAVA&#115;cript:x)", [(5, "the link “JAVAscript:x” is")]),
        ("[x][y]\n\nand\n\n[y]: data:x", [(9, "the link “data:x” is")]),
        ("[x][y]\n\n[y]:\n  data:x", [(8, "the link “data:x” is")]),
        ("[x](page.html)\n\n[x](page.html)", [(5, "the link “page.html” is"), (7, "the link “page.html” is")]),
        ("[x]()", [(5, "the link “” is")]),
        ("text\n![x](https://example.org/y.png)", [(6, "pictures cannot be placed")]),
        ("![x][y]\n\n[y]: /z.png", [(7, "pictures cannot be placed")]),
        ("# Title", [(5, "a single # or")]),
        ("# “A” *b*\n\n#tag", [(5, "a single # or"), (7, "a single # or")]),
        ("Title\n=====", [(6, "a single # or")]),
        ("- # Title", [(5, "a single # or")]),
        ("##### Deep", [(5, "titles go no deeper")]),
        ("!!! danger\n    x", [(5, "there is no call-out")]),
        ('!!! Note  care "x"\n    x', [(5, "there is no call-out")]),
        ("[diagram: three-systems]", [(5, "there is no diagram")]),
        ("See [diagram: two-psychologies].", [(5, "the diagram “two-psychologies” needs")]),
        ("x[^a b]\n\n[^a b]: y", [(5, "the footnote “a b”")]),
        ("x\x00y", [(5, "there is an invisible")]),
        ("x\n\x1by", [(6, "there is an invisible")]),
        ("a" * 5_001, [(5, "this line is longer")]),
        ("x\n" + ">" * 11, [(6, "lists and quotations are")]),
        ("x\n\n" + "- " * 11 + "x", [(7, "lists and quotations are")]),
        ("x\n\n" + "1. " * 11 + "x", [(7, "lists and quotations are")]),
        ("x\n\n" + " " * 44 + "- x", [(7, "lists and quotations are")]),
        ("x\n\n\ny\n" + "[" * 2_000, [(8, "there are too many")]),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_refusal_names_its_line(text, expected, line_end):
    assert told((BEFORE + text).replace("\n", line_end)) == expected


def test_lines_are_counted_as_a_browser_shows_them():
    assert told("a\u2028b\x85c\n\n<b>") == [(3, "HTML such as <b>")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a" * 200_001, "This text is longer than 200,000 characters. Please shorten it."),
        ("*\n" * 2_501, "This text has more than 5,000 lines and marks such as brackets and stars. Please divide it."),
        (
            "[a]: /" + "b" * 4_900 + "\n\n" + "[a], " * 300,
            "Long links or explanations are used too often in this text.",
        ),
        ("*[a]: b\n\n" + "a " * 501, "Too many abbreviations are explained in this text. Please explain fewer."),
    ],
)
def test_a_refusal_of_the_whole_text_names_no_line(text, words):
    assert [str(refusal) for refusal in refusals(text)] == [words]


def test_a_refusal_reads_as_a_sentence_with_its_line():
    assert str(refusals("text\n<b>")[0]) == (
        "Line 2: HTML such as <b> is shown as typed. Please write Markdown instead."
    )


def test_an_editor_is_told_of_so_many_things_at_once():
    assert len(refusals("\n\n".join(f"<b{number}>" for number in range(200)))) == markdown.MOST_REFUSALS
    assert len(refusals("\x01\n" * 200)) == markdown.MOST_REFUSALS


def test_the_longest_text_and_line_are_accepted():
    assert refusals("\n\n".join(["a" * 4_998] * 40)) == []


# Links.


@pytest.mark.parametrize("url", ["https://a.b", "tel:988", "sms:988", "mailto:a@b.c", "/", "/x//y", "#x", "HTTP://a"])
def test_safe_addresses(url):
    assert safe_url(url)


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "javascript:x", "JAVASCRIPT:x", "data:1", "//x", "/\\x", "\\x", " /x", "/x ", "/\t/x", "/\n/x"),
        *("java\nscript:x", "\x00/x", "https:", ":x", "ftp://x", "https\n:x", "?x", "http//x", "/\ud800"),
    ],
)
def test_unsafe_addresses(url):
    assert not safe_url(url)
