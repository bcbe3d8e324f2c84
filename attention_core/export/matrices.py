"""Take the numbers home: one matrix as CSV, a whole head or all heads as .npz, all heads in long form as .parquet.

Every file names the sentence, the model and the SHA-256 of its weights, and counts layers and heads from 1 as people do.
"""

import io
import json
from collections.abc import Iterator, Sequence
from os import PathLike
from typing import BinaryIO
from zipfile import ZipFile

import numpy as np
import pandas as pd
from numpy.lib import format as npy
from torch import Tensor

from attention_core.matrices.formulas import by_root
from attention_core.matrices.names import BETWEEN, MATRICES, matrix_of, names_of, values
from attention_core.model.attention import Stages
from attention_core.model.tokens import Token
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.writing.text import visible


def about(
    model: TracedModel, trace: Trace, layer: int | None = None, head: int | None = None, matrix: str | None = None
) -> dict[str, str | int]:
    """Where numbers come from: sentence, model and SHA-256, and the matrix, layer and head that were chosen, if any.

    Layer and head count from 0 here and from 1 in the answer. The matrix x has no head: all heads of its layer read it.
    """
    chosen: dict[str, str | int] = {"matrix": matrix} if matrix else {}
    if layer is not None:
        chosen["layer"] = layer + 1
    if head is not None and matrix != "x":
        chosen["head"] = head + 1
    return chosen | {"text": trace.text, "model": model.name, "sha256": model.sha256}


def table(
    name: str,
    matrix: Tensor,
    tokens: tuple[Token, ...],
    places: Sequence[int] | None = None,
    columns: tuple[Token, ...] | None = None,
    column_places: Sequence[int] | None = None,
) -> pd.DataFrame:
    """One of the MATRICES as a table whose row and column names differ even where words repeat ('4 dog').

    `places` are the tokens' positions in the sentence, from 0, where they are not all of its tokens; `columns` are the tokens
    that are looked at, where those are not the ones that ask.
    """
    rows = _named(tokens, places)
    if matrix_of(name).over_tokens:
        across = rows if columns is None else _named(columns, column_places)
    else:
        across = [f"{d}" for d in range(1, matrix.size(1) + 1)]
    return pd.DataFrame(matrix.numpy(), index=pd.Index(rows, name="token"), columns=across)


def _named(tokens: tuple[Token, ...], places: Sequence[int] | None) -> list[str]:
    places = range(len(tokens)) if places is None else places
    return [f"{place + 1} {visible(token.text)}" for place, token in zip(places, tokens, strict=True)]


def projection_table(weight: Tensor, bias: Tensor) -> pd.DataFrame:
    """A head's learned W (d_model, d_k), a row an input, and its bias b (d_k,) as the last row."""
    rows = [*(f"input {index}" for index in range(1, len(weight) + 1)), "bias"]
    columns = [f"{d}" for d in range(1, weight.size(1) + 1)]
    return pd.DataFrame(np.vstack([weight.numpy(), bias.numpy()]), index=pd.Index(rows, name="W"), columns=columns)


def csv(frame: pd.DataFrame, about: dict[str, str | int] | None = None) -> bytes:
    """The table as UTF-8 CSV, with a mark by which Excel shows all letters; every number reads back to the identical float32.

    What `about` says stands as JSON in the corner cell above the row names, so that every reader still finds one line of
    names and then numbers: `json.loads(pandas.read_csv(file, index_col=0).index.name)` gives it back. Names begin with a
    position and the corner with a brace, so no cell can be taken for a formula.
    """
    corner = None if about is None else printable_json(about)
    return frame.astype(str).to_csv(index_label=corner).encode("utf-8-sig")


def printable_json(facts: dict[str, str | int]) -> str:
    """JSON on one line, with characters that show nothing or turn the writing direction by their code points."""
    text = json.dumps(facts, ensure_ascii=False)
    return "".join(character if character.isprintable() else json.dumps(character)[1:-1] for character in text)


def npz(model: TracedModel, trace: Trace, layer: int, head: int) -> bytes:
    """All stages of one head (layer and head from 0), its W and b, the tokens and where they come from, as .npz.

    numpy drops NULs at the end of `text`, which no model reads.
    """
    stages = trace.stages(layer, head)
    arrays = {name: values(name, trace.layers[layer], stages).numpy() for name in names_of(stages)}
    for part in () if trace.layers[layer].is_watched else ("q", "k", "v"):
        weight, bias = model.projection(layer, head, part)
        arrays |= {f"w_{part}": weight.numpy(), f"b_{part}": bias.numpy()}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays, **_texts(trace), **about(model, trace, layer, head))
    return file.getvalue()


def write_npz(file: str | PathLike | BinaryIO, model: TracedModel, trace: Trace) -> None:
    """All stages of all heads as .npz, written head by head, so that memory never holds more than one head's stages.

    x (L, T, d_model); q, k, v, z (L, H, T, d_k); scores, scaled, weights (L, H, T, S); output (T, d_model); tokens (T,);
    text, model, sha256. Layers and heads are axes, so the first has index 0. `file` is a path or open for writing bytes, and
    need not be seekable. Nothing is compressed: it would save a tenth and take ten times as long. numpy drops NULs at the end
    of `text`, which no model reads.
    """
    with ZipFile(file, "w") as archive:
        for name in _names_in_any_layer(trace):
            shape, parts = _all_heads(name, trace)
            _write_array(archive, name, shape, np.dtype(np.float32), parts)
        for name, array in {"output": trace.output.numpy(), **_texts(trace), **about(model, trace)}.items():
            array = np.asarray(array)
            _write_array(archive, name, array.shape, array.dtype, iter([array]))


