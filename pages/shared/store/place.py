"""Where the database is, and how much it may hold: settings of the machine, never of the source tree."""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from attention_core.errors import AttentionError

SETTING = "ATTENTION_DATABASE"
_FILE = "attention.sqlite"
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class StoreError(AttentionError):
    """Something cannot be kept, or cannot be had from where it is kept."""


def database_address(asked: str | None = None) -> URL:
    """The database that is asked for, else the one of ATTENTION_DATABASE, else an SQLite file in the user's data folder.

    Raises StoreError for an address that is none, or of a kind that is neither SQLite nor PostgreSQL.
    """
    asked = asked or os.environ.get(SETTING) or ""
    if not asked:
        folder = user_data_path("attention-visualizer", appauthor=False)
        return URL.create("sqlite", database=str(folder / _FILE))
    try:
        address = make_url(asked)
        kind = _DRIVERS[address.get_backend_name()]
    except (ArgumentError, KeyError, ValueError):
        shown = asked.partition("://")[0][:30]  # an address may hold a password
        raise StoreError(
            f"The database of {SETTING} is neither SQLite nor PostgreSQL; its address begins with {shown!r}. "
            "Write sqlite:////folder/attention.sqlite or postgresql://user:password@host/name."
        ) from None
    return address.set(drivername=kind)


def make_folder(address: URL) -> None:
    """Make the folder of an SQLite file, for its owner alone. Raises StoreError where that cannot be."""
    if address.get_backend_name() != "sqlite" or not address.database or address.database == ":memory:":
        return
    folder = Path(address.database).parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be made: {error.strerror}. Set {SETTING} to a file in another folder."
        ) from error


@dataclass(frozen=True)
class Most:
    """How much a database holds at most."""

    sets: int = 1_000
    rooms: int = 200
    followers: int = 500  # of all rooms together
    sentences: int = 100_000  # of one set
    bytes: int = 20_000_000  # of one set, as UTF-8

    @classmethod
    def of_settings(cls) -> "Most":
        """The limits, with those that ATTENTION_SETS, ATTENTION_ROOMS and ATTENTION_FOLLOWERS change.

        Raises StoreError for a setting that is no whole number.
        """
        asked = {}
        for name in ("sets", "rooms", "followers"):
            written = os.environ.get(f"ATTENTION_{name.upper()}", "")
            if written and not (written.isascii() and written.isdigit()):
                raise StoreError(f"ATTENTION_{name.upper()} is {written[:30]!r}, and has to be a whole number.")
            if written:
                asked[name] = int(written)
        return cls(**asked)
