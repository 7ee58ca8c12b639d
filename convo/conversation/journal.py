"""The journal: taking in the changes that tablets and forms send (DESIGN §6).

A batch is read, judged in memory (``judging``), and written. It runs at every pause in somebody's
typing, so its statements are built once, not each time: eight of them for one change.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Select,
    Table,
    Update,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.models import Person
from convo.access.rules import Act, Actor
from convo.conversation.fields import FIELDS, field_of
from convo.conversation.incoming import Incoming
from convo.conversation.judging import Answer, Desk, Made, Row, behind
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
from convo.conversation.rules import NOTHING_TO_DECIDE, ChangeOutcome, State
from convo.conversation.settling import settle
from convo.conversation.writers import NO_PART, why_aside
from convo.db import SchoolRecord
from convo.kernel.errors import NotFound, Refused
from convo.plan.models import Action, Decision, Target

__all__ = ["JOURNAL", "NOTES", "Answer", "Stream", "apply_changes"]


@dataclass(frozen=True)
class Stream:
    """One stream of changes and the tables that it writes, in an order that foreign keys allow.

    What reaches a meeting in another state than those of ``written_in`` is kept aside.
    """

    changes: Table
    things: Mapping[str, Table]
    written_in: frozenset[State] = frozenset({State.OPEN})


def _table(model: type[SchoolRecord]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


JOURNAL = Stream(
    _table(Change),
    {
        "conversation": _table(Conversation),
        "participant": _table(Participant),
        "entry": _table(Entry),
        "priority": _table(Priority),
        "target": _table(Target),
        "action": _table(Action),
        "decision": _table(Decision),
    },
)
NOTES = Stream(_table(StaffNoteChange), {"note": _table(StaffNote)})


def apply_changes(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation_id: UUID,
    changes: Sequence[Incoming],
    stream: Stream = JOURNAL,
) -> list[Answer]:
    """Take in changes of one conversation and return an answer to each, in order.

    What reaches a meeting that is closed or was not held, or comes from somebody who may not write in it any
    more, is kept aside: the answer to it says so.

    Raises NotFound when the conversation or a thing is not this person's to write, or when an id was used by
    somebody else; Refused when the meeting has not been opened. A change with a bad value, or one that points
    at what is not within its reach, is answered with a sentence, and the others are taken in.
    """
    session.flush()
    on = session.connection()  # statements of tables, not of objects: past the session they cost a third less
    meeting, why = _locked(on, session, actor, conversation_id)
    if meeting.state is State.PLANNED:
        raise Refused("This conversation has not been opened yet. Open it first.")
    desk = _desk(session, actor, now, meeting, bool(why) or meeting.state not in stream.written_in)
    changes = _with_ids(on, desk, changes, stream.changes)
    _load(on, actor, desk, changes, stream)
    answers = [desk.take(change) for change in changes]
    if desk.accepted:
        _write(on, actor, desk, stream)
        told = f"{len(desk.accepted)} changes{', kept aside' if desk.aside else ''}"
        audit.record(session, actor, now, Act.CHANGE, "conversation", meeting.id, meeting.pupil_id, told)
        session.expire_all()
    if why == NO_PART:
        return [_without_others(answer) for answer in answers]
    return [replace(each, message=why) if each.outcome == ChangeOutcome.ASIDE else each for each in answers]


def _without_others(answer: Answer) -> Answer:
    """Return the answer for who may not read the meeting any more: of what others wrote it holds nothing."""
    if answer.outcome in (ChangeOutcome.APPLIED, ChangeOutcome.SAME):
        return answer  # their own words, which the school has had before
    return Answer(answer.id, ChangeOutcome.ASIDE, answer.number, message=NO_PART)


_MEETING = (
    select(
        Conversation.id,
        Conversation.pupil_id,
        Conversation.state,
        Conversation.lead_id,
    )
    .where(Conversation.id == bindparam("conversation"), Conversation.school_id == bindparam("school"))
    .with_for_update()
)


def _locked(on: Connection, session: Session, actor: Actor, conversation_id: UUID) -> tuple[Any, str]:
    """Return the meeting's columns, its row locked (PostgreSQL), and why what the actor writes is kept aside.

    As ``writers.reached``, past the session.
    """
    named = {"conversation": conversation_id, "school": actor.school_id}
    found = on.execute(_MEETING, named).one_or_none()
    if found is None:
        raise NotFound
    return found, why_aside(session, actor, found)


def _desk(session: Session, actor: Actor, now: datetime, meeting: Any, aside: bool) -> Desk:
    @cache
    def removed(kind: str, identifier: UUID) -> bool:
        return is_removed(session, actor.school_id, meeting, kind, identifier)

    @cache
    def places_of(carer_id: UUID) -> Collection[UUID]:
        here = select(Participant.id).where(
            Participant.conversation_id == meeting.id, Participant.carer_id == carer_id, ~Participant.removed
        )
        return session.execute(here).scalars().all()

    @cache
    def name_of(person_id: UUID) -> str:
        return session.execute(select(Person.name).where(Person.id == person_id)).scalar_one()

    return Desk(
        conversation_id=meeting.id,
        author_id=actor.person_id,
        now=now,
        aside=aside,
        given={
            "school_id": actor.school_id,
            "pupil_id": meeting.pupil_id,
            "created_at": now,
            "decided_at": now,
            "author_id": actor.person_id,
        },
        is_removed=removed,
        places_of=places_of,
        name_of=name_of,
    )


def _with_ids(on: Connection, desk: Desk, changes: Sequence[Incoming], log: Table) -> Sequence[Incoming]:
    """Return the changes with every base named by its id; one statement where any is named by its number."""
    numbers = {change.base_number for change in changes if change.base_number is not None}
    if not numbers:
        return changes
    here = (log.c.conversation_id == desk.conversation_id, log.c.number.in_(numbers))
    found = on.execute(select(log.c.number, log.c.id).where(*here))
    ids = {row.number: row.id for row in found}
    return [
        change
        if change.base_number is None
        else replace(change, base=ids.get(change.base_number, _NOWHERE), base_number=None)
        for change in changes
    ]


_NOWHERE = UUID(int=0)  # a base that no change has: whoever names it has not seen what the field holds


def _load(on: Connection, actor: Actor, desk: Desk, changes: Sequence[Incoming], stream: Stream) -> None:
    """Read what the batch touches: rows, repeats, bases, and where each field stands."""
    _load_rows(on, actor, desk, changes, stream)
    log = stream.changes
    here = {"conversation": desk.conversation_id}
    sent = {change.id: change for change in changes}
    ids = [*sent, *(change.base for change in changes if change.base is not None)]
    repeats = []
    while ids:
        for found in on.execute(_by_id(log), {**here, "ids": ids}):
            desk.number = found.last or 0
            if found.id is None:
                continue
            mine = found.conversation_id == desk.conversation_id
            if found.id in sent:
                if not mine or found.author_id != actor.person_id:
                    raise NotFound
                repeats.append(found)
            if mine:
                desk.bases[found.id] = Made(*found[:6])
        known = ((change, desk.bases.get(change.id)) for change in changes)
        others = [other for change, first in known if first and (other := behind(change, first))]
        ids = [other.id for other in others if other.id not in sent]
        sent |= {other.id: other for other in others}
    there = [change for change in changes if (change.thing, change.thing_id) in desk.rows]
    fields = {(change.thing_id, change.field) for change in there}
    fields |= {(row_id, "removed") for (_, row_id), row in desk.rows.items() if row.values.get("removed")}
    for thing_id, name in fields:
        head = on.execute(_newest(log), {**here, "thing": thing_id, "field": name, "before": _ANY}).first()
        if head is not None:
            desk.heads[thing_id, name] = Made(*head)
    for repeat in repeats:
        desk.known[repeat.id] = _first_answer(on, desk, sent[repeat.id], repeat, log)


def _load_rows(on: Connection, actor: Actor, desk: Desk, changes: Iterable[Incoming], stream: Stream) -> None:
    wanted: dict[str, set[UUID]] = {}
    for change in changes:
        if change.thing not in stream.things:
            raise NotFound
        wanted.setdefault(change.thing, set()).add(change.thing_id)
    for thing, ids in wanted.items():
        for row in on.execute(_rows(stream.things[thing], thing), {"ids": list(ids)}).mappings():
            owner = row["id"] if thing == "conversation" else row["conversation_id"]
            if (row["school_id"], owner) != (actor.school_id, desk.conversation_id):
                raise NotFound
            desk.rows[thing, row["id"]] = Row(dict(row), is_new=False)


def _first_answer(on: Connection, desk: Desk, change: Incoming, repeat: Any, log: Table) -> Answer:
    """Return the answer that a change got when it first came, whatever has been written since."""
    key = (repeat.thing_id, repeat.field)
    if repeat.written:
        stood: Made | None = desk.bases[repeat.id]
    else:
        place = {"thing": repeat.thing_id, "field": repeat.field, "before": repeat.number}
        row = on.execute(_newest(log), {"conversation": desk.conversation_id, **place}).first()
        # Where nothing had been written before, where it stands now.
        stood = Made(*row) if row else desk.heads.get(key)
    taken_out = (repeat.thing_id, "removed")
    heads = {taken_out: desk.heads[taken_out]} if taken_out in desk.heads and taken_out != key else {}
    then = replace(desk, heads=heads | ({key: stood} if stood else {}))
    spec = field_of(change.thing, change.field)
    return then.answer(change, spec, repeat.number, repeat.outcome, repeat.written)


def _write(on: Connection, actor: Actor, desk: Desk, stream: Stream) -> None:
    """Write what the desk holds, in an order that foreign keys allow."""
    for stage, seconds in desk.spent.items():
        on.execute(
            update(Stage)
            .where(Stage.conversation_id == desk.conversation_id, Stage.name == stage)
            .values(used_seconds=Stage.used_seconds + seconds)
        )
    for thing, table in stream.things.items():
        rows = [row for (name, _), row in desk.rows.items() if name == thing]
        rows.sort(key=lambda row: not row.values.get("removed"))  # a carer leaves one place for another
        for row in rows:
            if row.is_new:
                on.execute(insert(table), {k: v for k, v in row.values.items() if k in table.c})
            elif row.touched:
                changed = {name: row.values[name] for name in row.touched}
                on.execute(_update(table, frozenset(changed)), {"row": row.values["id"], **changed})
    on.execute(
        insert(stream.changes),
        [
            {
                "id": change.id,
                "school_id": actor.school_id,
                "conversation_id": desk.conversation_id,
                "number": number,
                "thing": change.thing,
                "thing_id": change.thing_id,
                "field": change.field,
                "value": change.value,
                "base": change.base,
                "at": change.at,
                "received_at": desk.now,
                "author_id": actor.person_id,
                "outcome": outcome,
                "written": written,
                **_settled(desk, change, outcome),
            }
            for change, number, outcome, written in desk.accepted
        ],
    )
    settle(on, actor, desk, stream.changes)


def _settled(desk: Desk, change: Incoming, outcome: ChangeOutcome) -> dict[str, Any]:
    at_once = outcome is ChangeOutcome.ASIDE and (change.thing, change.field) in NOTHING_TO_DECIDE
    return {
        "settled_at": desk.now if at_once else None,
        "settled_by_id": desk.author_id if at_once else None,
    }


@cache
def _by_id(log: Table) -> Select[Any]:
    """Return the statement for repeats and bases; the first six columns are those of ``Made``.

    Each row also has the conversation's ``last`` number; with no change to be found there is one empty row.
    """
    newest = log.alias()
    last = select(func.max(newest.c.number)).where(newest.c.conversation_id == bindparam("conversation"))
    return select(
        *_made(log),
        log.c.conversation_id,
        log.c.number,
        log.c.outcome,
        log.c.written,
        last.scalar_subquery().label("last"),
    ).select_from(
        select(literal(1)).subquery().outerjoin(log, log.c.id.in_(bindparam("ids", expanding=True)))
    )


@cache
def _newest(log: Table) -> Select[Any]:
    """Return the statement for where a field stood before a change of a number: one step in the index."""
    return (
        select(*_made(log))
        .where(log.c.conversation_id == bindparam("conversation"), log.c.thing_id == bindparam("thing"))
        .where(log.c.field == bindparam("field"), log.c.written, log.c.number < bindparam("before"))
        .order_by(log.c.number.desc())
        .limit(1)
    )


_ANY = 2**31 - 1  # a number after every change


def _made(log: Table) -> tuple[Any, ...]:
    return log.c.id, log.c.thing_id, log.c.field, log.c.value, log.c.author_id, log.c.received_at


_ALWAYS = {"id", "school_id", "conversation_id", "removed", "stage_entered_at"}


@cache
def _rows(table: Table, thing: str) -> Select[Any]:
    kept = _ALWAYS | {spec.column for spec in FIELDS[thing].values()}
    columns = [column for column in table.c if column.name in kept]
    return select(*columns).where(table.c.id.in_(bindparam("ids", expanding=True)))


@cache
def _update(table: Table, columns: frozenset[str]) -> Update:
    return (
        update(table)
        .where(table.c.id == bindparam("row"))
        .values({name: bindparam(name) for name in columns})
    )
