"""What is kept aside of a school's meetings, for the SENCO to take up or to leave out.

Aside is what reached a meeting after it had closed, and what somebody who has left the school wrote. What was
agreed in a closed meeting changes only by a correction (``corrections``); the rest is decided on here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from convo.access import audit
from convo.access.rules import Act, Actor, Permission
from convo.conversation.fields import field_of, read_change
from convo.conversation.journal import JOURNAL
from convo.conversation.models import Change, Conversation, StaffNote, StaffNoteChange
from convo.conversation.queries import head_of, lock_conversations
from convo.conversation.rules import ChangeOutcome, State
from convo.conversation.unsent import answers_of
from convo.kernel.errors import NotFound, Refused
from convo.kernel.ids import parse_id

AnyChange = Change | StaffNoteChange
_Log = type[Change] | type[StaffNoteChange]
_LOGS: tuple[_Log, ...] = (Change, StaffNoteChange)
_NOT_WITHIN_REACH = "That belongs to something that is not in this conversation. Leave it out."


@dataclass(frozen=True)
class Aside:
    """One thing of a meeting of which changes by one person are kept aside, in their order."""

    thing: str
    thing_id: UUID
    changes: list[AnyChange]

    @property
    def latest(self) -> list[AnyChange]:
        """Return the last change of each field."""
        return list({change.field: change for change in self.changes}.values())

    def can_be_taken_up(self, meeting: Conversation) -> bool:
        """Return whether it can be decided here to take it up. A closed meeting needs a correction."""
        return self.thing == "note" or (meeting.state is State.OPEN and self.thing in JOURNAL.things)


@dataclass(frozen=True)
class MeetingAside:
    """A meeting and what is kept aside of it."""

    meeting: Conversation
    things: list[Aside]


@dataclass
class Decided:
    """How many things were taken up, and why others were not, one sentence each."""

    taken: int = 0
    refused: list[str] = field(default_factory=list)


def aside_at_school(
    session: Session, actor: Actor, conversation_id: UUID | None = None
) -> list[MeetingAside]:
    """Return all that waits for a decision, or what does of one meeting; the earliest meeting first.

    It holds staff notes of every meeting: NotFound for who may not read them all. Three statements.
    """
    if not actor.may(Permission.SEE_ALL_CONVERSATIONS):
        raise NotFound
    waiting: dict[UUID, dict[tuple[str, UUID, UUID], list[AnyChange]]] = {}
    for log in _LOGS:
        wanted = select(log).where(*_waits(log, actor.school_id)).options(joinedload(log.author))
        if conversation_id is not None:
            wanted = wanted.where(log.conversation_id == conversation_id)
        changes: Sequence[Any] = session.scalars(wanted.order_by(log.number)).all()
        for change in changes:
            things = waiting.setdefault(change.conversation_id, {})
            things.setdefault((change.thing, change.thing_id, change.author_id), []).append(change)
    meetings = session.scalars(
        select(Conversation)
        .where(Conversation.school_id == actor.school_id, Conversation.id.in_(waiting))
        .options(joinedload(Conversation.pupil))
        .order_by(Conversation.starts_at, Conversation.id)
    )
    return [
        MeetingAside(
            meeting, [Aside(thing, row, changes) for (thing, row, _), changes in waiting[meeting.id].items()]
        )
        for meeting in meetings
    ]


def meetings_with_aside(session: Session, school_id: UUID) -> int:
    """Return of how many meetings something waits for a decision. One statement."""
    wanted = [select(log.conversation_id).where(*_waits(log, school_id)) for log in _LOGS]
    both = wanted[0].union(*wanted[1:]).subquery()
    return session.scalar(select(func.count()).select_from(both)) or 0


def _waits(log: _Log, school_id: UUID) -> Sequence[Any]:
    return (log.school_id == school_id, log.outcome == ChangeOutcome.ASIDE, log.settled_at.is_(None))


def take_up(
    session: Session, actor: Actor, now: datetime, conversation_id: UUID, thing_id: UUID | None = None
) -> Decided:
    """Write one thing kept aside into its meeting, with what it points at, or all that can be written.

    It is the actor's change; the log keeps whose words they were. What the field held stays in its history. A
    staff note stays by who wrote it, and may come after the closing.
    """
    meeting, things = _of_meeting(session, actor, conversation_id)
    chosen = things if thing_id is None else _with_what_it_needs(things, thing_id)
    able = [aside for aside in chosen if aside.can_be_taken_up(meeting)]
    if not able:
        raise Refused("This cannot be taken up here. Reload the page.")
    done = Decided(taken=len(able))
    taken: list[AnyChange] = []
    for aside in able:
        if aside.thing == "note":
            _write_note(session, actor, now, meeting, aside)
            taken += aside.changes
    taken += _apply(session, actor, now, meeting, [each for each in able if each.thing != "note"], done)
    _settle(actor, now, taken)
    session.flush()
    return done


def leave_out(session: Session, actor: Actor, now: datetime, conversation_id: UUID, thing_id: UUID) -> None:
    """Decide that a thing kept aside is not taken up. Its changes stay in the log."""
    meeting, things = _of_meeting(session, actor, conversation_id)
    chosen = [aside for aside in things if aside.thing_id == thing_id]
    if not chosen:
        raise Refused("Somebody has dealt with that already. Reload the page.")
    _settle(actor, now, [change for aside in chosen for change in aside.changes])
    session.flush()
    audit.record(
        session, actor, now, Act.CHANGE, "conversation", meeting.id, meeting.pupil_id, "left out, was aside"
    )


def _of_meeting(session: Session, actor: Actor, conversation_id: UUID) -> tuple[Conversation, list[Aside]]:
    lock_conversations(session, actor.school_id, [conversation_id])
    session.expire_all()
    found = aside_at_school(session, actor, conversation_id)
    if not found:
        raise Refused("Somebody has dealt with that already. Reload the page.")
    return found[0].meeting, found[0].things


def _with_what_it_needs(things: Sequence[Aside], thing_id: UUID) -> list[Aside]:
    """Return a thing with the others kept aside that it points at, in the order in which they came."""
    by_id = {aside.thing_id: aside for aside in things}
    wanted, look_at = set(), [thing_id]
    while look_at:
        aside = by_id.get(look_at.pop())
        if aside is None or aside.thing_id in wanted:
            continue
        wanted.add(aside.thing_id)
        for change in aside.latest:
            named = change.value if isinstance(change.value, list) else [change.value]
            look_at += [found for found in map(parse_id, named) if found is not None]
    return [aside for aside in things if aside.thing_id in wanted]


def _apply(
    session: Session,
    actor: Actor,
    now: datetime,
    meeting: Conversation,
    things: Sequence[Aside],
    done: Decided,
) -> list[AnyChange]:
    """Write changes of the journal as the actor's, and return those that are dealt with."""
    raw, of_change = [], []
    for change in sorted((each for aside in things for each in aside.latest), key=lambda each: each.number):
        new = {
            "v": 1,
            "id": str(uuid5(change.id, "taken up")),
            "thing": change.thing,
            "thing_id": str(change.thing_id),
            "field": change.field,
            "value": change.value,
            "base": head_of(session, Change, meeting.id, change.thing_id, change.field),
        }
        try:
            read_change(new)
        except Refused as refusal:
            done.refused.append(refusal.message)
            continue
        raw.append(new)
        of_change.append(change)
    left_over = {(each.thing_id, each.field) for aside in things for each in aside.latest}
    for change, answer in zip(
        of_change, answers_of(session, actor, now, meeting.id, raw, JOURNAL), strict=True
    ):
        if answer is None or answer.message:
            done.refused.append(answer.message if answer else _NOT_WITHIN_REACH)
        else:
            left_over.discard((change.thing_id, change.field))
    done.taken -= sum(any(key[0] == aside.thing_id for key in left_over) for aside in things)
    every = [change for aside in things for change in aside.changes]
    return [change for change in every if (change.thing_id, change.field) not in left_over]


