"""How fast the anonymous lesson page is beside its peers: `.venv/bin/python tests/bench/pages.py`.

Every contender is served by the same gunicorn with the same options and asked by the same wrk, in turns, on
the loopback; nobody asks for gzip. Only ratios travel from one machine to another, so the goals are ratios.
"""

import argparse
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field

import lay_out
from report import report
from servers import BENCH, ROOT, Server, fetch, free_port, gunicorn, run, serving

LOAD = ["wrk", "-t2", "-c32", "--timeout", "10s"]
HANDSHAKES = 10  # connections that check a contender: enough to meet both workers


@dataclass
class Contender:
    name: str
    server: Server
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    rounds: list[float] = field(default_factory=list)


def main():
    options = read_options()
    if not shutil.which("wrk"):
        print("This bench needs wrk to make its load (Debian's package wrk). Nothing was measured.")
        sys.exit(2)
    # A plain SIGTERM would end this process without the blocks that stop the servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("The bench was asked to stop."))
    BENCH.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        refuse_company(running.enter_context((BENCH / "lock").open("w")))
        contenders = start_contenders(running)
        for contender in contenders:
            check(contender)
        measure(contenders, options.rounds, options.seconds)
    print(report(contenders, LOAD, options))


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=os.environ.get("BENCH_ROUNDS", "3"))
    parser.add_argument("--seconds", type=int, default=os.environ.get("BENCH_SECONDS", "4"))
    return parser.parse_args()


def refuse_company(lock):
    """Two benches at once would share the folders and the cores, and both would print nonsense."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("Another bench is running here. Nothing was measured.")


def ours():
    """Our site in a data folder of its own, with the course loaded as a new site would load it."""
    port, data = free_port(), BENCH / "data"
    shutil.rmtree(data, ignore_errors=True)
    # Blanks outdo the environment and .env alike: `prepare` must never reach a database that somebody uses.
    environment = dict.fromkeys(["ALLOWED_HOSTS", "DATABASE_URL", "DEBUG", "REDIS_URL", "SECRET_KEY"], "")
    environment |= {"DATA_DIR": str(data), "SITE_URL": f"http://127.0.0.1:{port}"}
    run([sys.executable, "manage.py", "prepare"], folder=ROOT, **environment)
    command = gunicorn("cft_course.wsgi:application", port=port)
    return Server("ours", port, lay_out.PATH, command, ROOT, environment)


def start_contenders(running):
    """Start every server; ours comes first, because the others serve its bytes or its text."""

    def start(server):
        say(f"Starting {server.name}")
        return running.enter_context(serving(server))

    our_server = start(ours())
    page, etag = lesson_of(our_server)
    contenders = [
        Contender("bare", start(lay_out.bare(page))),
        Contender("ours 200", our_server),
        Contender("ours 304", our_server, 304, {"If-None-Match": etag}),
        Contender("full stack", start(lay_out.full_stack(page))),
        Contender("Wagtail as started", start(lay_out.wagtail_started(page))),
        Contender("Wagtail tuned", start(lay_out.wagtail_tuned())),
    ]
    file_server = lay_out.nginx(page)
    return [*contenders, Contender("nginx, a file", start(file_server))] if file_server else contenders


def lesson_of(server):
    """The bytes and the ETag of our lesson page; without both there is nothing to compare."""
    status, headers, page = fetch(server)
    if status != 200 or lay_out.TITLE not in page.decode():
        sys.exit(f"Our lesson page answered {status} without the text '{lay_out.TITLE}'. See {server.log}.")
    if not headers["ETag"]:
        sys.exit("Our lesson page has no ETag, so it cannot be asked for a 304.")
    return page, headers["ETag"]


def check(contender):
    """Refuse to measure a contender that does not answer as it should on every one of several connections."""
    for _ in range(HANDSHAKES):
        try:
            status, _headers, body = fetch(contender.server, contender.headers)
        except OSError as problem:
            sys.exit(f"'{contender.name}' stopped answering ({problem}). See {contender.server.log}.")
        told = body.decode() if contender.status == 200 else lay_out.TITLE
        if status != contender.status or lay_out.TITLE not in told:
            sys.exit(
                f"'{contender.name}' answered {status} where {contender.status} was due, or without the text "
                f"'{lay_out.TITLE}'. Nothing was measured. See {contender.server.log}."
            )


def measure(contenders, rounds, seconds):
    """Let the contenders take turns, each round beginning with another one, after a second to warm up."""
    for contender in contenders:
        load(contender, 1)
    for number in range(rounds):
        say(f"Round {number + 1} of {rounds}")
        first = number % len(contenders)
        for contender in contenders[first:] + contenders[:first]:
            contender.rounds.append(load(contender, seconds))


def load(contender, seconds):
    """Requests per second under load; an error ends the bench, since errors are quick to serve."""
    headers = [part for name, value in contender.headers.items() for part in ("-H", f"{name}: {value}")]
    url = f"http://127.0.0.1:{contender.server.port}{contender.server.path}"
    command = [*LOAD, f"-d{seconds}s", *headers, url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    told = done.stdout + done.stderr
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if not rate or "Non-2xx" in told or "Socket errors" in told:
        sys.exit(f"'{contender.name}' did not stand the load; see {contender.server.log}. wrk said:\n{told}")
    return float(rate.group(1))


def say(words):
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
