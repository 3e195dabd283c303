"""The real server, killed again and again while people write: what it called saved is there.

What SIGKILL cannot show is a loss of power; for that the databases sync every commit, which is looked at here too.
"""

import html
import json
import random
import re
import sqlite3
import threading
import time
from contextlib import closing

import pytest

from tests.faults.support import CUT_OFF, MAKE_LEARNERS, Browser, Site, scratch_database

KILLS = 50
WRITERS = 3
LONGEST_WAIT = 0.25
READ = """
import json
from journal.keys.errors import SealError
from journal.keys.keyring import Keyring
from journal.models import Entry
found = {}
for entry in Entry.objects.select_related("owner"):
    try:
        found[str(entry.pk)] = [entry.revision, entry.open_latest(Keyring(entry.owner)).first.text]
    except SealError as error:
        found[str(entry.pk)] = [entry.revision, repr(error)]
print(json.dumps(found))
"""
SYNCHRONOUS = """
from django.db import connections
for connection in connections.all():
    if connection.vendor == "sqlite":
        print(*connection.cursor().execute("PRAGMA synchronous").fetchone())
"""

pytestmark = pytest.mark.xdist_group("kills")


class Note:
    """What one note must hold: the last words called saved, or those sent since and not answered."""

    def __init__(self, token):
        self.token = token
        self.pk = token.split("/")[1].split(":")[0]
        self.revision = 0
        self.text = self.sent = None
        self.tries = 0

    def acknowledge(self, revision):
        """Remember that what was sent is saved."""
        assert revision > self.revision, f"Saved at {revision} after {self.revision}."
        self.revision, self.text, self.sent, self.tries = revision, self.sent, None, 0

    def fits(self, found):
        """Tell whether what was found, a revision and a text or None, is what it may be."""
        if found is None:
            return self.revision == 0
        revision, text = found
        if revision == self.revision:
            return text == self.text
        return text == self.sent and self.revision < revision <= self.revision + self.tries


class Writer:
    """Someone who writes without a pause, on new notes and older ones."""

    def __init__(self, browser, chance):
        self.browser = browser
        self.chance = chance
        self.notes = []
        self.current = None
        self.count = 0
        self.cut_off = 0
        self.problems = []

    def write(self, first_is_saved):
        """Save until the server is gone."""
        try:
            while True:
                self.save()
                first_is_saved.set()
        except CUT_OFF:
            self.cut_off += 1
        except Exception as problem:  # noqa: BLE001 -- it must reach the test's own thread
            self.problems.append(problem)
            first_is_saved.set()

    def save(self):
        """Save once; what was not answered is sent again first, as the page does."""
        note = self.current
        if note is None or note.sent is None:
            note = self.current = self._choose()
            self.count += 1
            note.sent = f"{self.count} " + "a quiet hour " * self.chance.randrange(1, 200)
        note.tries += 1
        path = f"/journal/{note.pk}/write/" if note.revision else "/journal/write/"
        data = {"text": note.sent, "action": "later", "revision": note.revision, "token": note.token}
        answer = self.browser.post(path, data, Accept="application/json")
        assert answer.status == 200, f"{answer.status} for a save: {answer.text[:500]}"
        note.acknowledge(json.loads(answer.text)["revision"])

    def _choose(self):
        if self.notes and self.chance.random() < 0.8:
            return self.chance.choice(self.notes[-5:])
        page = self.browser.get("/journal/write/")
        assert page.status == 200
        self.notes.append(Note(re.search(r'name="token" value="([^"]+)"', page.text)[1]))
        return self.notes[-1]

    def look(self):
        """Open the note that was being saved, as its writer would first do, and assert that it is as it may be."""
        if self.current is None:
            return
        page = self.browser.get(f"/journal/{self.current.pk}/write/")
        found = None if page.status == 404 else (revision_of(page), text_of(page))
        assert self.current.fits(found), (found, vars(self.current))


def revision_of(page):
    return int(re.search(r'name="revision" value="(\d+)"', page.text)[1])


def text_of(page):
    assert page.status == 200
    return html.unescape(re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page.text, re.DOTALL)[1])


