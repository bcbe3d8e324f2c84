"""One translation in the terminal or as a file:  python -m attention_core "I am good." --translate --attention cross.

What takes long to import is imported where it is needed, so that --help and a wrong argument are answered at once.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from attention_core.cli.files import as_size, is_ours, whole_file
from attention_core.cli.sentence import SentenceParser, from_zero
from attention_core.errors import AttentionError, ChoiceError
from attention_core.survey.place import check_output
from attention_core.translation.kinds import ATTENTION_KINDS, attention_matrices

if TYPE_CHECKING:
    from attention_core.translation.record import Translation
    from attention_core.translation.translator import Translator

_LAYER, _HEAD = 2, 1  # shown where none is asked for
_ENDINGS = (".csv", ".npz", ".parquet")
_DESCRIPTION = """\
Translate an English sentence to French with a small transformer, and show what
one of its attention heads computes."""
_EXAMPLES = """\
examples:
  python -m attention_core --translate "I am good."
  python -m attention_core --translate "The dog is hungry." --beam 4 --head 3
  python -m attention_core --translate "I am good." --attention decoder --stage masked
  python -m attention_core --translate "I am good." --beginning "Je suis"
  python -m attention_core --translate "I am good." --out good.npz

The ending of the file says what is written, all digits included:
  .csv      one matrix: --stage of --attention, --layer and --head
  .npz      all matrices of all heads of the three attentions, for numpy
  .parquet  every query with every key of all heads, a row each

