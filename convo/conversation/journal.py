"""The journal: taking in the changes that tablets and forms send (DESIGN §6).

A batch is worked out in memory, in the order in which it came, and then written: new rows, changed rows,
changes. About eight statements a batch, however many changes it holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.models import Person
from convo.access.rules import Act, Actor, Permission
from convo.conversation.fields import FIELDS, Field, Incoming, as_json, field_of
from convo.conversation.models import (
    Change,
    Conversation,
    Entry,
    Participant,
    Priority,
    StaffNote,
    StaffNoteChange,
    Stage,
)
from convo.conversation.references import is_removed
from convo.conversation.rules import ChangeOutcome, State
from convo.db import SchoolRecord
from convo.kernel.errors import NotFound, Refused
from convo.plan.models import Action, Decision, Target

LONGEST_STAGE_SECONDS = 3 * 3600  # a tablet left open overnight did not talk all night


@dataclass(frozen=True)
class Stream:
    """One stream of changes and the tables that it writes."""

    changes: type[Change] | type[StaffNoteChange]
    things: Mapping[str, type[SchoolRecord]]  # in an order that foreign keys allow


JOURNAL = Stream(
    Change,
    {
        "conversation": Conversation,
        "participant": Participant,
        "entry": Entry,
        "priority": Priority,
        "target": Target,
        "action": Action,
        "decision": Decision,
    },
)
NOTES = Stream(StaffNoteChange, {"note": StaffNote})


@dataclass(frozen=True)
class Answer:
    """What became of one change, as the tablet is told.

    ``head`` is the change that the field now stands at and ``value`` what it holds; after a conflict the two
    are the other person's, with ``by`` their name.
    """

    id: UUID
    outcome: str  # a ChangeOutcome, or "refused"
    number: int | None = None
    head: UUID | None = None
    value: Any = None
    by: str = ""
    message: str = ""


@dataclass
class _Row:
    """A row while a batch is worked out."""

    values: dict[str, Any]
    is_new: bool
    touched: set[str] = field(default_factory=set)


@dataclass
class _Head:
    """Where a field stands: its last written change, and all that hold the same value without a gap."""

    id: UUID
    value: Any
    author_id: UUID
    seen: set[UUID]


def apply_changes(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation_id: UUID,
    changes: Sequence[Incoming],
    stream: Stream = JOURNAL,
) -> list[Answer]:
    """Take in changes of one conversation and return an answer to each, in order.

    Raises NotFound when the conversation or something a change names is not this person's to write, or when
    an id was used by somebody else; Refused when the meeting has not been opened.
    """
    meeting = _locked(session, actor, conversation_id)
    if meeting.state in (State.PLANNED, State.NOT_HELD):
        raise Refused("This conversation has not been opened yet. Open it first.")
    batch = _Batch(session, actor, now, meeting, stream)
    batch.load(changes)
    answers = [batch.take(change) for change in changes]
    batch.write()
    return answers


def _locked(session: Session, actor: Actor, conversation_id: UUID) -> Any:
    """Return the meeting's columns, its row locked (PostgreSQL; SQLite locks as a whole)."""
    columns = (
        Conversation.id,
        Conversation.pupil_id,
        Conversation.state,
        Conversation.stage,
        Conversation.stage_entered_at,
        Conversation.lead_id,
    )
    found = session.execute(
        select(*columns)
        .where(Conversation.id == conversation_id, Conversation.school_id == actor.school_id)
        .with_for_update()
    ).one_or_none()
    if found is None or not may_write(session, actor, found.id, found.lead_id):
        raise NotFound
    return found


def may_write(session: Session, actor: Actor, conversation_id: UUID, lead_id: UUID) -> bool:
    """Return whether this person may change the conversation: its lead, staff who take part, the SENCO."""
    if actor.person_id == lead_id or actor.may(Permission.SEE_ALL_CONVERSATIONS):
        return True
    takes_part = select(Participant.id).where(
        Participant.conversation_id == conversation_id,
        Participant.person_id == actor.person_id,
        ~Participant.removed,
    )
    return session.execute(takes_part.limit(1)).first() is not None


