"""Error pages: plain words, what to do next, and the crisis support, whatever went wrong.

Where someone was writing, the error page is the form again, with their words in it.
"""

import re
import sys

from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from cft_course.accounts.hashers import TooManySigningIn
from journal.keys.errors import SealError
from journal.words import LONGEST_ANSWER
from lessons.outages import DATABASE_IS_AWAY

RESTING = (*DATABASE_IS_AWAY, SealError)

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
        "Nothing was saved. If your browser still shows the text, copy it somewhere safe before you shorten it.",
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


# For each problem with a form that holds someone's words: the title, and what to do now.
SIGNED_OUT = (
    "You are signed out, and your words are here",
    "Sign in in a second tab, then come back to this one and save again. Nothing has been lost.",
)
OLD_FORM = (
    "Please look at this once more, then save again",
    "This page was open for a long time, or you signed in again somewhere else. Check that these words are yours.",
)
RESTING_FORM = (
    "Saving is resting for a moment, and your words are here",
    "Nothing has been lost. Leave this page open and save again in a few minutes, or copy the words somewhere safe.",
)
BROKEN_FORM = (
    "That did not work, and your words are here",
    "It is not something you did. Please save again, or copy the words somewhere safe first.",
)


def words_back(request, status, told):
    """Return the form that was sent with its words in it, or None if nobody was writing there.

    Needs no database and no session. Its form carries a fresh token; nothing of it is stored.
    """
    fields = _writing_fields(request)
    if request.method != "POST" or not fields or request.headers.get("Sec-Fetch-Site") == "cross-site":
        return None
    try:
        sent = request.POST
    except (BadRequest, SuspiciousOperation, OSError):
        # Nothing that a form of this site sends.
        return None
    title, advice = told
    boxes = {box: question for field in fields for box, question in _boxes(field, sent)}
    context = {
        "title": title,
        "advice": advice,
        "texts": [(box, _shown(sent.get(question)), _shown(sent.get(box))) for box, question in boxes.items()],
        "rest": [
            (name, _shown(value))
            for name, values in sent.lists()
            for value in values
            if name not in boxes and name != "csrfmiddlewaretoken"
        ],
    }
    html = render_to_string(
        "words_back.html", context | {"is_signed_out": told is SIGNED_OUT, "longest": LONGEST_ANSWER}, request
    )
    response = HttpResponse(html, status=status)
    patch_vary_headers(response, ("Cookie",))
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _boxes(field, sent):
    """Return a field, its numbered ones such as ``text_1``, or both, each with the name of its question's field."""
    further = [name for name in sent if re.fullmatch(rf"{field}_[0-9]{{1,4}}", name)]
    numbers = sorted(int(name.rpartition("_")[2]) for name in further)
    first = [(field, "question")] if field in sent or not numbers else []
    return [*first, *((f"{field}_{number}", f"question_{number}") for number in numbers)]


def _shown(text):
    return (text or "").replace("\0", "")


def _writing_fields(request):
    match = getattr(request, "resolver_match", None)
    return getattr(match.func, "keeps_words", ()) if match else ()


def bad_request(request, exception=None):
    """Answer 400; where words were saved just before the person was signed out elsewhere, say that they were."""
    if isinstance(exception, SessionInterrupted) and getattr(request, "is_saved", False):
        return page(400, title="Saved, and you are signed out", advice="Your words are kept. Sign in to see them.")
    return words_back(request, 400, BROKEN_FORM) or page(400)


def permission_denied(request, exception=None):
    """Answer 403."""
    return page(403)


def page_not_found(request, exception=None):
    """Answer 404."""
    return page(404)


def signed_out(request):
    """Answer 403 to someone who was signed out while writing, with their words; else None."""
    return words_back(request, 403, SIGNED_OUT)


def csrf_failure(request, reason=""):
    """Answer 403 when a form's safety token is old, as after signing in again in another tab."""
    return words_back(request, 403, OLD_FORM) or page(
        403,
        title="Please send that once more",
        advice=(
            "This form was open for a long time, or you signed in again elsewhere. Nothing was changed. Go back, "
            "reload the page and send it again."
        ),
    )


def server_error(request):
    """Answer 503 while the database or a key is away, else 500 from a template that needs nothing at all."""
    problem = sys.exc_info()[1]
    if isinstance(problem, TooManySigningIn):
        return page(503, title=WORDS[429][0], advice="Many people are signing in just now. Please try again shortly.")
    if isinstance(problem, RESTING):
        return words_back(request, 503, RESTING_FORM) or page(503)
    return words_back(request, 500, BROKEN_FORM) or last_page(500)


def last_page(status):
    """Return the page that needs nothing at all."""
    return HttpResponse(render_to_string("500.html"), status=status)
