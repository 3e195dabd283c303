"""Forms of the journal. Each does the deed that it validates."""

import re
import uuid
from dataclasses import replace

from django import forms
from django.core.signing import BadSignature, Signer
from django.db.models import Q

from journal import saving
from journal.importing import LONGEST_LINE, MOST_ANSWERS
from journal.models import Entry
from journal.words import LONGEST_ANSWER, Answer, Words
from lessons.models import Module

signer = Signer(salt="journal.new-entry")
FURTHER_BOX = re.compile(r"text_([1-9][0-9]{0,3})")


def new_token(user):
    """Return a signed id for an entry that is not there yet, good for this learner only."""
    return signer.sign(f"{user.uuid}/{uuid.uuid4()}")


def entry_id_of(token, user):
    """Return the id inside a token; raises ``ValidationError`` for a token that is not this learner's."""
    try:
        owner, entry_id = signer.unsign(token).split("/")
    except BadSignature:
        owner = entry_id = None
    if owner != str(user.uuid):
        raise forms.ValidationError("This page was opened by someone else, or long ago. Please press the button again.")
    return uuid.UUID(entry_id)


class WordsField(forms.CharField):
    """A learner's own words, kept exactly as typed; only line ends are made alike."""

    widget = forms.Textarea

    def __init__(self, **kwargs):
        super().__init__(strip=False, required=False, **kwargs)

    def to_python(self, value):
        """Return the text with line ends as this site keeps them."""
        return super().to_python(value).replace("\r\n", "\n")

    def validate(self, value):
        """Refuse what is longer than one page can show."""
        super().validate(value)
        extra = len(value) - LONGEST_ANSWER
        if extra > 0:
            raise forms.ValidationError(
                f"This is {extra:,} characters more than one note can hold ({LONGEST_ANSWER:,}). It is all still in "
                "the box: you could move the end of it into a second note."
            )


class WritingForm(forms.Form):
    """A form that someone writes in: nothing they sent is lost, and what cannot be kept is said."""

    def __init__(self, data=None, **kwargs):
        self.had_nul = set()
        super().__init__(self._without_nul(data), **kwargs)

    def _without_nul(self, data):
        """Return the data without the one character that no page and no database can hold."""
        if data is None:
            return data
        self.had_nul = {name for name, values in data.lists() if any("\0" in value for value in values)}
        if not self.had_nul:
            return data
        data = data.copy()
        for name in self.had_nul:
            data.setlist(name, [value.replace("\0", "") for value in data.getlist(name)])
        return data

    def refuse_nul(self, name=None):
        """Say so if something was taken out, of one field or of any; raises ``ValidationError``."""
        if self.had_nul if name is None else name in self.had_nul:
            raise forms.ValidationError(
                "There was an invisible character (NUL) in this text that cannot be kept. It has been taken out; "
                "please look it over and save again."
            )


def numbered(name, number):
    """Return the name of a field that belongs to one answer. The first answer's has no number."""
    return f"{name}_{number}" if number else name


def carried(answers, **others):
    """Return what a page with these answers, by number, carries unseen: names and values."""
    parts = [(part, number) for number in answers for part in ("question", "key")]
    return [*others.items(), *((numbered(part, number), getattr(answers[number], part)) for part, number in parts)]


