"""A real browser before the real site: Chromium, whitenoise and the published pages, all on 127.0.0.1."""

import os
import shutil

import pytest
from django.db import connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import sync_playwright

from tests.browser.reader import Reader

NAMES = ["chromium", "chromium-browser", "google-chrome"]
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


def pytest_collection_modifyitems(items):
    """Mark every test that asks for Chromium."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """When a test fails, photograph the pages that it has open."""
    report = yield
    reader = getattr(item, "funcargs", {}).get("reader")
    if reader and call.when == "call" and report.failed:
        report.sections.append(("Screenshots", "\n".join(reader.photograph(item.name))))
    return report


@pytest.fixture(scope="session")
def chromium():
    """The browser, started once."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse("There is no Chromium here. On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(django_db_setup, collected_static):
    """The WSGI application that production runs, on a free port; nothing of Django's test server stands before it."""
    from cft_course.wsgi import application  # noqa: PLC0415 -- it scans the static files, which are now collected

    shared = {each.alias: each for each in connections.all() if each.vendor == "sqlite" and each.is_in_memory_db()}
    for connection in shared.values():
        connection.inc_thread_sharing()
    thread = LiveServerThread("127.0.0.1", lambda handler: application, connections_override=shared)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()
    for connection in shared.values():
        connection.dec_thread_sharing()


@pytest.fixture
def site(server, transactional_db, course):
    """The address of the site with the course in it."""
    return server


@pytest.fixture
def reader(chromium, site):
    """Someone who opens pages of the site. Whatever a page may never do is held against it at the end."""
    reader = Reader(chromium, site)
    yield reader
    reader.leave()
    assert reader.complaints == []
