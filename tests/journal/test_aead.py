"""Sealing bytes: what is sealed opens exactly, and nothing else opens."""

import os

import pytest

from journal.keys import aead
from journal.keys.errors import CannotOpen

KEY = bytes(range(32))
BOUND = aead.bound_to("table", "row")

HOSTILE = [
    "",
    " ",
    "\0",
    "words\0\0\0",
    "\x80",
    "\x80\0\0",
    "🫂 👩‍👩‍👧‍👦 🏳️‍🌈",
    "שלום \u202eנמוך\u202c مرحبا",
    "zero\u200bwidth\u200d\ufeff",
    "e\u0301 is not \u00e9",
    "\r\n\t\x0b\x1b[31m",
    "x" * 255,
    "x" * 256,
    "x" * 257,
    "ö" * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_text_comes_back_exactly(text):
    padded = aead.pad(text.encode())
    assert len(padded) % 256 == 0
    assert len(padded) > len(text.encode())
    assert aead.unpad(aead.decrypt(KEY, aead.encrypt(KEY, padded, BOUND), BOUND)).decode() == text


def test_every_length_is_padded_to_a_multiple_and_comes_back():
    for length in range(600):
        for data in (bytes(length), b"\x80" * length, os.urandom(length)):
            padded = aead.pad(data)
            assert len(padded) == (length // 256 + 1) * 256
            assert aead.unpad(padded) == data


@pytest.mark.parametrize(
    "data", [b"", bytes(256), b"x" * 256, b"words\x80", b"\x80" + bytes(256), b"x" * 255 + b"\x80" + bytes(256)]
)
def test_what_was_not_padded_here_is_refused(data):
    with pytest.raises(CannotOpen):
        aead.unpad(data)


def test_a_hundred_thousand_nonces_differ():
    nonces = {aead.encrypt(KEY, b"", BOUND)[: aead.NONCE_BYTES] for _ in range(100_000)}
    assert len(nonces) == 100_000


def test_the_same_words_never_look_the_same():
    assert len({aead.encrypt(KEY, b"words", BOUND) for _ in range(100)}) == 100


def test_nothing_of_the_text_is_in_what_is_sealed():
    sealed = aead.encrypt(KEY, b"a secret sentence", BOUND)
    assert b"secret" not in sealed
    assert len(sealed) == aead.NONCE_BYTES + 17 + aead.TAG_BYTES


def test_every_single_flipped_bit_is_noticed():
    sealed = aead.encrypt(KEY, b"words", BOUND)
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotOpen):
            aead.decrypt(KEY, bytes(changed), BOUND)


def test_every_shorter_or_longer_one_is_noticed():
    sealed = aead.encrypt(KEY, b"words", BOUND)
    for length in range(len(sealed)):
        with pytest.raises(CannotOpen):
            aead.decrypt(KEY, sealed[:length], BOUND)
    with pytest.raises(CannotOpen):
        aead.decrypt(KEY, sealed + b"\0", BOUND)


def test_another_key_opens_nothing():
    with pytest.raises(CannotOpen):
        aead.decrypt(os.urandom(32), aead.encrypt(KEY, b"words", BOUND), BOUND)


def test_what_it_is_bound_to_is_part_of_the_seal():
    with pytest.raises(CannotOpen):
        aead.decrypt(KEY, aead.encrypt(KEY, b"words", BOUND), aead.bound_to("table", "another row"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("abc",), ("ab", "c")),
        (("a", ""), ("a",)),
        (("", "a"), ("a", "")),
        (("a\0\0\0\1b",), ("a", "b")),
        ((), ("",)),
    ],
)
def test_no_two_lists_of_parts_are_bound_alike(one, other):
    assert aead.bound_to(*one) != aead.bound_to(*other)


def test_a_known_answer_stays_readable():
    """Sealed once and kept here: a later version of this code or its libraries must still open it."""
    sealed = bytes.fromhex(KNOWN)
    assert aead.decrypt(KEY, sealed, aead.bound_to("cft", b"\x00\x01", 3)) == b"still readable"


# Key 00..1f, nonce 0c0d..17, authenticated data "cft", 0001, "3", each after its four-byte length.
KNOWN = "0c0d0e0f1011121314151617eb8a00b413568e36564e29b7fdeeda9b525e63b29bb3eded8629cc2ac794"
