from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.db import Database
from convo.kernel.errors import Refused
from convo.web.transaction import afterwards, session
from tests.support.client import PageClient
from tests.web.conftest import Jotting, jot, jottings


@pytest.fixture
def route(app: Flask) -> Callable[..., None]:
    """Add a view at "/act" for GET and POST, without CSRF: these tests are about the session."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.testing = False

    def add(view: Callable[[], ResponseReturnValue]) -> None:
        app.add_url_rule("/act", "act", view, methods=["GET", "POST"])

    return add


def test_a_writing_request_is_committed_once_at_its_end(
    route: Any, client: PageClient, database: Database
) -> None:
    seen_meanwhile: list[list[str]] = []

    def view() -> str:
        jot(session(), "kept")
        session().flush()
        seen_meanwhile.append(jottings(database))
        return "done"

    route(view)
    assert client.flask.post("/act").status_code == 200
    assert seen_meanwhile == [[]]
    assert jottings(database) == ["kept"]


@pytest.mark.parametrize(
    "end",
    [lambda: ("wrong", 422), lambda: abort(404), lambda: 1 / 0, lambda: _refuse()],
    ids=["422", "404", "500", "refused"],
)
def test_a_request_that_does_not_succeed_leaves_nothing_behind(
    route: Any, client: PageClient, database: Database, end: Any
) -> None:
    def view() -> Any:
        jot(session(), "not kept")
        session().flush()
        return end()

    route(view)
    assert client.flask.post("/act").status_code >= 400
    assert jottings(database) == []
    with database.write() as other:  # the write lock was given back
        jot(other, "next")


def _refuse() -> None:
    raise Refused("Not today.")


def test_a_redirect_after_post_is_a_success(route: Any, client: PageClient, database: Database) -> None:
    def view() -> Any:
        jot(session(), "kept")
        return redirect("/")

    route(view)
    assert client.flask.post("/act").status_code == 302
    assert jottings(database) == ["kept"]


def test_a_commit_that_fails_is_an_error_page_and_never_a_page_that_says_saved(
    route: Any, client: PageClient, database: Database
) -> None:
    with database.write() as before:
        jot(before, "same")

    def view() -> Any:
        jot(session(), "same")
        flash("Saved.")
        return redirect("/")

    route(view)
    response = client.flask.post("/act")
    assert response.status_code == 409
    assert "Somebody else saved the same at the same moment." in response.text
    assert "Saved." not in response.text
    assert "Saved." not in client.flask.get("/nowhere").text
    assert jottings(database) == ["same"]


def test_a_request_that_reads_and_changes_a_record_all_the_same_is_an_error(
    route: Any, client: PageClient
) -> None:
    def view() -> str:
        jot(session(), "lost")
        return "done"

    route(view)
    assert client.flask.get("/act").status_code == 500


def test_what_comes_afterwards_is_in_the_same_commit_on_a_request_that_writes(
    route: Any, client: PageClient, database: Database
) -> None:
    sessions: list[Session] = []

    def view() -> str:
        afterwards(lambda later: (sessions.append(later), jot(later, "trail")))
        jot(session(), "act")
        sessions.append(session())
        return "done"

    route(view)
    client.flask.post("/act")
    assert sessions[0] is sessions[1]
    assert jottings(database) == ["act", "trail"]


def test_what_comes_afterwards_is_rolled_back_with_the_rest_when_it_fails(
    route: Any, client: PageClient, database: Database
) -> None:
    def view() -> str:
        afterwards(lambda later: 1 / 0)
        jot(session(), "act")
        session().flush()
        opened.append(session())
        return "done"

    opened: list[Session] = []
    route(view)
    assert client.flask.post("/act").status_code == 500
    assert jottings(database) == []
    assert not opened[0].in_transaction()  # the write lock was given back


def test_a_request_that_reads_writes_what_comes_afterwards_in_one_short_session(
    route: Any, client: PageClient, database: Database
) -> None:
    def view() -> str:
        afterwards(lambda later: jot(later, "first look"))
        afterwards(lambda later: jot(later, "last seen"))
        return str(len(session().scalars(select(Jotting)).all()))

    route(view)
    assert client.flask.get("/act").text == "0"
    assert jottings(database) == ["first look", "last seen"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refused_request_keeps_only_what_counts_though_refused(
    route: Any, client: PageClient, database: Database, method: str
) -> None:
    def view() -> Any:
        session().scalars(select(Jotting)).all()
        afterwards(lambda later: jot(later, "first look"))
        afterwards(lambda later: jot(later, "wrong password"), though_refused=True)
        return "no", 422

    route(view)
    assert client.flask.open("/act", method=method).status_code == 422
    assert jottings(database) == ["wrong password"]


def test_a_page_is_drawn_with_the_session_still_open(
    route: Any, client: PageClient, database: Database
) -> None:
    with database.write() as before:
        jot(before, "drawn")

    def view() -> str:
        found = session().scalars(select(Jotting)).one()
        return render_template("errors/error.html", heading=found.words, sentence="", status=404)

    route(view)
    assert client.get("/act").h1 == "drawn"
