"""Looking for words in bytes, in every form that software is likely to have brought them into."""

import base64
import re
import zlib

COMPRESSED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
# What Django's signed sessions and messages look like when they are compressed.
COMPRESSED_TOKEN = re.compile(rb"eJ[\w-]{8,}")
MOST_UNPACKED = 5_000_000


def forms(word):
    """Return the forms of a word by name, each as bytes."""
    plain = word.encode()
    found = {
        "plain": plain,
        "small": word.lower().encode(),
        "UTF-16, little end first": word.encode("utf-16-le"),
        "UTF-16, big end first": word.encode("utf-16-be"),
        "reversed": plain[::-1],
        "hexadecimal": plain.hex().encode(),
    }
    for offset in range(3):
        encoded = _base64_anywhere(plain, offset)
        found[f"base64 at {offset}"] = encoded
        found[f"base64 for addresses at {offset}"] = encoded.translate(bytes.maketrans(b"+/", b"-_"))
    return found


def _base64_anywhere(plain, offset):
    """Return the part of the base64 that depends on nothing before or after the word."""
    encoded = base64.b64encode(b"\0" * offset + plain)
    cut_off = (0, 3, 2)[(offset + len(plain)) % 3]
    return encoded[(0, 2, 3)[offset] : len(encoded) - cut_off]


def layers(data):
    """Yield the bytes, and everything in them that can be unpacked."""
    yield data
    for match in COMPRESSED.finditer(data):
        yield _unpacked(data[match.start() :])
    for match in COMPRESSED_TOKEN.finditer(data):
        token = match[0]
        yield _unpacked(base64.urlsafe_b64decode(token[: len(token) // 4 * 4]))


def _unpacked(data):
    try:
        return zlib.decompressobj(wbits=47).decompress(data, MOST_UNPACKED)
    except zlib.error:
        return b""


def found(words, data):
    """Return the name and form of every word that is in the bytes; ``words`` are by name."""
    unpacked = b"\n".join(layers(data))
    wanted = [(name, form, sought) for name, word in words.items() for form, sought in forms(word).items()]
    return sorted({(name, form) for name, form, sought in wanted if sought in unpacked})
