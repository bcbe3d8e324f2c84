"""One run at a time: in a class many sentences arrive at once, and each is answered sooner if none is interrupted."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

# Between two of the many messages of a run that has ended, the server would otherwise wait 5 ms for the run that goes on.
sys.setswitchinterval(0.0005)
_lock = Lock()
_free = Event()  # nothing is brought along in the background, which a run would have to wait for
_free.set()


def is_cold() -> bool:
    """Whether nobody has waited yet for torch to be imported."""
    return "torch" not in sys.modules


@contextmanager
def bringing_along() -> Iterator[None]:
    """Have the runs meanwhile wait, as soon as they need torch, instead of importing the same things beside."""
    _free.clear()
    try:
        yield
    finally:
        _free.set()


def wait_until_brought() -> None:
    """Wait until nothing is brought along any more."""
    _free.wait()


@contextmanager
def turn() -> Iterator[None]:
    """Wait until the runs before have ended; they take milliseconds, and side by side each would take as long as all.

    A run that still imports torch and the model lets others draw their page's head meanwhile.
    """
    if is_cold():
        yield
        return
    with _lock:
        yield
