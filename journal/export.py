"""A learner's entries written out: as JSON that another account can take in, as Markdown, and as one page to print.

Each writer is a generator of texts, so that a journal of any length leaves the server as it is read. Nothing is written
to a file on the way.

The JSON is an object with these members, in this order:

- ``format``: always ``"cft-course-journal"``, and ``version``: 1. A change that older readers cannot ignore raises it.
- ``exported``: when, as ISO 8601 in UTC.
- ``account``: an object of texts, and lists of texts, about the account and its course; for reading only.
- ``entries``: newest first, each with ``id``, ``kind`` (``note``, ``practice`` or ``day``), ``module`` (``number`` and
  ``title``, or null), ``day`` (the learner's own date), ``created`` and ``changed`` (ISO 8601 with zone), ``kept`` and
  ``draft``. These two are null or an object with ``title`` and ``answers``, a list of ``question``, ``answer`` and
  ``key``. An entry that could not be opened has both null and ``"cannot_be_opened": true``.
- ``complete``: always true. A file without it was cut off on its way.
"""

import json
from itertools import groupby

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format

from journal import listing
from journal.keys.errors import CannotOpen

FORMAT = "cft-course-journal"
VERSION = 1
CHUNK = 200


class Opened:
    """An entry with its words opened, as every writer needs it."""

    def __init__(self, entry, keyring):
        self.entry = entry
        self.kept = self.draft = None
        self.cannot_be_opened = False
        try:
            self.kept = None if entry.kept is None else entry.open_kept(keyring)
            self.draft = None if entry.draft is None else entry.open_draft(keyring)
        except CannotOpen:
            self.kept = self.draft = None
            self.cannot_be_opened = True


def opened(entries, keyring):
    """Yield every entry opened, newest first, a few hundred in memory at a time."""
    entries = entries.newest_first().select_related("module")
    place = ""
    while chunk := list(listing.after(entries, place)[:CHUNK]):
        yield from (Opened(entry, keyring) for entry in chunk)
        place = listing.place_of(chunk[-1])


def as_json(found, account):
    """Yield the JSON described above."""
    head = {"format": FORMAT, "version": VERSION, "exported": timezone.now().isoformat(), "account": account}
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "entries": ['
    separator = "\n"
    for each in found:
        yield separator + json.dumps(_plain(each), ensure_ascii=False)
        separator = ",\n"
    yield '\n ],\n "complete": true\n}\n'


def _plain(each):
    entry = each.entry
    module = entry.module and {"number": entry.module.number, "title": entry.module.title}
    plain = {"id": str(entry.pk), "kind": entry.kind, "module": module, "day": entry.day.isoformat()}
    plain |= {"created": entry.created.isoformat(), "changed": entry.changed.isoformat()}
    plain |= {"kept": _plain_words(each.kept), "draft": _plain_words(each.draft)}
    return plain | ({"cannot_be_opened": True} if each.cannot_be_opened else {})


def _plain_words(words):
    if words is None:
        return None
    answers = [{"question": answer.question, "answer": answer.text, "key": answer.key} for answer in words.answers]
    return {"title": words.title, "answers": answers}


def as_markdown(found, account):
    """Yield Markdown: a heading a day, questions in bold, words as they were typed."""
    yield "# My notes\n"
    for day, entries in groupby(found, key=lambda each: each.entry.day):
        yield f"\n## {date_format(day, 'l j F Y')}\n"
        for each in entries:
            yield _markdown_entry(each)


def _markdown_entry(each):
    entry = each.entry
    about = f" · {entry.module.title}" if entry.module else ""
    parts = [f"\n### {entry.get_kind_display()}{about}\n"]
    if each.cannot_be_opened:
        parts.append("\n(These words could not be opened.)\n")
    for words, label in ((each.kept, ""), (each.draft, "\n(Not finished)\n")):
        if words:
            parts += [label, f"\n**{words.title}**\n" if words.title else ""]
            parts += [_markdown_answer(answer) for answer in words.answers]
    return "".join(parts)


def _markdown_answer(answer):
    question = f"\n**{answer.question}**\n" if answer.question else ""
    return f"{question}\n{answer.text}\n"


def as_page(found, account):
    """Yield one HTML page that needs no other file, to read offline and to print."""
    head, foot = render_to_string("journal/export.html", {"account": account}).split("<!-- entries -->")
    yield head
    for each in found:
        yield render_to_string("journal/exported_entry.html", {"each": each, "entry": each.entry})
    yield foot


# For each way: the writer, the end of the file's name, and its type.
WAYS = {
    "json": (as_json, "json", "application/json"),
    "markdown": (as_markdown, "md", "text/markdown; charset=utf-8"),
    "page": (as_page, "html", "text/html; charset=utf-8"),
}
