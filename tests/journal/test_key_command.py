"""`manage.py journal_keys`, as an operator meets it."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections

from journal.keys import files, rotation
from journal.keys.keyring import Keyring
from journal.keys.models import DataKey, MasterKey
from tests.keys import place, someone, write_key


def run(*arguments):
    """Run the command and return what it says."""
    out = io.StringIO()
    call_command("journal_keys", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def refused(*arguments):
    """Run the command, which must refuse, and return all it says."""
    out = io.StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("journal_keys", *arguments, stdout=out, stderr=out)
    assert raised.value.returncode == 1
    return f"{out.getvalue()}{raised.value}"


@pytest.fixture
def written(master_key):
    """Three learners who wrote something."""
    for _ in range(3):
        Keyring(someone()).seal("words", **place())


def test_create_makes_the_first_key_and_no_second(db, key_dir):
    assert "Made the master key mine" in run("create", "--name", "mine")
    assert files.names() == ["mine"]
    assert "journal_keys rotate" in refused("create")
    assert files.names() == ["mine"]


def test_create_invents_a_name(db, key_dir):
    run("create")
    assert files.names() == [MasterKey.objects.active().get().name]


def test_rotate_moves_every_key_and_says_what_can_go(written):
    said = run("rotate", "--to", "k2")
    assert "active master key is now k2" in said
    assert "Moved 3 data keys" in said
    assert "This site needs k1.key no more" in said
    assert "last backup of the database of keys" in " ".join(said.split())
    assert "3 data keys open" in run("check")


def test_rotate_before_there_is_a_key(db, key_dir):
    assert "journal_keys create" in refused("rotate")
    assert files.names() == []


def test_rotate_finishes_what_was_stopped_and_makes_no_other_key(written):
    rotation.change("k2")
    said = run("rotate")
    assert "earlier change to k2 was not finished" in said
    assert "Moved 3 data keys" in said
    assert files.names() == ["k1", "k2"]


def test_rotate_again_to_the_same_key_goes_on_where_it_stopped(written):
    rotation.change("k2")
    assert "Moved 3" in run("rotate", "--to", "k2")
    assert "k2 is the active master key already" in run("rotate", "--to", "k2")
    assert files.names() == ["k1", "k2"]


def test_rotate_to_another_key_finishes_the_first_change_before(written):
    rotation.change("k2")
    said = run("rotate", "--to", "k3")
    assert said.index("earlier change to k2") < said.index("active master key is now k3")
    assert MasterKey.objects.active().get().name == "k3"
    assert not DataKey.objects.behind().exists()


def test_rotate_with_a_broken_key_says_so_and_lets_no_file_go(written):
    DataKey.objects.filter(pk=DataKey.objects.first().pk).update(wrapped=b"broken")
    said = refused("rotate", "--to", "k2")
    assert "1 data keys do not open" in said
    assert "no more" not in said


def test_rotate_takes_no_damaged_file(written, key_dir):
    (key_dir / "k2.key").write_text("half")
    assert "damaged" in refused("rotate", "--to", "k2")
    assert MasterKey.objects.active().get().name == "k1"


def test_check_is_content_with_a_good_site(written):
    assert run("check") == "The active master key is k1. All 3 data keys open.\n0 of them are under older keys.\n"


def test_check_counts_what_is_under_older_keys(written):
    rotation.change("k2")
    assert "3 of them are under older keys. Run `journal_keys rotate`." in run("check")


def test_check_does_not_miss_an_old_file_that_nothing_needs(written, key_dir):
    run("rotate", "--to", "k2")
    (key_dir / "k1.key").unlink()
    assert "3 data keys open" in run("check")
    assert "k1" not in run("rotate", "--to", "k2")


def test_check_misses_an_old_file_that_keys_still_need(written, key_dir):
    rotation.change("k2")
    (key_dir / "k1.key").unlink()
    said = refused("check")
    assert "Put the file k1.key back" in said
    assert "Not every key is as it should be" in said


def test_check_names_a_wrong_file_an_open_file_and_a_broken_row(written, key_dir):
    write_key(key_dir / "k1.key", mode=0o444)
    said = refused("check")
    assert "another key than the one" in said
    assert f"chmod 400 {key_dir / 'k1.key'}" in said


def test_check_names_a_broken_row(written):
    broken = DataKey.objects.first()
    DataKey.objects.filter(pk=broken.pk).update(wrapped=b"broken")
    assert f"data key {broken.pk} does not open" in refused("check")


def test_check_before_there_is_a_key(db, key_dir):
    assert "names no master key" in refused("check")


@pytest.mark.parametrize("deed", ["create", "rotate", "check"])
def test_the_process_for_admin_is_refused(written, settings, deed):
    settings.ROLE = "admin"
    assert "process for admin has no keys" in refused(deed)
    assert files.names() == ["k1"]


@pytest.mark.parametrize("deed", ["create", "rotate", "check"])
def test_a_database_that_is_away_is_said_plainly(written, deed):
    def away(*args):
        raise OperationalError("gone for tea")

    with connections["keys"].execute_wrapper(away):
        assert "gone for tea" in refused(deed)


def test_a_folder_that_cannot_be_written_is_said_plainly(db, key_dir, monkeypatch):
    def read_only(*args):
        raise PermissionError(13, "Permission denied", "the-folder")

    monkeypatch.setattr(files.os, "link", read_only)
    assert "cannot be written: the-folder (Permission denied)" in refused("create")
    assert not MasterKey.objects.exists()
