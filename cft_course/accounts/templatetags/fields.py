"""What this site says beside the fields of its forms, the same on every page."""

from django import template
from django.forms import Field

register = template.Library()

# For fields of django-allauth: the label, and what is said when it was left empty.
WORDS = {
    "login": ("Email address", "Please type your email address."),
    "email": ("Email address", "Please type your email address."),
    "password": ("Password", "Please type your password."),
    "oldpassword": ("Your password now", "Please type the password you have now."),
    "password1": ("Choose a password", "Please choose a password."),
    "code": ("Code", "Please type the code."),
}
EMPTY = str(Field.default_error_messages["required"])


@register.filter
def plain(field):
    """Render a field without a placeholder, which would stand in for its label and vanish when one types."""
    return field.as_widget(attrs={"placeholder": False})


@register.filter
def label(field):
    """Return the words above a field."""
    return WORDS[field.name][0] if field.name in WORDS else field.label


@register.filter
def told(field):
    """Return what is wrong with a field, the same words in the summary and at the field."""
    empty = WORDS[field.name][1] if field.name in WORDS else EMPTY
    return [empty if error == EMPTY else error for error in field.errors]
