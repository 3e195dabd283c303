"""The words of one entry: a title if it has one, and answers with the questions they answered."""

import json
from dataclasses import dataclass, field

# In characters. Longer than any evening, and what one page can still show and send.
LONGEST_ANSWER = 100_000
LONGEST_BEGINNING = 600


@dataclass(frozen=True)
class Answer:
    """What a learner wrote, and the question as it was asked on that day; ``key`` names the step it came from.

    While a draft has several pages, ``revision`` is the draft's revision at which this one was last changed.
    """

    text: str
    question: str = ""
    key: str = ""
    revision: int = 0

    @property
    def beginning(self):
        """As much of the text as a list shows."""
        return self.text if len(self.text) <= LONGEST_BEGINNING else f"{self.text[:LONGEST_BEGINNING]} …"


@dataclass(frozen=True)
class Words:
    """Everything typed that one entry holds; ``place`` is where in a draft of several pages to go on."""

    answers: tuple[Answer, ...] = field(default_factory=tuple)
    title: str = ""
    place: str = ""

    @classmethod
    def of(cls, text, question=""):
        """Return words that are one answer, as in a note."""
        return cls((Answer(text, question),))

    @property
    def first(self):
        """The first answer; an empty one if there is none."""
        return self.answers[0] if self.answers else Answer("")

    @property
    def written(self):
        """The answers that are not blank."""
        return [answer for answer in self.answers if answer.text.strip()]

    @property
    def is_blank(self):
        """Tell whether nothing was written."""
        return not self.written

    def as_text(self):
        """Return the words as one text to be sealed."""
        answers = [[answer.text, answer.question, answer.key, answer.revision] for answer in self.answers]
        data = {"title": self.title, "answers": answers, "place": self.place}
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text):
        """Return the words that ``as_text`` wrote, now or before there were places and revisions in them."""
        data = json.loads(text)
        return cls(tuple(Answer(*answer) for answer in data["answers"]), data["title"], data.get("place", ""))
