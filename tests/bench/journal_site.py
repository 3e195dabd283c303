"""A site with a million entries for the journal's bench: on SQLite, or on PostgreSQL in a database of its own."""

import logging
import os
import shutil
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import lay_out
from pages import say
from servers import BENCH, ROOT, Server, free_port, gunicorn, run, serving

STEERING = ["ALLOWED_HOSTS", "CFT_ROLE", "DEBUG", "KEYS_DATABASE_URL", "KEY_DIR", "REDIS_URL", "SECRET_KEY", "SITE_URL"]
PASSWORD = "a long quiet evening"
TODAY = datetime(2026, 6, 1, 12, tzinfo=UTC)
OTHERS = 900
SENTENCE = "The heron stood in the rain and did not mind. "
FILL = {
    "sqlite": """
        INSERT INTO journal_entry (id, owner_id, kind, day, created, changed, revision, kept_revision, kept)
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
        SELECT lower(hex(randomblob(16))), %s + n %% %s, 'note', date('2026-05-01', '-' || (n / 9000) || ' days'),
            datetime('2026-05-01', '-' || n || ' minutes'), datetime('2026-05-01'), 1, 1, randomblob(285)
        FROM numbers
    """,
    "postgresql": """
        INSERT INTO journal_entry (id, owner_id, kind, day, created, changed, revision, kept_revision, kept)
        SELECT gen_random_uuid(), %s + n %% %s, 'note', date '2026-05-01' - n / 9000,
            timestamptz '2026-05-01' - n * interval '1 minute', now(), 1, 1,
            decode(repeat(md5(n::text), 18), 'hex')
        FROM generate_series(1, %s) AS n
    """,
}


@contextmanager
def scratch_database():
    """Yield the address of an empty PostgreSQL database where ``DATABASE_URL`` names a server, else nothing."""
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        yield ""
        return
    import psycopg  # noqa: PLC0415 -- only where it is used

    name = f"bench_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(address)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def prepared_site():
    """Make a new site ready, let this process act as one of its own, and yield its environment."""
    data = BENCH / "journal-data"
    shutil.rmtree(data, ignore_errors=True)
    with scratch_database() as address:
        # The sign-in storm comes from many addresses, as it would through a proxy.
        environment = dict.fromkeys(STEERING, "") | {"PROXY_COUNT": "1"}
        environment |= {"DATA_DIR": str(data), "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "cft_course.settings"}
        run([sys.executable, "manage.py", "prepare"], folder=ROOT, **environment)
        os.environ |= environment
        # First of all, because this folder has a journal.py too.
        sys.path.insert(0, str(ROOT))
        import django  # noqa: PLC0415 -- reads the environment that was just made

        django.setup()
        # Who signs in is news for a site and none for a bench.
        logging.disable(logging.INFO)
        yield environment


def learner(name, entries, length=550):
    """Make a learner with this many notes that really open, and return the user."""
    from cft_course.accounts.models import User  # noqa: PLC0415 -- needs Django set up, here and below
    from journal.keys.keyring import Keyring  # noqa: PLC0415
    from journal.models import Entry  # noqa: PLC0415
    from journal.words import Words  # noqa: PLC0415

    user = User.objects.create_user(f"{name}@example.org", None)
    keyring = Keyring(user)
    words = Words.of((SENTENCE * (length // len(SENTENCE) + 1))[:length])
    batch = []
    for number in range(entries):
        moment = TODAY - timedelta(hours=2 * number)
        entry = Entry(owner=user, day=moment.date(), created=moment, changed=moment, kept_revision=1)
        entry.kept = entry.seal(keyring, "kept", words, 1)
        batch.append(entry)
    Entry.objects.bulk_create(batch, batch_size=500)
    return user


def fill(entries):
    """Add entries of many others, which nobody here opens."""
    from django.db import connection  # noqa: PLC0415

    from cft_course.accounts.models import User  # noqa: PLC0415

    User.objects.bulk_create(User(email=f"other-{number}@example.org") for number in range(OTHERS))
    first = User.objects.get(email="other-0@example.org").pk
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA cache_size = -500000")
            cursor.execute(FILL["sqlite"], [entries, first, OTHERS])
            cursor.execute("PRAGMA cache_size = -2000")
        else:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(FILL["postgresql"], [first, OTHERS, entries])
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM journal_entry")
            cursor.execute("SET statement_timeout = 5000")


def session_of(user):
    """Sign a user in and return the value of the cookie."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def serve(running, name, application, environment):
    """Start our site with an application."""
    say(f"Starting {name}")
    port = free_port()
    server = Server(name, port, lay_out.PATH, gunicorn(application, port=port), ROOT, environment)
    return running.enter_context(serving(server))


def close_connections():
    from django.db import connections  # noqa: PLC0415 -- needs Django set up, as everything below

    connections.close_all()
