"""What people may type, as a real browser takes it; the fixture fails a test whose page asks any other host."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settled

HOSTILE = {
    "html": "<b>bold</b> <img src=https://evil.example/x.png onerror=alert(1)> </s>",
    "link": '<a href="https://evil.example">dog</a>',
    "markdown": "![i](https://evil.example/x.png) [a](https://evil.example) :red[x] **b**",
    "tex": r"$x^2$ $$\href{https://evil.example}{x}$$",
    "direction": "abc \u202edcba\u202c שלום \u200b\u2066x\u2069",
}


def type_sentence(page, text):
    box = page.get_by_label("Sentence", exact=True)
    box.fill(text)
    box.press("Enter")
    settled(page)
    return box


def assert_plain(page, text):
    expect(page.get_by_label("Sentence", exact=True)).to_have_value(text)
    expect(page.locator(".word")).not_to_have_count(11)
    for tag in ("img[src*=evil]", "a[href*='//evil']", "[onerror]"):
        assert page.locator(tag).count() == 0


def test_nothing_that_is_typed_is_interpreted(open_app):
    page = open_app()
    for text in HOSTILE.values():
        type_sentence(page, text)
        assert_plain(page, text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nothing_in_the_text_of_a_link_is_interpreted(open_app, text):
    page = open_app(text=text)
    assert_plain(page, text)
    page.locator(".st-key-numbers-scores-scaled-weights button").first.click()
    expect(page.locator("[data-testid=stDataFrame]")).to_be_visible()


def test_a_text_of_100000_tokens_is_read_as_far_as_the_model_reads(open_app):
    page = open_app()
    text = "word " * 100_000
    box = type_sentence(page, text)
    note = page.locator(".note").first
    expect(note).to_contain_text("100,002 tokens", timeout=60_000)
    expect(note).to_contain_text("reads 512 at most")
    assert len(box.input_value()) == len(text)
    expect(page.locator(".word")).to_have_count(512)
    page.locator(".st-key-head button").nth(4).click()
    page.wait_for_url("**head=5**", timeout=60_000)
    settled(page)
    assert len(box.input_value()) == len(text)


def test_a_word_of_10000_letters_stays_in_the_box_and_the_page_usable(open_app):
    page = open_app()
    box = type_sentence(page, "x" * 10_000)
    expect(page.locator(".note")).to_contain_text("[UNK]")
    assert len(box.input_value()) == 10_000
    page.get_by_text("The word before").click()
    expect(box).to_have_value("I am good")
    expect(page.locator(".answer")).to_contain_text("good looks most at am")


def test_a_text_without_a_word_keeps_the_page_usable(open_app):
    page = open_app()
    box = type_sentence(page, "   ")
    expect(page.locator(".note")).to_contain_text("no word to read")
    expect(box).to_have_value("   ")
    expect(page.locator(".heatmaplayer image")).to_have_count(0)
    type_sentence(page, "A cat")
    expect(page.locator(".heatmaplayer image")).to_have_count(8)


def test_a_link_to_what_does_not_exist_says_so_and_shows_what_does(open_app):
    page = open_app(text="A dog", layer=99, head=-1, query="x", junk="<b>")
    expect(page.locator(".note")).to_contain_text("layer '99', but there is only layer 1 to 6: layer 4 is shown")
    expect(page.locator(".note")).to_contain_text("head '-1'")
    expect(page.locator(".heatmaplayer image")).to_have_count(8)
