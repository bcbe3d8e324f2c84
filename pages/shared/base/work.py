"""Long work on a list in a thread of its own: a portion at a time, stopped at any time, and gone on with.

Of all surveys of a server one is at work, and the others stand in line in the order in which they were begun.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition, Event, Lock, Thread
from time import monotonic

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from attention_core.errors import AttentionError
from attention_core.survey.pattern_scores import portion

_PORTION = 4_000  # characters: a tenth of a second or so, for others wait at most that long
_REST = 1.0  # of the time that a portion took: the processor is free then for those who click
_PATIENCE = 10  # seconds without a sign of the person until the work ends
_LOOK = 0.5  # seconds between two looks of a survey in line whether it is wanted yet
_log = logging.getLogger("attention_visualizer")
_turn = Lock()  # of all work on this server, one portion at a time
_line: list["Work"] = []  # the surveys of this server; the first one is at work
_moved = Condition()  # the line


class Work:
    """One walk through all sentences of a list, for one session."""

    def __init__(self, texts: Sequence[str], step: Callable[[Sequence[str]], None], is_survey: bool = False):
        """`step` is given the next texts, always from the first to the last, and keeps what comes of them.

        A survey stands in line where another one is at work.
        """
        self.total = len(texts)
        self.done = 0  # sentences
        self.trouble = ""  # why it cannot go on, if so
        self._texts, self._step = texts, step
        self._characters = sum(map(len, texts)) or 1
        self._read = 0  # characters
        self._spent = 0.0  # seconds
        self._session = context.session_id if (context := get_script_run_ctx()) else None
        self._seen = monotonic()
        self._is_survey = is_survey
        self._ending, self._thread = Event(), None

    def go_on(self, patience: float = 0.6) -> None:
        """Begin, or go on where it was stopped; waits so many seconds, for a short list is done by then."""
        if self.is_running or self.is_complete:
            return
        self._ending.clear()
        self.trouble = ""
        self._seen = monotonic()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()
        self._thread.join(patience)

    def stop(self) -> None:
        """End after the portion that is being read; what is done is kept."""
        self._ending.set()
        with _moved:
            _moved.notify_all()
        if self._thread:
            self._thread.join(2)

    def poll(self) -> None:
        """Say that somebody still looks at it."""
        self._seen = monotonic()

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    @property
    def before(self) -> int:
        """How many surveys have to end before this one begins."""
        with _moved:
            return _line.index(self) if self in _line else 0

    @property
    def is_complete(self) -> bool:
        return self.done == self.total

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        return min(self._read / self._characters, 1.0)

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far; None before the first portion."""
        return self._spent / self.share * (1 - self.share) if self._read else None

    def _run(self) -> None:
        with self._in_line():
            self._walk()

    @contextmanager
    def _in_line(self) -> Iterator[None]:
        """A survey's own time at work, which begins once those before have ended, or this one need not begin any more."""
        if not self._is_survey:
            yield
            return
        with _moved:
            _line.append(self)
            while _line[0] is not self and not self._ending.is_set() and self._is_wanted():
                _moved.wait(_LOOK)
            if _line[0] is not self:
                self._ending.set()
        try:
            yield
        finally:
            with _moved:
                _line.remove(self)
                _moved.notify_all()

    def _walk(self) -> None:
        while not self._ending.is_set() and self._is_wanted():
            started = monotonic()
            texts = portion(self._texts, self.done, _PORTION)
            if not texts:
                return
            try:
                with _turn:
                    begun = monotonic()
                    self._step(texts)
            except AttentionError as error:
                self.trouble = str(error)
                return
            except Exception as error:  # or the thread would print a traceback, and the person be told nothing
                _log.error("Work on a list ended with an error.", exc_info=error)
                self.trouble = f"Something went wrong after {self.done:,} of {self.total:,} sentences. What is done is kept."
                return
            took = monotonic() - begun
            self.done += len(texts)
            self._read += sum(map(len, texts))
            if not self.is_complete:
                self._ending.wait(_REST * took)
            self._spent += monotonic() - started

    def _is_wanted(self) -> bool:
        """Whether the person's browser is still there: also on another page, and for some seconds after it went."""
        if self._session and runtime.exists() and runtime.get_instance().is_active_session(self._session):
            self._seen = monotonic()
        return monotonic() - self._seen < _PATIENCE
