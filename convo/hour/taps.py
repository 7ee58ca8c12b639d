"""What the family taps on the turned tablet, and what the teacher makes of it, as a stream of changes.

A tap is a proposal under an id that the tablet gave it, and is made once: another tap is another proposal. So
nothing comes back when a change is sent again, however late and from whichever tablet.
"""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from convo.access.guard import permit
from convo.access.rules import Actor, Permission
from convo.conversation.models import Conversation, Proposal
from convo.conversation.proposals import answer_proposal, propose
from convo.conversation.rules import ProposalAnswer, ProposalState, State
from convo.conversation.writers import reached
from convo.hour.batch import Sent, Take, Taken, answer_each, as_who_they_are, keeping_aside
from convo.hour.family import tappable
from convo.hour.queries import load_hour
from convo.kernel.clock import utc_now
from convo.kernel.errors import OLDER, Refused
from convo.kernel.ids import parse_id
from convo.web.transaction import session

taps = Blueprint("taps", __name__)

Tap = tuple[str, UUID, ProposalAnswer]  # thing, its id, what was tapped on it


@taps.post("/conversations/<uuid:conversation_id>/taps")
@permit(Permission.SEE_HOME)  # who had a part keeps nothing back on the tablet when they lose it
def take(conversation_id: UUID) -> ResponseReturnValue:
    """Keep taps of the family as proposals, take them back, and note what the teacher made of them."""
    now = utc_now()
    taking = as_who_they_are(
        conversation_id, lambda actor: taking_taps(session(), actor, now, conversation_id)
    )
    return answer_each("tap", taking)


def taking_taps(on: Session, actor: Actor, now: datetime, conversation_id: UUID) -> Take:
    """Return what takes in a tap, or what became of one; several, while nothing else of the meeting changes.

    Raises NotFound for who never had a part in the meeting.
    """
    arrived = reached(on, actor, conversation_id)
    meeting = arrived.meeting
    keep = keeping_aside(on, actor, now, arrived, "tap")

    @cache
    def shown() -> set[Tap]:
        return tappable(load_hour(on, actor, conversation_id))

    def take_one(sent: Sent) -> Taken:
        proposal = on.get(Proposal, sent.thing_id)
        if proposal is not None and proposal.conversation_id != meeting.id:
            raise Refused(_ELSEWHERE)
        if arrived.aside:
            made = proposal is not None and sent.field == "answer" and sent.value is not None
            return Taken(False) if made else keep(sent)
        if sent.field == "state":
            return _answered(proposal, sent.value)
        if sent.field != "answer":
            raise Refused(OLDER)
        if sent.value is None:
            waits = proposal is not None and proposal.state is ProposalState.WAITING
            if proposal is not None and waits:
                answer_proposal(proposal, ProposalState.DISMISSED)
            return Taken(waits)
        tap = _read(sent.value)
        if proposal is None:
            _must_be_open(meeting)
            if tap not in shown():
                raise Refused("What was tapped is not shown to the family any more. Ask them again.")
            propose(on, now, meeting, *tap, proposal_id=sent.thing_id)
        elif (proposal.thing, proposal.thing_id, proposal.answer) != tap:
            raise Refused("Something else was tapped here before. Tap it again.")
        return Taken(proposal is None)

    return take_one


_ELSEWHERE = "That tap is not in this conversation. Reload the page."


def _answered(proposal: Proposal | None, value: Any) -> Taken:
    """Note the teacher's answer, unless there is one, and return what it is."""
    if value not in (ProposalState.CONFIRMED, ProposalState.DISMISSED):
        raise Refused(OLDER)
    if proposal is None:
        raise Refused(_ELSEWHERE)
    waits = proposal.state is ProposalState.WAITING
    if waits:
        answer_proposal(proposal, ProposalState(value))
    return Taken(waits, {"value": proposal.state.value})


def _read(value: Any) -> Tap:
    try:
        thing, thing_id, answer = value["thing"], parse_id(value["thing_id"]), ProposalAnswer(value["answer"])
    except (TypeError, KeyError, ValueError):
        raise Refused(OLDER) from None
    if not isinstance(thing, str) or thing_id is None:
        raise Refused(OLDER)
    return thing, thing_id, answer


def _must_be_open(meeting: Conversation) -> None:
    if meeting.state is State.CLOSED:
        raise Refused("This conversation is closed. What was tapped after that is not kept.")
    if meeting.state is not State.OPEN:
        raise Refused("This conversation has not been opened yet. Open it first.")
