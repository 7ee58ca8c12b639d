"""What the buttons inside a stage do, as journal changes: the same that the tablet does by itself. Pure.

A button carries ``do=verb:…``. Without JavaScript it is sent with the form and worked out here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import signature
from typing import Any
from uuid import UUID, uuid5

from convo.conversation.models import Entry, Participant, Priority
from convo.conversation.rules import ParticipantKind, ProposalAnswer
from convo.hour.queries import Conflict, Hour
from convo.hour.who import carer_place, taking
from convo.kernel.errors import NotFound, Refused
from convo.kernel.ids import parse_id
from convo.plan.rules import Agreement, Doer

MOST_PRIORITIES = 3
NO_ROOM = "Three are chosen already. Take one out first, or leave this."  # as in static/hour/taps.js

_DOERS = {
    ParticipantKind.CARER: Doer.HOME,
    ParticipantKind.OTHER: Doer.HOME,
    ParticipantKind.PUPIL: Doer.PUPIL,
    ParticipantKind.STAFF: Doer.SCHOOL,
    ParticipantKind.INTERPRETER: Doer.SCHOOL,
}

Made = Iterator[tuple[str, UUID, str, Any]]


def verb_changes(hour: Hour, operation: UUID, verb: str) -> list[dict[str, Any]]:
    """Return the changes that a button makes; none for a button that is not about the journal.

    Raises NotFound for a button about something that is not in this meeting, and Refused for a tap that no
    priority can be made of.
    """
    name, *arguments = verb.split(":")
    make = _VERBS.get(name)
    if make is None:
        return []
    if len(arguments) != len(signature(make).parameters) - 2:  # without the hour and the operation
        raise NotFound
    changes = [
        _change(hour, operation, thing, identifier, field, value)
        for thing, identifier, field, value in make(hour, operation, *arguments)
    ]
    if name == "settle":
        changes[-1]["settles"] = [arguments[0]]
    return changes


def is_outdated(hour: Hour, form: Mapping[str, str]) -> bool:
    """Return whether a form answers a card that says something else by now, or has been answered."""
    verb, _, about = form.get("do", "").partition(":")
    if verb != "settle":
        return False
    waits = next((c for c in hour.conflicts if str(c.id) == about.partition(":")[0]), None)
    return waits is None or form.get(f"card:{waits.id}") != hour.stands_at(waits)


def doer_of(person: Participant) -> Doer:
    """Return by whom an action is done when this person does it."""
    return _DOERS[person.kind]


def _change(
    hour: Hour, operation: UUID, thing: str, identifier: UUID, field: str, value: Any
) -> dict[str, Any]:
    return {
        "v": 1,
        "id": str(uuid5(operation, f"{thing}:{identifier}:{field}:verb")),
        "thing": thing,
        "thing_id": str(identifier),
        "field": field,
        "value": value,
        "base": hour.base(identifier, field) or None,
    }


def _pick(hour: Hour, operation: UUID, entry_id: str) -> Made:
    """Make a priority of an entry, unless it stands behind one already: another page may have made it."""
    entry = _entry(hour, entry_id)
    kept = [priority for priority in hour.priorities if not priority.removed]
    if len(kept) >= MOST_PRIORITIES or any(str(entry.id) in priority.entries for priority in kept):
        return
    identifier = uuid5(operation, "priority")
    yield "priority", identifier, "entries", [str(entry.id)]
    yield "priority", identifier, "text", entry.text
    yield "priority", identifier, "position", _after(kept)


def _join(hour: Hour, _operation: UUID, entry_id: str, priority_id: str) -> Made:
    """Let an entry stand behind a priority too."""
    entry, priority = _entry(hour, entry_id), _priority(hour, priority_id)
    if str(entry.id) not in priority.entries:
        yield "priority", priority.id, "entries", [*priority.entries, str(entry.id)]


def _target(hour: Hour, operation: UUID, priority_id: str) -> Made:
    """Make a priority a target, unless it has one already: another page may have made it."""
    priority = _priority(hour, priority_id)
    if hour.targets_under(priority):
        return
    identifier = uuid5(operation, "target")
    yield "target", identifier, "parent", str(priority.id)
    yield "target", identifier, "text", priority.text
    yield "target", identifier, "position", _after(hour.targets)


def _remove(hour: Hour, _operation: UUID, thing: str, identifier: str) -> Made:
    yield thing, _row(hour, thing, identifier).id, "removed", True


def _restore(hour: Hour, _operation: UUID, thing: str, identifier: str) -> Made:
    yield thing, _row(hour, thing, identifier).id, "removed", False


def _up(hour: Hour, _operation: UUID, thing: str, identifier: str) -> Made:
    yield from _move(hour, thing, identifier, -1)


def _down(hour: Hour, _operation: UUID, thing: str, identifier: str) -> Made:
    yield from _move(hour, thing, identifier, 1)


def _move(hour: Hour, thing: str, identifier: str, step: int) -> Made:
    """Put a row between its new neighbours: one change, whatever the others are at."""
    row = _row(hour, thing, identifier)
    rows = [row for row in _rows(hour, thing) if not row.removed]
    if thing == "action":  # which stands with those under its priority
        rows = hour.actions_under(hour.priority_of(row))
    place = rows.index(row) + step
    if not 0 <= place < len(rows):
        return
    beyond = rows[place + step].position if 0 <= place + step < len(rows) else rows[place].position + 2 * step
    yield thing, row.id, "position", (rows[place].position + beyond) / 2


def _agree(hour: Hour, _operation: UUID, action_id: str) -> Made:
    yield "action", _row(hour, "action", action_id).id, "agreement", Agreement.AGREED.value


def _take_up(hour: Hour, operation: UUID, proposal_id: str) -> Made:
    """Do what the family tapped. A priority has the id of its tap, as on the tablet, so that it is one."""
    tap = next((tap for tap in hour.proposals if str(tap.id) == proposal_id), None)
    if tap is None:
        raise NotFound
    if tap.answer is ProposalAnswer.RIGHT and tap.thing == "action":
        yield from _agree(hour, operation, str(tap.thing_id))
    if tap.answer is ProposalAnswer.MATTERS:
        made = list(_pick(hour, operation, str(tap.thing_id)))
        chosen = [entry for row in hour.priorities if not row.removed for entry in row.entries]
        if not made and str(tap.thing_id) not in chosen:
            raise Refused(NO_ROOM)
        for thing, _, field, value in made:
            yield thing, tap.id, field, value


def _add_carer(hour: Hour, _operation: UUID, carer_id: str) -> Made:
    link = hour.link_of(parse_id(carer_id))
    if link is None:
        raise NotFound
    place = carer_place(hour.meeting.id, link)
    for field, value in taking(hour, place):
        yield "participant", place.id, field, value


def _settle(hour: Hour, _operation: UUID, conflict_id: str, choice: str) -> Made:
    """Answer a conflict: theirs, mine, or both texts one under the other.

    Of something taken out theirs is that it stays out, whatever its field holds.
    """
    conflict = next((c for c in hour.conflicts if str(c.id) == conflict_id), None)
    if conflict is None:
        raise NotFound
    if conflict.field != "removed" and hour.taken_out(conflict.thing_id) is not None:
        yield conflict.thing, conflict.thing_id, "removed", choice == "theirs"
        if choice == "theirs":
            return
    yield conflict.thing, conflict.thing_id, conflict.field, settled(conflict, choice)


def settled(conflict: Conflict, choice: str) -> Any:
    """Return the value that a person's choice gives a field. "Both" is for texts; else it is mine."""
    if choice == "theirs":
        return conflict.theirs
    if choice == "both" and conflict.is_text:
        return f"{conflict.theirs}\n{conflict.mine}"
    return conflict.mine


_VERBS: dict[str, Callable[..., Made]] = {
    "pick": _pick,
    "join": _join,
    "target": _target,
    "remove": _remove,
    "restore": _restore,
    "up": _up,
    "down": _down,
    "agree": _agree,
    "take_up": _take_up,
    "carer": _add_carer,
    "settle": _settle,
}


def _rows(hour: Hour, thing: str) -> Sequence[Any]:
    rows: dict[str, Sequence[Any]] = {
        "entry": hour.entries,
        "priority": hour.priorities,
        "target": hour.targets,
        "action": hour.actions,
        "participant": hour.participants,
    }
    return rows.get(thing, ())


def _row(hour: Hour, thing: str, identifier: str) -> Any:
    found = next((row for row in _rows(hour, thing) if str(row.id) == identifier), None)
    if found is None:
        raise NotFound
    return found


def _entry(hour: Hour, identifier: str) -> Entry:
    entry: Entry = _row(hour, "entry", identifier)
    return entry


def _priority(hour: Hour, identifier: str) -> Priority:
    priority: Priority = _row(hour, "priority", identifier)
    return priority


def _after(rows: Sequence[Any]) -> float:
    return max((row.position for row in rows), default=0.0) + 1
