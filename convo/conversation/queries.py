"""Reads of the conversation room: which meetings somebody may read, and what is still open from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true, union
from sqlalchemy.orm import Session, joinedload, selectinload

from convo.access.rules import Actor, Permission
from convo.conversation.fields import FIELDS
from convo.conversation.models import Change, Conversation, Participant, StaffNoteChange, Stage
from convo.conversation.rules import ChangeOutcome, StageName
from convo.kernel.errors import NotFound
from convo.people.models import Carer
from convo.people.queries import is_key_teacher
from convo.plan.models import Action, Target
from convo.plan.rules import ActionState

_Log = type[Change] | type[StaffNoteChange]


@dataclass(frozen=True)
class Listed:
    """A meeting as it stands in a pupil's year, and whether the actor may open it."""

    conversation: Conversation
    readable: bool


@dataclass(frozen=True)
class OpenAction:
    """An action that somebody still has to do, with the target that it serves."""

    action: Action
    target: Target


@dataclass(frozen=True)
class TooLate:
    """What somebody wrote that reached a meeting too late: words in the order in which they came.

    Of staff notes it says only that there are some: it is told where a tablet on the table lands.
    """

    words: list[str]
    notes: bool


def leads(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Conversation, joined with its Pupil, that the actor answers for it.

    That is its lead, the pupil's key teacher and the SENCO: they plan it, move it and open it.
    """
    if actor.may(Permission.SEE_ALL_CONVERSATIONS):
        return true()
    return or_(Conversation.lead_id == actor.person_id, is_key_teacher(actor.person_id))


def may_read(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Conversation, joined with its Pupil, that the actor may read it.

    Besides those who answer for it the staff who take part. Head and data manager see that a conversation
    was held, not what was said in it.
    """
    takes_part = exists().where(
        Participant.conversation_id == Conversation.id,
        Participant.person_id == actor.person_id,
        ~Participant.removed,
    )
    return or_(leads(actor), takes_part)


def conversation_for(session: Session, actor: Actor, conversation_id: UUID) -> Conversation:
    """Return a meeting with pupil, lead and participants loaded. Two statements.

    Raises NotFound when the actor may not read it.
    """
    found = session.scalar(
        select(Conversation)
        .join(Conversation.pupil)
        .where(
            Conversation.id == conversation_id,
            Conversation.school_id == actor.school_id,
            may_read(actor),
        )
        .options(
            joinedload(Conversation.pupil),
            joinedload(Conversation.lead),
            selectinload(Conversation.participants),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def may_open(session: Session, actor: Actor, conversation_id: UUID) -> bool:
    """Return whether the actor may open the pages of a meeting. One statement."""
    mine = select(Conversation.id).join(Conversation.pupil)
    here = (Conversation.id == conversation_id, Conversation.school_id == actor.school_id)
    return session.scalar(mine.where(*here, may_read(actor))) is not None


def lock_conversations(session: Session, school_id: UUID, conversation_ids: Iterable[UUID]) -> None:
    """Keep other writers off some meetings until this one is done (PostgreSQL; SQLite locks as a whole).

    Take all that a request needs at once and before its first entry in the audit trail, or two requests
    that wait for each other stop one another.
    """
    session.execute(
        select(Conversation.id)
        .where(Conversation.school_id == school_id, Conversation.id.in_(set(conversation_ids)))
        .order_by(Conversation.id)
        .with_for_update()
    )


def answers_for(session: Session, actor: Actor, conversation: Conversation) -> bool:
    """Return whether the actor may plan, move and open this meeting. One statement."""
    if not actor.may(Permission.HOLD_CONVERSATIONS):
        return False
    mine = select(Conversation.id).join(Conversation.pupil)
    return session.scalar(mine.where(Conversation.id == conversation.id, leads(actor))) is not None


def conversations_of(
    session: Session, actor: Actor, pupil_id: UUID, school_year: int | None = None
) -> list[Listed]:
    """Return a pupil's meetings in the order of their dates, those not held included. Two statements."""
    wanted = (
        select(Conversation, may_read(actor).label("readable"))
        .join(Conversation.pupil)
        .where(Conversation.pupil_id == pupil_id, Conversation.school_id == actor.school_id)
        .options(joinedload(Conversation.lead), selectinload(Conversation.participants))
        .order_by(Conversation.starts_at, Conversation.id)
        .execution_options(populate_existing=True)
    )
    if school_year is not None:
        wanted = wanted.where(Conversation.school_year == school_year)
    return [Listed(conversation, bool(readable)) for conversation, readable in session.execute(wanted)]


def open_actions_of(session: Session, pupil_id: UUID, before: Conversation | None = None) -> list[OpenAction]:
    """Return a pupil's open actions with their targets, the earliest date first. One statement.

    With ``before`` only those that this meeting of theirs looks back at.
    """
    wanted = (
        select(Action, Target)
        .join(Target, and_(Target.id == Action.target_id, Target.school_id == Action.school_id))
        .where(Action.pupil_id == pupil_id, Action.state == ActionState.OPEN, ~Action.removed)
        .order_by(Action.by_when, Action.position, Action.id)
    )
    if before is not None:
        wanted = wanted.where(agreed_before(before))
    return [OpenAction(action, target) for action, target in session.execute(wanted)]


def agreed_before(meeting: Conversation) -> ColumnElement[bool]:
    """Return which of a pupil's actions were agreed before a meeting of theirs was opened.

    Not in one that went on beside it, perhaps with the other parent. One that was held on paper ended on its
    day, whenever it was typed in.
    """
    ended = case((Conversation.typed_in_later, Conversation.starts_at), else_=Conversation.closed_at)
    earlier = select(Conversation.id).where(
        Conversation.id == Action.conversation_id,
        Conversation.id != meeting.id,
        ended <= meeting.opened_at,
    )
    return earlier.exists()


def looked_back_at(meeting: Conversation) -> ColumnElement[bool]:
    """Return which actions an open meeting says what became of: those for which it has a part to do so.

    One that was opened without, as nothing was agreed yet, goes on without.
    """
    part = select(Stage.id).where(Stage.conversation_id == meeting.id, Stage.name == StageName.SINCE)
    return and_(
        Action.school_id == meeting.school_id,
        Action.pupil_id == meeting.pupil_id,
        Action.state == ActionState.OPEN,
        ~Action.removed,
        agreed_before(meeting),
        part.exists(),
    )


def open_conflicts(session: Session, conversation_id: UUID) -> int:
    """Return how many fields of a meeting and its staff notes have versions to choose from. One statement."""
    fields = union(
        *(
            select(log.thing_id, log.field)
            .where(log.conversation_id == conversation_id, log.outcome == ChangeOutcome.CONFLICT)
            .where(log.settled_at.is_(None))
            for log in (Change, StaffNoteChange)
        )
    )
    return session.scalar(select(func.count()).select_from(fields.subquery())) or 0


def head_of(
    session: Session,
    log: _Log,
    conversation_id: UUID,
    thing_id: UUID,
    field: str,
) -> str | None:
    """Return the id of the change that a field stands at, for a change that has seen it. One statement."""
    newest = (
        select(log.id)
        .where(log.conversation_id == conversation_id, log.thing_id == thing_id)
        .where(log.field == field, log.written)
        .order_by(log.number.desc())
    )
    found = session.scalar(newest.limit(1))
    return str(found) if found else None


def is_rebooked(session: Session, conversation_id: UUID) -> bool:
    """Return whether another meeting was made in place of this one."""
    again = select(Conversation.id).where(Conversation.rebooked_from_id == conversation_id)
    return session.scalar(again.limit(1)) is not None


def carers_by_id(session: Session, carer_ids: Iterable[UUID]) -> dict[UUID, Carer]:
    """Return carers by their ids. One statement."""
    wanted = select(Carer).where(Carer.id.in_(set(carer_ids)))
    return {carer.id: carer for carer in session.scalars(wanted)}


def all_conversations(session: Session, school_id: UUID) -> list[Conversation]:
    """Return every meeting of a school in the order of their dates, with pupils and participants loaded."""
    return list(
        session.scalars(
            select(Conversation)
            .where(Conversation.school_id == school_id)
            .options(joinedload(Conversation.pupil), selectinload(Conversation.participants))
            .order_by(Conversation.starts_at, Conversation.id)
        )
    )


def asides_of(session: Session, conversation_id: UUID) -> list[Change]:
    """Return the changes of a meeting's journal that are kept aside and not decided on, in their order.

    Their authors are loaded. One statement.
    """
    return list(
        session.scalars(
            select(Change)
            .where(Change.conversation_id == conversation_id, Change.outcome == ChangeOutcome.ASIDE)
            .where(Change.settled_at.is_(None))
            .options(joinedload(Change.author))
            .order_by(Change.number)
        )
    )


def came_too_late(session: Session, actor: Actor, conversation_id: UUID) -> TooLate:
    """Return what the actor wrote that reached a meeting too late and is not decided on. Two statements."""
    words: dict[tuple[UUID, str], str] = {}
    for change in session.scalars(_theirs_aside(Change, actor, conversation_id).order_by(Change.number)):
        spec = FIELDS.get(change.thing, {}).get(change.field)
        if spec is not None and spec.is_text and isinstance(change.value, str):
            words[change.thing_id, change.field] = change.value
    note = session.scalars(_theirs_aside(StaffNoteChange, actor, conversation_id).limit(1)).first()
    return TooLate([text for text in words.values() if text], note is not None)


def _theirs_aside(log: _Log, actor: Actor, conversation_id: UUID) -> Select[Any]:
    theirs = (log.conversation_id == conversation_id, log.author_id == actor.person_id)
    return select(log).where(*theirs, log.outcome == ChangeOutcome.ASIDE, log.settled_at.is_(None))
