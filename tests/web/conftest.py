"""A small app that uses the room as the real one does, so that the room is tested without any later one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from convo.db import Database
from convo.web.errors import init_errors
from convo.web.forms import init_forms
from convo.web.headers import init_headers
from convo.web.short import init_short
from convo.web.templating import init_templates
from convo.web.transaction import init_transactions
from tests.support.client import PageClient

REPOSITORY = Path(__file__).resolve().parents[2]


class _Base(DeclarativeBase):
    """A base of its own: these rows are no table of convo."""


class Jotting(_Base):
    """A row to write in these tests; unique, so that a commit can be refused by the database."""

    __tablename__ = "test_jotting"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(unique=True)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'web.db'}")
    _Base.metadata.create_all(database.engine)
    yield database
    database.dispose()


@pytest.fixture
def app(database: Database) -> Flask:
    app = Flask("convo", root_path=str(REPOSITORY / "convo"))
    shipped = FileSystemLoader(REPOSITORY / "convo/templates")
    app.jinja_loader = ChoiceLoader([shipped, FileSystemLoader(REPOSITORY / "tests/web/pages")])
    app.config.update(SECRET_KEY="for tests only", MAX_CONTENT_LENGTH=1_000_000)
    init_transactions(app, database)
    init_headers(app)
    init_short(app)
    init_templates(app)
    init_forms(app)
    init_errors(app)
    return app


@pytest.fixture
def client(app: Flask) -> PageClient:
    return PageClient(app)


def jottings(database: Database) -> list[str]:
    """Return what is stored, as another connection sees it."""
    with database.reading() as session:
        return list(session.scalars(select(Jotting.words).order_by(Jotting.id)))


def jot(session: Session, words: str) -> None:
    session.add(Jotting(words=words))
