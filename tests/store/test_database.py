"""A database of any age is brought up to date once, whoever opens it; what was saved lasts, and what failed leaves nothing."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from pages.shared.store.database import Database, fits_secret, hashed, new_code, read_code
from pages.shared.store.place import Most, StoreError, database_address
from pages.shared.store.schema import STEPS, TABLES, bring_up_to_date
from pages.shared.store.sets import Sets

ROOT = Path(__file__).parents[2]


def test_the_steps_make_the_tables_that_are_used(database):
    found = inspect(database.engine)
    for table in TABLES.tables.values():
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert set(columns) == set(table.columns.keys())
        assert found.get_pk_constraint(table.name)["constrained_columns"] == [column.name for column in table.primary_key]


def test_an_old_database_gets_the_steps_that_it_lacks_and_keeps_what_it_has(database):
    facts, _ = Sets(database).save("Kept", ["A dog ate."])
    with database.transaction() as connection:
        for table in ("rooms", "answers", "followers"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("UPDATE schema_number SET number = 1"))
    with database.transaction() as connection:
        assert bring_up_to_date(connection) == len(STEPS)
    assert inspect(database.engine).has_table("rooms")
    assert Sets(database).opened(facts.id).sentences == ("A dog ate.",)
    broken = (*STEPS, ("CREATE TABLE half (a INTEGER)", "CREATE TABLE rooms (a INTEGER)"))
    with pytest.raises(StoreError), database.transaction() as connection:
        bring_up_to_date(connection, broken)
    assert not inspect(database.engine).has_table("half")


def test_a_newer_database_is_refused_and_left_alone(database, database_url):
    with database.transaction() as connection:
        connection.execute(text("UPDATE schema_number SET number = 99"))
    with pytest.raises(StoreError, match=r"newer release: it has step 99 .* Install the newer release"):
        Database(database_url)
    with database.look() as connection:
        assert connection.execute(text("SELECT number FROM schema_number")).scalar_one() == 99


def test_many_who_open_an_empty_database_at_once_make_it_once(database_url):
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: Database(database_url), range(6)))
    with opened[0].look() as connection:
        assert connection.execute(text("SELECT number FROM schema_number")).scalars().all() == [len(STEPS)]
    for database in opened:
        database.close()


def test_a_killed_process_loses_nothing_that_was_saved_and_leaves_nothing_half(database_url, database):
    script = """
import os, sys
from pages.shared.store.database import Database
from pages.shared.store.schema import SETS
from pages.shared.store.sets import Sets
database = Database(sys.argv[1])
print(Sets(database).save("Whole", ["One.", "Two."])[0].id, flush=True)
with database.transaction() as connection:
    connection.execute(SETS.update().values(name="Half"))
    print("half", flush=True)
    sys.stdin.read()
"""
    command = [sys.executable, "-c", script, database_url]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    code = process.stdout.readline().strip()
    assert process.stdout.readline() == "half\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    process.stdin.close()
    process.stdout.close()
    kept = Sets(database).opened(code)
    assert (kept.name, kept.sentences) == ("Whole", ("One.", "Two."))


def test_the_settings_say_where_and_how_much(monkeypatch, tmp_path):
    monkeypatch.delenv("ATTENTION_DATABASE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    address = database_address()
    assert address.get_backend_name() == "sqlite"
    assert ROOT not in Path(address.database).parents
    Database(address).close()
    assert Path(address.database).is_file()
    monkeypatch.setenv("ATTENTION_DATABASE", "postgres://user:hidden@host/name")
    assert database_address().drivername == "postgresql+psycopg"
    for wrong in ("mysql://user:hidden@host/name", "no address", "sqlite"):
        monkeypatch.setenv("ATTENTION_DATABASE", wrong)
        with pytest.raises(StoreError, match="neither SQLite nor PostgreSQL") as caught:
            database_address()
        assert "hidden" not in str(caught.value)
    monkeypatch.setenv("ATTENTION_ROOMS", "7")
    assert (Most.of_settings().rooms, Most.of_settings().sets) == (7, 1_000)
    monkeypatch.setenv("ATTENTION_ROOMS", "many")
    with pytest.raises(StoreError, match="whole number"):
        Most.of_settings()


def test_a_database_that_cannot_be_reached_is_named_without_its_password(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="cannot be made"):
        Database(f"sqlite:///{tmp_path / 'file' / 'a.sqlite'}")
    (tmp_path / "junk.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match="not a database"):
        Database(f"sqlite:///{tmp_path / 'junk.sqlite'}")
    with pytest.raises(StoreError, match="cannot be used now") as caught:
        Database("postgresql://user:hidden@127.0.0.1:1/name")
    assert "hidden" not in str(caught.value)


def test_codes_are_read_as_people_write_them():
    code = new_code(8)
    assert read_code(f" {code[:4].lower()}-{code[4:]} ", 8) == code
    assert read_code("oil0-1234", 8) == "01101234"
    for wrong in ("", "ABCD", "ABCD-EFG!", "ABCD-EFGHX", "ÄBCDEFGH", "UUUUUUUU"):
        assert read_code(wrong, 8) is None
    assert len({new_code(8) for _ in range(1000)}) == 1000
    assert fits_secret("a", hashed("a"))
    assert not fits_secret("b", hashed("a"))
