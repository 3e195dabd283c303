"""Search across the lessons and their questions.

The index is an SQLite full-text file beside the published pages, whatever the main database is: results are the same
on SQLite and PostgreSQL, and searching goes on while the database is away. Words are matched in any order and in
their inflected forms (the Porter stemmer of FTS5); the best section comes first by BM25.
"""

import os
import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import quote

from lessons.files import draft_of
from lessons.models import Module
from lessons.outages import DATABASE_IS_AWAY

LONGEST_QUERY = 200
MOST_WORDS = 12
MOST_RESULTS = 20

# American endings and their British twins. A wrong guess, such as "doctour", finds nothing and does no harm.
BRITISH_ENDINGS = [
    (re.compile(r"or(?=(s|ed|ing|al|able|ful|hood|ly)?$)"), "our"),
    (re.compile(r"iz(?=(e|es|ed|ing|ation|ations)$)"), "is"),
    (re.compile(r"yz(?=(e|es|ed|ing)$)"), "ys"),
    (re.compile(r"ens(?=(e|es|ed|ing)$)"), "enc"),
    (re.compile(r"ter(s|ed)?$"), "tre"),
    (re.compile(r"(?<=[aeiou])l(?=(ed|ing)$)"), "ll"),
]
# Single words, and close relatives that the stemmer does not bring together.
KINDRED = {
    "compassionate": "compassion",
    "fulfill": "fulfil",
    "gray": "grey",
    "judgment": "judgement",
    "judgmental": "judgement",
    "mom": "mum",
    "nonjudgement": "judgement",
    "nonjudgemental": "judgement",
    "nonjudgment": "judgement",
    "nonjudgmental": "judgement",
    "practice": "practise",
    "practise": "practice",
    "program": "programme",
    "skillful": "skilful",
    "skillfully": "skilfully",
    "wellbeing": "well being",
}
COMMON = {
    *("a", "an", "and", "are", "as", "at", "be", "by", "do", "for", "from", "how", "i", "in", "is", "it"),
    *("my", "of", "on", "or", "that", "the", "this", "to", "was", "what", "with"),
}

# Words after which a person may need something other than a lesson. A false alarm costs little, a missed one much.
CRISIS = re.compile(
    r"suicid|\bkill|\bdie\b|\bdying\b|\bdead\b|overdos|self.?(harm|injur)|no reason to live"
    r"|\b(hurt|harm|cut|hang|shoot|drown|poison|starv)\w*\W+(my|your) ?self|\bcutting\b"
    r"|\b(end|ending) (it|things|everything|my life)\b|\b(take|taking) my (own )?life\b"
    r"|(\bnot|n['’]?t) (want|wanna|wish) (to )?(be (here|alive)|live|exist|wake up)|\bnot safe\b|\bunsafe\b|\b988\b"
    r"|\bcrisis\b|\bemergency\b",
    re.IGNORECASE,
)

SCHEMA = """
create virtual table section using fts5(
    module, heading, body, url unindexed, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""
# A match in a heading counts more than one in a module's title, and both more than one in the text.
QUERY = """
select url, highlight(section, 0, char(2), char(3)), highlight(section, 1, char(2), char(3)),
       snippet(section, 2, char(2), char(3), '…', 32)
from section where section match ? order by bm25(section, 3.0, 6.0, 1.0), rowid limit ?
"""


@dataclass(frozen=True)
class Part:
    """A piece of text in a result, and whether it is one of the words searched for."""

    text: str
    is_match: bool


@dataclass(frozen=True)
class Result:
    """One section of a lesson, or one question, with its own link."""

    url: str
    module: list[Part]
    heading: list[Part]
    snippet: list[Part]


@dataclass(frozen=True)
class Answer:
    """What a search found. ``has_all_words`` is False when the results hold only some of the words."""

    results: list[Result]
    has_all_words: bool = True


def words_of(query):
    """Return the words of a query that are worth searching for, at most twelve."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", query[:LONGEST_QUERY]).casefold())
    telling = [word for word in words if word not in COMMON and len(word) > 1]
    return list(dict.fromkeys(telling))[:MOST_WORDS]


def suggests_crisis(query):
    """Tell whether the words are such that help in reach should come before any lesson."""
    return bool(CRISIS.search(query))


def answer(words, pages):
    """Search everything published for the words; an index that cannot be read is built again."""
    try:
        return find(words, index_for(pages))
    except sqlite3.DatabaseError:
        (pages.folder / "search.sqlite3").unlink(missing_ok=True)
        return find(words, index_for(pages))


