"""Lists: many traces against one by one, a survey against sentence-transformers (one thread each); memory of a long file."""

import os
import random
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from statistics import median
from time import sleep

import psutil

from tests.benchmarks.core import interleaved
from tests.benchmarks.report import table, verdict
from tests.benchmarks.sentences import sentences
from tests.benchmarks.serve import ROOT

LENGTHS = range(10, 21)  # tokens
EACH, ROUNDS = 30, 7
TRACES_LIMIT = 1 / 3  # of the time that one by one takes
SURVEY_LIMIT = 1 / 0.9  # of the time of sentence-transformers
IN_FILE, MEMORY_LIMIT = 20_000, 1e9  # sentences, bytes


def main() -> None:
    """Print all tables of lists."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers.utils import logging

    import attention_core
    from attention_core.model.checkpoint import embedded_folder
    from attention_core.survey.pattern_scores import read_patterns
    from attention_core.survey.totals import Survey

    logging.disable_progress_bar()
    torch.set_num_threads(1)
    model = attention_core.load_model()
    modules = [Transformer(str(embedded_folder())), Pooling(model.config.d_model), Normalize()]
    official = SentenceTransformer(modules=modules, device="cpu")
    texts = _texts(EACH)

    def traces() -> None:
        for _ in model.traces(texts):
            pass

    def on_all_cores() -> None:
        torch.set_num_threads(os.cpu_count() or 1)
        traces()
        torch.set_num_threads(1)

    runs = {
        "cores": on_all_cores,
        "one": lambda: [model.trace(text) for text in texts],
        "traces": traces,
        "survey": lambda: Survey().add(read_patterns(model, texts)),
        "official": lambda: official.encode(texts, show_progress_bar=False),
    }
    taken = interleaved(runs, ROUNDS)
    each = {name: median(durations) / len(texts) for name, durations in taken.items()}

    def row(name: str, mine: str, theirs: str, limit: float) -> tuple[str, ...]:
        cells = (f"{1e3 * each[mine]:.2f} ms", f"{1e3 * each[theirs]:.2f} ms", *verdict(each[mine] / each[theirs], limit))
        return name, *cells, f"{min(taken[mine]) / min(taken[theirs]):.2f}"

    name = f"{len(texts)} sentences of {LENGTHS[0]} to {LENGTHS[-1]} tokens"
    header = ("", "together", "one by one", "ratio", "limit", "", "ratio of the least")
    rows = [row(name, "traces", "one", TRACES_LIMIT), row("together on all cores", "cores", "one", TRACES_LIMIT)]
    table("A trace of each, in ms a sentence", header, rows)
    header = ("", "survey", "encode", "ratio", "limit", "", "ratio of the least")
    title = "Pattern scores of all heads and their summary / sentence-transformers' encode, in ms a sentence"
    table(title, header, [row(name, "survey", "official", SURVEY_LIMIT)])
    _memory()


def _texts(each: int) -> list[str]:
    texts = [text for tokens in LENGTHS for text in sentences(tokens, each)]
    random.Random(0).shuffle(texts)
    return texts


def file_texts(count: int) -> list[str]:
    """So many sentences of all LENGTHS, in no order."""
    return _texts(1 + count // len(LENGTHS))[:count]


def _memory() -> None:
    """The memory that the command line takes at most for a file of sentences."""
    peak = 0
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "mine.txt").write_text("\n".join(file_texts(IN_FILE)))
        command = [sys.executable, "-m", "attention_core", "patterns", f"{folder}/mine.txt", "--out", f"{folder}/a.parquet"]
        process = psutil.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            with suppress(psutil.NoSuchProcess):
                peak = max(peak, process.memory_info().rss)
            sleep(0.1)
    if process.returncode:
        raise ValueError(f"The command failed with code {process.returncode}.")
    rows = [(f"patterns, {IN_FILE:,} sentences", f"{peak / 1e6:.0f} MB", *verdict(peak / 1e9, MEMORY_LIMIT / 1e9))]
    table("Resident memory of the command line at most", ("", "resident", "in GB", "limit", ""), rows)
