"""What becomes of each change of a batch, worked out in memory in the order in which they came. Pure.

``journal`` reads what a batch touches into a ``Desk``, lets it judge one change after the other, and writes
what the desk then holds.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from convo.conversation.fields import FIELDS, Field, as_json, field_of, words_of
from convo.conversation.incoming import Incoming
from convo.conversation.rules import (
    ChangeOutcome,
    ParticipantKind,
    StageName,
    believed,
    decision_id,
    seconds_spent,
)
from convo.kernel.errors import NotFound, Refused


@dataclass(frozen=True)
class Answer:
    """What became of one change, as the tablet is told.

    ``head`` is the change that the field now stands at, ``value`` what it holds and ``at`` when the school
    received it; after a conflict they are the other person's, with ``by`` their name. ``removed`` is the
    change that took the row out, if one did: who wants to keep the words puts the row back first.
    """

    id: UUID
    outcome: str  # a ChangeOutcome, or "refused"
    number: int | None = None
    head: UUID | None = None
    value: Any = None
    by: str = ""
    message: str = ""
    removed: UUID | None = None
    at: datetime | None = None


@dataclass
class Row:
    """A row while a batch is worked out: what its columns hold, and which of them have changed."""

    values: dict[str, Any]
    is_new: bool
    touched: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Made:
    """A change that the school has: what its field stands at, or what a tablet names as its base."""

    id: UUID
    thing_id: UUID
    field: str
    value: Any
    author_id: UUID
    received_at: datetime


def behind(change: Incoming, first: Made) -> Incoming | None:
    """Return a change whose id brought other words before as one that follows them, else None.

    A tablet that keeps nothing can send one id from two tabs. What follows has the same id however often.
    A button's change of a place in a list is worked out anew each time, and counts once.
    """
    if field_of(change.thing, change.field).last_wins:
        return None
    if (change.thing_id, change.field) != (first.thing_id, first.field) or change.value == first.value:
        return None
    words = json.dumps(change.value, sort_keys=True)
    return replace(change, id=uuid5(change.id, words), base=change.id)


@dataclass
class Desk:
    """One batch on the desk: what is known of the meeting, and what has been judged so far."""

    conversation_id: UUID
    author_id: UUID
    now: datetime
    aside: bool  # whatever is new is kept aside: it came too late, or from who may not write any more
    given: Mapping[str, Any]  # columns that a new row takes from its meeting, where it has them
    # Of a thing outside the batch, or a stage; Refused if it is not within reach.
    is_removed: Callable[[str, UUID | StageName], bool]
    places_of: Callable[[UUID], Collection[UUID]]  # of a carer, before the batch, none of them removed
    name_of: Callable[[UUID], str]
    number: int = 0  # of the last change
    rows: dict[tuple[str, UUID], Row] = field(default_factory=dict)
    heads: dict[tuple[UUID, str], Made] = field(default_factory=dict)
    bases: dict[UUID, Made] = field(default_factory=dict)
    known: dict[UUID, Answer] = field(default_factory=dict)
    accepted: list[tuple[Incoming, int, ChangeOutcome, bool]] = field(default_factory=list)
    settled: set[UUID] = field(default_factory=set)
    unmade: dict[UUID, Refused] = field(default_factory=dict)  # people whose first change was refused
    spent: dict[StageName, int] = field(default_factory=dict)  # seconds to book

    def take(self, change: Incoming) -> Answer:
        """Judge one change and return its answer; a change known already gets its first answer again.

        What comes under a known id with other words is judged as written after those.
        """
        if change.id in self.known:
            other = behind(change, self.bases[change.id])
            return replace(self.take(other), id=change.id) if other else self.known[change.id]
        spec, key = field_of(change.thing, change.field), (change.thing_id, change.field)
        try:
            outcome, written = self._judge(change, spec)
        except Refused as refusal:
            if change.thing == "participant" and (change.thing, change.thing_id) not in self.rows:
                self.unmade[change.thing_id] = refusal
            head = self.heads.get(key)
            return Answer(
                change.id,
                "refused",
                head=head.id if head else None,
                value=self._held(change, spec),
                message=refusal.message,
            )
        self.number += 1
        self.accepted.append((change, self.number, outcome, written))
        made = Made(change.id, change.thing_id, change.field, change.value, self.author_id, self.now)
        self.bases[change.id] = made
        if written:
            self.heads[key] = made
            self.settled.update(change.settles)
        base = self.bases.get(change.base) if change.base else None
        if outcome is ChangeOutcome.CONFLICT and base and base.author_id == self.author_id:
            self.settled.add(base.id)  # if that was kept beside, too: its author has gone on writing
        answer = self.answer(change, spec, self.number, outcome, written)
        self.known[change.id] = answer
        return answer

    def answer(
        self, change: Incoming, spec: Field, number: int, outcome: ChangeOutcome, written: bool
    ) -> Answer:
        """Return the answer to a change, with where its field stands now."""
        head = self.heads.get((change.thing_id, change.field))
        by = (
            self.name_of(head.author_id) if head and not written and outcome is ChangeOutcome.CONFLICT else ""
        )
        value = head.value if head else self._held(change, spec)
        gone = self.heads.get((change.thing_id, "removed"))
        removed = gone.id if gone and gone.value and outcome is ChangeOutcome.CONFLICT else None
        return Answer(
            change.id,
            outcome,
            number,
            head.id if head else None,
            value,
            by,
            removed=removed,
            at=head.received_at if head else None,
        )

    def _judge(self, change: Incoming, spec: Field) -> tuple[ChangeOutcome, bool]:
        """Return what becomes of a change, and whether its field took the value."""
        if self.aside:
            return ChangeOutcome.ASIDE, False
        under_removed = self._points_at_removed(change, spec)
        accepted = ChangeOutcome.CONFLICT if under_removed else ChangeOutcome.APPLIED
        row = self.rows.get((change.thing, change.thing_id))
        if row is None:
            if change.thing_id in self.unmade:  # the other fields alone would be somebody without a name
                raise self.unmade[change.thing_id]
            row = self._new_row(change)
            self._set(change, spec, row)
            self.rows[change.thing, change.thing_id] = row
            return accepted, True
        held, same = self._held(change, spec), False
        same = held == change.value
        if not same and not spec.last_wins:
            edits_removed = row.values.get("removed") and change.field != "removed"
            if edits_removed or not self._has_seen(change, held):
                return ChangeOutcome.CONFLICT, False
        self._set(change, spec, row)
        return (ChangeOutcome.SAME if same else accepted), True

    def _has_seen(self, change: Incoming, held: Any) -> bool:
        """Return whether who made the change saw what the field holds.

        A field that no change has written yet is seen by everyone whose change names no base. Otherwise it is
        the value that counts: a field set to another value and back again stands as it was seen.
        Taking out what has words names these as its base: who has seen others takes out something else.
        """
        if change.base is None:
            return (change.thing_id, change.field) not in self.heads
        base = self.bases.get(change.base)
        if base is None or base.thing_id != change.thing_id:
            return False
        if change.field == "removed" and base.field == words_of(change.thing):
            if not change.read:  # taken out and put back before any of it was sent
                return not held
            words = field_of(change.thing, base.field)
            return bool(base.value == self.rows[change.thing, change.thing_id].values.get(words.column))
        return base.field == change.field and bool(base.value == held)

    def _held(self, change: Incoming, spec: Field) -> Any:
        head = self.heads.get((change.thing_id, change.field))
        if head is not None:
            return head.value
        row = self.rows.get((change.thing, change.thing_id))
        return as_json(row.values.get(spec.column)) if row else None

    def _new_row(self, change: Incoming) -> Row:
        if change.thing == "conversation":
            raise NotFound
        values = {**self.given, "id": change.thing_id, "conversation_id": self.conversation_id}
        if change.parent is not None:
            values[field_of(change.thing, "parent").column] = change.parent
        if change.thing == "participant":
            values["kind"] = ParticipantKind.OTHER
        return Row(values, is_new=True)

    def _set(self, change: Incoming, spec: Field, row: Row) -> None:
        """Put the value into its row, with what follows from it. Raises Refused for a row that cannot be."""
        values = row.values | {spec.column: change.read}
        if change.thing == "participant":
            _let_kind_follow(change, values)
            if change.field in ("carer", "removed"):
                self._check_place(values)
        elif change.thing == "decision":
            self._check_decision(change, row, values)
        elif change.thing == "conversation" and change.field == "stage":
            self.is_removed("stage", change.read)  # a part that the meeting has not is none to go to
            entered = row.values["stage_entered_at"]
            running = row.values["stage"]
            moved = believed(change.at, entered, self.now)  # without wifi: before this came here
            self.spent[running] = self.spent.get(running, 0) + seconds_spent(entered, moved)
            values["stage_entered_at"] = moved
        row.touched |= {name for name, value in values.items() if value != row.values.get(name)}
        row.values = values

    def _check_place(self, values: Mapping[str, Any]) -> None:
        """Refuse a second place for a carer under another id; one id a carer is the same on every tablet."""
        carer, mine = values.get("carer_id"), values["id"]
        if carer is None or values.get("removed"):
            return
        here = {row.values["id"]: row.values for (kind, _), row in self.rows.items() if kind == "participant"}
        for place in {*self.places_of(carer), *here} - {mine}:
            other = here.get(place)
            if other is None or (other.get("carer_id") == carer and not other.get("removed")):
                raise Refused("They are in the meeting already. Reload the page.")

    def _check_decision(self, change: Incoming, row: Row, values: Mapping[str, Any]) -> None:
        action = values.get("action_id")
        if action is None:
            raise Refused("This decision does not say about which action. Reload the page.")
        other_action = not row.is_new and action != row.values["action_id"]
        if other_action or (row.is_new and change.thing_id != decision_id(self.conversation_id, action)):
            raise Refused("What became of this action is written elsewhere. Reload the page.")

    def _points_at_removed(self, change: Incoming, spec: Field) -> bool:
        """Check that what the change points at is here; return whether it has been removed meanwhile."""
        removed = False
        if spec.points_at is not None and change.read:
            for identifier in change.read if isinstance(change.read, list) else [change.read]:
                removed |= self._mark(spec.points_at, UUID(str(identifier)))
        if change.parent is not None and "parent" in FIELDS[change.thing]:
            kind = field_of(change.thing, "parent").points_at
            assert kind is not None
            removed |= self._mark(kind, change.parent)
        return removed

    def _mark(self, kind: str, identifier: UUID) -> bool:
        row = self.rows.get((kind, identifier))
        return bool(row.values.get("removed")) if row is not None else self.is_removed(kind, identifier)


def _let_kind_follow(change: Incoming, values: dict[str, Any]) -> None:
    """Let naming a carer or a member of staff say what somebody is, and never the word without the name."""
    if change.field == "carer" and change.read is not None:
        values["kind"] = ParticipantKind.CARER
    elif change.field == "person" and change.read is not None:
        values["kind"] = ParticipantKind.STAFF
    if values["kind"] is ParticipantKind.CARER and values.get("carer_id") is None:
        raise Refused("Choose which carer it is, from the pupil's carers.")
    if values["kind"] is ParticipantKind.STAFF and values.get("person_id") is None:
        raise Refused("Choose who of the staff it is.")
