"""How browser tests do a practice: what they answer, and the ways from step to step."""

from playwright.sync_api import expect

from practices.models import Practice
from tests.browser.test_journal import EMAIL, PASSWORD, sign_in

SLUG = "two-halves"
START = f"/practices/{SLUG}/"
STEM = "Compassion may take more strength than I thought, because"
CHOSEN = "I attack myself"
FIRST = "I snapped at my brother on the phone."
# What each page is called, and what is typed there, from the first step to the closing.
WAY = {
    "Step 1 of 5": FIRST,
    "Step 2 of 5": "He went quiet, and I felt mean and tired.",
    "Step 3 of 5": "And then I go very quiet.",
    "Step 4 of 5": "I could send him two lines tonight.",
    "Step 5 of 5": "It hurt him, so I will write and then rest.",
    "Closing": f"{STEM} it takes looking first.",
}
TITLES = [*WAY, "Read it back"]
PHONE = {"width": 360, "height": 740}

# Whether one sees where the focus is: it has an outline, and nothing lies over what the window shows of it.
FOCUS = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const outlined = getComputedStyle(element.matches(".numbers input") ? element.nextElementSibling : element);
  const box = element.getClientRects()[0];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  const over = document.elementFromPoint((box.left + box.right) / 2, (top + bottom) / 2);
  return {
    name: element.outerHTML.slice(0, 90),
    outlined: outlined.outlineStyle !== "none" && parseFloat(outlined.outlineWidth) >= 2,
    uncovered: element.contains(over) || Boolean(over?.closest("label")?.contains(element)),
    inside: box.left >= 0 && box.right <= innerWidth && bottom - top >= Math.min(24, box.height),
  };
}"""

# What a page left in the browser, where scripts can see it.
STORED = """async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await indexedDB.databases(),
  await caches.keys(), document.cookie])"""


def practice():
    """Return the practice of Module 4."""
    return Practice.objects.get(slug=SLUG)


def answers():
    """Return every question with the answer that a whole walk keeps, in order."""
    texts = [f"{CHOSEN}\n\n{text}" if name == "Step 3 of 5" else text for name, text in WAY.items()]
    return list(zip([step.question for step in practice().questions], texts, strict=True))


def open_as(reader, who, path=START, **options):
    """Return a page at this path: of a visitor, or of Lea, signed in."""
    page = reader.open(path if who == "visitor" else "/", **options)
    if who != "visitor":
        sign_in(reader, page, to=path)
    return page


def expect_page(page, name):
    """Wait until this page of a practice is there."""
    expect(page).to_have_title(f"{name} – CFT Course")
    page.wait_for_load_state()


def press(page, button, name):
    """Press a button and wait for the page that it leads to."""
    page.get_by_role("button", name=button, exact=True).click()
    expect_page(page, name)


def step_address(number):
    """Return the path of a step."""
    return f"{START}{number}/"


def begin(page):
    """Go from the opening to the first step."""
    page.get_by_role("link", name="Begin", exact=True).click()
    expect_page(page, "Step 1 of 5")


def answer(page, name):
    """Answer the step that is open."""
    if name == "Step 3 of 5":
        page.get_by_label(CHOSEN).check()
    # The first focus on a sentence that has begun moves to its end, in the midst of Playwright's filling it.
    page.focus("[name=text]")
    page.fill("[name=text]", WAY[name])


def answer_all(page):
    """Go from the opening to reading back, and answer everything."""
    begin(page)
    for name, following in zip(WAY, TITLES[1:], strict=True):
        answer(page, name)
        press(page, "Continue", following)


def tab_to(page, selector):
    """Press Tab until the focus is there; wherever it stops on the way, one sees it."""
    for _ in range(40):
        page.keyboard.press("Tab")
        place = page.evaluate(FOCUS)
        if place is None:
            continue
        name = place.pop("name")
        assert place == {"outlined": True, "uncovered": True, "inside": True}, name
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never came to {selector}.")


def sign_up(page):
    """Fill in the sign-up page as someone new."""
    page.fill("[name=email]", f"new-{EMAIL}")
    page.fill("[name=password1]", PASSWORD)
    with page.expect_navigation():
        page.press("[name=password1]", "Enter")


def wait_for_saved(page):
    """Wait until the page says that the words are saved."""
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("Saved ")
