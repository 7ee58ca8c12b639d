"""What the school and the page hold, against what was typed: each change once, none lost, none doubled."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from convo.access.models import AuditEntry
from convo.access.rules import Act
from convo.conversation.fields import FIELDS, as_json
from convo.conversation.journal import JOURNAL, NOTES
from convo.conversation.models import Conversation, Proposal
from convo.conversation.rules import ChangeOutcome, State
from convo.summary.models import Issue
from tests.faults.school import Meeting, Server
from tests.faults.typed import Name, Tap, Typed

# What the page writes along with what a person typed.
ALONG = {"position", "parent", "who", "by_whom", "how_often", "how_known"}
MADE = ("entry", "priority", "target", "action", "decision", "note")
TEXT = {"entry": "text", "priority": "text", "target": "text", "action": "what"}


def at_school(server: Server, meeting: Meeting, typed: Typed) -> list[str]:
    """Return in what the school does not hold what was typed."""
    with server.database.reading() as session:
        tables = {**JOURNAL.things, **NOTES.things}
        rows = {thing: _rows(session, table, thing, meeting.id) for thing, table in tables.items()}
        changes = [
            change for stream in (JOURNAL, NOTES) for change in _changes(session, stream.changes, meeting.id)
        ]
        taps = session.scalars(select(Proposal).where(Proposal.conversation_id == meeting.id)).all()
    mine = [change for change in changes if change.author_id == meeting.okafor.person_id]
    theirs = [change for change in changes if change.author_id == meeting.farrell.person_id]
    return [
        *_fields(rows, typed),
        *_strangers(rows, typed, {str(change.thing_id) for change in theirs}),
        *_order(rows, typed),
        *_once(mine, typed),
        *_both_kept(mine, theirs, typed),
        *_taps(taps, typed),
    ]


def received(server: Server, meeting: Meeting) -> int:
    """Return how many changes of the teacher the school has received."""
    with server.database.reading() as session:
        changes = [
            *_changes(session, JOURNAL.changes, meeting.id),
            *_changes(session, NOTES.changes, meeting.id),
        ]
    return sum(change.author_id == meeting.okafor.person_id for change in changes)


def closed_once(server: Server, meeting: Meeting) -> list[str]:
    """Return what is wrong with how the meeting was closed: once, with one issue for each carer."""
    with server.database.reading() as session:
        state = session.get_one(Conversation, meeting.id).state
        closings = select(AuditEntry).where(AuditEntry.act == Act.CLOSE, AuditEntry.thing_id == meeting.id)
        times = len(session.scalars(closings).all())
        carers = list(session.scalars(select(Issue.carer_id).where(Issue.conversation_id == meeting.id)))
    wrong = [] if (state, times) == (State.CLOSED, 1) else [f"it is {state.value}, closed {times} times"]
    if not carers or len(carers) != len(set(carers)):
        wrong.append(f"there are {len(carers)} copies for {len(set(carers))} carers")
    return wrong


def _rows(session: Session, table: Table, thing: str, meeting: UUID) -> dict[str, Any]:
    owner = table.c.id if thing == "conversation" else table.c.conversation_id
    return {str(row.id): row for row in session.execute(select(table).where(owner == meeting))}


def _changes(session: Session, log: Table, meeting: UUID) -> list[Any]:
    return list(session.execute(select(log).where(log.c.conversation_id == meeting).order_by(log.c.number)))


def _as_stored(name: Name, value: Any) -> Any:
    return FIELDS[name[0]][name[2]].read(value)


def _fields(rows: dict[str, dict[str, Any]], typed: Typed) -> list[str]:
    wrong = []
    for name, values in typed.values.items():
        thing, thing_id, field = name
        row = rows[thing].get(thing_id)
        if row is None:
            wrong.append(f"{thing} {thing_id} is not at school: {field} was {values[-1]!r}")
        elif name not in typed.shared:
            held, said = getattr(row, FIELDS[thing][field].column), _as_stored(name, values[-1])
            if held != said:
                wrong.append(f"{thing} {field} is {held!r} at school, {said!r} was typed")
    return wrong


def _strangers(rows: dict[str, dict[str, Any]], typed: Typed, theirs: set[str]) -> list[str]:
    known = {thing_id for _, thing_id, _ in typed.values} | theirs
    return [
        f"{thing} {row.id} is at school, and nobody typed it: {row._mapping}"
        for thing in MADE
        for row in rows[thing].values()
        if str(row.id) not in known
    ]


def _order(rows: dict[str, dict[str, Any]], typed: Typed) -> list[str]:
    wrong = []
    under: list[tuple[str, str | None]] = [("entry", None), ("priority", None)]
    under += [("action", target) for target in typed.rows.get("target", [])]
    for thing, parent in under:
        said = [each for each in typed.order(thing, parent) if not typed.is_shared(thing, each)]
        held = sorted(
            (each for each in said if each in rows[thing]), key=lambda each: rows[thing][each].position
        )
        if said != held:
            texts = [typed.now(thing, each, TEXT[thing]) for each in held]
            wrong.append(f"{thing}: the order at school is {texts}")
    return wrong


def _once(mine: list[Any], typed: Typed) -> list[str]:
    """Each field's changes are values that were typed, in the order in which they were, the last one last."""
    wrong = []
    histories: dict[Name, list[Any]] = {}
    for change in mine:
        name = (change.thing, str(change.thing_id), change.field)
        if name in typed.values:
            histories.setdefault(name, []).append(change.value)
        elif change.field not in ALONG:
            wrong.append(f"{name} was never typed, and is {change.value!r}")
        unshared = not typed.is_shared(*name[:2])
        if unshared and change.outcome not in (ChangeOutcome.APPLIED, ChangeOutcome.SAME):
            wrong.append(f"{name} {change.value!r} was {change.outcome.value}")
    for name, values in typed.values.items():
        said = [as_json(_as_stored(name, value)) for value in values]
        held = histories.get(name, [])
        rest = iter(said)
        if not all(value in rest for value in held):
            wrong.append(f"{name}: the school received {held}, {said} was typed")
        elif not held or held[-1] != said[-1]:
            wrong.append(f"{name}: the last that the school received is {held[-1:]}, {said[-1]!r} was typed")
    return wrong


