"""Your sentences in a real browser: a file becomes a list, a click opens a sentence, and a long survey can be stopped."""

import re
from urllib.parse import parse_qs, urlparse

import pandas as pd
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_fits, cell_point, open_matrices, serious, settled

OWN = [
    "The dog ate the food because it was hungry.",
    "<b>bold</b> ![i](https://evil.example/x.png) <img src=https://evil.example/x.png> $x^2$",
    "The cat slept because it was tired.",
    "مرحبا بالعالم",
    "long " * 600,
    *(f"The child number {number} closed the door because it was late." for number in range(6, 61)),
]


def open_list(open_app, tmp_path, sentences=OWN, size="desktop", theme="light"):
    """The page with a list from a file that was uploaded."""
    file = tmp_path / "own.csv"
    pd.DataFrame({"id": range(len(sentences)), "text": sentences}).to_csv(file, index=False)
    page = open_app(size, theme, "/sentences")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator(".preview")).to_contain_text(sentences[0])
    page.get_by_role("button", name="Use these sentences").click()
    expect(page.locator(".st-key-list-rows tr.chosen")).to_have_count(1)
    settled(page)
    return page


def row(page, text: str):
    return page.locator(".st-key-list-rows").get_by_role("button", name=text, exact=True)


def step(page, which: str):
    return page.locator(f".st-key-{which}-sentence button:visible")


def view_of(page) -> dict:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def assert_opened(page, text: str) -> None:
    expect(page.get_by_label("Sentence", exact=True)).to_have_value(text)
    settled(page)
    assert view_of(page)["text"] == text


def survey(page) -> None:
    page.get_by_role("button", name=re.compile("^Read all")).click()
    expect(page.locator(".st-key-chart-spread .heatmaplayer image")).to_have_count(1, timeout=60_000)
    settled(page)


def test_a_click_opens_a_sentence_and_the_list_goes_along(open_app, tmp_path):
    page = open_list(open_app, tmp_path)
    row(page, OWN[2]).click()
    expect(page.locator("h1")).to_have_text("Attention, step by step")
    assert_opened(page, OWN[2])
    expect(step(page, "next")).to_contain_text("3 of 60")
    step(page, "previous").click()
    assert_opened(page, OWN[1])
    page.locator(".st-key-page-anchors").get_by_role("link", name="All heads").click()
    expect(page.locator("h1")).to_have_text("All heads at a glance")
    assert_opened(page, OWN[1])
    step(page, "next").click()
    assert_opened(page, OWN[2])
    page.go_back()
    assert_opened(page, OWN[1])
    expect(step(page, "next")).to_contain_text("2 of 60")


def test_the_keyboard_walks_through_the_rows_and_two_go_into_compare(open_app, tmp_path):
    page = open_list(open_app, tmp_path)
    row(page, OWN[0]).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    focused = "document.activeElement.shadowRoot.activeElement.textContent"
    assert page.evaluate(focused) == OWN[2]
    page.locator("[data-what=a]").nth(2).click()
    settled(page)
    page.locator("[data-what=b]").nth(0).click()
    expect(page.locator("[data-what][aria-pressed=true]")).to_have_text(["B", "A"])
    settled(page)
    page.get_by_role("button", name="Compare A with B").click()
    expect(page.locator("h1")).to_have_text("Compare two sentences")
    assert_opened(page, OWN[2])
    expect(page.get_by_label("Sentence B")).to_have_value(OWN[0])


def test_the_server_orders_and_pages_the_table(open_app, tmp_path):
    page = open_list(open_app, tmp_path)
    rows = page.locator(".st-key-list-rows tbody tr")
    expect(rows).to_have_count(50)
    page.locator(".st-key-list-rows th button", has_text="Tokens").click()
    settled(page)
    page.locator(".st-key-list-rows th button", has_text="Tokens").click()
    expect(rows.first).to_contain_text("602, 512 read")
    expect(page.locator(".st-key-list-rows th[aria-sort=descending]")).to_have_text("Tokens ↓")
    page.locator(".st-key-list-page [data-testid=stNumberInputStepUp]").click()
    expect(rows).to_have_count(10)


def test_a_survey_leads_to_sentences_and_links_to_their_view(open_app, tmp_path):
    page = open_list(open_app, tmp_path)
    survey(page)
    page.mouse.click(*cell_point(page, "mean", 0, 2))
    expect(page.locator(".ends")).to_contain_text("layer 1, head 3")
    settled(page)
    assert (view_of(page)["layer"], view_of(page)["head"]) == ("1", "3")
    page.get_by_label("To", exact=True).fill("dog, cat")
    page.get_by_label("To", exact=True).press("Enter")
    settled(page)
    page.locator(".st-key-link-search button").click()
    first = page.locator(".st-key-link-rows tbody tr").first
    expect(first).to_contain_text("it → ")
    settled(page)
    layer, head = re.search(r"L(\d) H(\d+)", first.inner_text()).groups()
    word = re.search(r"it → (\w+)", first.inner_text())[1]
    first.get_by_role("button").click()
    expect(page.locator("h1")).to_have_text("Attention, step by step")
    expect(page.get_by_text("Matrices: every number")).to_be_visible()
    settled(page)
    open_matrices(page)
    expect(page.locator(".st-key-key input")).to_have_value(re.compile(f"· {word}$"))
    expect(page.locator(".st-key-query input")).to_have_value(re.compile("· it$"))
    assert (view_of(page)["layer"], view_of(page)["head"]) == (layer, head)


