"""How the database gets from any earlier release to this one: Alembic, upgrades only, no ``alembic.ini``.

The way back from an upgrade is a backup. A version in ``versions/`` spells out its tables and never imports
convo's models, because it has to mean in ten years what it meant on the day it was written. Draft the next
one with ``python -m convo.migrations.draft "What it does"``.

Every command asks whether the database is of this version: that is read without Alembic, which loads slowly.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from convo.db import Database
from convo.kernel.errors import WrongSetup

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x636F6E766F  # "convo": held while one process upgrades a PostgreSQL database


def upgrade(database_url: str) -> None:
    """Bring a database to the newest version, in one transaction; an empty one gets all tables.

    Raises WrongSetup when the database cannot be opened, or was made by a newer convo.
    """
    from alembic import command
    from alembic.util import CommandError

    with _connected(database_url) as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # SQLite changes a table by making another and dropping the first, which foreign keys forbid.
            # The pragma does nothing inside a transaction, so it goes to the driver before one begins.
            connection.connection.execute("PRAGMA foreign_keys=OFF")
            connection = connection.execution_options(convo_writes=True)
        with connection.begin():
            if not sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            config = configuration()
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise WrongSetup(
                    "This database was made by a newer convo. Install that version, or restore a backup."
                ) from error
            if sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
                raise WrongSetup(
                    "The upgrade would have left rows that point at nothing. Nothing was changed."
                )


def current(database_url: str) -> str | None:
    """Return the version of a database, or None where no version was ever put in."""
    with _connected(database_url) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)


def head() -> str:
    """Return the newest version that this release knows: versions are numbered in their order."""
    return max(file.name.partition("_")[0] for file in Path(__file__).parent.glob("versions/[0-9]*.py"))


def is_current(database_url: str) -> bool:
    """Return whether a database is at this release's version."""
    return current(database_url) == head()


def must_be_current(database_url: str) -> None:
    """Raise WrongSetup unless a database is at this release's version."""
    if not is_current(database_url):
        raise WrongSetup("The database is not of this version of convo. Back it up, then run convo upgrade.")


def configuration() -> "Config":
    """Return Alembic's configuration, which elsewhere stands in ``alembic.ini``."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


@contextmanager
def _connected(database_url: str) -> Iterator[Connection]:
    try:
        database = Database(database_url)
        connection = database.engine.connect()
    except (DBAPIError, ArgumentError, ModuleNotFoundError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise WrongSetup(
            f"The database cannot be opened: {reason}. Check CONVO_DATABASE_URL and the data folder."
        ) from error
    try:
        yield connection
    finally:
        connection.close()
        database.dispose()
