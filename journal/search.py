"""Search in one's own words: each is opened and looked at in memory. Nothing of it is stored or logged."""

import unicodedata
from functools import lru_cache
from itertools import islice

from journal.keys.errors import CannotOpen

MOST_FOUND = 50
CHUNK = 500
EXCERPT = 180


def fold(text):
    """Return a text without capitals and accents, for comparing."""
    if text.isascii():
        return text.lower()
    # One character at a time: a whole text full of marks would take Python minutes to put in order.
    return "".join(map(_bare, text)).casefold()


@lru_cache(maxsize=10_000)
def _bare(character):
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if not unicodedata.combining(part))


def find(entries, keyring, query):
    """Return up to ``MOST_FOUND`` + 1 entries that hold every word of the query, newest first.

    Each has its ``words`` and an ``excerpt`` around the first word found.
    """
    wanted = fold(query).split()
    if not wanted:
        return []
    return list(islice(_matches(entries, keyring, wanted), MOST_FOUND + 1))


def _matches(entries, keyring, wanted):
    for entry in entries.newest_first().select_related("module").iterator(chunk_size=CHUNK):
        try:
            words = entry.open_latest(keyring)
        except CannotOpen:
            continue
        folded = fold(_everything(words))
        if all(word in folded for word in wanted):
            entry.words, entry.excerpt = words, excerpt(words, wanted[0])
            yield entry


def _everything(words):
    return "\n".join([words.title, *(f"{answer.question}\n{answer.text}" for answer in words.answers)])


def excerpt(words, wanted):
    """Return the part of the words around a wanted one."""
    lines = [line for line in _everything(words).splitlines() if wanted in fold(line)]
    line = lines[0] if lines else words.first.text
    start = max(0, fold(line).find(wanted) - EXCERPT // 3)
    cut = line[start : start + EXCERPT].strip() or line[:EXCERPT].strip()
    return f"{'… ' if start else ''}{cut}{' …' if start + EXCERPT < len(line) else ''}"
