"""The numbers of a translation to take home: one matrix as a table, all of them as .npz, every link as .parquet, and Python."""

import io
import json
from os import PathLike
from typing import BinaryIO

import numpy as np
import pandas as pd
import torch

from attention_core.model.trace import Trace
from attention_core.translation.kinds import ATTENTION_KINDS, attention_matrices, matrix_values, row_tokens
from attention_core.translation.record import Translation
from attention_core.translation.translator import Translator
from attention_core.writing.text import labels


def about_translation(
    translator: Translator, translation: Translation, kind: str = "", layer: int | None = None, head: int | None = None
) -> dict[str, str | int]:
    """Where numbers come from: both sentences, model and SHA-256, and attention, layer and head that were chosen, if any.

    Layer and head count from 0 here and from 1 in the answer.
    """
    chosen: dict[str, str | int] = {"attention": kind} if kind else {}
    if layer is not None:
        chosen["layer"] = layer + 1
    if head is not None:
        chosen["head"] = head + 1
    texts = {"text": translation.text, "french": translation.french}
    return chosen | texts | {"model": "translator", "sha256": translator.sha256}


def attention_table(name: str, kind: str, attentions: Trace, layer: int, head: int) -> pd.DataFrame:
    """One matrix of one head as a table whose row and column names differ even where words repeat ('4 dog')."""
    matrix = matrix_values(name, attentions.layers[layer], attentions.stages(layer, head))
    rows = _numbered(row_tokens(name, attentions))
    of_tokens = attention_matrices(kind)[name].columns == "tokens"
    columns = _numbered(attentions.columns) if of_tokens else [f"{d}" for d in range(1, matrix.size(1) + 1)]
    return pd.DataFrame(matrix.numpy(), index=pd.Index(rows, name="token"), columns=columns)


def probability_table(translation: Translation) -> pd.DataFrame:
    """Every step's likeliest tokens with their probabilities, a row each, and whether it was chosen."""
    rows = [
        {
            "step": number,
            "rank": rank,
            "token": found.token.text,
            "probability": found.probability,
            "chosen": found.token.id == step.chosen.token.id,
        }
        for number, step in enumerate(translation.steps, 1)
        for rank, found in enumerate(step.likeliest, 1)
    ]
    return pd.DataFrame(rows).set_index("step")


def write_translation_npz(file: str | PathLike | BinaryIO, translator: Translator, translation: Translation) -> None:
    """All matrices of all heads of the three attentions as .npz.

    For each attention, as 'cross_weights': x (L, T, d_model), source (L, S, d_model) for cross-attention; q, z (L, H, T, d_k);
    k, v (L, H, S, d_k); scores, scaled, weights and for the decoder masked (L, H, T, S), with −∞ for what is hidden. Beside
    them logits (T, V), memory, output, the tokens source, target and written, text, french, model, sha256. Layers and heads
    are axes, so the first has index 0. numpy drops NULs at the end of texts.
    """
    arrays: dict[str, np.ndarray | str] = {}
    for kind in ATTENTION_KINDS:
        attentions: Trace = getattr(translation, kind)
        heads = range(attentions.layers[0].q.size(0))
        for name in attention_matrices(kind):
            if name in ("x", "source"):
                stacked = torch.stack([getattr(layer, name) for layer in attentions.layers])
            else:
                stacked = torch.stack(
                    [
                        torch.stack([getattr(attentions.stages(layer, head), name) for head in heads])
                        for layer in range(len(attentions.layers))
                    ]
                )
            arrays[f"{kind}_{name}"] = stacked.numpy()
    arrays |= {name: getattr(translation, name).numpy() for name in ("memory", "output")}
    arrays["logits"] = translation.logits().numpy()
    for name in ("source", "target", "written"):
        arrays[name] = np.array([token.text for token in getattr(translation, name)])
    np.savez(file, **arrays, **about_translation(translator, translation))


def translation_npz(translator: Translator, translation: Translation) -> bytes:
    """What `write_translation_npz` writes."""
    file = io.BytesIO()
    write_translation_npz(file, translator, translation)
    return file.getvalue()


_COLUMNS = {
    "attention": "encoder, decoder or cross",
    "layer": "number of the layer, from 1",
    "head": "number of the head in its layer, from 1",
    "query": "position of the token that asks (row of the matrix), from 1",
    "key": "position of the token that is looked at (column of the matrix), from 1",
    "query_token": "the token that asks, as the vocabulary has it",
    "key_token": "the token that is looked at, as the vocabulary has it",
    "score": "q · k, the dot product of query and key",
    "scaled": "score / √d_k, before any mask",
    "weight": "softmax over all keys of a query that the mask does not hide, whose weight is 0",
}


def write_translation_parquet(file: str | PathLike | BinaryIO, translator: Translator, translation: Translation) -> None:
    """Every query with every key of all heads of the three attentions as .parquet, one row a pair.

    Layers, heads and positions count from 1. The schema's metadata has text, french, model, sha256, and under 'columns' what
    each column means, as JSON.
    """
    import pyarrow as pa  # here, because only few of those who import this module write parquet
    from pyarrow.parquet import ParquetWriter

    types = {name: pa.int32() for name in _COLUMNS}
    types |= dict.fromkeys(("score", "scaled", "weight"), pa.float32())
    types |= dict.fromkeys(("attention", "query_token", "key_token"), pa.string())
    facts = about_translation(translator, translation) | {"columns": json.dumps(_COLUMNS, ensure_ascii=False)}
    schema = pa.schema(list(types.items()), metadata=facts)
    with ParquetWriter(file, schema) as writer:
        for kind in ATTENTION_KINDS:
            attentions: Trace = getattr(translation, kind)
            T, S = len(attentions.rows), len(attentions.columns)
            query, key = np.repeat(np.arange(T, dtype=np.int32), S), np.tile(np.arange(S, dtype=np.int32), T)
            same = {
                "attention": [kind] * (T * S),
                "query": query + 1,
                "key": key + 1,
                "query_token": [attentions.rows[place].text for place in query],
                "key_token": [attentions.columns[place].text for place in key],
            }
            for layer in range(len(attentions.layers)):
                for head in range(attentions.layers[0].q.size(0)):
                    stages = attentions.stages(layer, head)
                    place = {"layer": np.full(T * S, layer + 1, np.int32), "head": np.full(T * S, head + 1, np.int32)}
                    numbers = {"score": stages.scores, "scaled": stages.scaled, "weight": stages.weights}
                    columns = same | place | {name: matrix.flatten().numpy() for name, matrix in numbers.items()}
                    writer.write_table(pa.table({name: columns[name] for name in _COLUMNS}, schema=schema))


def translation_snippet(text: str, beam: int, beginning: str, kind: str, layer: int, head: int) -> str:
    """Python that translates `text` again and takes the weights of one head; layer and head count from 0."""
    given = f", prefix={beginning!r}" if beginning.strip() else ""
    return f"""\
from attention_core import load_translator

translation = load_translator().translate({text!r}, beam={beam}{given})
print(translation.french)
stages = translation.{kind}.stages(layer={layer}, head={head})  # layer {layer + 1}, head {head + 1} of the page
print(stages.weights)  # rows: translation.{kind}.rows, columns: translation.{kind}.columns
"""


def _numbered(tokens) -> list[str]:
    return [f"{place} {text}" for place, text in enumerate(labels(tokens), 1)]
