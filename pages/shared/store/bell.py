"""Who waits for changes of rooms is told of them, also of those that another process of the server made.

PostgreSQL tells by LISTEN and NOTIFY. On SQLite one thread looks whether anything was written, which costs next to nothing.
"""

import logging
from collections.abc import Callable
from threading import Event, Lock, Thread

import psycopg
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from pages.shared.store.database import Database
from pages.shared.store.schema import ROOMS

CHANNEL = "attention_rooms"
_LOOK = 0.04  # seconds between two looks at SQLite's number of changes
_PAUSE = 1.0  # seconds before another try, where the database does not answer
_log = logging.getLogger("attention_visualizer")


class Bell:
    """Calls `heard` with a room's code whenever it may have changed, from any thread; with None where any may have."""

    def __init__(self, database: Database):
        self._database = database
        self._heard: list[Callable[[str | None], None]] = []
        self._lock, self._ended = Lock(), Event()
        self._thread: Thread | None = None
        self.is_listening = Event()

    def listen(self, heard: Callable[[str | None], None]) -> None:
        """Have somebody told from now on."""
        with self._lock:
            self._heard.append(heard)
            if self._thread is None:
                watch = self._watch_sqlite if self._database.is_sqlite else self._watch_postgresql
                self._thread = Thread(target=self._watch, args=(watch,), name="rooms", daemon=True)
                self._thread.start()

    def ring(self, code: str | None) -> None:
        """Tell everybody in this process."""
        for heard in list(self._heard):
            heard(code)

    def end(self) -> None:
        """Tell nobody any more."""
        self._ended.set()
        if self._thread:
            self._thread.join(5)

    def _watch(self, watch: Callable[[], None]) -> None:
        while not self._ended.is_set():
            try:
                watch()
            except (SQLAlchemyError, psycopg.Error) as error:
                _log.warning("Changes of rooms cannot be seen now.", exc_info=error)
                self._ended.wait(_PAUSE)
                self.ring(None)  # some may have been missed

    def _watch_sqlite(self) -> None:
        with self._database.engine.connect() as connection:
            cursor = connection.connection.cursor()
            seen, known = None, None
            while not self._ended.wait(_LOOK):
                (changes,) = cursor.execute("PRAGMA data_version").fetchone()
                if changes == seen:
                    continue
                seen, before = changes, known
                with self._database.engine.connect() as other:
                    known = dict(other.execute(select(ROOMS.c.code, ROOMS.c.version)).all())
                self.is_listening.set()
                if before is not None:
                    for code in before.keys() | known.keys():
                        if before.get(code) != known.get(code):
                            self.ring(code)

    def _watch_postgresql(self) -> None:
        address = self._database.address.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self.is_listening.set()
            self.ring(None)  # what changed before
            while not self._ended.is_set():
                for told in connection.notifies(timeout=0.5):
                    self.ring(told.payload)
