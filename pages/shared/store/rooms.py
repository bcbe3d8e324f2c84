"""Rooms: the address that a teacher shows, with a version; the question that stands in it; how many follow."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import time

from sqlalchemy import Connection, delete, func, select, text, update

from pages.shared.store.bell import CHANNEL, Bell
from pages.shared.store.database import Database, fits_secret, hashed, new_code, new_secret
from pages.shared.store.place import StoreError
from pages.shared.store.schema import ANSWERS, FOLLOWERS, ROOMS

ROOM_LETTERS = 8  # 40 bits
LASTS = 3 * 3600.0  # seconds without the teacher
PRESENT = 40.0  # seconds that a process counts without a sign of it
LONGEST_QUESTION, LONGEST_OPTION, MOST_OPTIONS = 300, 120, 60  # characters; words of a sentence are options, too


@dataclass(frozen=True)
class RoomQuestion:
    """A question in a room, with how many chose what: nothing is kept of who did."""

    number: int  # in this room, from 1
    asked: str
    options: tuple[str, ...]
    right: int | None  # which option is, from 0; None where none is
    of_words: bool  # whether the options are the words of a sentence
    counts: tuple[int, ...]  # an option each
    revealed: bool


@dataclass(frozen=True)
class Room:
    """What a room is at one moment."""

    code: str
    page: str
    fields: Mapping[str, str] = field(hash=False)  # of the address that the teacher shows
    sentence_set: str  # the set that the teacher opened last; empty for none
    moves: int  # how often the address changed
    question: RoomQuestion | None
    followers: int


class Rooms:
    """The rooms of a database. All raise StoreError where it cannot be used."""

    def __init__(self, database: Database, bell: Bell):
        self._database, self._most, self._bell = database, database.most, bell

    def start(self, page: str, fields: Mapping[str, str]) -> tuple[str, str]:
        """Open a room at an address; returns its code and the teacher's secret. Raises StoreError where there are too many."""
        code, secret = new_code(ROOM_LETTERS), new_secret()
        with self._database.transaction(fleeting=True) as connection:
            _sweep(connection)
            count = connection.execute(select(func.count()).select_from(ROOMS)).scalar_one()
            if count >= self._most.rooms:
                raise StoreError(
                    f"This server holds {self._most.rooms:,} rooms, and all are in use. Try again later: a room ends "
                    "3 hours after its teacher left."
                )
            values = {"code": code, "secret": hashed(secret), "page": page, "fields": json.dumps(dict(fields))}
            counts = {"moves": 1, "version": 1, "questions": 0, "revealed": 0}
            connection.execute(
                ROOMS.insert().values(**values, **counts, sentence_set=fields.get("set", ""), question="", seen_at=time())
            )
        return code, secret

    def is_led_by(self, code: str, secret: str) -> bool:
        """Whether this is the secret of the room's teacher."""
        with self._database.look() as connection:
            kept = connection.execute(select(ROOMS.c.secret).where(ROOMS.c.code == code)).scalar_one_or_none()
        return kept is not None and fits_secret(secret, kept)

    def room(self, code: str) -> Room | None:
        """The room as it is now; None where there is none, or no more."""
        present = FOLLOWERS.c.seen_at > time() - PRESENT
        with self._database.look() as connection:
            row = connection.execute(select(ROOMS).where(ROOMS.c.code == code)).one_or_none()
            if row is None or row.seen_at < time() - LASTS:
                return None
            counted = connection.execute(select(ANSWERS.c.option, ANSWERS.c.count).where(ANSWERS.c.code == code)).all()
            followers = select(func.coalesce(func.sum(FOLLOWERS.c.count), 0)).where(FOLLOWERS.c.code == code, present)
            count = int(connection.execute(followers).scalar_one())
        question = _question(row, dict(counted))
        return Room(code, row.page, json.loads(row.fields), row.sentence_set, row.moves, question, count)

    def move(self, code: str, page: str, fields: Mapping[str, str]) -> None:
        """The teacher shows another address."""
        values = {"page": page, "fields": json.dumps(dict(fields)), "moves": ROOMS.c.moves + 1, "seen_at": time()}
        if fields.get("set"):
            values["sentence_set"] = fields["set"]
        self._change(code, values)

    def keep(self, code: str) -> None:
        """The teacher is there."""
        with self._database.transaction(fleeting=True) as connection:
            connection.execute(update(ROOMS).where(ROOMS.c.code == code).values(seen_at=time()))

    def ask(self, code: str, asked: str, options: Sequence[str], right: int | None = None, of_words: bool = False) -> None:
        """Put a question to the room; the one before goes, with its counts. Raises StoreError for one that cannot be asked."""
        asked, options = asked.strip(), [option.strip() for option in options]
        if not asked or len(asked) > LONGEST_QUESTION:
            raise StoreError(f"A question has 1 to {LONGEST_QUESTION} characters; this one has {len(asked):,}.")
        if not 2 <= len(options) <= MOST_OPTIONS:
            raise StoreError(f"A question needs 2 to {MOST_OPTIONS} answers to choose from; these are {len(options):,}.")
        if any(not option or len(option) > LONGEST_OPTION for option in options):
            raise StoreError(f"An answer has 1 to {LONGEST_OPTION} characters.")
        question = json.dumps({"asked": asked, "options": options, "right": right, "of_words": of_words})
        values = {"question": question, "questions": ROOMS.c.questions + 1, "revealed": 0, "seen_at": time()}
        self._change(code, values, forget=True)

    def reveal(self, code: str) -> None:
        """Show everybody how the room answered, and what is right."""
        self._change(code, {"revealed": 1, "seen_at": time()})

    def take_away(self, code: str) -> None:
        """Take the question away, with its counts."""
        self._change(code, {"question": "", "revealed": 0, "seen_at": time()}, forget=True)

    def answer(self, code: str, number: int, option: int) -> bool:
        """Count one answer to the question of this number; False where it stands no more, or is revealed."""
        with self._database.transaction(fleeting=True) as connection:
            row = connection.execute(select(ROOMS).where(ROOMS.c.code == code)).one_or_none()
            if row is None or not row.question or row.questions != number or row.revealed:
                return False
            if not 0 <= option < len(json.loads(row.question)["options"]):
                return False
            _count(connection, ANSWERS, {"code": code, "option": option}, {"count": ANSWERS.c.count + 1}, {"count": 1})
            self._tell(connection, code)
        self._bell.ring(code)
        return True

    def admits(self) -> bool:
        """Whether one more may follow."""
        present = FOLLOWERS.c.seen_at > time() - PRESENT
        with self._database.look() as connection:
            query = select(func.coalesce(func.sum(FOLLOWERS.c.count), 0)).where(present)
            return int(connection.execute(query).scalar_one()) < self._most.followers

    def count_followers(self, code: str, process: str, count: int) -> None:
        """How many follow by way of one process of the server."""
        values = {"count": count, "seen_at": time()}
        with self._database.transaction(fleeting=True) as connection:
            known = connection.execute(
                select(FOLLOWERS.c.count).where(FOLLOWERS.c.code == code, FOLLOWERS.c.process == process)
            ).scalar_one_or_none()
            _count(connection, FOLLOWERS, {"code": code, "process": process}, values, values)
            if known != count:
                self._tell(connection, code)
        if known != count:
            self._bell.ring(code)

    def end(self, code: str) -> None:
        """End a room, with all that is kept of it."""
        with self._database.transaction(fleeting=True) as connection:
            self._tell(connection, code)
            _forget(connection, [code])
        self._bell.ring(code)

    def sweep(self) -> None:
        """End the rooms whose teacher left long ago."""
        with self._database.transaction(fleeting=True) as connection:
            codes = _sweep(connection)
            for code in codes:
                self._tell(connection, code)
        for code in codes:
            self._bell.ring(code)

    def _change(self, code: str, values: dict[str, object], forget: bool = False) -> None:
        with self._database.transaction(fleeting=True) as connection:
            if forget:
                connection.execute(delete(ANSWERS).where(ANSWERS.c.code == code))
            if not connection.execute(update(ROOMS).where(ROOMS.c.code == code).values(**values)).rowcount:
                raise StoreError("This room has ended. Start another one.")
            self._tell(connection, code)
        self._bell.ring(code)

    def _tell(self, connection: Connection, code: str) -> None:
        """Tell every process of the server, once the transaction has ended."""
        connection.execute(update(ROOMS).where(ROOMS.c.code == code).values(version=ROOMS.c.version + 1))
        if not self._database.is_sqlite:
            connection.execute(text("SELECT pg_notify(:channel, :code)"), {"channel": CHANNEL, "code": code})


def _question(row, counted: dict[int, int]) -> RoomQuestion | None:
    if not row.question:
        return None
    asked = json.loads(row.question)
    options = tuple(asked["options"])
    counts = tuple(counted.get(option, 0) for option in range(len(options)))
    return RoomQuestion(row.questions, asked["asked"], options, asked["right"], asked["of_words"], counts, bool(row.revealed))


def _count(connection: Connection, table, place: dict, changed: dict, first: dict) -> None:
    """Change a row, or write the first one."""
    where = [table.c[name] == value for name, value in place.items()]
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    if not connection.execute(update(table).where(*where).values(**changed)).rowcount:
        row = insert(table).values(**place, **first)
        connection.execute(row.on_conflict_do_update(index_elements=list(place), set_=changed))


def _sweep(connection: Connection) -> list[str]:
    codes = list(connection.execute(select(ROOMS.c.code).where(ROOMS.c.seen_at < time() - LASTS)).scalars())
    _forget(connection, codes)
    return codes


def _forget(connection: Connection, codes: Sequence[str]) -> None:
    for table in (ROOMS, ANSWERS, FOLLOWERS):
        connection.execute(delete(table).where(table.c.code.in_(codes)))
