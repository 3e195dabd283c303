"""Bring everything the server needs up to date."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command
from django.db import DatabaseError, InterfaceError
from django.template.loader import render_to_string

from cft_course import errors
from cft_course.safety.models import Country, Helpline, SafetyTexts
from lessons.models import Course
from lessons.publishing import pages

FIXTURES = ["course", "module_04", "helplines"]
# What a proxy in front of this server may have to say by itself.
PROXY_STATUSES = [413, 502, 503, 504]


def static_fingerprint():
    """Return a text that changes whenever a static file of any app is added, changed or removed."""
    facts = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts.append(f"{path} {storage.size(path)} {storage.get_modified_time(path).timestamp()}")
    return hashlib.sha256("\n".join(sorted(facts)).encode()).hexdigest()


def refuse_to_replace_a_lost_database():
    """Stop where an SQLite file was before: a new, empty one would look as if everything were gone."""
    name = str(settings.DATABASES["default"]["NAME"])
    is_a_file = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") and "memory" not in name
    if is_a_file and not Path(name).exists() and (settings.DATA_DIR / "pages" / "version").exists():
        raise CommandError(
            f"The database {name} is not there, though this site was served before. Put it back, "
            f"or remove the folder {settings.DATA_DIR / 'pages'} to begin with a new one."
        )


class Command(BaseCommand):
    """Migrate, load the course into an empty database, collect static files and publish every page."""

    help = "Migrate, load the course if the database has none, collect static files, publish the pages."

    def handle(self, *args, **options):
        """Do each part; running it again changes no content. Raises ``CommandError`` with a plain sentence."""
        try:
            refuse_to_replace_a_lost_database()
            call_command("migrate", verbosity=0, interactive=False)
            self._collect_static()
            if not any(model.objects.exists() for model in (Course, Country, Helpline)):
                self._load_course()
            pages.publish()
            self._write_proxy_pages()
        except (DatabaseError, InterfaceError) as error:
            raise CommandError(f"The database does not answer as it should: {error}") from None
        except OSError as error:
            raise CommandError(
                f"A file cannot be written: {error.filename} ({error.strerror}). "
                "Give this user write access to it, or set DATA_DIR to another folder."
            ) from None

    def _collect_static(self):
        """Collect the static files if any of them changed since the last time: compressing them takes a while."""
        stamp = settings.STATIC_ROOT / ".collected"
        fingerprint = static_fingerprint()
        if not stamp.exists() or stamp.read_text() != fingerprint:
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
            stamp.write_text(fingerprint)

    def _load_course(self):
        call_command("loaddata", *FIXTURES, verbosity=0)
        SafetyTexts.current().save()
        self.stdout.write("Loaded the course into the new database.")

    def _write_proxy_pages(self):
        folder = settings.DATA_DIR / "error-pages"
        folder.mkdir(exist_ok=True)
        for status in PROXY_STATUSES:
            title, advice = errors.words(status)
            (folder / f"{status}.html").write_text(render_to_string("500.html", {"title": title, "advice": advice}))
