"""The lesson as a class sees it: by keyboard on a projector, readable from the last row; and the stations in a real browser."""

import re
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import expect

from attention_core.lesson.lesson_file import read_lesson
from pages.shared.lesson.files import FOLDER
from pages.shared.lesson.presentation import steps
from tests.browser.conftest import SIZES, serious, settled

LESSON = read_lesson((FOLDER / "lesson.toml").read_text("utf-8"), "lesson", 6, 12)
CARDS = LESSON.cards
WALK = steps(LESSON)
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
    place = rf"^{number}\D" if number <= len(CARDS) else "^Quiz"
    expect(page.locator(".at")).to_have_text(re.compile(place))
    if number > len(CARDS) + 1:
        at = number - len(CARDS) - 1
        title = f"Question {at} of" if at <= len(LESSON.quiz) else "Attention, card by card"
        expect(page.locator(".chapter").first).to_contain_text(title)
    waits = answer == "hidden" and (number, "shown") in WALK
    label = "Show the answer" if waits else "Next →"
    expect(page.locator(".st-key-lesson-next button")).to_have_text(label)
    settled(page)


def address_of(page) -> dict:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def assert_readable_from_the_last_row(page) -> None:
    texts = page.evaluate(TEXTS)
    assert len(texts) > 5
    assert [found for found in texts if found[1] < 24] == []
    assert page.evaluate(SCROLLS) == [0, 0, 0, 0], page.url
    assert [found for found in texts if found[2] > 1] == []
    assert page.evaluate(COVERED) == []


def test_the_whole_lesson_goes_forth_and_back_by_keyboard_and_nothing_scrolls(lesson):
    """On the way, each kind of card is held against the rules of accessibility once."""
    page = lesson()
    keys, seen = ["ArrowRight", " ", "PageDown"], set()
    for step, (number, answer) in enumerate(WALK):
        at_step(page, step)
        assert_readable_from_the_last_row(page)
        kind = CARDS[number - 1].picture if number <= len(CARDS) else min(number, len(CARDS) + 2), answer
        if kind not in seen:
            seen.add(kind)
            assert serious(page) == [], (number, answer)
        page.keyboard.press(keys[step % 3])
    at_step(page, len(WALK) - 1)  # there is nothing after the end
    page.keyboard.press("ArrowLeft")
    at_step(page, len(WALK) - 2)
    page.keyboard.press("PageUp")
    at_step(page, len(WALK) - 3)


@pytest.mark.parametrize("text", ["internationalization " * 8, LONG], ids=["wide", "long"])
def test_any_sentence_fits_on_every_card(lesson, text):
    """At each card's last step, which shows the most."""
    page, at = lesson(text=text), 0
    last = {number: step for step, (number, _) in enumerate(WALK)}
    for number, card in enumerate(CARDS, 1):
        while at < last[number]:
            page.keyboard.press("ArrowRight")
            at += 1
        at_step(page, at)
        if not card.sentence:
            assert_readable_from_the_last_row(page)


@pytest.mark.parametrize("screen", [(1920, 1080), (1024, 768), (1366, 640)])
def test_a_projector_of_another_size_shows_the_same(lesson, screen):
    page = lesson(card=19)
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    first = WALK.index((19, "hidden"))
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
    number = next(number for number, card in enumerate(CARDS, 1) if card.title == "From many steps to one")
    page = lesson(card=number)
    card = page.locator(".st-key-lesson-card")
    expect(card).to_contain_text("At which word does “it” look most?")
    assert "88.2" not in card.inner_text()
    expect(page.locator(".guess button", has_text="bridge")).to_be_visible()
    page.keyboard.press("Space")
    expect(card).to_contain_text("88.2")
    expect(page.locator(".sentence .word.query button")).to_have_text("it")
    expect(page.locator(".sentence .word.key button")).to_have_text("bridge")
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
    page = lesson(card=5)
    page.locator(".st-key-lesson-sentence button").click()
    box = page.get_by_label("Your sentence", exact=True)
    box.fill("")
    box.type("The cat  sat")
    box.press("ArrowLeft")
    box.press("Enter")
    settled(page)
    expect(page.locator(".at")).to_have_text(re.compile(r"^5\D"))
    expect(page.locator(".heats")).to_have_attribute("aria-label", re.compile("5\xa0×\xa032"))
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".at")).to_have_text(re.compile(r"^6\D"))


def number_of(title: str) -> int:
    return next(number for number, card in enumerate(CARDS, 1) if card.title == title)


