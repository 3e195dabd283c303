"""Python-Markdown with the extensions of the course and without raw HTML. Its output is not safe by itself."""

import html
from dataclasses import dataclass

import markdown
from markdown.extensions.toc import slugify_unicode

from lessons.markdown.bounds import LONGEST_HTML, Refusal, refused_at_sight
from lessons.markdown.policy import DIAGRAMS

# Ids that the site's own templates use, and what their other ids begin with; a heading of the same name gets another.
RESERVED_IDS = {"main", "contents", "questions", "practice", "crisis-support", "modules", "this-week"}
RESERVED_BEGINNINGS = ("practice-", "question-", *(f"{name}-" for name in DIAGRAMS))


@dataclass(frozen=True)
class Heading:
    """One heading of a text, for a table of contents. Level 2 is a section."""

    level: int
    id: str
    text: str


class Refused(Exception):
    """Raised for a text that is not to be parsed, with a list of ``Refusal``."""

    def __init__(self, found):
        super().__init__(found)
        self.found = found


def to_unsafe_html(source):
    """Return what Python-Markdown makes of the source, not yet safe, and its headings; raises ``Refused``."""
    if found := refused_at_sight(source):
        raise Refused(found)
    converter = markdown.Markdown(
        extensions=["abbr", "admonition", "def_list", "footnotes", "sane_lists", "smarty", "tables", "toc"],
        extension_configs={
            "footnotes": {"BACKLINK_TITLE": "Back to the text of note {}"},
            "tables": {"use_align_attribute": True},
            # Without its marker, [TOC]: the page has a table of contents, and many of them would be enormous.
            "toc": {"slugify": _heading_id, "marker": ""},
        },
    )
    converter.preprocessors.deregister("html_block")
    converter.inlinePatterns.deregister("html")
    try:
        unsafe = converter.convert(source)
    except RecursionError:
        raise Refused([Refusal(None, "This text is nested too deeply. Please use fewer levels.")]) from None
    if len(unsafe) > LONGEST_HTML:
        raise Refused([Refusal(None, "Long links or explanations are used too often in this text.")])
    return unsafe, tuple(_headings(converter.toc_tokens))


def _heading_id(text, separator):
    slug = slugify_unicode(text, separator)[:100]
    is_reserved = slug in RESERVED_IDS or slug.startswith(RESERVED_BEGINNINGS)
    return f"section-{slug}" if is_reserved else slug


def _headings(tokens):
    for token in tokens:
        yield Heading(token["level"], token["id"], html.unescape(token["name"]))
        yield from _headings(token["children"])
