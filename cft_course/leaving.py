"""Leaving quickly: a link on private pages that ends the session and shows another site, with or without scripts."""

import logging

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from lessons.outages import DATABASE_IS_AWAY
from lessons.publishing import public_page
from practices import visitor

logger = logging.getLogger(__name__)

# Everything that this site left in the browser. History is not ours to clear.
CLEAR_SITE_DATA = '"cookies", "storage", "cache"'


@login_not_required
@require_safe
def leave(request):
    """End the session and go to a neutral page. Another site's link or a prefetch only sees what this would do."""
    if not _is_meant(request):
        return HttpResponse(_explanation(request))
    response = HttpResponseRedirect(settings.LEAVE_TO, status=303)
    response["Clear-Site-Data"] = CLEAR_SITE_DATA
    response["Referrer-Policy"] = "no-referrer"
    try:
        visitor.erase(request)
        logout(request)
    except DATABASE_IS_AWAY:
        logger.warning("Someone left while the database was away; their session ends by itself.")
        # An empty one, so that nothing tries to save the other.
        request.session = SessionStore()
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, visitor.cookie_name()):
        response.delete_cookie(name, samesite="Lax")
    return response


def _is_meant(request):
    """Tell whether a person pressed the link here: no other site, no picture, and no browser that loads ahead."""
    headers = request.headers
    is_from_here = headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
    is_a_page = headers.get("Sec-Fetch-Dest", "document") == "document"
    return is_from_here and is_a_page and not {"Sec-Purpose", "Purpose", "X-Moz"} & set(headers)


@public_page
def leaving(request):
    """Explain what leaving quickly does, and what it cannot do."""
    return HttpResponse(_explanation(request))


def _explanation(request):
    return render_to_string("leaving.html", {"path": "/leaving/", "place": ""})
