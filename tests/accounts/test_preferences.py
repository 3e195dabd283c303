"""The account page, and what someone may choose about themselves."""

from datetime import time

import pytest
from django.urls import reverse

from cft_course.accounts import preferences
from cft_course.accounts.models import User
from journal.keys.errors import SealError
from journal.keys.keyring import Keyring

PAGE = reverse("preferences")
CHOSEN = {"name": "Léa", "time_zone": "Pacific/Auckland", "day_starts": "05:30", "shows_words": "on"}


@pytest.fixture(autouse=True)
def site(master_key):
    """A site that can seal."""


def test_the_account_page_leads_everywhere(learner):
    html = learner.get(reverse("account")).content.decode()
    for name in (
        "preferences", "account_email", "account_change_password", "mfa_index", "mfa_list_webauthn",
        "usersessions_list", "export", "import", "delete_words", "account_delete", "account_logout",
    ):  # fmt: skip
        assert f'"{reverse(name)}"' in html
    assert "Confirm your address" not in html


def test_the_account_page_says_gently_that_an_address_is_not_confirmed(learner, lea):
    lea.emailaddress_set.update(verified=False)
    assert "Confirm your address" in learner.get(reverse("account")).content.decode()


def test_the_account_page_of_an_editor_speaks_of_no_notes(editor):
    assert reverse("export") not in editor.get(reverse("account")).content.decode()


def test_what_is_chosen_is_kept(learner, lea):
    assert learner.post(PAGE, CHOSEN)["Location"] == PAGE
    lea.refresh_from_db()
    assert (lea.time_zone, lea.day_starts, lea.shows_words) == ("Pacific/Auckland", time(5, 30), True)
    assert preferences.name_of(lea, Keyring(lea)) == "Léa"
    assert 'value="Léa"' in learner.get(PAGE).content.decode()


def test_the_name_is_sealed_in_the_database(learner, lea):
    learner.post(PAGE, CHOSEN)
    assert "Léa".encode() not in bytes(User.objects.values_list("sealed_name", flat=True).get(pk=lea.pk))


def test_no_name_means_none_is_kept(learner, lea):
    learner.post(PAGE, CHOSEN)
    learner.post(PAGE, CHOSEN | {"name": ""})
    lea.refresh_from_db()
    assert lea.sealed_name is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Base"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", "Etc/GMT+5"),
        ("time_zone", ""),
        ("day_starts", "25:00"),
        ("day_starts", ""),
        ("name", "x" * 81),
        ("name", "Le\0a"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_kept(learner, lea, field, value):
    response = learner.post(PAGE, {"name": "Kept here"} | CHOSEN | {field: value})
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: " in html
    assert f'href="#id_{field}"' in html
    lea.refresh_from_db()
    assert (lea.time_zone, lea.sealed_name) == ("UTC", None)
    assert ("x" * 81 if len(value) > 80 else "a" if "\0" in value else "Léa") in html


def test_an_odd_time_zone_that_someone_has_is_kept(learner, lea):
    User.objects.filter(pk=lea.pk).update(time_zone="Etc/GMT+5")
    assert learner.post(PAGE, CHOSEN | {"time_zone": "Etc/GMT+5"}).status_code == 302


def test_zones_are_sorted_by_region_without_those_for_machines():
    choices = preferences.zone_choices()
    assert [region for region, _ in choices] == [*preferences.REGIONS.values(), "Everywhere"]
    assert ("America/Indiana/Knox", "Indiana – Knox") in dict(choices)["America"]
    assert not any(name.startswith(("Etc/", "SystemV/", "posix")) for name in preferences.zones())


def test_an_editor_chooses_a_time_zone_only(editor, alice):
    html = editor.get(PAGE).content.decode()
    assert "id_name" not in html
    assert "id_day_starts" not in html
    assert editor.post(PAGE, CHOSEN).status_code == 302
    alice.refresh_from_db()
    assert (alice.time_zone, alice.day_starts, alice.sealed_name) == ("Pacific/Auckland", time(4), None)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_key_that_is_away_is_no_empty_name(learner, monkeypatch, method):
    learner.post(PAGE, CHOSEN)
    learner.raise_request_exception = False

    def away(*arguments, **named):
        raise SealError("away")

    monkeypatch.setattr(Keyring, "open", away)
    assert getattr(learner, method)(PAGE, CHOSEN).status_code == 503
