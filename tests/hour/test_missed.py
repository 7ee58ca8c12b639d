"""What a tablet is told every few seconds: all that it missed, for four statements."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from convo.access.models import AuditEntry
from convo.access.rules import Act
from convo.conversation.models import Proposal
from convo.db import Database
from tests.hour.test_stages import statements
from tests.support.client import PageClient
from tests.support.full_hour import NOTE, UNTIL_MONDAY, FullHour, Tablet, fill
from tests.support.people import NOW, People

Visit = Callable[[str], PageClient]


@pytest.fixture
def full(database: Database, people: People) -> FullHour:
    with database.write() as session:
        return fill(session, people)


def ask(visitor: PageClient, meeting: UUID, after: Any = 0, notes: Any = 0) -> Any:
    answer = visitor.flask.get(f"/conversations/{meeting}/journal?after={after}&notes={notes}")
    assert answer.status_code == 200
    return answer.get_json()


@pytest.mark.parametrize("more", [0, 60])
def test_a_tablets_question_costs_four_statements_and_writes_nothing_however_much_there_is(
    app: Flask, as_person: Visit, database: Database, people: People, full: FullHour, more: int
) -> None:
    with database.write() as session:
        tablet = Tablet(session, people.farrell, full.id)
        for number in range(more):
            tablet.write("entry", text=f"Line {number}")
    visitor = as_person("okafor")
    ask(visitor, full.id)
    with statements(app) as sent:
        ask(visitor, full.id)
    told = [one for one in sent if "sign_in" not in one.lower().split("from", 1)[-1][:30]]
    assert len(told) == 4, sent
    assert all(one.startswith("SELECT") for one in told)


def test_the_look_that_it_is_is_written_down_once(
    as_person: Visit, database: Database, people: People, full: FullHour
) -> None:
    visitor = as_person("farrell")
    for _ in range(3):
        ask(visitor, full.id)
    with database.reading() as session:
        looks = select(AuditEntry).where(
            AuditEntry.act == Act.LOOK, AuditEntry.person_id == people.farrell.person_id
        )
        assert [look.pupil_id for look in session.scalars(looks)] == [people.amina.id]


def test_what_an_open_page_asks_by_itself_keeps_nobody_signed_in(
    as_person: Visit, full: FullHour, clock: time_machine.Traveller
) -> None:
    visitor = as_person("okafor")
    for _ in range(5):
        clock.shift(timedelta(minutes=23))
        ask(visitor, full.id)
        assert visitor.flask.get("/session").get_json()["signed_in"] is True
    clock.shift(timedelta(minutes=6))
    question = f"/conversations/{full.id}/journal?after=0"
    assert visitor.flask.get(question, headers={"Accept": "application/json"}).status_code == 401
    assert visitor.flask.get("/session").get_json()["signed_in"] is False


def test_it_tells_what_came_after_what_waits_and_where_the_meeting_stands(
    as_person: Visit, database: Database, people: People, full: FullHour
) -> None:
    visitor = as_person("okafor")
    first = ask(visitor, full.id)
    assert (first["state"], first["now"]) == ("open", NOW.isoformat())
    assert [note["value"] for note in first["notes"]] == [NOTE]
    assert [change["number"] for change in first["changes"]] == list(range(1, len(first["changes"]) + 1))
    [waiting] = [change for change in first["changes"] if change["id"] in first["conflicts"]]
    assert (waiting["value"], waiting["by"], waiting["written"]) == (UNTIL_MONDAY, "Ms Farrell", False)
    with database.reading() as session:
        proposal = session.scalars(select(Proposal)).one()
    assert first["taps"] == [
        {
            "id": str(proposal.id),
            "thing": "entry",
            "thing_id": str(proposal.thing_id),
            "answer": "this matters most",
        }
    ]
    last = len(first["changes"])
    assert ask(visitor, full.id, last, 1) == {**first, "changes": [], "notes": []}  # what waits is told anew
    with database.write() as session:
        Tablet(session, people.farrell, full.id).write("entry", text="She counts well")
    [newer] = ask(visitor, full.id, last, 1)["changes"]
    assert (newer["number"], newer["value"], newer["at"]) == (last + 1, "She counts well", "14:00")


@pytest.mark.parametrize("number", [-1, "much", 2**40])
def test_a_number_that_no_change_can_have_is_answered_too(
    as_person: Visit, full: FullHour, number: Any
) -> None:
    told = ask(as_person("okafor"), full.id, number, number)
    assert bool(told["changes"]) == (number != 2**40)


def test_nobody_else_is_told(as_person: Visit, full: FullHour) -> None:
    for name in ("whitaker", "kaur", "lindqvist"):
        assert as_person(name).flask.get(f"/conversations/{full.id}/journal").status_code == 404
    assert as_person("okafor").flask.get(f"/conversations/{uuid4()}/journal").status_code == 404
