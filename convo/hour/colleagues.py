"""Asking a colleague to the table while the meeting goes on."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from convo.access.guard import current_actor, permit
from convo.access.queries import staff_member, staff_of
from convo.access.rules import Permission
from convo.conversation.incoming import read_change
from convo.conversation.journal import apply_changes
from convo.hour.names import SLUGS
from convo.hour.queries import load_hour
from convo.hour.who import colleague_place, taking
from convo.kernel.clock import utc_now
from convo.kernel.errors import NotFound
from convo.kernel.ids import parse_id
from convo.people.queries import key_teacher_of
from convo.web.transaction import session

colleague_pages = Blueprint("colleagues", __name__)


@colleague_pages.get("/conversations/<uuid:conversation_id>/colleagues")
@permit(Permission.HOLD_CONVERSATIONS)
def choose(conversation_id: UUID) -> ResponseReturnValue:
    """Show who of the staff could join, one button each."""
    hour = load_hour(session(), current_actor(), conversation_id)
    here = {person.person_id for person in hour.participants if not person.removed}
    staff = [each for each in staff_of(session(), hour.meeting.school_id) if each.left_at is None]
    return render_template(
        "hour/colleagues.html",
        meeting=hour.meeting,
        staff=[each for each in staff if each.person.id not in here],
        back=SLUGS[hour.meeting.stage],
    )


@colleague_pages.post("/conversations/<uuid:conversation_id>/colleagues")
@permit(Permission.HOLD_CONVERSATIONS)
def join(conversation_id: UUID) -> ResponseReturnValue:
    """Put a colleague among those here; they may then write too."""
    on, actor = session(), current_actor()
    hour = load_hour(on, actor, conversation_id)
    person_id = parse_id(request.form.get("person"))
    if person_id is None:
        raise NotFound
    member = staff_member(on, actor.school_id, person_id)
    if member.left_at is not None:
        raise NotFound
    place = colleague_place(hour.meeting.id, member, key_teacher_of(on, hour.meeting.pupil))
    row = {"v": 1, "thing": "participant", "thing_id": str(place.id)}
    changes = []
    for field, value in taking(hour, place):
        base = hour.base(place.id, field) or None
        changes.append(read_change({**row, "id": str(uuid4()), "field": field, "value": value, "base": base}))
    if changes:
        apply_changes(on, actor, utc_now(), hour.meeting.id, changes)
    return redirect(url_for("hour.stage", conversation_id=conversation_id, slug=SLUGS[hour.meeting.stage]))
