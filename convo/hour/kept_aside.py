"""What is kept aside of the meetings, on one page for the SENCO: whose it is, when it came, what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.guard import current_actor, current_school, permit
from convo.access.queries import left_among
from convo.access.rules import Permission
from convo.conversation.fields import FIELDS, read_instant
from convo.conversation.journal import JOURNAL
from convo.conversation.kept_aside import (
    AnyChange,
    Aside,
    MeetingAside,
    aside_at_school,
    leave_out,
    take_up,
)
from convo.conversation.models import Conversation, Participant
from convo.conversation.queries import conversation_for
from convo.conversation.rules import State
from convo.conversation.setting_aside import HALF
from convo.conversation.unsent import text_of
from convo.hour.corrections import FIELD_NAMES
from convo.hour.history import MODELS
from convo.hour.pupil import looked_at
from convo.kernel.clock import local, utc_now
from convo.kernel.errors import Refused
from convo.kernel.ids import parse_id
from convo.web.transaction import session

aside_pages = Blueprint("kept_aside", __name__)

_THINGS = {
    "conversation": "About the conversation",
    "participant": "Somebody at the table",
    "entry": "Something that was said",
    "priority": "What matters most",
    "target": "What we want to see",
    "action": "What somebody does",
    "decision": "What became of an action",
    "note": "A staff note",
    "tap": "The family tapped",
    "seal": "Closed on the tablet",
    HALF: "Typed and not added",
}
_NAMES = {**FIELD_NAMES, "parent": "who said it"}


@dataclass(frozen=True)
class Told:
    """One thing kept aside, as the page tells of it."""

    thing_id: UUID
    title: str
    by: str
    has_left: bool
    came: str  # on the school's clock
    says: Sequence[
        tuple[str, str, str]
    ]  # name of a field, what this says, and what stands there if it differs
    can_be_taken_up: bool
    by_correction: bool


@aside_pages.get("/kept-aside")
@permit(Permission.SEE_ALL_CONVERSATIONS)
def page() -> ResponseReturnValue:
    """Show all that waits for a decision, by meeting. Staff notes are among it."""
    on, actor, now = session(), current_actor(), utc_now()
    meetings = aside_at_school(on, actor)
    for each in meetings:
        looked_at(each.meeting.pupil_id, now)
    authors = {aside.changes[0].author_id for each in meetings for aside in each.things}
    left = left_among(on, actor.school_id, authors)
    voices = _voices(on, meetings)
    return render_template(
        "hour/kept_aside.html",
        meetings=[
            (each.meeting, [_told(aside, each.meeting, left, voices) for aside in each.things])
            for each in meetings
        ],
        time_zone=current_school().time_zone,
    )


@aside_pages.post("/conversations/<uuid:conversation_id>/kept-aside")
@permit(Permission.SEE_ALL_CONVERSATIONS)
def decide(conversation_id: UUID) -> ResponseReturnValue:
    """Take up or leave out one thing, or take up all that can be taken up."""
    on, actor, now = session(), current_actor(), utc_now()
    conversation_for(on, actor, conversation_id)
    take, leave = request.form.get("take", ""), parse_id(request.form.get("leave"))
    if take == "all" or parse_id(take) is not None:
        done = take_up(on, actor, now, conversation_id, parse_id(take))
        if done.taken:
            flash("It is taken up." if done.taken == 1 else f"{done.taken} are taken up.")
        for sentence in dict.fromkeys(done.refused):
            flash(f"Not all could be taken up: {sentence}")
    elif leave is not None:
        leave_out(on, actor, now, conversation_id, leave)
        flash("It is left out. What was written stays in the history of the conversation.")
    else:
        raise Refused("This page is older than convo. Reload it and try again.")
    return redirect(url_for("kept_aside.page"))


def _voices(on: Session, meetings: Sequence[MeetingAside]) -> Mapping[str, str]:
    """Return the names of those at the tables, by the ids that changes point at. One statement."""
    here = Participant.conversation_id.in_([each.meeting.id for each in meetings])
    return {str(row.id): row.name for row in on.execute(select(Participant.id, Participant.name).where(here))}


def _told(aside: Aside, meeting: Conversation, left: set[UUID], voices: Mapping[str, str]) -> Told:
    author, zone = aside.changes[0].author, current_school().time_zone
    here = aside.can_be_taken_up(meeting)
    return Told(
        thing_id=aside.thing_id,
        title=_THINGS.get(aside.thing, aside.thing),
        by=author.name,
        has_left=author.id in left,
        came=f"{local(aside.changes[-1].received_at, zone):%-d %B %Y, %H:%M}",
        says=[
            (_NAMES.get(change.field, change.field.replace("_", " ")), words, _stands(change, words))
            for change in aside.latest
            if (words := _words(change, voices, zone))
        ],
        can_be_taken_up=here,
        by_correction=not here and meeting.state is State.CLOSED and aside.thing in JOURNAL.things,
    )


def _words(change: AnyChange, voices: Mapping[str, str], zone: str) -> str:
    """Return what a change says, as far as it is for reading."""
    value = change.value
    if isinstance(value, str) and value in voices:
        return voices[value]
    if isinstance(value, dict):
        at = read_instant(value.get("at"))
        return f"{local(at, zone):%-d %B %Y, %H:%M}" if at else text_of({"value": value.get("answer")})
    return text_of({"value": value})


def _stands(change: AnyChange, words: str) -> str:
    """Return the text that a field holds now, if it is another. One statement."""
    spec = FIELDS.get(change.thing, {}).get(change.field)
    row = session().get(MODELS[change.thing], change.thing_id) if spec and change.thing in MODELS else None
    if spec is None or not spec.is_text or row is None or row.school_id != change.school_id:
        return ""
    held: str = getattr(row, spec.column) or ""
    return held if held != words else ""
