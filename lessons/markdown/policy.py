"""What a text may contain once it is HTML, and the cleaners that hold to it.

``bleach`` escapes what it refuses, so that an editor sees it; ``nh3`` comes last and is the gate.
"""

import html
import re

import bleach
import nh3

# Raise this whenever the rules change, so that nothing rendered under the old ones is used again.
POLICY_VERSION = "2"

CALLOUTS = {"note", "care"}
DIAGRAMS = {"two-psychologies"}
SCHEMES = {"http", "https", "mailto", "tel", "sms"}

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
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def safe_url(url):
    """Tell whether a link may be shown: a known scheme with a plain value, a path on this site, or an anchor."""
    # Browsers read a backslash as a slash and skip tabs and line ends, so either could hide another host.
    if CONTROL.search(url) or re.search(r"[\s\\]", url):
        return False
    if url.startswith(("#", "/")):
        return not url.startswith("//")
    scheme, colon, rest = url.partition(":")
    return bool(colon and rest) and scheme.lower() in SCHEMES


def clean(unsafe):
    """Return HTML with nothing in it but what the lists above allow."""
    shown = bleach.clean(
        unsafe,
        tags=TAGS,
        # bleach hands over values as written, and Python-Markdown writes email addresses in entities.
        attributes=lambda tag, name, value: _is_allowed(tag, name, html.unescape(value)),
        protocols=SCHEMES,
        strip=False,
        strip_comments=True,
    )
    gated = nh3.clean(
        shown,
        tags=TAGS,
        attributes={tag: {"id", "class", "href", "title", "align", "start"} for tag in TAGS},
        attribute_filter=lambda tag, name, value: value if _is_allowed(tag, name, value) else None,
        url_schemes=SCHEMES,
        link_rel=None,
    )
    # Entities can spell them, and Python-Markdown's own marks for what it puts aside are sometimes left.
    return CONTROL.sub("", gated)


def _is_allowed(tag, name, value):
    """Tell whether an attribute may stay. Authors choose no class, style or free id."""
    match name:
        case "href":
            return tag == "a" and safe_url(value)
        case "title":
            return tag in {"a", "abbr"}
        case "align":
            return tag in {"td", "th"} and value in {"left", "right", "center"}
        case "start":
            return tag == "ol" and bool(re.fullmatch(r"[0-9]{1,4}", value))
        case "class":
            return value in CLASSES.get(tag, ())
        case "id":
            allowed = HEADING_ID if tag in {"h2", "h3", "h4"} else FOOTNOTE_ID
            return tag in {"h2", "h3", "h4", "li", "sup"} and bool(allowed.fullmatch(value))
    return False