def _texts(trace: Trace) -> dict[str, np.ndarray]:
    """The tokens that ask, and those that are looked at where those are others."""
    tokens = {"tokens": trace.rows} | ({"columns": trace.columns} if trace.kind == "cross" else {})
    return {name: np.array([token.text for token in side]) for name, side in tokens.items()}


def _names_in_any_layer(trace: Trace) -> list[str]:
    """The matrices that any layer has: some models cap, bias or mask only in some of them."""
    found = {name for layer in range(len(trace.layers)) for name in names_of(trace.stages(layer, 0))}
    return [*(name for name in MATRICES if name in found), *(name for name in BETWEEN if name in found)]


def _value(name: str, stages: Stages) -> Tensor:
    """The matrix of that name; where a layer leaves a step out, what it would have changed, as it is."""
    found = getattr(stages, name)
    if found is not None:
        return found
    earlier = list(BETWEEN)[: list(BETWEEN).index(name)]
    return next((kept for each in reversed(earlier) if (kept := getattr(stages, each)) is not None), stages.scaled)


def _all_heads(name: str, trace: Trace) -> tuple[tuple[int, ...], Iterator[np.ndarray]]:
    """The shape of one of the MATRICES over all layers and heads, and its parts in order, each made when asked for."""
    layers = trace.layers
    if name in ("x", "q", "k", "v"):  # a trace has them as they are
        return (len(layers), *getattr(layers[0], name).shape), (getattr(layer, name).numpy() for layer in layers)
    heads = layers[0].heads
    shape = _value(name, trace.stages(0, 0)).shape
    every = (trace.stages(layer, head) for layer in range(len(layers)) for head in range(heads))
    parts = (_value(name, stages).numpy() for stages in every)
    return (len(layers), heads, *shape), parts


def _write_array(archive: ZipFile, name: str, shape: tuple[int, ...], dtype: np.dtype, parts: Iterator[np.ndarray]) -> None:
    """One array of an .npz from consecutive parts."""
    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:  # what comes may be larger than 4 GB
        header = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
        npy.write_array_header_1_0(member, header)
        for part in parts:
            member.write(part.tobytes())


_COLUMNS = {
    "layer": "number of the layer, from 1",
    "head": "number of the head in its layer, from 1",
    "query": "position of the token that asks (row of the matrix), from 1",
    "key": "position of the token that is looked at (column of the matrix), from 1",
    "query_token": "the token that asks, as the vocabulary has it",
    "key_token": "the token that is looked at, as the vocabulary has it",
    "score": "q · k, the dot product of the token's query and the other's key",
    "scaled": "score / √d_k",
    "weight": "softmax of scaled over all keys of a query; sums to 1 for each layer, head and query",
}


def _meanings(stages: Stages) -> dict[str, str]:
    """What the columns mean where a model scales in its own way, or has more between scaled and weights."""
    found = dict(_COLUMNS)
    if not by_root(stages):
        found["scaled"] = f"score / {float(stages.divisor):.9g}"
    if between := [name for name in BETWEEN if name in names_of(stages)]:
        found["weight"] = f"softmax, over all keys of a query, of scaled once it is {' and '.join(between)}"
    return found


def write_parquet(file: str | PathLike | BinaryIO, model: TracedModel, trace: Trace) -> None:
    """Every query with every key of all heads as .parquet, one row a pair and one row group a head, written head by head.

    Layers, heads and positions count from 1. The schema's metadata has text, model, sha256, and under 'columns' what each
    column means, as JSON. `file` is a path or open for writing bytes.
    """
    import pyarrow as pa  # here, because only few of those who import this module write parquet
    from pyarrow.parquet import ParquetWriter

    T, S, heads = len(trace.rows), len(trace.columns), trace.layers[0].heads
    words, asked = (pa.array([token.text for token in side]).dictionary_encode() for side in (trace.rows, trace.columns))
    query = np.repeat(np.arange(1, T + 1, dtype=np.int32), S)
    key = np.tile(np.arange(1, S + 1, dtype=np.int32), T)
    same = {"query": query, "key": key, "query_token": words.take(query - 1), "key_token": asked.take(key - 1)}
    types = {name: pa.float32() if name in ("score", "scaled", "weight") else pa.int32() for name in _COLUMNS}
    types |= dict.fromkeys(("query_token", "key_token"), words.type)
    facts = about(model, trace) | {"columns": json.dumps(_meanings(trace.stages(0, 0)), ensure_ascii=False)}
    schema = pa.schema(list(types.items()), metadata=facts)
    whole_numbers = [name for name, type in types.items() if type != pa.float32()]
    with ParquetWriter(file, schema, use_dictionary=whole_numbers) as writer:  # no two scores are alike
        for layer in range(len(trace.layers)):
            for head in range(heads):
                stages = trace.stages(layer, head)
                place = {"layer": np.full(T * S, layer + 1, np.int32), "head": np.full(T * S, head + 1, np.int32)}
                numbers = {"score": stages.scores, "scaled": stages.scaled, "weight": stages.weights}
                columns = place | same | {name: matrix.flatten().numpy() for name, matrix in numbers.items()}
                writer.write_table(pa.table(columns, schema=schema), row_group_size=T * S)
