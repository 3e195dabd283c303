"""What every test stands on: a folder of its own for published pages, collected static files, and the course."""

import os

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import override_settings

from lessons import versions
from lessons.publishing import pages
from tests.support import sign_in

# What no database changes: the look of pages, Markdown, and reckoning. CI runs these once, on SQLite.
ONCE = {
    *("browser/test_axe.py", "browser/test_colours.py", "browser/test_crisis_support.py", "browser/test_keyboard.py"),
    *("browser/test_hostile_markdown.py", "browser/test_pauses.py", "browser/test_print.py", "browser/test_quiet.py"),
    *("browser/test_questions.py", "browser/test_reading.py", "browser/test_structure.py"),
    *("lessons/test_hostile_markdown.py", "lessons/test_markdown.py", "accounts/test_days.py"),
}


def pytest_report_header(config):
    """Say what does not run again."""
    return f"On SQLite only, as no database changes them: {', '.join(sorted(ONCE))}" if _ran_before() else None


def _ran_before():
    return bool(os.environ.get("CI")) and os.environ.get("DATABASE_URL", "").startswith("postgres")


def _leave_out_what_ran_before(config, items):
    again = [item for item in items if "/".join(item.path.parts[-2:]) not in ONCE]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(again)])
    items[:] = again


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Let every test that uses a database use all of them: words, keys and sessions live apart."""
    if _ran_before():
        _leave_out_what_ran_before(config, items)
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & {"db", "transactional_db"} and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db(databases="__all__", transaction="transactional_db" in fixtures))


@pytest.fixture(scope="session", autouse=True)
def collected_static():
    """Collect the static files once, so that tests meet the storage that production uses."""
    call_command("collectstatic", verbosity=0, interactive=False)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Hash passwords in no time; a test of the real hasher asks for it by itself."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path, tmp_path_factory, monkeypatch):
    """Give each test its own published pages, in memory, on the disk and in Redis, and its own folder of keys."""
    settings.DATA_DIR = tmp_path
    settings.KEY_DIR = tmp_path_factory.mktemp("private") / "keys"
    settings.KEY_DIR.mkdir(mode=0o700)
    monkeypatch.setattr(versions, "KEY", f"content-version-of-tests-{os.getpid()}")
    if settings.REDIS_URL:
        # It would outlive the test.
        cache.delete(versions.KEY)
    pages.forget()
    yield tmp_path
    pages.forget()


@pytest.fixture
def course(db):
    """Load the course as a new site gets it, and return it."""
    from lessons.models import Course  # noqa: PLC0415 -- models are ready only once pytest-django has set them up

    call_command("loaddata", "course", "module_04", "practices", "weeks", "helplines", verbosity=0)
    return Course.objects.get()


@pytest.fixture
def module(course):
    """Return Module 4, the one with a text."""
    return course.modules.get(number=4)


@pytest.fixture
def master_key(db, own_folder):
    """Make the site's master key, without which nothing is sealed, and return it."""
    from journal.keys import rotation  # noqa: PLC0415 -- as above

    return rotation.create()


@pytest.fixture
def alice(db):
    """An editor, with a password that the test knows."""
    from cft_course.management.commands.create_editor import make_editor  # noqa: PLC0415 -- as above

    return make_editor("alice@example.org", "a long quiet evening")


@pytest.fixture
def editor(client, alice):
    """A test client signed in as Alice, the editor, with her second factor."""
    return sign_in(client, alice)


@pytest.fixture
def superuser(django_user_model, db):
    """Someone who may do everything in admin."""
    return django_user_model.objects.create_superuser("root@example.org", "a long quiet evening")


@pytest.fixture
def lea(django_user_model, db):
    """A learner, with a password that the test knows."""
    from allauth.account.models import EmailAddress  # noqa: PLC0415 -- as above

    user = django_user_model.objects.create_user("lea@example.org", "a long quiet evening")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def learner(lea):
    """A test client of her own, signed in as Lea, the learner; her user is ``lea``."""
    from django.test import Client  # noqa: PLC0415 -- as above

    client = Client()
    client.force_login(lea)
    return client
