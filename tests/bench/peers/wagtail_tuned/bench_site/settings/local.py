"""What an administrator can gain without writing code: WAL, connections that stay open, a cache in memory.

Django caches parsed templates by itself when DEBUG is off, so both Wagtail sites have that already. Keeping
whole answers, as Django's cache middleware can, is left out on purpose: that would measure the middleware.
"""

import secrets
from pathlib import Path

SECRET_KEY = secrets.token_hex()
ALLOWED_HOSTS = ["127.0.0.1"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(__file__).parents[2] / "db.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"},
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
