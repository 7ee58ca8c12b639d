"""What is kept aside of the meetings, on one page for the SENCO: whose it is, when it came, what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from convo.access.guard import current_actor, current_school, permit
from convo.access.queries import left_among
from convo.access.rules import Permission
from convo.conversation.fields import FIELDS
from convo.conversation.incoming import read_instant
from convo.conversation.journal import JOURNAL
from convo.conversation.kept_aside import (
    AnyChange,
    Aside,
    aside_at_school,
    leave_out_thing,
    take_up,
    was_taken_out,
)
from convo.conversation.models import Conversation
from convo.conversation.queries import conversation_for
from convo.conversation.rules import State
from convo.conversation.setting_aside import HALF
from convo.hour.history import MODELS
from convo.hour.looks import looked_at
from convo.hour.values import EMPTY, is_text, name_of_field, names_in, said
from convo.kernel.clock import local, utc_now
from convo.kernel.errors import OLDER, Refused
from convo.kernel.ids import parse_pair
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
_MOST_TOLD = 5  # sentences at once: they travel in a cookie
_NOT_HELD = (
    "This meeting was recorded as not held, so nothing can be taken up into it."
    " Read what was written, write down at the next meeting what still matters, then leave it out here."
)


@dataclass(frozen=True)
class Told:
    """One thing kept aside, as the page tells of it."""

    key: str
    title: str
    by: str
    whose: str  # what there is to know of who wrote it
    came: str  # on the school's clock
    says: Sequence[
        tuple[str, str, str]
    ]  # name of a field, what this says, and what stands there if it differs
    taken_out: bool
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
    kept = [change for each in meetings for aside in each.things for change in aside.latest]
    names = names_in(on, [each.meeting for each in meetings], kept)
    return render_template(
        "hour/kept_aside.html",
        meetings=[
            (
                each.meeting,
                _NOT_HELD if each.meeting.state is State.NOT_HELD else "",
                [_told(aside, each.meeting, left, names) for aside in each.things],
            )
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
    take, leave = request.form.get("take", ""), parse_pair(request.form.get("leave"))
    if take == "all" or parse_pair(take) is not None:
        done = take_up(on, actor, now, conversation_id, parse_pair(take))
        if done.taken:
            flash("It is taken up." if done.taken == 1 else f"{done.taken} are taken up.")
        for one in done.refused[:_MOST_TOLD]:
            which = f"“{one.start}”, from {one.by}" if one.start else f"from {one.by}"
            flash(f"Not all could be taken up: {one.message} ({which})")
        if len(done.refused) > _MOST_TOLD:
            flash("There is more that could not be taken up. It stays here.")
    elif leave is not None:
        leave_out_thing(on, actor, now, conversation_id, leave)
        flash("It is left out. What was written stays in the history of the conversation.")
    else:
        raise Refused(OLDER)
    return redirect(url_for("kept_aside.page"))


def _told(aside: Aside, meeting: Conversation, left: set[UUID], names: Mapping[str, str]) -> Told:
    author, zone = aside.changes[0].author, current_school().time_zone
    here = aside.can_be_taken_up(meeting)
    return Told(
        key=aside.key,
        title=_THINGS.get(aside.thing, aside.thing),
        by=author.name,
        whose=_whose(author.id in left, meeting),
        came=f"{local(aside.changes[-1].received_at, zone):%-d %B %Y, %H:%M}",
        says=[
            (name_of_field(change.thing, change.field), words, _stands(change, words))
            for change in aside.latest
            if (words := _words(change, names, zone))
        ],
        taken_out=was_taken_out(session(), aside),
        can_be_taken_up=here,
        by_correction=not here and meeting.state is State.CLOSED and aside.thing in JOURNAL.things,
    )


def _whose(has_left: bool, meeting: Conversation) -> str:
    if has_left:
        return "who has left"
    return "who is not part of it any more" if meeting.state is State.OPEN else ""


def _words(change: AnyChange, names: Mapping[str, str], zone: str) -> str:
    """Return what a change says, as far as it is for reading."""
    value = change.value
    if isinstance(value, dict):
        at = read_instant(value.get("at"))
        return f"{local(at, zone):%-d %B %Y, %H:%M}" if at else said(value.get("answer"), names)
    if value == "" and is_text(change.thing, change.field):
        return EMPTY
    return said(value, names)


def _stands(change: AnyChange, words: str) -> str:
    """Return the text that a field holds now, if it is another. One statement."""
    spec = FIELDS.get(change.thing, {}).get(change.field)
    row = session().get(MODELS[change.thing], change.thing_id) if spec and change.thing in MODELS else None
    if spec is None or not spec.is_text or row is None or row.school_id != change.school_id:
        return ""
    held: str = getattr(row, spec.column) or ""
    return held if held != words else ""
