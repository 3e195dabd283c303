"""Markdown to HTML that is safe to show, and sentences for an editor about what is not.

The order is fixed: a length cap, Python-Markdown without raw HTML, ``bleach`` (which escapes what it refuses, so
that an editor sees it), then ``nh3`` as the gate. Python-Markdown does not sanitise by itself; its documentation
(docs/sanitization.md) says so.
"""

import hashlib
import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser

import bleach
import markdown
import nh3
from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from markdown.extensions.toc import slugify_unicode

# Raise this whenever the rules below change, so that nothing rendered under the old ones is used again.
POLICY_VERSION = "1"

LONGEST_SOURCE = 200_000
LONGEST_LINE = 5_000
DEEPEST_NESTING = 10

CALLOUTS = {"note", "care"}
DIAGRAMS = {"two-psychologies"}
SCHEMES = {"http", "https", "mailto", "tel", "sms"}

# Ids that the site's own templates use; a heading of the same name gets another one.
RESERVED_IDS = {"main", "contents", "questions", "practice", "crisis-support"}

TAGS = {
    *("p", "h2", "h3", "h4", "hr", "br", "blockquote", "pre", "div"),
    *("ul", "ol", "li", "dl", "dt", "dd"),
    *("a", "abbr", "code", "em", "strong", "sup"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
CLASSES = {
    "a": {"footnote-ref", "footnote-backref"},
    "p": {"admonition-title"},
    "div": {"footnote", *(f"admonition {kind}" for kind in CALLOUTS)},
}
HEADING_ID = re.compile(r"[\w-]{1,200}")
FOOTNOTE_ID = re.compile(r"fn(ref\d*)?:[\w-]{1,100}")
DIAGRAM = re.compile(r"<p>\[diagram:\s*([^\]<]*?)\s*\]</p>")
RAW_TAG = re.compile(r"<\s*(?:[/?]\s*)?[a-zA-Z][^<>\n]{0,60}|<!")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
WORD = re.compile(r"\w+(?:['’-]\w+)*")


@dataclass(frozen=True)
class Heading:
    """One heading of a text, for a table of contents. Level 2 is a section."""

    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Rendered:
    """Safe HTML, its headings in reading order, and its length in words."""

    html: SafeString
    headings: tuple[Heading, ...]
    words: int

    @property
    def sections(self):
        """The headings of level two."""
        return [heading for heading in self.headings if heading.level == 2]


@dataclass(frozen=True)
class Refusal:
    """Something an editor wrote that the renderer would not show as meant, and the line it stands on."""

    line: int | None
    reason: str

    def __str__(self):
        return f"Line {self.line}: {self.reason}" if self.line else self.reason


def render(source, prefix=""):
    """Return the source as ``Rendered``, from the cache when this text was rendered under this policy before.

    A prefix keeps the ids of several texts on one page apart.
    """
    cache = caches["markdown"]
    key = hashlib.sha256(f"{POLICY_VERSION}\n{prefix}\n{source}".encode(errors="replace")).hexdigest()
    rendered = cache.get(key)
    if rendered is None:
        rendered = _render(source, prefix)
        cache.set(key, rendered)
    return rendered


def refusals(source):
    """Return a list of ``Refusal``, one for each thing that would not be shown as written; empty if all is well."""
    if len(source) > LONGEST_SOURCE:
        return [Refusal(None, f"This text is longer than {LONGEST_SOURCE:,} characters. Please shorten it.")]
    found = _refused_lines(source)
    if found:
        return found
    unsafe, _ = _to_unsafe_html(source)
    return _refused_html(unsafe, source.splitlines())


def safe_url(url):
    """Tell whether a link may be shown: a known scheme with a plain value, a path on this site, or an anchor."""
    if CONTROL.search(url) or "\\" in url or url != url.strip():
        return False
    if url.startswith(("#", "/")):
        return not url.startswith("//")
    scheme, colon, rest = url.partition(":")
    return bool(colon and rest) and scheme.lower() in SCHEMES


def _render(source, prefix):
    if refused := _refused_lines(source):
        # Only a text that never met the form's check can arrive here: it is shown as plain words.
        return _plain(source, refused)
    unsafe, headings = _to_unsafe_html(source)
    clean = _clean(unsafe)
    words = len(WORD.findall(html.unescape(nh3.clean(clean, tags=set()))))
    clean, headings = _prefixed(clean, headings, prefix)
    return Rendered(mark_safe(_finished(clean)), headings, words)  # noqa: S308 -- cleaned by nh3 above


def _plain(source, refused):
    words = html.escape(CONTROL.sub("", source[:LONGEST_SOURCE]))
    return Rendered(mark_safe(f"<p>{words}</p>"), (), len(WORD.findall(words)))  # noqa: S308 -- escaped above


def _to_unsafe_html(source):
    """Return what Python-Markdown makes of the source, not yet safe, and its headings."""
    converter = markdown.Markdown(
        extensions=["abbr", "admonition", "def_list", "footnotes", "sane_lists", "smarty", "tables", "toc"],
        extension_configs={
            "footnotes": {"BACKLINK_TITLE": "Back to the text of note {}"},
            "tables": {"use_align_attribute": True},
            "toc": {"slugify": _heading_id},
        },
    )
    converter.preprocessors.deregister("html_block")
    converter.inlinePatterns.deregister("html")
    try:
        unsafe = converter.convert(source)
    except RecursionError:
        return f"<p>{html.escape(source)}</p>", ()
    return unsafe, tuple(_headings(converter.toc_tokens))


def _heading_id(text, separator):
    slug = slugify_unicode(text, separator)[:100]
    return f"{slug}-section" if slug in RESERVED_IDS else slug


def _headings(tokens):
    for token in tokens:
        yield Heading(token["level"], token["id"], html.unescape(token["name"]))
        yield from _headings(token["children"])


def _clean(unsafe):
    shown = bleach.clean(unsafe, tags=TAGS, attributes=_is_allowed, protocols=SCHEMES, strip=False, strip_comments=True)
    return nh3.clean(
        shown,
        tags=TAGS,
        attributes={tag: {"id", "class", "href", "title", "align"} for tag in TAGS},
        attribute_filter=lambda tag, name, value: value if _is_allowed(tag, name, value) else None,
        url_schemes=SCHEMES,
        link_rel=None,
    )


def _is_allowed(tag, name, value):
    """Tell whether an attribute may stay. Authors choose no class, style or free id."""
    match name:
        case "href":
            return tag == "a" and safe_url(value)
        case "title":
            return tag in {"a", "abbr"}
        case "align":
            return tag in {"td", "th"} and value in {"left", "right", "center"}
        case "class":
            return value in CLASSES.get(tag, ())
        case "id":
            allowed = HEADING_ID if tag in {"h2", "h3", "h4"} else FOOTNOTE_ID
            return tag in {"h2", "h3", "h4", "li", "sup"} and bool(allowed.fullmatch(value))
    return False


def _prefixed(clean, headings, prefix):
    """Put the prefix before every id of this text and before the links that lead to one."""
    ids = set(re.findall(r' id="([^"]+)"', clean)) if prefix else set()

    def replace(match):
        before, name = match.groups()
        return f"{before}{prefix}{name}" if name in ids else match[0]

    moved = re.sub(r'( id="| href="#)([^"]+)(?=")', replace, clean)
    return moved, tuple(Heading(heading.level, prefix + heading.id, heading.text) for heading in headings)


def _finished(clean):
    """Add what only the site itself may add: diagrams, and tables that scroll by keyboard on a narrow screen."""
    clean = clean.replace("<table>", '<div class="table" role="group" aria-label="Table" tabindex="0"><table>')
    clean = clean.replace("</table>", "</table></div>")
    return DIAGRAM.sub(_diagram, clean)


def _diagram(match):
    name = match[1]
    return render_to_string(f"lessons/diagrams/{name}.html") if name in DIAGRAMS else match[0]


def _refused_lines(source):
    """Check line by line, before any parsing, what could mislead or exhaust the parser."""
    found = []
    for number, line in enumerate(source.split("\n"), 1):
        if reason := _refused_line(line):
            found.append(Refusal(number, reason))
    return found


def _refused_line(line):
    if CONTROL.search(line):
        return "there is an invisible control character here. Please type this line again."
    if len(line) > LONGEST_LINE:
        return f"this line is longer than {LONGEST_LINE:,} characters. Please break it into paragraphs."
    markers = re.match(r"[\s>*+-]*", line)[0].expandtabs(4)
    if markers.count(">") > DEEPEST_NESTING or len(markers) // 4 > DEEPEST_NESTING:
        return "lists and quotations are nested too deeply here. Please use fewer levels."
    if len(re.findall(r"[\[\]*_`!<(]", line)) > 500:
        return "there are too many brackets, stars or underscores on this line."
    return None


def _refused_html(unsafe, lines):
    finder = _RefusalFinder()
    finder.feed(unsafe)
    finder.close()
    return [Refusal(_line_of(needle, lines), reason) for needle, reason in finder.found]


def _line_of(needle, lines):
    """Return the number of the first line that holds the needle, as typed or with its entities decoded."""
    wanted = re.sub(r"\s", "", needle)
    for number, line in enumerate(lines, 1):
        if any(wanted in re.sub(r"\s", "", form) for form in (line, html.unescape(line))):
            return number
    return None


class _RefusalFinder(HTMLParser):
    """Reads Python-Markdown's HTML and collects what the cleaners would change."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.code_depth = 0

    def handle_starttag(self, tag, attrs):
        self.code_depth += tag == "code"
        values = {name: value or "" for name, value in attrs}
        if tag == "h1":
            self.found.append(("#", "a single # makes a page title. Please begin sections with ##."))
        elif tag == "img":
            reason = "pictures cannot be placed in a text. Please describe it in words."
            self.found.append((values.get("src", ""), reason))
        elif tag == "a" and not safe_url(values.get("href", "")):
            self._refuse_link(values.get("href", ""))
        elif tag == "div" and values.get("class", "").startswith("admonition"):
            self._check_callout(values["class"])

    def handle_endtag(self, tag):
        self.code_depth -= tag == "code"

    def handle_data(self, data):
        if self.code_depth:
            return
        for tag in RAW_TAG.findall(data):
            self.found.append((tag, f"HTML such as {tag}> is shown as typed. Please write Markdown instead."))
        for name in re.findall(r"\[diagram:\s*([^\]]*?)\s*\]", data):
            if name not in DIAGRAMS:
                known = ", ".join(sorted(DIAGRAMS))
                self.found.append((name, f"there is no diagram named “{name}”. There is: {known}."))

    def _refuse_link(self, href):
        reason = f"the link “{href[:80]}” is not allowed. Links begin with https://, mailto:, tel:, sms:, / or #."
        self.found.append((href, reason))

    def _check_callout(self, classes):
        kind = classes.removeprefix("admonition").strip()
        if kind not in CALLOUTS:
            known = " or ".join(sorted(CALLOUTS))
            self.found.append((f"!!!{kind}", f"there is no call-out “{kind}”. Please use {known}."))
