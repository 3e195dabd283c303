"""The journal by its days: a month, a year, and everything about one module in a row."""

from datetime import date

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
    """Show a month as a table, its days marked by what was written on them."""
    try:
        first, last = calendar.span_of_month(year, month)
    except ValueError:
        raise Http404 from None
    today = request.user.today
    mine = Entry.objects.owned_by(request.user)
    written = calendar.kinds_by_day(mine, first, last)
    before, after = calendar.month_before(year, month), calendar.month_after(year, month)
    context = {
        "first": first,
        "rows": calendar.table_of_month(year, month, written, today),
        "count": len(written),
        "before": date(*before, 1) if before[0] in calendar.YEARS else None,
        "after": date(*after, 1) if after <= (today.year, today.month) else None,
        "month_ago": _month_ago(mine, today) if (year, month) == (today.year, today.month) else None,
    }
    return render(request, "journal/month.html", context)


def _month_ago(entries, today):
    day = calendar.a_month_ago(today)
    return day if entries.filter(day=day).exists() else None


@learners_only
@require_safe
def year(request, year):
    """Show a year at a glance, and in words."""
    if year not in calendar.YEARS:
        raise Http404
    mine = Entry.objects.owned_by(request.user)
    written = calendar.kinds_by_day(mine, date(year, 1, 1), date(year, 12, 31))
    counts = calendar.days_written(written)
    filled, empty = calendar.squares(year, written)
    context = {
        "year": year,
        "filled": filled,
        "empty": empty,
        "rows": calendar.rows_of_year(),
        "months": [(date(year, number, 1), counts[number]) for number in range(1, 13)],
        "count": len(written),
        "before": year - 1 if year - 1 in calendar.YEARS else None,
        "after": year + 1 if year < request.user.today.year else None,
    }
    return render(request, "journal/year.html", context)


@learners_only
@require_safe
def read_through(request, number):
    """Show everything kept about one module, from the first day to the last."""
    module = get_object_or_404(Module.objects.published().only("number", "title"), number=number)
    entries = Entry.objects.owned_by(request.user).filter(module=module).exclude(kept=None).defer("draft")
    entries, after = listing.page_onward(entries, request.GET.get("after", ""))
    listing.uncover(entries, request.keyring, kept=True)
    return render(request, "journal/read_through.html", {"module": module, "entries": entries, "after": after})
