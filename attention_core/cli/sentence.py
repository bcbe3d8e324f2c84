"""One sentence in the terminal or as a file:  python -m attention_core "A dog ate the food" --layer 4 --head 2.

What takes long to import is imported where it is needed, so that --help and a wrong argument are answered at once.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from attention_core.cli.files import WRITERS, as_size, is_ours, whole_file
from attention_core.errors import AttentionError, ChoiceError, TextError
from attention_core.matrices.names import BETWEEN, MATRICES, names_of
from attention_core.survey.place import check_output

if TYPE_CHECKING:
    from attention_core.model.tokens import Token
    from attention_core.model.trace import Trace
    from attention_core.model.traced import TracedModel
    from attention_core.models.watched import WatchedModel

LAYER, HEAD = 4, 2  # shown where none is asked for, or the last where a model has fewer
_ATTENTIONS = {"encoder": ("encoder", "self"), "decoder": ("decoder", "self"), "cross": ("decoder", "cross")}
_DESCRIPTION = """\
Read a sentence with a small pretrained transformer, and show what one of its
attention heads computes."""
_EXAMPLES = """\
examples:
  python -m attention_core "A dog ate the food because it was hungry"
  python -m attention_core "The bank raised its rates" --layer 6 --head 12
  python -m attention_core "A dog saw a cat" --stage q --query dog
  python -m attention_core "A dog saw a cat" --out dog.csv
  python -m attention_core "A dog saw a cat" --model folder/of/a/model
  python -m attention_core "I am good." --model t5 --attention cross

The ending of the file says what is written, all digits included:
  .csv      one matrix: --stage of --layer and --head
  .html     one head with all its charts, for any browser, offline
  .npz      all matrices of all heads, for numpy
  .parquet  every query with every key of all heads, a row each

Lists of sentences:  python -m attention_core patterns --help
                     python -m attention_core links --help
Into French:         python -m attention_core --translate --help

A file that this program has not written, and what a link at --out points to,
are replaced only with --overwrite.

Layers, heads and positions count from 1, as on the pages. Before a sentence
that begins with a hyphen put two more: -- "-3 degrees".
"""


class _Listing(argparse.Action):
    """Prints the models on this machine."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from attention_core.models.catalogue import available

        for each in available():
            size = each.problem or f"{each.family}, {as_size(each.size)}"
            print(f"{each.name}: {size}")
        parser.exit()


class SentenceParser(argparse.ArgumentParser):
    """Raises AttentionError for wrong arguments."""

    def error(self, message: str) -> NoReturn:
        raise AttentionError(f"{message}. Give one sentence in quotes; --help shows how.")


