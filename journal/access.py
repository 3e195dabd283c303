"""Who may open the journal: a learner their own, and nobody anybody else's."""

from functools import wraps

from django.http import Http404
from django.shortcuts import render

from journal.keys.keyring import Keyring
from journal.models import Entry


def learners_only(view):
    """Keep editors out: an account that edits the course keeps no journal. Gives the view ``request.keyring``."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_staff:
            if kwargs:
                raise Http404
            return render(request, "journal/editors.html", status=403)
        request.keyring = Keyring(request.user)
        return view(request, *args, **kwargs)

    return guarded


def visitors_welcome(view):
    """Open a page to visitors too. ``request.keyring`` is None for them, and for editors, who keep no journal.

    The middleware sees the mark, so that someone signed out while writing is not taken for a visitor.
    """

    @wraps(view)
    def opened(request, *args, **kwargs):
        is_learner = request.user.is_authenticated and not request.user.is_staff
        request.keyring = Keyring(request.user) if is_learner else None
        return view(request, *args, **kwargs)

    opened.visitors_welcome = True
    return opened


def own_entry(request, entry_id):
    """Return the learner's entry; anyone else's, or none, is a 404."""
    entry = Entry.objects.owned_by(request.user).select_related("module").filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    return entry
