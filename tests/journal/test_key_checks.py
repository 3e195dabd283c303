"""System checks of the keys: exposed ones stop the server, missing ones close the private pages and say so."""

import io
import os

import pytest
from django.core.checks import ERROR
from django.core.management import call_command
from django.db import OperationalError, connections

from journal.keys import checks, rotation
from journal.keys.keyring import Keyring
from journal.keys.models import MasterKey
from journal.models import Entry
from tests.keys import place, someone, write_key


def found():
    """Return every message of the checks of keys."""
    without_database = [*checks.keys_are_kept_from_others(None), *checks.key_files_are_whole(None)]
    return [*without_database, *checks.master_keys_are_the_right_ones(None, databases=["keys"])]


def ids():
    return [message.id for message in found()]


@pytest.fixture
def served(settings, own_folder, monkeypatch):
    """A data folder from which this site was served before, with SQLite."""
    (own_folder / "pages").mkdir()
    (own_folder / "pages" / "version").write_text("1")
    (own_folder / "keys.sqlite3").write_bytes(b"")
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": own_folder / "keys.sqlite3"}
    monkeypatch.setitem(settings.DATABASES, "keys", settings.DATABASES["keys"] | database)


def test_all_is_well_with_a_key_of_ones_own(master_key):
    assert found() == []


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o444, 0o420, 0o402, 0o410, 0o644])
def test_a_key_file_that_others_can_get_at_stops_the_server(master_key, key_dir, mode):
    (key_dir / "k1.key").chmod(mode)
    (message,) = found()
    assert (message.id, message.level) == ("journal.E002", ERROR)
    assert f"chmod 400 {key_dir / 'k1.key'}" in message.hint


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o701, 0o720, 0o777])
def test_a_key_folder_that_others_can_get_at_stops_the_server(master_key, key_dir, mode):
    key_dir.chmod(mode)
    (message,) = found()
    assert (message.id, message.level) == ("journal.E001", ERROR)
    assert message.hint == f"Run: chmod 700 {key_dir}"


def test_a_key_file_of_someone_else_stops_the_server(master_key, monkeypatch):
    state = os.stat(checks.files.path_of("k1"))
    if state.st_uid == 0:
        os.chown(checks.files.path_of("k1"), 12345, -1)
    monkeypatch.setattr(checks.os, "geteuid", lambda: 54321)
    assert set(ids()) <= {"journal.E003"}
    assert any("k1.key belongs to another user" in message.msg for message in found())


def test_files_of_root_and_of_the_user_itself_are_right(master_key, monkeypatch):
    owner = os.stat(checks.files.path_of("k1")).st_uid
    monkeypatch.setattr(checks.os, "geteuid", lambda: owner)
    assert found() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_root_may_look_after_the_site_of_another_user(master_key, key_dir, own_folder):
    for path in (own_folder, key_dir, key_dir / "k1.key"):
        os.chown(path, 12345, -1)
    assert found() == []
    os.chown(key_dir / "k1.key", 54321, -1)
    assert ids() == ["journal.E003"]


@pytest.mark.parametrize("content", [b"", b"no key", b"AAAA"])
def test_a_damaged_file_warns_that_private_pages_answer_503(master_key, key_dir, content):
    (key_dir / "k1.key").unlink()
    (key_dir / "k1.key").write_bytes(content)
    (key_dir / "k1.key").chmod(0o400)
    messages = found()
    assert [message.id for message in messages] == ["journal.W002", "journal.W003"]
    assert all("503" in message.msg for message in messages)
    assert not any(message.is_serious() for message in messages)


def test_no_key_file_is_nothing_before_the_site_is_prepared(key_dir):
    assert checks.key_files_are_whole(None) == []
    key_dir.rmdir()
    assert checks.keys_are_kept_from_others(None) == []
    assert checks.key_files_are_whole(None) == []


def test_no_key_file_on_a_served_site_warns_and_lets_it_start(served, key_dir):
    (message,) = checks.key_files_are_whole(None)
    assert message.id == "journal.W001"
    assert "503" in message.msg
    assert not message.is_serious()


def test_a_site_from_before_the_journal_is_not_warned(served, key_dir, own_folder):
    (own_folder / "keys.sqlite3").unlink()
    assert checks.key_files_are_whole(None) == []


def test_a_wrong_key_warns_and_names_the_file_to_put_back(master_key, key_dir):
    write_key(key_dir / "k1.key")
    (message,) = found()
    assert message.id == "journal.W003"
    assert "private pages are closed (503)" in message.msg
    assert "Put the file k1.key back" in message.hint
    assert not message.is_serious()


def test_only_keys_that_something_needs_are_missed(master_key, key_dir):
    Keyring(someone()).seal("words", **place())
    rotation.change("k2")
    (key_dir / "k1.key").rename(key_dir / "away")
    assert ids() == ["journal.W003"]
    (key_dir / "away").rename(key_dir / "k1.key")
    rotation.rewrap()
    (key_dir / "k1.key").unlink()
    assert found() == []


def test_a_database_of_keys_without_a_key_warns(master_key):
    MasterKey.objects.all().delete()
    assert ids() == ["journal.W004"]


def test_a_database_of_keys_that_is_away_warns(master_key):
    def away(*args):
        raise OperationalError("gone for tea")

    with connections["keys"].execute_wrapper(away):
        assert ids() == ["journal.W005"]


def test_a_database_that_was_not_asked_about_is_not_opened(master_key):
    def touched(*args):
        raise AssertionError("the database was asked")

    with connections["keys"].execute_wrapper(touched):
        checks.keys_are_kept_from_others(None)
        checks.key_files_are_whole(None)
        assert checks.master_keys_are_the_right_ones(None) == []
        assert checks.master_keys_are_the_right_ones(None, databases=["default"]) == []


def test_the_process_for_admin_checks_no_keys(master_key, key_dir, settings, served):
    settings.ROLE = "admin"
    (key_dir / "k1.key").chmod(0o777)
    key_dir.chmod(0o777)
    assert found() == []


def prepared():
    """Run `prepare` and return all it says."""
    out = io.StringIO()
    call_command("prepare", stdout=out, stderr=out)
    return out.getvalue()


def test_prepare_makes_the_first_key_once_and_says_to_keep_a_copy(db, key_dir):
    said = prepared()
    master = MasterKey.objects.active().get()
    assert master.read()
    assert f"{key_dir / master.name}.key. Keep a copy of it" in said
    assert prepared() == ""


def test_prepare_says_once_that_the_journal_is_closed_and_why(master_key, key_dir):
    write_key(key_dir / "k1.key")
    said = prepared()
    assert said.count("private pages are closed (503)") == 1
    assert "Put the file k1.key back" in said


def test_prepare_leaves_a_damaged_file_that_was_brought_to_the_checks(db, key_dir):
    (key_dir / "mine.key").write_text("half")
    assert "damaged" in prepared()
    assert not MasterKey.objects.exists()


def test_prepare_does_without_a_key_where_none_can_be_made(db, key_dir):
    key_dir.rmdir()
    assert "No key can be made" in prepared()


def test_prepare_makes_no_key_where_the_database_of_keys_was_lost(master_key, lea):
    Entry.objects.create(owner=lea, day=lea.today, created=lea.created, changed=lea.created, draft=b"sealed")
    MasterKey.objects.all().delete()
    said = prepared()
    assert "put its database of keys back" in said
    assert not MasterKey.objects.exists()
