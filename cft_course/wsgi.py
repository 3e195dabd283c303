"""The WSGI application that a web server runs."""

import os
from urllib.parse import quote

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cft_course.settings")
application = get_wsgi_application()


def never_make_a_database():
    """Let a web process open an SQLite file, but not make one.

    Should the file be moved away, a new and empty one would look as if everyone's words were gone, and would be in
    the way when the real one comes back.
    """
    for connection in connections.all():
        name = str(connection.settings_dict["NAME"])
        if connection.vendor == "sqlite" and not name.startswith("file:"):
            connections.settings[connection.alias]["NAME"] = f"file:{quote(name)}?mode=rw"


never_make_a_database()