def test_a_long_survey_can_be_left_stopped_and_gone_on_with(open_app, tmp_path):
    sentences = [f"Sentence {number} is about a dog that slept because it was tired of the long day." for number in range(5000)]
    page = open_list(open_app, tmp_path, sentences)
    page.get_by_role("button", name="Read all 5,000 sentences").click()
    expect(page.locator("[data-testid=stProgress]")).to_contain_text(re.compile(r"of 5,000 sentences, about .* left"))
    row(page, sentences[1]).click()
    assert_opened(page, sentences[1])
    page.go_back()
    page.locator(".st-key-stop-survey button:visible").click(timeout=30_000)
    stopped = page.locator(".st-key-stopped-survey .note")
    expect(stopped).to_have_text(re.compile(r"Stopped after [\d,]+ of 5,000 sentences\. What is done is kept\."))
    expect(page.locator(".st-key-chart-mean .heatmaplayer image")).to_have_count(1)
    before = stopped.inner_text()
    page.get_by_role("button", name="Go on").click()
    page.locator(".st-key-stop-survey button:visible").click(timeout=30_000)
    expect(stopped).to_be_visible()
    assert stopped.inner_text() != before


def test_the_results_are_files_that_say_what_they_hold(open_app, tmp_path):
    page = open_list(open_app, tmp_path, OWN[:3])
    survey(page)
    page.get_by_role("button", name="Mean and spread as files").click()
    for kind in ("CSV", "Parquet"):
        with page.expect_download() as found:
            page.get_by_role("button", name=f"All patterns, layers and heads as {kind}").click()
        path = tmp_path / found.value.suggested_filename
        found.value.save_as(path)
        table = pd.read_csv(path) if kind == "CSV" else pd.read_parquet(path)
        assert len(table) == 8 * 72
        assert set(table["sentences"]) == {3}
        assert "a[i, i−1]" in path.read_bytes().decode(errors="replace")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_page_fits_and_breaks_no_rule_of_accessibility(open_app, tmp_path, size):
    page = open_list(open_app, tmp_path, size=size)
    assert_fits(page)
    survey(page)
    page.locator(".st-key-link-search button").click()
    expect(page.locator(".st-key-link-rows tbody tr")).to_have_count(20, timeout=60_000)
    settled(page)
    assert_fits(page)
    assert serious(page) == []
    row(page, OWN[2]).click()
    assert_opened(page, OWN[2])
    assert_fits(page)
    assert serious(page) == []


@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("phone", "dark")])
def test_how_a_file_is_read_is_shown_and_changed_before_it_is_used(open_app, tmp_path, size, theme):
    file = tmp_path / "answers.csv"
    file.write_bytes(
        "Frühling\nid;text\n1;Die Bären schliefen.\n2;Es regnet; sagt man.\n3;<b>Über</b> Nacht\n".encode("cp1252")
    )
    page = open_app(size, theme, "/sentences")
    page.locator("input[type=file]").set_input_files(file)
    dialogue = page.locator(".st-key-list-candidate")
    expect(dialogue).to_contain_text("1 of 3 rows rejected")
    expect(dialogue).to_contain_text("Row 1 is skipped as a title: “Frühling”. Row 2 is taken as names: id, text.")
    expect(dialogue.locator(".preview tbody tr")).to_have_count(2)
    settled(page)
    assert_fits(page)
    assert serious(page) == []
    dialogue.get_by_text("1 of 3 rows are rejected").click()
    expect(dialogue.locator(".rejected")).to_contain_text("Line 4 has 3 cells, most rows have 2.")
    dialogue.get_by_label("Begin at row").fill("3")
    dialogue.get_by_label("Begin at row").press("Enter")
    expect(dialogue).to_contain_text("seems to hold no names of columns")
    dialogue.get_by_role("combobox", name="Separator").click()
    page.get_by_role("option", name="none", exact=True).click()
    expect(dialogue).to_contain_text("3 sentences.")
    expect(dialogue.locator(".preview")).to_contain_text("2;Es regnet; sagt man.")
    expect(dialogue.locator(".preview")).to_contain_text("<b>Über</b> Nacht")
    settled(page)
    assert_fits(page)
    page.get_by_role("button", name="Use these sentences").click()
    expect(page.locator(".st-key-list-rows tr.chosen")).to_have_count(1)
    expect(row(page, "1;Die Bären schliefen.")).to_be_visible()
