"""Canary words typed into every private field must be readable nowhere but on their owner's pages.

The real server writes the real files here; what only its own process could show is looked at in this one.
"""

import base64
import gzip
import html
import json
import logging
import re
import secrets
import sqlite3
import sys
import zlib
from contextlib import closing, contextmanager

import pytest
from django.conf import settings as project
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.log import AdminEmailHandler

from tests.accounts.test_keepsakes import prove
from tests.faults.searching import forms, found
from tests.faults.support import CRASH, Browser, Site, order, running, scratch_database
from tests.faults.test_practice_kills import WAY, form_of
from tests.journal.writing import begin
from tests.keys import key_dir, master_key  # noqa: F401 -- fixtures

PASSWORD = "a long quiet evening 7"
FIELDS = [
    *("text", "question", "draft", "change", "conflict", "search", "public_search", "name", "password"),
    *("too_long", "with_nul", "huge", "old_form", "signed_out", "crash", "key_away", "database_away"),
    *("practice", "practice_own", "practice_old", "practice_out", "visitor", "visitor_own", "visitor_old", "let_go"),
    *("week_day", "week_draft", "week_old"),
    *("import_text", "import_question", "import_title", "import_key", "broken_import"),
]
SESSIONS = """
import json
from django.contrib.sessions.models import Session
for session in Session.objects.all():
    print(json.dumps(session.get_decoded()))
"""
SUPERUSER = """
from django.conf import settings
from django.test import Client
from cft_course.accounts.models import User
from tests.support import sign_in
client = sign_in(Client(), User.objects.create_superuser("root@example.org", None))
print(client.cookies[settings.SESSION_COOKIE_NAME].value)
"""
OPEN_ALL = """
import json
from cft_course.accounts.models import User
from cft_course.accounts.preferences import name_of
from journal.keys.errors import SealError
from journal.keys.keyring import Keyring
from journal.models import Entry
opened = {}
def look(email, deed):
    try:
        opened.setdefault(email, []).append(deed())
    except SealError as error:
        opened.setdefault(email, []).append(type(error).__name__)
for user in User.objects.exclude(sealed_name=None):
    look(user.email, lambda: name_of(user, Keyring(user)))
for entry in Entry.objects.select_related("owner"):
    look(entry.owner.email, lambda: entry.open_latest(Keyring(entry.owner)).first.text)
print(json.dumps(opened))
"""

pytestmark = pytest.mark.xdist_group("canary")


def new_words():
    """Return a word for each field that nobody wrote before, of letters and digits only."""
    return {field: f"Kanari{field.replace('_', '')}{secrets.token_hex(5)}" for field in FIELDS}


# The search itself must not be blind.


@pytest.mark.parametrize("form", forms("Kanari"))
def test_the_search_finds_each_form(form):
    words = new_words()
    data = secrets.token_bytes(5000) + forms(words["text"])[form] + secrets.token_bytes(5000)
    assert ("text", form) in found(words, data)
    assert {name for name, _ in found(words, data)} == {"text"}


@pytest.mark.parametrize("length", [40, 41, 42])
@pytest.mark.parametrize("before", [0, 1, 2, 3])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_the_search_finds_base64_of_longer_texts(length, before, encode):
    word = secrets.token_hex(30)[:length]
    assert found({"text": word}, encode(b"?" * before + word.encode() + b">>> and more"))


@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress])
def test_the_search_finds_what_is_packed(pack):
    words = new_words()
    data = secrets.token_bytes(3000) + pack(b"a page with " + words["text"].encode() * 3) + secrets.token_bytes(3000)
    assert ("text", "plain") in found(words, data)


def test_the_search_finds_words_in_a_session(db):
    words = new_words()
    encoded = SessionStore().encode({"_messages": ["some words " * 20 + words["text"]]})
    assert words["text"] not in encoded
    assert found(words, encoded.encode()) == [("text", "plain")]


