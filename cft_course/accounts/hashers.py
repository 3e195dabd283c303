"""Passwords are hashed one at a time and out of the way, so that many people signing in do not hold up the pages."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import PBKDF2PasswordHasher

# How many people may wait for a hash in one process; the next is asked to try again in a moment. Well below the
# threads that a process has (WEB_THREADS), so that most of them are always there for pages.
MOST_WAITING = 3
NICENESS = 10

_places = threading.BoundedSemaphore(MOST_WAITING)
_pools = {}


class TooManySigningIn(Exception):
    """So many passwords are being hashed that waiting for one more would hold up everything else."""


def _give_way():
    # On Linux this reaches the one thread that hashes and no other.
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _pool():
    """Return this process's hashing thread; a forked worker makes its own."""
    return _pools.setdefault(os.getpid(), ThreadPoolExecutor(1, thread_name_prefix="hashing", initializer=_give_way))


class QueuedHasher(PBKDF2PasswordHasher):
    """Django's own hasher, in one thread a process that gives way to whoever reads a page."""

    def encode(self, password, salt, iterations=None):
        """Return the hash; raises ``TooManySigningIn`` when too many are waiting already."""
        if not _places.acquire(blocking=False):
            raise TooManySigningIn
        try:
            return _pool().submit(super().encode, password, salt, iterations).result()
        finally:
            _places.release()
