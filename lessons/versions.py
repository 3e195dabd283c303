"""The version of the content, shared by every process.

On one machine it is a small file beside the published pages; several machines share a second part through Redis. A
change of either part is a new version, so a change made while Redis was away still counts when it is back.
"""

import logging
import secrets

from django.conf import settings
from django.core.cache import cache

from lessons.files import replace_file

logger = logging.getLogger(__name__)

KEY = "content-version"


def share_new(folder):
    """Let every process see a new version at its next look, and return it as they will see it."""
    version = secrets.token_hex(8)
    try:
        replace_file(folder / "version", version.encode())
    except OSError as error:
        logger.error("The version cannot be written (%s): other processes will not see this change.", error)
    if settings.REDIS_URL:
        try:
            cache.set(KEY, version, timeout=None)
        except _redis_problem():
            logger.error("Redis is away: other machines show this change after the next one.")
    return shared(folder) or version


def shared(folder):
    """Return the version that all processes share, or None when there is none yet."""
    try:
        here = (folder / "version").read_bytes().hex()
    except OSError:
        here = ""
    everywhere = _in_redis() if settings.REDIS_URL else ""
    return f"{here}.{everywhere}" if here or everywhere else None


def _in_redis():
    try:
        return cache.get(KEY) or ""
    except _redis_problem():
        logger.warning("Redis is away: looking for changes on this machine only.")
        return ""


def _redis_problem():
    from redis.exceptions import RedisError  # noqa: PLC0415 -- a slow import that most sites never need

    return RedisError
