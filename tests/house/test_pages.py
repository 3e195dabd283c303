"""The house's own pages and the web's manners."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection

PUBLIC = ["/", "/about/", "/questions/", "/help/", "/help/gb/", "/disclaimer/", "/modules/what-compassion-really-is/"]


def test_the_home_page_lists_all_thirteen_modules(client, course):
    page = client.get("/").content.decode()
    assert page.count("In preparation") == 12
    assert page.count("Ready to read") == 1
    assert "For people who are hard on themselves" in page
    assert "Everything IFS Academy" in page


@pytest.mark.parametrize("path", PUBLIC)
def test_every_public_page_introduces_itself(client, course, path):
    page = client.get(path).content.decode()
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{path}">' in page
    assert re.search(r'<meta name="description" content="[^"]{40,}">', page)
    assert 'property="og:title" content="' in page
    assert re.search(r'property="og:image" content="http://127.0.0.1:8000/static/img/share\.\w+\.png"', page)
    assert page.count("<h1") == 1


def test_titles_and_descriptions_differ(client, course):
    for pattern in (r"<title>(.*?)</title>", r'<meta name="description" content="(.*?)">'):
        found = [re.search(pattern, client.get(path).content.decode())[1] for path in PUBLIC]
        assert len(set(found)) == len(PUBLIC)


def test_structured_data_names_the_course(client, course):
    page = client.get("/").content.decode()
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert data["@type"] == "Course"
    assert data["hasPart"][0]["name"] == "What Compassion Really Is"


def test_robots_points_to_the_sitemap(client, course):
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text
    assert "Disallow: /admin/" in text


def test_security_txt_is_there_once_a_contact_is_given(client, course, settings):
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    text = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:security@example.org" in text
    expires = datetime.fromisoformat(re.search(r"Expires: (\S+)", text)[1])
    assert timedelta(days=90) < expires - datetime.now(UTC) < timedelta(days=366)


@pytest.mark.parametrize(
    ("old", "new"),
    [("/faq/", "/questions/"), ("/crisis/", "/help/"), ("/crisis-support/", "/help/"), ("/modules/", "/")],
)
def test_addresses_that_people_try_lead_on(client, course, old, new):
    response = client.get(old)
    assert response.status_code == 301
    assert response["Location"] == new


def test_the_number_of_a_module_leads_to_it(client, course):
    assert client.get("/modules/4/")["Location"] == "/modules/what-compassion-really-is/"
    assert client.get("/modules/3/").status_code == 404


def test_the_old_icon_name_leads_to_the_icon(client, course):
    response = client.get("/favicon.ico", follow=True)
    assert response.status_code == 200
    assert response.getvalue()


def test_the_process_says_that_it_lives_and_is_ready(client, course):
    assert client.get("/livez").content == b"alive\n"
    assert client.get("/readyz").content == b"ready\n"


def test_without_a_database_it_lives_and_is_not_ready(client, db):
    def away(*args):
        raise OperationalError("away")

    with connection.execute_wrapper(away):
        assert client.get("/livez").status_code == 200
        assert client.get("/readyz").status_code == 503


def test_helplines_show_hours_language_and_the_day_they_were_checked(client, course):
    page = client.get("/help/it/").content.decode()
    assert "9:00" in page
    assert "Italian" in page
    assert "22 November 2026" in page
    assert 'href="tel:0223272327"' in page


def test_a_country_without_a_confirmed_number_says_local_emergency_number(client, course):
    page = client.get("/help/ie/").content.decode()
    assert "<strong>local emergency number</strong>" in page


def test_unconfirmed_hours_are_said(client, course):
    assert "Hours not confirmed" in client.get("/help/nz/").content.decode()


def test_choosing_a_country_sets_no_cookie(client, course):
    for path in ("/help/", "/help/gb/"):
        assert not client.get(path).cookies
