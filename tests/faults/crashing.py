"""The site with one bug put in: saving a note crashes if its words begin in a certain way. For gunicorn to run."""

from cft_course.wsgi import application
from journal import saving
from tests.faults.support import CRASH

__all__ = ["application"]

save = saving.save


def crash_or_save(keyring, entry_id, revision, words, **rest):
    """Save as always, but for the bug."""
    if words.first.text.startswith(CRASH):
        raise ValueError("a bug")
    return save(keyring, entry_id, revision, words, **rest)


saving.save = crash_or_save
