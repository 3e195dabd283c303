"""The calendar as it is seen: on a phone, in both colours, and by those who listen."""

import pytest
from django.utils import timezone

from tests.browser.test_journal import PHONE, press, sign_in
from tests.keys import key_dir, master_key  # noqa: F401 -- fixtures

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = pytest.mark.usefixtures("master_key", "lea")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(reader, scheme):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 -- a slow import for one test

    page = reader.open("/", width=320, height=640)
    page.emulate_media(color_scheme=scheme)
    sign_in(reader, page, to="/journal/write/")
    page.fill("[name=text]", "a heron")
    press(page, "Keep it")
    today = timezone.now()
    for path in (
        f"/journal/calendar/{today.year}/{today.month}/",
        f"/journal/calendar/{today.year}/",
        "/journal/module/4/",
    ):
        reader.go(page, path)
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(path, each["id"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_marked_day_leads_to_what_was_written_on_it(reader):
    page = reader.open("/", **PHONE)
    sign_in(reader, page, to="/journal/write/")
    page.fill("[name=text]", "a heron")
    press(page, "Keep it")
    reader.go(page, "/journal/")
    page.get_by_role("link", name="Calendar").click()
    page.locator(".month-table a").click()
    page.wait_for_url("**/journal/?since=*")
    assert page.locator(".entry").count() == 1
    with page.expect_navigation():
        page.go_back()
    page.get_by_role("link", name=str(timezone.now().year)).first.click()
    page.wait_for_url("**/journal/calendar/*/")
    assert page.get_by_role("img", name="at a glance").count() == 1
