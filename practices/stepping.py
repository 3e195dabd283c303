"""One step of a practice: shown, answered, saved, and on to the next. The same for learners and visitors."""

from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from journal.access import visitors_welcome
from journal.forms import new_token
from journal.safekeeping import keeps_words
from journal.words import LONGEST_ANSWER
from practices import addresses, content, kinds
from practices.forms import READ_BACK, AnswerForm, shown_again
from practices.run import Gone, LearnersRun, OtherAnswer, answer_to
from practices.visitor import TooLong, TooMany, VisitorsRun

require_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def run_of(request, practice):
    """Return the run of whoever is asking: a learner's in their journal, a visitor's in their session."""
    if request.keyring:
        return LearnersRun(request.keyring, practice)
    return VisitorsRun(request, practice)


@keeps_words("text")
@visitors_welcome
@require_get_or_post
@sensitive_post_parameters()
@sensitive_variables()
def step(request, practice, number=None):
    """Ask one question, or save its answer and go where the learner wants to go."""
    found = content.find(practice, request.user)
    asked = found and found.step_at(number)
    if request.method == "POST":
        if found is None or (asked is None and found.step_with(request.POST.get("key", "")) is None):
            return _not_there(request)
        return _save(request, run_of(request, found), asked or found.closing)
    if asked is None:
        raise Http404
    run = run_of(request, found)
    return run.remember(_show(request, run, AnswerForm(asked, answer=answer_to(run.words, asked))))


def _save(request, run, asked):
    form = AnswerForm.sent(run.practice, asked, request.POST)
    if not form.is_valid():
        return _refuse(request, run, form)
    action = request.POST.get("action", "")
    sent = form.cleaned_data
    answer = form.answered(answer_to(run.words, form.step))
    place = _place(request, run.practice, form.step, asked)
    try:
        run.answer(answer, place, seen=sent["revision"] or 0, token=sent["run"], begun=sent["begun"])
    except Gone:
        return _gone(request, run, form)
    except OtherAnswer as other:
        return _choose(request, run, form, other.answer)
    except (ValidationError, TooLong, TooMany) as problem:
        form.add_error(None, problem if isinstance(problem, ValidationError) else str(problem))
        return _refuse(request, run, form)
    request.is_saved = True
    if _is_autosave(request):
        return run.remember(JsonResponse(_saved(request, run)))
    if action == "hard" and run.practice.step_with(form.step.key):
        return run.remember(redirect(addresses.of_step(run.practice, form.step, hard=True)))
    return run.remember(redirect(run.practice if action == "stop" else addresses.of(run.practice, place)))


def _place(request, practice, answered, asked):
    """Return the key of where to go on."""
    action, to = request.POST.get("action", ""), request.POST.get("to", "")
    if to == READ_BACK or practice.step_with(to):
        return to
    if action in ("later", "hard", "stop"):
        return answered.key
    if action == "back":
        return addresses.before(practice, answered) or answered.key
    if request.POST.get("from") == READ_BACK:
        return READ_BACK
    return addresses.after(practice, answered, practice.number_of(asked))


def _saved(request, run):
    """Return what a page that saves by itself needs to know."""
    zone = getattr(request.user, "zone", None)
    return {
        "revision": run.revision,
        "saved": f"{localtime(run.saved, zone):%H:%M}" if zone and run.is_begun else "",
        "address": request.get_full_path(),
        "fields": {"run": run.token, "begun": "on" if run.is_begun else ""},
    }


def _show(request, run, form, status=200, **extra):
    practice, asked = run.practice, form.step
    is_there = practice.step_with(asked.key) is not None
    number = practice.number_of(asked) if is_there else None
    initial = {"revision": run.revision, "run": run.token, "begun": run.is_begun, "key": asked.key}
    initial |= {"question": asked.asked, "kind": asked.kind} | extra.pop("bookkeeping", {})
    context = {
        "practice": practice, "step": asked, "run": run, "form": form, "kind": form.kind, "number": number,
        "hidden": initial, "asked_then": _asked_then(form.answer, asked), "longest": LONGEST_ANSWER,
        "previous": addresses.before(practice, asked), "from": request.POST.get("from") or request.GET.get("from"),
        "hard": addresses.of_step(practice, asked, hard=True) if is_there else "",
    }  # fmt: skip
    if form.kind.name == kinds.PAUSE:
        context |= _pause(asked, request.GET)
    return render(request, "practices/step.html", context | extra, status=status)


def _pause(asked, chosen):
    seconds, rhythm = kinds.pause_settings(asked, chosen)
    inward, wait, outward = kinds.BREATHS[rhythm][1]
    return {
        "seconds": seconds, "rhythm": rhythm, "lengths": kinds.LENGTHS, "rhythms": kinds.RHYTHMS,
        "length": dict(kinds.LENGTHS)[seconds], "inward": inward, "wait": wait, "outward": outward,
        "breaths": round(seconds / (inward + wait + outward)) if inward else 0,
    }  # fmt: skip


def _asked_then(answer, asked):
    """Return the question that a kept answer answered, if it was another one."""
    return answer.question if answer and answer.text and answer.question != asked.asked else ""


def _is_autosave(request):
    return request.headers.get("Accept") == "application/json"


def _refuse(request, run, form):
    if _is_autosave(request):
        return JsonResponse({"problems": [problem for _, problem in form.problems]}, status=422)
    # A token that was not this person's is replaced by one that is.
    return _show(request, run, form, status=422, unsaved=True)


def _gone(request, run, form):
    """Give the words back: what they belonged to was kept, let go or deleted somewhere else."""
    if _is_autosave(request):
        return JsonResponse({"gone": True}, status=404)
    run = run_of(request, run.practice)
    again = AnswerForm(form.step, initial=shown_again(form.data))
    afresh = {"revision": 0, "begun": False}
    return _show(request, run, again, status=404, gone=True, unsaved=True, bookkeeping=afresh)


def _choose(request, run, form, theirs):
    """Show both answers to one step and let the learner choose: this one, the other one, or both."""
    if _is_autosave(request):
        return JsonResponse({"conflict": True}, status=409)
    sent = [(name, value) for name, values in form.data.lists() for value in values]
    left_out = {"csrfmiddlewaretoken", "revision", "begun", "run", "text"}
    context = {
        "practice": run.practice, "step": form.step, "mine": form.text, "theirs": theirs.text,
        "sent": [(name, value) for name, value in sent if name not in left_out],
        "text": form.data.get("text", ""), "is_words": form.kind.template == kinds.Kind.template,
        "hidden": {"revision": run.revision, "run": run.token, "begun": run.is_begun},
        "address": request.path,
    }  # fmt: skip
    return render(request, "practices/conflict.html", context, status=409)


def _not_there(request):
    """Give the words back with a way to keep them: this practice, or this step, is not offered any more."""
    if _is_autosave(request):
        return JsonResponse({"gone": True}, status=404)
    texts = [*request.POST.getlist("chosen"), request.POST.get("number", ""), request.POST.get("text", "")]
    context = {
        "text": "\n".join(text for text in texts if text).replace("\0", ""),
        "question": request.POST.get("question", "").replace("\0", "")[:300],
        "token": new_token(request.user) if request.keyring else "",
        "longest": LONGEST_ANSWER,
    }
    return render(request, "practices/not_there.html", context, status=404)
