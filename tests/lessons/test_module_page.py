"""The module page as a reader meets it."""

MODULE = "/modules/what-compassion-really-is/"


def test_module_four_shows_title_series_date_and_reading_time(client, course):
    page = client.get(MODULE).content.decode()
    assert "<h1>What Compassion Really Is</h1>" in page
    assert "Therapeutic Modalities Series" in page
    assert "28 May 2026" in page
    assert "8 minutes to read" in page


def test_six_attributes_and_six_skills_are_definition_lists_in_order(client, course):
    page = client.get(MODULE).content.decode()
    terms = [part.split("</dt>")[0] for part in page.split("<dt>")[1:]]
    assert terms == [
        *("Care for well-being", "Sensitivity", "Sympathy", "Distress tolerance", "Empathy", "Non-judgement"),
        *("Attention", "Imagery", "Reasoning", "Behaviour", "Feeling", "Sensory"),
    ]


def test_a_draft_has_no_page(client, module):
    module.status = module.Status.DRAFT
    module.save()
    assert client.get(MODULE).status_code == 404


def test_a_module_in_preparation_is_listed_and_not_linked(client, course):
    page = client.get("/").content.decode()
    assert "The Three Systems" in page
    assert 'href="/modules/the-three-systems/"' not in page
    assert client.get("/modules/the-three-systems/").status_code == 404


def test_an_old_address_leads_to_the_new_one(client, module):
    module.slug = "what-it-is"
    module.save()
    response = client.get(MODULE)
    assert response.status_code == 301
    assert response["Location"] == "/modules/what-it-is/"


def test_a_changed_address_may_change_back(client, module):
    first = module.slug
    for slug in ("elsewhere", first):
        module.slug = slug
        module.save()
    assert client.get(MODULE).status_code == 200
    assert client.get("/modules/elsewhere/")["Location"] == MODULE