def _both_kept(mine: list[Any], theirs: list[Any], typed: Typed) -> list[str]:
    """Where two wrote one field, both texts are held: one of them written, or both as two versions."""
    wrong = []
    for name, value in typed.theirs.items():
        here = [c for c in theirs if (c.thing, str(c.thing_id), c.field) == name and c.value == value]
        if len(here) != 1:
            wrong.append(f"{name}: the other person's {value!r} was received {len(here)} times")
    for change in (*mine, *theirs):
        if change.outcome == ChangeOutcome.ASIDE:
            wrong.append(f"{change.thing} {change.field} {change.value!r} was put aside")
        name = (change.thing, str(change.thing_id), change.field)
        waits = change.outcome == ChangeOutcome.CONFLICT and (
            change.settled_at is None or name in typed.chosen
        )
        if not change.written and not waits and change.outcome != ChangeOutcome.SAME:
            wrong.append(f"{change.thing} {change.field} {change.value!r} is nowhere: {change.outcome.value}")
    return wrong


def _taps(held: Sequence[Proposal], typed: Typed) -> list[str]:
    """Each tap is there once with what became of it; one that they took back may never have been sent."""

    def told(tap: Tap, state: str) -> tuple[str, str, str, str]:
        return tap.thing, tap.thing_id, tap.answer, state

    there = Counter((tap.thing, str(tap.thing_id), tap.answer.value, tap.state.value) for tap in held)
    taps = typed.taps.values()
    wanted = Counter(told(tap, tap.state) for tap in taps if tap.state != "back")
    back = Counter(told(tap, "dismissed") for tap in taps if tap.state == "back")
    lost = {tap.id for tap in taps} - {"", *(str(tap.id) for tap in held)}
    return [
        *(f"the tap {tap} is not at school" for tap in wanted - there),
        *(f"the tap {tap} is at school, and nobody made it" for tap in there - wanted - back),
        *(f"the tap {identifier} has another id at school" for identifier in lost),
    ]


_CONTROLS = """() => {
  const shown = {}
  for (const control of document.querySelectorAll('[name*=":"]:not([type=hidden])')) {
    if (control.closest('template, [data-blank]')) continue
    if (control.type == 'radio') { if (control.checked) shown[control.name] = control.value }
    else if (control.type == 'checkbox') shown[control.name] = control.checked
    else shown[control.name] = control.value
  }
  return shown
}"""


def on_the_page(page: Any, typed: Typed) -> list[str]:
    """Return in what the page does not show what was typed."""
    shown = page.evaluate(_CONTROLS)
    wrong = []
    for name, values in typed.values.items():
        thing, thing_id, field = name
        if name in typed.shared or typed.is_out(thing, thing_id) or typed.is_shared(thing, thing_id):
            continue
        there = shown.get(":".join(name))
        if there is None and TEXT.get(thing) == field:
            wrong.append(f"{thing} {field} {values[-1]!r} is not on the page")
        if there is not None and there != values[-1]:
            wrong.append(f"{thing} {field} is {there!r} on the page, {values[-1]!r} was typed")
    return wrong
