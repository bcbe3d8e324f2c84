"""What is told on the error stream: a line, with nothing in it that a terminal would obey."""

import sys
from contextlib import suppress


def harmless(text: str) -> str:
    """The text without characters that move a cursor, ring a bell or end a line."""
    return "".join(one if one.isprintable() else " " for one in text)


def tell(message: str) -> None:
    """One line to the error stream; none where nobody can be told, as where its disk is full."""
    if sys.stderr is not None:
        with suppress(OSError):
            print("attention_core:", harmless(message), file=sys.stderr, flush=True)
