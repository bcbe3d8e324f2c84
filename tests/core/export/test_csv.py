"""A table that is taken home holds the identical numbers, under names that differ and that no program runs."""

import csv
import io
import json

import numpy as np
import pandas as pd
import pytest
import torch

from attention_core.export import matrices as export
from attention_core.matrices.names import MATRICES
from tests.core.export.taken_home import HEAD, LAYER, TEXTS, matrix_of
from tests.core.made import random, tokens


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_reads_back_to_the_identical_numbers(trace, name):
    matrix = matrix_of(trace, name)
    frame = pd.read_csv(io.BytesIO(export.csv(export.table(name, matrix, trace.tokens))), index_col=0)
    np.testing.assert_array_equal(frame.to_numpy(dtype=np.float32), matrix.numpy())
    assert frame.shape == matrix.shape


@pytest.mark.parametrize("magnitude", [1e-38, 1e-30, 1e-6, 1, 1e7, 1e30])
def test_csv_keeps_every_digit_at_any_magnitude(magnitude):
    matrix = magnitude * random(6, 50)
    frame = pd.read_csv(io.BytesIO(export.csv(export.table("q", matrix, tokens(*"abcdef")))), index_col=0)
    np.testing.assert_array_equal(frame.to_numpy(dtype=np.float32), matrix.numpy())


def test_table_is_named_by_position_and_word(trace, name):
    frame = export.table(name, matrix_of(trace, name), trace.tokens)
    assert frame.index[7] == "8 it"
    assert frame.index.name == "token"
    if MATRICES[name].columns == "tokens":
        assert list(frame.columns) == list(frame.index)
    else:
        assert list(frame.columns) == [str(dimension) for dimension in range(1, frame.shape[1] + 1)]


def test_a_part_of_the_sentence_keeps_its_positions():
    frame = export.table("weights", random(2, 2), tokens("dog", "it"), places=[2, 7])
    assert list(frame.index) == list(frame.columns) == ["3 dog", "8 it"]


def test_names_differ_where_words_repeat(model):
    repeated = model.trace("the cat and the dog and the cat")
    frame = export.table("weights", repeated.weights(0)[0], repeated.tokens)
    assert frame.index.is_unique
    assert frame.columns.is_unique


@pytest.mark.parametrize("text", ["=1+1", "+2", "-3", "@sum(a1)", "=cmd|' /c calc'!a0", '"=1"', "\t=1", "a,b", "'=1", ";=1"])
def test_no_name_begins_like_a_formula(model, text):
    """A spreadsheet runs cells that begin so."""
    read = model.trace(text)
    rows = cells(export.csv(export.table("scores", read.stages(LAYER, HEAD).scores, read.tokens)))
    names = rows[0] + [row[0] for row in rows]
    assert not [name for name in names if name.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("text", ["=1", "+", "-", "@", "\n=1", "\r=1", '",=1', "\x00", "\u202e", ";", "a\tb"])
def test_any_token_stays_one_cell(text):
    rows = cells(export.csv(export.table("weights", torch.eye(3), tokens("[CLS]", text, "[SEP]"))))
    assert [len(row) for row in rows] == [4, 4, 4, 4]
    assert not [row[0] for row in rows if row[0].startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert [row[1:] for row in rows[1:]] == [["1.0", "0.0", "0.0"], ["0.0", "1.0", "0.0"], ["0.0", "0.0", "1.0"]]


def test_every_other_cell_of_a_csv_is_a_number(trace, name):
    for row in cells(export.csv(export.table(name, matrix_of(trace, name), trace.tokens)))[1:]:
        assert all(np.isfinite(float(cell)) for cell in row[1:])


def test_longest_sentence_goes_through_csv(model):
    longest = model.trace("dog " * 510)
    weights = longest.stages(LAYER, HEAD).weights
    frame = pd.read_csv(io.BytesIO(export.csv(export.table("weights", weights, longest.tokens))), index_col=0)
    np.testing.assert_array_equal(frame.to_numpy(dtype=np.float32), weights.numpy())


def test_the_corner_of_a_csv_says_where_it_comes_from(model, trace, name):
    data = export.csv(export.table(name, matrix_of(trace, name), trace.tokens), export.about(model, trace, LAYER, HEAD, name))
    said = json.loads(pd.read_csv(io.BytesIO(data), index_col=0).index.name)
    head = {} if name == "x" else {"head": 2}
    assert said == {"matrix": name, "layer": 4, **head, "text": trace.text, "model": model.name, "sha256": model.sha256}


def test_a_csv_without_provenance_names_its_rows(trace):
    assert cells(export.csv(export.table("weights", matrix_of(trace, "weights"), trace.tokens)))[0][0] == "token"
    assert cells(export.csv(export.projection_table(random(5, 3), random(3))))[0][0] == "W"


def test_provenance_changes_nothing_but_the_corner(model, trace, name):
    frame = export.table(name, matrix_of(trace, name), trace.tokens)
    plain, told = cells(export.csv(frame)), cells(export.csv(frame, export.about(model, trace)))
    assert plain[0][0] != told[0][0]
    told[0][0] = plain[0][0]
    assert told == plain


@pytest.mark.parametrize("text", TEXTS)
def test_the_corner_gives_any_text_back_and_stays_one_line_of_visible_characters(model, text):
    read = model.trace(text)
    data = export.csv(export.table("weights", read.stages(0, 0).weights, read.tokens), export.about(model, read, 0, 0))
    first, *others = data.decode("utf-8-sig").splitlines()
    assert len(others) == len(read.tokens)
    assert first.isprintable()
    assert first.startswith('"{')
    assert json.loads(cells(data)[0][0])["text"] == text


def test_about_counts_from_1_and_names_only_what_was_chosen(model, trace):
    origin = {"text": trace.text, "model": model.name, "sha256": model.sha256}
    assert export.about(model, trace) == origin
    assert export.about(model, trace, 0) == {"layer": 1} | origin
    assert export.about(model, trace, 5, 11) == {"layer": 6, "head": 12} | origin
    assert export.about(model, trace, 5, 0, "x") == {"matrix": "x", "layer": 6} | origin
