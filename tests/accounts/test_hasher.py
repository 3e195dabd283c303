"""The hasher that production uses."""

import threading

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, make_password
from django.urls import reverse

from cft_course.accounts import hashers

QUEUED = ["cft_course.accounts.hashers.QueuedHasher"]
PASSWORD = "a long quiet evening"


@pytest.fixture
def queued(settings, monkeypatch):
    """Hash as production does, though with fewer rounds."""
    settings.PASSWORD_HASHERS = QUEUED
    monkeypatch.setattr(hashers.QueuedHasher, "iterations", 1000)


@pytest.fixture
def full():
    """Take every place."""
    for _ in range(hashers.MOST_WAITING):
        hashers._places.acquire()
    yield
    for _ in range(hashers.MOST_WAITING):
        hashers._places.release()


def test_what_is_hashed_is_verified_and_nothing_else(queued):
    hashed = make_password(PASSWORD)
    assert hashed.startswith("pbkdf2_sha256$")
    assert check_password(PASSWORD, hashed)
    assert not check_password("another evening", hashed)


def test_it_hashes_in_a_thread_of_its_own(queued, monkeypatch):
    names = []

    def encode(self, *arguments):
        names.append(threading.current_thread().name)
        return "pbkdf2_sha256$1$salt$hash"

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", encode)
    make_password(PASSWORD)
    assert names[0].startswith("hashing")


def test_one_more_than_there_are_places_is_asked_to_come_back(queued, full):
    with pytest.raises(hashers.TooManySigningIn):
        make_password(PASSWORD)


def test_a_place_is_free_again_after_a_failure(queued, monkeypatch):
    def broken(self, *arguments):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "encode", broken)
        for _ in range(hashers.MOST_WAITING + 1):
            with pytest.raises(RuntimeError):
                make_password(PASSWORD)
    assert make_password(PASSWORD)


def test_the_site_says_so_in_words(client, queued, full):
    client.raise_request_exception = False
    response = client.post(reverse("account_login"), {"login": "nobody@example.org", "password": PASSWORD})
    assert response.status_code == 503
    assert "Many people are signing in just now" in response.content.decode()
