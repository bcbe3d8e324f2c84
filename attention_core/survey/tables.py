"""What a list of sentences gave, as tables with exact definitions: CSV and Parquet, of patterns, their summary, and links.

Lines, layers, heads and positions count from 1, as people do. pyarrow is imported only by those who write.
"""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from attention_core.export.matrices import printable_json
from attention_core.model.lengths import Lengths
from attention_core.model.traced import TracedModel
from attention_core.survey.pattern_scores import PatternScores
from attention_core.survey.strongest import Link
from attention_core.survey.totals import Survey
from attention_core.survey.word_links import DEFINITIONS, WordLinks
from attention_core.weights.patterns import PATTERNS

if TYPE_CHECKING:
    import pyarrow as pa

_LINE = {
    "line": "number of the line or row in the file, from 1",
    "text": "the sentence; in a .csv with a ' before it where a spreadsheet would take it for a formula",
    "tokens": "how many tokens the sentence has, special tokens included",
    "tokens_read": "how many of them the model read: fewer than tokens where the sentence is longer than its limit",
}
_HEAD = {"layer": "number of the layer, from 1", "head": "number of the head in its layer, from 1"}
_LINK = {
    "query": "the word that looks",
    "query_position": "position of its first token in the sentence, from 1",
    "key": "the word that is looked at",
    "key_position": "position of its first token in the sentence, from 1",
}
_MEASURES = {
    name: f"{pattern.definition} Here a[i, j] is the softmax weight that query i gives key j. Unit: {pattern.unit}. "
    f"After: {pattern.source}"
    for name, pattern in PATTERNS.items()
}
COLUMNS = {
    "patterns": _LINE | _HEAD | _MEASURES,
    "links": _LINE | _LINK | _HEAD | DEFINITIONS,
    "summary": _HEAD
    | {
        "pattern": "what is measured; the other entries say how",
        "mean": "the mean over all sentences, each counting once",
        "spread": "the standard deviation over all sentences, divided by n − 1",
        "sentences": "n, how many sentences were read",
    },
}
_WHOLE = {"line", "tokens", "tokens_read", "layer", "head", "query_position", "key_position", "sentences"}
_TEXTS = {"text", "query", "key", "pattern"}


def table_facts(model: TracedModel, kind: str, **more: object) -> dict[str, str]:
    """Where a table of this kind comes from, and what its columns mean; `kind` is one of COLUMNS. Values are text or JSON."""
    columns = COLUMNS[kind] | (_MEASURES if kind == "summary" else {})
    known = {"table": kind, "model": model.name, "sha256": model.sha256, "columns": columns} | more
    return {name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for name, value in known.items()}


def schema(kind: str) -> pa.Schema:
    """The columns of a table of this kind and their types."""
    import pyarrow as pa

    text = pa.dictionary(pa.int32(), pa.string())
    types = {name: pa.int64() if name in _WHOLE else text if name in _TEXTS else pa.float32() for name in COLUMNS[kind]}
    if kind == "summary":
        types |= {"mean": pa.float64(), "spread": pa.float64()}
    return pa.schema(list(types.items()))


def pattern_table(batch: PatternScores, texts: Sequence[str], numbers: Sequence[int]) -> pa.Table:
    """A row for every sentence and head, with all its pattern scores; `numbers` are the sentences' lines in the file."""
    N, _, L, H = batch.scores.shape
    columns = _sentences(np.repeat(np.arange(N), L * H), texts, numbers, batch.lengths) | _heads(N, L, H)
    for place, name in enumerate(PATTERNS):
        columns[name] = batch.scores[:, place].flatten().numpy()
    return _table("patterns", columns)


def link_table(batch: WordLinks, texts: Sequence[str], numbers: Sequence[int]) -> pa.Table:
    """A row for every link and head, link by link from the first sentence on."""
    M, L, H = batch.weight.shape
    link = np.repeat(np.arange(M), L * H)
    sentence = np.array([place.sentence for place in batch.places], dtype=np.int64)[link]
    columns = _sentences(sentence, texts, numbers, batch.lengths) | _words(link, batch.places) | _heads(M, L, H)
    columns |= {"weight": batch.weight.flatten().numpy(), "stands_out": batch.stands_out.flatten().numpy()}
    return _table("links", columns)


