"""What goes wrong becomes one calm page, or for the tablet's own requests one JSON object."""

from typing import Any

from flask import Flask, current_app, jsonify, render_template, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from convo.kernel.errors import ConvoError, NotAllowed, NotFound, Refused
from convo.web.log import WithoutRows

TOO_LONG_OPEN = "This page had been open too long. Go back and try again."

_TITLES = {
    400: "Please try again",
    401: "Please sign in",
    403: "You cannot do this",
    404: "Page not found",
    409: "Please look again",
    413: "This file is too large",
    422: "This could not be done",
    429: "Please wait a little",
    500: "Something went wrong",
    503: "Please wait a little",
}
_SENTENCES = {
    401: "Sign in and try again.",
    403: "Your role does not allow this. Ask the person who looks after convo at your school.",
    404: NotFound().message,
    409: "Somebody else saved the same at the same moment. Go back, reload the page and look.",
    413: "Choose a smaller file and send it again.",
    429: "There were too many tries. Wait a few minutes and try again.",
    500: "It is not your fault, and what you had saved before is safe. Go back and try again.",
    503: "convo is busy. Wait a minute and try again.",
}

# What a database says of two people at one instant: PostgreSQL by number, SQLite by name.
_BUSY = {"40001", "40P01", "55P03", "SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT"}
_TWICE = {"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}


# Where a tablet's script sends what waits on it: /conversations/<id> and one of these.
_STREAMS = ("/journal", "/notes", "/taps", "/concerns", "/seal")


def init_errors(app: Flask) -> None:
    """Answer every error of the app with a page or, for JSON requests, with ``{"error": …, "field": …}``."""
    app.register_error_handler(ConvoError, _refusal)
    app.register_error_handler(DBAPIError, _at_once)
    app.register_error_handler(CSRFError, too_long_open)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, _broken)
    app.logger.addFilter(WithoutRows())


def wants_json() -> bool:
    """Return whether the request comes from the page's own script: the journal, or one that asks for JSON."""
    of_a_meeting = request.path.startswith("/conversations/") and request.path.endswith(_STREAMS)
    return of_a_meeting or request.accept_mimetypes.best == "application/json"


def _refusal(error: ConvoError) -> ResponseReturnValue:
    if isinstance(error, NotFound):
        return _answer(404, error.message)
    if isinstance(error, NotAllowed):
        return _answer(403, error.message)
    if isinstance(error, Refused):
        return _answer(422, error.message, error.field)
    raise error  # a wrong set-up is not the visitor's doing: it goes to the log, and the visitor sees a 500


def _at_once(error: DBAPIError) -> ResponseReturnValue:
    """Say that somebody else was faster. What else a database refuses is our mistake, not the visitor's."""
    status = _of_two(error)
    if status is None:
        raise error
    return _answer(status, _SENTENCES[status])


def _of_two(error: BaseException | None) -> int | None:
    """Return the status for what a database says of two people at one instant, or None for all else."""
    if not isinstance(error, DBAPIError):
        return None
    said = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    status = 503 if said in _BUSY else 409 if said in _TWICE else None
    if status:
        current_app.logger.warning("%s %s: two at once, %s", request.method, request.path, said)
    return status


def too_long_open(_error: CSRFError, sentence: str = TOO_LONG_OPEN) -> ResponseReturnValue:
    """Answer a form whose CSRF token is not of this cookie, where what was typed cannot be kept."""
    return _answer(400, sentence)


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # a redirect that was raised
        return error
    answer = current_app.make_response(_answer(status, _SENTENCES.get(status, "Go back and try again.")))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def _broken(error: Exception) -> ResponseReturnValue:
    """Answer 500 without anything that may itself be broken: no database, no context processor.

    What fails at the commit comes here too, so that two people at one instant are told of it. A message
    flashed by this request is dropped: "saved" would not be true.
    """
    cookie.pop("_flashes", None)
    status = _of_two(getattr(error, "original_exception", None)) or 500
    if wants_json():
        return _json(status, _SENTENCES[status], None)
    template = current_app.jinja_env.get_template("errors/error.html")
    return template.render(viewer=None, **_words(status, _SENTENCES[status])), status


def _answer(status: int, sentence: str, field: str | None = None) -> ResponseReturnValue:
    if wants_json():
        return _json(status, sentence, field)
    return render_template("errors/error.html", **_words(status, sentence)), status


def _json(status: int, sentence: str, field: str | None) -> ResponseReturnValue:
    return jsonify({"error": sentence, "field": field}), status


def _words(status: int, sentence: str) -> dict[str, Any]:
    return {"heading": _TITLES.get(status, _TITLES[400]), "sentence": sentence, "status": status}
