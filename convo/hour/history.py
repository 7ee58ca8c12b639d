"""Earlier versions of what was written: who wrote which and when, and bringing one back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from convo.access.guard import current_actor, current_school, permit
from convo.access.queries import left_among
from convo.access.rules import Permission
from convo.conversation.fields import FIELDS
from convo.conversation.incoming import read_change
from convo.conversation.journal import JOURNAL, NOTES, apply_changes
from convo.conversation.models import (
    Change,
    Conversation,
    Entry,
    Priority,
    StaffNote,
    StaffNoteChange,
)
from convo.conversation.queries import conversation_for, head_of
from convo.conversation.rules import ChangeOutcome, StageName, State
from convo.conversation.writers import may_write
from convo.hour.looks import looked_at
from convo.hour.names import SLUGS
from convo.kernel.clock import local, utc_now
from convo.kernel.errors import OLDER, NotFound, Refused
from convo.kernel.ids import parse_id
from convo.plan.models import Action, Decision, Target
from convo.web.transaction import session

history_pages = Blueprint("history", __name__)

_Log = type[Change] | type[StaffNoteChange]

MODELS: Mapping[str, Any] = {
    "conversation": Conversation,
    "entry": Entry,
    "priority": Priority,
    "target": Target,
    "action": Action,
    "decision": Decision,
    "note": StaffNote,
}
_ADDRESS = f"/conversations/<uuid:conversation_id>/history/<any({','.join(MODELS)}):thing>/<uuid:thing_id>"

# Where a thing stands in the hour; a staff note is beside every stage.
_STAGE_OF = {
    "conversation": StageName.REVIEW,
    "entry": StageName.EXPLORE,
    "priority": StageName.FOCUS,
    "target": StageName.PLAN,
    "action": StageName.PLAN,
    "decision": StageName.SINCE,
}

_MOST_SAID = 80  # characters of a text that is brought back, told of at the head of the page
_ONE_GO = timedelta(minutes=1)  # a tablet sends what is typed at every pause of the hand

_NAMES = {
    "what": "What",
    "who": "Who",
    "start": "Now",
    "aim": "Aim",
    "how_often": "How often",
    "how_known": "We will know",
    "reason": "Reason",
    "keep_in_touch": "How we keep in touch",
    "pupil_views": "The child’s views, from before",
    "next_place": "Where we meet next",
}
_TEXTS = {
    "entry": "What was said",
    "priority": "In the family’s words, or reworded together",
    "target": "What we want to see",
    "note": "Staff note",
}


@dataclass(frozen=True)
class Version:
    """One value that somebody wrote into a field, and how it stands to what the field holds now."""

    id: UUID
    value: str
    by: str
    when: str  # on the school's clock
    note: str  # "Stands now", why it was kept beside, or nothing
    differs: bool  # from what the field holds


@dataclass(frozen=True)
class FieldHistory:
    """A field and its versions, the newest first."""

    name: str
    held: str
    versions: Sequence[Version]

    @property
    def held_is_listed(self) -> bool:
        """Return whether what the field holds is one of the versions, or nothing at all."""
        return not self.held or any(not version.differs for version in self.versions)


@history_pages.get(_ADDRESS)
@permit(Permission.HOLD_CONVERSATIONS)
def versions(conversation_id: UUID, thing: str, thing_id: UUID) -> ResponseReturnValue:
    """Show every version of each text of a thing, with who wrote it and when."""
    meeting, row = _writable(conversation_id, thing, thing_id)
    return render_template(
        "hour/history.html",
        meeting=meeting,
        thing=thing,
        thing_id=thing_id,
        taken_out=getattr(row, "removed", False),
        fields=_histories(meeting, thing, row),
        may_bring_back=meeting.state is State.OPEN,
        op=uuid4(),
        back=SLUGS[meeting.stage],
    )


@history_pages.post(_ADDRESS)
@permit(Permission.HOLD_CONVERSATIONS)
def bring_back(conversation_id: UUID, thing: str, thing_id: UUID) -> ResponseReturnValue:
    """Write an earlier version into its field again, as one more change, and go to where it stands."""
    meeting, row = _writable(conversation_id, thing, thing_id)
    if meeting.state is not State.OPEN:
        raise Refused("This conversation is not open. Earlier versions can be read, but not brought back.")
    op = parse_id(request.form.get("op"))
    if op is None:
        raise Refused(OLDER)
    wanted = parse_id(request.form.get("change"))
    log = _log_of(thing)
    change = session().get(log, wanted) if wanted else None
    here = (meeting.school_id, meeting.id, thing, thing_id)
    if change is None or (change.school_id, change.conversation_id, change.thing, change.thing_id) != here:
        raise NotFound
    if not FIELDS[thing][change.field].is_text:
        raise NotFound
    values: list[tuple[str, Any]] = [(change.field, change.value)]
    if getattr(row, "removed", False):
        values.insert(0, ("removed", False))  # a change of what is taken out would be kept beside
    raw = [
        {
            "v": 1,
            "id": str(uuid5(op, f"bring back {change.id} {field}")),  # a button pressed twice changes once
            "thing": thing,
            "thing_id": str(thing_id),
            "field": field,
            "value": value,
            "base": head_of(session(), log, meeting.id, thing_id, field),
            "settles": [str(change.id)] if field == change.field else [],
        }
        for field, value in values
    ]
    stream = NOTES if thing in NOTES.things else JOURNAL
    answers = apply_changes(
        session(), current_actor(), utc_now(), meeting.id, [read_change(each) for each in raw], stream
    )
    for answer in answers:
        if answer.message:
            raise Refused(answer.message)
    # The family sees the head of the page of a tablet on the table: of a staff note it says no word.
    flash("Brought back." if thing in NOTES.things else f"Brought back: {_told(change.value or '')}", "told")
    return redirect(
        url_for(
            "hour.stage",
            conversation_id=conversation_id,
            slug=SLUGS[_STAGE_OF.get(thing, meeting.stage)],
            more=thing_id,
            _anchor=f"row-{thing_id}" if thing in _STAGE_OF else "staff-note",
        )
    )


def _told(text: str) -> str:
    """Return a text that was brought back, in one line."""
    line = " ".join(text.split())
    return f"“{line[:_MOST_SAID]}{'…' if len(line) > _MOST_SAID else ''}”" if line else "nothing stands there"


def _writable(conversation_id: UUID, thing: str, thing_id: UUID) -> tuple[Conversation, Any]:
    """Return a meeting and something in it. Raises NotFound for who may not write there."""
    on, actor = session(), current_actor()
    meeting = conversation_for(on, actor, conversation_id)
    if not may_write(on, actor, meeting.id, meeting.lead_id):
        raise NotFound
    row = on.get(MODELS[thing], thing_id)
    if row is None or row.school_id != meeting.school_id:
        raise NotFound
    if (row.id if thing == "conversation" else row.conversation_id) != meeting.id:
        raise NotFound
    looked_at(meeting.pupil_id, utc_now())
    return meeting, row


def _log_of(thing: str) -> _Log:
    """Return the stream that a thing's changes are in: staff notes have their own."""
    return StaffNoteChange if thing in NOTES.things else Change


