"""Error pages: plain words, what to do next, and the crisis support, whatever went wrong."""

import sys

from django.http import HttpResponse
from django.template.loader import render_to_string

from lessons.outages import DATABASE_IS_AWAY

# For each status: the title, and what to do now.
WORDS = {
    400: (
        "That did not come through clearly",
        "The address or form held something this site cannot read. Going back and trying again often helps.",
    ),
    403: (
        "This page is closed",
        "It may need a different account, or it may not be meant for visitors. Nothing was changed.",
    ),
    404: (
        "There is no page here",
        "The address may have changed, or a letter may be out of place. The lessons and the search are still there.",
    ),
    405: (
        "That cannot be done here",
        "This page can be read, but not used in that way. Nothing was changed.",
    ),
    413: (
        "That is more than this site can take at once",
        "Please send a shorter text. Your browser still has what you wrote: go back to find it.",
    ),
    429: (
        "One moment, please",
        "There were a great many tries from here in a short time. Please wait a few minutes and try again.",
    ),
    500: (
        "Something went wrong on our side",
        "It is not something you did. Please try again in a few minutes.",
    ),
    503: (
        "This part is resting for a moment",
        "The lessons can still be read. Please try this page again in a few minutes.",
    ),
}
RETRY_AFTER_SECONDS = 60


def words(status):
    """Return the title and the advice for a status, also for one that is not listed."""
    if status in WORDS:
        return WORDS[status]
    return WORDS[503 if status in (502, 504) else 500 if status >= 500 else 400]


def page(status, *, title=None, advice=None, headers=None):
    """Return the error page for a status. It needs no database and no request to be whole."""
    known_title, known_advice = words(status)
    context = {"status": status, "title": title or known_title, "advice": advice or known_advice}
    response = HttpResponse(render_to_string("error.html", context), status=status, headers=headers)
    if status in (429, 503):
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def bad_request(request, exception=None):
    """Answer 400."""
    return page(400)


def permission_denied(request, exception=None):
    """Answer 403."""
    return page(403)


def page_not_found(request, exception=None):
    """Answer 404."""
    return page(404)


def csrf_failure(request, reason=""):
    """Answer 403 when a form's safety token is old, as after signing in again in another tab."""
    return page(
        403,
        title="Please send that once more",
        advice=(
            "This form was open for a long time, or you signed in again elsewhere. Nothing was changed. Go back, "
            "reload the page and send it again."
        ),
    )


def server_error(request):
    """Answer 503 while the database is away, else 500 from a template that needs nothing at all."""
    if isinstance(sys.exc_info()[1], DATABASE_IS_AWAY):
        return page(503)
    return last_page(500)


def last_page(status):
    """Return the page that needs nothing at all."""
    return HttpResponse(render_to_string("500.html"), status=status)
