"""Markdown to HTML that is safe to show."""

import hashlib
import html
import re
from dataclasses import dataclass
from functools import partial

import nh3
from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from lessons.markdown.bounds import LONGEST_SOURCE
from lessons.markdown.convert import Heading, Refused, to_unsafe_html
from lessons.markdown.policy import CONTROL, DIAGRAMS, POLICY_VERSION, clean

DIAGRAM = re.compile(r"<p>\[diagram:\s*([^\]<]*?)\s*\]</p>")
WORD = re.compile(r"\w+(?:['’-]\w+)*")
# The start of a tag up to its one id, or up to the anchor it leads to. In clean HTML every < in a text is escaped.
TARGET = re.compile(r'(<\w+(?: [\w-]+="[^"]*")*? (?:id="|href="#))([^"]+)')


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


def render(source, prefix=""):
    """Return the source as ``Rendered``, from the cache when this text was rendered under this policy before.

    A prefix keeps the ids of several texts on one page apart.
    """
    cache = caches["markdown"]
    key = hashlib.sha256(f"{POLICY_VERSION}\n{prefix}\n{source}".encode(errors="surrogatepass")).hexdigest()
    rendered = cache.get(key)
    if rendered is None:
        rendered = _render(source, prefix)
        cache.set(key, rendered)
    return rendered


def _render(source, prefix):
    try:
        unsafe, headings = to_unsafe_html(source)
    except Refused:
        # Only a text that never met the form's check can arrive here: it is shown as plain words.
        return _plain(source)
    safe = clean(unsafe)
    words = len(WORD.findall(html.unescape(nh3.clean(safe, tags=set()))))
    safe, headings = _prefixed(safe, headings, prefix)
    return Rendered(mark_safe(_finished(safe, prefix)), headings, words)  # noqa: S308 -- cleaned by nh3 above


def _plain(source):
    words = CONTROL.sub("", source[:LONGEST_SOURCE])
    return Rendered(mark_safe(f"<p>{html.escape(words)}</p>"), (), len(WORD.findall(words)))  # noqa: S308 -- escaped


def _prefixed(safe, headings, prefix):
    """Put the prefix before every id of this text and before the links that lead to one."""
    ids = {match[2] for match in TARGET.finditer(safe) if match[1].endswith(' id="')}

    def replace(match):
        before, name = match.groups()
        return f"{before}{prefix}{name}" if name in ids else match[0]

    moved = TARGET.sub(replace, safe)
    return moved, tuple(Heading(heading.level, prefix + heading.id, heading.text) for heading in headings)


def _finished(safe, prefix):
    """Add what only the site itself may add: diagrams, and tables that scroll by keyboard on a narrow screen."""
    safe = safe.replace("<table>", '<div class="table" role="group" aria-label="Table" tabindex="0"><table>')
    safe = safe.replace("</table>", "</table></div>")
    return with_diagrams(safe, prefix)


def with_diagrams(text, prefix=""):
    """Return HTML with a diagram in the place of each paragraph that asks for one."""
    return DIAGRAM.sub(partial(_diagram, prefix, set()), text)


def _diagram(prefix, shown, match):
    """Return the diagram that a paragraph asks for; a second one of the same name would have the same ids."""
    name = match[1]
    if name not in DIAGRAMS or name in shown:
        return match[0]
    shown.add(name)
    return render_to_string(f"lessons/diagrams/{name}.html").replace(f"{name}-", f"{prefix}{name}-")
