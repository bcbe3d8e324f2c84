"""Train the translator:  python -m attention_core.translation.train PAIRS --out FOLDER

PAIRS is a file of lines "English, tab, French" (.tsv or .tsv.gz). Training can be stopped at any moment, even killed: the
same command goes on from the last saved step, to the same weights. FOLDER gets state.pt and tokenizer.json while it runs,
and at the end model.safetensors, which is what the translator reads.
"""

import argparse
import sys
from dataclasses import fields
from functools import partial
from pathlib import Path

from tqdm import tqdm

from attention_core.errors import AttentionError
from attention_core.translation.pairs import read_pairs, split
from attention_core.translation.settings import Settings
from attention_core.translation.trainer import Progress, Training

_BAR = "{desc}: {percentage:3.0f} % of all |{bar}| {elapsed} so far, {remaining} left{postfix}"


def train(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m attention_core.translation.train", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("pairs", type=Path, metavar="PAIRS", help="a .tsv or .tsv.gz file: English, tab, French")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the state and the weights are kept")
    for field in fields(Settings):
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=field.type,
            default=field.default,
            metavar="N",
            help=f"{field.metadata['help']} (default: {field.default})",
        )
    chosen = vars(parser.parse_args(arguments))
    pairs, out = chosen.pop("pairs"), chosen.pop("out")
    try:
        settings = Settings(**chosen)
        training = Training(settings, split(read_pairs(pairs, settings.words), settings.held_out, settings.seed), out)
        with tqdm(total=settings.epochs, bar_format=_BAR, mininterval=1) as bar:
            training.run(_tell, partial(_show, bar))
        training.finish(_tell)
    except AttentionError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _show(bar: tqdm, progress: Progress) -> None:
    """Move the bar to where the training stands."""
    if progress.is_begin:  # done by an earlier run, so it does not count for the time that is left
        bar.initial, bar.n = bar.initial + progress.done - bar.n, progress.done
    bar.set_description(progress.name, refresh=False)
    if progress.loss is not None:
        bar.set_postfix(loss=f"{progress.loss:.3f}", refresh=False)
    bar.update(progress.done - bar.n)


def _tell(line: str) -> None:
    tqdm.write(line, file=sys.stdout)  # above the progress bar, where there is one
    sys.stdout.flush()
