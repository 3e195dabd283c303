"""What every test stands on: a folder of its own for published pages, collected static files, and the course."""

import os

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import override_settings

from lessons import versions
from lessons.publishing import pages
from tests.support import sign_in


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Let every test that uses a database use all of them: words, keys and sessions live apart."""
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
