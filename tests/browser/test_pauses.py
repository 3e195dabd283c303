"""Every page of a practice can be read and reached, every kind of question answered, a pause taken, a sheet printed."""

import re

import pytest
from playwright.sync_api import expect

from practices.models import Practice
from tests.browser.practising import (
    FOCUS,
    PHONE,
    START,
    answer,
    begin,
    expect_page,
    open_as,
    practice,
    press,
    tab_to,
)
from tests.browser.test_axe import violations
from tests.browser.test_reading import BROKEN_WORDS, CLIPPED, SMALL_TEXT, TOO_WIDE
from tests.browser.test_structure import LOST_REFERENCES, SKIPPED_LEVELS, TWICE_USED_IDS
from tests.keys import key_dir, master_key  # noqa: F401 -- fixtures

STEPS = [f"{START}{step}/" for step in (1, 2, 3, 4, 5, "closing")]
AROUND = [START, *(f"{START}{end}/" for end in ("4/hard", "closing/hard", "read-back", "let-go", "done", "look-back"))]
PLACES = [*STEPS, *AROUND, f"{START}worksheet/", "/my/"]

SIX = "six-kinds"
# Each step's own fields, what it is answered with, and how that is read back.
KINDS = [
    ("sentence", {"question": "What happened?", "stem": "Today"}, "Today it rained."),
    ("text", {"question": "What was it like?"}, "Wet.\n\nAnd warm."),
    ("choice", {"question": "What came next?", "choices": "I hid\nI ran"}, "I hid\nI ran"),
    ("scale", {"question": "How heavy is it?", "least": "light", "most": "heavy"}, "7 of 10"),
    ("pause", {"seconds": 30, "rhythm": "4-6"}, "A pause. There is nothing to keep of it."),
    ("letter", {"question": "Write to yourself.", "stem": "Dear me,"}, "Dear me, well done."),
]
PAUSE = f"/practices/{SIX}/5/"

# Much patience for a busy machine.
expect.set_options(timeout=20_000)

pytestmark = pytest.mark.usefixtures("master_key", "lea")


@pytest.fixture
def six(site, module):
    """A practice with every kind of question, a guidance and an example at each."""
    made = Practice.objects.create(
        module=module, position=2, slug=SIX, title="Six kinds", purpose="To try them all.", needs="Nothing.",
        minutes_from=1, minutes_to=1, before="Choose something small.", closing_question="What stays?",
    )  # fmt: skip
    for position, (kind, fields, _) in enumerate(KINDS, start=1):
        step = made.steps.create(
            position=position, key=kind, kind=kind, title=f"A {kind}", guidance="Go slowly.", example="Rain.", **fields
        )
        step.full_clean()
    return made


@pytest.fixture
def begun(reader, lea):
    """A page of Lea's, who has kept the practice once and is in the middle of it again."""
    page = open_as(reader, "learner", reduced_motion="reduce")
    write_the_first_answer(page)
    reader.go(page, f"{START}read-back/")
    press(page, "Keep it in my notes", "Done")
    reader.go(page, START)
    write_the_first_answer(page)
    return page


def write_the_first_answer(page):
    """Go from the opening to the second step."""
    begin(page)
    answer(page, "Step 1 of 5")
    press(page, "Continue", "Step 2 of 5")


def open_folds(page):
    """Open everything that is folded away."""
    for summary in page.locator("main summary:visible").all():
        summary.click()


def assert_the_way_on_is_whole(page, where):
    """Assert that the button that leads on is inside the window, with all of its words."""
    button = page.locator("[name=action][value=on]")
    assert button.is_visible(), where
    assert button.evaluate("""(button) => {
      const box = button.getBoundingClientRect();
      return box.left >= 0 && box.right <= innerWidth && button.scrollWidth <= button.clientWidth + 1
        && box.height >= 44;
    }"""), where


def clipped(page):
    """Return what hides some of its words, besides words that are only for those who listen."""
    return [element for element in page.evaluate(CLIPPED) if 'class="unseen"' not in element]


@pytest.mark.parametrize(("width", "size"), [(320, "100%"), (320, "200%"), (1280, "200%")])
def test_every_page_fits_narrow_and_with_large_text(reader, begun, six, width, size):
    begun.set_viewport_size({"width": width, "height": 800})
    for path in [*PLACES, *(f"/practices/{SIX}/{number}/" for number in range(1, 7))]:
        where = f"{path} at {width} and {size}"
        reader.go(begun, path)
        open_folds(begun)
        begun.evaluate("(size) => { document.documentElement.style.fontSize = size }", size)
        assert begun.evaluate(TOO_WIDE) + clipped(begun) == [], where
        if size == "100%":
            assert begun.evaluate(BROKEN_WORDS) + begun.evaluate(SMALL_TEXT) == [], where
        if begun.locator("#answer").count():
            assert_the_way_on_is_whole(begun, where)


def test_every_page_is_built_well(reader, begun, six):
    for path in [*PLACES, *(f"/practices/{SIX}/{number}/" for number in range(1, 7))]:
        reader.go(begun, path)
        assert begun.locator("h1").count() == 1, path
        for wrong in (SKIPPED_LEVELS, TWICE_USED_IDS, LOST_REFERENCES):
            assert begun.evaluate(wrong) == [], path
        assert begun.locator("[style], style, script:not([src])").count() == 0, path


def assert_no_violation(page):
    """Assert that axe finds nothing, in light and in dark."""
    open_folds(page)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert violations(page) == [], f"{page.url} in {theme}"


