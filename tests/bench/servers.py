"""Servers on the loopback, started with the same options, always stopped, and asked for pages."""

import http.client
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "var" / "bench"
PATIENCE = 60  # seconds for a server to answer its first request, on a machine that is busy with other work

# What is measured is the page, so every contender gets the worker options that the project is deployed with.
# Without a socket of its own for each worker, one of them sometimes takes all the connections.
WORKER_OPTIONS = {
    "worker_class": "gthread",
    "workers": 2,
    "threads": 4,
    "keepalive": 5,
    "reuse_port": hasattr(socket, "SO_REUSEPORT"),
}


@dataclass
class Server:
    """A command that serves the lesson on a port of the loopback, and where its lesson is."""

    name: str
    port: int
    path: str
    command: list[str]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def log(self):
        return BENCH / "logs" / f"{self.name}.log"


@cache
def worker_options():
    """The project's own worker options where deploy/gunicorn.conf.py names them, else those above."""
    deployed = ROOT / "deploy" / "gunicorn.conf.py"
    # That file imports from the project, as it may when gunicorn runs it.
    sys.path.append(str(ROOT))
    named = runpy.run_path(str(deployed)) if deployed.is_file() else {}
    return {name: named.get(name, value) for name, value in WORKER_OPTIONS.items()}


def gunicorn(application, *, python=sys.executable, port):
    """The command line that serves a WSGI application; the options are in one file, the same for all."""
    config = BENCH / "gunicorn.conf.py"
    # The control socket has one address a user: several gunicorns at once would quarrel over it.
    options = worker_options() | {"control_socket_disable": True}
    config.write_text("".join(f"{name} = {value!r}\n" for name, value in options.items()))
    return [str(python), "-m", "gunicorn", f"--config={config}", f"--bind=127.0.0.1:{port}", application]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def clean_environment(extra):
    """The caller's environment without what would steer Django, Python or gunicorn from outside."""
    steering = {"DJANGO_SETTINGS_MODULE", "GUNICORN_CMD_ARGS", "PYTHONPATH", "WEB_CONCURRENCY"}
    return {name: value for name, value in os.environ.items() if name not in steering} | extra


def run(command, *, folder, **environment):
    """Run one preparing command to its end, or stop the bench with its last words."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=clean_environment(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    if done.returncode:
        sys.exit(f"This command failed: {' '.join(map(str, command))}\n{done.stdout[-2000:]}")


@contextmanager
def serving(server):
    """Start a server in a process group of its own, wait until it answers, and end the whole group after."""
    server.log.parent.mkdir(parents=True, exist_ok=True)
    with server.log.open("w") as log:
        process = subprocess.Popen(
            server.command,
            cwd=server.folder,
            env=clean_environment(server.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            wait_for(server, process)
            yield server
        finally:
            stop(process)


def wait_for(server, process):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError, http.client.HTTPException):
            fetch(server)
            return
        time.sleep(0.1)
    sys.exit(f"The server '{server.name}' did not answer. Its log ends:\n{server.log.read_text()[-2000:]}")


def stop(process):
    """Ask the group to end, then end it: no worker outlives the bench, even when its parent is gone."""
    for last_word in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, last_word)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)


def fetch(server, headers=None):
    """Ask for the server's lesson on a connection of its own: status, headers and body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        connection.request("GET", server.path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()
