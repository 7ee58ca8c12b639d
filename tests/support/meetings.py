"""Meetings as tests plan them: what is usual, and what a test changes of it."""

from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from convo.conversation.guide import Guide, load_guide
from convo.conversation.models import Conversation
from convo.conversation.operations import plan
from convo.conversation.plans import PlanFields
from convo.plan.models import Action, Target
from convo.plan.rules import ActionState, Doer
from convo.settings import SHIPPED_GUIDES
from tests.support.people import NOW, People


def guide() -> Guide:
    """The guide that ships."""
    return load_guide(SHIPPED_GUIDES)


def fields(*carer_ids: UUID, **changed: Any) -> PlanFields:
    """A meeting on Monday 30 November 2026 at 15:30 with these carers."""
    return PlanFields(**{"on": date(2026, 11, 30), "at": time(15, 30), "carer_ids": carer_ids, **changed})


def with_mrs_khan(session: Session, people: People, **changed: Any) -> Conversation:
    """Plan the usual meeting about Amina with her mother, led by Mr Okafor."""
    return plan(session, people.okafor, NOW, people.amina.id, fields(people.mrs_khan.id, **changed))


def open_action(session: Session, meeting: Conversation, what: str, by_when: date) -> Action:
    """Store an action that was agreed in a meeting and is still to do."""
    target = Target(
        school_id=meeting.school_id,
        pupil_id=meeting.pupil_id,
        conversation_id=meeting.id,
        text="Reads to somebody every day",
        created_at=NOW,
    )
    session.add(target)
    session.flush()
    action = Action(
        school_id=meeting.school_id,
        pupil_id=meeting.pupil_id,
        conversation_id=meeting.id,
        target_id=target.id,
        what=what,
        by_whom=Doer.SCHOOL,
        who="Mr Okafor",
        by_when=by_when,
        state=ActionState.OPEN,
        created_at=NOW,
    )
    session.add(action)
    session.flush()
    return action
