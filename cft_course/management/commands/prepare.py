"""Bring everything the server needs up to date."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command
from django.db import DatabaseError, InterfaceError, connection, connections
from django.template.loader import render_to_string

from cft_course import errors
from cft_course.management.commands.create_editor import editors
from cft_course.safety.models import Country, Helpline, SafetyTexts
from journal.keys import checks, files, rotation
from journal.keys.errors import SealError
from journal.models import Entry
from lessons.models import Course, Module
from lessons.publishing import pages

FIXTURES = ["course", "module_04", "practices", "weeks", "helplines"]
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
    if not (settings.DATA_DIR / "pages" / "version").exists():
        return
    for alias in ("default", "keys"):
        name = str(settings.DATABASES[alias]["NAME"])
        is_a_file = settings.DATABASES[alias]["ENGINE"].endswith("sqlite3") and "memory" not in name
        # A site from before the journal has no keys yet; once there are key files, their database belongs to them.
        is_expected = alias == "default" or files.names()
        if is_a_file and is_expected and not Path(name).exists():
            raise CommandError(
                f"The database {name} is not there, though this site was served before. Put it back, "
                f"or remove the folder {settings.DATA_DIR / 'pages'} to begin with a new one."
            )


def has_sealed_words():
    """Tell whether words were kept here before: then a database of keys without a key is one that was lost."""
    return Entry.objects.exists() or get_user_model().objects.exclude(sealed_name=None).exists()


class Command(BaseCommand):
    """Migrate, load the course into an empty database, collect static files and publish every page."""

    help = "Migrate, load the course if the database has none, collect static files, publish the pages."

    def handle(self, *args, **options):
        """Do each part; running it again changes no content. Raises ``CommandError`` with a plain sentence."""
        try:
            refuse_to_replace_a_lost_database()
            self._migrate()
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

    def _migrate(self):
        before = connection.introspection.table_names()
        for alias in connections:
            call_command("migrate", database=alias, verbosity=0, interactive=False)
            call_command("createcachetable", database=alias, verbosity=0)
        call_command("clearsessions", verbosity=0)
        if "journal_prompt" not in before:
            call_command("loaddata", "prompts", verbosity=0)
        new = {"practices_practice": "practices", "practices_weeklypractice": "weeks"}
        self._add_practices([fixture for table, fixture in new.items() if table not in before])
        if settings.ROLE != "admin":
            self._see_to_the_keys()

    def _add_practices(self, fixtures):
        """Give a site from before there were these its first ones, and its editors the right to change them."""
        if fixtures and Module.objects.filter(course__slug="cft-course", number=4).exists():
            call_command("loaddata", *fixtures, verbosity=0)
        if fixtures and Group.objects.filter(name="Editors").exists():
            editors()

    def _see_to_the_keys(self):
        """Make the first key of a new site, and say if the private pages are closed. Nothing here stops the start."""
        try:
            if not has_sealed_words() and (master := rotation.create_first()):
                path = files.path_of(master.name)
                self.stdout.write(
                    f"The key to what learners write is {path}. Keep a copy of it, apart from the backups."
                )
        except (SealError, rotation.Refused) as error:
            self.stderr.write(str(error))
        except OSError as error:
            self.stderr.write(f"No key can be made: {error.filename} ({error.strerror}).")
        self._say_if_the_journal_is_closed()

    def _say_if_the_journal_is_closed(self):
        if checks.key_files_are_whole(None):
            # The system checks of the command that was started have said so already.
            return
        for warning in checks.master_keys_are_the_right_ones(None, databases=["keys"]):
            self.stderr.write(f"{warning.msg} {warning.hint or ''}".strip())

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
