"""Practices on pages of other apps."""

from django import template

from practices.models import Practice

register = template.Library()


@register.simple_tag
def practices_for(module):
    """Return the practices that are offered with a module, in order."""
    return list(Practice.objects.filter(module=module, is_offered=True))