def strongest_table(
    links: Sequence[Link], texts: Sequence[str], numbers: Sequence[int], tokens: Sequence[int], read: Sequence[int]
) -> pa.Table:
    """A row for every link in one head, in the order given; the other arguments belong to all sentences of the list."""
    sentence = np.array([link.place.sentence for link in links], dtype=np.int64)
    columns = _sentences(sentence, texts, numbers, Lengths(tuple(tokens), tuple(read), ()))
    columns |= _words(np.arange(len(links)), [link.place for link in links])
    columns |= {name: np.array([getattr(link, name) + 1 for link in links], np.int64) for name in ("layer", "head")}
    columns |= {name: np.array([getattr(link, name) for link in links], np.float32) for name in DEFINITIONS}
    return _table("links", columns)


def summary_table(survey: Survey) -> pa.Table:
    """A row for every head and pattern: mean and spread. Raises ChoiceError before the first sentence."""
    P, L, H = survey.mean.shape
    name = np.repeat(np.arange(P), L * H)
    columns = _heads(P, L, H) | {"pattern": _chosen(name, list(PATTERNS))}
    columns |= {"mean": survey.mean.flatten().numpy(), "spread": survey.spread.flatten().numpy()}
    return _table("summary", columns | {"sentences": np.full(P * L * H, survey.count)})


def _sentences(which: np.ndarray, texts: Sequence[str], numbers: Sequence[int], lengths: Lengths) -> dict:
    of_each = {"line": numbers, "tokens": lengths.tokens, "tokens_read": lengths.read}
    return {name: np.array(values, dtype=np.int64)[which] for name, values in of_each.items()} | {"text": _chosen(which, texts)}


def _heads(repeats: int, L: int, H: int) -> dict:
    return {"layer": np.tile(np.repeat(np.arange(1, L + 1), H), repeats), "head": np.tile(np.arange(1, H + 1), repeats * L)}


def _words(which: np.ndarray, places: Sequence) -> dict:
    columns = {}
    for name in ("query", "key"):
        columns[name] = _chosen(which, [getattr(place, f"{name}_word") for place in places])
        columns[f"{name}_position"] = np.array([getattr(place, name) + 1 for place in places], dtype=np.int64)[which]
    return columns


def _chosen(which: np.ndarray, texts: Sequence[str]) -> pa.DictionaryArray:
    """The texts of these numbers, each text stored once."""
    import pyarrow as pa

    distinct = dict.fromkeys(texts)
    number = {text: place for place, text in enumerate(distinct)}
    of_each = np.array([number[text] for text in texts], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(of_each[which]), pa.array(list(distinct), pa.string()))


def _table(kind: str, columns: dict) -> pa.Table:
    import pyarrow as pa

    return pa.table({name: columns[name] for name in COLUMNS[kind]}, schema=schema(kind))


def to_parquet(table: pa.Table, about: Mapping[str, str]) -> bytes:
    """The table as Parquet; the schema's metadata has what `about` says."""
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(dict(about)), file)
    return file.getvalue()


def to_csv(table: pa.Table, about: Mapping[str, str] | None) -> bytes:
    """The table as UTF-8 CSV, every number so that it reads back to the identical float; without `about` no line of names.

    A byte order mark before the names lets Excel show all letters.
    What `about` says stands as JSON in place of the first column's name: `json.loads(pandas.read_csv(file, index_col=0)
    .index.name)` gives it back. A ' goes before texts that a spreadsheet would take for formulas.
    """
    import pyarrow as pa
    from pyarrow.csv import WriteOptions, write_csv

    columns = []
    for column in table.columns:
        if pa.types.is_dictionary(column.type):
            column = pa.chunked_array([_harmless(chunk) for chunk in column.chunks], pa.string())
        columns.append(column)
    names = list(table.column_names)
    if about is not None:
        names[0] = printable_json(dict(about))
    file = io.BytesIO()
    if about is not None:
        file.write(codecs.BOM_UTF8)
    write_csv(pa.table(columns, names=names), file, WriteOptions(include_header=about is not None))
    return file.getvalue()


def _harmless(column: pa.DictionaryArray) -> pa.Array:
    import pyarrow as pa

    return pa.array(map(no_formula, column.dictionary.to_pylist()), pa.string()).take(column.indices)


def no_formula(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that begins like one gets a ' before it."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
