"""Practice This Week: seven gentle days, kept by day. Open days look like any other."""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from journal.access import learners_only
from journal.forms import new_token
from journal.safekeeping import keeps_words
from journal.words import LONGEST_ANSWER
from practices import calendar_file as ics
from practices import reminding, weeks
from practices.daily import DayEntry, DayForm, question_across, questions_of
from practices.models import Week, WeeklyPractice
from practices.run import Gone, OtherAnswer
from practices.stepping import require_get_or_post


@learners_only
@require_safe
def today(request):
    """Ask today's questions of the week begun last; offer the others, and a new one where there is none."""
    running = list(Week.objects.owned_by(request.user).running().whole()[:20])
    under_way = [week for week in running if not weeks.is_over(week, request.user.today)]
    if not running:
        offered = WeeklyPractice.objects.offered().select_related("module")
        return render(request, "practices/no_week.html", {"offered": offered})
    week = (under_way or running)[0]
    return _show_week(request, week, others=[other for other in under_way if other is not week])


@learners_only
@require_get_or_post
def begin(request, number):
    """Begin a week of a module's practice; one that is under way goes on instead."""
    weekly = get_object_or_404(WeeklyPractice.objects.offered().select_related("module"), module__number=number)
    if request.method != "POST":
        return render(request, "practices/begin_week.html", {"weekly": weekly})
    week = weeks.begin(request.user, weekly)
    reminding.schedule(request.user)
    return redirect("week:overview", week.pk)


@learners_only
@require_safe
def overview(request, week):
    """Show a week: today's questions while it runs, all its answers together afterwards."""
    return _show_week(request, _own(request, week))


@keeps_words("text")
@learners_only
@require_get_or_post
@sensitive_post_parameters()
@sensitive_variables()
def day(request, week, number):
    """Ask the questions of one day up to today, or save its answers."""
    found = Week.objects.owned_by(request.user).whole().filter(pk=week, weekly__isnull=False).first()
    days = weeks.seven(found, request.user.today, weeks.entries_of(found)) if found else []
    asked = days[number - 1] if days and 1 <= number <= weeks.DAYS else None
    if asked is None or not asked.may_be_written:
        return _not_there(request)
    entry = DayEntry(request.keyring, found, asked.date, asked.entry)
    if request.method == "POST":
        return _save(request, found, questions_of(found), entry, asked)
    return _show(request, found, DayForm(questions_of(found), words=entry.words), entry, asked, days=days)


@keeps_words("text")
@learners_only
@require_get_or_post
@sensitive_post_parameters()
@sensitive_variables()
def across(request, week):
    """Show a week's answers together, and ask one question about them."""
    found = Week.objects.owned_by(request.user).whole().filter(pk=week, weekly__isnull=False).first()
    if found is None:
        return _not_there(request)
    entries = weeks.entries_of(found)
    entry = DayEntry(request.keyring, found, weeks.ACROSS, entries.get(weeks.entry_id(found, weeks.ACROSS)))
    if request.method == "POST":
        return _save(request, found, question_across(found), entry, None)
    form = DayForm(question_across(found), words=entry.words)
    return _show(request, found, form, entry, None, together=_together(request, found, entries))


@learners_only
@require_POST
def pause(request, week):
    """Let a week rest."""
    found = _own(request, week)
    date = request.user.today
    has_written = weeks.entry_id(found, date) in weeks.entries_of(found)
    weeks.pause(found, date, has_written)
    reminding.schedule(request.user)
    return redirect("week:overview", found.pk)


@learners_only
@require_POST
def go_on(request, week):
    """Go on with a week that rested."""
    found = _own(request, week)
    weeks.go_on(found, request.user.today)
    reminding.schedule(request.user)
    return redirect("week:overview", found.pk)


@learners_only
@require_get_or_post
def end(request, week):
    """Ask, and then end a week before its time. What was written stays."""
    found = _own(request, week)
    if request.method != "POST":
        return render(request, "practices/end_week.html", {"week": found})
    weeks.end(found)
    reminding.schedule(request.user)
    messages.info(request, "The week is ended. What you wrote is in your notes.")
    return redirect("week:across", found.pk)


