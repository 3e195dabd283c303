"""The real server, as `make run` starts it: its own process, its own folder, its own port."""

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection

import pytest
from django.conf import settings as project

from tests.support import assert_carries_help

MODULE = "/modules/what-compassion-really-is/"
PATIENCE_SECONDS = 60


class Site:
    """A running server with two worker processes."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.variables = {
            "PATH": os.environ["PATH"],
            "PYTHON_DOTENV_DISABLED": "1",
            "DATA_DIR": str(folder),
            "PORT": str(self.port),
            "WEB_WORKERS": "2",
        }
        self.process = None

    def start(self):
        self.log = (self.folder / "log").open("w+")
        command = [sys.executable, "manage.py", "serve"]
        self.process = subprocess.Popen(
            command, cwd=project.BASE_DIR, env=self.variables, stdout=self.log, stderr=self.log, process_group=0
        )
        self.wait_for(lambda: self.get("/livez")[0] == 200)

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=PATIENCE_SECONDS)
        self.log.close()

    def stop_workers(self):
        """End the workers; gunicorn starts new ones, which read nothing but the disk."""
        os.kill(self.process.pid, signal.SIGHUP)
        time.sleep(1)
        self.wait_for(lambda: self.get("/livez")[0] == 200)

    def get(self, path, method="GET", headers=None):
        """Ask on a new connection, so that either worker may answer; return status, headers and text."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()
        finally:
            connection.close()

    def wait_for(self, condition):
        """Wait until a condition holds, with much patience for a busy machine."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            try:
                if condition():
                    return
            except OSError:
                pass
            time.sleep(0.1)
        pytest.fail(f"The server did not get there. {(self.folder / 'log').read_text()}")

    def say(self, raw):
        """Send bytes that no browser would, and return what comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(raw)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        return answer.decode()

    def manage(self, *arguments):
        """Run a command of the site beside the server."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=project.BASE_DIR, env=self.variables, check=True, capture_output=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """One server for the tests of this file."""
    running = Site(tmp_path_factory.mktemp("site"))
    running.start()
    yield running
    running.stop()


def test_a_newcomer_is_told_where_the_site_is_and_how_to_edit_it(site):
    told = (site.folder / "log").read_text()
    assert f"http://127.0.0.1:{site.port}/" in told
    assert "make editor" in told


def test_home_and_module_four_answer_with_the_text(site):
    assert "For people who are hard on themselves" in site.get("/")[2]
    assert "Distress tolerance" in site.get(MODULE)[2]


def test_a_page_is_the_same_bytes_warm_and_cold(site):
    pages = {site.get(MODULE)[2] for _ in range(12)}
    assert len(pages) == 1


def test_head_sends_headers_and_no_body(site):
    for path in ("/", "/search/?q=courage", "/nothing/"):
        _, headers, body = site.get(path, method="HEAD")
        assert body == ""
        assert int(headers["Content-Length"]) > 1000


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nBad\x01Header: 1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: many\r\n\r\n",
    ],
)
def test_what_the_web_server_refuses_by_itself_carries_help(site, raw):
    head, _, page = site.say(raw).partition("\r\n\r\n")
    assert head.split()[1].startswith("4")
    assert "Content-Security-Policy" in head
    assert_carries_help(page)


def test_a_very_long_search_in_any_script_is_answered(site):
    status, _, page = site.get("/search/?q=" + "%E0%A4%95" * 10_000)
    assert status == 200
    assert "only its beginning was used" in page


def test_no_header_of_a_visitor_moves_the_site(site):
    site.get("/help/za/", headers={"SCRIPT_NAME": "/help", "Script-Name": "/help"})
    page = site.get("/help/za/")[2]
    assert "South Africa" in page
    assert 'href="/help/help' not in page


def test_the_log_holds_nothing_that_people_searched_for(site):
    site.get("/search/?q=verysecretword")
    site.say("GET /search/?q=veryésecretword HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode("latin-1"))
    assert "secretword" not in (site.folder / "log").read_text()


def test_an_edit_shows_on_every_process_within_two_seconds(site):
    for _ in range(8):
        site.get("/about/")
    code = "from lessons.models import Course; c = Course.objects.get(); c.about = 'Freshly edited.'; c.save()"
    site.manage("shell", "-v0", "-c", code)
    time.sleep(2)
    for _ in range(12):
        assert "Freshly edited." in site.get("/about/")[2]


def test_public_pages_survive_the_database_and_it_comes_back(site):
    database, away = site.folder / "course.sqlite3", site.folder / "away.sqlite3"
    database.rename(away)
    try:
        # New workers, which hold no page in memory and no open file.
        site.stop_workers()
        for path in ("/", MODULE, "/questions/", "/help/", "/help/gb/", "/search/?q=courage"):
            status, _, page = site.get(path)
            assert status == 200, path
            assert_carries_help(page)
        status, headers, page = site.get("/readyz")
        assert status == 503
        status, headers, page = site.get("/modules/nothing/")
        assert status == 503
        assert headers["Retry-After"]
        assert_carries_help(page)
        assert not database.exists()
    finally:
        away.rename(database)
    site.wait_for(lambda: site.get("/readyz")[0] == 200)


def test_a_second_server_on_the_same_port_is_refused_in_a_sentence(site):
    with pytest.raises(subprocess.CalledProcessError) as refused:
        site.manage("serve")
    assert "already using" in refused.value.stderr.decode()
    assert "Traceback" not in refused.value.stderr.decode()
