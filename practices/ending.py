"""How a practice ends: read back, then kept or let go."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from journal.access import learners_only, visitors_welcome
from practices import addresses, content, kinds, visitor
from practices.models import Run
from practices.run import Gone, OtherAnswer, answer_to
from practices.stepping import require_get_or_post, run_of
from practices.visitor import VisitorsRun


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


def run_or_404(request, slug):
    """Return the run of whoever is asking. One that is under way can be ended though its practice is offered no more.

    Raises ``Http404``.
    """
    found = content.find(slug, request.user)
    practice = found or content.known(slug)
    run = practice and run_of(request, practice)
    if run is None or not (found or run.is_begun):
        raise Http404
    return run


@visitors_welcome
@require_safe
def read_back(request, practice):
    """Show every question with its answer, before it is kept or let go."""
    run = run_or_404(request, practice)
    context = {
        "practice": run.practice,
        "run": run,
        "lines": lines(run.practice, run.words),
        "is_blank": run.words.is_blank,
    }
    return render(request, "practices/read_back.html", context)


@visitors_welcome
@require_get_or_post
def keep(request, practice):
    """Keep what was written; a visitor is asked to sign up or in first."""
    run = run_or_404(request, practice)
    if request.user.is_staff:
        return render(request, "journal/editors.html", status=403)
    if request.method != "POST":
        return _ask_who(request, run)
    token = request.POST.get("run", "")
    try:
        run.keep(_number(request.POST.get("revision")), token)
    except Gone:
        if run.has_ended(token):
            return redirect("practices:done", practice)
        messages.info(request, "There was nothing here to keep any more. Nothing else was changed.")
        return redirect("practices:opening", practice)
    except OtherAnswer:
        return _read_once_more(request, practice)
    return redirect("practices:keep" if run.is_visitors else "practices:done", practice)


def _number(text):
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _read_once_more(request, practice):
    messages.info(request, "Something was changed in another window. Please read it once more before you decide.")
    return redirect("practices:read-back", practice)


def _ask_who(request, run):
    """Offer a visitor to sign up or in; whoever is signed in has nothing to be asked."""
    if not run.is_visitors or not run.is_begun:
        return redirect("practices:read-back", run.practice.slug)
    now = reverse("practices:keep-now", args=[run.practice.slug])
    return render(request, "practices/keep.html", {"practice": run.practice, "next": now})


@learners_only
@require_get_or_post
def keep_now(request, practice):
    """Ask whoever has signed in now whether what was written before goes into their notes, and do it.

    It is asked because the one who signs in on a shared browser need not be the one who wrote.
    """
    known = content.known(practice)
    run = known and VisitorsRun(request, known)
    if not run or not run.is_begun:
        return _nothing_waits(request, practice)
    if request.method != "POST":
        return render(request, "practices/keep_now.html", {"practice": known, "run": run})
    try:
        if request.POST.get("action") == "let-go":
            run.let_go(run.revision, run.token)
            messages.info(request, "It is gone. Nothing is left of it.")
            return visitor.forget(request, redirect("my:course"))
        run.keep_in_journal(request.keyring)
    except (Gone, OtherAnswer):
        return _nothing_waits(request, practice)
    return visitor.forget(request, redirect("practices:done" if known.is_open else "my:course", *_slug(known)))


def _slug(practice):
    return [practice.slug] if practice.is_open else []


def _nothing_waits(request, practice):
    if Run.objects.owned_by(request.user).done().filter(practice__slug=practice).exists():
        return redirect("practices:done", practice)
    messages.info(request, "There is nothing left to keep: what is written without an account goes after a day.")
    return redirect("my:course")


@visitors_welcome
@require_get_or_post
def let_go(request, practice):
    """Ask, and then let go what was shown, and nothing that was written since."""
    run = run_or_404(request, practice)
    if request.method != "POST":
        return render(request, "practices/let_go.html", {"practice": run.practice, "run": run})
    try:
        run.let_go(_number(request.POST.get("revision")), request.POST.get("run", ""))
    except (Gone, OtherAnswer):
        return _read_once_more(request, practice)
    response = redirect("practices:done" if run.practice.is_open else "home", *_slug(run.practice))
    return visitor.forget(request, response) if run.is_visitors else response


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
