"""What machines read: structured data, feed and sitemap."""

import json
import re
from xml.etree import ElementTree

import pytest

from lessons.models import Module

MODULE = "/modules/what-compassion-really-is/"
ATOM = "{http://www.w3.org/2005/Atom}"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def data_of(client, path):
    page = client.get(path).content.decode()
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])


def test_the_home_page_is_a_course_with_its_published_modules(client, course):
    data = data_of(client, "/")
    assert data["@type"] == "Course"
    assert data["@context"] == "https://schema.org"
    assert data["provider"] == {"@type": "Organization", "name": "Everything IFS Academy"}
    assert [part["name"] for part in data["hasPart"]] == ["What Compassion Really Is"]
    assert data["hasPart"][0]["url"] == f"http://127.0.0.1:8000{MODULE}"


def test_a_module_is_a_learning_resource_with_its_questions(client, course):
    resource, faq = data_of(client, MODULE)["@graph"]
    assert resource["@type"] == "LearningResource"
    assert resource["timeRequired"] == "PT8M"
    assert resource["isPartOf"]["@type"] == "Course"
    assert faq["@type"] == "FAQPage"
    assert len(faq["mainEntity"]) == 4


def test_the_questions_page_is_a_faq_page(client, course):
    data = data_of(client, "/questions/")
    assert data["@type"] == "FAQPage"
    assert "<" not in data["mainEntity"][0]["acceptedAnswer"]["text"]


@pytest.mark.parametrize("path", ["/", MODULE, "/questions/"])
@pytest.mark.parametrize(
    "title", ["</script><script>alert(1)</script><!--", "</SCRIPT ><svg onload=alert(1)>", "&lt;/script>"]
)
def test_no_text_leaves_its_script_element(client, module, path, title):
    Module.objects.update(title=title, summary=title)
    module.questions.update(text=title, answer=f"`{title}`")
    module.course.title = title
    module.course.save()
    page = client.get(path).content.decode()
    assert "<script>alert" not in page
    assert "<svg onload" not in page
    assert title in json.dumps(data_of(client, path))


def test_a_module_without_questions_has_no_faq_page(client, module):
    module.questions.all().delete()
    assert [found["@type"] for found in data_of(client, MODULE)["@graph"]] == ["LearningResource"]


@pytest.mark.parametrize("status", [Module.Status.DRAFT, Module.Status.PREPARATION])
def test_machines_read_of_published_modules_only(client, module, status):
    module.status = status
    module.save()
    assert b"What Compassion Really Is" not in client.get("/feed.xml").content
    assert MODULE.encode() not in client.get("/sitemap.xml").content
    assert data_of(client, "/")["hasPart"] == []


def test_the_feed_stays_well_formed_whatever_the_title(client, module):
    module.title, module.summary = "</title><x> & ]]>", "<script>alert(1)</script>"
    module.save()
    feed = ElementTree.fromstring(client.get("/feed.xml").content)  # noqa: S314 -- our own output
    assert feed.find(f"{ATOM}entry/{ATOM}title").text == "Module 4: </title><x> & ]]>"


def test_the_feed_is_atom_with_the_published_modules(client, course):
    response = client.get("/feed.xml")
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)  # noqa: S314 -- our own output
    assert feed.tag == f"{ATOM}feed"
    assert [entry.find(f"{ATOM}title").text for entry in feed.iter(f"{ATOM}entry")] == [
        "Module 4: What Compassion Really Is"
    ]
    assert feed.find(f"{ATOM}entry/{ATOM}link").attrib["href"] == f"http://127.0.0.1:8000{MODULE}"


@pytest.mark.parametrize("path", ["/", MODULE, "/questions/", "/about/", "/help/", "/disclaimer/"])
def test_the_sitemap_lists_public_pages(client, course, path):
    sitemap = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 -- our own output
    listed = {place.text for place in sitemap.iter(f"{MAPS}loc")}
    assert f"http://127.0.0.1:8000{path}" in listed
    assert len(listed) == 6
