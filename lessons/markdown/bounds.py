"""What is refused before any parsing, because it could mislead or exhaust the parser."""

import re
from dataclasses import dataclass
from itertools import groupby

from lessons.markdown.policy import CONTROL

LONGEST_SOURCE = 200_000
LONGEST_LINE = 5_000
DEEPEST_NESTING = 10
MOST_REFUSALS = 50

# Python-Markdown reads a paragraph again from each of its marks, so that its work grows with marks times length. These
# bounds are some fifteen times what a lesson needs, and keep any text within about a second.
MOST_MARKS = 5_000
MOST_WORK = 2_500_000
# Few definitions used often can make a short text enormous.
MOST_ABBREVIATIONS = 100
MOST_ABBREVIATED_WORDS = 500
LONGEST_HTML = 1_000_000
TOO_MANY_MARKS = f"This text has more than {MOST_MARKS:,} lines and marks such as brackets and stars. Please divide it."

MARK = re.compile(r"""[][()<>*_`!|#:"'&\\+~^]|[-=]+|\d+\.""")
NESTING = re.compile(r"(?:\s|>|[*+:-](?=\s)|\d+\.(?=\s))*")
ABBREVIATION = re.compile(r"^\*\[([^\]\\]+)\] ?:", re.MULTILINE)
LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Refusal:
    """Something an editor wrote that the renderer would not show as meant, and the line it stands on."""

    line: int | None
    reason: str

    def __str__(self):
        return f"Line {self.line}: {self.reason}" if self.line else self.reason


def refused_at_sight(source):
    """Return a list of ``Refusal``; empty if the text may be parsed."""
    if len(source) > LONGEST_SOURCE:
        return [Refusal(None, f"This text is longer than {LONGEST_SOURCE:,} characters. Please shorten it.")]
    lines = LINE_END.split(source)
    if len(lines) > MOST_MARKS:
        return [Refusal(None, TOO_MANY_MARKS)]
    reasons = ((number, _refused_line(line)) for number, line in enumerate(lines, 1))
    found = [Refusal(number, reason) for number, reason in reasons if reason]
    return found[:MOST_REFUSALS] or _refused_work(lines) or _refused_abbreviations(source)


def _refused_line(line):
    if CONTROL.search(line):
        return "there is an invisible control character here. Please type this line again."
    if len(line) > LONGEST_LINE:
        return f"this line is longer than {LONGEST_LINE:,} characters. Please break it into paragraphs."
    if _nesting(line) > DEEPEST_NESTING:
        return "lists and quotations are nested too deeply here. Please use fewer levels."
    return None


def _nesting(line):
    """Return how many lists, quotations and indented blocks a line stands in."""
    if not line.strip(" \t-*"):
        return 0  # A horizontal rule such as - - -, or nothing.
    return len(re.findall(r">|[*+:-]|\d+\.| {4}", NESTING.match(line)[0].expandtabs(4)))


def _refused_work(lines):
    paragraphs = list(_paragraphs(lines))
    if len(lines) + sum(marks for _, marks, _ in paragraphs) > MOST_MARKS:
        return [Refusal(None, TOO_MANY_MARKS)]
    work = {number: marks * length for number, marks, length in paragraphs}
    if sum(work.values()) > MOST_WORK:
        reason = "there are too many brackets, stars, quotation marks and the like in the paragraph that begins here."
        return [Refusal(max(work, key=work.get), reason)]
    return []


def _paragraphs(lines):
    """Yield the first line of each paragraph, the number of its marks, and its length."""
    for is_blank, numbered in groupby(enumerate(lines, 1), key=lambda pair: not pair[1].strip()):
        if not is_blank:
            numbers, texts = zip(*numbered, strict=True)
            yield numbers[0], sum(len(MARK.findall(text)) for text in texts) + len(texts), sum(map(len, texts))


def _refused_abbreviations(source):
    short = {match.strip() for match in ABBREVIATION.findall(source)} - {""}
    if len(short) > MOST_ABBREVIATIONS or (short and _uses(short, source) > MOST_ABBREVIATED_WORDS):
        return [Refusal(None, "Too many abbreviations are explained in this text. Please explain fewer.")]
    return []


def _uses(words, source):
    return len(re.findall(rf"\b(?:{'|'.join(map(re.escape, words))})\b", source))