@learners_only
@require_safe
def calendar_file(request, week):
    """Give the days of a week as a calendar file with neutral titles."""
    found = _own(request, week)
    response = HttpResponse(ics.of(found), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="seven-days.ics"'
    return response


def _own(request, week):
    return get_object_or_404(Week.objects.owned_by(request.user).whole(), pk=week, weekly__isnull=False)


def _show_week(request, week, others=()):
    """Show today of a week, or what it is while it has none: resting, or over."""
    date = request.user.today
    entries = weeks.entries_of(week)
    days = weeks.seven(week, date, entries)
    if weeks.is_over(week, date):
        return redirect("week:across", week.pk)
    asked = next((each for each in days if each.is_today), None)
    if weeks.is_paused(week) and (asked is None or asked.date is None):
        return render(request, "practices/resting_week.html", {"week": week, "days": days, "others": others})
    asked = asked or days[0]
    entry = DayEntry(request.keyring, week, asked.date, asked.entry)
    form = DayForm(questions_of(week), words=entry.words)
    return _show(request, week, form, entry, asked, days=days, others=others)


def _show(request, week, form, entry, asked, status=200, **extra):
    hidden = {"revision": entry.revision, "begun": entry.entry is not None} | extra.pop("bookkeeping", {})
    context = {
        "week": week, "weekly": week.weekly, "form": form, "hidden": hidden, "entry": entry.entry, "asked": asked,
        "address": _address(week, asked), "longest": LONGEST_ANSWER, "is_paused": weeks.is_paused(week),
        "before": _before(request, extra.get("days", []), asked),
    }  # fmt: skip
    template = "practices/day.html" if asked else "practices/across.html"
    return render(request, template, context | extra, status=status)


def _address(week, asked):
    if asked is None:
        return reverse("week:across", args=[week.pk])
    return reverse("week:day", args=[week.pk, asked.number])


def _before(request, days, asked):
    """Return the answers of this week's other days, for looking back at the same questions."""
    others = [each for each in days if each.entry and asked and each.number < asked.number]
    return [(each, each.entry.open_latest(request.keyring)) for each in others]


def _together(request, week, entries):
    days = weeks.seven(week, request.user.today, entries)
    return [(each, each.entry.open_latest(request.keyring) if each.entry else None) for each in days if each.date]


def _save(request, week, questions, entry, asked):
    form = DayForm(questions, request.POST)
    if not form.is_valid():
        return _refuse(request, week, form, entry, asked)
    is_autosave = request.headers.get("Accept") == "application/json"
    try:
        entry.save(form, keep=not is_autosave and request.POST.get("action") != "later")
    except Gone:
        return _gone(request, week, form, asked)
    except OtherAnswer:
        return _choose(request, week, form, entry, asked)
    request.is_saved = True
    if is_autosave:
        return JsonResponse(_saved(request, week, entry, asked))
    if not form.is_blank:
        messages.success(request, "It is kept." if request.POST.get("action") != "later" else "Saved for later.")
    return redirect("week:overview" if asked else "week:across", week.pk)


def _saved(request, week, entry, asked):
    changed = entry.entry.changed if entry.entry else None
    return {
        "revision": entry.revision,
        "saved": f"{localtime(changed, request.user.zone):%H:%M}" if changed else "",
        "address": _address(week, asked),
        "fields": {"begun": "on" if entry.entry else ""},
    }


def _refuse(request, week, form, entry, asked):
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"problems": [problem for _, problem in form.problems]}, status=422)
    return _show(request, week, form, entry, asked, status=422, unsaved=True)


def _gone(request, week, form, asked):
    """Give the words back: the entry they belonged to was deleted somewhere else."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"gone": True}, status=404)
    entry = DayEntry(request.keyring, week, asked.date if asked else weeks.ACROSS, None)
    given = {name: value for name, value in form.cleaned_data.items() if name.startswith("text_")}
    again = DayForm(form.asked, initial=given)
    return _show(request, week, again, entry, asked, status=404, gone=True, unsaved=True)


def _choose(request, week, form, entry, asked):
    """Show what is here and what was saved elsewhere, side by side, with the form to settle it."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"conflict": True}, status=409)
    given = {name: value for name, value in form.cleaned_data.items() if name.startswith("text_")}
    again = DayForm(form.asked, initial=given)
    return _show(request, week, again, entry, asked, status=409, theirs=entry.words, unsaved=True)


def _not_there(request):
    """Answer 404 for a day that is none, with the words that were sent for it and a way to keep them."""
    if request.method != "POST":
        raise Http404
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"gone": True}, status=404)
    texts = [value for name, value in sorted(request.POST.items()) if name.startswith("text_") and value]
    context = {
        "text": "\n\n".join(texts).replace("\0", ""),
        "token": new_token(request.user),
        "longest": LONGEST_ANSWER,
        "is_day": True,
    }
    return render(request, "practices/not_there.html", context, status=404)
