"""The course's Markdown: ``render`` makes safe HTML of a text, ``refusals`` tells an editor what is wrong with it.

The way of a text: ``bounds`` (what is refused unread), ``convert`` (Python-Markdown without raw HTML, which does not
sanitise by itself: see its docs/sanitization.md), ``policy`` (the cleaners), ``rendering`` (ids, diagrams, the
cache). ``refusing`` finds the lines.
"""

from lessons.markdown.bounds import LONGEST_HTML, LONGEST_SOURCE, MOST_REFUSALS, Refusal, refused_at_sight
from lessons.markdown.convert import Heading
from lessons.markdown.policy import CONTROL, POLICY_VERSION, safe_url
from lessons.markdown.refusing import refusals
from lessons.markdown.rendering import Rendered, render

__all__ = [
    "CONTROL",
    "LONGEST_HTML",
    "LONGEST_SOURCE",
    "MOST_REFUSALS",
    "POLICY_VERSION",
    "Heading",
    "Refusal",
    "Rendered",
    "refusals",
    "refused_at_sight",
    "render",
    "safe_url",
]
