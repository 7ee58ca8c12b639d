"""A button pressed twice, a form sent again, a meeting that somebody else has meanwhile gone on with."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from convo.access.models import AuditEntry
from convo.access.rules import Act
from convo.conversation.models import Change, Conversation, Proposal
from convo.conversation.operations import open_unplanned
from convo.conversation.rules import ChangeOutcome, State
from convo.db import Database
from convo.plan.models import Action, Target
from convo.plan.rules import Agreement
from convo.summary.models import Delivery
from tests.support.client import PageClient
from tests.support.held import hold
from tests.support.meetings import guide
from tests.support.people import NOW, People
from tests.support.sample import Sample, lay_out

Visit = Callable[[str], PageClient]


@pytest.fixture
def sample(database: Database, people: People) -> Sample:
    with database.write() as session:
        return lay_out(session, people)


def count(database: Database, model: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def press_twice(client: PageClient, path: str, data: dict[str, Any]) -> list[str]:
    """Send a form twice and return where each answer leads."""
    answers = [client.flask.post(path, data={"csrf_token": client.token, **data}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    return [answer.location for answer in answers]


def test_starting_twice_begins_one_meeting(database: Database, people: People, as_person: Visit) -> None:
    client = as_person("okafor")
    client.get(f"/pupils/{people.szymon.id}")
    first, second = press_twice(
        client, f"/pupils/{people.szymon.id}/start", {"carer": [str(people.mrs_wojcik.id)]}
    )
    assert first == second
    assert count(database, Conversation) == 1


@pytest.mark.parametrize("page", ["plan", "paper"])
def test_planning_twice_makes_one_meeting(
    database: Database, people: People, as_person: Visit, page: str
) -> None:
    client = as_person("okafor")
    form = client.get(f"/pupils/{people.szymon.id}/{page}").form
    day = "2026-11-30" if page == "plan" else "2026-11-20"
    first, second = press_twice(
        client, f"/pupils/{people.szymon.id}/{page}", {**form, "on": day, "at": "15:30"}
    )
    assert first == second
    assert count(database, Conversation) == 1


def test_another_meeting_on_the_same_day_is_another(
    database: Database, people: People, as_person: Visit
) -> None:
    client = as_person("okafor")
    form = client.get(f"/pupils/{people.szymon.id}/plan").form
    for at in ("15:30", "16:30"):
        client.post(f"/pupils/{people.szymon.id}/plan", {**form, "on": "2026-11-30", "at": at})
    assert count(database, Conversation) == 2


def test_closing_twice_closes_once_and_keeps_nothing_aside(
    database: Database, people: People, as_person: Visit
) -> None:
    with database.write() as session:
        meeting = open_unplanned(
            session, people.okafor, NOW, people.szymon.id, guide(), (people.mrs_wojcik.id,)
        )
        of_it = {"school_id": meeting.school_id, "pupil_id": meeting.pupil_id, "created_at": NOW}
        target = Target(conversation_id=meeting.id, text="Reads alone", **of_it)
        session.add(target)
        session.flush()
        action = Action(
            conversation_id=meeting.id,
            target_id=target.id,
            what="Read",
            agreement=Agreement.AGREED,
            **of_it,
        )
        session.add(action)
        meeting.next_on = date(2027, 1, 5)
        mother, *_, teacher = [person.id for person in meeting.participants]
    client = as_person("okafor")
    who, address = f"action:{action.id}:who_id", f"/conversations/{meeting.id}/review"
    client.post(address, {**client.get(address).form, who: str(teacher)})
    page = client.get(address)
    opened = client.get(f"/conversations/{meeting.id}/plan?more={action.id}")  # its controls, on demand
    base = opened.one(f"//input[@name='{who}:base']/@value")
    close = {**page.form, who: str(mother), f"{who}:base": base, "do": "close"}
    first, second = press_twice(client, address, close)
    assert first == second == f"/conversations/{meeting.id}/summary"
    with database.reading() as session:
        assert session.get_one(Conversation, meeting.id).state is State.CLOSED
        assert session.get_one(Action, action.id).who == people.mrs_wojcik.full_name
        kept = session.scalars(select(Change).where(Change.outcome == ChangeOutcome.ASIDE)).all()
    assert kept == []


def test_a_step_to_the_family_pressed_twice_is_one(
    database: Database, sample: Sample, as_person: Visit
) -> None:
    client = as_person("okafor")
    client.get(f"/conversations/{sample.closed}/summary")
    press_twice(client, f"/issues/{sample.issue}/delivery", {"way": "given"})
    assert count(database, Delivery) == 1


def test_adding_a_carer_twice_adds_them_once(database: Database, people: People, as_person: Visit) -> None:
    with database.write() as session:
        meeting = open_unplanned(
            session, people.okafor, NOW, people.szymon.id, guide(), (people.mrs_wojcik.id,)
        )
    client = as_person("okafor")
    for _ in range(2):  # two pages, each with the button on it
        form = client.get(f"/conversations/{meeting.id}/explore").form
        client.post(f"/conversations/{meeting.id}/explore", {**form, "do": f"carer:{people.mr_wojcik.id}"})
    page = client.get(f"/conversations/{meeting.id}")
    assert page.html.count(people.mr_wojcik.full_name) == page.html.count(people.mrs_wojcik.full_name)


def test_what_the_family_taps_after_the_closing_is_not_taken(
    database: Database, people: People, as_person: Visit
) -> None:
    with database.write() as session:
        held = hold(session, people)
        held.meeting.guide = guide().to_json()
    client = as_person("okafor")
    client.get("/")
    tapped = {"about": f"entry:{held.hers.id}", "answer": "that is right"}
    page = client.post(f"/conversations/{held.id}/family/explore", tapped, status=404)
    assert "This conversation is closed. What was tapped after that is not kept." in page.text
    assert count(database, Proposal) == 0


def test_the_key_teacher_of_a_class_reads_the_hour_that_somebody_else_leads(
    database: Database, people: People, as_person: Visit
) -> None:
    with database.write() as session:
        meeting = open_unplanned(
            session, people.farrell, NOW, people.szymon.id, guide(), (people.mrs_wojcik.id,)
        )
    assert as_person("okafor").get(f"/conversations/{meeting.id}/explore").status == 200


def test_reading_the_journal_is_a_look_that_the_trail_tells_of(
    database: Database, sample: Sample, as_person: Visit
) -> None:
    assert as_person("farrell").flask.get(f"/conversations/{sample.open}/journal").status_code == 200
    with database.reading() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.act == Act.LOOK)).all()