def _write_note(session: Session, actor: Actor, now: datetime, meeting: Conversation, aside: Aside) -> None:
    row = session.get(StaffNote, aside.thing_id)
    if row is None:
        row = StaffNote(
            id=aside.thing_id,
            school_id=meeting.school_id,
            conversation_id=meeting.id,
            author_id=aside.changes[0].author_id,
            created_at=aside.changes[0].received_at,
        )
        session.add(row)
    elif (row.school_id, row.conversation_id) != (meeting.school_id, meeting.id):
        raise Refused(_NOT_WITHIN_REACH)
    last = select(func.max(StaffNoteChange.number)).where(StaffNoteChange.conversation_id == meeting.id)
    number = session.scalar(last) or 0
    for place, change in enumerate(aside.latest, number + 1):
        spec = field_of("note", change.field)
        base = head_of(session, StaffNoteChange, meeting.id, aside.thing_id, change.field)
        setattr(row, spec.column, spec.read(change.value))
        session.add(
            StaffNoteChange(
                id=uuid5(change.id, "taken up"),
                school_id=meeting.school_id,
                conversation_id=meeting.id,
                number=place,
                thing="note",
                thing_id=aside.thing_id,
                field=change.field,
                value=change.value,
                base=base,
                at=None,
                received_at=now,
                author_id=actor.person_id,
                outcome=ChangeOutcome.APPLIED,
                written=True,
            )
        )
    session.flush()
    audit.record(session, actor, now, Act.CHANGE, "staff note", row.id, meeting.pupil_id, "was kept aside")


def _settle(actor: Actor, now: datetime, changes: Iterable[AnyChange]) -> None:
    for change in changes:
        change.settled_at, change.settled_by_id = now, actor.person_id
