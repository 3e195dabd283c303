"""How tests write: through the pages, as a person would."""

import re

from django.urls import reverse

from journal.models import Entry


def hidden(page):
    """Return the hidden fields of a page's form."""
    pattern = r'<input type="hidden" name="([^"]+)" value="([^"]*)"'
    return dict(re.findall(pattern, page.content.decode()))


def begin(client):
    """Open the page for a new note and return what its form would send, without words."""
    page = client.get(reverse("journal:new"))
    assert page.status_code == 200
    return {name: value for name, value in hidden(page).items() if name != "csrfmiddlewaretoken"}


def write(client, text, action="keep", **fields):
    """Write a new note and return its entry."""
    before = set(Entry.objects.values_list("pk", flat=True))
    response = client.post(reverse("journal:new"), begin(client) | {"text": text, "action": action} | fields)
    assert response.status_code == 302, response.content.decode()
    return Entry.objects.exclude(pk__in=before).get()


def change_address(entry):
    """Return where an entry is changed."""
    return reverse("journal:change", args=[entry.pk])


def change(client, entry, text, action="keep", revision=None, **fields):
    """Change an entry from the revision that a window last saw, and return the response."""
    data = {"text": text, "action": action, "revision": entry.revision if revision is None else revision}
    return client.post(change_address(entry), data | fields)
