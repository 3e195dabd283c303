"""Sentences for an editor about what would not be shown as written, each with the line it stands on."""

import html
import re
from collections import Counter
from html.parser import HTMLParser

from lessons.markdown.bounds import LINE_END, MOST_REFUSALS, Refusal
from lessons.markdown.convert import Refused, to_unsafe_html
from lessons.markdown.policy import CALLOUTS, DIAGRAMS, FOOTNOTE_ID, safe_url
from lessons.markdown.rendering import with_diagrams

RAW_TAG = re.compile(r"<[/?]?[a-zA-Z][^<>\n]{0,60}|<!")
ANY_DIAGRAM = re.compile(r"\[diagram:\s*([^\]]*?)\s*\]")
CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")


def refusals(source):
    """Return a list of ``Refusal``, one for each thing that would not be shown as written; empty if all is well."""
    try:
        unsafe, _ = to_unsafe_html(source)
    except Refused as refused:
        return refused.found
    return _refused_html(unsafe, _Source(LINE_END.split(source)))


def _refused_html(unsafe, source):
    finder = _RefusalFinder()
    # What becomes a diagram is as it should be; whatever else names one is left for the finder.
    finder.feed(with_diagrams(unsafe))
    finder.close()
    found = [Refusal(source.line_of(patterns), reason) for patterns, reason in finder.found[:MOST_REFUSALS]]
    return list(dict.fromkeys(found))


def _pattern(text):
    """Return a pattern for this text in a line that was squeezed."""
    return re.escape(re.sub(r"[\s\\]", "", text).casefold())


def _squeezed(line):
    """Return a line as typed and with its entities decoded, without the spaces and backslashes that Markdown drops."""
    return " ".join(re.sub(r"[\s\\]", "", form).casefold() for form in (line, html.unescape(line)))


class _Source:
    """The lines that an editor typed, to find where something in the HTML comes from."""

    def __init__(self, lines):
        # Indented lines come last: they may be code, where anything may stand.
        numbered = sorted(enumerate(lines, 1), key=lambda pair: pair[1].startswith(("    ", "\t")))
        without_code = [(number, _squeezed(CODE.sub("", line))) for number, line in numbered]
        self.readings = [without_code, [(number, _squeezed(line)) for number, line in numbered]]
        self.times_asked = Counter()

    def line_of(self, patterns):
        """Return the number of a line with the first pattern that is found; asked again, the next such line."""
        for pattern in patterns:
            for reading in self.readings:
                numbers = [number for number, text in reading if re.search(pattern, text)]
                if numbers:
                    self.times_asked[pattern] += 1
                    return numbers[min(self.times_asked[pattern], len(numbers)) - 1]
        return None


class _RefusalFinder(HTMLParser):
    """Reads Python-Markdown's HTML and collects what the cleaners would change, with patterns to find its line."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.code_depth = 0
        self.title = ""

    def handle_starttag(self, tag, attrs):
        self.code_depth += tag == "code"
        values = {name: value or "" for name, value in attrs}
        if tag == "h1":
            self.title = ""
        elif tag in {"h5", "h6"}:
            self._refuse("titles go no deeper than ####. Please use fewer # here.", "#####")
        elif tag == "img":
            source = _pattern(values.get("src", ""))
            reason = "pictures cannot be placed in a text. Please describe it in words."
            self._refuse(reason, rf"!\[.*{source}", source or r"!\[", r"!\[")
        elif tag == "a":
            self._check_link(values)
        elif tag == "div" and values.get("class", "").startswith("admonition"):
            self._check_callout(values["class"])

    def handle_endtag(self, tag):
        self.code_depth -= tag == "code"
        if tag == "h1":
            word = _pattern("".join(re.findall(r"\w+", self.title)[:1]))
            reason = "a single # or a line of = makes a page title. Please begin sections with ##."
            self._refuse(reason, rf"^(?:[>*+:-]|\d+\.)*#[^\w#]*{word}", r"^=+ ")

    def handle_data(self, data):
        self.title += data
        if self.code_depth:
            return
        for tag in RAW_TAG.findall(data):
            reason = f"HTML such as {tag}> is shown as typed. Please write Markdown instead."
            self._refuse(reason, _pattern(re.match(r"<[/!?]?\w*\s*\w*", tag)[0]) + r"(?![\w@])")
        for name in ANY_DIAGRAM.findall(data):
            self._refuse_diagram(name)

    def _refuse(self, reason, *patterns):
        self.found.append((patterns, reason))

    def _check_link(self, values):
        href = values.get("href", "")
        label = href.removeprefix("#fn:")
        if values.get("class") == "footnote-ref":
            if not FOOTNOTE_ID.fullmatch(f"fn:{label}"):
                reason = f"the footnote “{label[:80]}” needs a name of letters, digits and - only."
                self._refuse(reason, rf"\[\^{_pattern(label)}\]")
        elif values.get("class") != "footnote-backref" and not safe_url(href):
            reason = f"the link “{href[:80]}” is not allowed. Links begin with https://, mailto:, tel:, sms:, / or #."
            self._refuse(reason, _pattern(href) or r"\]\(<?>?\)", r"\]\(")

    def _check_callout(self, classes):
        kind = classes.removeprefix("admonition").strip()
        if kind not in CALLOUTS:
            known = " or ".join(sorted(CALLOUTS))
            reason = f"there is no call-out “{kind}”. Please use {known}."
            self._refuse(reason, rf"!!!{_pattern(kind)}(?!\w)")

    def _refuse_diagram(self, name):
        known = ", ".join(sorted(DIAGRAMS))
        reason = f"there is no diagram named “{name}”. There is: {known}."
        if name in DIAGRAMS:
            reason = f"the diagram “{name}” needs a paragraph of its own, once in a text."
        self._refuse(reason, rf"\[diagram:{_pattern(name)}\]", r"\[diagram:")
