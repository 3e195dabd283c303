"""Pages for taking one's words along, bringing them in, and deleting them.

Proof that it is still the same person is asked before the page, on GET: asked on a POST, django-allauth would keep the
whole body in the session.
"""

from functools import wraps

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime, now
from django.views.decorators.http import require_http_methods, require_safe

from cft_course.accounts.keepsakes.forms import BringForm, EmailForm, RangeForm
from cft_course.accounts.preferences import name_of
from cft_course.leaving import CLEAR_SITE_DATA
from cft_course.my import overview
from journal.access import learners_only
from journal.export import WAYS, opened
from journal.models import Entry
from practices import visitor

require_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def proof_required(view):
    """Ask for a fresh proof before the page; a POST without one goes back to the page, which asks."""
    asking = reauthentication_required(view)

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method == "POST" and not did_recently_reauthenticate(request):
            return redirect(request.path)
        return view(request, *args, **kwargs) if request.method == "POST" else asking(request, *args, **kwargs)

    return guarded


@learners_only
@require_safe
def export(request):
    """Offer everything of one's own, in three ways, whole or for some days."""
    return render(request, "accounts/export.html", {"form": RangeForm()})


@learners_only
@require_safe
@proof_required
def download(request, way):
    """Send everything of one's own, as it is read."""
    form = RangeForm(request.GET)
    if way not in WAYS or not form.is_valid():
        raise Http404
    write, ending, content_type = WAYS[way]
    entries = form.narrow(Entry.objects.owned_by(request.user))
    found = opened(entries, request.keyring)
    response = StreamingHttpResponse(write(found, _account(request)), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="notes-{request.user.today}.{ending}"'
    return response


def _account(request):
    user = request.user
    return {
        "email": user.email,
        "name": name_of(user, request.keyring),
        "created": localtime(user.created, user.zone).isoformat(),
        "time_zone": user.time_zone,
        "day_starts": f"{user.day_starts:%H:%M}",
        "exported": localtime(now(), user.zone).isoformat(),
        **overview.taken_along(user),
    }


@learners_only
@require_get_or_post
def bring(request):
    """Take in a file that was exported here before."""
    form = BringForm(*_sent(request))
    if request.method == "POST" and form.is_valid():
        added, there = form.save(request.user)
        messages.success(request, _brought(added, there))
        return redirect("journal:home")
    return render(request, "accounts/import.html", {"form": form}, status=422 if form.errors else 200)


def _sent(request):
    """Return what was sent with a form, or nothing for a page that is only opened."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _brought(added, there):
    already = f" {there} {'was' if there == 1 else 'were'} here already." if there else ""
    return f"{added} {'note' if added == 1 else 'notes'} came in.{already}"


@learners_only
@require_get_or_post
@proof_required
def delete_words(request):
    """Ask, and then delete everything this person wrote."""
    form = EmailForm(*_sent(request)[:1], user=request.user)
    if request.method == "POST" and form.is_valid():
        form.delete_words()
        visitor.erase(request)
        messages.success(request, "Everything you wrote is deleted.")
        return visitor.forget(request, redirect("journal:home"))
    return render(request, "accounts/delete_words.html", {"form": form}, status=422 if form.errors else 200)


@learners_only
@require_get_or_post
@proof_required
def delete_account(request):
    """Ask, and then delete the account with everything in it."""
    form = EmailForm(*_sent(request)[:1], user=request.user)
    if request.method == "POST" and form.is_valid():
        form.delete_account()
        visitor.erase(request)
        logout(request)
        response = visitor.forget(request, render(request, "accounts/deleted.html"))
        response["Clear-Site-Data"] = CLEAR_SITE_DATA
        return response
    return render(request, "accounts/delete_account.html", {"form": form}, status=422 if form.errors else 200)
