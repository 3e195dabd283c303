"""What machines read: structured data, feed and sitemap."""

import json
import re
from xml.etree import ElementTree

import pytest

MODULE = "/modules/what-compassion-really-is/"
ATOM = "{http://www.w3.org/2005/Atom}"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def data_of(client, path):
    page = client.get(path).content.decode()
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])


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


def test_no_text_leaves_its_script_element(client, module):
    module.title = "</script><script>alert(1)</script><!--"
    module.save()
    page = client.get(MODULE).content.decode()
    assert "<script>alert" not in page
    assert data_of(client, MODULE)["@graph"][0]["name"] == module.title


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