def find(words, index):
    """Search the index file for the words: all of them if any section has them all, else some."""
    terms = [_term(word) for word in words]
    results = _run(" AND ".join(terms), index) if terms else []
    if results or len(terms) < 2:
        return Answer(results)
    return Answer(_run(" OR ".join(terms), index), has_all_words=False)


def index_for(pages):
    """Return the index file of the current version, built when needed; while the database is away, the last one."""
    index = pages.folder / "search.sqlite3"
    version = pages.version
    if _version_of(index) != version:
        try:
            build(index, version)
        except DATABASE_IS_AWAY:
            if _version_of(index) is None:
                raise
    return index


def build(index, version):
    """Write the index of everything published into a new file and put it in the old one's place."""
    # Asked for first, so that a database that is away leaves no file behind.
    documents = list(_documents())
    draft = draft_of(index)
    draft.unlink(missing_ok=True)
    connection = sqlite3.connect(draft)
    try:
        connection.executescript(SCHEMA)
        connection.execute("create table about (version text)")
        connection.execute("insert into about values (?)", [version])
        connection.executemany("insert into section values (?, ?, ?, ?)", documents)
        connection.commit()
    finally:
        connection.close()
    os.replace(draft, index)


def _term(word):
    """Return a word and its other spellings as one term of a query."""
    twins = {american.sub(british, word) for american, british in BRITISH_ENDINGS} | {KINDRED.get(word, word)}
    return "(" + " OR ".join(f'"{spelling}"' for spelling in [word, *sorted(twins - {word})]) + ")"


def _run(match, index):
    connection = _open(index)
    try:
        rows = connection.execute(QUERY, [match, MOST_RESULTS]).fetchall()
    finally:
        connection.close()
    return [Result(url, _parts(module), _parts(heading), _parts(text)) for url, module, heading, text in rows]


def _open(index):
    return sqlite3.connect(f"file:{quote(str(index))}?mode=ro&immutable=1", uri=True)


def _version_of(index):
    if not index.exists():
        return None
    connection = _open(index)
    try:
        return connection.execute("select version from about").fetchone()[0]
    except sqlite3.DatabaseError:
        return None
    finally:
        connection.close()


def _parts(marked):
    """Split FTS5's marked text into parts, so that the template escapes each and marks the matches."""
    parts = []
    for piece in re.split(r"(\x02[^\x03]*\x03)", marked):
        if piece:
            parts.append(Part(piece.strip("\x02\x03"), piece.startswith("\x02")))
    return parts


def _documents():
    for module in Module.objects.published().prefetch_related("questions__module"):
        title = str(module)
        url = module.get_absolute_url()
        for anchor, heading, text in _sections(module.lesson.html):
            yield title, heading, text, f"{url}#{anchor}" if anchor else url
        for question in module.questions.all():
            yield title, question.text, _plain(question.rendered_answer.html), question.get_absolute_url()


def _sections(html):
    reader = _SectionReader()
    reader.feed(html)
    reader.close()
    return [(anchor, _spaced(heading), _spaced(text)) for anchor, heading, text in reader.sections]


def _plain(html):
    return " ".join(text for _, _, text in _sections(html))


def _spaced(text):
    return " ".join(text.split())


class _SectionReader(HTMLParser):
    """Cuts rendered HTML into sections at its headings: (id, heading, text)."""

    # The words of a diagram stand in the text as well, and the number of a note is no word.
    LEFT_OUT = {"svg", "sup"}
    WITHIN_WORDS = {"a", "abbr", "code", "em", "strong", "sup"}

    def __init__(self):
        super().__init__()
        self.sections = [["", "", ""]]
        self.in_heading = False
        self.depth_left_out = 0

    def handle_starttag(self, tag, attrs):
        if tag in {"h2", "h3"}:
            self.sections.append([dict(attrs).get("id", ""), "", ""])
            self.in_heading = True
        self.depth_left_out += tag in self.LEFT_OUT
        if tag not in self.WITHIN_WORDS:
            self._add(" ")

    def handle_endtag(self, tag):
        if tag in {"h2", "h3"}:
            self.in_heading = False
        self.depth_left_out -= tag in self.LEFT_OUT

    def handle_data(self, data):
        # The arrow that leads from a note back to its place.
        self._add(data.replace("↩", ""))

    def _add(self, text):
        if not self.depth_left_out:
            self.sections[-1][1 if self.in_heading else 2] += text
