"""What the family taps on the turned tablet: kept as proposals, which change nothing by themselves."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.conversation.models import Conversation, Proposal
from convo.conversation.rules import ProposalAnswer, ProposalState
from convo.kernel.ids import new_id


def propose(
    session: Session,
    now: datetime,
    meeting: Conversation,
    thing: str,
    thing_id: UUID,
    answer: ProposalAnswer,
    *,
    proposal_id: UUID | None = None,
) -> None:
    """Keep a tap instead of an earlier answer to the same question.

    The earlier one stays, as nothing to take up, so that it does not come back when a tablet sends it again.
    """
    for earlier in waiting_answers(session, meeting.id, thing_id, answer):
        answer_proposal(earlier, ProposalState.DISMISSED)
    session.add(
        Proposal(
            id=proposal_id or new_id(),
            school_id=meeting.school_id,
            conversation_id=meeting.id,
            thing=thing,
            thing_id=thing_id,
            answer=answer,
            at=now,
        )
    )
    session.flush()


def waiting_answers(
    session: Session, conversation_id: UUID, thing_id: UUID, answer: ProposalAnswer
) -> Sequence[Proposal]:
    """Return what the family tapped on a thing to the question of this answer and waits: one at most."""
    waits = select(Proposal).where(
        Proposal.conversation_id == conversation_id,
        Proposal.thing_id == thing_id,
        Proposal.answer.in_(answer.same_question()),
        Proposal.state == ProposalState.WAITING,
    )
    return session.scalars(waits).all()


def answer_proposal(proposal: Proposal, state: ProposalState) -> None:
    """Record what the teacher made of a tap."""
    proposal.state = state
