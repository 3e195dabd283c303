"""What sending reminders costs: `.venv/bin/python tests/bench/reminders.py`; with DATABASE_URL on PostgreSQL.

Many learners have a reminder, and a few of them are reminded this hour: most of those in the middle of a week, some
with today written already. Two processes send at once, each with its queries counted, to a mail server in this
process. QUICK=1 shrinks all numbers.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from journal_site import close_connections, prepared_site
from pages import refuse_company, say
from report import Results
from servers import BENCH, ROOT, clean_environment

QUICK = bool(os.environ.get("QUICK"))
LEARNERS = 5_000 if QUICK else 100_000
DUE = 500 if QUICK else 5_000
WRITTEN = DUE // 5
SENDERS = 2
BATCH = 500
MEGABYTES = 150
# Runs the command as `manage.py` does, counts what it asks of the database, and tells the most memory it had.
COUNTING = """
import json, resource, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
counts = {"writes": 0, "others": 0}
def count(execute, sql, params, many, context):
    is_a_mails = sql.startswith("UPDATE") and '"sent_for" =' in sql
    # On SQLite the BEGIN of a claim comes by here too; on PostgreSQL the driver sends it.
    if not sql.startswith("BEGIN"):
        counts["writes" if is_a_mails else "others"] += 1
    return execute(sql, params, many, context)
with connection.execute_wrapper(count):
    call_command("send_reminders", verbosity=0)
print(json.dumps(counts | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def main():
    """Measure everything and print it."""
    BENCH.mkdir(parents=True, exist_ok=True)
    results = Results()
    with ExitStack() as running:
        refuse_company(running.enter_context((BENCH / "lock").open("w")))
        say("Making a site")
        environment = running.enter_context(prepared_site())
        from tests.post_office import PostOffice  # noqa: PLC0415 -- the project is on the path from here on

        say(f"Making {LEARNERS:,} learners with reminders")
        make_learners()
        close_connections()
        office = running.enter_context(PostOffice().open())
        say(f"Sending with {SENDERS} processes at once")
        start = time.perf_counter()
        told = send(environment | office.variables)
        report(results, told, office, time.perf_counter() - start)
        close_connections()
    print(results)


def make_learners():
    """Make learners in the middle of a week. It is noon where they all are, so that no day ends meanwhile."""
    from allauth.account.models import EmailAddress  # noqa: PLC0415 -- needs Django set up, here and below
    from django.utils import timezone  # noqa: PLC0415

    from cft_course.accounts.models import User  # noqa: PLC0415
    from journal.models import Entry  # noqa: PLC0415
    from practices import weeks  # noqa: PLC0415
    from practices.models import Reminder, Week, WeeklyPractice  # noqa: PLC0415

    now, zone = timezone.now(), f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
    weekly = WeeklyPractice.objects.get()
    for first in range(0, LEARNERS, 5_000):
        numbers = range(first, min(first + 5_000, LEARNERS))
        User.objects.bulk_create(User(email=f"one-{number}@example.org", time_zone=zone) for number in numbers)
        users = list(User.objects.order_by("-pk")[: len(numbers)])[::-1]
        today = users[0].today
        EmailAddress.objects.bulk_create(
            EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
        )
        made = Week.objects.bulk_create(Week(owner=user, weekly=weekly, began=today) for user in users)
        Reminder.objects.bulk_create(
            Reminder(
                owner=user, hour=12, is_on=True, next_due=now + timedelta(minutes=-1 if number < DUE else 60 + number)
            )
            for number, user in zip(numbers, users, strict=True)
        )
        if first == 0:
            Entry.objects.bulk_create(
                Entry(
                    pk=weeks.entry_id(week, today), owner_id=week.owner_id, kind="day", day=today, created=now,
                    changed=now, draft=b"sealed",
                )
                for week in made[:WRITTEN]
            )  # fmt: skip


def send(environment):
    """Let several processes send at once, and return what each tells."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTING], cwd=ROOT, env=clean_environment(environment), stdout=subprocess.PIPE
        )
        for _ in range(SENDERS)
    ]
    told = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        sys.exit("A process that sends did not come to its end.")
    return [json.loads(text) for text in told]


def report(results, told, office, seconds):
    """Put what was measured into the tables."""
    from practices.models import Reminder  # noqa: PLC0415 -- needs Django set up

    sent, wanted = Counter(office.recipients), DUE - WRITTEN
    writes, others = (sum(each[name] for each in told) for name in ("writes", "others"))
    results.figure(f"{wanted:,} mails by {SENDERS} processes, their start included", f"{seconds:.1f} s")
    results.figure("mails by each", " and ".join(f"{each['writes']:,}" for each in told))
    results.figure("connections to the mail server", len(office.connections))
    batches = DUE / BATCH
    results.figure("queries besides one write a mail", f"{others} for {batches:.0f} batches of {BATCH}")
    # Each process asks once more, and finds nothing, and reads the disclaimer once.
    results.goal("such queries a batch", (others - 2 * SENDERS) / batches, at_most=4)
    results.goal("writes a mail", writes / max(len(office.mails), 1), at_most=1)
    results.goal("megabytes at most in a process", max(each["memory"] for each in told), at_most=MEGABYTES, digits=0)
    results.goal(f"learners reminded, of {wanted:,}", len(sent), at_least=wanted, digits=0)
    results.goal("mails that came twice", sum(sent.values()) - len(sent), at_most=0, digits=0)
    results.goal("reminders left behind", Reminder.objects.exclude(claimed_until=None).count(), at_most=0, digits=0)


if __name__ == "__main__":
    main()
