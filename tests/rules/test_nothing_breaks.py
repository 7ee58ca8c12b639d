"""Whatever is sent to whichever route, the answer is a page or a sentence and never an error of ours."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask, url_for
from lxml import html

from convo.access.rules import Role
from convo.conversation.fields import FIELDS
from convo.db import Database
from tests.rules.test_who_may_what import ours, table
from tests.support.client import PageClient
from tests.support.people import People, add_staff
from tests.support.sample import Sample, lay_out

GARBAGE = (
    "",
    " ",
    "x",
    "-1",
    "999999999999999999999",
    "NaN",
    "1e400",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "25:61",
    "-" * 36,
    "00000000-0000-0000-0000-000000000000",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "{child} {0} %s %(x)s {{ 7*7 }}",
    "\x00\u202e\ue000\uffff",
    "//[",
    "ا" * 11_000,
)
# Names that forms read without a field of their own on the page that a test fetches.
NAMES = (
    "carer",
    "school",
    "op",
    "go",
    "new",
    "about",
    "answer",
    "undo",
    "n",
    "tag",
    "back",
    "concern",
    "issue",
    "way",
    "due_on",
    "language",
    "layout",
    "by",
    "action",
    "how",
    "rows",
    "speaks",
    "reads",
    "reason",
    "corrections",
    "change",
)
NOT_TRIED = {"access.sign_out", "access.staff_left", "static"}  # they would end the test's own sign-in


@pytest.fixture
def sample(database: Database, people: People) -> Sample:
    with database.write() as session:
        return lay_out(session, people)


@pytest.fixture
def client(
    app: Flask, database: Database, people: People, sample: Sample, as_actor: Callable[[Any], PageClient]
) -> PageClient:
    """Somebody of Fenmarket with every role, who uploaded a file of their own."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with database.write() as session:
        actor = add_staff(session, people.school, "Mx Everything", *Role)
    return as_actor(actor)


def addresses(app: Flask, method: str, sample: Sample, people: People) -> Iterator[tuple[str, str]]:
    """Yield endpoint and address of each route that takes the method, with ids of things that are there."""
    for key in table():
        wanted, endpoint = key.split()
        if wanted != method or endpoint in NOT_TRIED:
            continue
        rule = next(rule for rule in app.url_map.iter_rules(endpoint) if method in (rule.methods or ()))
        values = ours(endpoint, sample, people)
        for slug in ("explore", "review") if "any(" in rule.rule else ("teacher",):
            named = {name: {**values, "slug": slug, "thing": "entry"}[name] for name in rule.arguments}
            with app.test_request_context():
                address = url_for(endpoint, _method=method, **named)
            yield endpoint, address


def token_of(client: PageClient) -> str:
    token: str = client.flask.get("/session").get_json()["csrf"]
    return token


def fields_on(client: PageClient, address: str) -> dict[str, list[str]]:
    """Return the names and values in the forms of a page, if there is one."""
    page = client.flask.get(address)
    if page.status_code != 200 or page.mimetype != "text/html":
        return {}
    found: dict[str, list[str]] = {}
    for control in html.fromstring(page.data).xpath("//*[@name]"):
        found.setdefault(control.get("name"), []).append(control.get("value") or "")
    return found


def send(client: PageClient, address: str, data: Any, seen: list[int]) -> bool:
    """Send a form and return whether the answer is a page or a sentence of ours."""
    with client.flask.post(address, data=data) as answer:
        seen.append(answer.status_code)
        return answer.status_code < 500


def test_no_form_breaks_whatever_stands_in_it(
    app: Flask, people: People, sample: Sample, client: PageClient
) -> None:
    broken: list[tuple[str, str]] = []
    seen: list[int] = []
    for endpoint, address in addresses(app, "POST", sample, people):
        held = {**{name: [""] for name in NAMES}, **fields_on(client, address)}
        token = token_of(client)
        for word in GARBAGE:
            for operation in (str(uuid4()), word):
                data = {name: word for name in held if name != "csrf_token"}
                data |= {"csrf_token": token, "op": operation}
                if not send(client, address, data, seen):
                    broken.append((endpoint, word[:20]))
        for number, name in enumerate(held):  # one wrong answer among right ones, and one given twice
            mixed: Any = {key: values[0] for key, values in held.items()}
            mixed |= {"csrf_token": token, "op": str(uuid4())}
            mixed[name] = [GARBAGE[number % len(GARBAGE)], "x"]
            if not send(client, address, mixed, seen):
                broken.append((endpoint, name))
    assert broken == []
    assert len([status for status in seen if status == 400]) < len(seen) / 20  # the tokens held


VERBS = (
    "pick",
    "join",
    "target",
    "remove",
    "restore",
    "up",
    "down",
    "agree",
    "take_up",
    "carer",
    "settle",
    "next",
)


