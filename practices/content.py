"""Practices as they are published, whole and in memory: every step page needs one, and they change seldom.

Every change of the content gives the site a new version (see ``lessons.versions``), which all processes notice within a
second. What is kept here is shared between requests, so nobody may change it.
"""

from django.http import Http404
from django.template.loader import render_to_string

from lessons.publishing import pages
from practices.models import Practice

_known = {}


def find(slug, user):
    """Return the practice with its steps, or None if this person may not do it. Editors may do any."""
    practice = known(slug)
    return practice if practice and (practice.is_open or user.is_staff) else None


def known(slug):
    """Return the practice with its steps, offered or not, or None if there is none."""
    version, practice = _known.get(slug, (None, None))
    if version != pages.version:
        version, practice = pages.version, Practice.objects.whole(slug)
        if practice:
            # The same on every page of it, and the longest part of each.
            practice.list_of_steps = render_to_string("practices/parts/list_of_steps.html", {"practice": practice})
            _known[slug] = version, practice
        else:
            _known.pop(slug, None)
    return practice


def find_or_404(slug, user):
    """Return what ``find`` does; raises ``Http404`` for None."""
    practice = find(slug, user)
    if practice is None:
        raise Http404
    return practice
