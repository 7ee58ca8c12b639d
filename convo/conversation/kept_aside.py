"""What is kept aside of a school's meetings, for the SENCO to take up or to leave out.

Aside is what reached a meeting after it had closed or was recorded as not held, and what somebody wrote who
has left the school or is not part of the meeting any more. What was agreed in a closed meeting changes only
by a correction (``corrections``); the rest is decided on here.
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
from convo.conversation.fields import FIELDS, field_of
from convo.conversation.incoming import read_change
from convo.conversation.journal import JOURNAL
from convo.conversation.models import Change, Conversation, StaffNote, StaffNoteChange
from convo.conversation.queries import head_of, lock_conversations
from convo.conversation.rules import ChangeOutcome, State
from convo.conversation.unsent import answers_of, text_of
from convo.kernel.errors import NotFound, Refused
from convo.kernel.ids import parse_id

AnyChange = Change | StaffNoteChange
_Log = type[Change] | type[StaffNoteChange]
_LOGS: tuple[_Log, ...] = (Change, StaffNoteChange)
_NOT_WITHIN_REACH = "That belongs to something that is not in this conversation. Leave it out."
_TWO_MINDS = "Two people wrote it differently. Decide on each by itself."
_START = 60  # characters of a text, enough to know it by

Key = tuple[UUID, UUID]  # of a thing, and of who wrote what of it is kept aside


@dataclass(frozen=True)
class Aside:
    """One thing of a meeting of which changes by one person are kept aside, in their order."""

    thing: str
    thing_id: UUID
    changes: list[AnyChange]

    @property
    def author_id(self) -> UUID:
        """Return whose changes they are."""
        return self.changes[0].author_id

    @property
    def key(self) -> str:
        """Return what it is known by on a page: two people may have changed one thing."""
        return f"{self.thing_id}.{self.author_id}"

    @property
    def latest(self) -> list[AnyChange]:
        """Return the last change of each field."""
        return list({change.field: change for change in self.changes}.values())

    def can_be_taken_up(self, meeting: Conversation) -> bool:
        """Return whether it can be decided here to take it up. A closed meeting needs a correction.

        Into a meeting that was not held nothing can be: no page of it would show it.
        """
        if meeting.state is State.NOT_HELD:
            return False
        return self.thing == "note" or (meeting.state is State.OPEN and self.thing in JOURNAL.things)


@dataclass(frozen=True)
class MeetingAside:
    """A meeting and what is kept aside of it."""

    meeting: Conversation
    things: list[Aside]


@dataclass(frozen=True)
class NotTakenUp:
    """Something that was not taken up: why, how it begins and who wrote it."""

    message: str
    start: str
    by: str


@dataclass
class Decided:
    """How many things were taken up, and which were not."""

    taken: int = 0
    refused: list[NotTakenUp] = field(default_factory=list)

    def refuse(self, aside: Aside, message: str, change: AnyChange | None = None) -> None:
        """Tell why a thing, or one change of it, is not taken up."""
        changes = aside.latest if change is None else [change, *aside.latest]
        text = next((said for each in changes if (said := text_of({"value": each.value}))), "")
        start = text if len(text) <= _START else f"{text[: _START - 1].rstrip()}…"
        told = NotTakenUp(message, " ".join(start.split()), aside.changes[0].author.name)
        if told not in self.refused:
            self.refused.append(told)


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
    session: Session, actor: Actor, now: datetime, conversation_id: UUID, key: Key | None = None
) -> Decided:
    """Write one thing kept aside into its meeting, with what it points at, or all that can be written.

    It is the actor's change; the log keeps whose words they were. What the field held stays in its history. A
    staff note stays by who wrote it, and may come after the closing. What cannot be written is told, and
    stays; so does, where all is taken up, what two people wrote differently.
    """
    meeting, things = _of_meeting(session, actor, conversation_id)
    chosen = things if key is None else _with_what_it_needs(things, key)
    able = [aside for aside in chosen if aside.can_be_taken_up(meeting)]
    if not able:
        raise Refused("This cannot be taken up here. Reload the page.")
    done = Decided()
    if key is None:
        able = _of_one_mind(able, done)
    written: set[UUID] = set()
    for aside in able:
        if aside.thing == "note":
            written |= _write_note(session, actor, now, meeting, aside, done)
    written |= _apply(session, actor, now, meeting, [each for each in able if each.thing != "note"], done)
    for aside in able:
        fields = {change.field for change in aside.latest if change.id in written}
        _settle(actor, now, [change for change in aside.changes if change.field in fields])
        done.taken += all(change.field in fields for change in aside.changes)
    session.flush()
    return done


def leave_out(session: Session, actor: Actor, now: datetime, conversation_id: UUID, key: Key) -> None:
    """Decide that what one person wrote of a thing is not taken up. The changes stay in the log."""
    meeting, things = _of_meeting(session, actor, conversation_id)
    chosen = [aside for aside in things if (aside.thing_id, aside.author_id) == key]
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


def _with_what_it_needs(things: Sequence[Aside], key: Key) -> list[Aside]:
    """Return a thing with the others kept aside that it points at, in the order in which they came.

    Of what it points at it takes what the same person wrote, or else whoever wrote first.
    """
    by_id: dict[UUID, list[Aside]] = {}
    for aside in things:
        by_id.setdefault(aside.thing_id, []).append(aside)
    wanted: set[UUID] = set()
    found = []
    look_at = [key[0]]
    while look_at:
        of_it = by_id.get(look_at.pop(), [])
        mine = [aside for aside in of_it if aside.author_id == key[1]]
        first = next(iter(mine or of_it), None)
        if first is None or first.thing_id in wanted or (not mine and first.thing_id == key[0]):
            continue
        wanted.add(first.thing_id)
        found.append(first)
        for change in first.latest:
            named = change.value if isinstance(change.value, list) else [change.value]
            look_at += [each for each in map(parse_id, named) if each is not None]
    return [aside for aside in things if aside in found]


def _of_one_mind(things: Sequence[Aside], done: Decided) -> list[Aside]:
    """Return the things without those of which two people wrote one field differently: nobody chose yet."""
    said: dict[tuple[UUID, str], list[Any]] = {}
    for aside in things:
        for change in aside.latest:
            said.setdefault((change.thing_id, change.field), []).append(change.value)
    agreed = []
    for aside in things:
        fields = FIELDS.get(aside.thing, {})
        differ = [
            change
            for change in aside.latest
            if any(value != change.value for value in said[change.thing_id, change.field])
            and not (change.field in fields and fields[change.field].last_wins)
        ]
        if differ:
            done.refuse(aside, _TWO_MINDS, differ[0])
        else:
            agreed.append(aside)
    return agreed


def _apply(
    session: Session,
    actor: Actor,
    now: datetime,
    meeting: Conversation,
    things: Sequence[Aside],
    done: Decided,
) -> set[UUID]:
    """Write changes of the journal as the actor's, and return the ids of those that are written."""
    raw, of_change = [], []
    latest = [(change, aside) for aside in things for change in aside.latest]
    for change, aside in sorted(latest, key=lambda pair: pair[0].number):
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
            done.refuse(aside, refusal.message, change)
            continue
        raw.append(new)
        of_change.append((change, aside))
    answers = answers_of(session, actor, now, meeting.id, raw, JOURNAL)
    written = set()
    for (change, aside), answer in zip(of_change, answers, strict=True):
        if answer is None or answer.message:
            done.refuse(aside, answer.message if answer else _NOT_WITHIN_REACH, change)
        else:
            written.add(change.id)
    return written


