"""A learner's way through a practice: a sealed draft in the journal from the first answer on.

Every answer remembers the draft's revision at which it was last changed. So two windows on different steps add to each
other, and only two different answers to the same step become a choice.
"""

import uuid
from dataclasses import replace
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from journal import saving
from journal.forms import entry_id_of, new_token
from journal.importing import MOST_ANSWERS
from journal.models import Entry
from journal.words import Answer, Words
from practices.models import Run

# A window that saves at the same moment goes first; more than a few of them are no person.
TRIES = 8
FULL = "There are more answers here than one entry can hold. Yours is still on this page: please copy it into a note."
PRESSED_TWICE = timedelta(minutes=1)


class Gone(Exception):
    """What these words belonged to was kept, let go or deleted somewhere else."""


class OtherAnswer(Exception):
    """The same step was answered differently somewhere else; ``answer`` is what stands there now."""

    def __init__(self, answer):
        super().__init__("This step was answered somewhere else.")
        self.answer = answer


def is_uuid(text):
    """Tell whether a text is an id."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def answer_to(words, step):
    """Return the answer to a step, or None."""
    return with_key(words, step.answer_key)


def with_key(words, key):
    """Return the answer with this key, or None."""
    return next((answer for answer in words.answers if answer.key == key), None)


def with_answer(words, answer, place, *, seen, revision):
    """Return words with one answer added or changed, to be saved at a revision.

    ``seen`` is the revision that the answer's page knew. Raises ``OtherAnswer`` for another one given since, and
    ``ValidationError`` where there are more answers already than any practice has steps.
    """
    before = with_key(words, answer.key)
    if before is None:
        if answer.text and len(words.answers) >= MOST_ANSWERS:
            raise ValidationError(FULL)
        answers = (*words.answers, replace(answer, revision=revision)) if answer.text else words.answers
    elif before.text == answer.text:
        answers = words.answers
    elif before.revision > seen:
        raise OtherAnswer(before)
    else:
        answers = tuple(replace(answer, revision=revision) if each is before else each for each in words.answers)
    return replace(words, answers=answers, place=place)


def finished(practice, words):
    """Return words as they are kept: in the order of the steps, without blanks and without where to go on."""
    order = {step.answer_key: number for number, step in enumerate(practice.questions)}
    # A step that was taken away meanwhile had its place somewhere before the closing.
    before_closing = len(order) - 1.5
    written = [replace(answer, revision=0) for answer in words.answers if answer.text.strip()]
    written.sort(key=lambda answer: order.get(answer.key, before_closing))
    return Words(tuple(written), words.title)


class LearnersRun:
    """The run of a learner that is under way, or that their first answer will begin."""

    is_visitors = False

    def __init__(self, keyring, practice):
        self.keyring = keyring
        self.owner = keyring.owner
        self.practice = practice
        self._look()

    def _look(self):
        """Find the draft: never kept yet, and of a run of this practice that has no end."""
        runs = Run.objects.filter(owner=self.owner, practice=self.practice, ended=None)
        found = Entry.objects.owned_by(self.owner).filter(kept=None, pk__in=runs.values("pk"))
        self.entry = next(iter(found), None)
        self.words = self.entry.open_draft(self.keyring) if self.entry else Words(title=self.practice.title)

    @property
    def is_begun(self):
        """Tell whether anything of it is saved."""
        return self.entry is not None

    @property
    def revision(self):
        """The draft's revision, 0 if there is none."""
        return self.entry.revision if self.entry else 0

    @property
    def saved(self):
        """When it was last saved."""
        return self.entry.changed

    @property
    def token(self):
        """What a form of this run carries: the draft's id, or one for the draft that it will begin."""
        return str(self.entry.pk) if self.entry else new_token(self.owner)

    def answer(self, answer, place, *, seen, token, begun):
        """Save one answer and where to go on. Raises ``Gone``, ``OtherAnswer`` and what ``saving.save`` raises."""
        if begun and not (self.entry and token == str(self.entry.pk)):
            raise Gone
        for _ in range(TRIES):
            revision = self.revision
            words = with_answer(self.words, answer, place, seen=seen, revision=revision + 1)
            if not words.answers or (self.entry and words == self.words):
                return
            entry_id = self.entry.pk if self.entry else self._begin(token)
            try:
                self.entry = self._save(entry_id, revision, words)
                self.words = words
                return
            except saving.Conflict:
                self._look()
        raise OtherAnswer(with_key(self.words, answer.key) or Answer(""))

    def _save(self, entry_id, revision, words, keep=False):
        try:
            return saving.save(
                self.keyring, entry_id, revision, words, keep=keep, module=self.practice.module,
                kind=Entry.Kind.PRACTICE,
            )  # fmt: skip
        except Entry.DoesNotExist:
            raise Gone from None

    def _begin(self, token):
        """Note that a run is under way, and return its id. One that another window has just begun is the same run.

        This comes before the draft, so that no draft is ever without its run; a run without a draft is not begun.
        """
        runs = Run.objects.owned_by(self.owner)
        under_way = runs.under_way().filter(practice=self.practice)
        kept = Entry.objects.owned_by(self.owner).exclude(kept=None)
        under_way.filter(pk__in=kept.values("pk")).update(ended=timezone.now(), is_kept=True)
        try:
            with transaction.atomic():
                run_id = entry_id_of(token, self.owner)
                return runs.create(pk=run_id, owner=self.owner, practice=self.practice, begun=timezone.now()).pk
        except IntegrityError:
            run = under_way.first()
            if run is None:
                # The form is an old one, sent once more after its run came to an end.
                raise Gone from None
            return run.pk

    def keep(self, seen, token):
        """Keep what was written as an entry; raises ``Gone``, and ``OtherAnswer`` if it has changed since."""
        self._settle(seen, token)
        try:
            self._save(self.entry.pk, self.revision, finished(self.practice, self.words), keep=True)
        except saving.Conflict:
            self._look()
            raise OtherAnswer(Answer("")) from None
        self._end(is_kept=True)

    def let_go(self, seen, token):
        """Delete what was written, and remember that it was done; raises what ``keep`` does.

        Where nothing is written there is nothing to raise about: it was done without a word.
        """
        if self.entry is None:
            self._finish_without_words()
            return
        self._settle(seen, token)
        unchanged = Entry.objects.owned_by(self.owner).filter(pk=self.entry.pk, kept=None, revision=seen)
        if not unchanged.delete()[0]:
            raise OtherAnswer(Answer(""))
        self._end(is_kept=False)

    def _settle(self, seen, token):
        if self.entry is None or token != self.token:
            raise Gone
        if seen != self.revision:
            raise OtherAnswer(Answer(""))

    def _finish_without_words(self):
        now = timezone.now()
        runs = Run.objects.owned_by(self.owner).filter(practice=self.practice)
        runs.under_way().delete()
        # Pressing twice is doing it once.
        if not runs.filter(begun=F("ended"), ended__gt=now - PRESSED_TWICE).exists():
            Run.objects.create(owner=self.owner, practice=self.practice, begun=now, ended=now)

    def has_ended(self, token):
        """Tell whether the run of a form has come to its end already, as after a second press."""
        return is_uuid(token) and Run.objects.owned_by(self.owner).done().filter(pk=token).exists()

    def remember(self, response):
        """Return a response as it is: a learner's run needs nothing of the browser."""
        return response

    def _end(self, *, is_kept):
        Run.objects.owned_by(self.owner).filter(pk=self.entry.pk).update(ended=timezone.now(), is_kept=is_kept)
