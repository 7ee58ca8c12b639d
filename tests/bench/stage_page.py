"""A stage of the hour, signed in and with everything on, against its template and its SQL alone."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask, template_rendered
from sqlalchemy import event
from sqlalchemy.orm import Session, object_session

from convo.access import sign_in
from convo.access.models import Person, School
from convo.app import create_app
from convo.conversation import operations
from convo.conversation.guide import load_guide
from convo.conversation.incoming import read_change
from convo.conversation.journal import apply_changes
from convo.db import Database
from convo.kernel.clock import utc_now
from convo.migrations import upgrade
from convo.settings import SHIPPED_GUIDES, Settings
from tests.bench import Pair
from tests.bench.loaded import fetched_after, first_load, scripts, size, styles
from tests.support.people import People, create_people

ENTRIES = 12


def pairs() -> Iterator[Pair]:
    """The page itself, and the bytes of a first load, after it, and of a whole conversation."""
    with tempfile.TemporaryDirectory(prefix="convo-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'convo.db'}"
        upgrade(url)
        app = create_app(
            Settings(data=Path(folder), secret_key="bench", database_url=url, secure_cookies=False)
        )
        app.config["WTF_CSRF_ENABLED"] = False  # the token is still made for the page
        database: Database = app.extensions["convo_database"]
        with database.write() as session:
            people = create_people(session)
        with database.write() as session:
            meeting, token = _open(session, people)
        visitor = app.test_client()
        with visitor.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        address = f"/conversations/{meeting}/explore"
        assert visitor.get(address).status_code == 200
        yield Pair(
            f"a stage page of {ENTRIES} entries, against its template and SQL alone",
            ours=lambda: visitor.get(address),
            against=_template_and_sql(app, database, visitor, address),
            at_most=3,
        )
        yield Pair(
            "SQL statements of a stage page",
            lambda: _statements(database, visitor, address),
            lambda: 1,
            14,
            "statements",
        )
        turned = address.replace("/explore", "/family/explore")
        for name, part, addresses, most, known in (
            ("first load of a stage page, all files", first_load, (address,), 20, 0),
            ("what a stage page fetches once it stands", fetched_after, (address,), 12, 13.9),
            ("scripts of a conversation, whenever fetched", scripts, (address, turned), 16, 12.3),
            ("style sheets of a conversation", styles, (address, turned), 7, 0),
        ):
            yield Pair(name, size(part, visitor, *addresses), lambda: 1, most, "KB", known=known)
        database.dispose()


def _open(session: Session, people: People) -> tuple[UUID, str]:
    now = utc_now()
    guide = load_guide(SHIPPED_GUIDES)
    meeting = operations.open_unplanned(
        session, people.okafor, now, people.szymon.id, guide, (people.mrs_wojcik.id,)
    )
    voice = next(person.id for person in meeting.participants if person.carer_id)
    changes = []
    for number in range(ENTRIES):
        entry = str(uuid4())  # random, as a tablet makes them: they do not pack
        for field, value in (
            ("parent", str(voice)),
            ("text", f"He told us about the {number}th book of the week"),
        ):
            change: dict[str, Any] = {
                "v": 1,
                "id": str(uuid4()),
                "thing": "entry",
                "field": field,
                "value": value,
            }
            changes.append(change | {"thing_id": entry, "base": None})
    apply_changes(session, people.okafor, now, meeting.id, [read_change(change) for change in changes])
    person = session.get_one(Person, people.okafor.person_id)
    _, token = sign_in.begin(session, now, person, session.get_one(School, people.school.id))
    return meeting.id, token


def _template_and_sql(app: Flask, database: Database, visitor: Any, address: str) -> Callable[[], None]:
    """Return a function that runs the page's SQL and renders its template with ready values."""
    rendered: list[tuple[Any, dict[str, Any]]] = []
    statements: list[tuple[str, Any]] = []

    def keep(_app: Flask, template: Any, context: dict[str, Any], **_: Any) -> None:
        waits = context["cover_waits"](context["meeting"])  # asks who is signed in, as nobody is below
        ready = {"cover_waits": lambda _meeting: waits, "fresh": uuid4}
        rendered.append((template, {**context, **ready}))
        loaded = object_session(context["meeting"])
        assert loaded is not None
        loaded.expunge_all()  # else the request's end would empty the rows that are to be ready

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    with template_rendered.connected_to(keep, app):
        visitor.get(address)
    event.remove(database.engine, "before_cursor_execute", note)
    template, context = rendered[-1]

    def run() -> None:
        with database.engine.connect() as connection:
            for statement, parameters in statements:
                connection.exec_driver_sql(statement, parameters).fetchall()
        with app.test_request_context(address):
            template.render(context)

    statements = [pair for pair in statements if pair[0].lstrip().upper().startswith("SELECT")]
    run()
    return run


def _statements(database: Database, visitor: Any, address: str) -> int:
    count = 0

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal count
        count += statement.lstrip().upper().startswith(("SELECT", "UPDATE", "INSERT"))

    event.listen(database.engine, "before_cursor_execute", note)
    visitor.get(address)
    event.remove(database.engine, "before_cursor_execute", note)
    return count
