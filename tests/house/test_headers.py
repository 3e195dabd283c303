"""Security headers, caching and cookies on every kind of response."""

import pytest
from django.conf import settings

from tests.house.test_everywhere import addresses


def csp(response):
    """Return a response's policy as a dictionary of directives."""
    parts = [part.split() for part in response["Content-Security-Policy"].split("; ")]
    return {name: sources for name, *sources in parts}


def test_every_response_has_the_headers(editor, course):
    for address in addresses():
        response = editor.get(f"/{address}")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        assert response["Referrer-Policy"] == ("no-referrer" if address == "leave/" else "same-origin")
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in response["Permissions-Policy"]
        policy = csp(response)
        assert policy["default-src"] == ["'none'"]
        assert policy["frame-ancestors"] == ["'none'"]
        sources = {source for listed in policy.values() for source in listed}
        assert sources == {"'none'", "'self'"}


def test_what_is_not_marked_public_stays_out_of_caches(editor, course):
    for address in addresses():
        response = editor.get(f"/{address}")
        kept = response["Cache-Control"]
        if response.status_code >= 400:
            assert kept == "no-store"
        elif address.startswith("admin/") or response.status_code != 200:
            assert "no-store" in kept
            assert "private" in kept
        else:
            assert "public" not in kept or "Cookie" not in response.get("Vary", "")


def test_public_pages_may_be_kept_and_name_no_cookie(editor, course):
    for path in ("/", "/about/", "/modules/what-compassion-really-is/", "/help/", "/help/gb/", "/feed.xml"):
        for _ in range(2):
            response = editor.get(path)
            assert response["Cache-Control"].startswith("public, max-age=60")
            assert response["Vary"] == "Accept-Encoding"
            assert not response.cookies


def test_hashed_static_files_are_kept_for_a_year(client, course):
    page = client.get("/").content.decode()
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    response = client.get(address)
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Access-Control-Allow-Origin" not in response
    assert not response.cookies
    assert response.getvalue()


@pytest.mark.parametrize("path", ["/.git/HEAD", "/.env", "/__debug__/", "/static/../manage.py", "/var/secret-key"])
def test_nothing_of_the_server_is_served(client, course, path):
    assert client.get(path).status_code == 404


def test_session_and_form_cookies_are_kept_from_scripts(client, course, alice):
    form = client.get("/accounts/login/")
    response = client.post("/accounts/login/", {"login": alice.email, "password": "a long quiet evening"})
    assert response.status_code == 302
    for cookie in (*form.cookies.values(), *response.cookies.values()):
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert bool(cookie["secure"]) is settings.IS_PUBLIC


def test_a_foreign_host_never_gets_a_page_even_after_a_static_file(client, course):
    page = client.get("/about/").content.decode()
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    client.get(address, headers={"host": "elsewhere.example"}).getvalue()
    assert client.get("/about/", headers={"host": "elsewhere.example"}).status_code == 400


def test_a_broken_form_cookie_brings_no_cookie_on_a_public_page(client, course):
    for _ in range(2):
        response = client.get("/about/", headers={"cookie": "csrf=x"})
        assert not response.cookies
        assert response["Vary"] == "Accept-Encoding"
