"""System checks of the keys, each with how to mend it.

Keys that others can read stop the server. Keys that are missing or wrong close the private pages only: the lessons and
the helplines must be there for people whatever happens to a file. The process for admin has no keys and checks none.
"""

import os
import stat
from pathlib import Path

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError, InterfaceError, connections

from journal.keys import files
from journal.keys.errors import KeyUnavailable
from journal.keys.models import MasterKey

CLOSED = "The private pages are closed (503) until it is put right; lessons and helplines are open."


@register()
def keys_are_kept_from_others(app_configs, **kwargs):
    """Only the server's user may read the key folder and the files in it, and only root besides may own them."""
    if settings.ROLE == "admin" or not os.path.exists(settings.KEY_DIR):
        return []
    return [*_exposed(settings.KEY_DIR, "folder", "700", "journal.E001"), *_exposed_files()]


def _exposed_files():
    for name in files.names():
        yield from _exposed(files.path_of(name), "file", "400", "journal.E002")


def _exposed(path, what, mode, identity):
    try:
        state = path.stat()
    except OSError:
        return  # Who may not even look meets the check that reads.
    if stat.S_IMODE(state.st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        yield Error(f"Others can get at the key {what} {path}.", hint=f"Run: chmod {mode} {path}", id=identity)
    if state.st_uid not in _rightful_owners():
        hint = f"Run as root: chown {os.geteuid()} {path}"
        yield Error(f"The key {what} {path} belongs to another user.", hint=hint, id="journal.E003")


def _rightful_owners():
    # Root looks after the site of the user whom the data folder belongs to.
    data_owner = settings.DATA_DIR.stat().st_uid if os.geteuid() == 0 else 0
    return {0, os.geteuid(), data_owner}


@register()
def key_files_are_whole(app_configs, **kwargs):
    """A site that has begun to keep words needs its key files, each with the 32 bytes it was made with."""
    if settings.ROLE == "admin":
        return []
    if not files.names():
        return [_no_key_file()] if _was_prepared() else []
    return [warning for name in files.names() if (warning := _damage(name))]


def _damage(name):
    try:
        files.read(name)
    except KeyUnavailable as error:
        hint = f"Put {name}.key back from where you keep the keys apart."
        return Warning(
            f"{error} Words sealed by it cannot be opened; those pages answer 503.", hint=hint, id="journal.W002"
        )
    return None


def _no_key_file():
    hint = f"Put the key files back into {settings.KEY_DIR}, or set KEY_DIR to their folder."
    return Warning(f"There is no key file in {settings.KEY_DIR}. {CLOSED}", hint=hint, id="journal.W001")


def _was_prepared():
    """Tell whether this site was served with a journal before, without opening the database of keys."""
    database = settings.DATABASES["keys"]
    is_sqlite = database["ENGINE"].endswith("sqlite3")
    # Any command may have made an empty database; published pages are made by `prepare` alone, after the first key.
    was_served = (settings.DATA_DIR / "pages" / "version").exists()
    return was_served and is_sqlite and Path(str(database["NAME"])).exists()


@register(Tags.database)
def master_keys_are_the_right_ones(app_configs, databases=None, **kwargs):
    """The database of keys knows a few bytes of each master key, enough to tell it from another."""
    if settings.ROLE == "admin" or "keys" not in (databases or []):
        return []
    try:
        if MasterKey._meta.db_table not in connections["keys"].introspection.table_names():
            return []
        return _of_masters(list(MasterKey.objects.needed()))
    except (DatabaseError, InterfaceError) as error:
        return [Warning(f"The database of keys does not answer: {error} {CLOSED}", id="journal.W005")]


def _of_masters(masters):
    if not any(master.is_active for master in masters):
        hint = "If this site kept words before, put its database of keys back. Else run: manage.py journal_keys create"
        return [Warning(f"The database of keys names no master key. {CLOSED}", hint=hint, id="journal.W004")]
    return [warning for master in masters if (warning := _wrong(master))]


def _wrong(master):
    try:
        master.read()
    except KeyUnavailable as error:
        hint = f"Put the file {master}.key back into {settings.KEY_DIR} from where you keep the keys apart."
        return Warning(f"{error} {CLOSED}", hint=hint, id="journal.W003")
    return None
