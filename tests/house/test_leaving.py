"""Leaving quickly."""

import pytest
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.db import OperationalError, connections
from django.test import Client
from django.urls import reverse

from tests.support import assert_carries_help


def test_the_link_ends_the_session_and_goes_to_a_neutral_page(learner, course):
    response = learner.get(reverse("leave"))
    assert response.status_code == 303
    assert response["Location"] == project.LEAVE_TO
    assert response["Clear-Site-Data"] == '"cookies", "storage", "cache"'
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert response.cookies[project.SESSION_COOKIE_NAME]["max-age"] == 0
    assert not Session.objects.exists()
    assert learner.get(reverse("journal:home")).status_code == 302


def test_the_old_cookie_opens_nothing_afterwards(learner, course):
    replay = Client()
    replay.cookies[project.SESSION_COOKIE_NAME] = learner.cookies[project.SESSION_COOKIE_NAME].value
    learner.get(reverse("leave"))
    assert replay.get(reverse("journal:home")).status_code == 302


def test_it_works_for_a_visitor_too(client, course):
    assert client.get(reverse("leave")).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Purpose": "prefetch"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"Sec-Fetch-Dest": "image"},
    ],
)
def test_another_site_cannot_sign_anyone_out(learner, course, headers):
    response = learner.get(reverse("leave"), headers=headers)
    assert response.status_code == 200
    assert "What it cannot do" in response.content.decode()
    assert learner.get(reverse("account_logout")).status_code == 200


def test_it_works_with_the_database_away(learner, course):
    def away(*args):
        raise OperationalError("away")

    alias = "sessions" if "sessions" in project.DATABASES else "default"
    with connections[alias].execute_wrapper(away):
        response = learner.get(reverse("leave"))
    assert response.status_code == 303
    assert response["Clear-Site-Data"]


def test_what_it_cannot_do_is_explained(client, course):
    page = client.get(reverse("leaving")).content.decode()
    assert "history" in page
    assert_carries_help(page)


def test_private_pages_have_the_link(learner, course):
    for name in ("journal:home", "journal:new", "journal:search", "export"):
        assert f'href="{reverse("leave")}" rel="noreferrer"' in learner.get(reverse(name)).content.decode()
