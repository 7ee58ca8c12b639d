"""What the commands of all rooms share: where the data folder is, its settings and database, and stopping."""

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import click
from sqlalchemy import inspect, make_url, select
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from convo import migrations
from convo.access import audit
from convo.access.models import School
from convo.access.rules import AT_THE_MACHINE, Act, Actor, Role
from convo.db import Database
from convo.kernel.clock import utc_now
from convo.kernel.errors import Refused, WrongSetup
from convo.settings import Settings, load_settings

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Opened(NamedTuple):
    """An installation that a command works on."""

    settings: Settings
    database: Database


def data_option(command: _Command) -> _Command:
    """Add ``--data DIR`` to a command, handed on as ``data``: a path, or None for the usual folder."""
    option = click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=None,
        metavar="DIR",
        help="Folder of the database. Default: CONVO_DATA, else convo-data here.",
    )
    return option(command)


def school_option(command: _Command) -> _Command:
    """Add ``--school NAME`` to a command, handed on as ``school``; needed only where there are several."""
    return click.option(
        "--school", default=None, metavar="NAME", help="Which school, where there are several."
    )(command)


@contextmanager
def open_database(data: Path | None, *, any_version: bool = False) -> Iterator[Opened]:
    """Open the settings and the database of a data folder that ``convo init`` or the demo has set up.

    Raises WrongSetup where there is none, or unless ``any_version`` where another version of convo made it.
    """
    settings = load_settings(data=data)
    database = Database(settings.resolved_database_url)
    try:
        if not is_set_up(settings, database):
            raise WrongSetup(f"There is no school in {settings.data} yet. Run convo init first.")
        if not any_version:
            migrations.must_be_current(settings.resolved_database_url)
        yield Opened(settings, database)
    except (OperationalError, ProgrammingError) as error:
        raise WrongSetup(
            f"The database does not answer as it should ({error.orig}). Run convo check."
        ) from error
    finally:
        database.dispose()


def is_set_up(settings: Settings, database: Database) -> bool:
    """Return whether a database holds a school. Makes no file where there is none."""
    file = make_url(settings.resolved_database_url).database
    if database.engine.dialect.name == "sqlite" and file and not Path(file).exists():
        return False
    try:
        if not inspect(database.engine).has_table(School.__tablename__):
            return False
        with database.reading() as session:
            return session.scalar(select(School.id).limit(1)) is not None
    except DBAPIError as error:
        raise WrongSetup(
            f"The database cannot be opened ({error.orig}). Check CONVO_DATABASE_URL and the data folder."
        ) from error


def at_the_machine(school_id: UUID) -> Actor:
    """Return whoever runs a command: they hold the whole database, so they see what the SENCO sees."""
    return Actor(AT_THE_MACHINE, "a command", school_id, frozenset({Role.SENCO}))


def record_reading(
    opened: Opened,
    school_id: UUID,
    act: Act,
    thing: str,
    thing_id: UUID | None = None,
    pupil_id: UUID | None = None,
    note: str = "",
) -> None:
    """Put into the trail that a command showed what families said or promised, as its page would."""
    record_readings(opened, school_id, act, [(thing, thing_id, pupil_id)], note)


def record_readings(
    opened: Opened,
    school_id: UUID,
    act: Act,
    things: Iterable[tuple[str, UUID | None, UUID | None]],
    note: str = "",
) -> None:
    """Put into the trail that a command showed several things, each with its id and its pupil's."""
    actor, now = at_the_machine(school_id), utc_now()
    with opened.database.write() as session:
        for thing, thing_id, pupil_id in things:
            audit.record(session, actor, now, act, thing, thing_id, pupil_id, note)


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Give a function that says whether somebody wants the command to stop, with Ctrl-C or otherwise.

    A command of many steps asks it between two of them, so that none is left half done. Who presses Ctrl-C
    once more does not wait for that.
    """
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def school_named(database: Database, name: str | None) -> UUID:
    """Return the id of the school of that name, or of the only one."""
    with database.reading() as session:
        schools = session.execute(select(School.id, School.name).order_by(School.name)).all()
    found = [row.id for row in schools if name is None or row.name.casefold() == name.strip().casefold()]
    if len(found) == 1:
        return UUID(str(found[0]))
    names = ", ".join(row.name for row in schools)
    raise Refused(f"Say which school with --school. There are: {names}.")
