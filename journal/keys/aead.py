"""Sealing bytes: AES-256-GCM (NIST SP 800-38D) with what they belong to as authenticated data. Knows no models."""

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from journal.keys.errors import CannotOpen

KEY_BYTES = 32
# Random ones of this length are safe for 2^32 uses of a key (SP 800-38D, 8.3); other lengths are never made or taken.
NONCE_BYTES = 12
TAG_BYTES = 16
# Sealed words are a multiple of this long, so that their size tells little.
BLOCK = 256


def bound_to(*parts):
    """Return authenticated data of several texts or bytes, each with its length, so that no two lists look alike."""
    encoded = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return b"".join(struct.pack(">I", len(part)) + part for part in encoded)


def pad(data):
    """Lengthen bytes to a multiple of ``BLOCK`` (ISO/IEC 7816-4: 0x80, then zeros)."""
    return data + b"\x80" + bytes(-(len(data) + 1) % BLOCK)


def unpad(data):
    """Return the bytes that were padded; raises ``CannotOpen`` if ``pad`` did not make them."""
    stripped = data.rstrip(b"\0")
    if len(data) % BLOCK or len(data) - len(stripped) >= BLOCK or not stripped.endswith(b"\x80"):
        raise CannotOpen("The padding is not ours.")
    return stripped[:-1]


def encrypt(key, data, authenticated):
    """Return a fresh nonce followed by the encrypted bytes and their tag."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, authenticated)


def decrypt(key, sealed, authenticated):
    """Return the bytes; raises ``CannotOpen`` if anything about them or what they are bound to is different."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise CannotOpen("Too short to be sealed.")
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], authenticated)
    except InvalidTag:
        raise CannotOpen("The seal does not fit.") from None
