"""Master keys: 32 random bytes in base64, one file a key, in a folder that only the server's user may read."""

import base64
import binascii
import os
import re
import secrets
from datetime import UTC, datetime

from django.conf import settings

from journal.keys.aead import KEY_BYTES
from journal.keys.errors import KeyUnavailable

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def path_of(name):
    """Return where the master key of this name lives."""
    return settings.KEY_DIR / f"{name}.key"


def names():
    """Return the names of the master key files that are there, oldest name first."""
    return sorted(path.stem for path in settings.KEY_DIR.glob("*.key") if NAME.fullmatch(path.stem))


def new_name():
    """Return a name for a new master key: its day, and a few letters so that two of a day differ."""
    return f"k{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(3)}"


def read(name):
    """Return a master key's bytes; raises ``KeyUnavailable`` with what is wrong with its file.

    Read anew for every request, so that a key taken away closes the journal at once.
    """
    if settings.ROLE == "admin":
        raise KeyUnavailable("The admin process opens nothing.")
    if not NAME.fullmatch(name):
        raise KeyUnavailable(f"{name!r} is no name of a key.")
    try:
        key = base64.b64decode(path_of(name).read_bytes().strip(), validate=True)
    except OSError as error:
        raise KeyUnavailable(f"The key file {path_of(name)} cannot be read ({error.strerror}).") from None
    except binascii.Error:
        raise KeyUnavailable(f"The key file {path_of(name)} is damaged.") from None
    if len(key) != KEY_BYTES:
        raise KeyUnavailable(f"The key file {path_of(name)} does not hold {KEY_BYTES} bytes.")
    return key


def make(name):
    """Write a new master key that is on the disk for good before this returns; an existing file is never replaced.

    The name appears only once the whole key is written: stopped anywhere, there is a whole key file or none. Raises
    ``FileExistsError`` where there is a file of this name.
    """
    draft = settings.KEY_DIR / f"{name}.{secrets.token_hex(4)}.draft"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path_of(name))
    finally:
        draft.unlink()
    _sync(settings.KEY_DIR)


def _sync(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
