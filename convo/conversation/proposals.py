"""What the family taps on the turned tablet: kept as proposals, which change nothing by themselves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from convo.conversation.models import Conversation, Proposal
from convo.conversation.rules import ProposalAnswer, ProposalState
from convo.kernel.errors import Refused
from convo.kernel.ids import new_id


def propose(
    session: Session,
    now: datetime,
    meeting: Conversation,
    thing: str,
    thing_id: UUID,
    answer: str,
    *,
    undo: bool = False,
    proposal_id: UUID | None = None,
) -> None:
    """Keep a tap instead of an earlier answer to the same question; with ``undo`` only take that back.

    The earlier one stays, as nothing to take up, so that it does not come back when a tablet sends it again.
    """
    try:
        chosen = ProposalAnswer(answer)
    except ValueError:
        raise Refused("That button is not on this page any more. Reload it.") from None
    session.execute(
        update(Proposal)
        .where(
            Proposal.conversation_id == meeting.id,
            Proposal.thing_id == thing_id,
            Proposal.answer.in_(chosen.same_question()),
            Proposal.state == ProposalState.WAITING,
        )
        .values(state=ProposalState.DISMISSED)
    )
    if undo:
        return
    session.add(
        Proposal(
            id=proposal_id or new_id(),
            school_id=meeting.school_id,
            conversation_id=meeting.id,
            thing=thing,
            thing_id=thing_id,
            answer=chosen,
            at=now,
        )
    )
    session.flush()


def answer_proposal(proposal: Proposal, state: ProposalState) -> None:
    """Record what the teacher made of a tap."""
    proposal.state = state
