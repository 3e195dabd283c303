"""The words of one day of a week: its form, and how they are saved. Two devices on one day edit one entry."""

from dataclasses import replace

from django import forms

from journal import saving
from journal.forms import WordsField, WritingForm
from journal.models import Entry
from journal.words import Answer, Words
from practices import weeks
from practices.run import TRIES, Gone, OtherAnswer, with_answer


class Asked:
    """A question of a day, or the one across the week: what an answer keeps of it."""

    def __init__(self, week, key, text):
        self.key = f"week-{week.weekly.module.number}/{key}"
        self.text = text


def questions_of(week):
    """Return what every day asks."""
    return [Asked(week, each.key, each.text) for each in week.weekly.questions_in_order]


def question_across(week):
    """Return what is asked after the seven days."""
    return [Asked(week, weeks.ACROSS, week.weekly.looking_back)]


class DayForm(WritingForm):
    """The short form of one day: a box for each question. Any of them may stay empty.

    The questions travel with the form, so that an answer keeps the one it was given to.
    """

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 2, required=False, widget=forms.HiddenInput)
    begun = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, asked, data=None, *, words=None, **kwargs):
        self.asked = asked
        answers = {answer.key: answer for answer in words.answers} if words else {}
        kept = {f"text_{number}": answers[each.key].text for number, each in enumerate(asked) if each.key in answers}
        super().__init__(data, initial=kept | kwargs.pop("initial", {}), **kwargs)
        for number, each in enumerate(asked):
            self.fields[f"text_{number}"] = WordsField(label=each.text)
            self.fields[f"question_{number}"] = forms.CharField(required=False, max_length=300, strip=False)

    def clean(self):
        """Refuse what cannot be kept."""
        self.refuse_nul()
        return super().clean()

    @property
    def boxes(self):
        """Each question with its box."""
        return [(each, self[f"text_{number}"], f"question_{number}") for number, each in enumerate(self.asked)]

    @property
    def problems(self):
        """Every problem with its field's name, for the list above the form."""
        return [(name, str(problem)) for name, found in self.errors.items() for problem in found]

    @property
    def is_blank(self):
        """Tell whether there is nothing to keep."""
        return not any(self.cleaned_data[f"text_{number}"].strip() for number in range(len(self.asked)))

    def answers(self):
        """Return the answers with the questions as they were asked."""
        sent = self.cleaned_data
        return [
            Answer(sent[f"text_{number}"], sent[f"question_{number}"] or each.text, each.key)
            for number, each in enumerate(self.asked)
        ]


class DayEntry:
    """The one entry of a day, or of the look across a week, there already or not yet."""

    def __init__(self, keyring, week, day, entry):
        self.keyring = keyring
        self.week = week
        # The look across a week belongs to the day it is written on.
        self.day = None if day == weeks.ACROSS else day
        self.id = weeks.entry_id(week, day)
        self.entry = entry
        self._open()

    def _open(self):
        nothing = Words(title=self.week.weekly.title)
        self.words = self.entry.open_latest(self.keyring) if self.entry else nothing

    @property
    def revision(self):
        """The entry's revision, 0 if there is none."""
        return self.entry.revision if self.entry else 0

    def save(self, form, *, keep):
        """Keep a day's answers, or save them as a draft. Raises ``Gone``, ``OtherAnswer`` and ``SealError``."""
        if form.cleaned_data["begun"] and self.entry is None:
            raise Gone
        for _ in range(TRIES):
            words = self._with(form)
            is_saved = self.entry and words == self.words and not (keep and self.entry.draft)
            if (not words.written and self.entry is None) or is_saved:
                return
            try:
                self._save(words, keep)
                return
            except saving.Conflict as conflict:
                self.entry = conflict.entry
                self._open()
        raise OtherAnswer(self.words.first)

    def _with(self, form):
        words = self.words
        for answer in form.answers():
            before = next((each for each in words.answers if each.key == answer.key), None)
            if before and before.text == answer.text:
                answer = replace(answer, question=before.question)
            seen = form.cleaned_data["revision"] or 0
            words = with_answer(words, answer, "", seen=seen, revision=self.revision + 1)
        return words

    def _save(self, words, keep):
        try:
            self.entry = saving.save(
                self.keyring, self.id, self.revision, words, keep=keep, module=self.week.weekly.module,
                kind=Entry.Kind.DAY, day=self.day,
            )  # fmt: skip
        except Entry.DoesNotExist:
            raise Gone from None
        self.words = words
