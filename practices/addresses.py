"""Where each part of a practice is, and what comes before and after it."""

from django.urls import reverse

from practices.forms import READ_BACK


def of(practice, key):
    """Return the address of a step by its key, of the closing, or of reading back; else of the opening page."""
    if key == READ_BACK:
        return reverse("practices:read-back", args=[practice.slug])
    step = practice.step_with(key)
    return of_step(practice, step) if step else practice.get_absolute_url()


def of_step(practice, step, *, hard=False):
    """Return the address of a step, or of its page for hard moments."""
    number = practice.number_of(step)
    name = ("closing-hard" if hard else "closing") if number is None else ("hard" if hard else "step")
    return reverse(f"practices:{name}", args=[practice.slug] if number is None else [practice.slug, number])


def after(practice, step, number):
    """Return the key of what comes after a step; for one that was taken away, by the number it had."""
    keys = [*(each.key for each in practice.questions), READ_BACK]
    if step.key in keys:
        return keys[keys.index(step.key) + 1]
    return keys[min(number or len(keys), len(keys)) - 1]


def before(practice, step):
    """Return the key of what comes before a step, or none at the first."""
    keys = [each.key for each in practice.questions]
    place = keys.index(step.key) if step.key in keys else 0
    return keys[place - 1] if place else ""
