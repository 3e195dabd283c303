"""How fast the journal is: `.venv/bin/python tests/bench/journal.py`; with DATABASE_URL on PostgreSQL.

A million entries in the table; one learner has 100,000 of them. Everything that is compared is measured in turns, so
that both met the same other work on the machine. QUICK=1 shrinks all numbers, to try the bench itself.
"""

import os
import random
import re
import shutil
import signal
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from statistics import median

import lay_out
from clients import Client, all_at_once, percentile
from journal_site import PASSWORD, SENTENCE, close_connections, fill, learner, prepared_site, serve, session_of
from pages import Contender, load, refuse_company, say
from report import Results
from servers import BENCH, fetch, serving

QUICK = bool(os.environ.get("QUICK"))
ROUNDS = 1 if QUICK else 3
ALL = 20_000 if QUICK else 1_000_000
MANY = 3_000 if QUICK else 100_000
SOME = 300 if QUICK else 1_000
SEARCHED = 500 if QUICK else 5_000
SAVES = 1_000 if QUICK else 10_000  # in each round; without sealing fewer, which is enough for a rate
SAVES_UNSEALED = 1_000 if QUICK else 3_000
WRITERS = 32
STORM_SECONDS = 2 if QUICK else 5
SIGNING_IN = 8
ACCOUNTS = 1_000
TRIES = 20 if QUICK else 200


