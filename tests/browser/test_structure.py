"""What a page is built of: one title, one main heading, ids that are its own, a language."""

TWICE_USED_IDS = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  return ids.filter((id, place) => ids.indexOf(id) !== place);
}"""

# Links within a page, and labels, that name an id which is not there.
LOST_REFERENCES = """() => [
  ...[...document.querySelectorAll("a[href^='#']")].map((link) => decodeURIComponent(link.hash.slice(1))),
  ...[...document.querySelectorAll("[aria-labelledby]")]
    .flatMap((element) => element.getAttribute("aria-labelledby").split(" ")),
  ...[...document.querySelectorAll("label[for]")].map((label) => label.htmlFor),
].filter((id) => !document.getElementById(id))"""

SKIPPED_LEVELS = """() => {
  const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => Number(heading.tagName[1]));
  return levels.filter((level, place) => level > (levels[place - 1] ?? 0) + 1);
}"""


def test_every_page_is_built_well(reader):
    for path, page in reader.walk():
        assert page.locator("h1").count() == 1, path
        assert page.locator("h1").inner_text().strip(), path
        assert page.locator("main").count() == 1, path
        assert page.locator("html").get_attribute("lang").startswith("en"), path
        assert page.evaluate(SKIPPED_LEVELS) == [], path
        assert page.evaluate(TWICE_USED_IDS) == [], path
        assert page.evaluate(LOST_REFERENCES) == [], path
        assert page.locator("[style], style, script:not([src], [type$='json'])").count() == 0, path


def test_every_page_has_a_title_of_its_own(reader):
    titles = {path.partition("?")[0]: page.title() for path, page in reader.walk()}
    assert len(set(titles.values())) == len(titles)
    for path, title in titles.items():
        assert "CFT Course" in title, path
        assert len(title) <= 70, path
