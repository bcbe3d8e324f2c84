"""The tables, and the numbered steps that bring a database of any age to them."""

from sqlalchemy import (
    Column,
    Connection,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    inspect,
    text,
)

from pages.shared.store.place import StoreError

TABLES = MetaData()
SETS = Table(
    "sets",
    TABLES,
    Column("id", Text, primary_key=True),  # what the link for reading names
    Column("secret", Text, nullable=False, unique=True),  # hashed
    Column("name", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("count", Integer, nullable=False),  # sentences
    Column("body", LargeBinary, nullable=False),  # the sentences: JSON, compressed
    Column("made_at", Double, nullable=False),  # seconds since 1970, as all times
    Column("changed_at", Double, nullable=False),
)
ROOMS = Table(
    "rooms",
    TABLES,
    Column("code", Text, primary_key=True),
    Column("secret", Text, nullable=False),  # hashed
    Column("page", Text, nullable=False),
    Column("fields", Text, nullable=False),  # of the address, as JSON
    Column("sentence_set", Text, nullable=False),  # the set that the teacher opened last
    Column("moves", Integer, nullable=False),  # how often the address changed
    Column("version", Integer, nullable=False),  # how often anything changed
    Column("question", Text, nullable=False),  # as JSON; empty for none
    Column("questions", Integer, nullable=False),  # how many were put
    Column("revealed", Integer, nullable=False),
    Column("seen_at", Double, nullable=False),  # when the teacher was there last
)
ANSWERS = Table(
    "answers",
    TABLES,
    Column("code", Text, nullable=False),
    Column("option", Integer, nullable=False),  # of the question that stands now
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("code", "option"),
)
FOLLOWERS = Table(
    "followers",
    TABLES,
    Column("code", Text, nullable=False),
    Column("process", Text, nullable=False),  # a server's process
    Column("count", Integer, nullable=False),
    Column("seen_at", Double, nullable=False),
    PrimaryKeyConstraint("code", "process"),
)

# Number n is the n-th. What a released step does is never changed: another one follows.
STEPS = (
    (
        "CREATE TABLE sets (id TEXT PRIMARY KEY, secret TEXT NOT NULL UNIQUE, name TEXT NOT NULL, notes TEXT NOT NULL,"
        " count INTEGER NOT NULL, body {BYTES} NOT NULL, made_at DOUBLE PRECISION NOT NULL,"
        " changed_at DOUBLE PRECISION NOT NULL)",
    ),
    (
        "CREATE TABLE rooms (code TEXT PRIMARY KEY, secret TEXT NOT NULL, page TEXT NOT NULL, fields TEXT NOT NULL,"
        " sentence_set TEXT NOT NULL, moves INTEGER NOT NULL, version INTEGER NOT NULL, question TEXT NOT NULL,"
        " questions INTEGER NOT NULL, revealed INTEGER NOT NULL, seen_at DOUBLE PRECISION NOT NULL)",
        "CREATE TABLE answers (code TEXT NOT NULL, option INTEGER NOT NULL, count INTEGER NOT NULL,"
        " PRIMARY KEY (code, option))",
        "CREATE TABLE followers (code TEXT NOT NULL, process TEXT NOT NULL, count INTEGER NOT NULL,"
        " seen_at DOUBLE PRECISION NOT NULL, PRIMARY KEY (code, process))",
    ),
)
_BYTES = {"sqlite": "BLOB", "postgresql": "BYTEA"}
_LOCK = 0x61747465  # of all databases on a PostgreSQL server, one number of our own


def bring_up_to_date(connection: Connection, steps: tuple[tuple[str, ...], ...] = STEPS) -> int:
    """Take the steps that a database lacks, within the present transaction, while no other process does; returns the number.

    On SQLite the transaction has to have begun as one that writes. Raises StoreError for a database that a newer release made.
    """
    kind = connection.dialect.name
    if kind == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if not inspect(connection).has_table("schema_number"):
        connection.execute(text("CREATE TABLE schema_number (number INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO schema_number VALUES (0)"))
    number = connection.execute(text("SELECT number FROM schema_number")).scalar_one()
    if number > len(steps):
        raise StoreError(
            f"The database was made by a newer release: it has step {number} of its schema, and this one knows "
            f"{len(steps)}. Install the newer release, or name another database in ATTENTION_DATABASE."
        )
    for statements in steps[number:]:
        for statement in statements:
            connection.execute(text(statement.format(BYTES=_BYTES[kind])))
    connection.execute(text("UPDATE schema_number SET number = :number"), {"number": len(steps)})
    return len(steps)
