"""Tables of results of many files: sentences are told by file and line, and summaries are merged from those of the parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from attention_core.survey.sentence_names import file_and_line
from attention_core.survey.strongest import Link, Strongest
from attention_core.survey.tables import COLUMNS, schema, summary_table
from attention_core.survey.totals import Survey
from attention_core.weights.patterns import PATTERNS

if TYPE_CHECKING:
    import pyarrow as pa

_FILE = {"file": "path of the file that the sentence stands in"}
_ENDS = "a list of file, line and score, the furthest first; of equal ones the first by file and line"
_OF_LINKS = ("query", "query_position", "key", "key_position", "layer", "head", "weight", "stands_out")
DEFINED = {
    "patterns": _FILE | COLUMNS["patterns"],
    "links": _FILE | COLUMNS["links"],
    "summary of patterns": COLUMNS["summary"]
    | {"most": f"the sentences in which the head does it most: {_ENDS}", "least": f"and those in which least: {_ENDS}"},
    "summary of links": _FILE
    | {name: COLUMNS["links"][name] for name in ("line", *_OF_LINKS)}
    | {"by_position": "whether the head gives the word right before, or right after, more than half of its weight on average"},
}


def part_schema(kind: str) -> pa.Schema:
    """The columns of a part and their types; `kind` is 'patterns' or 'links'."""
    import pyarrow as pa

    return pa.schema([("file", pa.dictionary(pa.int32(), pa.string())), *schema(kind)])


def with_file(table: pa.Table, file: str) -> pa.Table:
    """A table of results of one file, with the column that says which."""
    import pyarrow as pa

    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(table), np.int32)), pa.array([file], pa.string()))
    return table.add_column(0, "file", column)


def summary_of(total: Survey | Strongest, files: Sequence[str]) -> pa.Table:
    """What sums up all sentences of some files; names of sentences count `files` from 0.

    Patterns: a row for every head and pattern. Links: the strongest ones of all, and of each head, the strongest first.
    """
    return _of_patterns(total, files) if isinstance(total, Survey) else _of_links(total, files)


def _of_patterns(survey: Survey, files: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    table = summary_table(survey)
    kind = pa.list_(pa.struct([("file", pa.string()), ("line", pa.int64()), ("score", pa.float32())]))
    _, L, H = survey.mean.shape
    for column, largest in (("most", True), ("least", False)):
        rows = [
            [
                {"file": files[file], "line": line, "score": score}
                for name, score in survey.ends(pattern, layer, head, largest)
                for file, line in [file_and_line(name)]
            ]
            for pattern in PATTERNS
            for layer in range(L)
            for head in range(H)
        ]
        table = table.append_column(column, pa.array(rows, kind))
    return table


def _of_links(strongest: Strongest, files: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    links: dict[Link, None] = dict.fromkeys(strongest.best)
    links |= dict.fromkeys(link for each in strongest.by_head for link in each)
    places = [file_and_line(link.place.sentence) for link in links]
    columns = {
        "file": pa.array([files[file] for file, _ in places], pa.string()),
        "line": pa.array([line for _, line in places], pa.int64()),
    }
    for name in ("query", "key"):
        columns[name] = pa.array([getattr(link.place, f"{name}_word") for link in links], pa.string())
        columns[f"{name}_position"] = pa.array([getattr(link.place, name) + 1 for link in links], pa.int64())
    for name in ("layer", "head"):
        columns[name] = pa.array([getattr(link, name) + 1 for link in links], pa.int64())
    for name in ("weight", "stands_out"):
        columns[name] = pa.array([getattr(link, name) for link in links], pa.float32())
    columns["by_position"] = pa.array([(link.layer, link.head) in strongest.positional for link in links], pa.bool_())
    return pa.table({name: columns[name] for name in DEFINED["summary of links"]})
