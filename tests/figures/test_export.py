"""What is taken home is what was shown: the identical numbers, under names that differ and that no program runs."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from attention_core import ChoiceError
from attention_core.export import matrices as export
from attention_core.matrices.names import MATRICES, values
from tests.figures.made import random, tokens

LAYER, HEAD = 3, 1
ROOT = Path(__file__).resolve().parents[2]
TEXTS = [
    "NUL \x00 inside",
    "🙂 emoji",
    "שלום",
    "two\r\nlines",
    "<b>&amp;</b>",
    "=1+1",
    " spaces ",
    '# "a", \\"b"',
    "\u202e\x1b[1m",
]


@pytest.fixture(params=MATRICES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def all_heads(model, trace):
    """The .npz of all heads, read back."""
    file = io.BytesIO()
    export.write_npz(file, model, trace)
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def pairs(model, trace):
    """The .parquet of all heads, opened."""
    file = io.BytesIO()
    export.write_parquet(file, model, trace)
    return pq.ParquetFile(file)


@pytest.fixture(scope="module")
def saved(model, trace):
    """The .npz of the opening view, read back."""
    with np.load(io.BytesIO(export.npz(model, trace, LAYER, HEAD)), allow_pickle=False) as file:
        return dict(file)


def matrix_of(trace, name):
    return values(name, trace.layers[LAYER], trace.stages(LAYER, HEAD))


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


def test_npz_of_all_heads_holds_every_matrix_of_every_head(all_heads, trace, name):
    for number, layer in enumerate(trace.layers):
        if name == "x":
            np.testing.assert_array_equal(all_heads["x"][number], layer.x.numpy())
            continue
        for head in range(len(layer.q)):
            np.testing.assert_array_equal(all_heads[name][number, head], getattr(trace.stages(number, head), name).numpy())


def test_npz_of_all_heads_has_an_axis_for_layers_and_one_for_heads(all_heads):
    T, L, H = 11, 6, 12
    square, narrow = (L, H, T, T), (L, H, T, 32)
    shapes = {"x": (L, T, 384), "scores": square, "scaled": square, "weights": square, "output": (T, 384), "tokens": (T,)}
    shapes |= dict.fromkeys(("q", "k", "v", "z"), narrow) | dict.fromkeys(("text", "model", "sha256"), ())
    assert {name: array.shape for name, array in all_heads.items()} == shapes
    assert {array.dtype for name, array in all_heads.items() if name in (*MATRICES, "output")} == {np.dtype(np.float32)}


def test_npz_of_all_heads_says_where_it_comes_from(all_heads, model, trace):
    assert (str(all_heads["text"]), str(all_heads["model"])) == (trace.text, model.name)
    assert str(all_heads["sha256"]) == model.sha256
    assert all_heads["tokens"].tolist() == [token.text for token in trace.tokens]
    np.testing.assert_array_equal(all_heads["output"], trace.output.numpy())


@pytest.mark.parametrize("text", ["", *TEXTS])
def test_files_of_all_heads_give_any_text_back(model, text):
    read = model.trace(text)
    file = io.BytesIO()
    export.write_npz(file, model, read)
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        assert str(arrays["text"]) == text
        assert arrays["tokens"].tolist() == [token.text for token in read.tokens]
    file = io.BytesIO()
    export.write_parquet(file, model, read)
    table = pq.read_table(file)
    assert table.schema.metadata[b"text"].decode("utf-8") == text
    assert table["key_token"].to_pylist()[: len(read.tokens)] == [token.text for token in read.tokens]


class Forward(io.RawIOBase):
    """A stream that takes bytes and cannot go back, as a socket."""

    def __init__(self):
        self.written = b""

    def writable(self):
        return True

    def write(self, data):
        self.written += bytes(data)
        return len(data)


@pytest.mark.parametrize(
    ("write", "read", "name"), [(export.write_npz, np.load, "weights"), (export.write_parquet, pq.read_table, "weight")]
)
def test_files_of_all_heads_go_to_a_path_as_named_and_to_a_stream_that_cannot_go_back(tmp_path, model, write, read, name):
    short, path, stream = model.trace("dog"), tmp_path / "named as asked", Forward()
    write(path, model, short)
    write(stream, model, short)
    assert list(tmp_path.iterdir()) == [path]
    heads = [short.stages(layer, head) for layer in range(6) for head in range(12)]
    expected = [share for stages in heads for share in stages.weights.flatten().tolist()]
    for file in (path, io.BytesIO(stream.written)):
        assert np.asarray(read(file)[name]).flatten().tolist() == expected


def test_parquet_holds_every_pair_of_every_head_counted_from_1(pairs, trace):
    T = len(trace.tokens)
    assert pairs.metadata.num_row_groups == 72
    for group in range(72):
        rows = pairs.read_row_group(group).to_pydict()
        layer, head = divmod(group, 12)
        assert set(rows["layer"]) == {layer + 1}
        assert set(rows["head"]) == {head + 1}
        assert rows["query"] == [query for query in range(1, T + 1) for _ in range(T)]
        assert rows["key"] == list(range(1, T + 1)) * T
        stages = trace.stages(layer, head)
        for column, matrix in (("score", stages.scores), ("scaled", stages.scaled), ("weight", stages.weights)):
            np.testing.assert_array_equal(np.float32(rows[column]).reshape(T, T), matrix.numpy())


def test_parquet_names_the_tokens_of_each_pair(pairs, trace):
    words = [token.text for token in trace.tokens]
    table = pairs.read()
    for place, column in (("query", "query_token"), ("key", "key_token")):
        assert pairs.schema_arrow.field(column).type.equals(pa.dictionary(pa.int32(), pa.string()))
        assert table[column].to_pylist() == [words[position - 1] for position in table[place].to_pylist()]


def test_parquet_says_where_it_comes_from_and_what_its_columns_mean(pairs, model, trace):
    said = {key.decode(): value.decode() for key, value in pairs.schema_arrow.metadata.items()}
    assert (said["text"], said["model"], said["sha256"]) == (trace.text, model.name, model.sha256)
    columns = json.loads(said["columns"])
    assert list(columns) == pairs.schema_arrow.names
    assert all("from 1" in columns[name] for name in ("layer", "head", "query", "key"))


def test_parquet_opens_in_pandas(model):
    file = io.BytesIO()
    export.write_parquet(file, model, model.trace("the cat and the dog"))
    frame = pd.read_parquet(file)
    assert list(frame.columns) == ["layer", "head", "query", "key", "query_token", "key_token", "score", "scaled", "weight"]
    sums = frame.groupby(["layer", "head", "query"])["weight"].sum()
    np.testing.assert_allclose(sums, 1, atol=1e-6)
    assert frame["query_token"].cat.categories.tolist() == ["[CLS]", "the", "cat", "and", "dog", "[SEP]"]


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak of memory is read from Linux")
@pytest.mark.parametrize(("name", "least"), [("npz", 250), ("parquet", 200)])
def test_512_tokens_are_written_with_little_memory(tmp_path, name, least):
    """All matrices together take 250 MB, one head's 4 MB."""
    script = f"""
import gc, sys, torch, attention_core, pyarrow.parquet
from attention_core.export import matrices as export

def status(key):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(key)) / 1000

torch.set_num_threads(1)
model = attention_core.load_model()
trace = model.trace("dog " * 510)
export.write_{name}(sys.argv[1], model, model.trace("dog"))
gc.collect()
open("/proc/self/clear_refs", "w").write("5")  # the peak begins anew
before = status("VmRSS")
export.write_{name}(sys.argv[1], model, trace)
print(status("VmHWM") - before)
"""
    file = tmp_path / name
    command = [sys.executable, "-c", script, file]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
    assert file.stat().st_size > least * 1e6
    assert float(done.stdout) < 50