class _Batch:
    def __init__(self, session: Session, actor: Actor, now: datetime, meeting: Any, stream: Stream) -> None:
        self.session, self.actor, self.now, self.meeting, self.stream = session, actor, now, meeting, stream
        self.rows: dict[tuple[str, UUID], _Row] = {}
        self.heads: dict[tuple[UUID, str], _Head] = {}
        self.known: dict[UUID, Answer] = {}
        self.names: dict[UUID, str] = {actor.person_id: actor.name}
        self.pointed_at: dict[tuple[str, UUID], bool] = {}
        self.new_changes: list[dict[str, Any]] = []
        self.settled: set[UUID] = set()
        self.number = 0

    def load(self, changes: Sequence[Incoming]) -> None:
        """Read what the batch touches: repeats, rows, and where each field stands."""
        log = self.stream.changes
        last = select(func.max(log.number)).where(log.conversation_id == self.meeting.id)
        self.number = self.session.execute(last).scalar() or 0
        for repeat in self.session.execute(
            select(log.id, log.author_id, log.conversation_id, log.outcome, log.number, log.value).where(
                log.id.in_({change.id for change in changes})
            )
        ):
            if (repeat.author_id, repeat.conversation_id) != (self.actor.person_id, self.meeting.id):
                raise NotFound
            self.known[repeat.id] = Answer(repeat.id, repeat.outcome, repeat.number, repeat.id, repeat.value)
        fresh = [change for change in changes if change.id not in self.known]
        self._load_rows(fresh)
        ids, names = {change.thing_id for change in fresh}, {change.field for change in fresh}
        for made in self.session.execute(
            select(log.id, log.thing_id, log.field, log.value, log.author_id)
            .where(log.conversation_id == self.meeting.id, log.thing_id.in_(ids), log.field.in_(names))
            .where(log.written)
            .order_by(log.number)
        ):
            self._advance(made.thing_id, made.field, made.id, made.value, made.author_id)

    def _load_rows(self, changes: Iterable[Incoming]) -> None:
        wanted: dict[str, set[UUID]] = {}
        for change in changes:
            if change.thing not in self.stream.things:
                raise NotFound
            wanted.setdefault(change.thing, set()).add(change.thing_id)
        for thing, ids in wanted.items():
            table = _table(self.stream.things[thing])
            columns = [column for column in table.c if column.name in _KEPT | _columns(thing)]
            for row in self.session.execute(select(*columns).where(table.c.id.in_(ids))).mappings():
                owner = row["id"] if thing == "conversation" else row["conversation_id"]
                if (row["school_id"], owner) != (self.actor.school_id, self.meeting.id):
                    raise NotFound
                self.rows[thing, row["id"]] = _Row(dict(row), is_new=False)

    def _advance(self, thing_id: UUID, name: str, change_id: UUID, value: Any, author_id: UUID) -> None:
        head = self.heads.get((thing_id, name))
        seen = head.seen | {change_id} if head is not None and head.value == value else {change_id}
        self.heads[thing_id, name] = _Head(change_id, value, author_id, seen)

    def take(self, change: Incoming) -> Answer:
        """Work out one change."""
        if change.id in self.known:
            return self.known[change.id]
        spec = field_of(change.thing, change.field)
        try:
            outcome, written = self._judge(change, spec)
        except Refused as refusal:
            return Answer(change.id, "refused", message=refusal.message)
        head = self.heads.get((change.thing_id, change.field))
        self.number += 1
        self.new_changes.append(self._as_row(change, outcome, written))
        self.settled.update(change.settles)
        if written:
            row = self.rows[change.thing, change.thing_id]
            if change.thing == "conversation" and change.field == "stage":
                self._spend()
            row.values[spec.column] = change.read
            row.touched.add(spec.column)
            self._advance(change.thing_id, change.field, change.id, change.value, self.actor.person_id)
            head = self.heads[change.thing_id, change.field]
        answer = Answer(
            change.id,
            outcome,
            self.number,
            head.id if head else None,
            head.value if head else self._held(change, spec),
            self._name(head.author_id) if head and outcome is ChangeOutcome.CONFLICT else "",
        )
        self.known[change.id] = answer
        return answer

    def _judge(self, change: Incoming, spec: Field) -> tuple[ChangeOutcome, bool]:
        """Return what becomes of a change, and whether its field takes the value."""
        if self.meeting.state is State.CLOSED:
            return ChangeOutcome.ASIDE, False
        row = self.rows.get((change.thing, change.thing_id))
        under_removed = self._points_at_removed(change, spec)
        if row is None:
            self.rows[change.thing, change.thing_id] = self._new_row(change, spec)
            return (ChangeOutcome.CONFLICT if under_removed else ChangeOutcome.APPLIED), True
        head = self.heads.get((change.thing_id, change.field))
        held = head.value if head else self._held(change, spec)
        if row.values.get("removed") and change.field != "removed" and held != change.value:
            return ChangeOutcome.CONFLICT, False
        if held == change.value:
            return ChangeOutcome.SAME, True
        seen = head.seen if head else {None}
        if spec.last_wins or change.base in seen:
            return (ChangeOutcome.CONFLICT if under_removed else ChangeOutcome.APPLIED), True
        return ChangeOutcome.CONFLICT, False

    def _held(self, change: Incoming, spec: Field) -> Any:
        row = self.rows.get((change.thing, change.thing_id))
        return as_json(row.values.get(spec.column)) if row else None

    def _new_row(self, change: Incoming, spec: Field) -> _Row:
        if change.thing == "conversation":
            raise NotFound
        values: dict[str, Any] = {
            "id": change.thing_id,
            "school_id": self.actor.school_id,
            "conversation_id": self.meeting.id,
        }
        columns = _table(self.stream.things[change.thing]).c
        given = {
            "pupil_id": self.meeting.pupil_id,
            "created_at": self.now,
            "decided_at": self.now,
            "author_id": self.actor.person_id,
        }
        values |= {name: value for name, value in given.items() if name in columns}
        if change.parent is not None:
            values[field_of(change.thing, "parent").column] = change.parent
        if change.thing == "decision" and "action_id" not in values and spec.column != "action_id":
            raise Refused("This decision does not say about which action. Reload the page.")
        return _Row(values, is_new=True)

    def _points_at_removed(self, change: Incoming, spec: Field) -> bool:
        """Check that what the change points at is here; return whether it has been removed meanwhile."""
        removed = False
        if spec.points_at is not None and change.read:
            for identifier in change.read if isinstance(change.read, list) else [change.read]:
                removed |= self._is_removed(spec.points_at, UUID(str(identifier)))
        if change.parent is not None and "parent" in FIELDS[change.thing]:
            kind = field_of(change.thing, "parent").points_at
            assert kind is not None
            removed |= self._is_removed(kind, change.parent)
        return removed

    def _is_removed(self, kind: str, identifier: UUID) -> bool:
        waiting = self.rows.get((kind, identifier))
        if waiting is not None:
            return bool(waiting.values.get("removed"))
        if (kind, identifier) not in self.pointed_at:
            removed = is_removed(self.session, self.actor.school_id, self.meeting, kind, identifier)
            self.pointed_at[kind, identifier] = removed
        return self.pointed_at[kind, identifier]

    def _as_row(self, change: Incoming, outcome: ChangeOutcome, written: bool) -> dict[str, Any]:
        return {
            "id": change.id,
            "school_id": self.actor.school_id,
            "conversation_id": self.meeting.id,
            "number": self.number,
            "thing": change.thing,
            "thing_id": change.thing_id,
            "field": change.field,
            "value": change.value,
            "base": change.base,
            "at": change.at,
            "received_at": self.now,
            "author_id": self.actor.person_id,
            "outcome": outcome,
            "written": written,
        }

    def _name(self, person_id: UUID) -> str:
        if person_id not in self.names:
            name = self.session.execute(select(Person.name).where(Person.id == person_id)).scalar_one()
            self.names[person_id] = name
        return self.names[person_id]

    def _spend(self) -> None:
        """Book the minutes since the running stage was entered, and enter another."""
        row = self.rows["conversation", self.meeting.id]
        entered: datetime | None = row.values["stage_entered_at"]
        if entered is not None:
            seconds = min(max(int((self.now - entered).total_seconds()), 0), LONGEST_STAGE_SECONDS)
            self.session.execute(
                update(Stage)
                .where(Stage.conversation_id == self.meeting.id, Stage.name == row.values["stage"])
                .values(used_seconds=Stage.used_seconds + seconds)
            )
        row.values["stage_entered_at"] = self.now
        row.touched.add("stage_entered_at")

    def write(self) -> None:
        """Write what was worked out, in an order that foreign keys allow."""
        if not self.new_changes:
            return
        for thing, model in self.stream.things.items():
            mine = [row for (name, _), row in self.rows.items() if name == thing]
            for row in mine:
                if row.is_new:
                    self.session.execute(insert(_table(model)).values(row.values))
            for row in mine:
                if row.touched and not row.is_new:
                    table = _table(model)
                    changed = {name: row.values[name] for name in row.touched}
                    self.session.execute(update(table).where(table.c.id == row.values["id"]).values(changed))
        self.session.execute(insert(_table(self.stream.changes)), self.new_changes)
        if self.settled:
            log = _table(self.stream.changes)
            self.session.execute(
                update(log)
                .where(
                    log.c.id.in_(bindparam("ids", expanding=True)), log.c.conversation_id == self.meeting.id
                )
                .where(log.c.settled_at.is_(None))
                .values(settled_at=self.now, settled_by_id=self.actor.person_id),
                {"ids": list(self.settled)},
            )
        audit.record(
            self.session,
            self.actor,
            self.now,
            Act.CHANGE,
            "conversation",
            self.meeting.id,
            self.meeting.pupil_id,
            f"{len(self.new_changes)} changes",
        )
        self.session.expire_all()


_KEPT = {"id", "school_id", "conversation_id", "removed", "stage_entered_at"}


def _columns(thing: str) -> set[str]:
    return {spec.column for spec in FIELDS[thing].values()}


def _table(model: type[SchoolRecord]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
