"""A change as a tablet sends it, its shape checked; what its fields hold stands in ``fields``. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from convo.conversation.fields import as_json, field_of, read_id
from convo.kernel.errors import OLDER, Refused
from convo.kernel.ids import parse_id

_DIGITS = 9  # of a change's number: more do not fit the column


def read_number(value: Any) -> int | None:
    """Return the number of a change in its meeting, or None for what is no such number."""
    is_number = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= _DIGITS
    return int(value) if is_number else None


def read_base(value: Any) -> UUID | int | None:
    """Return which change is named as a base: by its id, or, shorter, by its number in the meeting."""
    number = read_number(value)
    return read_id(value) if number is None else number


@dataclass(frozen=True)
class Incoming:
    """A change as it arrived, its shape checked and its value read."""

    id: UUID
    thing: str
    thing_id: UUID
    field: str
    value: Any  # as JSON, after cleaning
    read: Any  # as its column holds it
    base: UUID | None
    at: datetime | None
    parent: UUID | None = None
    settles: tuple[UUID, ...] = ()
    base_number: int | None = None  # of the base in its meeting, where that is how the change names it


def read_change(raw: Mapping[str, Any]) -> Incoming:
    """Return a change from its JSON object (DESIGN §6). Raises Refused naming what is wrong with it.

    Beyond the design's keys it may carry ``settles``: ids of conflicts that this value is the answer to.
    """
    if raw.get("v") != 1:
        raise Refused(OLDER)
    change_id, thing_id = parse_id(raw.get("id")), parse_id(raw.get("thing_id"))
    if change_id is None or thing_id is None:
        raise Refused("This change has no identifier. Reload the page and try again.")
    thing, name = str(raw.get("thing")), str(raw.get("field"))
    field = field_of(thing, name)
    value = field.read(raw.get("value"))
    settles = raw.get("settles")
    base = read_base(raw.get("base"))
    return Incoming(
        id=change_id,
        thing=thing,
        thing_id=thing_id,
        field=name,
        value=as_json(value),
        read=value,
        base=base if isinstance(base, UUID) else None,
        base_number=base if isinstance(base, int) else None,
        at=read_instant(raw.get("at")),
        parent=read_id(raw.get("parent")),
        settles=tuple(found for found in map(parse_id, settles) if found is not None)
        if isinstance(settles, list)
        else (),
    )


def read_changes(raw: Iterable[Mapping[str, Any]]) -> tuple[list[Incoming], list[str]]:
    """Return the changes that can be read, and for each one sent a sentence saying what is wrong, or "".

    One that cannot be read does not hold up the rest; what was written after it starts from where it did.
    """
    readable, wrong = [], []
    skipped: dict[str, Any] = {}
    for change in raw:
        try:
            readable.append(read_change({**change, "base": base_behind(change.get("base"), skipped)}))
            wrong.append("")
        except Refused as refusal:
            wrong.append(refusal.message)
            skipped[str(change.get("id"))] = change.get("base")
    return readable, wrong


def base_behind(base: Any, skipped: Mapping[str, Any]) -> Any:
    """Return a base, or the first one behind it that is not among those skipped, each with its own base."""
    left = dict(skipped)
    while isinstance(base, str) and base in left:
        base = left.pop(base)
    return base


def read_instant(value: Any) -> datetime | None:
    """Return what the tablet believed the time to be, or None: it orders nothing, so it refuses nothing."""
    try:
        instant = datetime.fromisoformat(value)
        return instant.astimezone(UTC) if instant.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None
