"""The pages around a practice: before it, in a hard moment, looking back, and on paper."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from journal import listing
from journal.access import learners_only, own_entry, visitors_welcome
from journal.models import Entry
from lessons.publishing import public_page
from practices import addresses, content, visitor
from practices.ending import done, keep, keep_now, let_go, read_back
from practices.models import Practice, Run
from practices.stepping import run_of, step

__all__ = [
    "done",
    "go_on",
    "hard",
    "keep",
    "keep_now",
    "let_go",
    "look_back",
    "opening",
    "read_back",
    "step",
    "worksheet",
]


@visitors_welcome
@require_safe
def opening(request, practice):
    """Say what the practice is for, what it needs and what happens to the words, before anything is asked."""
    found = content.find_or_404(practice, request.user)
    run = run_of(request, found)
    context = {
        "practice": found,
        "run": run,
        "go_on": addresses.of(found, run.words.place) if run.is_begun else "",
        "is_waiting": bool(request.keyring) and found in visitor.waiting(request),
        "has_been_kept": bool(request.keyring)
        and Run.objects.owned_by(request.user).done().filter(practice=found, is_kept=True).exists(),
    }
    return render(request, "practices/opening.html", context)


@learners_only
@require_safe
def go_on(request, entry_id):
    """Lead from a draft to its practice, where it was left; from one whose practice is gone, to its words."""
    entry = own_entry(request, entry_id)
    run = Run.objects.owned_by(request.user).under_way().filter(pk=entry.pk).select_related("practice").first()
    found = run and run.practice and content.find(run.practice.slug, request.user)
    if found and entry.is_draft:
        return redirect(addresses.of(found, entry.open_draft(request.keyring).place))
    if not found and entry.is_draft:
        messages.info(request, "This practice is not offered any more. Your words are all here, to keep or to change.")
    return redirect("journal:change", entry.pk)


@visitors_welcome
@require_safe
def hard(request, practice, number=None):
    """Offer a minute of grounding, people to talk to, and the way back or out."""
    found = content.find_or_404(practice, request.user)
    left = found.step_at(number)
    if left is None:
        raise Http404
    context = {"practice": found, "back": addresses.of_step(found, left), "is_learner": bool(request.keyring)}
    return render(request, "practices/hard.html", context)


@learners_only
@require_safe
def look_back(request, practice):
    """Show one's earlier answers to each question side by side, by date."""
    found = content.find_or_404(practice, request.user)
    entries = Entry.objects.owned_by(request.user).filter(kind=Entry.Kind.PRACTICE).exclude(kept=None)
    entries, after = listing.page(entries, request.GET.get("after", ""))
    listing.uncover(entries, request.keyring, kept=True)
    context = {"practice": found, "questions": _side_by_side(found, entries), "after": after}
    return render(request, "practices/look_back.html", context)


def _side_by_side(practice, entries):
    """Return each step's title with the answers to it, oldest first; steps that were taken away come last."""
    titles = {step.answer_key: step.title for step in practice.questions}
    answers = {key: [] for key in titles}
    for entry in reversed(entries):
        for answer in entry.words.answers if entry.words else ():
            if answer.key.startswith(f"{practice.slug}/"):
                answers.setdefault(answer.key, []).append((entry, answer))
    return [(titles.get(key, ""), given) for key, given in answers.items() if given]


def _offered():
    return [{"practice": slug} for slug in Practice.objects.offered().values_list("slug", flat=True)]


@public_page(each=_offered)
def worksheet(request, practice):
    """Show the practice as one page to print and fill in by hand."""
    found = Practice.objects.offered().select_related("module").prefetch_related("steps").filter(slug=practice).first()
    if found is None:
        raise Http404
    context = {"path": request.path, "practice": found, "days": range(1, 8)}
    return HttpResponse(render_to_string("practices/worksheet.html", context))
