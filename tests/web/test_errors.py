import sqlite3
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy.exc import IntegrityError, OperationalError

from convo.kernel.errors import NotAllowed, NotFound, Refused, WrongSetup
from convo.web.errors import TOO_LONG_OPEN
from tests.support.client import PageClient


def _of_sqlite(name: str) -> Exception:
    error = sqlite3.Error("secret words")
    error.sqlite_errorname = name
    return error


def _of_postgresql(sqlstate: str) -> Exception:
    return type("Refusal", (Exception,), {"sqlstate": sqlstate})("secret words")


@pytest.fixture(autouse=True)
def views(app: Flask) -> None:
    app.testing = False
    faults: dict[str, Exception] = {
        "not-found": NotFound(),
        "not-allowed": NotAllowed("Only the lead may close the conversation."),
        "refused": Refused("Choose a day in term time.", field="on"),
        "setup": WrongSetup("The guide is broken."),
        "bug": ZeroDivisionError("secret words"),
        "locked": OperationalError("", {}, _of_sqlite("SQLITE_BUSY")),
        "deadlock": OperationalError("", {}, _of_postgresql("40P01")),
        "twice": IntegrityError("", {}, _of_sqlite("SQLITE_CONSTRAINT_UNIQUE")),
        "same": IntegrityError("", {}, _of_postgresql("23505")),
        "rule": IntegrityError("", {}, _of_postgresql("23514")),
    }

    def fail(which: str) -> Any:
        if which == "large":
            return str(len(request.form))
        raise faults[which]

    app.add_url_rule("/<which>", "fail", fail, methods=["GET", "POST"])
    app.add_url_rule("/conversations/<which>/journal", "journal", fail, methods=["GET", "POST"])


@pytest.mark.parametrize(
    ("which", "status", "sentence"),
    [
        ("not-found", 404, "We could not find that page."),
        ("not-allowed", 403, "Only the lead may close the conversation."),
        ("refused", 422, "Choose a day in term time."),
        ("setup", 500, "It is not your fault"),
        ("bug", 500, "It is not your fault"),
        ("locked", 503, "convo is busy."),
        ("deadlock", 503, "convo is busy."),
        ("twice", 409, "Somebody else saved the same at the same moment."),
        ("same", 409, "Somebody else saved the same at the same moment."),
        ("rule", 500, "It is not your fault"),
        ("no/such/page", 404, "We could not find that page."),
    ],
)
def test_each_error_is_one_calm_page(client: PageClient, which: str, status: int, sentence: str) -> None:
    page = client.get(f"/{which}", status=status)
    assert sentence in page.text
    assert "secret words" not in page.html
    assert page.links["Go to the start page"] == "/"


def test_the_tablets_own_requests_get_json(client: PageClient) -> None:
    expected = {"error": "Choose a day in term time.", "field": "on"}
    assert client.flask.get("/conversations/refused/journal").get_json() == expected
    assert client.flask.get("/refused", headers={"Accept": "application/json"}).get_json() == expected
    broken = client.flask.get("/conversations/bug/journal")
    assert (broken.status_code, broken.get_json()["field"]) == (500, None)
    without_token = client.flask.post("/conversations/refused/journal")
    assert without_token.get_json() == {"error": TOO_LONG_OPEN, "field": None}


def test_a_form_without_its_token_is_told_what_to_do(client: PageClient) -> None:
    page = client.post("/refused", {"csrf_token": ""}, status=400)
    assert page.text.startswith("Please try again This page had been open too long. Go back and try again.")


def test_a_file_that_is_too_large_is_refused_in_a_sentence(client: PageClient) -> None:
    page = client.post("/large", {"words": "a" * 1_100_000}, status=413)
    assert "Choose a smaller file" in page.text


def test_a_wrong_method_says_which_are_right(app: Flask, client: PageClient) -> None:
    app.add_url_rule("/only/get", "only", lambda: "")
    assert "GET" in client.flask.delete("/only/get").headers["Allow"]


def test_the_error_page_needs_nothing_that_may_itself_be_broken(app: Flask, client: PageClient) -> None:
    app.context_processor(lambda: {"viewer": 1 / 0})
    assert client.get("/bug", status=500).h1 == "Something went wrong"
