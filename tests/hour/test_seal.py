"""The seal: a meeting closed on the tablet without wifi closes at the school when it is reached again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from convo.access.models import AuditEntry
from convo.access.rules import Act
from convo.conversation.models import Change, Conversation
from convo.conversation.rules import StageName, State
from convo.db import Database
from convo.hour.finish import finish
from convo.plan.models import Action
from convo.plan.rules import ActionState
from convo.summary.models import Issue
from tests.support.changes import change
from tests.support.client import PageClient
from tests.support.full_hour import Tablet
from tests.support.held import Held, hold, with_part
from tests.support.people import NOW, People
from tests.support.streams import answers

Visit = Callable[[str], PageClient]
THEN = NOW - timedelta(days=1)  # the school is reached again a day after the meeting
SEALED = THEN + timedelta(minutes=48)


@pytest.fixture
def held(database: Database, people: People) -> Held:
    """A meeting that is ready to be closed."""
    with database.write() as session:
        return hold(session, people, close=False, at=THEN)


def sealed(held: Held, at: datetime | str | None = SEALED, finish: bool = False, **more: Any) -> Any:
    value = {"at": at.isoformat() if isinstance(at, datetime) else at, "finish": finish}
    return {**change("seal", held.id, "sealed", value), **more}


def meeting_of(database: Database, held: Held) -> Conversation:
    with database.reading() as session:
        return session.get_one(Conversation, held.id)


def issues(database: Database) -> list[Issue]:
    with database.reading() as session:
        return list(session.scalars(select(Issue)))


def notes(database: Database) -> list[str]:
    """Return what the audit trail says of each closing."""
    with database.reading() as session:
        closings = select(AuditEntry.note).where(AuditEntry.act == Act.CLOSE).order_by(AuditEntry.at)
        return list(session.scalars(closings))


def leave_unfinished(database: Database, people: People, held: Held) -> UUID:
    """Let somebody on another tablet begin an action; return its id."""
    with database.write() as session:
        return Tablet(session, people.farrell, held.id).write("action", what="Ring the nurse")


def test_a_meeting_closes_at_the_time_of_its_seal_and_the_copies_are_made(
    okafor: PageClient, database: Database, people: People, held: Held
) -> None:
    [answer] = answers(okafor, held.id, sealed(held))
    assert (answer["outcome"], answer["to"]) == ("applied", f"/conversations/{held.id}/summary")
    meeting = meeting_of(database, held)
    assert (meeting.state, meeting.closed_at) == (State.CLOSED, SEALED)
    assert meeting.closed_by_id == people.okafor.person_id
    [issue] = issues(database)
    assert (issue.carer_id, issue.number) == (people.mrs_khan.id, 1)
    assert notes(database) == ["sealed on the tablet, 22 November 2026 at 14:48"]
    assert okafor.get(answer["to"]).status == 200


@pytest.mark.parametrize(
    ("at", "note"),
    [
        (THEN + timedelta(days=9), "sealed on the tablet, whose clock cannot be right: 2026-12-01 14:00 UTC"),
        (THEN - timedelta(days=1), "sealed on the tablet, whose clock cannot be right: 2026-11-21 14:00 UTC"),
        (None, "sealed on the tablet, 23 November 2026 at 14:00"),
        ("yesterday", "sealed on the tablet, 23 November 2026 at 14:00"),
    ],
)
def test_a_time_that_cannot_be_is_not_believed(
    okafor: PageClient, database: Database, held: Held, at: Any, note: str
) -> None:
    [answer] = answers(okafor, held.id, sealed(held, at))
    assert answer["outcome"] == "applied"
    assert meeting_of(database, held).closed_at == NOW
    assert notes(database) == [note]


def test_what_stops_the_closing_is_said_in_a_sentence_and_nothing_is_closed(
    okafor: PageClient, database: Database, people: People, held: Held
) -> None:
    leave_unfinished(database, people, held)
    [answer] = answers(okafor, held.id, sealed(held))
    assert answer["outcome"] == "refused"
    assert answer["message"] == "“Ring the nurse” has no one who does it."
    assert "to" not in answer
    assert meeting_of(database, held).state is State.OPEN
    assert issues(database) == []
    assert notes(database) == []


def reword(database: Database, people: People, held: Held, who: Any = None) -> int:
    """Let Ms Farrell reword an action on another tablet; return the number of the change before hers."""
    with database.write() as session:
        before = session.scalar(select(func.max(Change.number)).where(Change.conversation_id == held.id)) or 0
        tablet = Tablet(session, who or people.farrell, held.id)
        tablet.write("action", held.at_home.id, how_often="twice a day")
        return before


def seal_seeing(held: Held, number: Any) -> Any:
    value = {"at": SEALED.isoformat(), "finish": False, "seen": number}
    return change("seal", held.id, "sealed", value)


def test_what_another_wrote_and_the_tablet_had_not_seen_was_not_agreed_and_stops_it(
    okafor: PageClient, database: Database, people: People, held: Held
) -> None:
    before = reword(database, people, held)
    [answer] = answers(okafor, held.id, seal_seeing(held, before))
    assert (answer["outcome"], meeting_of(database, held).state) == ("refused", State.OPEN)
    assert answer["message"] == (
        "Ms Farrell changed something that this tablet did not show yet. Look at it, and close again."
    )
    [again] = answers(okafor, held.id, seal_seeing(held, before + 1))
    assert (again["outcome"], meeting_of(database, held).state) == ("applied", State.CLOSED)


def test_ones_own_words_and_a_stage_that_another_looks_at_stop_no_seal(
    okafor: PageClient, database: Database, people: People, held: Held
) -> None:
    reword(database, people, held, people.okafor)
    with database.write() as session:
        with_part(session, held.meeting, StageName.PLAN)
        Tablet(session, people.farrell, held.id).write("conversation", held.id, stage="plan")
    [answer] = answers(okafor, held.id, seal_seeing(held, 0))
    assert (answer["outcome"], meeting_of(database, held).state) == ("applied", State.CLOSED)


def test_finished_at_once_it_keeps_what_is_not_ready_as_a_draft(
    okafor: PageClient, database: Database, people: People, held: Held
) -> None:
    draft = leave_unfinished(database, people, held)
    [answer] = answers(okafor, held.id, sealed(held, finish=True))
    assert answer["outcome"] == "applied"
    with database.reading() as session:
        assert session.get_one(Action, draft).state is ActionState.DRAFT
        assert session.get_one(Action, held.at_home.id).state is ActionState.OPEN
        [content] = session.scalars(select(Issue.content))
    assert "Pack the bag together" in content
    assert "Ring the nurse" not in content


def test_a_seal_that_comes_again_gets_the_same_answer_and_makes_nothing_again(
    okafor: PageClient, database: Database, held: Held
) -> None:
    sent = sealed(held)
    [first] = answers(okafor, held.id, sent)
    another = sealed(held, THEN + timedelta(minutes=50))
    assert answers(okafor, held.id, sent, another) == [first, {**first, "id": another["id"]}]
    assert meeting_of(database, held).closed_at == SEALED
    assert len(issues(database)) == 1
    assert len(notes(database)) == 1


def test_where_somebody_else_has_closed_it_meanwhile_it_stays_as_they_closed_it(
    okafor: PageClient, database: Database, people: People, held: Held
) -> None:
    with database.write() as session:
        finish(session, people.farrell, THEN + timedelta(hours=2), held.id)
    [answer] = answers(okafor, held.id, sealed(held))
    assert (answer["outcome"], answer["to"]) == ("applied", f"/conversations/{held.id}/summary")
    meeting = meeting_of(database, held)
    assert meeting.closed_at == THEN + timedelta(hours=2)
    assert meeting.closed_by_id == people.farrell.person_id
    assert len(issues(database)) == 1


@pytest.mark.parametrize(
    "wrong", [{"thing_id": str(uuid4())}, {"field": "closed"}, {"value": True}, {"thing": "stage"}, {"v": 2}]
)
def test_what_is_no_seal_of_this_meeting_closes_nothing(
    okafor: PageClient, database: Database, held: Held, wrong: dict[str, Any]
) -> None:
    address = f"/conversations/{held.id}/seal"
    okafor.token = okafor.flask.get("/session").get_json()["csrf"]
    [answer] = okafor.send_json(address, {"changes": [{**sealed(held), **wrong}]})["answers"]
    assert answer["outcome"] == "refused"
    assert answer["message"] == "This page is older than convo. Reload it and try again."
    assert meeting_of(database, held).state is State.OPEN


def test_a_seal_after_a_refused_one_in_the_same_batch_closes(
    okafor: PageClient, database: Database, people: People, held: Held
) -> None:
    leave_unfinished(database, people, held)
    outcomes = [
        answer["outcome"] for answer in answers(okafor, held.id, sealed(held), sealed(held, finish=True))
    ]
    assert outcomes == ["refused", "applied"]
    assert len(issues(database)) == 1


def test_only_who_may_write_in_the_meeting_seals_it(as_person: Visit, database: Database, held: Held) -> None:
    for name in ("whitaker", "lindqvist", "kaur"):
        answers(as_person(name), held.id, sealed(held), status=404)
    assert meeting_of(database, held).state is State.OPEN