def test_axe_finds_nothing_on_a_learners_pages(reader, begun):
    begun.set_viewport_size({"width": 320, "height": 800})
    for path in [STEPS[0], STEPS[2], STEPS[5], *AROUND, f"{START}worksheet/", "/my/"]:
        reader.go(begun, path)
        assert_no_violation(begun)
    # While axe measures form fields it writes style attributes, which the policy refuses.
    reader.complaints.clear()


def test_axe_finds_nothing_on_a_visitors_pages(reader):
    page = open_as(reader, "visitor", reduced_motion="reduce", **PHONE)
    assert_no_violation(page)
    write_the_first_answer(page)
    reader.go(page, f"{START}read-back/")
    press(page, "Keep it in a private journal", "Keep it")
    assert_no_violation(page)
    reader.complaints.clear()  # As above.


def test_axe_finds_nothing_on_any_kind_of_question(reader, six):
    page = reader.open(reduced_motion="reduce", **PHONE)
    for number in range(1, 7):
        reader.go(page, f"/practices/{SIX}/{number}/")
        assert_no_violation(page)
    reader.complaints.clear()  # As above.


def test_every_kind_of_question_is_answered_by_keyboard_and_read_back(reader, six):
    page = open_as(reader, "learner", f"/practices/{SIX}/1/")
    typed = {"sentence": "it rained.", "text": "Wet.\n\nAnd warm.", "letter": "well done."}
    for number, (kind, _, _) in enumerate(KINDS, start=1):
        expect_page(page, f"Step {number} of 6")
        if kind in typed:
            tab_to(page, "[name=text]")
            page.keyboard.type(typed[kind])
        elif kind == "choice":
            for value in ("I hid", "I ran"):
                tab_to(page, f"[value='{value}']")
                page.keyboard.press("Space")
        elif kind == "scale":
            tab_to(page, "[name=number][value='']")
            for _ in range(4):
                page.keyboard.press("ArrowLeft")
            assert page.evaluate(FOCUS)["outlined"]
        tab_to(page, "[value=on]")
        page.keyboard.press("Enter")
    expect_page(page, "Closing")
    press(page, "Continue", "Read it back")
    said = page.locator(".read-back dd > p").all_inner_texts()
    assert said == [text for _, _, text in KINDS] + ["Left blank, and that is fine."]


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_pause_moves_only_for_those_who_want_it_and_can_be_ended(reader, six, motion):
    page = reader.open(f"/practices/{SIX}/4/", reduced_motion=motion)
    press(page, "Continue", "Step 5 of 6")
    says = page.locator("[data-says]")
    expect(says).to_contain_text("Breathe in while you count slowly to 4.")
    tab_to(page, "[data-begin]")
    page.keyboard.press("Enter")
    expect(says).to_have_text("Breathe in")
    assert page.evaluate("document.getAnimations().length") == (0 if motion == "reduce" else 1)
    page.get_by_role("button", name="End the pause").click()
    expect(says).to_have_text("That was the pause. Go on when you like.")
    assert page.evaluate("document.getAnimations().length") == 0
    page.get_by_role("button", name="Once more").click()
    press(page, "Continue", "Step 6 of 6")
    assert page.evaluate("document.getAnimations().length") == 0


def test_a_pause_keeps_its_rhythm_and_ends_by_itself(reader, six):
    page = reader.open(reduced_motion="reduce")
    page.clock.install()
    reader.go(page, PAUSE)
    says = page.locator("[data-says]")
    page.get_by_role("button", name="Begin the pause").click()
    for seconds, words in [(3, "Breathe in"), (2, "Breathe out"), (6, "Breathe in"), (20, "That was the pause.")]:
        page.clock.run_for(seconds * 1000)
        expect(says).to_contain_text(words)
    expect(page.get_by_role("button", name="Once more")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_the_length_and_the_rhythm_of_a_pause_can_be_changed(reader, six, javascript):
    page = reader.open(PAUSE, javascript=javascript)
    assert page.get_by_role("button", name="Begin the pause").is_visible() is javascript
    page.locator("summary", has_text="Change the length").click()
    page.get_by_label("How long").select_option("two minutes")
    page.get_by_label("Rhythm").select_option("In for 5, out for 5")
    page.get_by_role("button", name="Change", exact=True).click()
    page.wait_for_url("**/5/?seconds=120&rhythm=5-5")
    says = page.locator("[data-says]").inner_text()
    assert "count slowly to 5" in says
    assert "about 12 times" in says
    assert "two minutes" in says
    assert page.locator("[data-pause]").get_attribute("data-seconds") == "120"
    press(page, "Continue", "Step 6 of 6")


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_the_worksheet_is_one_page(reader, size):
    document = reader.open(f"{START}worksheet/").pdf(format=size)
    assert len(re.findall(rb"/Type\s*/Page(?!s)", document)) == 1


def test_the_worksheet_prints_the_crisis_lines_and_no_navigation(reader):
    page = reader.open(f"{START}worksheet/", **PHONE)
    assert page.get_by_role("button", name="Print it").is_visible()
    page.emulate_media(media="print")
    seen = page.locator("body").inner_text()
    for step in practice().questions:
        assert step.title in seen
        assert step.question in seen
    for needed in ("988", "local emergency number", "Every line can stay empty."):
        assert needed in seen
    for absent in ("Print it", "Do it online", "Lessons", "Search", "Colours", "Help and helplines"):
        assert absent not in seen


def test_what_is_read_back_prints_clean(reader, begun):
    reader.go(begun, f"{START}read-back/")
    begun.emulate_media(media="print")
    seen = begun.locator("body").inner_text()
    for needed in ("I snapped at my brother on the phone.", "In one sentence, what happened?", "988"):
        assert needed in seen
    for absent in ("Change", "Keep it", "Let it go", "Print it", "Leave quickly", "Nothing is decided"):
        assert absent not in seen
