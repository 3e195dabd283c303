"""The crisis support and the disclaimer for any template, with or without a request."""

from django import template
from django.template.loader import render_to_string

from cft_course.safety import current

register = template.Library()

# For each template: the texts it was last rendered with, and what came out. They change with the content only.
_last = {}


@register.simple_tag
def crisis_support():
    """Show the band with 988, where it holds, and the way to help elsewhere."""
    return _rendered("safety/crisis_support.html")


@register.simple_tag
def disclaimer_note():
    """Show the short disclaimer that stands at the foot of every page."""
    return _rendered("safety/disclaimer_note.html")


def _rendered(name):
    texts = current.texts()
    known, html = _last.get(name, (None, ""))
    if known is not texts:
        html = render_to_string(name, {"texts": texts})
        _last[name] = texts, html
    return html
