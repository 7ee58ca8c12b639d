"""The closing check, whose vectors the tablet runs too, and the closing itself."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.rules import Actor
from convo.conversation.closing import DraftAction, close_conversation, closing_check
from convo.conversation.guide import replan
from convo.conversation.incoming import read_change
from convo.conversation.journal import NOTES, apply_changes
from convo.conversation.models import Conversation
from convo.conversation.rules import StageName, State, decision_id
from convo.kernel.errors import NotFound, Refused
from convo.plan.models import Action, Decision
from convo.plan.rules import ActionState, Agreement, Outcome
from tests.support.changes import change
from tests.support.held import Held, ended, hold, with_part
from tests.support.meetings import open_action
from tests.support.people import NOW, People

EARLIER = NOW - timedelta(days=70)
VECTORS = json.loads((Path(__file__).parent / "closing.json").read_text("utf-8"))


def named(vectors: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("vector", vectors, ids=[vector["name"] for vector in vectors])


@named(VECTORS["closing"])
def test_the_closing_check_remarks(vector: dict[str, Any]) -> None:
    drafts = [DraftAction(**action) for action in vector["actions"]]
    undecided = [(key, what) for key, what in vector["undecided"]]
    remarks = closing_check(drafts, undecided, vector["conflicts"])
    assert [asdict(remark) for remark in remarks] == vector["remarks"]


@named(VECTORS["clock"])
def test_the_clock_shares_out_what_is_left(vector: dict[str, Any]) -> None:
    assert replan(vector["planned"], vector["used"], vector["left"], vector["current"]) == vector["minutes"]


@pytest.fixture
def held(session: Session, people: People) -> Held:
    """A meeting about to be closed, everything in it agreed."""
    return hold(session, people, close=False)


@pytest.fixture
def close(session: Session, people: People, held: Held) -> Callable[..., Conversation]:
    def closed(who: Actor | None = None, **how: bool) -> Conversation:
        return close_conversation(session, who or people.okafor, NOW, held.id, **how)

    return closed


@pytest.fixture
def old(session: Session, people: People, held: Held) -> Action:
    """A promise of an earlier meeting, due on 4 December, which the meeting at hand looks back at."""
    with_part(session, held.meeting, StageName.SINCE)
    earlier = ended(session, people.okafor, people.amina, EARLIER, EARLIER + timedelta(hours=1))
    return open_action(session, earlier, "Listen to her read", date(2026, 12, 4))


def decide(session: Session, held: Held, old: Action, outcome: Outcome | None, **more: Any) -> None:
    session.add(
        Decision(
            id=decision_id(held.id, old.id),
            school_id=held.meeting.school_id,
            action_id=old.id,
            conversation_id=held.id,
            outcome=outcome,
            decided_at=NOW,
            **more,
        )
    )
    session.flush()


def test_closing_opens_what_was_agreed_and_stops_the_clock(held: Held, close: Any) -> None:
    meeting = close()
    assert (meeting.state, meeting.closed_at, meeting.stage_entered_at) == (State.CLOSED, NOW, None)
    assert {held.at_home.state, held.at_school.state, held.by_child.state} == {ActionState.OPEN}


def test_an_action_without_a_date_is_due_at_the_next_meeting(held: Held, close: Any) -> None:
    before = held.at_school.by_when
    close()
    assert held.at_home.by_when == held.meeting.next_on
    assert held.at_school.by_when == before


def test_an_action_that_is_not_agreed_stops_the_closing_and_nothing_is_closed(held: Held, close: Any) -> None:
    held.at_home.agreement = Agreement.PROPOSED
    with pytest.raises(Refused, match="is not agreed yet"):
        close()
    assert held.meeting.state is State.OPEN
    assert held.at_school.state is ActionState.DRAFT


def test_finish_now_keeps_what_is_unfinished_as_a_draft(held: Held, close: Any) -> None:
    held.at_home.agreement = Agreement.PROPOSED
    close(finish_now=True)
    assert held.at_home.state is ActionState.DRAFT
    assert held.at_school.state is ActionState.OPEN


def test_an_action_that_was_taken_out_neither_stops_the_closing_nor_opens(held: Held, close: Any) -> None:
    held.at_home.removed, held.at_home.who = True, ""
    close()
    assert held.at_home.state is ActionState.DRAFT


def test_an_action_towards_a_target_that_was_taken_out_has_none(
    session: Session, held: Held, close: Any
) -> None:
    held.target.removed = True
    session.flush()
    with pytest.raises(Refused, match="belongs to no target"):
        close()


def test_a_promise_from_before_waits_for_a_word(
    session: Session, held: Held, old: Action, close: Any
) -> None:
    with pytest.raises(Refused, match="say what became of “Listen to her read”"):
        close()
    decide(session, held, old, None)
    with pytest.raises(Refused, match="say what became of"):
        close()


def test_what_another_meeting_agreed_while_this_one_went_on_asks_for_no_word(
    session: Session, people: People, held: Held, old: Action, close: Any
) -> None:
    decide(session, held, old, Outcome.DONE)
    begun, until = NOW - timedelta(minutes=30), NOW + timedelta(minutes=5)
    beside = ended(session, people.okafor, people.amina, begun, until)
    between = open_action(session, beside, "Bring the reading book", date(2026, 12, 4))
    close()
    assert (held.meeting.state, between.state) == (State.CLOSED, ActionState.OPEN)
    assert session.scalars(select(Decision).where(Decision.action_id == between.id)).all() == []


def test_two_versions_of_a_staff_note_stop_the_closing_too(
    session: Session, people: People, held: Held, close: Any
) -> None:
    note = uuid4()
    for who, words in ((people.okafor, "Ask about glasses"), (people.farrell, "Ask about hearing")):
        sent = [read_change(change("note", note, "text", words))]
        apply_changes(session, who, NOW, held.id, sent, NOTES)
    with pytest.raises(Refused, match="One text has two versions"):
        close()


def test_finish_now_records_a_promise_as_not_talked_about_and_leaves_it_open(
    session: Session, held: Held, old: Action, close: Any
) -> None:
    close(finish_now=True)
    decision = session.get_one(Decision, decision_id(held.id, old.id))
    assert decision.outcome is Outcome.NOT_TALKED_ABOUT
    assert (old.state, old.by_when) == (ActionState.OPEN, date(2026, 12, 4))


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.DONE, ActionState.DONE),
        (Outcome.STOP, ActionState.STOPPED),
        (Outcome.CONTINUE, ActionState.OPEN),
        (Outcome.NOT_TALKED_ABOUT, ActionState.OPEN),
    ],
)
def test_a_decision_takes_effect(
    session: Session, held: Held, old: Action, close: Any, outcome: Outcome, state: ActionState
) -> None:
    decide(session, held, old, outcome)
    close()
    assert old.state is state


def test_what_continues_goes_on_until_the_day_that_was_said_or_the_next_meeting(
    session: Session, held: Held, old: Action, close: Any
) -> None:
    decide(session, held, old, Outcome.CONTINUE)
    close()
    assert old.by_when == held.meeting.next_on


def test_what_continues_until_a_day_goes_on_until_then(
    session: Session, held: Held, old: Action, close: Any
) -> None:
    decide(session, held, old, Outcome.CONTINUE, by_when=date(2027, 3, 1))
    close()
    assert old.by_when == date(2027, 3, 1)


def test_what_is_changed_gives_way_to_what_is_done_instead(
    session: Session, held: Held, old: Action, close: Any
) -> None:
    decide(session, held, old, Outcome.CHANGE)
    held.at_home.replaces_id = old.id
    close()
    assert old.state is ActionState.CHANGED


def test_what_is_to_change_stays_open_while_nothing_stands_instead(
    session: Session, held: Held, old: Action, close: Any
) -> None:
    decide(session, held, old, Outcome.CHANGE)
    close()
    assert old.state is ActionState.OPEN


@pytest.mark.parametrize("finish_now", [False, True])
def test_a_text_with_two_versions_stops_even_finishing_now(
    session: Session, people: People, held: Held, close: Any, finish_now: bool
) -> None:
    for who, words in ((people.okafor, "A text each Friday"), (people.farrell, "A call each Monday")):
        change = {"v": 1, "id": str(uuid4()), "thing": "conversation", "thing_id": str(held.id), "base": None}
        told = read_change({**change, "field": "keep_in_touch", "value": words})
        apply_changes(session, who, NOW, held.id, [told])
    with pytest.raises(Refused, match="One text has two versions"):
        close(finish_now=finish_now)


def test_closing_twice_is_closing_once(held: Held, close: Any) -> None:
    assert close().closed_at == close().closed_at == NOW


def test_a_colleague_with_no_part_in_it_and_a_stranger_cannot_close_it(people: People, close: Any) -> None:
    for who in (people.whitaker, people.stranger):
        with pytest.raises(NotFound):
            close(who)


def test_a_meeting_that_was_not_opened_cannot_be_closed(held: Held, close: Any) -> None:
    held.meeting.state, held.meeting.opened_at, held.meeting.stage_entered_at = State.PLANNED, None, None
    with pytest.raises(Refused, match="has not been opened"):
        close()
