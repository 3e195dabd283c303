"""Erase again what was erased, after a backup was brought back."""

from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError

from cft_course.accounts import erasure, ledger


class Command(BaseCommand):
    """Delete every key, entry and account that the erasure ledger names."""

    help = "After bringing a backup back: erase again every key, entry and account that erasures.log names."

    def add_arguments(self, parser):
        """Ledgers of other processes may be named."""
        parser.add_argument("ledgers", nargs="*", type=Path, help="Further ledgers, as of the process for admin.")

    def handle(self, *args, ledgers, **options):
        """Erase and say how much; raises ``CommandError`` with a plain sentence."""
        if missing := [path for path in (ledger.path(), *ledgers) if not path.exists()]:
            raise CommandError(
                f"There is no {missing[0]}. Put it back from beside the backups, or make an empty one "
                "if nobody ever erased anything here."
            )
        try:
            done = erasure.replay(*ledgers)
        except (DatabaseError, InterfaceError) as error:
            raise CommandError(f"A database does not answer as it should: {error}") from None
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read or written ({error.strerror}).") from None
        self.stdout.write(f"Erased again: {done.keys} keys, {done.entries} entries, {done.accounts} accounts.")
        if done.unreadable_lines:
            raise CommandError(
                f"{done.unreadable_lines} lines of the ledger cannot be read. Compare it with its copies."
            )
