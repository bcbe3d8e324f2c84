"""The command line as a program: which command is meant, and one clear line where something is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from attention_core.cli import lists
from attention_core.cli.sentence import parser
from attention_core.errors import AttentionError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command of these arguments, by default the process's own; returns the exit code, 2 after an error."""
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        if words[:1] and words[0] in lists.COMMANDS:
            print(lists.run(lists.parser(words[0]).parse_args(words[1:])) + ".")
        else:
            arguments = parser().parse_args(words)
            arguments.run(arguments)
    except AttentionError as error:
        _complain(str(error))
        return 2
    return 0


def _complain(message: str) -> None:
    """One line to the error stream, with nothing in it that a terminal would obey."""
    print("attention_core:", "".join(one if one.isprintable() else " " for one in message), file=sys.stderr)


def run() -> int:
    """`main` as a program: output that cannot be written ends it without a traceback."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(errors="replace")
    try:
        try:
            return main()
        finally:
            print(end="", flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or the interpreter would try once more at its end
        if isinstance(error, BrokenPipeError):  # the reader has seen enough
            return 1
        _complain(f"The output cannot be written: {error.strerror}.")
        return 2
    except KeyboardInterrupt:
        return 130
