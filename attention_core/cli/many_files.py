"""Many files on the command line:  python -m attention_core patterns FILES… --engine ray --out FOLDER."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from attention_core.cli.error_stream import tell
from attention_core.cli.file_options import file_options, looked_at
from attention_core.errors import AttentionError

if TYPE_CHECKING:
    from attention_core.survey.word_links import LinkSearch

_OWN = ("actors", "address", "lines_per_part")  # options that mean nothing without an engine
_HINT = "--help shows how."


def add_engine_options(arguments: argparse.ArgumentParser) -> None:
    """Add what is needed for many files on many cores."""
    group = arguments.add_argument_group(
        "many files on many cores, with Ray",
        "FILES are files and folders, local or at an address (s3://bucket/folder);\n"
        "text may be packed as .gz or .zst. --out is a folder of Parquet parts. Needs\n"
        '  pip install "ray[data]~=2.60"',
    )
    group.add_argument("--engine", choices=["ray"], help="compute in many processes, each with one core")
    group.add_argument("--actors", type=_count, metavar="N", help="how many; by default as many as there are cores")
    group.add_argument("--address", metavar="A", help="of a running cluster; by default one is begun on this machine")
    group.add_argument("--lines-per-part", type=_count, metavar="N", help="by default 4,000, some 9 MB")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def check_engine(arguments: argparse.Namespace) -> None:
    """Raise AttentionError for options of an engine that is not asked for, and for several files without one."""
    if arguments.engine is None:
        for name in _OWN:
            if getattr(arguments, name) is not None:
                raise AttentionError(f"--{name.replace('_', '-')} needs --engine ray. {_HINT}")
        if "://" in str(arguments.out):
            raise AttentionError(f"{arguments.out} is an address, which is written to with --engine ray. {_HINT}")
        if len(arguments.file) > 1:
            raise AttentionError(f"{len(arguments.file):,} files are read with --engine ray, one is read without. {_HINT}")


def run_many_files(arguments: argparse.Namespace, search: LinkSearch | None) -> str:
    """Compute the patterns, or with a search the links, of all sentences of many files; returns what was done, in a sentence.

    Raises AttentionError for what cannot be read, written or reached, and KeyboardInterrupt after a signal to end; in both
    cases what was computed until then is kept.
    """
    from attention_core.lists.stored_files import stored_files
    from attention_core.survey.block_worker import Plan
    from attention_core.survey.blocks import LINES_TOGETHER
    from attention_core.survey.cluster import Cluster, carry_out, check_ray
    from attention_core.survey.many_files import check_apart, survey_files
    from attention_core.survey.place import alone

    files = stored_files(arguments.file)
    options = file_options(arguments)
    if arguments.look:
        return "\n".join(line for file in files for line in looked_at(file.opened(options)))
    is_here = "://" not in str(arguments.out)
    out = Path(arguments.out).absolute() if is_here else arguments.out
    model = arguments.model  # a folder, which other processes know by its whole path, or a name
    if model is not None and Path(model).exists():
        model = str(Path(model).absolute())
    plan = Plan(search, model, tuple(files), options, arguments.lines_per_part or LINES_TOGETHER, str(out))
    check_apart(plan)
    check_ray()
    cluster = Cluster(arguments.address, arguments.actors)
    try:
        with alone(out) if is_here else nullcontext(), _bar() as told, _ended_by_signals():
            done = survey_files(
                plan, lambda plan, finished: carry_out(plan, cluster, finished), arguments.resume, arguments.overwrite, told
            )
    except OSError as error:
        raise AttentionError(f"{arguments.out} cannot be written: {error.strerror or error}.") from error
    except KeyboardInterrupt:
        tell(f"Stopped. {arguments.out} holds what is done; the same command with --resume goes on.")
        raise
    if done.was_complete:
        return f"{arguments.out} is complete already."
    counts = done.counts
    said = [
        f"Wrote {arguments.out}: {_many(done.parts, 'part')} ({done.size / 1e6:,.1f} MB) of "
        f"{_many(counts['sentences'], 'sentence')} from {_many(len(files), 'file')}"
    ]
    said += [f"{counts['cut']:,} of them longer than the model reads and read to there"] if counts["cut"] else []
    said += [_many(counts["blank"], "blank line")] if counts["blank"] else []
    said += [f"{_many(counts['rejected'], 'line')} not read and kept in the folder “rejected”"] if counts["rejected"] else []
    return ", ".join(said) + "."


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


@contextmanager
def _bar() -> Iterator:
    """What is told of each finished part: a bar on a terminal, a line now and then in a file."""
    from tqdm import tqdm

    from attention_core.survey.run import Told

    told = Told(sys.stderr)
    with tqdm(unit=" lines", mininterval=0.5 if told.isatty() else 30, file=told) as bar:
        yield bar.update


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Have a polite kill, or the end of the session, end the work as Ctrl-C does: whatever the moment, parts are whole."""

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    names = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {name: signal.signal(name, end) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
