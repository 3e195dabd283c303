"""The words of one entry: a title if it has one, and answers with the questions they answered."""

import json
from dataclasses import dataclass, field

# In characters. Longer than any evening, and what one page can still show and send.
LONGEST_ANSWER = 100_000
LONGEST_BEGINNING = 600


@dataclass(frozen=True)
class Answer:
    """What a learner wrote, and the question as it was asked on that day; ``key`` names the step it came from."""

    text: str
    question: str = ""
    key: str = ""

    @property
    def beginning(self):
        """As much of the text as a list shows."""
        return self.text if len(self.text) <= LONGEST_BEGINNING else f"{self.text[:LONGEST_BEGINNING]} …"


@dataclass(frozen=True)
class Words:
    """Everything typed that one entry holds."""

    answers: tuple[Answer, ...] = field(default_factory=tuple)
    title: str = ""

    @classmethod
    def of(cls, text, question=""):
        """Return words that are one answer, as in a note."""
        return cls((Answer(text, question),))

    @property
    def first(self):
        """The first answer; an empty one if there is none."""
        return self.answers[0] if self.answers else Answer("")

    @property
    def is_blank(self):
        """Tell whether nothing was written."""
        return not any(answer.text.strip() for answer in self.answers)

    def as_text(self):
        """Return the words as one text to be sealed."""
        answers = [[answer.text, answer.question, answer.key] for answer in self.answers]
        return json.dumps({"title": self.title, "answers": answers}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text):
        """Return the words that ``as_text`` wrote."""
        data = json.loads(text)
        return cls(tuple(Answer(*answer) for answer in data["answers"]), data["title"])
