"""Lists of sentences on the command line:  python -m attention_core patterns sentences.csv --out patterns.parquet.

What takes long to import is imported where it is needed, so that --help and a wrong argument are answered at once.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from attention_core.cli.error_stream import tell
from attention_core.cli.file_options import add_file_options, as_taken, file_options, looked_at
from attention_core.cli.many_files import add_engine_options, check_engine, run_many_files
from attention_core.errors import AttentionError, ListError

if TYPE_CHECKING:
    import pyarrow as pa

    from attention_core.model.lengths import Lengths
    from attention_core.model.traced import TracedModel
    from attention_core.survey.computation import AnyComputation
    from attention_core.survey.run import Computation
    from attention_core.survey.word_links import LinkSearch

COMMANDS = ("patterns", "links")
_TEXTS = (".txt", ".csv", ".tsv", ".jsonl")  # of which each line is a row
_EPILOG = """\
{example}
The file is .txt with a sentence a line, or .csv, .tsv, .xlsx, .jsonl, .json
or .parquet with a column of sentences. The result is a .csv or a .parquet; what
its columns mean stands in its first cell, or in its metadata.

At every moment the result is whole. After Ctrl-C or a kill the same command
with --resume goes on where it ended. A second command for the same --out is
refused while one is at work, and so is an --out that is the input, a link, or
a file that this program has not written: --overwrite allows the last two.
Lines that cannot be read are told, and kept with their numbers in a file that
ends in .rejected.csv; --look shows them, and how the file is read, before.

Many files are read on many cores with --engine ray, into a folder:
  python -m attention_core {many}
