"""The lesson as a class sees it: by keyboard on a projector, readable from the last row; and the stations in a real browser."""

import re
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import expect

from attention_core.lesson.cards import read_lesson
from pages.shared.lesson.files import FOLDER
from pages.shared.lesson.presentation import steps
from tests.browser.conftest import SIZES, serious, settled

CARDS = read_lesson((FOLDER / "lesson.toml").read_text("utf-8"), "lesson", 6, 12).cards
WALK = steps(CARDS)
LONG = (
    "The old lighthouse, which has stood on the cliff for more than a hundred years and has guided many ships through storms "
    "and fog into the small harbour, was painted white last summer, and now the people of the village love it even more"
)
# Every element, also inside components, that shows text of its own; with its size, and how far it reaches beyond the screen.
TEXTS = """() => {
    const found = [];
    const visit = (root) => {
        for (const one of root.querySelectorAll('*')) {
            if (one.shadowRoot) visit(one.shadowRoot);
            const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
            if (!own || ['STYLE', 'SCRIPT', 'TITLE', 'NOSCRIPT'].includes(one.tagName)) continue;
            const box = one.getBoundingClientRect(), look = getComputedStyle(one);
            if (!box.width || !box.height || look.visibility === 'hidden' || look.clipPath !== 'none') continue;
            if (one.closest('.stSkeleton, [data-testid=stStatusWidget], [data-testid=stIconMaterial]')) continue;
            const beyond = Math.max(box.right - innerWidth, box.bottom - innerHeight, -box.left, -box.top);
            found.push([one.textContent.trim().slice(0, 40), parseFloat(look.fontSize), beyond]);
        }
    };
    visit(document.body);
    return found;
}"""
SCROLLS = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
    .flatMap((one) => [one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight])"""
# What a card draws ends above the bar.
COVERED = """() => {
    const bar = document.querySelector('.st-key-lesson-bar').getBoundingClientRect().top;
    const bottoms = [];
    const visit = (root) => {
        for (const one of root.querySelectorAll('*')) {
            if (one.shadowRoot) visit(one.shadowRoot);
            const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
            const box = one.getBoundingClientRect();
            if (!box.height || !(text || one.tagName === 'CANVAS')) continue;
            bottoms.push([one.textContent.slice(0, 30), box.bottom - bar]);
        }
    };
    visit(document.querySelector('.st-key-lesson-card'));
    return bottoms.filter(([, below]) => below > 0);
}"""


@pytest.fixture
def lesson(open_app):
    def lesson(size: str = "projector", theme: str = "light", **view):
        return open_app(size=size, theme=theme, path="/lesson", **view)

    return lesson


def at_step(page, step: int) -> None:
    """Wait until the page shows a step of the walk."""
    number, answer = WALK[step]
    expect(page.locator(".at")).to_have_text(re.compile(rf"^{number}\D"))
    label = "Show the answer" if CARDS[number - 1].question and answer == "hidden" else "Next →"
    expect(page.locator(".st-key-lesson-next button")).to_have_text(label)
    settled(page)


def address_of(page) -> dict:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def assert_readable_from_the_last_row(page) -> None:
    texts = page.evaluate(TEXTS)
    assert len(texts) > 5
    assert [found for found in texts if found[1] < 24] == []
    assert page.evaluate(SCROLLS) == [0, 0, 0, 0]
    assert [found for found in texts if found[2] > 1] == []
    assert page.evaluate(COVERED) == []


def test_the_whole_lesson_goes_forth_and_back_by_keyboard_and_nothing_scrolls(lesson):
    page = lesson()
    keys = ["ArrowRight", " ", "PageDown"]
    for step in range(len(WALK)):
        at_step(page, step)
        assert_readable_from_the_last_row(page)
        page.keyboard.press(keys[step % 3])
    at_step(page, len(WALK) - 1)  # there is nothing after the end
    for step in reversed(range(len(WALK))):
        at_step(page, step)
        page.keyboard.press(["ArrowLeft", "PageUp"][step % 2])
    at_step(page, 0)


@pytest.mark.parametrize("text", ["internationalization " * 8, LONG], ids=["wide", "long"])
def test_any_sentence_fits_on_every_card(lesson, text):
    page = lesson(text=text)
    for step in range(len(WALK)):
        at_step(page, step)
        if not CARDS[WALK[step][0] - 1].sentence:
            assert_readable_from_the_last_row(page)
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("screen", [(1920, 1080), (1024, 768), (1366, 640)])
def test_a_projector_of_another_size_shows_the_same(lesson, screen):
    page = lesson(card=14)
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    first = WALK.index((14, "hidden"))
    for step in range(first, first + 4):
        at_step(page, step)
        assert page.evaluate(SCROLLS) == [0, 0, 0, 0]
        assert page.evaluate(COVERED) == []
        page.keyboard.press("ArrowRight")


def test_keys_pressed_faster_than_answers_come_are_all_counted(lesson):
    page = lesson()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    at_step(page, 9)
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    at_step(page, 5)
    page.keyboard.press("End")
    at_step(page, len(WALK) - 1)
    page.keyboard.press("Home")
    at_step(page, 0)


def test_an_answer_waits_until_it_is_asked_for(lesson):
    number = next(number for number, card in enumerate(CARDS, 1) if card.title == "Who is “it”?")
    page = lesson(card=number)
    card = page.locator(".st-key-lesson-card")
    expect(card).to_contain_text("At which word does “it” look most?")
    assert "52.9" not in card.inner_text()
    assert "dog" in page.locator(".words").inner_text()
    page.keyboard.press("Space")
    expect(card).to_contain_text("52.9")
    expect(page.locator(".sentence .word.query button")).to_have_text("it")
    expect(page.locator(".sentence .word.key button")).to_have_text("dog")
    settled(page)
    assert address_of(page)["answer"] == "shown"


def test_buttons_do_once_what_they_say_by_mouse_and_by_space(lesson):
    page = lesson()
    page.locator(".st-key-lesson-next button").click()
    at_step(page, 1)
    page.keyboard.press("Space")  # the button has the focus: Space is its own, and counts once
    at_step(page, 2)
    page.locator(".st-key-lesson-back button").click()
    at_step(page, 1)
    page.go_back()
    at_step(page, 2)


def test_whoever_types_a_sentence_turns_no_page(lesson):
    page = lesson(card=4)
    page.locator(".st-key-lesson-sentence button").click()
    box = page.get_by_label("Your sentence")
    box.fill("")
    box.type("The cat  sat")
    box.press("ArrowLeft")
    box.press("Enter")
    settled(page)
    expect(page.locator(".at")).to_have_text(re.compile(r"^4\D"))
    expect(page.locator(".heats")).to_have_attribute("aria-label", re.compile("5\xa0×\xa0384"))
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".at")).to_have_text(re.compile(r"^5\D"))


def test_a_click_on_a_word_asks_from_it_on_this_card_and_on_the_next(lesson):
    page = lesson(card=len(CARDS))
    page.locator(".sentence .word button", has_text="food").click()
    expect(page.locator(".card")).to_contain_text("food looks most at")
    settled(page)
    assert address_of(page)["query"] == "6"


def test_no_serious_or_critical_axe_violation_on_any_kind_of_card(lesson):
    page = lesson()
    seen = set()
    for step, (number, answer) in enumerate(WALK):
        kind = CARDS[number - 1].picture, answer
        if kind not in seen:
            seen.add(kind)
            at_step(page, step)
            assert serious(page) == [], (number, answer)
        page.keyboard.press("ArrowRight")


def test_no_serious_or_critical_axe_violation_in_the_sentence_box(lesson):
    page = lesson()
    page.locator(".st-key-lesson-sentence button").click()
    expect(page.get_by_label("Your sentence")).to_be_visible()
    assert serious(page) == []


def test_a_phone_shows_every_card_with_nothing_sideways(lesson):
    page = lesson(size="phone")
    for step in range(len(WALK)):
        at_step(page, step)
        assert page.evaluate(SCROLLS)[::2] == [0, 0]
        width = SIZES["phone"][0]
        for name in ("lesson-back", "lesson-next"):
            box = page.locator(f".st-key-{name} button").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        page.locator(".st-key-lesson-next button").click() if step < len(WALK) - 1 else None


def test_a_click_on_a_row_of_a_station_follows_its_word(open_app):
    page = open_app(path="/inside")
    plot = page.locator(".st-key-chart-mixed .js-plotly-plot")
    expect(plot.locator(".cell-marks > div").first).to_be_attached()
    plot.scroll_into_view_if_needed()
    x, y = plot.evaluate(
        """(plot) => {
            const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
            return [box.left + xaxis._offset + xaxis.l2p(200), box.top + yaxis._offset + yaxis.l2p(2)];
        }"""
    )
    page.mouse.click(x, y)
    expect(page.locator(".answer")).to_contain_text("dog has cosine")
    settled(page)
    assert address_of(page)["query"] == "3"
