"""The files of a translation hold the numbers of the record, and say where they come from."""

import base64
import io
import json
import re

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from attention_core.export.matrices import csv
from attention_core.translation.files import (
    about_translation,
    attention_table,
    probability_table,
    translation_npz,
    translation_snippet,
    write_translation_parquet,
)
from attention_core.translation.kinds import ATTENTION_KINDS, attention_matrices, matrix_values
from attention_core.translation.report import translation_report
from attention_core.translation.words import TranslationCell

KINDS = tuple(ATTENTION_KINDS)


@pytest.fixture(scope="module")
def record(tiny):
    return tiny.translate("The dog is hungry.", beam=2)


def test_the_npz_has_every_matrix_of_every_head(tiny, record):
    found = np.load(io.BytesIO(translation_npz(tiny, record)))
    for kind in KINDS:
        attentions = getattr(record, kind)
        for name in attention_matrices(kind):
            array = found[f"{kind}_{name}"]
            for layer in range(tiny.config.layers):
                for head in range(tiny.config.heads):
                    expected = matrix_values(name, attentions.layers[layer], attentions.stages(layer, head)).numpy()
                    got = array[layer] if name in ("x", "source") else array[layer, head]
                    assert np.array_equal(got, expected)
    assert np.array_equal(found["logits"], record.logits().numpy())
    assert found["written"].tolist() == [token.text for token in record.written]
    assert (str(found["text"]), str(found["french"])) == (record.text, record.french)


def test_the_parquet_has_a_row_for_every_query_and_key_of_every_head(tiny, record, tmp_path):
    path = tmp_path / "links.parquet"
    write_translation_parquet(path, tiny, record)
    frame = pd.read_parquet(path)
    heads = tiny.config.layers * tiny.config.heads
    assert len(frame) == heads * sum(len(getattr(record, kind).rows) * len(getattr(record, kind).columns) for kind in KINDS)
    for kind in KINDS:
        attentions = getattr(record, kind)
        one = frame[(frame.attention == kind) & (frame.layer == 2) & (frame["head"] == 3)]
        shape = len(attentions.rows), len(attentions.columns)
        assert np.array_equal(one["weight"].to_numpy().reshape(shape), attentions.stages(1, 2).weights.numpy())
        assert one["query_token"].iloc[0] == attentions.rows[0].text
        assert one["key_token"].iloc[-1] == attentions.columns[-1].text
    sums = frame.groupby(["attention", "layer", "head", "query"])["weight"].sum()
    assert np.allclose(sums, 1, atol=1e-6)
    facts = pq.read_schema(path).metadata
    assert facts[b"text"].decode() == record.text
    assert set(json.loads(facts[b"columns"])) == set(frame.columns)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_reads_back_from_csv_to_the_identical_numbers(tiny, record, kind):
    attentions = getattr(record, kind)
    for name in attention_matrices(kind):
        frame = attention_table(name, kind, attentions, 1, 1)
        raw = csv(frame, about_translation(tiny, record, kind, 1, 1))
        again = pd.read_csv(io.BytesIO(raw), index_col=0)
        expected = matrix_values(name, attentions.layers[1], attentions.stages(1, 1)).numpy()
        assert np.array_equal(again.to_numpy(np.float32), expected)
        facts = json.loads(again.index.name)
        assert (facts["attention"], facts["layer"], facts["head"]) == (kind, 2, 2)


def test_the_likeliest_tokens_of_every_step_are_a_table(record):
    frame = probability_table(record)
    assert len(frame) == 10 * len(record.steps)
    assert (frame.groupby("step")["probability"].apply(lambda row: row.is_monotonic_decreasing)).all()


@pytest.mark.parametrize("beginning", ["", 'Le "chat"\''])
def test_the_python_makes_the_same_numbers_again(tiny, beginning, monkeypatch, capsys):
    monkeypatch.setattr("attention_core.load_translator", lambda: tiny, raising=False)
    lines = translation_snippet('The dog\'s "big".', 2, beginning, "cross", 1, 2)
    scope: dict = {}
    exec(lines, scope)  # the text that the page offers
    expected = tiny.translate('The dog\'s "big".', 2, beginning)
    assert scope["translation"].french == expected.french
    assert np.array_equal(scope["stages"].weights.numpy(), expected.cross.stages(1, 2).weights.numpy())
    assert expected.french in capsys.readouterr().out


@pytest.mark.parametrize("kind", KINDS)
def test_the_report_draws_every_matrix_of_the_head_and_fetches_nothing(tiny, record, kind):
    attentions = getattr(record, kind)
    stages = attentions.stages(1, 2)
    page = translation_report(tiny, record, TranslationCell(attentions, 1, 2, 0, 0, stages, kind))
    found = [json.loads(each) for each in re.findall(r'<script type="application/json">(.*?)</script>', page)]
    assert len(found) == len(attention_matrices(kind))
    for figure, name in zip(found, attention_matrices(kind), strict=True):
        expected = matrix_values(name, attentions.layers[1], stages).numpy()
        z = figure["data"][0]["z"]
        drawn = np.frombuffer(base64.b64decode(z["bdata"]), z["dtype"]).reshape(expected.shape)
        assert np.array_equal(drawn, np.where(np.isneginf(expected), np.nan, expected), equal_nan=True)
        is_hatched = any(shape["type"] == "path" for shape in figure["layout"]["shapes"])
        assert is_hatched == (name == "masked")
    assert record.french in page
    assert tiny.sha256 in page
    assert "default-src &#39;none&#39;" in page
