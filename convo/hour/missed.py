"""What happened in a meeting since a tablet last asked: others' changes, what waits, how it stands.

Every tablet in a meeting asks every few seconds. So it is four statements, and nothing is written once the
audit trail has the person's look at the pupil.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from convo.access.audit import has_looked
from convo.access.models import Person
from convo.access.rules import Actor
from convo.conversation.models import Change, Conversation, Proposal, StaffNoteChange
from convo.conversation.queries import may_read
from convo.conversation.rules import ChangeOutcome, ProposalState
from convo.kernel.clock import local
from convo.kernel.errors import NotFound

MOST = 500  # changes of a stream at once; whoever gets so many asks again
LAST = 2**31 - 1 - MOST  # no change has a greater number


@dataclass(frozen=True)
class Missed:
    """The answer to a tablet, and whether the trail has the look that it is."""

    told: dict[str, Any]
    pupil_id: UUID
    looked: bool


def missed_since(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation_id: UUID,
    time_zone: str,
    after: int,
    notes: int,
) -> Missed:
    """Return what came after the changes numbered ``after`` and, of staff notes, ``notes``. Four statements.

    Raises NotFound for who may not read the meeting.
    """
    meeting = session.execute(
        select(
            Conversation.id,
            Conversation.state,
            Conversation.pupil_id,
            has_looked(actor, Conversation.pupil_id).label("looked"),
        )
        .join(Conversation.pupil)
        .where(Conversation.id == conversation_id, Conversation.school_id == actor.school_id, may_read(actor))
    ).one_or_none()
    if meeting is None:
        raise NotFound
    changes, conflicts = _stream(session, Change, meeting.id, after, time_zone)
    said, of_notes = _stream(session, StaffNoteChange, meeting.id, notes, time_zone)
    taps = session.execute(_TAPS, {"conversation": meeting.id})
    told = {
        "changes": changes,
        "notes": said,
        "conflicts": conflicts + of_notes,
        "taps": [
            {"id": str(tap.id), "thing": tap.thing, "thing_id": str(tap.thing_id), "answer": tap.answer.value}
            for tap in taps
        ],
        "state": meeting.state.value,
        "now": now.isoformat(),
    }
    return Missed(told, meeting.pupil_id, meeting.looked)


def _stream(
    session: Session, log: type[Change] | type[StaffNoteChange], meeting_id: UUID, after: int, time_zone: str
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return what a stream has after a number, and the ids of the conflicts that wait in it."""
    after = min(max(after, 0), LAST)
    named = {"conversation": meeting_id, "after": after, "last": after + MOST}
    rows = session.execute(_newer_or_waiting(log), named).all()
    newer = [_as_json(row, time_zone) for row in rows if after < row.number <= after + MOST]
    return newer, [str(row.id) for row in rows if row.waits]


@cache
def _newer_or_waiting(log: type[Change] | type[StaffNoteChange]) -> Select[Any]:
    """Return the statement for both. Numbers of a meeting have no gaps: so many numbers, so many changes."""
    newer = and_(log.number > bindparam("after"), log.number <= bindparam("last"))
    waits = and_(log.outcome == ChangeOutcome.CONFLICT, log.settled_at.is_(None))
    return (
        select(
            log.id,
            log.number,
            log.thing,
            log.thing_id,
            log.field,
            log.value,
            log.outcome,
            log.written,
            log.author_id,
            log.received_at,
            Person.name.label("by"),
            waits.label("waits"),
        )
        .join(Person, Person.id == log.author_id)
        .where(log.conversation_id == bindparam("conversation"), or_(newer, waits))
        .order_by(log.number)
    )


_TAPS = (
    select(Proposal.id, Proposal.thing, Proposal.thing_id, Proposal.answer)
    .where(Proposal.conversation_id == bindparam("conversation"), Proposal.state == ProposalState.WAITING)
    .order_by(Proposal.at, Proposal.id)
)


def _as_json(row: Any, time_zone: str) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "number": row.number,
        "thing": row.thing,
        "thing_id": str(row.thing_id),
        "field": row.field,
        "value": row.value,
        "outcome": row.outcome.value,
        "written": row.written,
        "author": str(row.author_id),
        "by": row.by,
        "at": f"{local(row.received_at, time_zone):%H:%M}",
    }
