"""The erasure ledger: what was erased, so that restoring an older copy of a database does not bring it back.

One line for each thing: when, "key" or "account", and a fingerprint of its id that only this site's ``SECRET_KEY`` can
compare with an id. Lines are only ever added. The file belongs with the backups. A process with a data folder of its
own, such as the one for admin, keeps a ledger of its own.
"""

import hashlib
import hmac
import os
import re
from datetime import UTC, datetime

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"cft/erasure-ledger/v1"
LINE = re.compile(r"\S+ (key|account) ([0-9a-f]{64})")


def path():
    """Return where the ledger is."""
    return settings.DATA_DIR / "erasures.log"


def write(erased):
    """Add a line for each kind and id; they are on the disk before this returns. Raises ``OSError``."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    secret = _derived(settings.SECRET_KEY)
    lines = "".join(f"{now} {kind} {_fingerprint(secret, identity)}\n" for kind, identity in erased)
    if lines:
        _append(lines.encode())


class Ledger:
    """What this ledger and further ones name, read once. Raises ``OSError`` if one is not there."""

    def __init__(self, *further):
        texts = [ledger.read_text(errors="replace") for ledger in (path(), *further)]
        lines = [line for text in texts for line in text.split("\n") if line]
        matches = [match for line in lines if (match := LINE.fullmatch(line))]
        self.unreadable = len(lines) - len(matches)
        self._named = {match.groups() for match in matches}
        self._secrets = [_derived(secret) for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]]

    def names(self, kind, identity):
        """Tell whether the thing of this kind and id was erased."""
        return any((kind, _fingerprint(secret, identity)) in self._named for secret in self._secrets)


def _derived(secret):
    return HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())


def _fingerprint(secret, identity):
    return hmac.new(secret, identity.bytes, hashlib.sha256).hexdigest()


def _append(lines):
    is_new = not path().exists()
    descriptor = os.open(path(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        # After a line that was cut short, as by a full disk, the next one would be unreadable too.
        is_cut_short = file.seek(0, os.SEEK_END) and os.pread(descriptor, 1, file.tell() - 1) != b"\n"
        _write_all(file, b"\n" + lines if is_cut_short else lines)
        os.fsync(descriptor)
    if is_new:
        _sync_folder()


def _write_all(file, data):
    while data:
        data = data[file.write(data) :]


def _sync_folder():
    descriptor = os.open(path().parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
