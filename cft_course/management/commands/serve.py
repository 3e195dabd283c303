"""Serve the site: the one command behind `make run`."""

import errno
import os
import socket
import sys

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections
from gunicorn.app.wsgiapp import WSGIApplication

CONFIG = settings.BASE_DIR / "deploy" / "gunicorn.conf.py"


class Command(BaseCommand):
    """Prepare everything, say where the site is, and become the web server."""

    help = "Bring everything up to date and serve the site on HOST:PORT."

    def handle(self, *args, **options):
        """Become gunicorn's main process; raises ``CommandError`` if the address cannot be had."""
        self._refuse_a_busy_port()
        call_command("prepare", stdout=self.stdout)
        connections.close_all()
        self.stdout.write(f"\nThe course is at {self._address()}\n")
        if settings.ROLE != "web":
            self.stdout.write("To edit it: in a second terminal run `make editor`, then open /admin/ there. The first")
            self.stdout.write("sign-in asks to set up a second step, in an authenticator app or as a passkey.")
        self.stdout.write("Stop with Ctrl+C.\n\n")
        self.stdout.flush()
        # In this process, because everything is loaded here already: a second start would cost another second.
        os.chdir(settings.BASE_DIR)
        sys.argv = ["gunicorn", "--config", str(CONFIG), "cft_course.wsgi"]
        WSGIApplication("gunicorn cft_course.wsgi").run()

    def _address(self):
        if settings.IS_PUBLIC:
            return f"{settings.SITE_URL}/ (served here on http://{settings.HOST}:{settings.PORT})"
        host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
        return f"http://{host}:{settings.PORT}/"

    def _refuse_a_busy_port(self):
        # Workers share the port with SO_REUSEPORT, so a second server would not notice the first one.
        family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.HOST, settings.PORT))
            except OSError as error:
                raise CommandError(self._reason(error)) from None

    def _reason(self, error):
        where = f"{settings.HOST}:{settings.PORT}"
        if error.errno == errno.EADDRINUSE:
            return f"Something else is already using {where}. Stop it, or choose another: PORT=8001 make run"
        if error.errno == errno.EACCES:
            return f"This user may not use port {settings.PORT}. Choose one above 1023: PORT=8000 make run"
        return f"The address {where} cannot be used ({error.strerror or error}). Check HOST and PORT."
