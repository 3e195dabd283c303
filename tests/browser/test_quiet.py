"""Nothing moves, nothing is sent elsewhere, nothing is refused, and a first visit is small."""

import gzip

from tests.browser.reader import MODULE

ADMIN_PAGES = [
    "/admin/",
    "/admin/lessons/",
    "/admin/lessons/module/",
    "/admin/lessons/module/?status__exact=published",
    "/admin/lessons/module/add/",
    "/admin/lessons/course/",
    "/admin/safety/safetytexts/",
    "/admin/safety/country/",
    "/admin/safety/helpline/",
    "/admin/safety/helpline/add/",
    "/admin/password_change/",
]


def test_no_page_leaves_this_host_or_complains(reader):
    for path, page in reader.walk():
        page.evaluate("document.fonts.ready.then(() => true)")
        assert reader.complaints == [], path


def test_no_admin_page_leaves_this_host_or_complains(reader, alice, module):
    page = reader.open()
    reader.sign_in(page)
    change = f"/admin/lessons/module/{module.pk}/change/"
    for path in [*ADMIN_PAGES, change, f"/admin/lessons/module/{module.pk}/preview/", f"{change[:-7]}history/"]:
        reader.go(page, path)
        assert reader.complaints == [], path


def test_a_complaint_would_be_heard(reader):
    page = reader.open("/")
    page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      document.body.setAttribute("style", "color: red");
      fetch("https://elsewhere.example/").catch(() => {});
      setTimeout(() => { throw new Error("broken"); });
    }""")
    page.wait_for_timeout(100)
    heard = "\n".join(reader.complaints)
    reader.complaints.clear()
    assert "CSP refused script-src-elem: inline" in heard
    assert "CSP refused style-src-attr: inline" in heard
    assert "CSP refused connect-src: https://elsewhere.example" in heard
    assert "broken" in heard
    assert page.evaluate("window.ran") is None


def test_nothing_moves_for_those_who_ask_for_it(reader):
    for path, page in reader.walk(reduced_motion="reduce"):
        for summary in page.locator("summary:visible").all():
            summary.click()
        assert page.evaluate("document.getAnimations().length") == 0, path
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_a_first_visit_to_a_lesson_is_small(reader, chromium):
    page = chromium.new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    addresses, sizes = {}, {}
    session.on("Network.responseReceived", lambda event: addresses.update({event["requestId"]: event["response"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    body = page.goto(reader.site + MODULE).body()
    page.wait_for_load_state("networkidle")
    scripts = [sizes[key] for key, response in addresses.items() if "javascript" in response["mimeType"]]
    encodings = [response["headers"].get("Content-Encoding") for response in addresses.values()]
    page.context.close()
    assert 4 <= len(sizes) <= 6
    assert sum(sizes.values()) <= 60_000
    assert len(gzip.compress(body)) <= 8 * 1024
    assert scripts
    assert sum(scripts) <= 15 * 1024
    assert encodings.count("gzip") >= len(encodings) - 1, "only the font comes as it is"


def test_no_page_keeps_more_than_the_colours_in_the_browser(reader):
    for path, page in reader.walk([MODULE, "/search/?q=courage", "/help/gb/"]):
        assert page.context.cookies() == [], path
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0, path
        assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0, path