NOWHERE = UUID(int=7)  # the same in every run, so that two workers collect the same tests


@pytest.mark.parametrize("rest", ["", ":", ":x", ":x:y:z:w", ":entry", ":entry:x", f":{NOWHERE}:{NOWHERE}"])
def test_no_button_of_the_hour_breaks(client: PageClient, sample: Sample, rest: str) -> None:
    token, seen = token_of(client), []  # type: ignore[var-annotated]
    for verb in VERBS:
        data = {"csrf_token": token, "op": str(uuid4()), "do": f"{verb}{rest}"}
        assert send(client, f"/conversations/{sample.open}/explore", data, seen), verb


@pytest.mark.parametrize(
    "name",
    [
        f"entry:{'-' * 36}:text",
        f"entry:{'a' * 36}:text",
        f"nothing:{NOWHERE}:text",
        f"entry:{NOWHERE}:nothing",
        f"conversation:{NOWHERE}:stage",
        f"entry:{NOWHERE}:text",
        f"action:{NOWHERE}:who_id",
        f"decision:{NOWHERE}:outcome",
        f"participant:{NOWHERE}:kind",
        f"note:{NOWHERE}:text",
    ],
)
def test_no_name_of_a_field_breaks_the_hours_form(client: PageClient, sample: Sample, name: str) -> None:
    token, seen = token_of(client), []  # type: ignore[var-annotated]
    for value in ("x", "carer", "done", str(uuid4())):
        data = {"csrf_token": token, "op": str(uuid4()), name: value, f"{name}:base": value}
        assert send(client, f"/conversations/{sample.open}/explore", data, seen)
        data = {"csrf_token": token, "op": str(uuid4()), name: value, "new": name.rpartition(":")[0]}
        assert send(client, f"/conversations/{sample.open}/explore", data, seen)


QUERIES = ("page", "n", "tag", "after", "issue", "language", "layout", "year", "class", "teacher", "name")


def test_no_address_breaks_whatever_is_asked_of_it(
    app: Flask, people: People, sample: Sample, client: PageClient
) -> None:
    broken = []
    for endpoint, address in addresses(app, "GET", sample, people):
        for word in GARBAGE[:-1]:
            asked = {**dict.fromkeys((*QUERIES, "person", "pupil", "next"), word)}
            with client.flask.get(address, query_string=asked) as answer:
                if answer.status_code >= 500:
                    broken.append((endpoint, word))
    assert broken == []


def changes(conversation: Any) -> Iterator[Any]:
    """Yield bodies that no tablet of ours sends."""
    right = {
        "v": 1,
        "id": str(uuid4()),
        "thing": "entry",
        "thing_id": str(uuid4()),
        "field": "text",
        "value": "x",
        "base": None,
    }
    odd = (None, True, -1, 10**30, 1.5, "", "x", "\ud800\x00", [], [[]], {}, {"a": 1})
    yield from ([], None, 1, "x", {}, {"changes": None}, {"changes": {}}, {"changes": [None]})
    yield from ({"changes": [{**right, name: value}]} for name in right for value in odd)
    for thing, fields in FIELDS.items():
        identifier = str(conversation) if thing == "conversation" else None
        for name in fields:
            batch = []
            for value in odd:
                change = {**right, "id": str(uuid4()), "thing": thing, "field": name, "value": value}
                change["thing_id"] = identifier or str(uuid4())
                batch += [change, {**change, "id": str(uuid4()), "parent": value, "settles": value}]
            yield {"changes": batch}
    yield {"changes": [{**right, "id": str(uuid4()), "value": "ا" * 10_000}] * 500}
    yield {"changes": [right] * 501}


def test_no_sign_in_by_script_breaks(client: PageClient) -> None:
    headers = {"X-CSRFToken": token_of(client), "Accept": "application/json"}
    for email in (None, 1, [], "\x00", "\ud800", "x" * 10_000, "okafor@fenmarket.example"):
        answer = client.flask.post("/session", json={"email": email, "password": email}, headers=headers)
        assert answer.status_code == 401


@pytest.mark.parametrize("stream", ["journal", "notes"])
def test_no_change_breaks_the_journal(client: PageClient, sample: Sample, stream: str) -> None:
    token = token_of(client)
    address = f"/conversations/{sample.open}/{stream}"
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    bodies = [json.dumps(body) for body in changes(sample.open)]
    bodies += [
        "",
        "{",
        "[" * 100_000,
        '{"changes": ' + "[" * 100_000,
        "1" * 10_000,
        '{"changes": [NaN]}',
        '{"changes": [{"v": Infinity}]}',
    ]
    for body in bodies:
        answer = client.flask.post(address, data=body, headers=headers, content_type="application/json")
        assert answer.status_code < 500, body[:300]
        assert answer.is_json
