"""What every field of a meeting holds now: what a plain form is compared with."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from convo.conversation.fields import FIELDS, as_json
from convo.hour.queries import Hour


def taken_out(hour: Hour, identifier: UUID) -> dict[str, Any] | None:
    """Return what every field of a row holds that somebody took out, or None for any other."""
    found = {name: value for (row, name), value in held_values(hour).items() if row == identifier}
    return found if found.get("removed") else None


def held_values(hour: Hour) -> dict[tuple[UUID, str], Any]:
    """Return what every field of the meeting holds now, as the journal writes it."""
    rows: Sequence[tuple[str, Sequence[Any]]] = (
        ("conversation", [hour.meeting]),
        ("participant", hour.participants),
        ("entry", hour.entries),
        ("priority", hour.priorities),
        ("target", hour.targets),
        ("action", hour.actions),
        ("decision", [promise.decision for promise in hour.before if promise.decision is not None]),
        ("note", hour.notes),
    )
    return {
        (row.id, name): as_json(getattr(row, spec.column))
        for thing, found in rows
        for row in found
        for name, spec in FIELDS[thing].items()
    }
