"""One session and one commit a request.

A request that may change something (POST, PUT, PATCH, DELETE) gets a writing session. It is committed once,
after the view and before a byte of the response leaves, when the response is a success or a redirect
(status below 400); otherwise it is rolled back. A commit that fails is therefore an error, never a page that
says "saved". A request that only reads gets a reading session, which is never committed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, g, request
from flask.wrappers import Response
from sqlalchemy import event
from sqlalchemy.orm import Session

from convo.db import Database

Action = Callable[[Session], None]

_WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass
class _Work:
    """What one request has open, and what it still has to do."""

    session: Session | None = None
    afterwards: list[Action] = field(default_factory=list)
    though_refused: list[Action] = field(default_factory=list)


def init_transactions(app: Flask, database: Database) -> None:
    """Give each request of the app its session.

    Call it before anything else that registers ``after_request``: Flask runs those functions last
    registered first, so that the commit comes after all of them.
    """
    app.extensions["convo_database"] = database
    app.after_request(_finish)
    app.teardown_request(_close)


def session() -> Session:
    """Return the request's one session, opened when first asked for."""
    work = _work()
    if work.session is None:
        work.session = _database().writing() if request.method in _WRITING else _reading()
    return work.session


def reading_on() -> Session:
    """Return a session for reading that outlives the request, for what is read while it is sent. Close it."""
    return _database().reading()


def afterwards(action: Action, *, though_refused: bool = False) -> None:
    """Run an action at the end of a request that succeeds (status below 400).

    On a request that writes it runs in the request's session, just before the commit. On one that reads,
    all actions together run after the view in one short writing session: the audit trail's first look, when
    a person was last seen. If they fail, the page is not shown.

    With ``though_refused`` the action also runs when the request is refused and its own changes are rolled
    back, then in a short writing session of its own: a wrong password has to be counted.
    """
    work = _work()
    work.afterwards.append(action)
    if though_refused:
        work.though_refused.append(action)


def _finish(response: Response) -> Response:
    work: _Work | None = g.pop("convo_work", None)
    if work is None:
        return response
    try:
        _settle(work, accepted=response.status_code < 400)
    finally:
        if work.session is not None:
            work.session.close()
    return response


def _settle(work: _Work, *, accepted: bool) -> None:
    actions = work.afterwards if accepted else work.though_refused
    if accepted and request.method in _WRITING:
        if work.session is None and actions:
            work.session = _database().writing()
        if work.session is not None:
            _run(actions, work.session)
            work.session.commit()
        return
    if work.session is not None:
        if accepted:
            _refuse_changes(work.session)
        work.session.rollback()  # before the short session, which needs SQLite's write lock
    if actions:
        with _database().write() as short:
            _run(actions, short)


def _run(actions: list[Action], on: Session) -> None:
    for action in actions:
        action(on)


def _close(_error: BaseException | None) -> None:
    """Close what an error in the view or in a later step has left open; closing rolls back."""
    work: _Work | None = g.pop("convo_work", None)
    if work is not None and work.session is not None:
        work.session.close()


def _reading() -> Session:
    reading = _database().reading()
    event.listen(reading, "before_flush", _refuse_changes)
    return reading


def _refuse_changes(reading: Session, *_: Any) -> None:
    """Raise where code changed a record on a request that only reads: the change would be lost in silence."""
    if reading.new or reading.dirty or reading.deleted:
        raise RuntimeError(f"{request.method} {request.path} changed a record, but only reads")


def _work() -> _Work:
    if "convo_work" not in g:
        g.convo_work = _Work()
    work: _Work = g.convo_work
    return work


def _database() -> Database:
    database: Database = current_app.extensions["convo_database"]
    return database
