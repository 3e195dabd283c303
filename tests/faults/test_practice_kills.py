"""The real server, killed between any two requests of a practice: what was answered before is there after.

A learner and a visitor go the same way, each answer in another life of the server. Half of the kills come while the
next answer is on its way: that one may be there or not, and the page is sent once more, as a person would press again.
"""

import html
import json
import random
import re
import threading
import time

import pytest

from tests.faults.support import CUT_OFF, MAKE_LEARNERS, Browser, Site, scratch_database
from tests.faults.test_kills import assert_whole

WAY = "/practices/two-halves/"
STEPS = ["1/", "2/", "3/", "4/", "5/", "closing/"]
KEPT = """
import json
from journal.keys.keyring import Keyring
from journal.models import Entry
from practices.models import Run
entries = [[str(entry.pk), [a.text for a in entry.open_kept(Keyring(entry.owner)).answers]]
           for entry in Entry.objects.exclude(kept=None).select_related("owner")]
runs = [[str(run.pk), run.is_kept, run.ended is not None] for run in Run.objects.all()]
print(json.dumps([entries, runs, Entry.objects.filter(kept=None).count()]))
"""

pytestmark = pytest.mark.xdist_group("kills")


def form_of(page):
    """Return what the form of a step's page would send."""
    assert page.status == 200, page.text[:500]
    form = page.text.split('id="answer"')[1].split("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    fields |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL))
    # The browser of these tests sends a token by itself, or leaves it out.
    return {name: html.unescape(value) for name, value in fields.items() if name != "csrfmiddlewaretoken"}


def answer_at(step, person):
    """Return what this person answers."""
    return f"{person}: a quiet answer at {step}"


class Person:
    """Someone who does the practice, and remembers which answers the server called saved."""

    def __init__(self, name, browser):
        self.name = name
        self.browser = browser
        self.saved = {}

    def answer(self, step):
        """Answer one step; remember it only once the server has led on."""
        fields = form_of(self.browser.get(WAY + step)) | {"text": answer_at(step, self.name), "action": "on"}
        response = self.browser.post(WAY + step, fields)
        assert response.status == 302, (step, response.status, response.text[:500])
        self.saved[step] = fields["text"]

    def look(self):
        """Assert that every answer that was called saved is in its box."""
        for step, text in self.saved.items():
            assert form_of(self.browser.get(WAY + step))["text"] == text

    def keep(self):
        """Read it back and keep it, or say that one wants to."""
        page = self.browser.get(f"{WAY}read-back/")
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        return self.browser.post(f"{WAY}keep/", fields)


def cut_short(site, person, step, chance):
    """Kill the server while an answer is on its way, and return whether the person was told that it is saved."""

    def press():
        try:
            person.answer(step)
        except CUT_OFF:
            told.append(False)
        except AssertionError as problem:
            problems.append(problem)
        else:
            told.append(True)

    told, problems = [], []
    pressing = threading.Thread(target=press)
    pressing.start()
    time.sleep(chance.uniform(0, 0.08))
    site.kill()
    pressing.join(30)
    assert not problems, problems
    return told == [True]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site that is ready to be started."""
    with scratch_database("practice") as address:
        site = Site(tmp_path_factory.mktemp("practice"), address)
        site.prepare()
        yield site
        site.stop()


def test_a_kill_between_any_two_requests_loses_nothing(site):
    chance = random.Random()
    session = json.loads(site.shell(MAKE_LEARNERS.format(emails=["lea@example.org"])))["lea@example.org"]
    people = [Person("learner", Browser(site.port, session)), Person("visitor", Browser(site.port))]
    for number, step in enumerate(STEPS):
        for person in people:
            site.start()
            person.look()
            if number % 2 and not cut_short(site, person, step, chance):
                site.start()
                person.look()
                person.answer(step)
                site.kill()
            elif not number % 2:
                person.answer(step)
                site.kill()
    site.start()
    learner, visitor = people
    assert learner.keep().headers["Location"] == f"{WAY}done/"
    assert visitor.keep().headers["Location"] == f"{WAY}keep/"
    site.kill()
    site.start()
    visitor.look()
    assert learner.browser.get(f"{WAY}done/").text.count("It is kept") == 1
    site.kill()
    assert_whole(site.folder)
    entries, runs, drafts = json.loads(site.shell(KEPT))
    assert [texts for _, texts in entries] == [[answer_at(step, "learner") for step in STEPS]]
    assert runs == [[entries[0][0], True, True]]
    assert drafts == 0
