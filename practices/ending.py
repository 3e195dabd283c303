"""How a practice ends: read back, then kept or let go."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from journal.access import learners_only, visitors_welcome
from practices import addresses, content, kinds, visitor
from practices.models import Run
from practices.run import Gone, OtherAnswer, answer_to
from practices.stepping import require_get_or_post, run_of
from practices.visitor import VisitorsRun, cookie_name


class Line:
    """One question with its answer, as it is read back."""

    def __init__(self, practice, step, answer):
        self.step = step
        self.question = answer.question if answer and answer.text else step.asked or step.title
        self.text = answer.text if answer else ""
        self.instead = kinds.of(step).read_back("") if step else ""
        self.change = addresses.of(practice, step.key) if step else ""


def lines(practice, words):
    """Return every question with its answer, in order; answers to steps that were taken away come last."""
    asked = [Line(practice, step, answer_to(words, step)) for step in practice.questions]
    known = {step.answer_key for step in practice.questions}
    rest = [Line(practice, None, answer) for answer in words.answers if answer.key not in known and answer.text]
    return asked + rest


@visitors_welcome
@require_safe
def read_back(request, practice):
    """Show every question with its answer, before it is kept or let go."""
    found = content.find_or_404(practice, request.user)
    run = run_of(request, found)
    context = {
        "practice": found,
        "run": run,
        "lines": lines(found, run.words),
        "is_blank": run.words.is_blank,
    }
    return render(request, "practices/read_back.html", context)


@visitors_welcome
@require_get_or_post
def keep(request, practice):
    """Keep what was written; a visitor is asked to sign up or in first."""
    found = content.find_or_404(practice, request.user)
    if request.user.is_staff:
        return render(request, "journal/editors.html", status=403)
    if request.method != "POST":
        return _ask_who(request, found)
    run = run_of(request, found)
    try:
        run.keep(_number(request.POST.get("revision")))
    except Gone:
        return redirect("practices:done", found.slug)
    except OtherAnswer:
        messages.info(request, "Something was changed in another window. Please read it once more, then keep it.")
        return redirect("practices:read-back", found.slug)
    return redirect("practices:keep" if run.is_visitors else "practices:done", found.slug)


def _number(text):
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _ask_who(request, practice):
    """Offer a visitor to sign up or in; whoever is signed in has nothing to be asked."""
    if request.keyring or not visitor.wants_to_keep(request, practice):
        return redirect("practices:read-back", practice.slug)
    now = reverse("practices:keep-now", args=[practice.slug])
    return render(request, "practices/keep.html", {"practice": practice, "next": now})


@learners_only
@require_get_or_post
def keep_now(request, practice):
    """Keep what was written before signing in, or let it go.

    By GET only where this visitor pressed "Keep it" before: signing in leads here as the second half of that press.
    """
    found = content.find_or_404(practice, request.user)
    run = VisitorsRun(request, found)
    if request.POST.get("action") == "let-go":
        run.let_go()
        messages.info(request, "It is gone. Nothing is left of it.")
        return redirect(found)
    if request.method != "POST" and not visitor.wants_to_keep(request, found):
        return redirect(found)
    try:
        run.keep_in_journal(request.keyring)
    except Gone:
        messages.info(request, "There was nothing left to keep: what is written without an account goes after a day.")
        return redirect(found)
    response = redirect("practices:done", found.slug)
    response.delete_cookie(cookie_name(), samesite="Lax")
    return response


@visitors_welcome
@require_get_or_post
def let_go(request, practice):
    """Ask, and then let everything that was written go."""
    found = content.find_or_404(practice, request.user)
    run = run_of(request, found)
    if request.method != "POST":
        return render(request, "practices/let_go.html", {"practice": found, "run": run})
    run.let_go()
    response = redirect("practices:done", found.slug)
    if run.is_visitors:
        response.delete_cookie(cookie_name(), samesite="Lax")
    return response


@visitors_welcome
@require_safe
def done(request, practice):
    """Say what was kept or let go, and what could come next."""
    found = content.find_or_404(practice, request.user)
    run = None
    if request.keyring:
        run = Run.objects.owned_by(request.user).done().filter(practice=found).first()
        if run is None:
            return redirect(found)
    return render(request, "practices/done.html", {"practice": found, "run": run})
