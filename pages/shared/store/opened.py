"""The one store of a server's process: opened when it is first needed, and shared by all sessions and routes."""

from dataclasses import dataclass
from threading import Lock

from pages.shared.store.bell import Bell
from pages.shared.store.database import Database
from pages.shared.store.rooms import Rooms
from pages.shared.store.sets import Sets


@dataclass(frozen=True)
class Store:
    """All that is kept in one database, and who tells of changes."""

    database: Database
    bell: Bell
    sets: Sets
    rooms: Rooms

    def close(self) -> None:
        """End what listens, and let go of the database."""
        self.bell.end()
        self.database.close()


_lock = Lock()
_stores: list[Store] = []


def store() -> Store:
    """The process's store. Raises StoreError where its database cannot be used, and tries anew at the next call."""
    with _lock:
        if not _stores:
            database = Database()
            bell = Bell(database)
            _stores.append(Store(database, bell, Sets(database), Rooms(database, bell)))
        return _stores[0]


def close_store() -> None:
    """Close the process's store, so that the next call opens one anew."""
    with _lock:
        while _stores:
            _stores.pop().close()
