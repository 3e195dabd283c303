"""System checks: a misconfigured server refuses to start and says how to mend it."""

import os
import sqlite3

from django.conf import settings
from django.core.checks import Error, Info, Tags, Warning, register


@register()
def sqlite_has_full_text_search(app_configs, **kwargs):
    """Search needs SQLite's FTS5, which every usual build of Python brings."""
    try:
        sqlite3.connect(":memory:").execute("create virtual table words using fts5(word)")
    except sqlite3.OperationalError:
        hint = "Use a Python whose sqlite3 module has FTS5, such as the one from python.org or Debian."
        return [Error("This Python's SQLite has no full-text search.", hint=hint, id="cft.E001")]
    return []


@register()
def data_folder_is_writable(app_configs, **kwargs):
    """Pages, secrets and the embedded database live in one folder."""
    probe = settings.DATA_DIR / ".write-test"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        hint = "Give this user write access to it, or set DATA_DIR to another folder."
        message = f"The data folder {settings.DATA_DIR} cannot be written ({error.strerror})."
        return [Error(message, hint=hint, id="cft.E002")]
    return []


@register(Tags.security)
def admin_process_has_no_key(app_configs, **kwargs):
    """The process that serves admin must be unable to open what learners wrote, whatever happens in it."""
    found = [path for path in settings.KEY_DIR.glob("*.key") if os.access(path, os.R_OK)]
    if settings.ROLE != "admin" or not found:
        return []
    hint = (
        "Run it as a user of its own who may not read the key folder, or on a machine without it, "
        "or set KEY_DIR to a folder that is not there."
    )
    return [Error(f"CFT_ROLE is admin, yet the key file {found[0]} can be read.", hint=hint, id="cft.E004")]


@register(Tags.security)
def admin_process_shares_the_keys_database(app_configs, **kwargs):
    """Deleting an account there must delete the learner's key where it is, and not in a database of its own."""
    if settings.ROLE != "admin" or not settings.DATABASE_URL or settings.KEYS_DATABASE_URL:
        return []
    hint = "Set KEYS_DATABASE_URL in both processes to the same database, so that deleting an account reaches its key."
    return [Error("CFT_ROLE is admin, yet KEYS_DATABASE_URL is empty.", hint=hint, id="cft.E005")]


@register(Tags.security)
def public_site_hides_its_insides(app_configs, **kwargs):
    """Django's own error pages show settings, code and whatever a person typed."""
    if settings.DEBUG and settings.IS_PUBLIC:
        hint = "Unset DEBUG, or use an http address in SITE_URL while you develop."
        return [Error("DEBUG is on while SITE_URL is a public https address.", hint=hint, id="cft.E003")]
    return []


@register(Tags.security, deploy=True)
def public_site_has_a_security_contact(app_configs, **kwargs):
    """Strangers who find a hole need an address to write to (RFC 9116)."""
    if settings.SECURITY_CONTACT:
        return []
    hint = "Set SECURITY_CONTACT to an address such as mailto:security@example.org."
    return [Warning("There is no security.txt, because SECURITY_CONTACT is empty.", hint=hint, id="cft.W001")]


@register(Tags.security, deploy=True)
def many_machines_share_redis(app_configs, **kwargs):
    """A database server suggests several machines; only Redis tells them all of a change."""
    if settings.REDIS_URL or settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return []
    hint = "Set REDIS_URL if more than one machine serves this site, so that an editor's change shows on all."
    return [Info("DATABASE_URL is a server, but REDIS_URL is empty.", hint=hint, id="cft.I001")]
