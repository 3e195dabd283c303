"""The crisis support and the disclaimer for any template, with or without a request."""

from django import template

from cft_course.safety import current

register = template.Library()


@register.inclusion_tag("safety/crisis_support.html")
def crisis_support():
    """Show the band with 988, where it holds, and the way to help elsewhere."""
    return {"texts": current.texts()}


@register.inclusion_tag("safety/disclaimer_note.html")
def disclaimer_note():
    """Show the short disclaimer that stands at the foot of every page."""
    return {"texts": current.texts()}
