"""Taking in a journal that was exported as JSON, from this or another account. All of it comes in, or nothing."""

import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from journal.export import FORMAT, VERSION
from journal.models import Entry
from journal.words import LONGEST_ANSWER, Answer, Words
from lessons.models import Module

BATCH = 500
MOST_ANSWERS = 100
LONGEST_LINE = 300


class ImportProblem(Exception):
    """The file cannot be taken in; the message says what and where."""


@dataclass(frozen=True)
class Incoming:
    """One entry of the file, checked."""

    old_id: uuid.UUID
    kind: str
    module: int | None
    day: date
    created: datetime
    changed: datetime
    kept: Words | None
    draft: Words | None

    def id_for(self, owner):
        """Return the entry's id with this owner: always the same one, so that a file taken in twice is there once."""
        return uuid.uuid5(owner.uuid, str(self.old_id))


def read(data):
    """Return the entries of an exported file; raises ``ImportProblem``."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise ImportProblem("This is no file that was exported here as JSON, or it was cut off on its way.") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ImportProblem("This JSON file is not from this course. Choose one from “Take my words with me”.")
    if content.get("version") != VERSION:
        raise ImportProblem("This file is from a newer version of this site, which this one cannot read yet.")
    if content.get("complete") is not True or not isinstance(content.get("entries"), list):
        raise ImportProblem("This file was cut off on its way. Please export it once more.")
    numbered = enumerate(content["entries"], start=1)
    entries = [_entry(number, entry) for number, entry in numbered if not _is_unreadable(entry)]
    if len({entry.old_id for entry in entries}) < len(entries):
        raise ImportProblem("Two entries of the file have the same id. Nothing was taken in.")
    return entries


def _is_unreadable(entry):
    return isinstance(entry, dict) and entry.get("cannot_be_opened") is True


def _entry(number, entry):
    try:
        kept, draft = _words(entry["kept"]), _words(entry["draft"])
        if kept is None and draft is None:
            raise ValueError("it holds no words")
        module = entry["module"] and int(entry["module"]["number"])
        return Incoming(
            uuid.UUID(entry["id"]), Entry.Kind(entry["kind"]).value, module or None, _day(entry["day"]),
            _moment(entry["created"]), _moment(entry["changed"]), kept, draft,
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as problem:
        told = f"Entry {number} of the file cannot be read ({_reason(problem)}). Nothing was taken in."
        raise ImportProblem(told) from None


def _reason(problem):
    return f"{problem} is not there" if isinstance(problem, KeyError) else str(problem)


def _day(text):
    day = date.fromisoformat(text)
    if not 1900 <= day.year <= 2200:
        raise ValueError(f"{text} is no day of our time")
    return day


def _moment(text):
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time has no zone")
    _day(moment.date().isoformat())
    return moment


def _words(words):
    if words is None:
        return None
    answers = words["answers"]
    if not isinstance(answers, list) or not 1 <= len(answers) <= MOST_ANSWERS:
        raise ValueError("its answers are no list")
    return Words(tuple(_answer(answer) for answer in answers), _text(words["title"], LONGEST_LINE))


def _answer(answer):
    question, key = _text(answer["question"], LONGEST_LINE), _text(answer["key"], LONGEST_LINE)
    return Answer(_text(answer["answer"], LONGEST_ANSWER), question, key)


def _text(value, longest):
    if not isinstance(value, str):
        raise ValueError("a text is no text")
    if len(value) > longest:
        raise ValueError(f"a text is longer than {longest:,} characters")
    if "\0" in value:
        raise ValueError("a text holds the invisible character NUL")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("a text holds half of a character") from None
    return value


def store(keyring, incoming):
    """Seal and keep what is not there yet; return how many came in, and how many were there already."""
    owner = keyring.owner
    mine = set(Entry.objects.owned_by(owner).values_list("pk", flat=True))
    new = {each.id_for(owner): each for each in incoming if not {each.old_id, each.id_for(owner)} & mine}
    modules = dict(Module.objects.values_list("number", "pk"))
    entries = [_sealed(keyring, entry_id, each, modules) for entry_id, each in new.items()]
    with transaction.atomic():
        Entry.objects.bulk_create(entries, batch_size=BATCH)
    return len(entries), len(incoming) - len(entries)


def _sealed(keyring, entry_id, each, modules):
    entry = Entry(
        pk=entry_id, owner=keyring.owner, kind=each.kind, module_id=modules.get(each.module), day=each.day,
        created=each.created, changed=each.changed, revision=1,
    )  # fmt: skip
    if each.kept:
        entry.kept, entry.kept_revision = entry.seal(keyring, "kept", each.kept, 1), 1
    if each.draft:
        entry.draft = entry.seal(keyring, "draft", each.draft, 1)
    return entry
