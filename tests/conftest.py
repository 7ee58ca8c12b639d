"""What every test can ask for: a database, the named people in it, a fixed time, and visitors.

The database is SQLite in the test's own folder. With ``CONVO_TEST_DATABASE_URL`` it is PostgreSQL: one new
database for the whole run, emptied after each test.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from convo import migrations, tables
from convo.access import sign_in
from convo.access.models import Person, School
from convo.access.rules import Actor
from convo.app import create_app
from convo.db import Database
from convo.settings import Settings
from tests.support.browser import LAUNCH
from tests.support.client import PageClient
from tests.support.people import NOW, People, create_people
from tests.support.postgresql import VARIABLE

# What asks for one of these comes to the database that the run is for.
_ON_A_DATABASE = {"database", "empty_url"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what asks for no database: it was the same on SQLite."""
    if VARIABLE not in os.environ:
        return
    asks = [bool(_ON_A_DATABASE & set(getattr(item, "fixturenames", ()))) for item in items]
    config.hook.pytest_deselected(items=[item for item, does in zip(items, asks, strict=True) if not does])
    items[:] = [item for item, does in zip(items, asks, strict=True) if does]


def _lay_tables(database: Database) -> None:
    """Make all tables as the models say, and write down that they are of this version."""
    with database.write() as session:
        connection = session.connection()
        tables.metadata.create_all(connection)
        MigrationContext.configure(connection).stamp(
            ScriptDirectory.from_config(migrations.configuration()), "head"
        )


@pytest.fixture(scope="session")
def _empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "convo.db"
    database = Database(f"sqlite:///{path}")
    _lay_tables(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")  # convo begins each transaction itself
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def _postgresql() -> Iterator[str]:
    server = create_engine(os.environ[VARIABLE], isolation_level="AUTOCOMMIT")
    name = f"convo_test_{uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(os.environ[VARIABLE]).set(database=name)
    database = Database(url.render_as_string(hide_password=False))
    _lay_tables(database)
    database.dispose()
    yield database.url
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with all tables and no rows."""
    if VARIABLE in os.environ:
        database = Database(request.getfixturevalue("_postgresql"))
        yield database
        everything = ", ".join(f'"{table.name}"' for table in tables.metadata.sorted_tables)
        with database.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # past convo/frozen.py
            connection.execute(text(f"TRUNCATE {everything} CASCADE"))
    else:
        path = tmp_path / "convo.db"
        shutil.copy(request.getfixturevalue("_empty_sqlite"), path)
        database = Database(f"sqlite:///{path}")
        yield database
    database.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session, rolled back unless the test commits. SQLite then has no other writer meanwhile."""
    with database.writing() as session:
        yield session


@pytest.fixture
def now() -> datetime:
    """Monday 23 November 2026, 14:00 at Fenmarket."""
    return NOW


@pytest.fixture
def people(database: Database) -> People:
    """The named people, stored."""
    with database.write() as session:
        return create_people(session)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock, standing at ``now``; ``clock.shift(seconds)`` moves it."""
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return Settings(
        data=tmp_path, secret_key="for tests only", database_url=database.url, secure_cookies=False
    )


@pytest.fixture
def app(settings: Settings, clock: time_machine.Traveller) -> Iterator[Flask]:
    app = create_app(settings)
    yield app
    app.extensions["convo_database"].dispose()


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A visitor who has not signed in."""
    return PageClient(app)


@pytest.fixture
def as_actor(app: Flask, database: Database) -> Callable[[Actor], PageClient]:
    """Return a visitor signed in as somebody of the staff."""

    def visit(actor: Actor) -> PageClient:
        with database.write() as session:
            person, school = (
                session.get_one(Person, actor.person_id),
                session.get_one(School, actor.school_id),
            )
            _, token = sign_in.begin(session, NOW, person, school)
        client = PageClient(app)
        with client.flask.session_transaction() as cookie:
            cookie.update({"_user_id": token, "_fresh": True})
        return client

    return visit


@pytest.fixture
def as_person(as_actor: Callable[[Actor], PageClient], people: People) -> Callable[[str], PageClient]:
    """Return a visitor signed in as one of the named people: ``as_person("okafor")``."""
    return lambda name: as_actor(people.actor(name))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium instead of Playwright's own; pytest-playwright has no option for it.

    Where it is missing the browser tests fail, they are not skipped.
    """
    return {**browser_type_launch_args, **LAUNCH}
