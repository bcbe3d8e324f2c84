"""Sets of sentences that last: saved under a name, read by a link, changed by a secret."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from time import time

from sqlalchemy import Connection, func, select

from pages.shared.store.database import Database, hashed, new_code, new_secret
from pages.shared.store.place import StoreError
from pages.shared.store.schema import SETS

CODE_LETTERS = 16  # 80 bits: who has the link reads the set
LONGEST_NAME, LONGEST_NOTES = 120, 10_000  # characters
GONE = "There is no such set: its owner deleted it, or the link is incomplete. Ask for the link again."


@dataclass(frozen=True)
class SetFacts:
    """What a set is called and what it holds."""

    id: str  # the link for reading names it
    name: str
    notes: str
    count: int
    changed_at: float  # seconds since 1970


@dataclass(frozen=True)
class SentenceSet(SetFacts):
    """A set with all its sentences."""

    sentences: tuple[str, ...]


class Sets:
    """The sets of a database. All raise StoreError where it cannot be used."""

    def __init__(self, database: Database):
        self._database, self._most = database, database.most

    def save(self, name: str, sentences: Sequence[str], notes: str = "") -> tuple[SetFacts, str]:
        """Keep a new set; returns its facts and the owner's secret. Raises StoreError for what is too much, or has no name."""
        name, notes = clean_name(name), _clean(notes)
        body = self._body(sentences, notes)
        secret, now = new_secret(), time()
        facts = SetFacts(new_code(CODE_LETTERS), name, notes, len(sentences), now)
        with self._database.transaction() as connection:
            self._check_room(connection)
            values = {"id": facts.id, "name": name, "notes": notes, "count": facts.count}
            connection.execute(SETS.insert().values(**values, secret=hashed(secret), body=body, made_at=now, changed_at=now))
        return facts, secret

    def opened(self, code: str) -> SentenceSet | None:
        """The set that a link for reading names; None for none."""
        return self._read(SETS.c.id == code)

    def owned(self, secret: str) -> SentenceSet | None:
        """The set that a secret opens; None for none."""
        return self._read(SETS.c.secret == hashed(secret))

    def facts_of(self, secrets: Sequence[str]) -> dict[str, SetFacts]:
        """What the sets of these secrets are, without their sentences, those changed last first."""
        by_hash = {hashed(secret): secret for secret in secrets}
        query = select(SETS.c.secret, *_facts()).where(SETS.c.secret.in_(by_hash)).order_by(SETS.c.changed_at.desc())
        with self._database.look() as connection:
            return {by_hash[kept]: SetFacts(*rest) for kept, *rest in connection.execute(query)}

    def change(
        self, secret: str, name: str | None = None, notes: str | None = None, sentences: Sequence[str] | None = None
    ) -> None:
        """Give a set another name, other notes or other sentences. Raises StoreError where there is no such set."""
        values: dict[str, object] = {"changed_at": time()}
        if name is not None:
            values["name"] = clean_name(name)
        if notes is not None:
            values["notes"] = _clean(notes)
            _check_notes(values["notes"])
        if sentences is not None:
            values |= {"body": self._body(sentences, ""), "count": len(sentences)}
        with self._database.transaction() as connection:
            if not connection.execute(SETS.update().where(SETS.c.secret == hashed(secret)).values(**values)).rowcount:
                raise StoreError(GONE)

    def delete(self, secret: str) -> None:
        """Delete a set for ever. Raises StoreError where there is no such set."""
        with self._database.transaction() as connection:
            if not connection.execute(SETS.delete().where(SETS.c.secret == hashed(secret))).rowcount:
                raise StoreError(GONE)

    def _read(self, which) -> SentenceSet | None:
        with self._database.look() as connection:
            found = connection.execute(select(*_facts(), SETS.c.body).where(which)).one_or_none()
        if found is None:
            return None
        *facts, body = found
        return SentenceSet(*facts, tuple(json.loads(zlib.decompress(body))))

    def _body(self, sentences: Sequence[str], notes: str) -> bytes:
        """The sentences as they are kept. Raises StoreError for none, too many, or too long ones."""
        _check_notes(notes)
        if not sentences:
            raise StoreError("A set needs at least one sentence.")
        if len(sentences) > self._most.sentences:
            raise StoreError(
                f"A set holds at most {self._most.sentences:,} sentences; these are {len(sentences):,}. Save a part."
            )
        size = sum(len(sentence.encode("utf-8", "surrogatepass")) for sentence in sentences)
        if size > self._most.bytes:
            limit = f"{self._most.bytes:,} bytes"
            raise StoreError(f"A set holds at most {limit} of text; these sentences have {size:,}. Save a part.")
        return zlib.compress(json.dumps(list(sentences)).encode("ascii"), 3)

    def _check_room(self, connection: Connection) -> None:
        count = connection.execute(select(func.count()).select_from(SETS)).scalar_one()
        if count >= self._most.sets:
            raise StoreError(
                f"This server keeps {self._most.sets:,} sets, and has them. Download this one, or ask whoever runs the server "
                "for more (ATTENTION_SETS)."
            )


def clean_name(name: str) -> str:
    """A name as it is kept: one line. Raises StoreError for one that is empty or too long."""
    name = " ".join(_clean(name).split())
    if not name:
        raise StoreError("A set needs a name.")
    if len(name) > LONGEST_NAME:
        raise StoreError(f"A name has at most {LONGEST_NAME} characters; this one has {len(name):,}.")
    return name


def _facts() -> list:
    return [SETS.c.id, SETS.c.name, SETS.c.notes, SETS.c.count, SETS.c.changed_at]


def _clean(text: str) -> str:
    """Text that every database takes: PostgreSQL keeps no NUL, and nobody keeps half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").strip()


def _check_notes(notes: str) -> None:
    if len(notes) > LONGEST_NOTES:
        raise StoreError(f"Notes have at most {LONGEST_NOTES:,} characters; these have {len(notes):,}.")
