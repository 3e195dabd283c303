"""A master key for tests that seal: import ``master_key`` into a conftest or a test's module."""

import base64
import os
import uuid
from types import SimpleNamespace

import pytest


@pytest.fixture
def key_dir(settings, tmp_path):
    """Return a key folder of the test's own, still empty."""
    settings.KEY_DIR = tmp_path / "keys"
    settings.KEY_DIR.mkdir(mode=0o700, exist_ok=True)
    return settings.KEY_DIR


@pytest.fixture
def master_key(db, key_dir):
    """Make the first master key in a folder of the test's own, and return it."""
    from journal.keys import rotation  # noqa: PLC0415 -- models are ready only once pytest-django has set them up

    return rotation.create("k1")


def someone():
    """Return an owner of keys; all that a keyring asks of a user is the uuid."""
    return SimpleNamespace(uuid=uuid.uuid4())


def place(row=None, **other):
    """Return what a text is bound to."""
    return {"table": "journal.entry", "row": row or uuid.UUID(int=7), "field": "kept", "revision": 1} | other


def write_key(path, key=None, mode=0o400):
    """Write a key file as an operator would, over one that is there."""
    path.unlink(missing_ok=True)
    path.write_bytes(base64.b64encode(os.urandom(32) if key is None else key) + b"\n")
    path.chmod(mode)
