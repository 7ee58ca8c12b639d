"""Tablets of three people in one meeting, and a network that delivers late, again, or never.

A tablet does here what ``static/hour/journal.js`` and ``static/tablet/store.js`` do: one change of a field
waits until it has left, a batch begins with the oldest that the school has not answered, a change names as
its base what its author saw last.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.rules import Actor
from convo.conversation.fields import FIELDS, as_json, words_of
from convo.conversation.incoming import read_change
from convo.conversation.journal import JOURNAL, NOTES, Answer, Stream, apply_changes
from convo.conversation.models import (
    Change,
    Conversation,
    Entry,
    Participant,
    Priority,
    StaffNote,
    StaffNoteChange,
)
from convo.conversation.rules import ParticipantKind, decision_id
from convo.db import Database
from convo.plan.models import Action, Decision, Target
from tests.support.changes import change
from tests.support.meeting import NOW, Meeting, lay_out

MODELS: dict[str, Any] = {
    "conversation": Conversation,
    "participant": Participant,
    "entry": Entry,
    "priority": Priority,
    "target": Target,
    "action": Action,
    "decision": Decision,
    "note": StaffNote,
}
LOGS: dict[str, Any] = {"journal": Change, "notes": StaffNoteChange}
Key = tuple[UUID, str]  # a thing and its field
Raw = dict[str, Any]


def stream_of(thing: str) -> str:
    return "notes" if thing == "note" else "journal"


@dataclass
class Batch:
    """Changes on their way to the school; it may arrive never, late, and more than once."""

    tablet: "Tablet"
    changes: list[Raw]


@dataclass
class Tablet:
    """What one person's tablet holds."""

    actor: Actor
    waiting: list[Raw] = field(default_factory=list)
    flying: set[str] = field(default_factory=set)
    sent: dict[UUID, Raw] = field(default_factory=dict)
    answers: dict[UUID, Answer] = field(default_factory=dict)
    seen: dict[Key, str] = field(
        default_factory=dict
    )  # the change that a field stands at, as far as it knows
    known: dict[UUID, str] = field(default_factory=dict)  # rows by id, and what they are
    conflicts: dict[UUID, Any] = field(default_factory=dict)  # open ones that it knows of

    def write(self, thing: str, thing_id: UUID, name: str, value: Any, settles: Sequence[UUID] = ()) -> None:
        """Keep a change; one of the same field that has not left yet takes the new value.

        Unless that names something made after it: the school would not know it yet.
        """
        self.known[thing_id] = thing
        key = (thing_id, name)
        same = [raw for raw in self.waiting if (raw["thing_id"], raw["field"]) == (str(thing_id), name)]
        after = self.waiting[self.waiting.index(same[-1]) :] if same else []
        early = any(raw["thing_id"] != str(thing_id) and raw["thing_id"] in str(value) for raw in after)
        if same and same[-1]["id"] not in self.flying and not settles and not early:
            same[-1]["value"] = value
            return
        words = words_of(thing) if name == "removed" and value else None
        base = self.seen.get((thing_id, words or "")) or self.seen.get(key)
        raw = change(thing, thing_id, name, value, UUID(base) if base else None)
        if settles:
            raw["settles"] = [str(each) for each in settles]
        self.seen[key] = raw["id"]
        self.waiting.append(raw)

    def waits(self, key: Key) -> bool:
        return any((UUID(raw["thing_id"]), raw["field"]) == key for raw in self.waiting)

    def batch(self, most: int) -> Batch:
        """Return the oldest changes that wait, those for one address; from now on they stay as they are."""
        first = stream_of(self.waiting[0]["thing"])
        taken = []
        for raw in self.waiting[:most]:
            if stream_of(raw["thing"]) != first:
                break
            taken.append(raw)
        self.flying |= {raw["id"] for raw in taken}
        return Batch(self, [dict(raw) for raw in taken])

    def hear(self, batch: Batch, answers: Sequence[Answer]) -> None:
        """Take the school's answers to a batch."""
        there = {raw["id"] for raw in batch.changes}
        self.waiting = [raw for raw in self.waiting if raw["id"] not in there]
        for raw, answer in zip(batch.changes, answers, strict=True):
            key = (UUID(raw["thing_id"]), raw["field"])
            if answer.outcome == "conflict" and self.seen.get(key) == raw["id"]:
                self.seen[key] = str(answer.head) if answer.head else ""


