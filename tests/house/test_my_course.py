"""Your course: what was read, what is under way and done, for its owner alone."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from cft_course.accounts import erasure
from cft_course.my.models import Reading
from tests.accounts.test_keepsakes import prove
from tests.keys import key_dir, master_key  # noqa: F401 -- fixtures
from tests.practices.doing import address, answer, do_all, keep, let_go
from tests.support import CountQueries, assert_carries_help

MY = reverse("my:course")
READ = reverse("my:read", args=[4])
HERE = {"Sec-Fetch-Site": "same-origin"}

pytestmark = pytest.mark.usefixtures("course", "master_key")


def test_a_newcomer_is_led_to_the_first_module(learner):
    page = learner.get(MY).content.decode()
    assert_carries_help(page)
    assert "What Compassion Really Is" in page.split('id="going-on"')[1].split("</section>")[0]
    assert "Go on where I was" not in page
    assert "%" not in page.split("<main")[1].split("</main>")[0]


def test_what_is_under_way_comes_first(learner):
    answer(learner, 1, "a heron")
    page = learner.get(MY).content.decode()
    assert page.index("Go on where I was") < page.index("The modules")
    link = page.split('id="going-on"')[1].split('href="')[1].split('"')[0]
    assert learner.get(link)["Location"] == address(2)
    assert "heron" not in page
    do_all(learner)
    keep(learner)
    page = learner.get(MY).content.decode()
    assert "Go on where I was" not in page
    assert "done, last on" in page


def test_a_practice_let_go_counts_as_done(learner):
    answer(learner, 1, "a heron")
    let_go(learner)
    assert "done, last on" in learner.get(MY).content.decode()


def test_a_lesson_is_marked_by_its_one_button(lea, client):
    lesson = client.get("/modules/what-compassion-really-is/").content.decode()
    assert f'<form class="ways have-read" method="post" action="{READ}">' in lesson
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(lea)
    assert browser.post(READ, headers=HERE)["Location"] == MY
    assert browser.post(READ, headers={"Origin": "http://testserver"})["Location"] == MY
    assert Reading.objects.get().module.number == 4
    page = browser.get(MY).content.decode()
    assert "Marked as read" in page
    assert "Read on" in page


@pytest.mark.parametrize("headers", [
    {}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://["}, {"Origin": "https://testserver"},
])  # fmt: skip
def test_another_site_marks_nothing(lea, headers):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(lea)
    assert browser.post(READ, headers=headers).status_code == 403
    assert not Reading.objects.exists()


def test_the_mark_can_be_taken_away(learner):
    learner.post(READ, headers=HERE)
    learner.post(reverse("my:unread", args=[4]))
    assert not Reading.objects.exists()


def test_whoever_signs_in_for_it_presses_once_more(client):
    assert client.post(READ, headers=HERE)["Location"] == f"/accounts/login/?next={READ}"


def test_after_signing_in_the_button_is_there(learner):
    assert "I have read this" in learner.get(READ).content.decode()
    assert not Reading.objects.exists()


@pytest.mark.parametrize("number", [0, 3, 99])
def test_only_modules_with_a_page_can_be_read(learner, number):
    assert learner.post(reverse("my:read", args=[number]), headers=HERE).status_code == 404


def test_marks_are_ones_own_and_go_with_the_account(learner, lea, client, django_user_model):
    learner.post(READ, headers=HERE)
    client.force_login(django_user_model.objects.create_user("ben@example.org", "a long quiet evening"))
    assert "Read on" not in client.get(MY).content.decode()
    client.post(reverse("my:unread", args=[4]))
    assert Reading.objects.count() == 1
    erasure.delete_account(lea)
    assert not Reading.objects.exists()


def test_queries_do_not_grow(learner):
    with CountQueries() as before:
        learner.get(MY)
    for _ in range(3):
        do_all(learner)
        keep(learner)
    answer(learner, 1, "a heron")
    with CountQueries() as after:
        learner.get(MY)
    assert after.number <= before.number + 1
    assert after.number <= 10


def test_what_was_read_and_done_is_taken_along(learner, lea):
    learner.post(READ, headers=HERE)
    do_all(learner)
    keep(learner)
    learner.post(reverse("week:begin", args=[4]))
    prove(learner, lea)
    account = json.loads(learner.get(reverse("download", args=["json"])).getvalue())["account"]
    today = lea.today
    assert account["modules_read"] == [f"Module 4, {today}"]
    assert account["practices"] == [f"The Two Halves of Compassion, begun on {today}, kept on {today}"]
    assert account["weeks"] == [f"Module 4, from {today}"]
