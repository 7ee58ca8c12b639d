"""Setting aside what somebody wrote who may not write in a meeting: each change once, as it was written.

Nothing of the meeting changes by it. It stays in the log as theirs until the SENCO decides on it
(``kept_aside``).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from convo.access.rules import Actor
from convo.conversation.fields import field_of
from convo.conversation.incoming import read_change
from convo.conversation.journal import NOTES
from convo.conversation.models import Change, Conversation, StaffNoteChange
from convo.conversation.rules import NOTHING_TO_DECIDE, ChangeOutcome, State
from convo.conversation.unsent import Raw
from convo.conversation.writers import reached
from convo.kernel.errors import Refused
from convo.kernel.ids import parse_id
from convo.kernel.text import clean

HALF = (
    "half"  # a thing of the log: what was typed and not added. It may be a staff note, so it is kept as one
)
_LONGEST_NAMES = (16, 24)  # of a thing and of a field, as the log's columns hold them


@dataclass
class SetAside:
    """What became of it: how many changes are new to the school, or were there; and the ids it now has."""

    new: int = 0
    known: int = 0
    held: list[UUID] = field(default_factory=list)
    why: str = ""  # as ``writers.Reached`` has it


def set_aside(
    session: Session, now: datetime, meeting: Conversation, person_id: UUID, changes: Sequence[Raw]
) -> SetAside:
    """Keep changes of one person in a meeting, whose row is locked, for the SENCO."""
    done = SetAside()
    notes = (*NOTES.things, HALF)
    of_notes = [raw for raw in changes if raw.get("thing") in notes]
    of_journal = [raw for raw in changes if raw.get("thing") not in notes]
    for log, batch in ((Change, of_journal), (StaffNoteChange, of_notes)):
        _keep(session, now, meeting, person_id, log, batch, done)
    return done


def set_unread_aside(
    session: Session, actor: Actor, now: datetime, conversation_id: UUID, changes: Sequence[Raw]
) -> SetAside:
    """Keep aside what the journal cannot read, such as a text that is too long, where no page is left for it.

    That is in a meeting that is closed, or which who wrote it may not write in any more. Of anybody else it
    is refused, and they put it right. Raises NotFound for who never had a part in it.
    """
    meeting, why = reached(session, actor, conversation_id)
    if not why:
        if meeting.state is not State.CLOSED:
            return SetAside()
        changes = [raw for raw in changes if _says_something(raw)]
    done = set_aside(session, now, meeting, actor.person_id, changes)
    done.why = why
    return done


def _says_something(raw: Raw) -> bool:
    """Return whether a change is one of a field that there is, its value words or one that can be read."""
    try:
        spec = field_of(str(raw.get("thing")), str(raw.get("field")))
        if not isinstance(raw.get("value"), str):
            spec.read(raw.get("value"))
    except Refused:
        return False
    return raw.get("v") == 1


def _keep(
    session: Session,
    now: datetime,
    meeting: Conversation,
    person_id: UUID,
    log: type[Change] | type[StaffNoteChange],
    batch: Sequence[Raw],
    done: SetAside,
) -> None:
    columns = [(raw, _columns(raw)) for raw in batch]
    readable = [found for _, found in columns if found is not None]
    known = {
        change.id: (change.author_id, change.conversation_id)
        for change in session.scalars(select(log).where(log.id.in_([each["id"] for each in readable])))
    }
    last = select(func.max(log.number)).where(log.conversation_id == meeting.id)
    number = session.scalar(last) or 0
    for each in readable:
        if each["id"] in known:
            if known[each["id"]] == (person_id, meeting.id):
                done.known += 1
                done.held.append(each["id"])
            continue
        number += 1
        settled = (each["thing"], each["field"]) in NOTHING_TO_DECIDE
        session.add(
            log(
                **each,
                school_id=meeting.school_id,
                conversation_id=meeting.id,
                number=number,
                received_at=now,
                author_id=person_id,
                outcome=ChangeOutcome.ASIDE,
                written=False,
                settled_at=now if settled else None,
                settled_by_id=person_id if settled else None,
            )
        )
        known[each["id"]] = (person_id, meeting.id)
        done.new += 1
        done.held.append(each["id"])
    session.flush()


def _columns(raw: Raw) -> dict[str, Any] | None:
    """Return what the log keeps of a change, or None for what cannot be one.

    What could not be taken up, such as a text that is too long, is still somebody's words: kept as it is.
    """
    try:
        change = read_change({**raw, "v": raw.get("v", 1)})
    except Refused:
        return _as_written(raw)
    return {
        "id": change.id,
        "thing": change.thing,
        "thing_id": change.thing_id,
        "field": change.field,
        "value": change.value,
        "base": change.base,
        "at": change.at,
    }


def _as_written(raw: Raw) -> dict[str, Any] | None:
    ids = parse_id(raw.get("id")), parse_id(raw.get("thing_id"))
    names = raw.get("thing"), raw.get("field")
    fit = all(
        isinstance(name, str) and name.isidentifier() and len(name) <= longest
        for name, longest in zip(names, _LONGEST_NAMES, strict=True)
    )
    if None in ids or not fit:
        return None
    return {
        "id": ids[0],
        "thing": names[0],
        "thing_id": ids[1],
        "field": names[1],
        "value": _cleaned(raw.get("value")),
    }


def _cleaned(value: Any) -> Any:
    """Return a value of JSON as a database can keep it."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean(str(name)): _cleaned(item) for name, item in value.items()}
    return value
