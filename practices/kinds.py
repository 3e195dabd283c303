"""The kinds of question that a step can ask. Each has its own fields, template, validation and way of being read back.

Whatever its kind, an answer is kept as one text that says everything by itself, so that it reads well a year later, in
an export and on paper. A kind turns that text into the values of its fields, and these into the text.
"""

import copy

from django import forms

from journal.forms import WordsField

SENTENCE = "sentence"
PAUSE = "pause"

# In seconds.
LENGTHS = [
    (30, "half a minute"),
    (60, "one minute"),
    (120, "two minutes"),
    (180, "three minutes"),
    (300, "five minutes"),
]
# For each rhythm: its name, and how many seconds one breath goes in, stays and goes out.
BREATHS = {
    "quiet": ("Quiet, breathing as I like", (0, 0, 0)),
    "4-6": ("In for 4, out for 6", (4, 0, 6)),
    "3-4": ("In for 3, out for 4", (3, 0, 4)),
    "5-5": ("In for 5, out for 5", (5, 0, 5)),
    "4-2-6": ("In for 4, wait for 2, out for 6", (4, 2, 6)),
}
RHYTHMS = [(name, label) for name, (label, _) in BREATHS.items()]


class Kind:
    """One kind of question: a box for words, unless a kind says otherwise."""

    name = label = ""
    template = "practices/kinds/words.html"
    rows = 8
    # The fields of a step that this kind must have, those it may have, and what to say when one is missing.
    needs = {"question": "Please write the question."}
    may_have = ()

    def problems(self, step):
        """Return what an editor has to mend in a step of this kind, by field."""
        own = ("stem", "choices", "least", "most", "seconds", "rhythm")
        missing = {field: told for field, told in self.needs.items() if not getattr(step, field)}
        unused = {
            field: f"A step of the kind “{self.label.lower()}” has no use for this. Please leave it empty."
            for field in own
            if getattr(step, field) and field not in self.needs and field not in self.may_have
        }
        return missing | unused

    def asked(self, step):
        """Return the question as an answer keeps it."""
        return step.question

    def fields(self, step):
        """Return the form fields by name."""
        return {"text": WordsField(label=step.question)}

    def initial(self, step, text):
        """Return the values of the fields for a text kept before, or for none."""
        return {"text": text or self._opening(step)}

    def text(self, step, values):
        """Return the text to keep of the fields' values; an empty one if nothing was answered."""
        text = values.get("text", "")
        return "" if text.strip() == step.stem.strip() or not text.strip() else text

    def read_back(self, text):
        """Return what is said in place of an answer that is not there."""
        return text or "Left blank, and that is fine."

    def _opening(self, step):
        return f"{step.stem} " if step.stem else ""


class Sentence(Kind):
    """A sentence, which may begin with a given stem."""

    name, label = SENTENCE, "Sentence"
    rows = 3
    may_have = ("stem",)


class Text(Kind):
    """A few lines of text."""

    name, label = "text", "Text"


class Letter(Kind):
    """A long text that opens with a stem."""

    name, label = "letter", "Letter"
    rows = 16
    needs = Kind.needs | {"stem": "A letter opens with a stem, such as “Dear me,”."}


class OfferedChoices(forms.MultipleChoiceField):
    """As many of the offered choices as fit."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {
        "invalid_choice": "“%(value)s” is not offered here. You can write it in your own words instead.",
        "invalid_list": "Please choose from the list, or write in your own words.",
    }


class Choice(Kind):
    """Any of some choices, and something else in one's own words. Kept as lines, the chosen ones first."""

    name, label = "choice", "Choice"
    template = "practices/kinds/choice.html"
    rows = 3
    needs = Kind.needs | {"choices": "Please write the choices, one to a line."}

    def problems(self, step):
        """A choice needs two at least."""
        found = super().problems(step)
        if len(step.offered_choices) == 1:
            found["choices"] = "Please write two choices or more, one to a line."
        return found

    def fields(self, step):
        """Return the choices, and a box for something else."""
        offered = [(choice, choice) for choice in step.offered_choices]
        own = WordsField(label="Something else, in your own words")
        return {"chosen": OfferedChoices(choices=offered, required=False), "text": own}

    def initial(self, step, text):
        """Return the lines that are still offered as chosen, and the rest as own words."""
        offered, lines, chosen = step.offered_choices, text.split("\n"), []
        while lines and lines[0] in offered:
            chosen.append(lines.pop(0))
        if chosen and lines[:1] == [""]:
            lines.pop(0)
        return {"chosen": chosen, "text": "\n".join(lines)}

    def text(self, step, values):
        """Return the chosen lines, an empty line, and the own words."""
        chosen = "\n".join(choice for choice in step.offered_choices if choice in values.get("chosen", []))
        own = values.get("text", "")
        return "\n\n".join(part for part in (chosen, own) if part.strip())


class Scale(Kind):
    """A number from 0 to 10. There are no norms, and no number is better than another."""

    name, label = "scale", "Scale"
    template = "practices/kinds/scale.html"
    may_have = ("least", "most")
    numbers = range(11)

    def asked(self, step):
        """Say what the ends mean, so that the number can be understood later."""
        ends = [f"{number} is {end}" for number, end in ((0, step.least), (10, step.most)) if end]
        return f"{step.question} ({', '.join(ends)})" if ends else step.question

    def fields(self, step):
        """Return the number, which may stay empty."""
        told = "Please choose a number from 0 to 10, or leave it open."
        messages = dict.fromkeys(("invalid", "min_value", "max_value"), told)
        return {"number": forms.IntegerField(required=False, min_value=0, max_value=10, error_messages=messages)}

    def initial(self, step, text):
        """Return the number that a text begins with."""
        number = text.split(" ")[0]
        return {"number": int(number) if number.isdecimal() and len(number) < 3 else None}

    def text(self, step, values):
        """Return the number with what it is out of."""
        number = values.get("number")
        return "" if number is None else f"{number} of 10"


class Pause(Kind):
    """Quiet time, or paced breathing. Nothing is written and nothing is kept."""

    name, label = PAUSE, "Pause"
    template = "practices/kinds/pause.html"
    needs = {"seconds": "Please choose how long.", "rhythm": "Please choose a rhythm, or quiet."}

    def fields(self, step):
        """A pause asks for nothing."""
        return {}

    def initial(self, step, text):
        """Nothing was kept."""
        return {}

    def text(self, step, values):
        """Nothing is kept."""
        return ""

    def read_back(self, text):
        """Say what stood here."""
        return "A pause. There is nothing to keep of it."


KINDS = {kind.name: kind for kind in (Sentence(), Text(), Choice(), Scale(), Pause(), Letter())}
CHOICES = [(kind.name, kind.label) for kind in KINDS.values()]


def of(step):
    """Return the kind of a step."""
    return KINDS[step.kind]


def pause_settings(step, data):
    """Return the length in seconds and the rhythm of a pause: as the learner chose, else as the step says."""
    seconds = {str(length) for length, _ in LENGTHS} & {data.get("seconds")}
    rhythm = data.get("rhythm") if data.get("rhythm") in BREATHS else step.rhythm
    return int(seconds.pop()) if seconds else step.seconds, rhythm


def understands(step, sent):
    """Tell whether what was sent for a kind is what the step's kind asks for now; most kinds are a box for words."""
    kind = KINDS.get(sent)
    return kind is None or kind is of(step) or kind.template == of(step).template


def as_text(step):
    """Return a step that asks the same in a plain box, for an answer that its own kind could not show."""
    plain = copy.copy(step)
    plain.kind = Text.name
    return plain
