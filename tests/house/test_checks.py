"""System checks: what keeps a misconfigured server from starting."""

import sqlite3

from cft_course import checks


def ids(found):
    return [message.id for message in found]


def test_all_is_well_as_it_comes():
    assert checks.sqlite_has_full_text_search(None) == []
    assert checks.data_folder_is_writable(None) == []
    assert checks.public_site_hides_its_insides(None) == []


def test_a_python_without_full_text_search_is_named(monkeypatch):
    class Plain:
        def execute(self, statement):
            raise sqlite3.OperationalError("no such module: fts5")

    monkeypatch.setattr(checks.sqlite3, "connect", lambda name: Plain())
    assert ids(checks.sqlite_has_full_text_search(None)) == ["cft.E001"]


def test_a_data_folder_that_is_gone_is_named(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    assert ids(checks.data_folder_is_writable(None)) == ["cft.E002"]


def test_an_admin_process_that_can_read_a_key_is_refused(settings, tmp_path):
    settings.KEY_DIR = tmp_path / "other-keys"
    settings.ROLE = "admin"
    assert checks.admin_process_has_no_key(None) == []
    settings.KEY_DIR.mkdir()
    (settings.KEY_DIR / "k1.key").touch()
    found = checks.admin_process_has_no_key(None)
    assert ids(found) == ["cft.E004"]
    assert "k1.key" in found[0].msg
    settings.ROLE = ""
    assert checks.admin_process_has_no_key(None) == []


def test_an_admin_process_must_reach_the_keys_that_it_deletes(settings):
    settings.ROLE = "admin"
    settings.DATABASE_URL = "postgres://database/course"
    settings.KEYS_DATABASE_URL = ""
    assert ids(checks.admin_process_shares_the_keys_database(None)) == ["cft.E005"]
    settings.KEYS_DATABASE_URL = "postgres://database/course_keys"
    assert checks.admin_process_shares_the_keys_database(None) == []


def test_debug_on_a_public_site_is_refused(settings):
    settings.DEBUG = settings.IS_PUBLIC = True
    assert ids(checks.public_site_hides_its_insides(None)) == ["cft.E003"]


def test_a_public_site_is_asked_for_a_security_contact(settings):
    assert ids(checks.public_site_has_a_security_contact(None)) == ["cft.W001"]
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    assert checks.public_site_has_a_security_contact(None) == []


def test_a_database_server_without_redis_is_mentioned(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    settings.REDIS_URL = ""
    assert ids(checks.many_machines_share_redis(None)) == ["cft.I001"]
    settings.REDIS_URL = "redis://127.0.0.1:6379/0"
    assert checks.many_machines_share_redis(None) == []