Layers and heads count from 1, as on the page. Before a sentence that begins
with a hyphen put two more: -- "-3 degrees".
"""


def translation_parser() -> argparse.ArgumentParser:
    """The arguments of one translation; wrong ones raise AttentionError."""
    stages = list(dict.fromkeys(name for kind in ATTENTION_KINDS for name in attention_matrices(kind)))
    parser = SentenceParser(
        prog="python -m attention_core --translate",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("text", help="the English sentence, in quotes")
    parser.add_argument("--translate", action="store_true", help="to French")
    parser.add_argument("--beam", type=int, default=4, metavar="N", help="the width of the search; 1 is greedy, 4 if not given")
    parser.add_argument("--beginning", metavar="FRENCH", help="how the French has to begin")
    parser.add_argument("--attention", choices=tuple(ATTENTION_KINDS), default="cross", help="which one; cross if not given")
    parser.add_argument("--layer", type=int, metavar="N", help=f"from 1; {_LAYER} if not given")
    parser.add_argument("--head", type=int, metavar="N", help=f"from 1; {_HEAD} if not given")
    parser.add_argument("--stage", choices=stages, default="weights", help="which matrix; weights if not given")
    parser.add_argument("--model", metavar="FOLDER", help="a trained translator; by default the one that comes along")
    parser.add_argument("--out", metavar="FILE", type=Path, help="write a .csv, .npz or .parquet instead")
    parser.add_argument("--overwrite", action="store_true", help="replace any file at --out; follow a link there")
    return parser


def run_translation(arguments: argparse.Namespace) -> None:
    """Translate the sentence, and print one stage of one head or write the file that is asked for."""
    ending = arguments.out.suffix.lower() if arguments.out else None
    if arguments.out and ending not in _ENDINGS:
        raise ChoiceError(f"{arguments.out} ends in none of {', '.join(_ENDINGS)}: its ending says what to write.")
    known = attention_matrices(arguments.attention)
    if arguments.stage not in known:
        raise ChoiceError(f"There is no stage {arguments.stage} of {arguments.attention} attention: it has {', '.join(known)}.")
    if arguments.out:
        check_output(arguments.out, [], arguments.overwrite, is_ours)

    from attention_core.translation.translator import load_translator

    translator = load_translator(arguments.model)
    layer = from_zero("layer", arguments.layer, _LAYER, translator.config.layers)
    head = from_zero("head", arguments.head, _HEAD, translator.config.heads)
    translation = translator.translate(arguments.text, arguments.beam, arguments.beginning)
    if not arguments.out:
        width = shutil.get_terminal_size().columns
        print("\n".join(_lines(translation, arguments.attention, arguments.stage, layer, head, width)))
        return
    try:
        with whole_file(arguments.out) as file:
            what = _write(file, translator, translation, arguments, layer, head)
        size = arguments.out.stat().st_size
    except OSError as error:
        raise AttentionError(f"{arguments.out} cannot be written: {error.strerror or error}.") from error
    print(f"Wrote {arguments.out} ({as_size(size)}): {what}.")


def _write(
    file: BinaryIO, translator: Translator, translation: Translation, arguments: argparse.Namespace, layer: int, head: int
) -> str:
    """Write the file and say what is in it."""
    from attention_core.export.matrices import csv
    from attention_core.translation import files

    kind, stage = arguments.attention, arguments.stage
    if arguments.out.suffix.lower() == ".csv":
        frame = files.attention_table(stage, kind, getattr(translation, kind), layer, head)
        file.write(csv(frame, files.about_translation(translator, translation, kind, layer, head) | {"matrix": stage}))
        return f"{attention_matrices(kind)[stage].title.lower()} of {kind} attention, layer {layer + 1}, head {head + 1}"
    if arguments.out.suffix.lower() == ".npz":
        files.write_translation_npz(file, translator, translation)
        return "all matrices of all heads of the three attentions"
    files.write_translation_parquet(file, translator, translation)
    return "every query with every key of all heads of the three attentions"


def _lines(translation: Translation, kind: str, stage: str, layer: int, head: int, width: int) -> Iterator[str]:
    """The translation, the others that were found, and one matrix, in lines of so many characters."""
    from attention_core.cli.terminal import prose, table_lines
    from attention_core.translation.kinds import matrix_values, row_tokens
    from attention_core.translation.words import TranslationCell, strongest_key
    from attention_core.writing.numbers import percent
    from attention_core.writing.phrases import plain
    from attention_core.writing.text import visible

    attentions, matrix = getattr(translation, kind), attention_matrices(kind)[stage]
    yield from prose(_on_one_line(translation.french), width)
    if translation.cut:
        left = visible(" ".join(translation.cut.split())[:60]).replace("␣", " ")
        yield from prose(f"There was no room for: {left}", width)
    for way in translation.alternatives[1:]:
        yield from prose(f"  also found: {_on_one_line(way.text)} ({percent(way.probability)})", width)
    yield ""
    yield from prose(f"{ATTENTION_KINDS[kind].title}, layer {layer + 1}, head {head + 1}", width)
    stages = attentions.stages(layer, head)
    numbers = matrix_values(stage, attentions.layers[layer], stages)
    of_tokens = matrix.columns == "tokens"
    rows, columns = ([visible(one.text) for one in side] for side in (row_tokens(stage, attentions), attentions.columns))
    digits = len(str(len(rows)))
    names = [f"{position:>{digits}} {word}" for position, word in enumerate(rows, 1)]
    meaning = "row = query, column = key" if of_tokens else "row = token, column = dimension"
    yield from prose(f"{matrix.title} {matrix.symbol} [{numbers.size(0)} × {numbers.size(1)}]: {meaning}", width)
    yield from table_lines(numbers, names, columns if of_tokens else None, matrix.decimals, width)
    yield ""
    query = len(attentions.rows) - 1 if len(attentions.rows) < 2 else 1
    cell = TranslationCell(attentions, layer, head, query, strongest_key(stages.weights, query, attentions), stages, kind)
    if stage == "weights":
        yield from prose(plain(cell.answer()), width)
    yield from prose(plain(cell.say(stage)), width)


def _on_one_line(text: str) -> str:
    """A text with nothing in it that a terminal would obey."""
    from attention_core.writing.text import visible

    return visible(text).replace("␣", " ")
