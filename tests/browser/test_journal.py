"""A person signs up, writes, goes on from a phone, finds the words again, takes them along and deletes the account."""

import json

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Error, expect

from journal.models import Entry
from tests.browser.reader import Reader
from tests.keys import key_dir, master_key  # noqa: F401 -- fixtures

EMAIL = "lea@example.org"
PASSWORD = "a long quiet evening"
SENTENCE = "A heron stood in the rain and did not mind, and I"
ACCOUNT = [
    f"/accounts/{page}"
    for page in ("", "preferences/", "email/", "password/change/", "2fa/", "sessions/", "logout/", "export/", "import/")
]
PHONE = {"width": 360, "height": 740}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Much patience for a busy machine.
expect.set_options(timeout=20_000)

pytestmark = pytest.mark.usefixtures("master_key")


def press(page, name):
    """Press the button with this name and wait until another page is there."""
    page.evaluate("window.isThePageBefore = true")
    page.get_by_role("button", name=name, exact=True).click()
    for _ in range(100):
        page.wait_for_timeout(50)
        try:
            if not page.evaluate("window.isThePageBefore"):
                page.wait_for_load_state()
                return
        except Error:
            # The page is changing at this very moment.
            continue
    raise AssertionError(f"Pressing {name} led nowhere.")


def sign_up(reader, page):
    """Sign up, as someone new."""
    reader.go(page, "/accounts/signup/")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password1]", PASSWORD)
    with page.expect_navigation():
        page.press("[name=password1]", "Enter")
    assert page.url == f"{reader.site}/my/"


def sign_in(reader, page, to="/journal/"):
    """Sign in with the password."""
    reader.go(page, f"/accounts/login/?next={to}")
    page.fill("[name=login]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")


def prove(page):
    """Give the password once more where the site asks for it."""
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")


def wait_for_saved(page):
    """Wait until the page says that the words are saved."""
    expect(page.locator("[data-status]")).to_contain_text("Saved ")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_whole_journey(reader, javascript):
    laptop = reader.open("/", javascript=javascript)
    sign_up(reader, laptop)
    laptop.get_by_role("link", name="Notes", exact=True).click()
    laptop.get_by_role("link", name="Write", exact=True).click()
    laptop.fill("[name=text]", SENTENCE)
    if javascript:
        wait_for_saved(laptop)
    else:
        press(laptop, "Save for later")
    laptop.context.close()
    reader.pages.remove(laptop)

    phone = reader.open("/", javascript=javascript, **PHONE)
    sign_in(reader, phone)
    phone.locator("summary", has_text="not finished").click()
    phone.get_by_role("link", name="Go on writing").click()
    assert phone.input_value("[name=text]") == SENTENCE
    phone.fill("[name=text]", f"{SENTENCE} stayed with it.")
    press(phone, "Keep it")
    assert "stayed with it." in phone.locator(".words").inner_text()

    reader.go(phone, "/journal/search/")
    phone.fill("[name=words]", "HERON mind")
    press(phone, "Search")
    assert phone.locator(".entry").count() == 1

    reader.go(phone, "/accounts/export/")
    phone.get_by_role("button", name="For another account").click()
    with phone.expect_download() as download:
        prove(phone)
    exported = json.loads(download.value.path().read_text())
    assert exported["entries"][0]["kept"]["answers"][0]["answer"] == f"{SENTENCE} stayed with it."

    reader.go(phone, "/accounts/delete/")
    phone.fill("[name=email]", EMAIL)
    press(phone, "Delete my account")
    assert phone.locator("h1").inner_text() == "Your account is deleted"
    assert not Entry.objects.exists()
    assert not get_user_model().objects.filter(email=EMAIL).exists()


@pytest.fixture
def writer(reader, lea):
    """A page of Lea's on her phone, signed in."""
    page = reader.open("/", **PHONE)
    sign_in(reader, page)
    return page


def test_words_typed_before_the_script_arrives_are_saved(reader, writer):
    late = []
    writer.route("**/writing*.js", lambda route: late.append(route))
    writer.goto(f"{reader.site}/journal/write/", wait_until="commit")
    writer.fill("[name=text]", SENTENCE)
    late[0].continue_()
    wait_for_saved(writer)
    assert Entry.objects.count() == 1


def test_leaving_the_page_saves_what_was_just_typed(reader, writer, lea):
    reader.go(writer, "/journal/write/")
    writer.fill("[name=text]", SENTENCE)
    writer.goto("about:blank")
    for _ in range(20):
        reader.go(writer, "/journal/")
        if SENTENCE in writer.content():
            break
        writer.wait_for_timeout(100)
    assert SENTENCE in writer.content()
    assert Entry.objects.count() == 1


def test_two_windows_show_both_texts(reader, writer):
    reader.go(writer, "/journal/write/")
    writer.fill("[name=text]", "the first words")
    wait_for_saved(writer)
    other = writer.context.new_page()
    other.goto(writer.url)
    other.fill("[name=text]", "from the other window")
    wait_for_saved(other)
    writer.fill("[name=text]", "from this window")
    expect(writer.locator("[data-status]")).to_contain_text("both versions")
    reader.complaints.clear()  # The 409 that told it stands on the console.
    press(writer, "Keep it")
    assert writer.locator("h1").inner_text() == "There are two versions of this"
    press(writer, "Keep both, as two notes")
    reader.complaints.clear()
    assert Entry.objects.count() == 2


