"""Template helpers for public pages."""

import json

from django import template
from django.utils.safestring import mark_safe

from lessons import structured
from lessons.markdown import render

register = template.Library()

# The characters that could end a script element or begin another, as in Django's own json_script.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.filter
def json_ld(data):
    """Write structured data so that no text in it can leave its script element."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(ESCAPES))  # noqa: S308 -- escaped here


@register.filter
def address(path):
    """Return the full address of a path on this site."""
    return structured.address(path)


@register.filter
def markdown(source):
    """Render the course's Markdown."""
    return render(source).html
