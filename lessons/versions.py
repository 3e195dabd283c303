"""The version of the content, shared by every process.

On one machine it is a small file beside the published pages; several machines share it through Redis. While Redis is
away, the file goes on telling the processes of each machine.
"""

import logging
import secrets

from django.conf import settings
from django.core.cache import cache

from lessons.files import replace_file

logger = logging.getLogger(__name__)

KEY = "content-version"


def new():
    """Return a version that was never used before."""
    return secrets.token_hex(8)


def share_new(folder):
    """Give every process a new version, and return it."""
    version = new()
    share(folder, version)
    return version


def share(folder, version):
    """Let every process see this version at its next look."""
    replace_file(folder / "version", version.encode())
    if settings.REDIS_URL:
        try:
            cache.set(KEY, version, timeout=None)
        except _redis_problem():
            logger.error("Redis is away: other machines show this change after the next one.")


def shared(folder):
    """Return the version that all processes share, or None when there is none yet."""
    if settings.REDIS_URL:
        try:
            return cache.get(KEY)
        except _redis_problem():
            logger.warning("Redis is away: looking for changes on this machine only.")
    try:
        return (folder / "version").read_text()
    except FileNotFoundError:
        return None


def _redis_problem():
    from redis.exceptions import RedisError  # noqa: PLC0415 -- a slow import that most sites never need

    return RedisError
