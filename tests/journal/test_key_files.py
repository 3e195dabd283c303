"""Master key files: made whole or not at all, and refused with a sentence when they are not what they should be."""

import base64
import os
import stat

import pytest

from journal.keys import files
from journal.keys.errors import KeyUnavailable
from tests.keys import write_key


def test_a_new_key_is_random_and_for_its_owner_alone(key_dir):
    files.make("k1")
    files.make("k2")
    assert files.names() == ["k1", "k2"]
    assert len(files.read("k1")) == 32
    assert files.read("k1") != files.read("k2")
    assert stat.S_IMODE((key_dir / "k1.key").stat().st_mode) == 0o400
    assert sorted(path.name for path in key_dir.iterdir()) == ["k1.key", "k2.key"]


def test_a_key_that_is_there_is_never_replaced(key_dir):
    files.make("k1")
    before = files.read("k1")
    with pytest.raises(FileExistsError):
        files.make("k1")
    assert files.read("k1") == before
    assert sorted(path.name for path in key_dir.iterdir()) == ["k1.key"]


def test_a_full_disk_leaves_no_half_key(key_dir, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.make("k1")
    assert list(key_dir.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "does not hold 32 bytes"),
        (b"not base64 at all!", "is damaged"),
        (b"\xff\xfe", "is damaged"),
        (base64.b64encode(bytes(31)), "does not hold 32 bytes"),
        (base64.b64encode(bytes(33)), "does not hold 32 bytes"),
        (base64.b64encode(bytes(32))[:-1], "is damaged"),
    ],
)
def test_a_damaged_file_is_named(key_dir, content, told):
    (key_dir / "k1.key").write_bytes(content)
    with pytest.raises(KeyUnavailable, match=told) as raised:
        files.read("k1")
    assert "k1.key" in str(raised.value)


def test_a_missing_file_and_a_folder_in_its_place_are_named(key_dir):
    with pytest.raises(KeyUnavailable, match="No such file"):
        files.read("k1")
    (key_dir / "k1.key").mkdir()
    with pytest.raises(KeyUnavailable, match="directory"):
        files.read("k1")


@pytest.mark.parametrize("name", ["", "../k1", "K1", "k1.key", "k/1", "k" * 41, "k1\n", "-k1", "kö"])
def test_no_name_leads_out_of_the_folder(key_dir, name):
    with pytest.raises(KeyUnavailable, match="no name of a key"):
        files.read(name)


def test_other_files_in_the_folder_are_no_keys(key_dir):
    for name in ("k1.key.bak", ".k1.key", "README", "K1.key"):
        (key_dir / name).write_text("no key")
    write_key(key_dir / "k2.key")
    assert files.names() == ["k2"]


def test_a_key_file_with_or_without_a_last_line_end_is_the_same(key_dir):
    key = os.urandom(32)
    (key_dir / "k1.key").write_bytes(base64.b64encode(key))
    (key_dir / "k2.key").write_bytes(base64.b64encode(key) + b"\r\n")
    assert files.read("k1") == files.read("k2") == key


def test_the_process_for_admin_reads_none(key_dir, settings):
    files.make("k1")
    settings.ROLE = "admin"
    with pytest.raises(KeyUnavailable, match="admin process opens nothing"):
        files.read("k1")


def test_new_names_differ_and_are_names(key_dir):
    names = {files.new_name() for _ in range(50)}
    assert len(names) == 50
    assert all(files.NAME.fullmatch(name) for name in names)
