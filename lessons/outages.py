"""What tells that the database is away or beyond reading. Pages then show what was last known."""

from django.db import Error

DATABASE_IS_AWAY = (Error,)
