"""The core on one thread: traces against Transformers and against the same encoder keeping nothing; stages; memory; start."""

import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

from tests.benchmarks.report import milliseconds, table, verdict
from tests.benchmarks.sentences import sentences
from tests.benchmarks.serve import ROOT

# Tokens: rounds, and the limit of a trace in units of Transformers' run.
LENGTHS = {12: (150, 0.85), 64: (80, 0.85), 256: (30, 0.85), 512: (20, 0.75)}
KEEPING_LIMIT, STAGES_LIMIT, MEMORY_LIMIT, IMPORT_LIMIT = 1.1, 1 / 20, 1.1, 0.2
_IMPORT = """
import time
import torch
start = time.perf_counter()
import attention_core
imported = time.perf_counter()
attention_core.load_model()
print(imported - start, time.perf_counter() - imported)
"""


def interleaved(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """The durations of all runs, taken in turns after two rounds of warm-up, so that noise meets all alike."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    order = list(runs.items())
    for round_ in range(rounds + 2):
        order = order[1:] + order[:1]
        for name, run in order:
            start = perf_counter()
            run()
            if round_ >= 2:
                taken[name].append(perf_counter() - start)
    return taken


def main() -> None:
    """Print all tables of the core."""
    import torch
    from transformers import BertModel
    from transformers.utils import logging

    import attention_core
    from attention_core.model.checkpoint import embedded_folder

    logging.disable_progress_bar()
    torch.set_num_threads(1)
    model = attention_core.load_model()
    official = BertModel.from_pretrained(embedded_folder(), attn_implementation="eager", dtype=torch.float32).eval()
    encoder = model.encoder

    @torch.inference_mode()
    def transformers(ids):
        return official(ids[None], output_attentions=True)

    @torch.inference_mode()
    def keep_nothing(ids):
        x = encoder.embed(ids)
        for block in encoder.blocks:
            x, _ = block(x)
        return x

    against_transformers, against_nothing = [], []
    for tokens, (rounds, limit) in LENGTHS.items():
        text = sentences(tokens, 1)[0]
        trace = model.trace(text)
        if len(trace.tokens) != tokens:
            raise ValueError(f"The sentence has {len(trace.tokens)} tokens instead of {tokens}.")
        ids = torch.tensor([token.id for token in trace.tokens])
        runs = {
            "trace": lambda text=text: model.trace(text),
            "encoder": lambda ids=ids: encoder(ids),
            "transformers": lambda ids=ids: transformers(ids),
            "nothing": lambda ids=ids: keep_nothing(ids),
        }
        taken = interleaved(runs, rounds)
        name, times = f"{tokens} tokens", {run: milliseconds(durations) for run, durations in taken.items()}
        ratio = median(taken["trace"]) / median(taken["transformers"])
        against_transformers.append((name, times["trace"], times["transformers"], *verdict(ratio, limit)))
        ratio = median(taken["encoder"]) / median(taken["nothing"])
        with_tokens = median(taken["trace"]) / median(taken["nothing"])
        cells = (name, times["encoder"], times["nothing"], *verdict(ratio, KEEPING_LIMIT), f"{with_tokens:.2f}")
        against_nothing.append(cells)
    header = ("", "trace", "Transformers", "ratio", "limit", "")
    table("A trace, tokenizing included / Transformers, eager, output_attentions=True", header, against_transformers)
    header = ("", "keeping x q k v", "keeping nothing", "ratio", "limit", "", "ratio with tokenizing")
    table("The encoder keeping x, q, k and v / the same encoder keeping nothing", header, against_nothing)
    _stages_and_memory(model, trace)
    _start()


def _stages_and_memory(model, trace) -> None:
    """What all stages of one head cost at the greatest length, and what a trace holds."""
    taken = interleaved({"trace": lambda: model.trace(trace.text), "stages": lambda: trace.stages(3, 1)}, 20)
    stages, whole = median(taken["stages"]), median(taken["trace"])
    cells = verdict(stages / whole, STAGES_LIMIT, 3)
    name = f"{len(trace.tokens)} tokens"
    header = ("", "stages", "trace", "ratio", "limit", "")
    table(
        "All stages of one head from a trace / that trace",
        header,
        [(name, f"{1e3 * stages:.2f} ms", f"{1e3 * whole:.0f} ms", *cells)],
    )
    rows = []
    for tokens in LENGTHS:
        kept = model.trace(sentences(tokens, 1)[0])
        tensors = [tensor for layer in kept.layers for tensor in (layer.x, layer.q, layer.k, layer.v)]
        storages = {
            tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes() for tensor in (*tensors, kept.output)
        }
        held, needed = sum(storages.values()), sum(tensor.nbytes for tensor in tensors)
        rows.append(
            (f"{tokens} tokens", f"{held / 1e6:.2f} MB", f"{needed / 1e6:.2f} MB", *verdict(held / needed, MEMORY_LIMIT))
        )
    table("Bytes that a trace's tensors hold / bytes of its x, q, k, v", ("", "held", "x q k v", "ratio", "limit", ""), rows)


def _start() -> None:
    """How long importing attention_core takes when torch is there already, and loading the model after that."""
    rows = []
    for _ in range(5):
        run = subprocess.run([sys.executable, "-c", _IMPORT], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
        rows.append([float(part) for part in run.stdout.split()])
    imports, loads = zip(*rows, strict=True)
    row = ("beyond torch", *verdict(median(imports), IMPORT_LIMIT, 3), milliseconds(loads))
    table("import attention_core, seconds in a fresh process", ("", "import", "limit", "", "then load_model()"), [row])