@dataclass
class School:
    """The school's end: the meeting of ``tests.support.meeting``, in which all three may write."""

    database: Database
    meeting: Meeting
    tablets: list[Tablet]

    @classmethod
    def open(cls, database: Database) -> "School":
        with database.write() as session:
            meeting = lay_out(session)
            session.add(
                Participant(
                    school_id=meeting.bello.school_id,
                    conversation_id=meeting.conversation,
                    kind=ParticipantKind.STAFF,
                    person_id=meeting.bello.person_id,
                )
            )
        tablets = [Tablet(actor) for actor in (meeting.carter, meeting.lowe, meeting.bello)]
        for tablet in tablets:
            tablet.known |= {meeting.mother: "participant"}
        return cls(database, meeting, tablets)

    @property
    def decision(self) -> UUID:
        """What becomes of the promise from last time has one id on every tablet."""
        return decision_id(self.meeting.conversation, self.meeting.promise)

    def take(self, batch: Batch) -> list[Answer]:
        """Take a batch in, as the school's endpoint does, and return the answers."""
        tablet = batch.tablet
        stream: Stream = NOTES if stream_of(batch.changes[0]["thing"]) == "notes" else JOURNAL
        with self.database.write() as session:
            readable = [read_change(raw) for raw in batch.changes]
            answers = apply_changes(session, tablet.actor, NOW, self.meeting.conversation, readable, stream)
        tablet.sent |= {UUID(raw["id"]): raw for raw in batch.changes}
        for raw, answer in zip(batch.changes, answers, strict=True):
            assert answer.id == UUID(raw["id"])
            assert not answer.message, f"{raw}: {answer.message}"
            first = tablet.answers.setdefault(answer.id, answer)
            # What must be known to keep the words is told as it is now: whether the row was taken out, and
            # where a field stands into which nothing had been written.
            now = ("head", "value", "by", "at") if first.head is None else ()
            first = replace(first, removed=answer.removed, **{name: getattr(answer, name) for name in now})
            assert first == answer, "a repeat is answered as before"
        return answers

    def log(self, session: Session, stream: str) -> list[Any]:
        """Return a stream of the meeting in order."""
        log = LOGS[stream]
        here = select(log).where(log.conversation_id == self.meeting.conversation)
        return list(session.scalars(here.order_by(log.number)))

    def show(self, tablet: Tablet) -> None:
        """Let a tablet see what others did, as its page asks every few seconds."""
        with self.database.reading() as session:
            log = [*self.log(session, "journal"), *self.log(session, "notes")]
        for made in log:
            tablet.known[made.thing_id] = made.thing
            key = (made.thing_id, made.field)
            if made.written and not tablet.waits(key):
                tablet.seen[key] = str(made.id)
        open_now = [made for made in log if made.outcome == "conflict" and made.settled_at is None]
        tablet.conflicts = {made.id: made for made in open_now}

    def held(self, session: Session) -> dict[Key, Any]:
        """Return what every field of the meeting holds, as the journal writes it."""
        return {
            (row.id, name): as_json(getattr(row, spec.column))
            for thing, model in MODELS.items()
            for row in self._rows(session, model)
            for name, spec in FIELDS[thing].items()
        }

    def _rows(self, session: Session, model: Any) -> Iterable[Any]:
        owner = model.id if model is Conversation else model.conversation_id
        return session.scalars(select(model).where(owner == self.meeting.conversation))


def before(log: Sequence[Any], number: int, key: Key) -> Any:
    """Return the change at which a field stood before a change of a number, or None."""
    found: Iterator[Any] = (
        made
        for made in reversed(log)
        if made.number < number and made.written and (made.thing_id, made.field) == key
    )
    return next(found, None)
