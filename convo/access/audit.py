"""The audit trail: who did what, each entry chained by SHA-256 to the one before it in the school.

An entry changed, taken out or put in afterwards breaks the chain. Entries cut off at the end do not; whoever
fears that notes the last number and its hash, which ``convo audit verify`` prints.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from convo.access.models import AuditEntry
from convo.access.rules import Act, Actor
from convo.kernel.ids import new_id

__all__ = ["Act", "first_look", "has_looked", "record", "verify"]

_START = "0" * 64

_LAST = (
    select(AuditEntry.number, AuditEntry.hash)
    .where(AuditEntry.school_id == bindparam("school"))
    .order_by(AuditEntry.number.desc())
    .limit(1)
)
_HASHED = (
    "school_id",
    "number",
    "at",
    "person_id",
    "sign_in_id",
    "act",
    "thing",
    "thing_id",
    "pupil_id",
    "note",
)
_APPEND = insert(AuditEntry.__table__)  # type: ignore[arg-type]  # the table is a Table, typed as any selectable


def record(
    session: Session,
    actor: Actor,
    now: datetime,
    act: Act,
    thing: str,
    thing_id: UUID | None = None,
    pupil_id: UUID | None = None,
    note: str = "",
) -> None:
    """Append one entry to the trail of the actor's school. Never give it a family's words."""
    session.flush()  # the entry may point at a row that is not yet written
    on = session.connection()
    _one_at_a_time(on, actor.school_id)
    last = on.execute(_LAST, {"school": actor.school_id}).first()
    entry = {
        "id": new_id(),
        "school_id": actor.school_id,
        "number": last.number + 1 if last else 1,
        "at": now,
        "person_id": actor.person_id,
        "sign_in_id": actor.sign_in_id,
        "act": act.value,
        "thing": thing,
        "thing_id": thing_id,
        "pupil_id": pupil_id,
        "note": note[:300],
    }
    # Written at once, because the next entry of this request has to find it; and past the unit of work,
    # because an entry is made at every pause in somebody's typing.
    on.execute(_APPEND, entry | {"hash": _hash(last.hash if last else _START, entry)})


def first_look(session: Session, actor: Actor, now: datetime, pupil_id: UUID) -> None:
    """Record that the actor looked at a pupil, once for each sign-in and pupil (DESIGN §5.4)."""
    if not session.scalar(select(has_looked(actor, pupil_id))):
        record(session, actor, now, Act.LOOK, "pupil", pupil_id, pupil_id)


def has_looked(actor: Actor, pupil_id: UUID | InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Return the condition that the trail has the actor's look at a pupil since they signed in."""
    return exists().where(
        AuditEntry.school_id == actor.school_id,
        AuditEntry.sign_in_id == actor.sign_in_id,
        AuditEntry.person_id == actor.person_id,
        AuditEntry.pupil_id == pupil_id,
        AuditEntry.act == Act.LOOK.value,
    )


def verify(session: Session, school_id: UUID) -> list[str]:
    """Return what is wrong with a school's trail, one sentence each; an empty list when it is whole."""
    problems: list[str] = []
    before, expected = _START, 1
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.school_id == school_id)
        .order_by(AuditEntry.number)
        .execution_options(yield_per=1000)
    )
    for entry in entries:
        if entry.number != expected:
            problems.append(f"Before entry {entry.number}, {entry.number - expected} entries are missing.")
        elif entry.hash != _hash(before, {name: getattr(entry, name) for name in _HASHED}):
            problems.append(f"Entry {entry.number} of {entry.at:%d %B %Y} is not as it was written.")
        before, expected = entry.hash, entry.number + 1
    return problems


def _one_at_a_time(on: Connection, school_id: UUID) -> None:
    """Keep two writers from taking one number. SQLite's writing sessions hold the write lock already."""
    if on.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(b"audit" + school_id.bytes).digest()[:8], signed=True)
        on.execute(select(func.pg_advisory_xact_lock(key)))


def _hash(before: str, entry: Mapping[str, Any]) -> str:
    told = {**entry, "at": entry["at"].astimezone(UTC).isoformat()}
    line = json.dumps([before, *(None if told[name] is None else str(told[name]) for name in _HASHED)])
    return hashlib.sha256(line.encode()).hexdigest()
