"""The private journal, one short function a page.

Everything here is private: the middleware asks who someone is and keeps the answer out of every cache.
"""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal import listing, saving, search
from journal.access import learners_only, own_entry
from journal.filtering import Filter
from journal.forms import NoteForm, SearchForm, carried, new_token, numbered
from journal.models import Entry, Prompt
from journal.safekeeping import keeps_words
from journal.words import LONGEST_ANSWER

require_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@learners_only
@require_safe
def home(request):
    """List a learner's entries, newest first, covered until they tap or ask for all of them."""
    chosen = Filter.read(request.GET)
    entries = chosen.narrow(Entry.objects.owned_by(request.user))
    entries, after = listing.page(entries, request.GET.get("after", ""))
    listing.uncover(entries, request.keyring)
    rest = request.GET.copy()
    rest["after"] = after
    return render(
        request,
        "journal/home.html",
        {
            "entries": entries,
            "filter": chosen,
            "rest": rest.urlencode() if after else "",
            "name": request.user.open_name(request.keyring),
        },
    )


@learners_only
@require_POST
def cover(request):
    """Cover the words in the list, or show them all at once, as the learner prefers from now on."""
    request.user.shows_words = request.POST.get("show") == "all"
    request.user.save(update_fields=["shows_words"])
    return redirect("journal:home")


@learners_only
@require_safe
def entry(request, entry_id):
    """Show one entry, for reading and for printing."""
    found = own_entry(request, entry_id)
    if found.is_draft:
        return redirect("journal:change", found.pk)
    return render(request, "journal/entry.html", {"entry": found, "words": found.open_kept(request.keyring)})


@keeps_words("text")
@learners_only
@require_get_or_post
@sensitive_post_parameters()
@sensitive_variables()
def new(request):
    """Write a new note, with or without a gentle question to begin with."""
    if request.method == "POST":
        return _save(request, NoteForm(request.POST, keyring=request.keyring))
    return _show(request, NoteForm.to_begin(request.keyring))


@keeps_words("text")
@learners_only
@require_get_or_post
@sensitive_post_parameters()
@sensitive_variables()
def change(request, entry_id):
    """Go on with a note, or change one that was kept."""
    found = Entry.objects.owned_by(request.user).filter(pk=entry_id).first()
    if request.method == "POST":
        if found is None:
            return _gone(request)
        return _save(request, NoteForm(request.POST, keyring=request.keyring, entry=found))
    found = own_entry(request, entry_id)
    return _show(request, NoteForm.to_change(request.keyring, found))


@learners_only
@require_POST
def let_changes_go(request, entry_id):
    """Forget the unfinished changes to an entry; what was kept before stays."""
    found = own_entry(request, entry_id)
    seen = request.POST.get("revision", "")
    try:
        saving.let_draft_go(request.user, found.pk, int(seen) if seen.isdecimal() and len(seen) < 10 else 0)
    except saving.Conflict:
        messages.info(request, "These words have just changed somewhere else, so nothing was let go.")
    return redirect("journal:entry", found.pk)


@learners_only
@require_get_or_post
def delete(request, entry_id):
    """Ask, and then delete an entry for good. It need not be readable for that."""
    found = own_entry(request, entry_id)
    if request.method == "POST":
        found.delete()
        messages.info(request, "It is deleted.")
        return redirect("journal:home")
    return render(request, "journal/delete.html", {"entry": found})


@learners_only
@require_get_or_post
@sensitive_post_parameters()
@sensitive_variables()
def find(request):
    """Look for words among one's own. By POST, so that no address and no log ever holds them."""
    form = SearchForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        entries = listing.after(Entry.objects.owned_by(request.user), form.cleaned_data["past"])
        found = search.find(entries, request.keyring, form.cleaned_data["words"])
    return render(request, "journal/search.html", {"form": form, **_found_page(found)})


def _found_page(found):
    """Return what the page shows of the entries found, and where the older ones go on."""
    if found is None:
        return {"asked": False}
    shown = found[: search.MOST_FOUND]
    past = listing.place_of(shown[-1]) if len(found) > len(shown) else ""
    return {"asked": True, "found": shown, "past": past}


def _save(request, form):
    """Save what was written and say so, or answer with the words and what is in the way."""
    if "prompt" in request.POST:
        return _with_prompt(request, form)
    keep = request.POST.get("action") != "later"
    if not form.is_valid():
        return _refuse(request, form)
    try:
        saved = form.save(keep=keep)
    except saving.Conflict as conflict:
        return _choose(request, form, conflict.entry)
    except Entry.DoesNotExist:
        return _gone(request)
    request.is_saved = True
    if _is_autosave(request):
        return JsonResponse(
            {
                "revision": saved.revision,
                "saved": f"{localtime(saved.changed, request.user.zone):%H:%M}",
                "address": reverse("journal:change", args=[saved.pk]),
            }
        )
    if keep:
        messages.success(request, "It is kept.")
        return redirect("journal:entry", saved.pk)
    messages.success(request, "Saved for later. You can go on with it whenever you like.")
    return redirect("journal:home")


def _with_prompt(request, form):
    """Show the form again with the words in it and another question above them. Saves nothing."""
    chosen = request.POST["prompt"]
    prompt = (
        Prompt.objects.filter(pk=chosen, is_offered=True).first() if chosen.isdecimal() and len(chosen) < 10 else None
    )
    initial = _given(request) | {"question": prompt.text if prompt else ""}
    return _show(request, NoteForm(keyring=request.keyring, entry=form.entry, initial=initial), unsaved=True)


def _given(request):
    """Return what was sent, as the beginning of another form."""
    return {name: value.replace("\0", "") for name, value in request.POST.items()}


def _is_autosave(request):
    return request.headers.get("Accept") == "application/json"


def _refuse(request, form):
    if _is_autosave(request):
        problems = [problem for found in form.errors.values() for problem in found]
        return JsonResponse({"problems": problems}, status=422)
    return _show(request, form, status=422, unsaved=True)


def _show(request, form, status=200, **extra):
    context = {"form": form, "entry": form.entry, "longest": LONGEST_ANSWER}
    if form.takes_a_question and (form.entry is None or form.entry.is_draft):
        context["prompts"] = Prompt.objects.filter(is_offered=True)
    return render(request, "journal/write.html", context | extra, status=status)


def _choose(request, form, theirs):
    """Show both versions and let the learner choose: this one, the other one, or both."""
    if _is_autosave(request):
        return JsonResponse({"conflict": True}, status=409)
    mine = form.words
    answers = dict(enumerate(mine.answers))
    other = theirs.open_latest(request.keyring).answers
    module = form.cleaned_data["module"]
    known = {"revision": theirs.revision, "token": new_token(request.user), "kind": theirs.kind, "title": mine.title}
    context = {
        "entry": theirs,
        "mine": [(numbered("text", number), answer) for number, answer in answers.items()],
        "theirs": other,
        "is_several": max(len(answers), len(other)) > 1,
        "carried": carried(answers, **known, module=module.pk if module else "", whole="1"),
    }
    return render(request, "journal/conflict.html", context, status=409)


def _gone(request):
    """Give the words back with a new place to keep them: the entry they belonged to is not there any more."""
    if _is_autosave(request):
        return JsonResponse({"gone": True}, status=404)
    form = NoteForm.to_begin(request.keyring, _given(request))
    return _show(request, form, status=404, gone=True, unsaved=True)