def _write_note(
    session: Session, actor: Actor, now: datetime, meeting: Conversation, aside: Aside, done: Decided
) -> set[UUID]:
    """Write a staff note, and return the ids of the changes that are written: of a note all or none."""
    row = session.get(StaffNote, aside.thing_id)
    if row is not None and (row.school_id, row.conversation_id) != (meeting.school_id, meeting.id):
        done.refuse(aside, _NOT_WITHIN_REACH)
        return set()
    values = {}
    for change in aside.latest:
        try:
            spec = field_of("note", change.field)
            values[spec.column] = spec.read(change.value)
        except Refused as refusal:
            done.refuse(aside, refusal.message, change)
            return set()
    if row is None:
        row = StaffNote(
            id=aside.thing_id,
            school_id=meeting.school_id,
            conversation_id=meeting.id,
            author_id=aside.author_id,
            created_at=aside.changes[0].received_at,
        )
        session.add(row)
    for column, value in values.items():
        setattr(row, column, value)
    last = select(func.max(StaffNoteChange.number)).where(StaffNoteChange.conversation_id == meeting.id)
    number = session.scalar(last) or 0
    for place, change in enumerate(aside.latest, number + 1):
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
                base=parse_id(head_of(session, StaffNoteChange, meeting.id, aside.thing_id, change.field)),
                at=None,
                received_at=now,
                author_id=actor.person_id,
                outcome=ChangeOutcome.APPLIED,
                written=True,
            )
        )
    session.flush()
    audit.record(session, actor, now, Act.CHANGE, "staff note", row.id, meeting.pupil_id, "was kept aside")
    return {change.id for change in aside.latest}


def _settle(actor: Actor, now: datetime, changes: Iterable[AnyChange]) -> None:
    for change in changes:
        change.settled_at, change.settled_by_id = now, actor.person_id
