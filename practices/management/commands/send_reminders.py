"""Send the reminders that are due."""

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError

from practices.reminder_mails import send_due
from practices.reminding import BATCH


class Command(BaseCommand):
    """Send the reminders that learners asked for and whose hour has come.

    Run it every few minutes, on as many machines as you like: each reminder is sent by one of them. Killed at any
    moment, the next run goes on where it stopped. It says nothing unless there is something to say.
    """

    help = "Send the reminders that are due. Meant for cron, every few minutes; safe on several machines at once."

    def add_arguments(self, parser):
        """How many to take at once."""
        parser.add_argument("--batch", type=int, default=BATCH, help=f"How many to take at once, at most {BATCH}.")

    def handle(self, *args, batch, verbosity, **options):
        """Send them; raises ``CommandError`` with a plain sentence."""
        if settings.ROLE == "admin":
            raise CommandError("The process for admin sends no reminders. Run this where CFT_ROLE is not admin.")
        if not 1 <= batch <= BATCH:
            raise CommandError(f"A batch has 1 to {BATCH} reminders.")
        try:
            sent = send_due(batch)
        except (DatabaseError, InterfaceError) as error:
            # Only the kind: what a database says may repeat what is in a row.
            raise CommandError(f"The database does not answer as it should ({type(error).__name__}).") from None
        if verbosity > 1:
            self.stdout.write(f"Sent {sent} reminders.")
