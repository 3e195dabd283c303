"""The real server on a folder and a database of its own, and a browser for it: what the fault tests have in common."""

import http.client
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import psycopg
from django.conf import settings as project
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

PATIENCE_SECONDS = 60
CUT_OFF = (OSError, http.client.HTTPException)
# Where the site has the bug of `crashing.py`, words that begin like this make saving crash.
CRASH = "Please crash."
MAKE_LEARNERS = """
import json
from django.conf import settings
from django.test import Client
from cft_course.accounts.models import User
cookies = {{}}
for email in {emails!r}:
    user = User.objects.create_user(email, None)
    client = Client()
    client.force_login(user)
    cookies[email] = client.cookies[settings.SESSION_COOKIE_NAME].value
print(json.dumps(cookies))
"""


def is_postgres():
    """Tell whether these tests run on PostgreSQL."""
    return project.DATABASE_URL.startswith("postgres")


def order(sql):
    """Tell PostgreSQL something outside of any transaction."""
    with closing(psycopg.connect(project.DATABASE_URL, autocommit=True)) as server:
        server.execute(sql)


@contextmanager
def scratch_database(name, template="template1"):
    """Yield the address of a new database that is dropped afterwards; no address means SQLite files."""
    if not is_postgres():
        yield ""
        return
    name = f"faults_{name}_{os.getpid()}"
    order(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield urlsplit(project.DATABASE_URL)._replace(path=f"/{name}").geturl()
    finally:
        order(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class Site:
    """The site as it is deployed, in a process group of its own: gunicorn with two workers."""

    def __init__(self, folder, database_url="", application="cft_course.wsgi", **variables):
        self.folder = folder
        self.database_url = database_url
        self.application = application
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.variables = {
            "PATH": os.environ["PATH"],
            "PYTHON_DOTENV_DISABLED": "1",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database_url,
            "PORT": str(self.port),
            "WEB_WORKERS": "2",
        } | variables
        self.process = None

    @property
    def log(self):
        """Where everything goes that the server says."""
        return self.folder / "server.log"

    def prepare(self):
        """Make the folder and the databases ready, as `manage.py serve` does first."""
        from cft_course.management.commands.prepare import static_fingerprint  # noqa: PLC0415 -- needs the models

        # Compressing the static files takes longer than all the rest; this test run has done it already.
        shutil.copytree(project.STATIC_ROOT, self.folder / "static")
        (self.folder / "static" / ".collected").write_text(static_fingerprint())
        self.manage("prepare")

    def manage(self, *arguments, **variables):
        """Run a command of the site to its end and return what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        environment = self.variables | variables
        done = subprocess.run(command, cwd=project.BASE_DIR, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shell(self, code, **variables):
        """Run Python code inside the site and return what it prints."""
        return self.manage("shell", "-v0", "-c", code, **variables)

    def start(self):
        """Start the server and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", self.application]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, cwd=project.BASE_DIR, env=self.variables, stdout=log, stderr=log, process_group=0
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, "The server did not answer."
            time.sleep(0.01)

    def _answers(self):
        try:
            return Browser(self.port).get("/livez").status == 200
        except CUT_OFF:
            return False

    def kill(self):
        """End every process of the server at once, in the middle of whatever it does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=PATIENCE_SECONDS)

    def stop(self):
        """Ask the server to end, and wait for it."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=PATIENCE_SECONDS)

    def databases(self):
        """Yield a connection to each database: SQLite's files, and PostgreSQL's where there is one."""
        for path in sorted(self.folder.glob("*.sqlite3")):
            with closing(sqlite3.connect(path, timeout=10)) as database:
                yield database
        if self.database_url:
            with closing(psycopg.connect(self.database_url)) as database:
                yield database

    def main_database(self):
        """Return a connection to the database of the words."""
        if self.database_url:
            return psycopg.connect(self.database_url)
        return sqlite3.connect(self.folder / "course.sqlite3", timeout=10)


@contextmanager
def running(site):
    """Start a site, and leave no process of it behind."""
    try:
        site.start()
        yield site
    finally:
        site.stop()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    text: str


class Browser:
    """Keeps cookies, and sends forms with the safety token that belongs to its cookie."""

    def __init__(self, port, session=None):
        self.port = port
        # Without a page, as a script of the site would: Django takes the cookie's own value as a token.
        self.cookies = {"csrf": secrets.token_hex(16)} | ({"session": session} if session else {})

    def get(self, path, **headers):
        """Ask for a page."""
        return self._ask("GET", path, None, headers)

    def post(self, path, fields, *, token=True, **headers):
        """Send a form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | headers
        return self._ask("POST", path, urlencode(fields), self._tokened(headers, token))

    def upload(self, path, fields):
        """Send a form with files."""
        headers = self._tokened({"Content-Type": MULTIPART_CONTENT}, True)
        return self._ask("POST", path, encode_multipart(BOUNDARY, fields), headers)

    def _tokened(self, headers, token):
        return headers | ({"X-CSRFToken": self.cookies["csrf"]} if token else {})

    def _ask(self, method, path, body, headers):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body, headers | {"Cookie": cookies, "Connection": "close"})
            response = connection.getresponse()
            text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Answer(response.status, response.headers, text)
