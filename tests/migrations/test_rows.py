"""Rows of an earlier version live through every later one.

Each version has an entry in ``FILLED``: SQL that puts rows in as that version knew them. The test fills the
database at each version, goes on to the newest, and looks for the rows. It is SQL, not models, because the
models only know the newest tables.
"""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from convo import migrations
from convo.db import Database

SCHOOL, PERSON, PUPIL = (f"{number:032x}" for number in (1, 2, 3))
NOW = dt.datetime(2026, 10, 5, 14, 30, tzinfo=dt.UTC)
LOGO = b"\x89PNG\x00 as it is"
AWKWARD = 'Zoë "Z" O\'Brien & 李 <مریم> 👩🏽‍🏫'

# version: (statements with bound values, and what a query finds afterwards)
FILLED: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "0001": [
        (
            """INSERT INTO person (id, name, email, wrong_tries, created_at)
               VALUES (:id, :name, 'zoe@example.org', 0, :now)""",
            {"id": PERSON, "name": AWKWARD, "now": NOW},
        ),
        (
            """INSERT INTO school (id, name, time_zone, contact_route, phone, languages, signature_line,
                   safeguarding_lead_id, safeguarding_lead_reach, safeguarding_deputy_reach, created_at)
               VALUES (:id, 'Hill Road', 'Europe/London', '', '', '["ur"]', :no, :lead,
                   'room 4', '', :now)""",
            {"id": SCHOOL, "lead": PERSON, "no": False, "now": NOW},
        ),
        (
            """INSERT INTO pupil (id, school_id, surname, forename, preferred_forename, class_name,
                   practice, imported)
               VALUES (:id, :school, :name, 'Ada', '', '4B', :no, '{"surname": "Ó"}')""",
            {"id": PUPIL, "school": SCHOOL, "name": AWKWARD, "no": False},
        ),
    ],
    "0002": [
        (
            """INSERT INTO school (id, name, time_zone, contact_route, phone, languages, signature_line,
                   logo, contact_lines, heading_colour, tint_colour,
                   safeguarding_lead_reach, safeguarding_deputy_reach, created_at)
               VALUES (:id, 'Hill Road', 'Europe/London', '', '', '["ur"]', :no,
                   :logo, '["1 Hill Road"]', '0B5D5E', '', '', '', :now)""",
            {"id": SCHOOL, "logo": LOGO, "no": False, "now": NOW},
        ),
    ],
}
KEPT = {
    "0001": [
        ("SELECT name FROM person", [(AWKWARD,)]),
        ("SELECT surname, forename, class_name FROM pupil", [(AWKWARD, "Ada", "4B")]),
        ("SELECT count(*) FROM school JOIN pupil ON pupil.school_id = school.id", [(1,)]),
        # added by 0002: no school has a face of its own before somebody gives it one
        (
            "SELECT languages, logo, contact_lines, heading_colour, tint_colour FROM school",
            [(["ur"], None, [], "", "")],
        ),
    ],
    "0002": [
        (
            "SELECT logo, contact_lines, heading_colour, tint_colour FROM school",
            [(LOGO, ["1 Hill Road"], "0B5D5E", "")],
        ),
    ],
}


def versions() -> list[str]:
    script = ScriptDirectory.from_config(migrations.configuration())
    return [version.revision for version in reversed(list(script.walk_revisions()))]


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    database = Database(url)
    try:
        with database.engine.connect() as connection, connection.begin():
            yield connection
    finally:
        database.dispose()


def plain(value: Any) -> Any:
    """A value as Python has it: SQLite gives JSON as its text."""
    return json.loads(value) if isinstance(value, str) and value.startswith("[") else value


def upgrade_to(url: str, version: str) -> None:
    config = migrations.configuration()
    with connected(url) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def test_every_version_has_rows_to_keep() -> None:
    assert list(FILLED) == versions()
    assert list(KEPT) == versions()


@pytest.mark.parametrize("version", versions())
def test_rows_of_an_earlier_version_are_kept_by_the_newest(empty_url: str, version: str) -> None:
    upgrade_to(empty_url, version)
    with connected(empty_url) as connection:
        for statement, values in FILLED[version]:
            connection.execute(text(statement), values)
    migrations.upgrade(empty_url)
    migrations.upgrade(empty_url)  # the second time changes nothing
    with connected(empty_url) as connection:
        for query, rows in KEPT[version]:
            assert [tuple(map(plain, row)) for row in connection.execute(text(query))] == rows


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks_off(config: Any, version: str) -> None:
        config.attributes["connection"].execute(text("CREATE TABLE half_made (id INTEGER)"))
        raise RuntimeError("the power went")

    monkeypatch.setattr(command, "upgrade", breaks_off)
    with pytest.raises(RuntimeError, match="power"):
        migrations.upgrade(empty_url)
    with connected(empty_url) as connection, pytest.raises(Exception, match="half_made"):
        connection.execute(text("SELECT * FROM half_made"))


def test_rows_that_point_at_nothing_stop_an_upgrade_of_sqlite(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path / 'convo.db'}"
    migrations.upgrade(url)
    database = Database(url)
    with database.engine.connect() as connection:
        connection.connection.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            connection.execute(
                text("INSERT INTO sign_in VALUES (:id, :id, :id, 'x', :now, :now, NULL)"),
                {"id": PERSON, "now": NOW},
            )
    database.dispose()
    with pytest.raises(migrations.WrongSetup, match="point at nothing"):
        migrations.upgrade(url)
