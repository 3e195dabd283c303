"""The form of one step.

django-formtools' wizard was considered. It keeps every answer in plain text in the session or a cookie, has one order
of steps that must all be sent, and loses what was answered when a step is reworded or taken away. Here answers are
sealed, any step may be left blank or jumped over, and an answer keeps the question it answered.
"""

from django import forms

from journal.forms import WritingForm
from journal.words import Answer
from practices import kinds
from practices.models import Step

READ_BACK = "read-back"


class AnswerForm(WritingForm):
    """The answer to one step, with what the page knew when it was opened.

    ``revision`` is the draft's as it was then, ``begun`` tells whether there was a draft, ``key``, ``question`` and
    ``kind`` name the step as it was asked. All of it is the learner's own, and nothing of it says whose it is.
    """

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 2, required=False, widget=forms.HiddenInput)
    run = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput)
    begun = forms.BooleanField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    question = forms.CharField(max_length=300, required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, step, data=None, *, answer=None, **kwargs):
        self.answer = answer
        self.step = _able_to_show(step, answer)
        self.kind = kinds.of(self.step)
        initial = self.kind.initial(step, answer.text if answer else "")
        super().__init__(data, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.fields |= self.kind.fields(self.step)

    @classmethod
    def sent(cls, practice, step, data):
        """Return the form for what was sent: for the step it was sent for, which may have moved or gone meanwhile."""
        key = data.get("key") or step.key
        asked = practice.step_with(key)
        if asked is None:
            return cls(_gone(practice, key, data), _as_text(data))
        if not kinds.understands(asked, data.get("kind", "")):
            return cls(kinds.as_text(asked), _as_text(data))
        return cls(asked, data)

    def clean(self):
        """Refuse what cannot be kept."""
        self.refuse_nul()
        return super().clean()

    @property
    def text(self):
        """The answer as it is kept."""
        return self.kind.text(self.step, self.cleaned_data)

    def answered(self, before=None):
        """Return the ``Answer``. Words that were not touched keep the question they answered."""
        key = self.step.answer_key
        if before and before.text and before.text == self.text:
            return Answer(self.text, before.question, key)
        return Answer(self.text, self.cleaned_data.get("question") or self.step.asked, key)

    @property
    def kind_fields(self):
        """The names of the fields that the learner sees."""
        return set(self.kind.fields(self.step))

    @property
    def problems(self):
        """Every problem with its field's name, for the list above the form."""
        return [(name, str(problem)) for name, found in self.errors.items() for problem in found]


def _able_to_show(step, answer):
    """Return the step, or one that asks for text where an answer was given before editors changed the step's kind."""
    if answer is None or not answer.text:
        return step
    kind = kinds.of(step)
    is_shown = kind.text(step, kind.initial(step, answer.text)) == answer.text
    return step if is_shown else kinds.as_text(step)


def _gone(practice, key, data):
    """Return a step in place of one that an editor took away while someone was answering it."""
    return Step(practice=practice, key=key[:60], kind="text", question=data.get("question", "")[:200])


def _as_text(data):
    """Return what was sent with everything of it as one text."""
    parts = [*data.getlist("chosen"), data.get("number", ""), data.get("text", "")]
    data = data.copy()
    data["text"] = "\n".join(part for part in parts if part)
    return data


def shown_again(data):
    """Return what was sent as the beginning of another form, with the words in it."""
    given = {name: data.get(name, "").replace("\0", "") for name in ("text", "number") if name in data}
    return given | ({"chosen": data.getlist("chosen")} if "chosen" in data else {})