def sentence_parser() -> argparse.ArgumentParser:
    """The arguments of one sentence; wrong ones raise AttentionError."""
    parser = SentenceParser(
        prog="python -m attention_core",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("text", help="the sentence, in quotes")
    parser.add_argument("--layer", type=int, metavar="N", help=f"from 1; {LAYER} if not given")
    parser.add_argument("--head", type=int, metavar="N", help=f"from 1; {HEAD} if not given")
    stages, which = (*MATRICES, *BETWEEN), "weights if not given; capped, biased and masked only where a model has them"
    parser.add_argument(
        "--stage", metavar="NAME", choices=stages, default="weights", help=f"which matrix: {', '.join(stages)}; {which}"
    )
    parser.add_argument(
        "--query", metavar="TOKEN", help="the token that asks, or its position; by default the head's strongest link"
    )
    parser.add_argument(
        "--key", metavar="TOKEN", help="the token looked at, or its position; by default the query's strongest link"
    )
    parser.add_argument("--model", metavar="MODEL", help="a folder, or a name that --models lists; by default the embedded one")
    parser.add_argument("--models", action=_Listing, nargs=0, help="list the models on this machine, and end")
    parser.add_argument("--target", metavar="TEXT", help="what a second stack reads; by default what it writes itself")
    parser.add_argument("--attention", choices=_ATTENTIONS, help="which one, where a model has several; cross if not given")
    parser.add_argument("--out", metavar="FILE", type=Path, help="write a .csv, .html, .npz or .parquet instead")
    parser.add_argument("--overwrite", action="store_true", help="replace any file at --out; follow a link there")
    parser.set_defaults(run=run_sentence)
    return parser


def run_sentence(arguments: argparse.Namespace) -> None:
    """Read the sentence, and print one stage of one head or write the file that is asked for."""
    write = WRITERS.get(arguments.out.suffix.lower()) if arguments.out else None
    if arguments.out and not write:
        raise ChoiceError(f"{arguments.out} ends in none of {', '.join(WRITERS)}: its ending says what to write.")
    if arguments.out:
        folder = Path(arguments.model) if arguments.model else None
        check_output(arguments.out, [*folder.iterdir()] if folder and folder.is_dir() else [], arguments.overwrite, is_ours)

    from attention_core.cli.terminal import terminal_lines
    from attention_core.matrices.words import Cell
    from attention_core.models.load import load_model
    from attention_core.weights.link_strength import strongest_link

    model = load_model(arguments.model)
    trace = _trace(model, arguments)
    layer = from_zero("layer", arguments.layer, LAYER, len(trace.layers))
    head = from_zero("head", arguments.head, HEAD, trace.layers[0].heads)
    if all(token.is_special for token in trace.tokens):
        raise TextError("There is no word to read in this text. Give at least one.")
    stages = trace.stages(layer, head)
    if arguments.stage not in names_of(stages):
        raise ChoiceError(f"This head has no stage {arguments.stage!r}: choose one of {', '.join(names_of(stages))}.")
    query = None if arguments.query is None else _position("query", arguments.query, trace.rows)
    query, strongest = strongest_link(stages.weights, trace.rows, query, trace.columns)
    key = strongest if arguments.key is None else _position("key", arguments.key, trace.columns)
    cell = Cell(trace, layer, head, query, key, stages)
    if write is None:
        print("\n".join(terminal_lines(model, cell, arguments.stage, shutil.get_terminal_size().columns)))
        return
    try:
        with whole_file(arguments.out) as file:
            what = write(file, model, cell, arguments.stage)
        size = arguments.out.stat().st_size
    except OSError as error:
        raise AttentionError(f"{arguments.out} cannot be written: {error.strerror or error}.") from error
    print(f"Wrote {arguments.out} ({as_size(size)}): {what}.")


def _trace(model: TracedModel | WatchedModel, arguments: argparse.Namespace) -> Trace:
    """The trace of the attention that is asked for. Raises ChoiceError where the model has none of the kind."""
    kind = getattr(model.config, "kind", "encoder")
    if kind != "both":
        if arguments.target is not None:
            raise ChoiceError(f"{model.name} reads one text: it has no decoder beside an encoder that could read a target.")
        if arguments.attention not in (None, kind):
            raise ChoiceError(f"There is no attention {arguments.attention!r}: {model.name} has that of one {kind}.")
        return model.trace(arguments.text)
    trace = model.trace(arguments.text, arguments.target)
    return trace.at(*_ATTENTIONS[arguments.attention or "cross"])


def from_zero(what: str, number: int | None, default: int, count: int) -> int:
    """A layer or head as people count them, from 0. This is where the two ways of counting meet."""
    number = min(default, count) if number is None else number
    if not 1 <= number <= count:
        raise ChoiceError(f"There is no {what} {number}: this model has {what}s 1 to {count}.")
    return number - 1


def _position(what: str, asked: str, tokens: tuple[Token, ...]) -> int:
    """The position from 0 of a token that is named by itself or by its position from 1."""
    from attention_core.writing.text import visible

    named = [
        position for position, token in enumerate(tokens) if asked.lower() in (token.text.lower(), visible(token.text).lower())
    ]
    if len(named) > 1:
        places = ", ".join(str(position + 1) for position in named)
        raise ChoiceError(f"The {what} {asked!r} stands at {places}: give one of these positions.")
    if not named and asked.isdecimal() and 1 <= int(asked) <= len(tokens):
        named = [int(asked) - 1]
    if not named:
        raise ChoiceError(f"There is no {what} {asked!r}: give a token of the sentence, or a position from 1 to {len(tokens)}.")
    return named[0]
