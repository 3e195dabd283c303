"""How long someone stays signed in, and what ends it."""

import time

import pytest
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cft_course.leaving import CLEAR_SITE_DATA

HOUR = 60 * 60
DAY = 24 * HOUR
PASSWORD = "a long quiet evening"


def age(client, **seconds):
    """Set the clocks of a session back; return the session."""
    session = client.session
    for clock, ago in seconds.items():
        session[clock] = int(time.time()) - ago
    session.save()
    return session


def is_in(client):
    """Tell whether a private page opens."""
    return client.get(reverse("account")).status_code == 200


@pytest.mark.parametrize(
    ("began", "seen", "lasts"),
    [(2 * DAY, 23 * HOUR, True), (2 * DAY, DAY, False), (13 * DAY, HOUR, True), (14 * DAY, 60, False)],
)
def test_a_session_ends_after_a_day_unused_and_after_two_weeks_in_all(learner, began, seen, lasts):
    age(learner, began=began, seen=seen)
    assert is_in(learner) is lasts
    assert ("_auth_user_id" in learner.session) is lasts


def test_words_sent_after_the_end_come_back(learner, master_key):
    age(learner, seen=DAY)
    response = learner.post(reverse("journal:new"), {"text": "A heron stood in the rain.", "revision": 0})
    assert response.status_code == 403
    assert "A heron stood in the rain." in response.content.decode()


def test_a_session_is_renewed_at_most_once_an_hour(learner):
    seen = age(learner, seen=HOUR - 60)["seen"]
    assert is_in(learner)
    assert learner.session["seen"] == seen
    age(learner, seen=HOUR)
    assert is_in(learner)
    assert time.time() - learner.session["seen"] < 60


def test_renewing_costs_no_query_but_the_one_that_writes_once_an_hour(learner):
    def queries():
        with CaptureQueriesContext(connections["sessions" if "sessions" in project.DATABASES else "default"]) as asked:
            assert is_in(learner)
        return [query for query in asked.captured_queries if "django_session" in query["sql"]]

    assert len(queries()) == 1
    age(learner, seen=HOUR)
    assert any(query["sql"].startswith("UPDATE") for query in queries())
    assert len(queries()) == 1


def test_a_renewed_session_never_lasts_longer_than_two_weeks_in_all(learner):
    age(learner, began=13 * DAY, seen=2 * HOUR)
    assert is_in(learner)
    assert DAY - 60 <= learner.session.get_expiry_age() <= DAY


def test_public_pages_renew_nothing(learner, course):
    seen = age(learner, seen=2 * HOUR)["seen"]
    learner.get("/")
    assert learner.session["seen"] == seen


def test_a_session_that_ends_with_the_browser_still_does_when_renewed(learner):
    session = age(learner, seen=2 * HOUR)
    session.set_expiry(0)
    session.save()
    assert is_in(learner)
    assert learner.session.get_expire_at_browser_close()


def test_a_session_from_before_gets_its_clocks(learner):
    session = learner.session
    del session["began"], session["seen"]
    session.save()
    assert is_in(learner)
    assert {"began", "seen"} <= set(learner.session.keys())


def test_signing_in_changes_the_key_and_the_old_one_is_dead(client, lea):
    session = client.session
    session["anything"] = "from before"
    session.save()
    before = session.session_key
    client.post(reverse("account_login"), {"login": lea.email, "password": PASSWORD})
    assert is_in(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_signing_out_clears_what_the_browser_has(learner):
    key = learner.cookies["session"].value
    response = learner.post(reverse("account_logout"))
    assert response["Clear-Site-Data"] == CLEAR_SITE_DATA
    again = Client()
    again.cookies["session"] = key
    assert not is_in(again)


def test_asking_whether_to_sign_out_clears_nothing(learner):
    assert "Clear-Site-Data" not in learner.get(reverse("account_logout"))
    assert is_in(learner)


def test_a_new_password_ends_every_other_session(client, learner, lea):
    client.post(reverse("account_login"), {"login": lea.email, "password": PASSWORD})
    assert is_in(client)
    new = {"oldpassword": PASSWORD, "password1": "another quiet evening"}
    client.post(reverse("account_change_password"), new)
    lea.refresh_from_db()
    assert lea.check_password("another quiet evening")
    assert not is_in(learner)


def test_the_session_of_a_disabled_account_is_dead(learner, lea):
    lea.is_active = False
    lea.save()
    assert not is_in(learner)
