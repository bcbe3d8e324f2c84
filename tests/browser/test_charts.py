"""What can be done with each chart: pictures, full size, numbers."""

import io
import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from attention_core.matrices.names import MATRICES
from tests.browser.conftest import CHARTS, cell_point, chart, settled

SENTENCE = "A dog ate the food because it was hungry"


def toolbar(page, name, title):
    plot = chart(page, name)
    plot.scroll_into_view_if_needed()
    plot.hover()
    return plot.locator(f".modebar-btn[data-title='{title}']")


def test_every_chart_can_be_saved_as_a_picture(open_app):
    page = open_app()
    for name in ("x", "weights"):
        for kind, article, start in (("PNG", "a", b"\x89PNG"), ("SVG", "an", b"<svg")):
            with page.expect_download() as download:
                toolbar(page, name, f"Download plot as {article} {kind}").click()
            head = "" if name == "x" else "-head2"
            assert download.value.suggested_filename == f"attention-layer4{head}-{name}.{kind.lower()}"
            content = download.value.path().read_bytes()
            assert content.startswith(start)
            assert len(content) > 5_000


def test_a_chart_opens_at_full_size_and_keeps_its_marks(open_app):
    page = open_app()
    before = chart(page, "scores").bounding_box()
    toolbar(page, "scores", "Fullscreen").click()
    page.wait_for_function("() => document.querySelector('.st-key-chart-scores .js-plotly-plot').clientWidth > 1200")
    after = chart(page, "scores").bounding_box()
    assert after["width"] > 2 * before["width"]
    expect(chart(page, "scores").locator(".cell-marks > div")).to_have_count(2)
    mark = chart(page, "scores").locator(".cell-marks > div[data-role=query]").bounding_box()
    assert mark["width"] > 0.8 * after["width"]


@pytest.mark.parametrize("row", ["x-q-k-v", "scores-scaled-weights", "z"])
def test_the_numbers_of_every_chart_are_a_table_and_an_exact_csv(open_app, trace, row):
    page = open_app()
    page.locator(f".st-key-numbers-{row} button").first.click()
    expect(page.locator("[data-testid=stDataFrame]")).to_be_visible()
    for name in row.split("-"):
        if name != row:
            page.get_by_test_id("stPopoverBody").get_by_role("radio", name=MATRICES[name].symbol, exact=True).click()
            settled(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="All digits as CSV").click()
        table = pd.read_csv(io.BytesIO(download.value.path().read_bytes()), index_col=0, dtype={"token": str})
        expected = trace.layers[3].x if name == "x" else getattr(trace.stages(3, 1), name)
        assert np.array_equal(table.to_numpy(np.float32), expected.numpy()), name
        assert table.index[7] == "8 it"


def test_the_whole_head_comes_as_npz(open_app, trace):
    page = open_app()
    page.get_by_role("button", name="Take it home").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="All stages of this head as .npz").click()
    assert download.value.suggested_filename == "attention-layer4-head2.npz"
    with np.load(download.value.path(), allow_pickle=False) as arrays:
        assert np.array_equal(arrays["weights"], trace.stages(3, 1).weights.numpy())
        assert arrays["text"] == SENTENCE


def test_the_whole_view_comes_as_one_page_that_opens_offline(open_app, browser):
    page = open_app()
    page.get_by_role("button", name="Take it home").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="This view as one HTML file").click()
    assert download.value.suggested_filename == "attention-layer4-head2.html"
    saved = download.value.path().rename(download.value.path().with_suffix(".html"))
    with browser.new_context(offline=True) as context:
        offline = context.new_page()
        offline.goto(saved.as_uri())
        expect(offline.locator(".heatmaplayer image")).to_have_count(8)


def test_the_file_of_a_mean_shows_the_mean(open_app, browser):
    page = open_app(show="mean", layers="1,2", heads="3", special="left-out")
    page.get_by_role("button", name="Take it home").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="This view as one HTML file").click()
    saved = download.value.path().rename(download.value.path().with_suffix(".html"))
    with browser.new_context(offline=True) as context:
        offline = context.new_page()
        offline.goto(saved.as_uri())
        expect(offline.locator(".heatmaplayer image")).to_have_count(1)
        expect(offline.locator("h1")).to_have_text("The mean of head 3 in layers 1 and 2")
        expect(offline.locator(".remark")).to_contain_text("Special tokens are left out")
        expect(offline.locator(".word")).to_have_count(9)


def test_the_learned_matrices_open_as_heatmaps(open_app):
    page = open_app()
    page.get_by_text("The learned matrices W and b of this head").click()
    for part in "qkv":
        expect(page.locator(f".st-key-chart-w-{part} .heatmaplayer image")).to_have_count(2)


def test_hovering_a_cell_names_its_words_and_its_number(open_app, trace):
    page = open_app()
    page.mouse.move(*cell_point(page, "scores", 7, 2))
    hover = chart(page, "scores").locator(".hoverlayer")
    expect(hover).to_contain_text("8 it → 3 dog")
    expect(hover).to_contain_text(f"{trace.stages(3, 1).scores[7, 2]:.4f}")


def test_every_chart_has_an_alternative_text_that_states_its_message(open_app):
    page = open_app()
    for name in CHARTS:
        said = page.locator(f".st-key-chart-{name} [data-testid=stPlotlyChart]").get_attribute("aria-label")
        assert ("layer 4" if name == "x" else "layer 4, head 2") in said
    assert "52.9 %, from it to dog" in said_of(page, "weights")


def said_of(page, name):
    return page.locator(f".st-key-chart-{name} [data-testid=stPlotlyChart]").get_attribute("aria-label")


def test_512_tokens_stay_usable(open_app):
    page = open_app(text=" ".join(["the old dog saw a red boat"] * 72 + ["and that was all of the story"])[:4000])
    settled(page)
    assert page.locator(".word").count() in range(500, 513)
    page.locator(".st-key-head button").nth(4).click()
    page.wait_for_url("**head=5**", timeout=30_000)
    settled(page)
    page.mouse.click(*cell_point(page, "weights", 300, 200))
    expect(page.locator(".st-key-query input")).to_have_value(re.compile("^30[012] · "))  # a cell is less than a pixel high
