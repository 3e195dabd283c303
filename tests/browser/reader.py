"""A reader with Chromium, and the addresses that readers have."""

import re
import tempfile
from functools import cached_property
from pathlib import Path

from django.contrib.auth import get_user_model

from tests.support import authenticator, code_now

MODULE = "/modules/what-compassion-really-is/"
LOGIN = "/accounts/login/"
# Every page that anyone can open, by a short name.
PAGES = {
    "home": "/",
    "module": MODULE,
    "questions": "/questions/",
    "about": "/about/",
    "leaving": "/leaving/",
    "disclaimer": "/disclaimer/",
    "help": "/help/",
    "country": "/help/gb/",
    "search": "/search/",
    "search-found": "/search/?q=courage",
    "search-nothing": "/search/?q=zzzz",
    "search-crisis": "/search/?q=suicide",
    "not-found": "/nothing/here/",
    "login": LOGIN,
    "sign-up": "/accounts/signup/",
}
STATUSES = {"/nothing/here/": 404}

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP refused ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""


class Reader:
    """Opens pages, each in a context of its own, and notes what no page may do.

    That is: a request to another host, anything wrong on the console, and anything that the policy refuses.
    """

    def __init__(self, chromium, site):
        self.chromium = chromium
        self.site = site
        self.complaints = []
        self.pages = []

    def open(self, path="/", width=1280, height=800, javascript=True, **options):
        """Return the page at this path, loaded."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=javascript, **options
        )
        page = context.new_page()
        self.pages.append(page)
        self._watch(page)
        self.go(page, path)
        return page

    def go(self, page, path):
        """Lead an open page to another path."""
        response = page.goto(self.site + path)
        assert response.status == STATUSES.get(path, 200), f"{path} answered {response.status}"

    def walk(self, paths=None, **options):
        """Open one page and lead it through these paths, or all, yielding each path with the page that shows it."""
        page = self.open(**options)
        for path in paths or PAGES.values():
            self.go(page, path)
            yield path, page

    def sign_in(self, page):
        """Sign in as Alice, the editor, with her password and the code of her authenticator app."""
        alice = get_user_model().objects.get(email="alice@example.org")
        authenticator(alice)
        self.go(page, f"{LOGIN}?next=/admin/")
        page.fill("[name=login]", alice.email)
        page.fill("[name=password]", "a long quiet evening")
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{self.site}/accounts/2fa/**")
        page.fill("[name=code]", code_now(alice))
        page.press("[name=code]", "Enter")
        page.wait_for_url(f"{self.site}/admin/")

    def leave(self):
        """Close every page."""
        for page in self.pages:
            page.context.close()

    def photograph(self, name):
        """Save a picture of each open page and return where they are."""
        name = re.sub(r"\W+", "-", name)
        files = [self._folder / f"{name}-{number}.png" for number, _ in enumerate(self.pages)]
        for page, file in zip(self.pages, files, strict=True):
            page.screenshot(path=file, full_page=True)
        return [str(file) for file in files]

    @cached_property
    def _folder(self):
        return Path(tempfile.mkdtemp(prefix="cft-course-screenshots-"))

    def _watch(self, page):
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("request", self._note_foreign)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def _note_foreign(self, request):
        if not request.url.startswith(f"{self.site}/"):
            self.complaints.append(f"asked for {request.url}")

    def _note_console(self, message):
        address = message.location["url"]
        if message.type == "error" and address.removeprefix(self.site) not in STATUSES:
            self.complaints.append(f"{address}: {message.text}")
