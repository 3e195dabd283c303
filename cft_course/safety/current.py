"""The safety texts as they are now, from memory, without ever failing a page."""

from cft_course.safety.models import SafetyTexts
from lessons.outages import DATABASE_IS_AWAY
from lessons.publishing import pages

# The texts and the version of the content that they belong to.
_last = {}


def texts():
    """Return the current ``SafetyTexts``; while the database is away, the last known or the built-in ones."""
    version = pages.version
    if "texts" not in _last or _last.get("version") != version:
        try:
            _last.update(texts=SafetyTexts.current(), version=version)
        except DATABASE_IS_AWAY:
            return _last.get("texts") or SafetyTexts()
    return _last["texts"]
