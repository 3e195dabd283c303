"""How fast a practice is: `.venv/bin/python tests/bench/practices.py`; with DATABASE_URL on PostgreSQL.

A step page is compared in turns with the search page of the journal as it is opened: a private page with the same
frame, the same person signed in, and no words of theirs. Then 32 learners, and 32 visitors, save a step again and
again. QUICK=1 shrinks all numbers.
"""

import html
import os
import re
from contextlib import ExitStack
from functools import partial
from statistics import median

from clients import Client, all_at_once, percentile
from journal_site import SENTENCE, close_connections, learner, prepared_site, serve, session_of
from pages import refuse_company, say
from report import Results
from servers import BENCH

QUICK = bool(os.environ.get("QUICK"))
TRIES = 30 if QUICK else 400
WRITERS = 32
SAVES = 5 if QUICK else 100
STEP = "/practices/two-halves/2/"
BARE = "/journal/search/"


class Practising:
    """Someone whose step saves by itself, again and again."""

    def __init__(self, port, session=""):
        self.client = Client(port, session)
        self.fields = form_of(self.client.get(STEP)[1].decode())
        self.times, self.refused, self.count = [], [], 0

    def save(self):
        """Save once, with what the answer before told; a visitor's cookies come with the first."""
        self.count += 1
        sent = self.fields | {"text": f"{self.count} {SENTENCE * 3}", "action": "later"}
        status, body, taken = self.client.post(STEP, sent, "Accept: application/json\r\n")
        if status != 200:
            self.refused.append(status)
            return
        self.times.append(taken)
        self.fields |= {"revision": re.search(rb'"revision": (\d+)', body)[1].decode(), "begun": "on"}
        self.fields["run"] = re.search(rb'"run": "([^"]+)"', body)[1].decode()

    def save_many(self, times):
        """Save this many times."""
        for _ in range(times):
            self.save()

    @property
    def lost(self):
        """How many acknowledged saves are not in the draft, by the revision and by the words."""
        shown = form_of(self.client.get(STEP)[1].decode())
        is_last = shown["text"].startswith(f"{self.count} ")
        return abs(int(shown["revision"]) - len(self.times)) + (not is_last)


def form_of(page):
    """Return what the form of a step's page would send."""
    form = page.split('id="answer"')[1].split("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    fields |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL))
    return {name: html.unescape(value) for name, value in fields.items() if name != "csrfmiddlewaretoken"}


def main():
    """Measure everything and print it."""
    BENCH.mkdir(parents=True, exist_ok=True)
    results = Results()
    with ExitStack() as running:
        refuse_company(running.enter_context((BENCH / "lock").open("w")))
        say("Making a site")
        environment = running.enter_context(prepared_site())
        server = serve(running, "practices", "cft_course.wsgi:application", environment)
        step_pages(results, server)
        saves(results, server)
        close_connections()
    print(results)


def step_pages(results, server):
    """Compare the slowest answers for a step with those for a bare private page, asked in turns."""
    someone = Practising(server.port, session_of(learner("stepping", 0)))
    close_connections()
    someone.save_many(3)
    times = {STEP: [], BARE: []}
    for number in range(TRIES + 10):
        for path, taken in times.items():
            status, _, milliseconds = someone.client.get(path)
            assert status == 200
            if number >= 10:
                taken.append(milliseconds)
    for path, taken in times.items():
        told = f"median {median(taken):.1f} ms, p95 {percentile(taken, 0.95):.1f} ms"
        results.figure(path, told)
    ratio = percentile(times[STEP], 0.95) / percentile(times[BARE], 0.95)
    results.goal("p95 of a step page to a bare private page", ratio, at_most=2)


def saves(results, server):
    """Let many people save a step at once; look whether any save was refused or lost."""
    sessions = [session_of(learner(f"practising-{number}", 0)) for number in range(WRITERS)]
    close_connections()
    crowds = {"learners": [Practising(server.port, session) for session in sessions]}
    crowds["visitors"] = [Visiting(server.port) for _ in range(WRITERS)]
    for name, crowd in crowds.items():
        seconds = all_at_once([partial(someone.save_many, SAVES) for someone in crowd])
        times = [taken for someone in crowd for taken in someone.times]
        told = f"{len(times) / seconds:,.0f}/s, median {median(times):.1f} ms, p99 {percentile(times, 0.99):.1f} ms"
        results.figure(f"saving a step, {WRITERS} {name}", told)
        count = sum(len(someone.refused) for someone in crowd)
        results.goal(f"saves of {name} refused of {WRITERS * SAVES:,}", count, at_most=0, digits=0)
        results.goal(f"saves of {name} lost", sum(someone.lost for someone in crowd), at_most=0, digits=0)


class Visiting(Practising):
    """Someone without an account, whose cookies come with their first save."""

    def __init__(self, port):
        super().__init__(port)
        self.client = VisitorsClient(port)


class VisitorsClient(Client):
    """A browser that takes the cookies it is given."""

    cookies = "session="

    def _exchange(self, request):
        return super()._exchange(request.replace(b"; session=\r\n", f"; {self.cookies}\r\n".encode()))

    def _more(self, received):
        received = super()._more(received)
        for name, value in re.findall(rb"(?i)set-cookie: (session|practice)=([^;]+)", received):
            given = dict(part.split("=", 1) for part in self.cookies.split("; ") if part != "session=")
            given[name.decode()] = value.decode()
            self.cookies = "; ".join(f"{key}={kept}" for key, kept in given.items())
        return received


if __name__ == "__main__":
    main()
