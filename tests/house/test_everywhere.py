"""Crisis support and disclaimer on every response that a person can see."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection
from django.test import Client
from django.urls import URLPattern, get_resolver

from cft_course.safety.models import SafetyTexts
from tests.support import assert_carries_help, sign_in

# A value for each kind of part that an address can have.
PARTS = {
    "slug": "what-compassion-really-is",
    "number": 4,
    "code": "gb",
    "object_id": "1",
    "pk": 1,
    "content_type_id": 1,
    "app_label": "lessons",
    "url": "none",
    "entry_id": "00000000-0000-4000-8000-000000000000",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "key": "none",
    "uidb36": "1",
    "way": "words",
    "practice": "two-halves",
    "year": 2026,
    "month": 6,
    "signed": "none",
    "week": "00000000-0000-4000-8000-000000000000",
}
# What machines read; nobody sees it as a page.
MACHINES = {"feed.xml", "sitemap.xml", "robots.txt", ".well-known/security.txt", "livez", "readyz", "admin/jsi18n/"}


def addresses(resolver=None, prefix=""):
    """Yield an address for every pattern of the resolver."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            route, names = entry.pattern, list(entry.pattern.converters) or list(entry.pattern.regex.groupindex)
            yield prefix + fill(str(route), names)
        else:
            yield from addresses(entry, prefix + str(entry.pattern))


def fill(route, names):
    """Put a value in each place of a route such as ``modules/<slug:slug>/``."""
    if "(?P<" in route:
        return "".join(["/".join(PARTS[name] for name in names), "/"])
    for part in [piece for piece in route.replace(">", "<").split("<")[1::2]]:
        route = route.replace(f"<{part}>", str(PARTS[part.split(":")[-1]]))
    return route


def assert_all_carry_help(client):
    """Assert that every address answers with the crisis support, and return how many did."""
    seen = 0
    for address in addresses():
        response = client.get(f"/{address}", follow=True)
        if address not in MACHINES and response.headers["Content-Type"].startswith("text/html"):
            assert_carries_help(response.content.decode())
            seen += 1
        response.getvalue()  # Reads a file to its end, which closes it.
    return seen


def test_the_walk_meets_the_whole_site(course):
    walked = set(addresses())
    assert {"", "modules/what-compassion-really-is/", "help/gb/", "search/", "admin/login/"} <= walked
    assert len(walked) > 40


def test_every_address_carries_help_for_a_visitor(client, course):
    assert assert_all_carry_help(client) > 30


def test_every_address_carries_help_for_an_editor(editor, course):
    assert assert_all_carry_help(editor) > 30


def test_every_address_carries_help_for_a_learner(learner, course):
    assert assert_all_carry_help(learner) > 30


def test_every_address_carries_help_for_a_superuser(client, course, superuser):
    assert assert_all_carry_help(sign_in(client, superuser)) > 30


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing/here/", 404), ("/modules/nothing/", 404), ("/help/zz/", 404), ("/%00/", 400)]
)
def test_wrong_addresses_carry_help(client, course, path, status):
    response = client.get(path)
    assert response.status_code == status
    assert_carries_help(response.content.decode())


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_wrong_methods_carry_help(client, course, method):
    response = getattr(client, method)("/about/")
    assert response.status_code == 405
    assert "GET" in response["Allow"]
    assert_carries_help(response.content.decode())


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (SuspiciousOperation("no"), 400),
        (PermissionDenied("no"), 403),
        (OperationalError("no"), 503),
        (ValueError("no"), 500),
    ],
)
def test_problems_in_a_view_carry_help(course, monkeypatch, problem, status):
    def broken(*args):
        raise problem

    monkeypatch.setattr("lessons.search.index_for", broken)
    response = Client(raise_request_exception=False).get("/search/?q=courage")
    assert response.status_code == status
    page = response.content.decode()
    assert_carries_help(page)
    assert "Traceback" not in page
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_wrong_host_carries_help(client, course):
    response = client.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert_carries_help(response.content.decode())


def test_a_large_body_carries_help(client, course):
    response = client.post("/accounts/login/", {"login": "a" * 10_000_000})
    assert response.status_code == 413
    assert_carries_help(response.content.decode())


def test_an_old_form_carries_help(course):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@example.org", "password": "b"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "send that once more" in page
    assert_carries_help(page)


def test_help_is_there_with_the_database_away_and_nothing_kept(client, db):
    def away(*args):
        raise OperationalError("away")

    with connection.execute_wrapper(away):
        for path in ("/", "/help/", "/modules/what-compassion-really-is/", "/nothing/", "/accounts/login/"):
            response = Client(raise_request_exception=False).get(path)
            assert response.status_code in (200, 404, 503)
            assert_carries_help(response.content.decode())


def test_the_last_page_needs_no_template_context(client):
    from django.template.loader import render_to_string  # noqa: PLC0415 -- shows that nothing else is needed

    page = render_to_string("500.html")
    assert_carries_help(page)
    assert "{%" not in page


def test_the_built_in_texts_are_complete():
    texts = SafetyTexts()
    texts.clean_fields()
    texts.clean()
    assert "988" in texts.help_text
    assert "IFS Institute" in texts.disclaimer


def test_an_editors_words_reach_the_band(client, course):
    texts = SafetyTexts.current()
    texts.crisis_question = "Not safe?"
    texts.save()
    page = client.get("/").content.decode()
    assert "Not safe?" in page
    assert_carries_help(page)
