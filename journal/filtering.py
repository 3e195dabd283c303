"""Which entries to list. Nothing here is anyone's words, so it may stand in an address.

No Django form: one would take longer to build and draw than the whole list, and nothing in it needs an error message.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from journal.models import Entry
from lessons.models import Module

UNFINISHED = "unfinished"
KINDS = [*Entry.Kind.choices, (UNFINISHED, "Not finished")]


@dataclass(frozen=True)
class Filter:
    """What a learner chose to see. Whatever cannot be read filters nothing."""

    modules: list
    kind: str = ""
    module: int | None = None
    since: date | None = None
    until: date | None = None
    # The chosen module's number, by which its pages are called.
    number: int | None = None

    kinds = KINDS

    @classmethod
    def read(cls, data):
        """Return the filter that the parts of an address ask for."""
        published = Module.objects.published().order_by("number").values_list("pk", "title", "number")
        modules = {pk: (title, number) for pk, title, number in published}
        kind = data.get("kind", "")
        module = next((pk for pk in modules if str(pk) == data.get("module")), None)
        since, until = _day(data.get("since")), _day(data.get("until"))
        titles = [(pk, title) for pk, (title, _) in modules.items()]
        number = modules[module][1] if module else None
        return cls(titles, kind if kind in dict(KINDS) else "", module, since, until, number)

    def narrow(self, entries):
        """Return those of the entries that fit."""
        if self.kind:
            entries = entries.unfinished() if self.kind == UNFINISHED else entries.filter(kind=self.kind)
        if self.module:
            entries = entries.filter(module=self.module)
        if self.since:
            entries = entries.filter(day__gte=self.since)
        if self.until:
            entries = entries.filter(day__lte=self.until)
        return entries

    @property
    def is_used(self):
        """Tell whether anything is filtered."""
        return bool(self.kind or self.module or self.since or self.until)


def _day(text):
    with suppress(ValueError):
        return date.fromisoformat(text or "")
    return None