def assert_all_kept(notes, found):
    """Assert that every note is as it may be, and that there is nothing else."""
    wrong = [(vars(note), found.get(note.pk)) for note in notes if not note.fits(found.get(note.pk))]
    assert not wrong, wrong
    assert set(found) <= {note.pk for note in notes}


def assert_whole(folder):
    """Assert that every SQLite file is whole."""
    paths = list(folder.glob("*.sqlite3"))
    assert paths
    for path in paths:
        with closing(sqlite3.connect(path, timeout=10)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)], path


def write_until_killed(site, writers, chance):
    """Let everyone write at once, and kill the server at a random moment after the first save."""
    first_is_saved = threading.Event()
    threads = [threading.Thread(target=writer.write, args=[first_is_saved]) for writer in writers]
    for thread in threads:
        thread.start()
    assert first_is_saved.wait(30)
    time.sleep(chance.uniform(0, LONGEST_WAIT))
    site.kill()
    for thread in threads:
        thread.join(30)
    problems = [problem for writer in writers for problem in writer.problems]
    assert not problems, problems


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site that is ready to be started."""
    with scratch_database("kills") as address:
        site = Site(tmp_path_factory.mktemp("kills"), address)
        site.prepare()
        yield site
        site.stop()


def test_fifty_kills_lose_nothing_that_was_called_saved(site):
    chance = random.Random()
    emails = [f"writer-{number}@example.org" for number in range(WRITERS + KILLS)]
    sessions = json.loads(site.shell(MAKE_LEARNERS.format(emails=emails)))
    everyone = [Writer(Browser(site.port, session), chance) for session in sessions.values()]
    writers, newcomers = everyone[:WRITERS], everyone[WRITERS:]
    for number, newcomer in enumerate(newcomers):
        site.start()
        for writer in writers:
            writer.look()
        # Someone's first save makes their key too.
        write_until_killed(site, [*writers, newcomer], chance)
        if number % 2:
            # Here this process opens the file first after the kill, else the server does.
            assert_whole(site.folder)
    assert_whole(site.folder)
    notes = [note for writer in everyone for note in writer.notes]
    assert_all_kept(notes, json.loads(site.shell(READ)))
    # Or the kills came between the saves, and this test would have seen nothing.
    assert sum(writer.cut_off for writer in everyone) >= KILLS
    assert sum(writer.count for writer in everyone) >= 5 * KILLS


def test_every_commit_is_synced(site):
    said = site.shell(SYNCHRONOUS).split()
    assert said
    assert set(said) == {"2"}


def a_note(revision, text, sent=None, tries=0):
    note = Note("owner/0001:signature")
    note.revision, note.text, note.sent, note.tries = revision, text, sent, tries
    return note


@pytest.mark.parametrize(
    ("note", "found"),
    [
        (a_note(3, "third"), None),
        (a_note(3, "third"), (2, "second")),
        (a_note(3, "third"), (3, "second")),
        (a_note(3, "third", "fourth", 1), (3, "fourth")),
        (a_note(3, "third", "fourth", 1), (5, "fourth")),
        (a_note(3, "third", "fourth", 1), (4, "third")),
        (a_note(3, "third"), (3, "CannotOpen('The seal does not fit.')")),
    ],
)
def test_the_check_notices_a_loss(note, found):
    with pytest.raises(AssertionError):
        assert_all_kept([note], {note.pk: found} if found else {})
    with pytest.raises(AssertionError):
        assert_all_kept([], {note.pk: (1, "a row that nobody sent")})


def test_the_check_notices_a_broken_file(tmp_path):
    with closing(sqlite3.connect(tmp_path / "some.sqlite3")) as database:
        database.execute("CREATE TABLE t (a UNIQUE)")
        database.executemany("INSERT INTO t VALUES (?)", [(f"{number:0100}",) for number in range(500)])
        database.commit()
    assert_whole(tmp_path)
    data = bytearray((tmp_path / "some.sqlite3").read_bytes())
    data[-3000:-2000] = b"?" * 1000
    (tmp_path / "some.sqlite3").write_bytes(data)
    with pytest.raises((AssertionError, sqlite3.DatabaseError)):
        assert_whole(tmp_path)
