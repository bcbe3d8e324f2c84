"""A fresh database of each kind."""

import uuid

import pytest
from sqlalchemy import create_engine, make_url, text

from pages.shared.store.bell import Bell
from pages.shared.store.database import Database
from pages.shared.store.place import Most
from pages.shared.store.rooms import Rooms
from tests.postgres import postgresql

FEW = Most(sets=3, rooms=2, followers=4, sentences=5, bytes=80)


@pytest.fixture(scope="session")
def postgres_server():
    with postgresql() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request, tmp_path):
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'made' / 'here.sqlite'}"
        return
    server = make_url(request.getfixturevalue("postgres_server"))
    name = f"attention_{uuid.uuid4().hex}"
    engine = create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def database(database_url):
    database = Database(database_url, FEW)
    yield database
    database.close()


@pytest.fixture
def another(database_url):
    """A second process's view of the database."""
    database = Database(database_url, FEW)
    yield database
    database.close()


@pytest.fixture
def rooms(database):
    return Rooms(database, Bell(database))
