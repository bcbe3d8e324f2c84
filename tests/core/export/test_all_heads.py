"""The files of all heads hold every matrix of every head, and are written with little memory."""

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

from attention_core.export import matrices as export
from attention_core.matrices.names import MATRICES
from tests.core.export.taken_home import TEXTS

ROOT = Path(__file__).resolve().parents[3]


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