def test_the_search_finds_words_in_a_database_and_its_log(tmp_path):
    words = new_words()
    with closing(sqlite3.connect(tmp_path / "some.sqlite3")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE notes (words)")
        database.execute("INSERT INTO notes VALUES (?)", [words["text"]])
        database.commit()
        assert "some.sqlite3-wal" in {path for path, _ in leaks_in_files(words, tmp_path)}
        assert leaks_in_tables(words, database) == [("notes", ("text", "plain"))]


def leaks_in_files(words, *folders):
    """Return the name of each file below the folders that holds a word, and the word."""
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    assert paths
    return [(path.name, leak) for path in paths for leak in found(words, path.read_bytes())]


def leaks_in_tables(words, database):
    """Return each table of a database that holds a word, and the word."""
    kind = "sqlite" if isinstance(database, sqlite3.Connection) else "postgres"
    tables = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
        "postgres": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
    }
    names = [name for (name,) in database.execute(tables[kind]).fetchall()]
    assert names
    return [(name, leak) for name in names for leak in found(words, table_bytes(database, name))]


def table_bytes(database, name):
    """Return every value of a table as bytes."""
    rows = database.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608 -- the database's own names
    values = [value for row in rows for value in row]
    return b"\0".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in values)


# The real server.


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site with everything logged that it can log, and a folder of its own for temporary files."""
    temporary = tmp_path_factory.mktemp("temporary")
    with scratch_database("canary") as address:
        site = Site(
            tmp_path_factory.mktemp("canary"),
            address,
            "tests.faults.crashing",
            LOG_LEVEL="DEBUG",
            TMPDIR=str(temporary),
        )
        site.temporary = temporary
        site.prepare()
        with running(site):
            yield site


def sign_up(site, email, password=PASSWORD):
    """Return the browser of someone new, who signed up on the page."""
    browser = Browser(site.port)
    assert browser.get("/accounts/signup/").status == 200
    assert browser.post("/accounts/signup/", {"email": email, "password1": password}).status == 302
    assert browser.get("/journal/").status == 200
    return browser


def give_password_again(browser, password=PASSWORD):
    """Prove who one is, as pages about everything one has ask for."""
    answer = browser.post("/accounts/reauthenticate/", {"password": password})
    assert answer.status == 302, answer.text


def hidden(page, name):
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', page.text)[1])


def save(browser, text, *, path="/journal/write/", token=True, revision=0, **fields):
    """Send the form for a note, with a fresh token of the page's for a new one, and return its answer."""
    page = browser.get("/journal/write/")
    data = {"text": text, "revision": revision, "action": "keep"} | fields
    data |= {"token": hidden(page, "token")} if page.status == 200 else {}
    return browser.post(path, data, token=token)


def keep(browser, text, **fields):
    """Keep a new note and return its address."""
    answer = save(browser, text, **fields)
    assert answer.status == 302, answer.text
    return answer.headers["Location"]


def assert_back(answer, status, word):
    """Assert that a form was refused and has the words in it again."""
    assert answer.status == status
    assert word in answer.text


def write_everywhere(browser, words):
    """Type a word into every field, as a learner whom nothing goes wrong for."""
    address = keep(browser, words["text"], question=words["question"])
    page = browser.get(address).text
    assert words["text"] in page
    assert words["question"] in page
    assert save(browser, words["draft"], action="later").status == 302
    assert save(browser, words["change"], path=f"{address}write/", revision=1, action="later").status == 302
    # This window still has revision 1.
    assert_back(save(browser, words["conflict"], path=f"{address}write/", revision=1), 409, words["conflict"])
    keep(browser, words["conflict"])
    assert words["search"] in browser.post("/journal/search/", {"words": words["search"]}).text
    assert words["change"] in browser.post("/journal/search/", {"words": words["change"][:12]}).text
    assert words["public_search"] in browser.get(f"/search/?q={words['public_search']}").text
    give_name(browser, words["name"])
    browser.post("/journal/cover/", {"show": "all"})
    assert words["draft"] in browser.get("/journal/").text


def give_name(browser, name):
    """Type a name on the page for preferences, and leave the rest of its form as it is."""
    path = reverse("preferences")
    assert browser.post(path, filled_in(browser.get(path)) | {"name": name}).status == 302
    assert name in browser.get(path).text


def filled_in(page):
    """Return what the forms of a page would send as they stand."""
    inputs = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", page.text)]
    typed = [each for each in inputs if each.get("type") not in {"checkbox", "radio", "submit"} and "name" in each]
    fields = {each["name"]: html.unescape(each.get("value", "")) for each in typed}
    chosen = re.findall(r'<select name="([^"]+)".*?<option value="([^"]*)" selected', page.text, re.DOTALL)
    return fields | dict(chosen)


