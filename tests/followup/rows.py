"""Rows for what is due: a meeting, what was promised in it, and what a later one said of that."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from convo.access.rules import Actor
from convo.conversation.models import Conversation
from convo.conversation.rules import NotHeldReason, State
from convo.people.models import Pupil
from convo.plan.models import Action, Decision, Target
from convo.plan.rules import ActionState, Doer, Outcome
from tests.support.people import NOW

TODAY = date(2026, 11, 23)
EARLIER = NOW - timedelta(days=40)


def meeting(
    session: Session,
    pupil: Pupil,
    lead: Actor,
    state: State = State.CLOSED,
    starts_at: datetime = EARLIER,
    **more: Any,
) -> Conversation:
    """Store a meeting of the first round of 2026/27."""
    values: dict[str, Any] = {"school_year": 2026, "round": 1, **more}
    if state in (State.OPEN, State.CLOSED):
        values.setdefault("opened_at", starts_at)
    if state is State.CLOSED:
        values.setdefault("closed_at", starts_at)
    if state is State.NOT_HELD:
        values.setdefault("not_held_reason", NotHeldReason.FAMILY)
    row = Conversation(
        school_id=pupil.school_id,
        pupil_id=pupil.id,
        lead_id=lead.person_id,
        state=state,
        starts_at=starts_at,
        **values,
    )
    session.add(row)
    session.flush()
    return row


def promise(
    session: Session,
    made_in: Conversation,
    what: str,
    by_when: date,
    by_whom: Doer = Doer.HOME,
    **more: Any,
) -> Action:
    """Store an open action, with a target of its own."""
    of = {"school_id": made_in.school_id, "pupil_id": made_in.pupil_id, "conversation_id": made_in.id}
    target = Target(**of, text=f"So that: {what}", created_at=NOW)
    session.add(target)
    session.flush()
    values: dict[str, Any] = {"who": "Somebody", "state": ActionState.OPEN, **more}
    action = Action(
        **of, target_id=target.id, what=what, by_whom=by_whom, by_when=by_when, created_at=NOW, **values
    )
    session.add(action)
    session.flush()
    return action


def decide(session: Session, action: Action, at: Conversation, outcome: Outcome) -> None:
    """Store what a later meeting said of an action."""
    session.add(
        Decision(
            school_id=action.school_id,
            action_id=action.id,
            conversation_id=at.id,
            outcome=outcome,
            decided_at=at.starts_at,
        )
    )
    session.flush()
