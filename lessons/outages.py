"""What tells that the database is away, as opposed to a mistake of ours."""

from django.db import InterfaceError, OperationalError

DATABASE_IS_AWAY = (OperationalError, InterfaceError)
