"""The disclaimer for mails, which are plain text."""

from django import template

from cft_course.safety import current

register = template.Library()


@register.simple_tag
def disclaimer():
    """Return the short disclaimer that stands at the foot of every page."""
    return current.texts().disclaimer_summary
