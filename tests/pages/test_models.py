"""Other models on the pages: chosen by a picker, held by the address, with what they have more and what they have not."""

import os

import pytest

from tests.core.models.made_folders import write_gpt, write_t5
from tests.pages.screen import open_page

TEXT = "A dog ate the food"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a decoder, a model of two stacks, and one that cannot be opened."""
    folder = tmp_path_factory.mktemp("models")
    write_gpt(folder / "gpt")
    write_t5(folder / "t5")
    write_gpt(folder / "spoiled")
    weights = folder / "spoiled" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    return folder


@pytest.fixture(autouse=True)
def models(folder, monkeypatch):
    import streamlit as st

    st.cache_data.clear()
    monkeypatch.setenv("ATTENTION_MODELS", str(folder))
    monkeypatch.setenv("HF_HUB_CACHE", os.devnull)
    yield
    st.cache_data.clear()


def html(at) -> str:
    return " ".join(str(element.proto.body) for element in at.get("html"))


def test_the_picker_offers_what_is_there_and_opens_a_decoder():
    at = open_page({"text": TEXT})
    assert not at.exception
    picker = at.selectbox(key="model")
    assert list(picker.options) == ["all-MiniLM-L6-v2", "gpt", "spoiled", "t5"]
    at = picker.set_value("gpt").run()
    assert not at.exception
    assert at.query_params["model"] == ["gpt"] or at.query_params["model"] == "gpt"
    said = html(at)
    assert "gpt2, decoder: a token sees itself and those before it" in said
    assert "Checked: z of this head equals the model’s own" in said
    assert "What comes after food, by probability" in said
    assert "Masked scores" in said + " ".join(each.value for each in at.markdown)


@pytest.mark.parametrize("page", ["step_by_step", "all_heads", "one_number", "compare"])
@pytest.mark.parametrize("model", ["gpt", "t5"])
def test_a_page_shows_any_model(page, model):
    for attending in ("", "encoder") if model == "t5" else ("",):
        address = {"text": TEXT, "model": model, "layer": "2", "head": "3", "attending": attending, "target": "it was hungry"}
        at = open_page(address, page=page)
        assert not at.exception, at.exception
        assert not at.error


@pytest.mark.parametrize("page", ["inside", "what_if"])
def test_a_page_that_keeps_to_the_own_encoder_says_so(page):
    at = open_page({"text": TEXT, "model": "gpt"}, page=page)
    assert not at.exception
    assert "so it shows that model instead of gpt" in html(at)


def test_a_reader_without_the_model_is_told_how_to_get_it():
    at = open_page({"text": TEXT, "model": "somebody/else"})
    assert not at.exception
    assert "ATTENTION_MODELS" in html(at)
    assert "somebody/else" in html(at)
    at = open_page({"text": TEXT, "model": "/etc"})  # a path is no name
    assert "is not on this server" in html(at)
    at = open_page({"text": TEXT, "model": "spoiled"})
    assert "do not fit its config.json" in at.error[0].value


def test_without_other_models_there_is_no_picker(monkeypatch):
    monkeypatch.setenv("ATTENTION_MODELS", "")
    at = open_page({"text": TEXT})
    assert "model" not in [element.key for element in at.selectbox]
