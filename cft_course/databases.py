"""Which database keeps what."""

from django.conf import settings

# By app label; everything else is in "default". The cache counts tries to sign in, so it lives with the sessions.
HOMES = {"journal_keys": "keys", "sessions": "sessions", "django_cache": "sessions"}


def home(app_label):
    """Return the alias of the database that keeps an app's tables."""
    alias = HOMES.get(app_label, "default")
    return alias if alias in settings.DATABASES else "default"


class Router:
    """Sends each model to its one database; see Django's documentation of database routers."""

    def db_for_read(self, model, **hints):
        """Return where to read."""
        return home(model._meta.app_label)

    db_for_write = db_for_read

    def allow_relation(self, one, other, **hints):
        """Relations stay within one database."""
        return home(one._meta.app_label) == home(other._meta.app_label)

    def allow_migrate(self, db, app_label, **hints):
        """Make each table in its home only."""
        return db == home(app_label)
