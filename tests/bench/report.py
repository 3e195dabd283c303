"""What the bench prints: two Markdown tables, one of ratios and one of goals."""

import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from statistics import median

from lay_out import WAGTAIL
from servers import worker_options


@dataclass(frozen=True)
class Goal:
    """How many times the requests of another contender one must serve: the speed goals' first item."""

    contender: str
    beside: str
    at_least: float


GOALS = [
    Goal("ours 200", "bare", 0.85),
    Goal("ours 304", "bare", 1.0),
    Goal("ours 200", "Wagtail as started", 15),
    Goal("ours 200", "Wagtail tuned", 12),
    Goal("ours 200", "full stack", 1.0),
]


def ratio(contender, beside):
    """The median of the rounds' ratios: both numbers of a round met the same other work on the machine."""
    return median(mine / theirs for mine, theirs in zip(contender.rounds, beside.rounds, strict=True))


def conditions(load, options):
    """What the numbers depend on, in two lines above them."""
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, Django {version('django')}, "
        f"{WAGTAIL}, gunicorn {version('gunicorn')} with {worker_options()}.\n"
        f"`{' '.join(load)}`, medians of {options.rounds} rounds of {options.seconds} s."
    )


def report(contenders, load, options):
    """Two Markdown tables: the medians of the rounds, and the goals beside what was measured."""
    by_name = {contender.name: contender for contender in contenders}
    rows = [
        f"| {name} | {median(contender.rounds):,.0f} | {number(ratio(contender, by_name['bare']))} |"
        for name, contender in by_name.items()
    ]
    if "nginx, a file" not in by_name:
        rows.append("| nginx, a file | nginx is not on this machine | |")
    goals = [goal_row(goal, ratio(by_name[goal.contender], by_name[goal.beside])) for goal in GOALS]
    return "\n".join(
        [
            conditions(load, options),
            "",
            "| lesson page, anonymous | requests/s | to bare |",
            "|---|---:|---:|",
            *rows,
            "",
            "| goal | at least | measured | |",
            "|---|---:|---:|---|",
            *goals,
        ]
    )


def goal_row(goal, measured):
    verdict = "reached" if measured >= goal.at_least else "not reached"
    return f"| {goal.contender} to {goal.beside} | {goal.at_least:g} | {number(measured)} | {verdict} |"


def number(value):
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


@dataclass
class Results:
    """What was measured: rows for the two tables."""

    figures: list[str] = field(default_factory=list)
    goals: list[str] = field(default_factory=list)

    def figure(self, what, value):
        """Note a figure that stands alone."""
        self.figures.append(f"| {what} | {value} |")

    def goal(self, what, measured, *, at_least=None, at_most=None, digits=2):
        """Note a figure beside its goal."""
        is_reached = measured >= at_least if at_most is None else measured <= at_most
        wanted = f"≥ {at_least:g}" if at_most is None else f"≤ {at_most:g}"
        self.goals.append(f"| {what} | {wanted} | {measured:.{digits}f} | {'' if is_reached else 'not '}reached |")

    def __str__(self):
        figures = ["", "| measured | |", "|---|---:|", *self.figures]
        goals = ["", "| goal | wanted | measured | |", "|---|---:|---:|---|", *self.goals]
        return "\n".join([*figures, *goals])
