"""The journal's calendar, and reading through what was kept about one module.

The calendar asks only which days have entries of which kind. Their words stay sealed.
"""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from journal import calendar, listing
from journal.access import learners_only
from journal.models import Entry
from lessons.models import Module


@learners_only
@require_safe
def this_month(request):
    """Lead to the month of the learner's own today."""
    today = request.user.today
    return redirect("journal:month", today.year, today.month)


@learners_only
@require_safe
def month(request, year, month):
    """Show a month as a table, each day with the shapes of what was written on it."""
    first, today = _first_of(year, month), request.user.today
    own = Entry.objects.owned_by(request.user)
    kinds = calendar.kinds_by_day(own.days_between(first, calendar.last_of(first)).values_list("day", "kind"))
    context = {
        "first": first,
        "weeks": calendar.weeks_of(first, kinds, today),
        "before": calendar.month_before(first),
        "after": calendar.month_after(first, today),
        "sentence": calendar.sentence(len(kinds), f"{first:%B}"),
        "kinds": Entry.Kind,
        "month_ago": _month_ago(own, today) if (today.year, today.month) == (year, month) else None,
    }
    return render(request, "journal/month.html", context)


@learners_only
@require_safe
def year(request, year):
    """Show a year at a glance: a picture of its days, and a list of its months that says the same."""
    first, today = _first_of(year), request.user.today
    own = Entry.objects.owned_by(request.user)
    written = set(own.days_between(first, calendar.last_of(first.replace(month=12))).values_list("day", flat=True))
    before, after = calendar.years_around(year, today)
    context = {
        "year": year,
        "months": calendar.months_of(year, written, today),
        "squares": calendar.squares_of(year, written, today),
        "picture": calendar.PICTURE,
        "before": before,
        "after": after,
        "sentence": calendar.sentence(len(written), year),
    }
    return render(request, "journal/year.html", context)


@learners_only
@require_safe
def read_through(request, number):
    """Show everything kept about one module in full, oldest first."""
    module = get_object_or_404(Module.objects.published().only("title", "number"), number=number)
    entries = Entry.objects.owned_by(request.user).with_kept_words().filter(module=module)
    entries, after = listing.page_to_read(entries, request.GET.get("after", ""))
    context = {"module": module, "entries": listing.uncover(entries, request.keyring, kept=True), "after": after}
    return render(request, "journal/read_through.html", context)


def _first_of(year, month=1):
    try:
        return calendar.first_of(year, month)
    except (ValueError, OverflowError) as nowhere:
        raise Http404 from nowhere


def _month_ago(own, today):
    """Return the day a month ago if there is something to look back on, else None."""
    day = calendar.a_month_before(today)
    return day if own.filter(day=day).exists() else None
