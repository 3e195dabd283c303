"""A second opinion on rendered Markdown: reads the HTML and tells whatever should not be there.

The lists are written out here and not taken from the renderer, so that a list made longer there fails a test here.
"""

import re
from html.parser import HTMLParser

VOID = {"br", "hr"}
TAGS = {
    *("p", "h2", "h3", "h4", "hr", "br", "blockquote", "pre", "div"),
    *("ul", "ol", "li", "dl", "dt", "dd"),
    *("a", "abbr", "code", "em", "strong", "sup"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
# For each tag, its attributes, and for each of them what its value must match.
HEADING_ID = {"id": r"[\w-]{1,200}"}
ALIGN = {"align": "left|right|center"}
ATTRIBUTES = {
    "a": {
        "href": r"(?:(?:https?|mailto|tel|sms):|/(?!/)|#)[^\s\\]+|[/#]",
        "title": ".*",
        "class": "footnote-(?:ref|backref)",
    },
    "abbr": {"title": ".*"},
    "div": {
        "class": "footnote|admonition (?:note|care)|table",
        # The frame around a table, so that it scrolls by keyboard.
        **{"role": "group", "aria-label": "Table", "tabindex": "0"},
    },
    "h2": HEADING_ID,
    "h3": HEADING_ID,
    "h4": HEADING_ID,
    "li": {"id": r"[\w-]*fn:[\w-]{1,100}"},
    "ol": {"start": "[0-9]{1,4}"},
    "p": {"class": "admonition-title"},
    "sup": {"id": r"[\w-]*fnref\d*:[\w-]{1,100}"},
    "td": ALIGN,
    "th": ALIGN,
}


def faults(html):
    """Return a list of sentences, one for each thing that rendered Markdown may not hold; empty if all is well."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.faults()


class _Reader(HTMLParser):
    def __init__(self):
        # Entities stay as written, so that a bare < in a text can be told from &lt;.
        super().__init__(convert_charrefs=False)
        self.found = []
        self.ids = []
        self.open = []

    def faults(self):
        """Return what was found, with what only the end of the text can tell."""
        unclosed = [f"<{tag}> is not closed" for tag in self.open]
        twice = [f"id {name} is there twice" for name in set(self.ids) if self.ids.count(name) > 1]
        return [*self.found, *unclosed, *twice]

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.found.append(f"<{tag}> is not allowed")
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            self._check_attribute(tag, name, value or "")
        if len(dict(attrs)) < len(attrs):
            self.found.append(f"<{tag}> has an attribute twice")

    def _check_attribute(self, tag, name, value):
        allowed = ATTRIBUTES.get(tag, {}).get(name)
        if allowed is None:
            self.found.append(f"<{tag} {name}> is not allowed")
        elif not re.fullmatch(allowed, value, re.DOTALL) or re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", value):
            self.found.append(f"<{tag} {name}> may not be {value!r}")
        if name == "id":
            self.ids.append(value)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.found.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if "<" in data or re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", data):
            self.found.append(f"{data!r} is not plain text")

    def handle_comment(self, data):
        self.found.append("a comment")

    handle_decl = handle_pi = unknown_decl = handle_comment
