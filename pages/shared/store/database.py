"""A database, opened: its transactions, and who is told when a room has changed."""

import hashlib
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hmac import compare_digest

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from pages.shared.store.place import Most, StoreError, database_address, make_folder
from pages.shared.store.schema import bring_up_to_date

_PATIENCE = 10  # seconds that a writer waits for others
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's 32: five bits each, none like another
_log = logging.getLogger("attention_visualizer")


class Database:
    """An open database with all tables. Raises StoreError where it cannot be reached, or is too new."""

    def __init__(self, address: URL | str | None = None, most: Most | None = None):
        self.address = address if isinstance(address, URL) else database_address(address)
        self.most = most or Most.of_settings()
        make_folder(self.address)
        self.engine = _engine(self.address)
        with self.transaction() as connection:
            bring_up_to_date(connection)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self, fleeting: bool = False) -> Iterator[Connection]:
        """All or nothing: what was written in it lasts once it has ended, and an error leaves nothing of it.

        What is `fleeting` survives the end of the server, but perhaps not that of the machine: SQLite then waits for no disk.
        """
        with _told(), self.engine.connect() as connection:
            connection = connection.execution_options(writes="NORMAL" if fleeting else "FULL")
            with connection.begin():
                yield connection

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """Read only."""
        with _told(), self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _engine(address: URL) -> Engine:
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True, pool_size=5, connect_args={"connect_timeout": 5})
    engine = create_engine(address, connect_args={"timeout": _PATIENCE, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection, _record) -> None:
        connection.isolation_level = None  # transactions begin where we say so, not at the first statement that writes
        connection.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(engine, "begin")
    def begin(connection) -> None:
        # A transaction that will write takes its turn at once: one that first reads could not be sure of what it read.
        writes = connection.get_execution_options().get("writes")
        if writes:
            connection.exec_driver_sql(f"PRAGMA synchronous={writes}")  # FULL: what was answered as saved is on the disk
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _told() -> Iterator[None]:
    """What the database refuses is a StoreError; the log has the whole of it."""
    try:
        yield
    except DBAPIError as error:
        _log.warning("The database refused.", exc_info=error)
        reason = str(error.orig).strip().partition("\n")[0][:200]
        raise StoreError(f"The database cannot be used now: {reason}. Nothing was changed; try again.") from error
    except SQLAlchemyError as error:
        _log.warning("The database could not be used.", exc_info=error)
        raise StoreError("The database cannot be used now. Nothing was changed; try again.") from error


def new_code(letters: int) -> str:
    """A code that people can read out, of five bits a letter."""
    return "".join(secrets.choice(_LETTERS) for _ in range(letters))


def read_code(typed: str, letters: int) -> str | None:
    """A code as it was made, from what a person typed: small letters, hyphens, O for 0; None for what is none."""
    plain = "".join(typed.upper().split()).replace("-", "").translate(str.maketrans("OIL", "011"))
    return plain if len(plain) == letters and set(plain) <= set(_LETTERS) else None


def new_secret() -> str:
    """What only its owner knows: 192 bits."""
    return secrets.token_urlsafe(24)


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def fits_secret(secret: str, kept: str) -> bool:
    """Whether a secret is the one of which this was kept."""
    return compare_digest(hashed(secret), kept)
