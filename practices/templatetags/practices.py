"""Practices on pages of other apps."""

from django import template

from lessons.models import Module
from practices.models import DailyQuestion, Practice, WeeklyPractice

register = template.Library()

# What belongs to a module, by the names that lead from it, in the order of a row.
BELONGING = {
    "practices": Practice,
    "weekly_practice": WeeklyPractice,
    "weekly_practice__questions": DailyQuestion,
}


@register.simple_tag
def doing(module):
    """Return what is offered to do with a module: its practices, and its weekly practice with its questions, or None.

    One query for all of it: a lesson's page may take four when it is made, and has other parts too.
    """
    names = [f"{path}__{field.attname}" for path, model in BELONGING.items() for field in model._meta.concrete_fields]
    practices, weeks, questions = {}, {}, {}
    for row in Module.objects.filter(pk=module.pk).order_by().values_list(*names):
        for found, model in zip((practices, weeks, questions), BELONGING.values(), strict=True):
            count = len(model._meta.concrete_fields)
            values, row = row[:count], row[count:]
            if values[0] is not None:
                found[values[0]] = model(*values)
    weekly = next((week for week in weeks.values() if week.is_offered), None)
    if weekly:
        weekly.questions_in_order = sorted(questions.values(), key=lambda each: (each.position, each.pk))
    offered = [practice for practice in practices.values() if practice.is_offered]
    return {"practices": sorted(offered, key=lambda each: (each.position, each.pk)), "weekly": weekly}