def test_keeping_what_was_saved_already(reader, writer):
    reader.go(writer, "/journal/write/")
    writer.fill("[name=text]", SENTENCE)
    wait_for_saved(writer)
    press(writer, "Keep it")
    assert writer.locator(".words").inner_text() == SENTENCE


def test_with_no_connection_the_words_stay_on_the_page(reader, writer):
    reader.go(writer, "/journal/write/")
    writer.context.set_offline(True)
    writer.fill("[name=text]", SENTENCE)
    writer.get_by_role("button", name="Keep it").click()
    expect(writer.locator("[data-status]")).to_contain_text("still here")
    assert writer.input_value("[name=text]") == SENTENCE
    writer.context.set_offline(False)
    reader.complaints.clear()
    press(writer, "Keep it")
    assert SENTENCE in writer.locator(".words").inner_text()


def test_the_counter_warns_before_a_note_is_too_long(reader, writer):
    reader.go(writer, "/journal/write/")
    counter = writer.locator("[data-counter]")
    assert not counter.is_visible()
    writer.fill("[name=text]", "x" * 99_000)
    assert "1,000 more" in counter.inner_text()
    writer.fill("[name=text]", "x" * 100_002)
    assert "2 characters more" in counter.inner_text()


def test_nothing_private_is_stored_in_the_browser(reader, writer):
    reader.go(writer, "/journal/write/")
    writer.fill("[name=text]", SENTENCE)
    wait_for_saved(writer)
    stored = writer.evaluate(
        "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await indexedDB.databases(), "
        "await caches.keys(), document.cookie])"
    )
    assert stored == '[{},{},[],[],""]'


def by_link(page):
    """Leave by the link."""
    page.click("a.leave")


def by_keyboard(page):
    """Leave by pressing Shift three times."""
    for _ in range(3):
        page.keyboard.press("Shift")


def test_leaving_quickly_by_link_and_by_keyboard_and_back_shows_no_words(chromium, site, reader, writer, settings):
    settings.LEAVE_TO = f"{site}/about/"
    for leave in (by_link, by_keyboard):
        if leave is by_keyboard:
            sign_in(reader, writer)
        reader.go(writer, "/journal/write/")
        writer.fill("[name=text]", SENTENCE)
        leave(writer)
        writer.wait_for_url(f"{site}/about/")
        writer.go_back()
        assert "heron" not in writer.content()
    assert Entry.objects.count() == 2


def test_back_after_signing_out_shows_no_words(chromium, site, lea):
    reader = Reader(chromium, site)
    page = reader.open("/")
    sign_in(reader, page)
    page.get_by_role("link", name="Write", exact=True).click()
    page.fill("[name=text]", SENTENCE)
    press(page, "Keep it")
    reader.go(page, "/accounts/logout/")
    with page.expect_navigation():
        page.locator("main button").first.click()
    page.go_back()
    page.go_back()
    assert "heron" not in page.content()
    reader.leave()


def test_the_list_is_covered_until_a_tap(reader, writer):
    reader.go(writer, "/journal/write/")
    writer.fill("[name=text]", SENTENCE)
    press(writer, "Keep it")
    reader.go(writer, "/journal/")
    words = writer.locator(".entry .words")
    assert not words.is_visible()
    writer.locator(".entry summary").click()
    assert words.is_visible()
    press(writer, "Show all words")
    assert words.is_visible()


def test_a_printed_note_is_clean(reader, writer):
    reader.go(writer, "/journal/write/")
    writer.fill("[name=text]", SENTENCE)
    press(writer, "Keep it")
    writer.emulate_media(media="print")
    seen = writer.locator("body").inner_text()
    assert SENTENCE in seen
    assert "988" in seen
    for absent in ("Delete", "Leave quickly", "Account", "Change"):
        assert absent not in seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(reader, writer, scheme):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 -- a slow import for one test

    writer.emulate_media(color_scheme=scheme)
    reader.go(writer, "/journal/write/")
    writer.fill("[name=text]", SENTENCE)
    press(writer, "Keep it")
    address = writer.url.removeprefix(reader.site)
    paths = ["/journal/", "/journal/write/", "/journal/search/", address, f"{address}write/", f"{address}delete/"]
    for path in [*paths, *ACCOUNT]:
        reader.go(writer, path)
        found = Axe().run(writer, options={"runOnly": RULES}).response["violations"]
        assert [(path, each["id"]) for each in found] == []
        assert writer.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_words_that_came_back_are_guarded_until_they_are_saved(reader, writer):
    reader.go(writer, "/journal/write/")
    writer.fill("[name=text]", "before")
    wait_for_saved(writer)
    Entry.objects.all().delete()
    writer.fill("[name=text]", SENTENCE)
    press(writer, "Keep it")
    assert "not there any more" in writer.content()
    asked = []
    writer.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    writer.evaluate("location.assign('/journal/')")
    expect(writer.locator("[name=text]")).to_have_value(SENTENCE)
    reader.complaints.clear()  # The 404 that told it stands on the console.
    press(writer, "Keep it")
    assert SENTENCE in writer.locator(".words").inner_text()
    assert asked == ["beforeunload"]