def main():
    """Measure everything and print it."""
    if not shutil.which("wrk"):
        sys.exit("This bench needs wrk to make its load (Debian's package wrk). Nothing was measured.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("The bench was asked to stop."))
    BENCH.mkdir(parents=True, exist_ok=True)
    results = Results()
    with ExitStack() as running:
        refuse_company(running.enter_context((BENCH / "lock").open("w")))
        say("Making a site with many entries")
        environment = running.enter_context(prepared_site())
        fill(ALL - MANY - SOME - SEARCHED)
        people = {"one": learner("one", 1), "twenty": learner("twenty", 20), "some": learner("some", SOME)}
        people |= {"many": learner("many", MANY), "searching": learner("searching", SEARCHED, 600)}
        queries(results, people)
        growth_of_queries(results, people)
        server = serve(running, "sealed", "cft_course.wsgi:application", environment)
        growth_of_pages(results, people, server)
        search(results, people, server)
        signed_in_pages(results, people, server, running)
        storm(results, people, server)
        unsealed = serve(running, "unsealed", "tests.bench.unsealed:application", environment)
        autosave(results, server, unsealed)
        shared_notes(results, server)
        close_connections()
    print(results)


def queries(results, people):
    """Count the queries of the first page, in every database."""
    from django.db import connections  # noqa: PLC0415
    from django.test import Client as Inside  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    for name in ("one", "twenty", "many"):
        client = Inside(SERVER_NAME="127.0.0.1")
        client.force_login(people[name])
        client.get("/journal/")
        with ExitStack() as stack:
            captured = [stack.enter_context(CaptureQueriesContext(each)) for each in connections.all()]
            client.get("/journal/")
            count = sum(len(each) for each in captured)
        entries = {"one": 1, "twenty": 20, "many": MANY}[name]
        results.goal(f"queries of the first page with {entries:,} entries", count, at_most=6, digits=0)


def places(user, depths):
    """Return the text for an address of where the list goes on, by depth."""
    from journal import listing  # noqa: PLC0415
    from journal.models import Entry  # noqa: PLC0415

    entries = Entry.objects.owned_by(user).newest_first()
    return {depth: listing.place_of(entries[depth - 1]) if depth else "" for depth in depths}


def growth_of_queries(results, people):
    """Time the one query for 20 entries, without Django around it and with it."""
    from django.db import connection  # noqa: PLC0415

    from journal import listing  # noqa: PLC0415
    from journal.models import Entry  # noqa: PLC0415

    def rows_of(user, place):
        return listing.after(Entry.objects.owned_by(user).newest_first().select_related("module"), place)[:21]

    def alone(statement):
        with connection.cursor() as cursor:
            cursor.execute(*statement)
            assert len(cursor.fetchall()) == 21

    depths = places(people["many"], [0, MANY // 2, MANY - 50])
    asked = {"some": rows_of(people["some"], "")} | {at: rows_of(people["many"], at) for at in depths.values()}
    statements = {name: rows.query.sql_with_params() for name, rows in asked.items()}
    for what, deeds in {
        "query": {name: partial(alone, statement) for name, statement in statements.items()},
        "query with its entries made": {
            name: partial(lambda rows: list(rows.all()), rows) for name, rows in asked.items()
        },
    }.items():
        tell_growth(results, what, in_turns(deeds), depths)


def tell_growth(results, what, times, depths):
    """Note how the times of 1,000 and of other depths compare."""
    first = times[""]
    results.figure(f"{what}, newest 20 of {MANY:,}", f"{first:.3f} ms")
    results.goal(f"{what}: newest 20 of {MANY:,} to {SOME:,}", first / times["some"], at_most=1.2)
    for depth, place in depths.items():
        if depth:
            results.goal(f"{what}: at {depth:,} to the first page", times[place] / first, at_most=1.2)


def in_turns(deeds):
    """Do all deeds in turns, many times; return the median milliseconds of each."""
    times = {name: [] for name in deeds}
    for number in range(TRIES + 5):
        for name, deed in deeds.items():
            start = time.perf_counter()
            deed()
            if number >= 5:
                times[name].append((time.perf_counter() - start) * 1000)
    return {name: median(taken) for name, taken in times.items()}


def growth_of_pages(results, people, server):
    """Time the page itself over HTTP, one at a time."""
    depths = places(people["many"], [0, MANY // 2, MANY - 50])
    some, many = (Client(server.port, session_of(people[name])) for name in ("some", "many"))
    close_connections()

    def ask(client, place):
        status, body, _ = client.get(f"/journal/?after={place}")
        assert status == 200
        assert body.count(b'<details class="entry"') == 20
        assert SENTENCE.encode() in body

    deeds = {"some": partial(ask, some, "")} | {at: partial(ask, many, at) for at in depths.values()}
    tell_growth(results, "page", in_turns(deeds), depths)


def search(results, people, server):
    """Time a search through everything, for words that are nowhere."""
    client = Client(server.port, session_of(people["searching"]))
    times = [client.post("/journal/search/", {"words": "xylophone"}) for _ in range(7)]
    assert all(status == 200 and b"No note has these words" in body for status, body, _ in times)
    results.goal(f"search in {SEARCHED:,} own entries, ms", median(taken for *_, taken in times), at_most=400, digits=0)


def signed_in_pages(results, people, server, running):
    """Compare pages of someone signed in with a bare Django view."""
    from journal.models import Entry  # noqa: PLC0415

    bare = running.enter_context(serving(lay_out.bare(fetch(server)[2])))
    note = f"/journal/{Entry.objects.owned_by(people['twenty']).first().pk}/"
    cookies = {name: {"Cookie": f"session={session_of(user)}"} for name, user in people.items()}
    close_connections()
    contenders = [Contender("bare", bare)]
    for name, path, person in [
        ("one note", note, "twenty"),
        ("the page to write on", "/journal/write/", "twenty"),
        ("the search page", "/journal/search/", "twenty"),
        ("the list with 1 entry", "/journal/", "one"),
        ("the list with 20 entries", "/journal/", "many"),
    ]:
        contenders.append(Contender(name, replace(server, path=path), 200, cookies[person]))
    for contender in contenders:
        load(contender, 1)
    for _ in range(ROUNDS):
        for contender in contenders:
            contender.rounds.append(load(contender, 1 if QUICK else 3))
    for contender in contenders:
        results.figure(f"{contender.name}, requests/s", f"{median(contender.rounds):,.0f}")
    for contender in contenders[1:]:
        ratios = [mine / theirs for mine, theirs in zip(contender.rounds, contenders[0].rounds, strict=True)]
        results.goal(f"signed in: {contender.name} to bare", median(ratios), at_least=0.25, digits=3)


def storm(results, people, server):
    """Compare the slowest answers while people sign in with those of a quiet time."""
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415

    from cft_course.accounts.models import User  # noqa: PLC0415

    # After a few tries that were sent away, an address may not try for some minutes: so there are many.
    emails = [f"storm-{number}@example.org" for number in range(ACCOUNTS)]
    password = make_password(PASSWORD)
    User.objects.bulk_create(User(email=email, password=password) for email in emails)
    session = session_of(people["twenty"])
    close_connections()
    quiet, stormy, answers = {}, {}, []
    for _ in range(ROUNDS):
        read_for_a_while(server, session, quiet)
        is_over = threading.Event()
        deeds = [partial(sign_in_again_and_again, server, emails, is_over, answers)] * SIGNING_IN
        signing_in = threading.Thread(target=all_at_once, args=[deeds])
        signing_in.start()
        time.sleep(0.5)
        read_for_a_while(server, session, stormy)
        is_over.set()
        signing_in.join()
    counts = {status: answers.count(status) for status in sorted(set(answers))}
    results.figure("sign-ins during the storm, by status", ", ".join(f"{status}: {n}" for status, n in counts.items()))
    for name in quiet:
        before, during = percentile(quiet[name], 0.99), percentile(stormy[name], 0.99)
        results.figure(f"p99 of {name}: quiet, while people sign in", f"{before:.1f} ms, {during:.1f} ms")
        results.goal(f"sign-in storm: p99 of {name} to quiet", during / before, at_most=2)


def read_for_a_while(server, session, times):
    """Let two people read the lesson and two their journal, with a breath between pages."""
    until = time.perf_counter() + STORM_SECONDS

    def read(name, path):
        client = Client(server.port, session)
        while time.perf_counter() < until:
            status, _, taken = client.get(path)
            assert status == 200
            times.setdefault(name, []).append(taken)
            time.sleep(0.01)

    lesson, journal = ("the lesson", lay_out.PATH), ("the journal", "/journal/")
    all_at_once([partial(read, *page) for page in (lesson, lesson, journal, journal)])


def sign_in_again_and_again(server, emails, is_over, answers):
    """Sign in until it is over, each time from another address."""
    client = Client(server.port)
    while not is_over.is_set():
        address = ".".join(str(random.randrange(1, 255)) for _ in range(4))
        fields = {"login": random.choice(emails), "password": PASSWORD}
        status, *_ = client.post("/accounts/login/", fields, f"X-Forwarded-For: {address}\r\n")
        answers.append(status)


class Writer:
    """Someone whose page saves by itself, again and again."""

    def __init__(self, port, session):
        self.client = Client(port, session)
        page = self.client.get("/journal/write/")[1].decode()
        self.token = re.search(r'name="token" value="([^"]+)"', page)[1]
        self.pk = self.token.split("/")[1].split(":")[0]
        self.revision = 0
        self.times, self.failed, self.out_of_turn = [], [], 0
        self.save()

    def save(self):
        """Save once, from the revision last answered."""
        path = f"/journal/{self.pk}/write/" if self.revision else "/journal/write/"
        text = f"{len(self.times)} {SENTENCE * 13}"
        fields = {"text": text, "action": "later", "revision": self.revision, "token": self.token}
        status, body, taken = self.client.post(path, fields, "Accept: application/json\r\n")
        if status != 200:
            self.failed.append(status)
            return
        revision = int(re.search(rb'"revision": (\d+)', body)[1])
        self.out_of_turn += revision != self.revision + 1
        self.revision = revision
        self.times.append(taken)

    def save_many(self, times):
        """Save this many times."""
        for _ in range(times):
            self.save()


def autosave(results, sealed, unsealed):
    """Compare saving with and without sealing, and look whether any save failed or was lost."""
    sessions = [session_of(learner(f"writer-{number}", 0)) for number in range(2 * WRITERS)]
    close_connections()
    crowds = {
        "sealed": [Writer(sealed.port, session) for session in sessions[:WRITERS]],
        "unsealed": [Writer(unsealed.port, session) for session in sessions[WRITERS:]],
    }
    rates = {name: [] for name in crowds}
    for _ in range(ROUNDS):
        for name, writers in crowds.items():
            each = {"sealed": SAVES, "unsealed": SAVES_UNSEALED}[name] // WRITERS
            seconds = all_at_once([partial(writer.save_many, each) for writer in writers])
            rates[name].append(each * WRITERS / seconds)
    ratio = median(mine / theirs for mine, theirs in zip(rates["sealed"], rates["unsealed"], strict=True))
    for name, writers in crowds.items():
        times = [taken for writer in writers for taken in writer.times[1:]]
        told = f"{median(rates[name]):,.0f}/s, median {median(times):.1f} ms, p99 {percentile(times, 0.99):.1f} ms"
        results.figure(f"autosave, {WRITERS} writers, {name}", told)
    times = [taken for writer in crowds["sealed"] for taken in writer.times[1:]]
    results.goal("autosave to the same without sealing", ratio, at_least=0.9)
    results.goal(f"autosave: p99 with {WRITERS} writers, ms", percentile(times, 0.99), at_most=80, digits=1)
    results.goal(f"autosave: saves refused of {len(times):,}", refused(crowds["sealed"]), at_most=0, digits=0)
    results.goal("autosave: saves lost", lost(crowds["sealed"]), at_most=0, digits=0)


def refused(writers):
    return sum(len(writer.failed) for writer in writers)


def lost(writers):
    """Return how many saves are not counted in their rows' revisions."""
    from journal.models import Entry  # noqa: PLC0415

    found = dict(Entry.objects.filter(pk__in=[writer.pk for writer in writers]).values_list("pk", "revision"))
    found = {str(pk): revision for pk, revision in found.items()}
    close_connections()
    behind = sum(abs(found[writer.pk] - len(writer.times)) for writer in writers)
    return behind + sum(writer.out_of_turn for writer in writers)


def shared_notes(results, server):
    """Let four windows save into one note: every save that was not refused counts one up, and none is overwritten."""
    sessions = [session_of(learner(f"windows-{number}", 0)) for number in range(8)]
    notes = [Writer(server.port, session) for session in sessions]
    windows = [
        (note, Client(server.port, session)) for note, session in zip(notes, sessions, strict=True) for _ in "four"
    ]
    saved, conflicts = [], []

    def save_in_turn(note, client):
        for number in range(SAVES // WRITERS // 10):
            seen = note.revision
            fields = {"text": f"{id(client)} {number}", "action": "later", "revision": seen}
            status, body, _ = client.post(f"/journal/{note.pk}/write/", fields, "Accept: application/json\r\n")
            assert status in (200, 409), status
            (saved if status == 200 else conflicts).append(note.pk)
            if status == 200:
                note.revision = max(note.revision, int(re.search(rb'"revision": (\d+)', body)[1]))

    all_at_once([partial(save_in_turn, *window) for window in windows])
    results.figure("four windows on each note: saved, left to choose", f"{len(saved):,}, {len(conflicts):,}")
    for note in notes:
        note.times, note.out_of_turn = [0] * (saved.count(note.pk) + 1), 0
    results.goal("four windows on each note: saves lost", lost(notes), at_most=0, digits=0)


if __name__ == "__main__":
    main()