def journal_file(words):
    """Return a file as it was exported, with words in each of its texts."""
    answers = [{"question": words["import_question"], "answer": words["import_text"], "key": words["import_key"]}]
    moment = "2026-06-01T12:00:00+00:00"
    entry = {
        "id": "00000000-0000-4000-8000-000000000001", "kind": "practice", "module": None, "day": "2026-06-01",
        "created": moment, "changed": moment, "draft": None,
        "kept": {"title": words["import_title"], "answers": answers},
    }  # fmt: skip
    return {"format": "cft-course-journal", "version": 1, "account": {}, "entries": [entry], "complete": True}


def take_along_and_bring(browser, words):
    """Import a file and one that is broken, then export everything in every way."""
    file = SimpleUploadedFile("notes.json", json.dumps(journal_file(words)).encode(), "application/json")
    assert browser.upload("/accounts/import/", {"file": file}).status == 302
    broken = SimpleUploadedFile("notes.json", b'{"' + words["broken_import"].encode() * 2000, "application/json")
    assert browser.upload("/accounts/import/", {"file": broken}).status == 422
    give_password_again(browser, words["password"])
    for way in ("json", "markdown", "page"):
        text = browser.get(f"/accounts/export/{way}/").text
        for field in ("text", "question", "draft", "conflict", "import_text", "import_title"):
            assert words[field] in text, (way, field)


def fail_everywhere(site, browser, words):
    """Send words in requests that fail, each in its own way."""
    assert_back(save(browser, words["too_long"] + "a" * 100_001), 422, words["too_long"])
    assert_back(save(browser, words["with_nul"] + "\0"), 422, words["with_nul"])
    assert save(browser, words["huge"] + "a" * 2_600_000).status == 413
    assert_back(save(browser, words["old_form"], token=False), 403, words["old_form"])
    assert_back(save(Browser(site.port), words["signed_out"]), 403, words["signed_out"])
    assert_back(save(browser, f"{CRASH} {words['crash']}"), 500, words["crash"])
    with key_away(site):
        assert_back(save(browser, words["key_away"]), 503, words["key_away"])
    with database_away(site):
        assert_back(save(browser, words["database_away"]), 503, words["database_away"])
    assert browser.get("/journal/").status == 200


def practise(site, browser, words):
    """Answer steps of the practice, signed in and as visitors, one of whom lets it go."""
    visitor, other = Browser(site.port), Browser(site.port)
    for someone, name in ((browser, "practice"), (visitor, "visitor")):
        assert answer_step(someone, "1/", words[name]).status == 302
        assert answer_step(someone, "3/", words[f"{name}_own"], chosen="I judge it").status == 302
        assert_back(answer_step(someone, "2/", words[f"{name}_old"], token=False), 403, words[f"{name}_old"])
        assert words[name] in someone.get(f"{WAY}read-back/").text
    data = form_of(browser.get(f"{WAY}4/")) | {"text": words["practice_out"]}
    assert_back(Browser(site.port).post(f"{WAY}4/", data), 403, words["practice_out"])
    assert answer_step(other, "1/", words["let_go"]).status == 302
    page = other.get(f"{WAY}let-go/")
    assert other.post(f"{WAY}let-go/", {name: hidden(page, name) for name in ("run", "revision")}).status == 302
    assert words["let_go"] not in other.get(f"{WAY}read-back/").text


def give_a_week(browser, words):
    """Write a day of a week, kept and not finished, and in a form that is refused."""
    path = browser.post("/this-week/begin/4/", {}).headers["Location"]
    for name, action in (("week_day", "keep"), ("week_draft", "later")):
        fields = form_of(browser.get(path)) | {"text_0": words[name], "action": action}
        assert browser.post(f"{path}1/", fields).status == 302
        assert words[name] in browser.get(path).text
    fields = form_of(browser.get(path)) | {"text_1": words["week_old"]}
    assert_back(browser.post(f"{path}1/", fields, token=False), 403, words["week_old"])


def answer_step(browser, step, text, *, token=True, **fields):
    """Answer a step of the practice and return what came back."""
    return browser.post(WAY + step, form_of(browser.get(WAY + step)) | {"text": text} | fields, token=token)


@contextmanager
def key_away(site):
    """Take the folder of keys away for a while."""
    keys = site.folder / "keys"
    keys.rename(site.folder / "elsewhere")
    yield
    (site.folder / "elsewhere").rename(keys)


