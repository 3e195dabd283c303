"""What every test stands on: a folder of its own for published pages, collected static files, and the course."""

import os

import pytest
from django.core.cache import cache
from django.core.management import call_command

from lessons import versions
from lessons.publishing import pages


@pytest.fixture(scope="session", autouse=True)
def collected_static():
    """Collect the static files once, so that tests meet the storage that production uses."""
    call_command("collectstatic", verbosity=0, interactive=False)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path, monkeypatch):
    """Give each test its own published pages, in memory, on the disk and in Redis."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(versions, "KEY", f"content-version-of-tests-{os.getpid()}")
    # With Redis, the version of the content would outlive the test.
    cache.delete(versions.KEY)
    pages.forget()
    yield tmp_path
    pages.forget()


@pytest.fixture
def course(db):
    """Load the course as a new site gets it, and return it."""
    from lessons.models import Course  # noqa: PLC0415 -- models are ready only once pytest-django has set them up

    call_command("loaddata", "course", "module_04", "helplines", verbosity=0)
    return Course.objects.get()


@pytest.fixture
def module(course):
    """Return Module 4, the one with a text."""
    return course.modules.get(number=4)


@pytest.fixture
def alice(django_user_model, db):
    """An editor, with a password that the test knows."""
    from cft_course.management.commands.create_editor import editors  # noqa: PLC0415 -- as above

    user = django_user_model.objects.create_user("alice@example.org", "a long quiet evening", is_staff=True)
    user.groups.add(editors())
    return user


@pytest.fixture
def editor(client, alice):
    """A test client signed in as Alice, the editor."""
    client.force_login(alice)
    return client
