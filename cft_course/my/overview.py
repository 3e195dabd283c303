"""What a learner's own page shows, in a number of queries that does not grow with what they wrote."""

from django.db.models import Max

from cft_course.my.models import Reading
from journal.models import Entry
from lessons.models import Module
from practices import weeks
from practices.models import Practice, Run, Week


def of(user):
    """Return the modules with what this learner read and did in each, and what to go on with."""
    modules = list(Module.objects.listed().order_by("number"))
    read = dict(Reading.objects.filter(owner=user).values_list("module", "day"))
    practices = {practice.pk: practice for practice in Practice.objects.filter(is_offered=True)}
    under_way, done = _runs(user)
    for practice in practices.values():
        practice.run = under_way.get(practice.pk)
        practice.last_done = done.get(practice.pk)
    for module in modules:
        module.read_on = read.get(module.pk)
        module.own = [practice for practice in practices.values() if practice.module_id == module.pk]
    return {
        "modules": modules,
        "under_way": _in_order(practices, under_way),
        "next": _next(modules),
        "running": _running(user),
    }


def _runs(user):
    """Return the draft of each practice under way, and the day when each practice was last done."""
    runs = Run.objects.owned_by(user).filter(practice__isnull=False)
    practice_of = dict(runs.under_way().values_list("pk", "practice"))
    drafts = Entry.objects.owned_by(user).filter(pk__in=practice_of, kept=None)
    last = runs.exclude(ended=None).values_list("practice").annotate(Max("ended"))
    under_way = {practice_of[draft.pk]: draft for draft in drafts}
    return under_way, {practice: user.day_of(ended) for practice, ended in last}


def _running(user):
    """Return the weeks under way, each with its seven ``days``. Only the one begun last looks for what is written."""
    today = user.today
    running = [week for week in Week.objects.owned_by(user).running().whole()[:5] if not weeks.is_over(week, today)]
    for number, week in enumerate(running):
        week.days = weeks.seven(week, today, {} if number else weeks.entries_of(week))
        week.is_resting = weeks.is_paused(week)
    return running


def _in_order(practices, under_way):
    """Return the practices under way, the one touched last first."""
    latest_first = sorted(under_way.items(), key=lambda item: item[1].changed, reverse=True)
    return [practices[pk] for pk, _ in latest_first if pk in practices]


def _next(modules):
    """Return the first published module that is not marked as read, or None."""
    return next((module for module in modules if module.is_published and not module.read_on), None)


def taken_along(user):
    """Return what is known of a learner's course besides their words, for the file with everything of theirs."""
    read = Reading.objects.filter(owner=user).order_by("day").values_list("module__number", "day")
    runs = Run.objects.owned_by(user).order_by("begun").values_list("practice__title", "begun", "ended", "is_kept")
    begun = Week.objects.owned_by(user).order_by("began").values_list("weekly__module__number", "began")
    return {
        "modules_read": [f"Module {number}, {day}" for number, day in read],
        "practices": [_told(user, *run) for run in runs],
        "weeks": [f"Module {number}, from {day}" for number, day in begun],
    }


def _told(user, title, begun, ended, is_kept):
    ending = f", {'kept' if is_kept else 'let go'} on {user.day_of(ended)}" if ended else ""
    return f"{title}, begun on {user.day_of(begun)}{ending}"