"""
_PATTERNS = "How much every attention head does what heads are known for, in every\nsentence of a list."
_LINKS = "How strongly every attention head links some words to others, in every\nsentence of a list."


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise AttentionError(f"{message}. {self.prog} --help shows how.")


def list_parser(command: str) -> argparse.ArgumentParser:
    """The arguments of one of the COMMANDS; wrong ones raise AttentionError."""
    arguments = _Parser(
        prog=f"python -m attention_core {command}",
        description=_LINKS if command == "links" else _PATTERNS,
        epilog=_EPILOG.format(example=_example(command), many=_many_example(command)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    arguments.add_argument("file", nargs="+", metavar="FILE", help="the sentences; with --engine several files, or a folder")
    needed = []
    if command == "links":
        needed = [
            arguments.add_argument("--from", dest="queries", required=True, metavar="WORDS", help="the words that look: it,she")
        ]
        arguments.add_argument("--to", dest="keys", metavar="WORDS", help="the words looked at; if not given, any word before")
        arguments.add_argument("--before", action="store_true", default=None, help="only --to words that stand before")
    out = arguments.add_argument("--out", metavar="FILE", type=_place, required=True, help="the .csv or .parquet to write")
    add_file_options(arguments, [*needed, out])
    arguments.add_argument("--resume", action="store_true", help="go on where this command ended before")
    arguments.add_argument("--overwrite", action="store_true", help="replace any file at --out; follow a link there")
    arguments.add_argument("--model", metavar="FOLDER", help="a BERT-type checkpoint; by default the embedded one")
    add_engine_options(arguments)
    arguments.set_defaults(run=run_list, command=command)
    return arguments


def _place(text: str) -> Path | str:
    """A path; or an address with a scheme, in which two slashes mean more than one."""
    return text if "://" in text else Path(text)


def _as_asked(arguments: argparse.Namespace) -> dict[str, object]:
    """How the file was to be read, so that a run goes on only in the same way; the column is told in any case."""
    asked = {name: value for name, value in file_options(arguments).asked().items() if name != "column"}
    return {"reading": asked} if asked else {}


def _example(command: str) -> str:
    links = "example:\n  python -m attention_core links sentences.txt --from it --to dog,cat \\\n      --out links.parquet\n"
    patterns = "example:\n  python -m attention_core patterns sentences.csv --column text \\\n      --out patterns.parquet\n"
    words = "\nWords stand with commas between them, or in a .txt, a word a line.\n"
    return links + words if command == "links" else patterns


def _many_example(command: str) -> str:
    return f"{command} corpus/ {'--from it ' if command == 'links' else ''}--engine ray --out results"


def run_list(arguments: argparse.Namespace) -> str:
    """Compute the patterns or links of all sentences of a file; returns what was done, in a sentence.

    Raises AttentionError for what cannot be read or written, and KeyboardInterrupt after a signal to end; in both cases what
    was computed until then is kept.
    """
    from attention_core.lists.sentences import open_list
    from attention_core.survey.place import alone, check_input

    check_engine(arguments)
    if arguments.engine is not None:
        return run_many_files(arguments, _search_of(arguments))
    (file,) = arguments.file
    inputs = [Path(name) for name in (file, *_word_lists(arguments))]
    for path in inputs:
        check_input(path)
    opened = open_list(file, options=file_options(arguments))
    if arguments.look:
        return "\n".join(looked_at(opened))

    from attention_core.models.load import load_model
    from attention_core.survey.resumable import GrowingTable
    from attention_core.survey.run import compute
    from attention_core.survey.tables import schema, table_facts

    digest, total = _looked_through(Path(file))
    model = load_model(arguments.model)
    work, asked = _patterns(model) if arguments.command == "patterns" else _links(model, arguments)
    known = table_facts(
        model,
        arguments.command,
        file=opened.name,
        file_sha256=digest,
        column=opened.column or "",
        **_as_asked(arguments),
        **asked,
    )
    try:
        with alone(arguments.out):
            growing = GrowingTable(
                arguments.out, schema(arguments.command), known, arguments.resume, arguments.overwrite, inputs
            )
            if growing.is_complete:
                return f"{arguments.out} is complete already."
            start = growing.read_to
            tell(as_taken(opened))
            counts = compute(opened, growing, work, total)
            size = growing.out.stat().st_size
    except OSError as error:
        raise AttentionError(f"{arguments.out} cannot be written: {error.strerror or error}.") from error
    more = f" after line {start:,}" if start else ""
    said = [f"Wrote {arguments.out} ({size / 1e6:,.1f} MB): {_count(counts['sentences'], 'sentence')}{more}"]
    if counts["cut"]:
        said.append(f"{counts['cut']:,} of them longer than {model.config.positions} tokens and read to there")
    if counts["blank"]:
        said.append(_count(counts["blank"], "blank line"))
    if counts["rejected"]:
        said.append(f"{_count(counts['rejected'], 'line')} not read and kept in {growing.rejected.name}")
    return ", ".join(said) + "."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _patterns(model: TracedModel) -> tuple[Computation, dict[str, object]]:
    from attention_core.survey.computation import PatternComputation

    return _work(PatternComputation(model)), {}


def _links(model: TracedModel, arguments: argparse.Namespace) -> tuple[Computation, dict[str, object]]:
    from attention_core.survey.computation import LinkComputation, asked_of

    search = _search(model, arguments)
    return _work(LinkComputation(model, search)), asked_of(search)


def _work(computation: AnyComputation) -> Computation:
    def work(texts: Sequence[str], numbers: Sequence[int]) -> tuple[pa.Table, Lengths]:
        batch = computation.read(texts)
        return computation.table(batch, texts, numbers), batch.lengths

    return work


def _search_of(arguments: argparse.Namespace) -> LinkSearch | None:
    """What links are looked for, by the model that is asked for; None for patterns, and for a mere look."""
    if arguments.command == "patterns" or arguments.look:
        return None
    from attention_core.models.load import load_model

    return _search(load_model(arguments.model), arguments)


def _search(model: TracedModel, arguments: argparse.Namespace) -> LinkSearch:
    from attention_core.survey.word_links import link_search

    return link_search(model, _words(arguments.queries), _words(arguments.keys), arguments.before)


def _word_lists(arguments: argparse.Namespace) -> list[str]:
    """The files that hold words of a search."""
    asked = (arguments.queries, arguments.keys) if arguments.command == "links" else ()
    return [words for words in asked if words and _is_word_list(words)]


def _is_word_list(asked: str) -> bool:
    return asked.lower().endswith(".txt")


def _words(asked: str | None) -> list[str] | None:
    """Words with commas between them, or those of a word list."""
    if asked is None:
        return None
    if not _is_word_list(asked):
        return [word for word in asked.split(",") if word.strip()]

    from attention_core.lists.sentences import open_list

    return [line.text for line in open_list(asked).lines() if line.text and line.reason is None]


def _looked_through(path: Path) -> tuple[str, int | None]:
    """The SHA-256 of the file, and about how many lines or rows it has, where that is known beforehand."""
    found, lines, block = hashlib.sha256(), 0, b""
    try:
        with path.open("rb") as file:
            while more := file.read(1 << 20):
                block = more
                found.update(block)
                lines += block.count(b"\n")
    except OSError as error:
        raise ListError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    return found.hexdigest(), lines + (not block.endswith(b"\n")) if path.suffix.lower() in _TEXTS else None
