"""Sealing the seeds of second factors.

Their key comes from ``SECRET_KEY`` and not from a journal key, because the admin process must check an editor's second
factor while it has no journal key at all. Someone with a copy of the database alone can do nothing with a seed.
"""

import base64

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from journal.keys import aead
from journal.keys.errors import CannotOpen

PURPOSE = b"cft/second-factor/v1"


class SeedUnavailable(Exception):
    """No secret of this site opens this seed: it was sealed under another ``SECRET_KEY``, or changed."""


def _key(secret):
    return HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())


def seal(text):
    """Return the text sealed, in base64."""
    sealed = aead.encrypt(_key(settings.SECRET_KEY), text.encode(), PURPOSE)
    return base64.b64encode(sealed).decode()


def open_(sealed):
    """Return the text; raises ``SeedUnavailable``."""
    data = base64.b64decode(sealed)
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        try:
            return aead.decrypt(_key(secret), data, PURPOSE).decode()
        except CannotOpen:
            continue
    raise SeedUnavailable("Sealed under another SECRET_KEY. Put the old one into SECRET_KEY_FALLBACKS.")