def _histories(meeting: Conversation, thing: str, row: Any) -> list[FieldHistory]:
    """Return the history of each text of a thing that was ever written. Two statements at most."""
    log = _log_of(thing)
    texts = {name: spec for name, spec in FIELDS[thing].items() if spec.is_text}
    changes: Sequence[Any] = (
        session()
        .scalars(
            select(log)
            .where(log.conversation_id == meeting.id, log.thing == thing, log.thing_id == row.id)
            .where(log.field.in_(texts))
            .options(joinedload(log.author))
            .order_by(log.number)
        )
        .all()
    )
    late = {change.author_id for change in changes if change.outcome is ChangeOutcome.ASIDE}
    left = left_among(session(), meeting.school_id, late) if late else set()
    found = []
    for name, spec in texts.items():
        held = getattr(row, spec.column) or ""
        kept: list[Any] = []
        for change in changes:
            repeats = change.outcome is ChangeOutcome.SAME and any(earlier.written for earlier in kept)
            if change.field == name and not repeats:
                kept.append(change)
        if held or kept:
            title = _NAMES.get(name) or _TEXTS[thing]
            found.append(FieldHistory(title, held, _versions(_whole(kept), held, meeting, left)))
    return found


def _whole(changes: Sequence[Any]) -> list[Any]:
    """Return changes of one field without those that were a step of typing or deleting another."""
    last = len(changes) - 1
    return [
        change
        for number, change in enumerate(changes)
        if number == last or not any(_is_step_of(change, other) for other in _beside(changes, number))
    ]


def _beside(changes: Sequence[Any], number: int) -> Sequence[Any]:
    return [*changes[max(0, number - 1) : number], *changes[number + 1 : number + 2]]


def _is_step_of(change: Any, other: Any) -> bool:
    text, longer = change.value or "", other.value or ""
    return bool(
        (change.written and other.written and change.author_id == other.author_id)
        and abs(other.received_at - change.received_at) <= _ONE_GO
        and len(longer) > len(text)
        and longer.startswith(text)
    )


def _versions(changes: Sequence[Any], held: str, meeting: Conversation, left: set[UUID]) -> list[Version]:
    """Return changes of one field as versions, the newest first. ``left`` are those who left the school."""
    zone = current_school().time_zone
    head = next((change.id for change in reversed(changes) if change.written), None)
    return [
        Version(
            id=change.id,
            value=change.value or "",
            by=change.author.name,
            when=f"{local(change.received_at, zone):%-d %B %Y, %H:%M}",
            note="Stands now"
            if change.id == head and (change.value or "") == held
            else _why_beside(change, meeting, left),
            differs=(change.value or "") != held,
        )
        for change in reversed(changes)
    ]


def _why_beside(change: Any, meeting: Conversation, left: set[UUID]) -> str:
    if change.written:
        return ""
    if change.outcome is ChangeOutcome.ASIDE:
        if meeting.closed_at is not None and change.received_at >= meeting.closed_at:
            return "Kept beside: it came after the conversation was closed"
        if change.author_id in left:
            return "Kept aside: whoever wrote it had left the school"
        if meeting.state is State.NOT_HELD:
            return "Kept aside: the meeting was recorded as not held"
        return "Kept aside: whoever wrote it was not part of the meeting any more"
    return "Kept beside: written at the same time as another version"