@contextmanager
def database_away(site):
    """Take the database of the words away for a while, and with it every connection to it."""
    site.stop()
    hide_database(site, True)
    site.start()
    yield
    site.stop()
    hide_database(site, False)
    site.start()


def hide_database(site, is_hidden):
    if site.database_url:
        name = site.database_url.rsplit("/", 1)[1]
        order(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS {not is_hidden}')
        return
    here, away = (site.folder / name for name in ("course.sqlite3", "away.sqlite3"))
    here.rename(away) if is_hidden else away.rename(here)


@pytest.fixture(scope="module")
def written(site):
    """The words that someone has typed into every field, each read on a page of their own since."""
    words = new_words()
    browser = sign_up(site, "lea@example.org", words["password"])
    write_everywhere(browser, words)
    take_along_and_bring(browser, words)
    practise(site, browser, words)
    give_a_week(browser, words)
    fail_everywhere(site, browser, words)
    return words


def test_no_word_is_in_any_file_while_the_site_runs_or_after(site, written):
    # The control: the address is kept in clear.
    assert leaks_in_files({"address": "lea@example.org"}, site.folder) or site.database_url
    assert leaks_in_files(written, site.folder, site.temporary) == []
    assert list(site.temporary.iterdir()) == []
    site.stop()
    assert leaks_in_files(written, site.folder) == []
    site.start()


def test_no_word_is_in_any_table(site, written):
    seen = []
    for database in site.databases():
        seen += leaks_in_tables({"address": "lea@example.org"}, database)
        assert leaks_in_tables(written, database) == []
    assert seen


def test_no_word_is_in_any_session(site, written):
    sessions = site.shell(SESSIONS)
    assert "_auth_user_id" in sessions
    assert found(written, sessions.encode()) == []


def test_no_word_is_in_what_dumpdata_writes(site, written):
    aliases = ["default", "keys"] if site.database_url else ["default", "keys", "sessions"]
    dumps = {alias: site.manage("dumpdata", "--all", "--database", alias) for alias in aliases}
    assert '"journal.entry"' in dumps["default"]
    assert '"journal_keys.datakey"' in dumps["keys"]
    assert '"sessions.session"' in dumps[aliases[-1]] + dumps["default"]
    assert {alias: found(written, dump.encode()) for alias, dump in dumps.items()} == {alias: [] for alias in aliases}


def test_no_word_is_on_any_page_of_admin(site, written):
    browser = Browser(site.port, site.shell(SUPERUSER).strip())
    pages = walk_admin(browser)
    assert len(pages) > 15
    assert any("/change/" in path for path in pages)
    assert "lea@example.org" in "".join(pages.values())
    assert {path: leaks for path, page in pages.items() if (leaks := found(written, page.encode()))} == {}


def walk_admin(browser):
    """Return the text of every page of admin that links lead to, by path."""
    pages, coming = {}, ["/admin/"]
    while coming:
        path = coming.pop()
        answer = browser.get(path)
        pages[path] = answer.text
        links = {html.unescape(link).split("#")[0] for link in re.findall(r'href="(/admin/[^"]*)"', answer.text)}
        coming += [link for link in sorted(links - pages.keys() - set(coming)) if "logout" not in link]
        assert len(pages) < 300
    return pages


# Erased is erased, in yesterday's copy too.


def wrapped_keys(site):
    """Return the wrapped data keys by id."""
    with closing(sqlite3.connect(site.folder / "keys.sqlite3", timeout=10)) as database:
        return dict(database.execute("SELECT id, wrapped FROM journal_keys_datakey").fetchall())


@contextmanager
def copy_of_today(site, folder):
    """Copy the database of the words, and yield the copy's address."""
    site.stop()
    if site.database_url:
        with scratch_database("copy", template=site.database_url.rsplit("/", 1)[1]) as address:
            site.start()
            yield address
        return
    with closing(site.main_database()) as database:
        database.execute("VACUUM INTO ?", [str(folder / "yesterday.sqlite3")])
    site.start()
    yield f"sqlite:///{folder / 'yesterday.sqlite3'}"


def files_with(site, data):
    return [path.name for path in site.folder.rglob("*") if path.is_file() and data in path.read_bytes()]


def test_a_deleted_account_cannot_be_opened_from_yesterdays_copy(site, tmp_path):
    ada, ben = (sign_up(site, f"{name}@example.org") for name in ("ada", "ben"))
    before = wrapped_keys(site)
    keep(ada, "Ada's own words")
    adas_key = (wrapped_keys(site).items() - before.items()).pop()[1]
    keep(ben, "Ben's own words")
    give_name(ada, "Adas Name")
    assert "keys.sqlite3" in {name.removesuffix("-wal") for name in files_with(site, adas_key)}
    with copy_of_today(site, tmp_path) as copy:
        opened = json.loads(site.shell(OPEN_ALL, DATABASE_URL=copy))
        assert opened["ada@example.org"] == ["Adas Name", "Ada's own words"]
        give_password_again(ada)
        deleted = ada.post("/accounts/delete/", {"email": "ada@example.org"})
        assert deleted.status == 200, deleted.headers["Location"]
        assert ada.get("/journal/").status == 302
        opened = json.loads(site.shell(OPEN_ALL, DATABASE_URL=copy))
    # A name that does not open is no name.
    assert opened["ada@example.org"] == ["", "CannotOpen"]
    assert opened["ben@example.org"] == ["Ben's own words"]
    assert files_with(site, adas_key) == []


# What only the site's own process could show.


@pytest.fixture
def everything_logged(caplog):
    """All that any logger is told, those included that pass nothing on."""
    caplog.set_level(logging.DEBUG)
    loggers = [logging.getLogger(name) for name in project.LOGGING["loggers"]]
    for logger in loggers:
        logger.addHandler(caplog.handler)
    yield caplog
    for logger in loggers:
        logger.removeHandler(caplog.handler)


def test_a_crash_tells_nobody_the_words(learner, course, master_key, monkeypatch, everything_logged, capfd):  # noqa: F811
    words = new_words()
    data = begin(learner) | {"text": words["crash"], "question": words["question"]}

    def broken(*args, **kwargs):
        raise ValueError("a bug")

    monkeypatch.setattr("journal.saving.save", broken)
    client = Client(raise_request_exception=False)
    client.cookies = learner.cookies
    assert client.post(reverse("journal:new"), data).status_code == 500
    assert "a bug" in everything_logged.text
    assert found(words, everything_logged.text.encode()) == []
    said = capfd.readouterr()
    assert found(words, (said.out + said.err).encode()) == []
    assert mail.outbox == []
    assert found(words, memory_bytes()) == []


def memory_bytes():
    """Return what the caches in this process's memory hold."""
    kept = [caches[alias]._cache for alias in project.CACHES if hasattr(caches[alias], "_cache_info")]
    return b"\0".join(str(item).encode() for cache in kept for item in cache.items())


def test_no_handler_mails_what_crashed():
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    assert len(loggers) > 10
    assert not [logger for logger in loggers for each in logger.handlers if isinstance(each, AdminEmailHandler)]


class Watch:
    """Notes every file that this process opens for writing. A hook of Python's cannot be taken back, only rested."""

    def __init__(self):
        self.is_on = False
        self.opened = []
        sys.addaudithook(self._hear)

    def _hear(self, event, details):
        if self.is_on and event == "open" and details[2] & 0o3:
            self.opened.append(details[0])

    @contextmanager
    def watching(self):
        """Notice what is opened inside."""
        self.opened.clear()
        self.is_on = True
        yield self.opened
        self.is_on = False


@pytest.fixture(scope="module")
def watch():
    """The one watch of this module."""
    return Watch()


def test_taking_along_and_bringing_write_no_file(learner, lea, course, master_key, watch, tmp_path):  # noqa: F811
    with watch.watching() as opened:
        (tmp_path / "control").write_text("seen")
    assert [str(tmp_path / "control")] == [str(path) for path in opened]
    # A new site's first page makes a file of its own.
    learner.get(reverse("journal:home"))
    words = new_words()
    data = json.dumps(journal_file(words) | {"padding": "a" * 3_000_000}).encode()
    with watch.watching() as opened:
        file = SimpleUploadedFile("notes.json", data, "application/json")
        assert learner.post(reverse("import"), {"file": file}).status_code == 302
    assert opened == []
    prove(learner, lea)
    for way in ("json", "markdown", "page"):
        with watch.watching() as opened:
            text = learner.get(reverse("download", args=[way])).getvalue().decode()
        assert words["import_text"] in text
        assert opened == []
