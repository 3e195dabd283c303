"""How tests do a practice: through its pages, as a person would."""

import html
import re

from django.urls import reverse

from lessons import versions
from lessons.publishing import pages
from practices.models import Practice

SLUG = "two-halves"
CLOSING = "closing"
READ_BACK = reverse("practices:read-back", args=[SLUG])
STEM = "Compassion may take more strength than I thought, because"


def address(step):
    """Return the address of a step by its number, or of the closing."""
    return (
        reverse("practices:closing", args=[SLUG]) if step == CLOSING else reverse("practices:step", args=[SLUG, step])
    )


def fields(page):
    """Return everything that the form of a step's page would send as it stands."""
    form = page.content.decode().split('id="answer"')[1].split("</form>")[0]
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL))
    checked = re.findall(r'<input type="(?:checkbox|radio)" name="([^"]+)" value="([^"]*)" checked', form)
    for name, value in checked:
        found[name] = [*found.get(name, []), value] if name == "chosen" else value
    del found["csrfmiddlewaretoken"]
    return {name: [html.unescape(v) for v in value] if isinstance(value, list) else html.unescape(value)
            for name, value in found.items()}  # fmt: skip


def open_step(client, step):
    """Open a step and return what its form would send."""
    page = client.get(address(step))
    assert page.status_code == 200
    return fields(page)


def answer(client, step, text="", action="on", **more):
    """Open a step, answer it and return the response."""
    return client.post(address(step), open_step(client, step) | {"text": text, "action": action} | more)


def autosave(client, step, data):
    """Send a step's form as the page does by itself, and return the response."""
    return client.post(address(step), data | {"action": "later"}, headers={"Accept": "application/json"})


def keep(client):
    """Keep what was written, from the page where it is read back."""
    return client.post(reverse("practices:keep", args=[SLUG]), decision(client.get(READ_BACK)))


def let_go(client):
    """Let what was written go, from the page that asks."""
    where = reverse("practices:let-go", args=[SLUG])
    return client.post(where, decision(client.get(where)))


def decision(page):
    """Return what the form below what was read back would send."""
    text = page.content.decode()
    return {name: re.search(rf'name="{name}" value="([^"]*)"', text)[1] for name in ("run", "revision")}


def do_all(client):
    """Answer every step and the closing."""
    for number in (1, 2, 4, 5):
        answer(client, number, f"answer {number}")
    answer(client, 3, "and then I go quiet", chosen=["I attack myself"])
    return answer(client, CLOSING, f"{STEM} it looks first.")


def practice():
    """Return the practice of Module 4."""
    return Practice.objects.get(slug=SLUG)


def notice():
    """Let the site notice what was changed in the database, as it does a second after an editor saves."""
    versions.share_new(pages.folder)
    pages.forget()
