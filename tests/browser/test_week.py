"""A week lived through in the browser, with the clock moved day by day."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journal.models import Entry
from tests.browser.test_journal import PHONE, press, prove, sign_in, wait_for_saved
from tests.keys import key_dir, master_key  # noqa: F401 -- fixtures

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SUFFERING, RESPONSE = "What suffering is present here?", "What would be one truly helpful response?"

pytestmark = pytest.mark.usefixtures("master_key", "lea")


@pytest.fixture
def to_day(monkeypatch):
    """Move the site's clock to noon of the first day, or of one after it."""
    noon = timezone.now().replace(hour=12, minute=0)

    def move(number):
        monkeypatch.setattr(timezone, "now", lambda: noon + timedelta(days=number - 1))
        return noon + timedelta(days=number - 1)

    move(1)
    return move


def write_day(page, first, second=""):
    """Write both boxes of a day and keep them."""
    page.get_by_label(SUFFERING).fill(first)
    page.get_by_label(RESPONSE).fill(second)
    press(page, "Keep this")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_week_is_lived_through(reader, to_day, javascript):
    page = reader.open("/", javascript=javascript, **PHONE)
    sign_in(reader, page, to="/modules/what-compassion-really-is/")
    page.get_by_role("link", name="Begin a week").click()
    press(page, "Begin today")
    assert page.locator("h1").inner_text() == to_day(1).strftime("%A")
    write_day(page, "the first day's suffering", "the first day's help")
    for day in (5, 6):
        to_day(day)
        reader.go(page, "/this-week/")
        assert page.locator(".seven .written").count() == (1 if day == 5 else 2)
        assert page.locator(".seven .open").count() == 4
        if day == 5:
            write_day(page, "on the fifth")
    page.locator(".seven a").nth(1).click()
    second = to_day(6) - timedelta(days=4)
    expect(page.locator("h1")).to_contain_text(second.strftime("%A"))
    write_day(page, "the second day, written on the sixth")
    assert Entry.objects.get(day=second.date()).kind == "day"
    to_day(7)
    reader.go(page, "/my/")
    page.get_by_role("link", name="Today’s questions").click()
    write_day(page, "the last day")
    to_day(8)
    reader.go(page, "/this-week/")
    assert page.locator("h1").inner_text() == "The days together"
    together = page.locator(".read-back").inner_text()
    for words in ("the first day's suffering", "written on the sixth", "on the fifth", "the last day"):
        assert words in together
    assert together.count("Open, and that is fine.") == 3
    page.get_by_label("What did you notice across the week?").fill("It grew quieter.")
    press(page, "Keep this")
    reader.go(page, "/accounts/export/")
    page.get_by_role("button", name="For another account").click()
    with page.expect_download() as download:
        prove(page)
    exported = json.loads(download.value.path().read_text())["entries"]
    assert [entry["kind"] for entry in exported] == ["day"] * 5
    assert {entry["kept"]["answers"][0]["question"] for entry in exported} == {
        SUFFERING, "What did you notice across the week?",
    }  # fmt: skip


def test_a_day_saves_by_itself_and_resumes(reader, to_day):
    page = reader.open("/", **PHONE)
    sign_in(reader, page, to="/this-week/")
    press(page, "Begin: What Compassion Really Is")
    page.get_by_label(RESPONSE).fill("a bench in the sun")
    wait_for_saved(page)
    other = reader.open("/", **PHONE)
    sign_in(reader, other, to="/this-week/")
    assert other.get_by_label(RESPONSE).input_value() == "a bench in the sun"
    assert Entry.objects.get().is_draft


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_a_week(reader, to_day, scheme):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 -- a slow import for one test

    page = reader.open("/", width=320, height=640)
    page.emulate_media(color_scheme=scheme)
    sign_in(reader, page, to="/this-week/")
    paths = ["/this-week/begin/4/"]
    press(page, "Begin: What Compassion Really Is")
    week = page.url.removeprefix(reader.site)
    write_day(page, "a heron", "a bench")
    paths += ["/this-week/", f"{week}1/", f"{week}across/", f"{week}end/", "/my/", "/reminders/"]
    for path in paths:
        reader.go(page, path)
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(path, each["id"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
