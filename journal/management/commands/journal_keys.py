"""Look after the master keys."""

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError

from journal.keys import checks, files, rotation
from journal.keys.errors import SealError
from journal.keys.models import DataKey, MasterKey


class Command(BaseCommand):
    """Make the first master key, change to a new one, or see that every key is right."""

    help = "Make the first master key of the journal, change to a new one, or check them all."
    # It says itself what is wrong with the keys, in its own words.
    requires_system_checks = []

    def add_arguments(self, parser):
        """One of three deeds, two of which may name a key."""
        deeds = parser.add_subparsers(dest="deed", required=True)
        create = deeds.add_parser("create", help="Make the first master key.")
        create.add_argument("--name", help="The key's name; a file NAME.key that is there is taken as it is.")
        rotate = deeds.add_parser("rotate", help="Change to a new master key, or finish a change that was stopped.")
        rotate.add_argument("--to", help="The new key's name; a file NAME.key that is there is taken as it is.")
        deeds.add_parser("check", help="See that every key is there and right.")

    def handle(self, *args, deed, **options):
        """Do the deed; raises ``CommandError`` with a plain sentence."""
        if settings.ROLE == "admin":
            raise CommandError("The process for admin has no keys. Run this where CFT_ROLE is not admin.")
        try:
            getattr(self, f"_{deed}")(options)
        except (SealError, rotation.Refused) as error:
            raise CommandError(str(error)) from None
        except (DatabaseError, InterfaceError) as error:
            raise CommandError(f"The database of keys does not answer as it should: {error}") from None
        except OSError as error:
            raise CommandError(f"A key file cannot be written: {error.filename} ({error.strerror}).") from None

    def _create(self, options):
        master = rotation.create(options["name"])
        self.stdout.write(
            f"Made the master key {master}. Copy {files.path_of(master.name)} to a safe place, never into a backup."
        )

    def _rotate(self, options):
        active = MasterKey.objects.active().first()
        was_unfinished = active and DataKey.objects.behind().exists()
        if was_unfinished:
            self.stdout.write(f"An earlier change to {active} was not finished. It is now being finished.")
            self._rewrap()
        is_asked_for_more = options["to"] not in (None, active and active.name)
        if is_asked_for_more or not was_unfinished:
            self._change(active, options["to"])
        self._say_what_can_go()

    def _change(self, active, name):
        if active and name == active.name:
            self.stdout.write(f"{name} is the active master key already.")
            return
        master = rotation.change(name)
        self.stdout.write(f"The active master key is now {master}. Copy {files.path_of(master.name)} to a safe place.")
        self._rewrap()

    def _rewrap(self):
        moved, unopened = rotation.rewrap()
        self.stdout.write(f"Moved {moved} data keys to it; each was opened again.")
        if unopened:
            raise CommandError(
                f"{len(unopened)} data keys do not open and stay as they were. Put every older key file back, then run "
                "this again. `manage.py journal_keys check` names them."
            )

    def _say_what_can_go(self):
        behind = DataKey.objects.behind().count()
        if behind:
            raise CommandError(f"{behind} data keys are still under an older key. Run this again.")
        for master in MasterKey.objects.idle():
            if files.path_of(master.name).exists():
                self.stdout.write(
                    f"This site needs {master}.key no more. Move it away from here now, and destroy it when the last "
                    "backup of the database of keys from before today is gone."
                )

    def _check(self, options):
        found = [
            *checks.keys_are_kept_from_others(None),
            *checks.master_keys_are_the_right_ones(None, databases=["keys"]),
        ]
        for message in found:
            self.stderr.write(f"{message.msg} {message.hint or ''}".strip())
        unopened = rotation.unopened()
        for sentence in unopened:
            self.stderr.write(sentence)
        if found or unopened:
            raise CommandError("Not every key is as it should be.")
        self._count()

    def _count(self):
        total, behind = DataKey.objects.count(), DataKey.objects.behind().count()
        self.stdout.write(f"The active master key is {MasterKey.objects.active().get()}. All {total} data keys open.")
        self.stdout.write(f"{behind} of them are under older keys." + (" Run `journal_keys rotate`." if behind else ""))
