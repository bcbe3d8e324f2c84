"""A small corpus in files of many kinds, an engine that computes its blocks one after the other, and what results hold."""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from attention_core.survey.block_worker import BlockWorker, Plan, ReadFile, read_blocks
from attention_core.survey.cluster import PartDone
from tests.benchmarks.sentences import sentences

SORTED = {
    "patterns": ["file", "line", "layer", "head"],
    "links": ["file", "line", "query_position", "key_position", "layer", "head"],
}


def texts(count: int, tokens: range = range(8, 20), seed: int = 0) -> list[str]:
    """So many sentences of these lengths, in no order; of each ten one holds ‘it’."""
    found = [text for length in tokens for text in sentences(length, 1 + count // len(tokens), seed)]
    random.Random(seed).shuffle(found)
    return [f"{text} it" if place % 10 == 0 else text for place, text in enumerate(found[:count])]


def written_in_many_kinds(folder: Path, count: int = 120) -> list[str]:
    """Write sentences into a folder, as text, .jsonl.gz, .csv.zst and Parquet, with blank and bad lines; the files' names."""
    every, each = texts(count), count // 4
    (folder / "inner").mkdir(parents=True)
    lines = every[:each]
    lines[3], lines[5] = "", "\u200b"
    (folder / "a.txt").write_text("\n".join(lines), "utf-8")
    rows = [json.dumps({"id": place, "text": text}) for place, text in enumerate(every[each : 2 * each])]
    rows[4] = '{"id": 4, "text": '
    (folder / "inner" / "b.jsonl.gz").write_bytes(gzip.compress("\n".join(rows).encode()))
    table = "text,id\n" + "".join(f'"{text}",{place}\n' for place, text in enumerate(every[2 * each : 3 * each]))
    with pa.CompressedOutputStream(str(folder / "c.csv.zst"), "zstd") as file:
        file.write(table.encode())
    pq.write_table(pa.table({"text": every[3 * each :]}), folder / "d.parquet")
    (folder / "notes.pdf").write_bytes(b"%PDF")
    (folder / ".hidden.txt").write_text("never read")
    return ["a.txt", "c.csv.zst", "d.parquet", "inner/b.jsonl.gz"]


def one_after_the_other(plan: Plan, finished: frozenset[str]) -> Iterator[PartDone]:
    """An engine that computes all blocks in this process."""
    worker = BlockWorker(plan)
    for file in range(len(plan.files)):
        for found in read_blocks(plan, file):
            if isinstance(found, ReadFile):
                yield PartDone({}, found)
            elif found.key not in finished:
                yield PartDone(worker(found))


def rows_of(parts: Path, kind: str = "patterns") -> pd.DataFrame:
    """All rows of a folder of parts, in the order of the corpus; each stands there once."""
    table = ds.dataset(parts, format="parquet").to_table()
    found = table.to_pandas().sort_values(SORTED[kind], ignore_index=True)
    for name in ("file", "text", "query", "key"):
        if name in found:
            found[name] = found[name].astype(str)
    assert not found.duplicated(SORTED[kind]).any()
    return found
