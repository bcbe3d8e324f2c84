"""How a file of sentences is read, on the command line: the options, what was taken, and a look at the file before any work."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import islice
from typing import TYPE_CHECKING

from attention_core.cli.error_stream import harmless

if TYPE_CHECKING:
    from attention_core.lists.options import ReadingOptions
    from attention_core.lists.rows import Line
    from attention_core.lists.sentences import OpenList

_SENTENCES, _REJECTED = 8, 20  # that a look shows
_WIDEST = 100  # characters of a sentence that a look shows


def add_file_options(arguments: argparse.ArgumentParser, needed: Sequence[argparse.Action]) -> None:
    """Add how the file is to be read; what is not given is guessed, and told before the work begins.

    The arguments in `needed`, which have to be given for work, need not be for a mere look at the file.
    """

    class Look(argparse.Action):
        def __call__(self, parser: object, namespace: argparse.Namespace, *_: object) -> None:
            namespace.look = True
            for action in needed:
                action.required = False

    group = arguments.add_argument_group("how the file is read (by default found out, and said)")
    yes_or_no = argparse.BooleanOptionalAction
    group.add_argument(
        "--look", action=Look, nargs=0, default=False, help="show what is taken and what is rejected, and compute nothing"
    )
    group.add_argument("--column", metavar="NAME", help="of a table, by name or place from 1; nested: user.text")
    group.add_argument("--encoding", metavar="NAME", help="of a text file: utf-8, windows-1252, mac-roman …")
    group.add_argument("--separator", metavar="SIGN", help="between cells: comma, semicolon, tab, bar, none, or a sign")
    group.add_argument(
        "--quoting",
        metavar="HOW",
        help='doubled (""), backslash (\\"), single (\'…\'), or none: marks are letters',
    )
    group.add_argument("--names", action=yes_or_no, help="whether the first row holds names of columns")
    group.add_argument("--begin-at", type=_row, metavar="ROW", help="the first row or line that is read, from 1")
    group.add_argument("--skip", action=yes_or_no, help="leave out rows of questions or ids under the names")
    group.add_argument("--sheet", metavar="NAME", help="of a workbook, by name or place from 1")


def _row(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 15 or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no row: rows count from 1")
    return int(text)


def file_options(arguments: argparse.Namespace) -> ReadingOptions:
    """What was asked for of the options that `add_file_options` adds."""
    from attention_core.lists.options import ReadingOptions

    return ReadingOptions(**{field.name: getattr(arguments, field.name) for field in fields(ReadingOptions)})


def as_taken(opened: OpenList) -> str:
    """How a file is read, in sentences: encoding, separator, column, and what was guessed."""
    from attention_core.lists.options import name_of_separator
    from attention_core.writing.text import cut

    taken = opened.taken
    said = [opened.encoding] if opened.encoding else []
    said += [f"sheet “{taken.sheet}”"] if taken.sheet else []
    said += [f"separator {name_of_separator(taken.separator)}"] if taken.separator else []
    said += [f"quoting {taken.quoting}"] if taken.separator and taken.quoting else []
    said += [f"column “{cut(opened.column, 60)}”"] if opened.column is not None else ["a sentence a line"]
    return " ".join(filter(None, (f"{opened.name} is read as {', '.join(said)}.", opened.reason, opened.note)))


def looked_at(opened: OpenList) -> Iterator[str]:
    """Lines that show how a file is read: what was taken, the first sentences, and each line that is rejected.

    Raises ListError where the file cannot be read to its end, or holds no sentence.
    """
    from attention_core.lists.sentences import no_sentence
    from attention_core.writing.text import cut

    yield harmless(as_taken(opened))
    rejected: list[Line] = []
    sentences = blank = count = 0
    for line in opened.lines():
        if line.reason is not None:
            count += 1
            rejected += [line] if count <= _REJECTED else []
        elif line.text:
            sentences += 1
            if sentences <= _SENTENCES:
                yield f"{line.number:>8,}  {cut(harmless(line.text), _WIDEST)}"
        else:
            blank += 1
    if not sentences:
        raise no_sentence(opened.name, rejected, blank)
    if sentences > _SENTENCES:
        yield f"{'…':>8}"
    some = f"{sentences:,} sentence{'' if sentences == 1 else 's'}"
    yield f"{some}, {blank:,} without a text, {count:,} rejected{':' if count else '.'}"
    yield from (f"{line.number:>8,}  {harmless(line.reason)}" for line in islice(rejected, _REJECTED))
    if count > _REJECTED:
        yield f"{'…':>8}  and {count - _REJECTED:,} more"
