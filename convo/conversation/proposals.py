"""What the family taps on the turned tablet: kept as proposals, which change nothing by themselves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from convo.conversation.models import Conversation, Proposal
from convo.conversation.rules import ProposalAnswer, ProposalState
from convo.kernel.errors import Refused


def propose(
    session: Session,
    now: datetime,
    meeting: Conversation,
    thing: str,
    thing_id: UUID,
    answer: str,
    *,
    undo: bool = False,
) -> None:
    """Keep a tap instead of any earlier one on the same thing; with ``undo`` only take the earlier back."""
    session.execute(
        delete(Proposal).where(
            Proposal.conversation_id == meeting.id,
            Proposal.thing_id == thing_id,
            Proposal.state == ProposalState.WAITING,
        )
    )
    if undo:
        return
    try:
        chosen = ProposalAnswer(answer)
    except ValueError:
        raise Refused("That button is not on this page any more. Reload it.") from None
    session.add(
        Proposal(
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
