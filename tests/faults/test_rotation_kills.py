"""Changing the master key while the process is killed, or another one runs; and what a copy of yesterday can open.

Real processes on real files. What is left is read here without the site's own code for databases.
"""

import base64
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid

import pytest
from django.conf import settings as project

from journal.keys import aead
from journal.keys.errors import CannotOpen

KEYS = 3000
SET_UP = f"""
import uuid
from django.core.management import call_command
from journal.keys import rotation
from journal.keys.models import DataKey
call_command("migrate", "journal_keys", database="keys", verbosity=0)
master = rotation.create("k1")
key = master.read()
rows = []
for number in range({KEYS}):
    row = DataKey(owner=uuid.UUID(int=number))
    row.wrap(number.to_bytes(32, "big"), master, key)
    rows.append(row)
DataKey.objects.bulk_create(rows)
"""


def start(folder, *arguments):
    """Start manage.py in a process of its own."""
    clean = {"PATH": os.environ["PATH"], "PYTHON_DOTENV_DISABLED": "1", "DATA_DIR": str(folder)}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.Popen(
        command, env=clean, cwd=project.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def run(folder, *arguments):
    """Run manage.py to its end and return what it says."""
    process = start(folder, *arguments)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    return said


def rows(folder):
    """Return the id, owner, master key and wrapped bytes of each data key."""
    with sqlite3.connect(folder / "keys.sqlite3", timeout=10) as database:
        return database.execute("select id, owner, master_id, wrapped from journal_keys_datakey").fetchall()


def moved(folder):
    """Return how many data keys are not under the first master key."""
    with sqlite3.connect(folder / "keys.sqlite3", timeout=10) as database:
        return database.execute("select count(*) from journal_keys_datakey where master_id <> 'k1'").fetchone()[0]


def assert_every_key_is_as_it_was(folder):
    found = rows(folder)
    assert len(found) == KEYS
    files = {path.stem: base64.b64decode(path.read_bytes()) for path in (folder / "keys").glob("*.key")}
    for key_id, owner, master, wrapped in found:
        bound = aead.bound_to("cft/dek/v1", master, uuid.UUID(owner).bytes, uuid.UUID(key_id).bytes)
        opened = aead.decrypt(files[master], wrapped, bound)
        assert int.from_bytes(opened, "big") == uuid.UUID(owner).int
    with sqlite3.connect(folder / "keys.sqlite3") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)


@pytest.fixture
def site(tmp_path):
    """A data folder with many data keys under the master key k1."""
    folder = tmp_path / "site"
    run(folder, "shell", "-v0", "-c", SET_UP)
    return folder


def kill_once(site, is_time, pause):
    """Rotate, kill the process when it is time, and tell whether it was still at work."""
    process = start(site, "journal_keys", "rotate")
    while process.poll() is None and not is_time():
        time.sleep(0.001)
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def test_a_rotation_killed_again_and_again_loses_no_key(site):
    kills = kill_once(site, lambda: len(list((site / "keys").glob("*.key"))) > 1, 0)
    assert_every_key_is_as_it_was(site)
    for enough, pause in [(1, 0), (1, 0.01), (400, 0.005), (800, 0.013), (1200, 0)]:
        kills += kill_once(site, lambda enough=enough: moved(site) >= enough, pause)
        assert_every_key_is_as_it_was(site)
    # On a busy machine the process may be done before it is killed.
    assert kills >= 3
    is_unfinished = moved(site) < KEYS
    assert ("was not finished" in run(site, "journal_keys", "rotate")) == is_unfinished
    assert_every_key_is_as_it_was(site)
    assert moved(site) == KEYS
    assert "\n0 of them are under older keys" in run(site, "journal_keys", "check")
    (site / "keys" / "k1.key").rename(site / "k1.key")
    assert f"All {KEYS} data keys open" in run(site, "journal_keys", "check")


def test_two_rotations_at_once_lose_no_key(site):
    both = [start(site, "journal_keys", "rotate") for _ in range(2)]
    said = [process.communicate(timeout=60)[0] for process in both]
    assert not any("Traceback" in words for words in said), said
    assert_every_key_is_as_it_was(site)
    run(site, "journal_keys", "rotate")
    assert_every_key_is_as_it_was(site)
    assert len({master for _, _, master, _ in rows(site)}) == 1


WRITE = """
import datetime, django.utils.timezone as t
from cft_course.accounts.models import User
from journal.keys.keyring import Keyring
from journal.models import Entry
from journal.words import Words
for email in ("lea@example.org", "mo@example.org"):
    user = User.objects.create_user(email, "a long quiet evening")
    entry = Entry(owner=user, day=user.today, created=t.now(), changed=t.now(), kept_revision=1)
    entry.kept = entry.seal(Keyring(user), "kept", Words.of("the words of " + email), 1)
    entry.save(force_insert=True)
"""
DELETE = """
from cft_course.accounts import erasure
from cft_course.accounts.models import User
erasure.delete_account(User.objects.get(email="lea@example.org"))
"""
READ = """
from journal.keys.errors import SealError
from journal.keys.keyring import Keyring
from journal.models import Entry
for entry in Entry.objects.select_related("owner").order_by("owner__email"):
    try:
        print(entry.owner.email, entry.open_kept(Keyring(entry.owner)).first.text)
    except SealError as error:
        print(entry.owner.email, "closed:", error)
"""


def data_key_of(folder, email):
    """Return what of someone's data key would lie in the file, wrapped."""
    with sqlite3.connect(folder / "course.sqlite3") as database:
        (owner,) = database.execute("select uuid from accounts_user where email = ?", [email]).fetchone()
    return next(row[3] for row in rows(folder) if row[1] == owner)


def test_yesterdays_copy_of_the_words_with_todays_keys_opens_nothing_that_was_erased(tmp_path):
    site = tmp_path / "site"
    run(site, "prepare")
    run(site, "shell", "-v0", "-c", WRITE)
    wrapped = data_key_of(site, "lea@example.org")
    with sqlite3.connect(site / "course.sqlite3") as database:
        database.execute("vacuum into ?", [str(tmp_path / "yesterday.sqlite3")])
    assert "the words of lea@example.org" in run(site, "shell", "-v0", "-c", READ)

    run(site, "shell", "-v0", "-c", DELETE)
    for path in site.glob("keys.sqlite3*"):
        assert wrapped not in path.read_bytes(), path
    for path in site.glob("course.sqlite3*"):
        path.unlink()
    shutil.copy(tmp_path / "yesterday.sqlite3", site / "course.sqlite3")

    said = run(site, "shell", "-v0", "-c", READ)
    assert "lea@example.org closed: The key to these words is not there any more." in said
    assert "the words of lea" not in said
    assert "mo@example.org the words of mo@example.org" in said

    assert "0 keys, 1 entries, 1 accounts" in run(site, "replay_erasures")
    assert "lea" not in run(site, "shell", "-v0", "-c", READ)
    assert "mo@example.org the words of mo@example.org" in run(site, "shell", "-v0", "-c", READ)


def test_the_reader_of_this_test_notices_a_lost_key(site):
    with sqlite3.connect(site / "keys.sqlite3") as database:
        database.execute(
            "update journal_keys_datakey set master_id = master_id, wrapped = zeroblob(60) where rowid = 7"
        )
    with pytest.raises(CannotOpen):
        assert_every_key_is_as_it_was(site)
