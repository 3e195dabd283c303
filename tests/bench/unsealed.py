"""The site with sealing taken out, to see what sealing costs. For the bench's own data only, never for people."""

from cft_course.wsgi import application
from journal.keys.keyring import Keyring

__all__ = ["application"]


def seal(self, text, **place):
    """Return the text as bytes that anyone can read."""
    return text.encode()


def open_(self, sealed, **place):
    """Return the text that ``seal`` was given."""
    return bytes(sealed).decode()


Keyring.seal = seal
Keyring.open = open_