class NoteForm(WritingForm):
    """Write a note, new or not, or change any entry: its answers, and the module they are about.

    Each answer has a box: ``text``, ``text_1``, ``text_2`` and so on. The page carries along what each of them answers
    (``question_1``, ``key_1``), so that words still know their questions when the entry has changed or gone meanwhile.
    All of that is the learner's own; of an entry that is as the page knew it, only a note's question is taken from it.
    ``whole`` comes from the page with two versions: what is sent shall take the place of all that the entry holds.
    """

    text = WordsField(label="Your words")
    question = forms.CharField(required=False, max_length=LONGEST_LINE, strip=False, widget=forms.HiddenInput)
    module = forms.ModelChoiceField(
        Module.objects.published().only("number", "title"), required=False, label="About a module", empty_label="None"
    )
    revision = forms.IntegerField(min_value=0, max_value=2**31 - 2, widget=forms.HiddenInput)
    token = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)

    def __init__(self, data=None, *, keyring, entry=None, **kwargs):
        self.keyring = keyring
        self.entry = entry
        self.before = entry.open_latest(keyring) if entry else Words()
        super().__init__(data, **kwargs)
        if entry and entry.module_id:
            # An editor may have taken the module back for a while; the note stays about it.
            self.fields["module"].queryset = Module.objects.filter(
                Q(status=Module.Status.PUBLISHED) | Q(pk=entry.module_id)
            ).only("number", "title")
        self.sent = self.data if self.is_bound else self.initial
        self.is_whole = bool(entry and self.sent.get("whole"))
        self.fits = self._fits()
        self.answers = self._answers()
        for number, answer in self.answers.items():
            self.fields[numbered("text", number)] = WordsField(label=answer.question or "Your words")

    @classmethod
    def to_begin(cls, keyring, given=None):
        """Return the form for a new note, or for what was given to become one."""
        return cls(keyring=keyring, initial=(given or {}) | {"revision": 0, "token": new_token(keyring.owner)})

    @classmethod
    def to_change(cls, keyring, entry):
        """Return the form for an entry, with the words to go on with; raises ``SealError``."""
        return cls(keyring=keyring, entry=entry, initial={"module": entry.module_id, "revision": entry.revision})

    def _fits(self):
        """Tell whether the boxes are those of the entry. A box that was not sent leaves its answer as it is."""
        sent, there = set(self._numbers()), set(range(len(self.before.answers)))
        if not self.entry or sent - there - {0} or (self.is_whole and there - sent):
            return False
        is_as_seen = not self.is_whole and str(self.sent.get("revision")) == str(self.entry.revision)
        return is_as_seen or not any(self._is_asked_otherwise(number) for number in sent & there)

    def _numbers(self):
        found = [FURTHER_BOX.fullmatch(name) for name in self.sent]
        return [0, *sorted(int(match[1]) for match in found if match)]

    def _is_asked_otherwise(self, number):
        answer = self.before.answers[number]
        parts = ["key"] if number == 0 and self.kind == Entry.Kind.NOTE else ["key", "question"]
        return any(
            self._line(numbered(part, number), default=getattr(answer, part)) != getattr(answer, part) for part in parts
        )

    def _line(self, name, default=""):
        """Return a line that the page carried along."""
        value = self.sent.get(name)
        return default if value is None else value.replace("\r\n", "\n")[:LONGEST_LINE]

    def _answers(self):
        """Return what the boxes are for, by number: the answers of the entry, or else those that were sent."""
        if not self.fits:
            return {number: self._as_sent(number) for number in self._numbers()}
        first, *further = self.before.answers or [Answer("")]
        if self.kind == Entry.Kind.NOTE:
            first = replace(first, question=self._line("question", default=first.question))
        answers = dict(enumerate([first, *further]))
        self._fill_in({numbered("text", number): answer.text for number, answer in answers.items()})
        return answers

    def _fill_in(self, texts):
        texts = {name: text for name, text in texts.items() if name not in self.sent}
        if not self.is_bound:
            self.initial |= texts
        elif texts:
            self.data = self.data.copy()
            self.data.update(texts)

    def _as_sent(self, number):
        there = self.before.answers
        names = numbered("question", number), numbered("key", number)
        if number < len(there) and not any(name in self.sent for name in names):
            return there[number]
        asked = question, key = tuple(self._line(name) for name in names)
        return next((each for each in there if (each.question, each.key) == asked), Answer("", question, key))

    @property
    def kind(self):
        """What kind of entry this is. Only a new one is what the page says."""
        if self.entry:
            return self.entry.kind
        kind = self.sent.get("kind")
        return kind if kind in Entry.Kind.values else Entry.Kind.NOTE

    @property
    def boxes(self):
        """The fields to write in, in order."""
        return [self[numbered("text", number)] for number in self.answers]

    @property
    def takes_a_question(self):
        """Tell whether a question to begin with may be chosen."""
        return self.kind == Entry.Kind.NOTE and len(self.answers) == 1

    @property
    def carried(self):
        """What the page carries unseen."""
        known = {"revision": self["revision"].value(), "token": self["token"].value(), "kind": self.kind}
        whole = {"whole": "1"} if self.is_whole else {}
        return carried(self.answers, **known, title=self._title, **whole)

    @property
    def _title(self):
        return self.before.title if self.entry else self._line("title")

    def clean(self):
        """Say what was taken out and that there is nothing to keep yet; learn which entry this is.

        That is the one being changed, or the one whose id is in the token.
        """
        for box in self.boxes:
            try:
                self.refuse_nul(box.name)
            except forms.ValidationError as problem:
                self.add_error(box.name, problem)
        texts = [self.cleaned_data.get(box.name) for box in self.boxes]
        if None not in texts and not any(text.strip() for text in texts):
            self.add_error("text", "There are no words here yet. One is enough.")
        if not self.fits and len(texts) > MOST_ANSWERS:
            self.add_error(None, f"One entry holds up to {MOST_ANSWERS} answers. Your words are all still here.")
        try:
            self.entry_id = self.entry.pk if self.entry else entry_id_of(self._token, self.keyring.owner)
        except forms.ValidationError:
            self.data = self.data.copy()
            self.data["token"] = new_token(self.keyring.owner)
            raise
        return self.cleaned_data

    @property
    def _token(self):
        return self.cleaned_data.get("token", "")

    @property
    def words(self):
        """The words as they would be kept. Whatever else the entry and its answers hold stays."""
        answers = [self._written(answer, numbered("text", number)) for number, answer in self.answers.items()]
        return replace(self.before, answers=tuple(answers), title=self._title)

    def _written(self, answer, name):
        text = self.cleaned_data[name]
        if answer.revision and answer.text != text:
            # In a practice under way, a window on this step that knows only the older answer must not write over it.
            answer = replace(answer, revision=self.cleaned_data["revision"] + 1)
        return replace(answer, text=text)

    def save(self, *, keep):
        """Keep the words, or save them as a draft; raises what ``saving.save`` raises.

        Answers that are not those of the entry take their place only where the learner, who saw both, has said so.
        """
        if self.entry and not (self.fits or self.is_whole):
            raise saving.Conflict(self.entry)
        revision = self.cleaned_data["revision"] if self.entry else 0
        module = self.cleaned_data["module"]
        return saving.save(self.keyring, self.entry_id, revision, self.words, keep=keep, module=module, kind=self.kind)


class SearchForm(forms.Form):
    """Look for words among one's own."""

    words = forms.CharField(max_length=200, required=False, label="A word or two that you remember")
    past = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