def test_npz_holds_every_stage_as_it_was(saved, trace, name):
    assert saved[name].dtype == np.float32
    np.testing.assert_array_equal(saved[name], matrix_of(trace, name).numpy())


@pytest.mark.parametrize("part", ["q", "k", "v"])
def test_npz_holds_the_learned_matrices(saved, model, part):
    weight, bias = model.projection(LAYER, HEAD, part)
    np.testing.assert_array_equal(saved[f"w_{part}"], weight.numpy())
    np.testing.assert_array_equal(saved[f"b_{part}"], bias.numpy())


@pytest.mark.parametrize("part", ["q", "k", "v"])
def test_x_times_w_plus_b_is_the_projection(saved, part):
    np.testing.assert_allclose(saved["x"] @ saved[f"w_{part}"] + saved[f"b_{part}"], saved[part], rtol=1e-5, atol=1e-5)


def test_the_stages_follow_from_one_another(saved):
    d_k = saved["q"].shape[1]
    np.testing.assert_allclose(saved["q"] @ saved["k"].T, saved["scores"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(saved["scores"] / np.sqrt(d_k), saved["scaled"], rtol=1e-5, atol=1e-6)
    powers = np.exp(saved["scaled"])
    np.testing.assert_allclose(powers / powers.sum(axis=1, keepdims=True), saved["weights"], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(saved["weights"] @ saved["v"], saved["z"], rtol=1e-5, atol=1e-5)


def test_npz_says_where_it_comes_from(saved, model, trace):
    assert str(saved["text"]) == trace.text
    assert str(saved["model"]) == model.name
    assert str(saved["sha256"]) == model.sha256
    assert saved["tokens"].tolist() == [token.text for token in trace.tokens]


def test_npz_counts_layer_and_head_from_1_as_the_page_does(saved):
    assert (int(saved["layer"]), int(saved["head"])) == (LAYER + 1, HEAD + 1)


def test_npz_holds_nothing_else(saved):
    learned = {f"{kind}_{part}" for kind in "wb" for part in "qkv"}
    assert set(saved) == {*MATRICES, *learned, "tokens", "text", "model", "sha256", "layer", "head"}


@pytest.mark.parametrize("text", TEXTS)
def test_npz_gives_any_text_back(model, text):
    read = model.trace(text)
    with np.load(io.BytesIO(export.npz(model, read, 0, 0)), allow_pickle=False) as file:
        assert str(file["text"]) == text
        assert file["tokens"].tolist() == [token.text for token in read.tokens]


@pytest.mark.parametrize(("layer", "head"), [(6, 0), (-1, 0), (0, 12), (0, -1)])
def test_a_head_that_does_not_exist_is_refused(model, trace, layer, head):
    with pytest.raises(ChoiceError):
        export.npz(model, trace, layer, head)
