"""The command line as a program: which command is meant, and one clear line where something is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from attention_core.cli import lists
from attention_core.cli.error_stream import tell
from attention_core.cli.sentence import sentence_parser
from attention_core.cli.translate import run_translation, translation_parser
from attention_core.errors import AttentionError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command of these arguments, by default the process's own; returns the exit code, 2 after an error."""
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        if words[:1] and words[0] in lists.COMMANDS:
            print(lists.run_list(lists.list_parser(words[0]).parse_args(words[1:])))
        elif "--translate" in words:
            run_translation(translation_parser().parse_args(words))
        else:
            arguments = sentence_parser().parse_args(words)
            arguments.run(arguments)
    except AttentionError as error:
        tell(str(error))
        return 2
    return 0


def run() -> int:
    """`main` as a program: whatever happens, it ends with a sentence and never with a traceback."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(errors="replace")
    try:
        try:
            return main()
        finally:
            if sys.stdout is not None:
                print(end="", flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or the interpreter would try once more at its end
        if isinstance(error, BrokenPipeError):  # the reader has seen enough
            return 1
        tell(f"The output cannot be written: {error.strerror}.")
        return 2
    except KeyboardInterrupt:
        return 130
    except MemoryError:
        tell("The memory of this computer is not enough for it. What was written before stays.")
        return 2
    except SystemExit:
        raise
    except BaseException as error:  # also what Rust libraries panic with
        tell(f"Stopped by a fault of this program or of a library: {_where(error)}. What was written before stays.")
        return 2


def _where(error: BaseException) -> str:
    """What a report of a fault needs: the kind of error, and the last line of this program that it went through."""
    place, step = "", error.__traceback__
    while step is not None:
        if "attention_core" in step.tb_frame.f_globals.get("__name__", ""):
            place = f" at {step.tb_frame.f_globals['__name__']}, line {step.tb_lineno}"
        step = step.tb_next
    return type(error).__name__ + place
