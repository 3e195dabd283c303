"""Writing by turns. SQLite lets one connection write at a time, and its own way of waiting is to sleep and look again.

Standing in a line instead, first within the process and then between processes, answers the slowest save in a fraction
of the time. A process that dies leaves the line by itself. Other databases keep their own line.
"""

import fcntl
import threading
from contextlib import contextmanager

from django.conf import settings
from django.db import connections, router

from journal.models import Entry

_within_this_process = threading.Lock()


@contextmanager
def turn():
    """Wait for one's turn to write an entry."""
    if connections[router.db_for_write(Entry)].vendor != "sqlite":
        yield
        return
    with _within_this_process, open(settings.DATA_DIR / "journal.lock", "a") as line:
        fcntl.flock(line, fcntl.LOCK_EX)
        yield
