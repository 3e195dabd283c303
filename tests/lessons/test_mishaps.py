"""Broken files, lost services and odd text: what must not take pages away or bring withdrawn ones back."""

import sqlite3

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.test import Client

from lessons import versions
from lessons.models import Module
from lessons.publishing import Pages, pages
from tests.lessons.test_publishing import make_course

ABOUT = "/about/"


def test_a_page_cut_short_is_never_shown(client, course):
    before = client.get(ABOUT).content
    file = pages._file(ABOUT)
    file.write_bytes(file.read_bytes()[:600])
    pages.forget()
    assert client.get(ABOUT).content == before


def test_a_version_of_nonsense_is_only_another_version(client, course):
    before = client.get(ABOUT).content
    (pages.folder / "version").write_bytes(b"\xff\xfe\x00")
    pages.forget()
    assert client.get(ABOUT).content == before


def test_one_page_that_cannot_be_made_holds_no_other_back(transactional_db, client, monkeypatch):
    module = make_course()
    assert client.get(module.get_absolute_url()).status_code == 200
    monkeypatch.setattr("lessons.feeds.ModuleFeed.items", lambda self, course: 1 / 0)
    module.status = Module.Status.DRAFT
    module.save()
    assert not pages._file(module.get_absolute_url()).exists()
    assert pages._file("/").exists()


def test_a_folder_that_cannot_be_written_takes_no_page_away(client, course, monkeypatch):
    def full(file, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lessons.publishing.replace_file", full)
    monkeypatch.setattr("lessons.versions.replace_file", full)
    assert client.get(ABOUT).status_code == 200
    pages.publish()
    assert client.get(ABOUT).status_code == 200


def test_a_change_made_while_redis_was_away_counts_when_it_is_back(settings, own_folder, monkeypatch):
    from redis.exceptions import ConnectionError as RedisAway  # noqa: PLC0415 -- a slow import, used here only

    class Redis:
        kept = {versions.KEY: "before"}
        is_away = False

        def get(self, key):
            if self.is_away:
                raise RedisAway
            return self.kept.get(key)

        def set(self, key, value, timeout):
            if self.is_away:
                raise RedisAway
            self.kept[key] = value

    redis = Redis()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(versions, "cache", redis)
    before = versions.shared(own_folder)
    redis.is_away = True
    versions.share_new(own_folder)
    redis.is_away = False
    assert versions.shared(own_folder) != before


def test_a_process_that_dies_while_publishing_leaves_the_new_version_behind(transactional_db, monkeypatch):
    make_course()
    before = versions.shared(pages.folder)

    def die(self):
        raise SystemExit

    monkeypatch.setattr(Pages, "_make_all", die)
    with pytest.raises(SystemExit):
        pages.publish()
    assert versions.shared(pages.folder) != before


def test_a_damaged_database_file_counts_as_away(client, course):
    before = client.get(ABOUT).content

    def malformed(*args):
        raise DatabaseError("database disk image is malformed")

    versions.share_new(pages.folder)
    pages.forget()
    with connection.execute_wrapper(malformed):
        assert client.get(ABOUT).content == before
        assert Client(raise_request_exception=False).get("/readyz").status_code == 503


def test_a_damaged_search_index_is_built_anew(client, course, own_folder):
    page = client.get("/search/?q=courage").content
    index = own_folder / "pages" / "search.sqlite3"
    kept = sqlite3.connect(index)
    kept.execute("drop table section")
    kept.commit()
    kept.close()
    assert client.get("/search/?q=courage").content == page


@pytest.mark.parametrize("text", ["What Compassion\x0bReally Is", "a\x00b", "a\x1bb", "a\nb"])
def test_a_control_character_in_a_title_is_refused(module, text):
    module.title = text
    with pytest.raises(ValidationError, match=r"invisible control character|Null characters"):
        module.full_clean()


def test_a_slug_of_digits_is_refused(module):
    module.slug = "4"
    with pytest.raises(ValidationError, match="at least one letter"):
        module.full_clean()