def test_a_prediction_is_clicked_or_chosen_by_its_number_and_compared(lesson):
    page = lesson(card=number_of("All pairs at once"))
    page.locator(".guess button", has_text="food").click()
    expect(page.locator(".guess button", has_text="food")).to_have_attribute("aria-pressed", "true")
    settled(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".verdict.wrong")).to_contain_text("You predicted food: not so.")
    page.goto(page.url.replace("card=9", "card=12").replace("answer=shown", "answer=hidden"))
    expect(page.locator(".guess button").first).to_be_visible()
    settled(page)
    page.keyboard.press("1")
    expect(page.locator(".guess button").first).to_have_attribute("aria-pressed", "true")
    settled(page)


def test_a_number_is_typed_and_turns_no_page(lesson):
    page = lesson(card=number_of("Why divide by √d_k?"))
    box = page.locator(".guess input")
    box.fill("abc")
    box.press("Enter")
    expect(page.locator(".told")).to_contain_text("Give a number from 0 to 100")
    box.fill("99,8 %")
    box.press("ArrowLeft")
    box.press("Enter")
    expect(page.locator(".told")).to_have_text("Kept.")
    settled(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".verdict.right")).to_contain_text("You predicted 99.80\xa0%")


def test_the_quiz_goes_by_keyboard_and_its_result_can_be_printed(lesson):
    page = lesson(card=len(CARDS) + 2)
    for number in range(1, len(LESSON.quiz) + 1):
        expect(page.locator(".chapter").first).to_contain_text(f"Question {number} of")
        settled(page)
        page.keyboard.press("1")
        expect(page.locator(".guess button.right")).to_have_count(1)
        settled(page)
        page.keyboard.press("ArrowRight")
    expect(page.locator("h1")).to_contain_text("of 12 right")
    page.evaluate("window.print = () => { window.printed = true; }")
    page.locator(".st-key-lesson-print button").click()
    assert page.evaluate("window.printed")
    page.emulate_media(media="print")
    expect(page.locator(".result tbody tr")).to_have_count(len(LESSON.quiz))
    expect(page.locator(".result")).to_be_visible()
    expect(page.locator(".st-key-lesson-bar")).to_be_hidden()
    page.emulate_media(media="screen")


@pytest.mark.parametrize("card", ["Does a key fit a query?", "Z: a weighted sum of values", "Softmax: scores become shares"])
def test_a_picture_moves_only_when_it_is_asked_to_and_not_for_whom_wants_no_motion(lesson, card):
    page = lesson(card=number_of(card))
    said = page.locator(".play [role=status]")
    page.wait_for_timeout(400)
    expect(said).to_have_text("")
    page.locator(".play button").click()
    expect(said).not_to_have_text("")
    expect(page.locator(".play button")).to_have_text("▶ Again")
    end = said.inner_text()
    page.emulate_media(reduced_motion="reduce")
    page.locator(".play button").click()
    expect(said).to_have_text(end)
    page.emulate_media(reduced_motion="no-preference")


def test_a_dotted_word_opens_what_it_means_by_click_and_by_enter(lesson):
    page = lesson(card=number_of("Too sure to learn"), answer="shown")
    term = page.locator(".term[data-term=gradient]").first
    box = page.locator(".glossary [role=dialog]")
    term.click()
    expect(box).to_contain_text("Says how much a small change of one number")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    term.press("Enter")
    expect(box).to_be_visible()
    expect(page.locator(".at")).to_have_text(re.compile(r"^12\D"))
    box.get_by_role("link").click()
    expect(page.locator("h1")).to_contain_text("What if?")


def test_no_serious_or_critical_axe_violation_in_the_sentence_box(lesson):
    page = lesson()
    page.locator(".st-key-lesson-sentence button").click()
    expect(page.get_by_label("Your sentence", exact=True)).to_be_visible()
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


def swipe(page, right: int) -> None:
    """A finger on the screen, from the middle to the right, or to the left below 0."""
    page.evaluate(
        """(right) => {
            const at = document.querySelector(".card");
            const finger = (x) => new Touch({ identifier: 1, target: at, clientX: x, clientY: 300 });
            const send = (name, finger, touches) => at.dispatchEvent(
                new TouchEvent(name, { bubbles: true, composed: true, touches, changedTouches: [finger] }));
            send("touchstart", finger(200), [finger(200)]);
            send("touchend", finger(200 + right), []);
        }""",
        right,
    )


def test_a_swipe_on_a_phone_goes_on_and_back(lesson):
    page = lesson(size="phone")
    expect(page.locator(".st-key-lesson-keys button")).to_have_text("Full screen")  # it listens
    swipe(page, -150)
    at_step(page, 1)
    swipe(page, 150)
    at_step(page, 0)
    swipe(page, -30)
    page.wait_for_timeout(300)
    at_step(page, 0)


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
