"""Everything said and agreed in one meeting that a family could ever read; staff notes are not among it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from convo.access.models import School
from convo.conversation.models import Conversation, Correction, Entry, Participant, Priority
from convo.conversation.rules import State
from convo.people.models import PupilCarer
from convo.people.queries import kept_apart_of
from convo.plan.models import Action, Decision, Target
from convo.plan.rules import ActionState, Agreement, Outcome

_Row = TypeVar("_Row", Participant, Entry, Priority)


@dataclass(frozen=True)
class Record:
    """One meeting: rows in their order, without those taken out.

    ``voices`` are all who can have said or promised something, by id: also those taken out of the meeting
    since, and participants of the meetings before.
    """

    meeting: Conversation
    participants: list[Participant]
    voices: dict[UUID, Participant]
    entries: list[Entry]
    priorities: list[Priority]
    targets: list[Target]
    actions: list[Action]
    before: list[tuple[Action, Decision]]
    links: list[PupilCarer]
    kept_apart: set[frozenset[UUID]]
    next_days: frozenset[date]  # on which the next meeting was to be, before any correction too
    logo: bytes | None  # the school's, as a PNG

    @property
    def present(self) -> list[Participant]:
        """Return who was there."""
        return [person for person in self.participants if person.present]

    @property
    def agreed(self) -> list[Action]:
        """Return what is to be done: the actions of this meeting that stand.

        Before closing those agreed so far; afterwards those that closing made part of the plan, whatever a
        later meeting decided about them.
        """
        if self.meeting.state is State.CLOSED:
            return [action for action in self.actions if action.state is not ActionState.DRAFT]
        return [action for action in self.actions if action.agreement is Agreement.AGREED and action.what]

    @property
    def carried(self) -> list[tuple[Action, Decision]]:
        """Return the actions from before that go on."""
        return [(action, said) for action, said in self.before if said.outcome is Outcome.CONTINUE]


def load_record(session: Session, meeting: Conversation) -> Record:
    """Return a meeting's record. Eleven statements, however much was said."""
    everyone = _all(session, Participant, meeting)
    pairs = session.execute(
        select(Action, Decision)
        .outerjoin(
            Decision,
            and_(Decision.action_id == Action.id, Decision.conversation_id == meeting.id),
        )
        .where(Action.school_id == meeting.school_id, Action.pupil_id == meeting.pupil_id, ~Action.removed)
        .where(or_(Action.conversation_id == meeting.id, Decision.outcome.is_not(None)))
        .order_by(Action.position, Action.created_at, Action.id)
    )
    actions, before = [], []
    for action, decision in pairs:
        if action.conversation_id == meeting.id:
            actions.append(action)
        elif decision is not None:
            before.append((action, decision))
    return Record(
        meeting=meeting,
        participants=[person for person in everyone if not person.removed],
        voices=_voices(session, everyone, (action.who_id for action, _ in before)),
        entries=[entry for entry in _all(session, Entry, meeting) if not entry.removed],
        priorities=[row for row in _all(session, Priority, meeting) if not row.removed],
        targets=_targets(session, meeting, [action for action, _ in before]),
        actions=actions,
        before=before,
        links=list(
            session.scalars(
                select(PupilCarer)
                .where(PupilCarer.school_id == meeting.school_id, PupilCarer.pupil_id == meeting.pupil_id)
                .options(joinedload(PupilCarer.carer))
                .order_by(PupilCarer.contact_order, PupilCarer.id)
            )
        ),
        kept_apart=kept_apart_of(session, meeting.pupil_id),
        next_days=_next_days(session, meeting),
        logo=session.scalar(select(School.logo).where(School.id == meeting.school_id)),
    )


def _all(session: Session, model: type[_Row], meeting: Conversation) -> list[_Row]:
    rows = select(model).where(model.conversation_id == meeting.id)
    return list(session.scalars(rows.order_by(model.position, model.id)))


def _voices(
    session: Session, everyone: list[Participant], ids: Iterable[UUID | None]
) -> dict[UUID, Participant]:
    found = {person.id: person for person in everyone}
    earlier = {identifier for identifier in ids if identifier is not None} - found.keys()
    if earlier:
        rows = session.scalars(select(Participant).where(Participant.id.in_(earlier)))
        found |= {person.id: person for person in rows}
    return found


def _next_days(session: Session, meeting: Conversation) -> frozenset[date]:
    corrections = session.scalars(select(Correction.changes).where(Correction.conversation_id == meeting.id))
    written = [change["was"] for changes in corrections for change in changes if change["field"] == "next_on"]
    days = [date.fromisoformat(day) for day in written if day]
    return frozenset([*days, meeting.next_on] if meeting.next_on else days)


def _targets(session: Session, meeting: Conversation, before: list[Action]) -> list[Target]:
    served = {action.target_id for action in before if action.target_id is not None}
    return list(
        session.scalars(
            select(Target)
            .where(Target.school_id == meeting.school_id, Target.pupil_id == meeting.pupil_id)
            .where(~Target.removed, or_(Target.conversation_id == meeting.id, Target.id.in_(served)))
            .order_by(Target.position, Target.created_at, Target.id)
        )
    )
