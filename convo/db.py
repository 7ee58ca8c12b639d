"""The database: one base class, a small vocabulary of columns, and sessions that either read or write.

Everything that must never be false and that a database can hold is a *named* constraint (DESIGN §5).
Every record of a school carries ``school_id``, and points at other records of that school through a
composite foreign key, so that one school's row cannot point into another's.
"""

import enum
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column

from convo.kernel.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An instant, always in UTC: refuses a naive datetime, returns an aware one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

Line = Annotated[str, mapped_column(String(300))]
Words = Annotated[str, mapped_column(Text)]


def stored_enum(kind: type[enum.Enum]) -> Enum:
    """Return a column type that stores an enum by its value and lets the database refuse any other."""
    return Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=32,
        name=_snake(kind.__name__),
    )


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: Instant(),
        dict[str, Any]: Json,
        list[str]: Json,
    }


class SchoolRecord(Base):
    """A row that belongs to one school, with an id that other rows of the school can point at."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), index=True)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        return in_school()


def in_school(*constraints: Any, **points_at: str) -> tuple[Any, ...]:
    """Return table arguments for a school's record.

    ``points_at`` maps a column to the table it points at inside the same school:
    ``in_school(pupil_id="pupil")``.
    """
    keys = [
        ForeignKeyConstraint(["school_id", column], [f"{table}.school_id", f"{table}.id"])
        for column, table in points_at.items()
    ]
    return (UniqueConstraint("school_id", "id"), *keys, *constraints)


def rule(name: str, condition: str) -> CheckConstraint:
    """Return a named check: the name is the rule in words, as the error log shows it."""
    return CheckConstraint(condition, name=name)


def _snake(name: str) -> str:
    return "".join("_" + char.lower() if char.isupper() else char for char in name).lstrip("_")


class Database:
    """An engine and its two kinds of session."""

    def __init__(self, url: str) -> None:
        """Open an address; nothing is connected until the first session.

        SQLite: write-ahead log, ``synchronous=FULL``, foreign keys on, 5 s wait. A writing session begins
        with BEGIN IMMEDIATE: a deferred transaction that reads and then writes fails at once with "database
        is locked" when another has written meanwhile, and no wait helps it.
        """
        self.url = url
        sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {"connect_args": {"timeout": 5}} if sqlite else {"pool_pre_ping": True}
        # what a family said must not stand in an error log
        self.engine: Engine = create_engine(url, hide_parameters=True, **options)
        if sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writing = self.engine.execution_options(convo_writes=True)  # shares pool and listeners
        one_moment = {} if sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reading = self.engine.execution_options(**one_moment)

    def reading(self) -> Session:
        """Return a session for reading. Close it; it is never committed.

        All its statements see one moment: a page that says up to which change it stands holds no older text.
        """
        return Session(self._reading, autoflush=False, expire_on_commit=False)

    def writing(self) -> Session:
        """Return a session for writing, which holds the write lock from its first statement (SQLite)."""
        return Session(self._writing, expire_on_commit=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Run a block in one writing session: committed at its end, rolled back on any error."""
        with self.writing() as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, see Database
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("convo_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
