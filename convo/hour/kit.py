"""The kit: what a tablet fetches once the hour stands and keeps for when the wifi drops."""

from uuid import UUID

from flask import Blueprint, render_template

from convo.access.guard import current_actor, current_school, permit
from convo.access.queries import staff_of
from convo.access.rules import Permission
from convo.conversation.queries import conversation_for
from convo.conversation.rules import State
from convo.hour.family_kit import kept_for_readers, turned_sides
from convo.hour.names import TITLES
from convo.hour.stages import stage_page
from convo.hour.who import colleague_place
from convo.kernel.errors import NotFound
from convo.people.queries import key_teacher_of
from convo.web.transaction import session

kit_pages = Blueprint("kit", __name__)


@kit_pages.get("/conversations/<uuid:conversation_id>/kit")
@permit(Permission.HOLD_CONVERSATIONS)
def kit(conversation_id: UUID) -> str:
    """Show the guide's cards, and keep in templates what the page of an open meeting may need later.

    The colleagues are all of them: who is here now may be taken out, and wanted again.
    """
    meeting = conversation_for(session(), current_actor(), conversation_id)
    if meeting.state is not State.OPEN:
        raise NotFound
    page = stage_page(current_actor(), meeting.id, meeting.stage)
    staff = [member for member in staff_of(session(), meeting.school_id) if member.left_at is None]
    key_teacher = key_teacher_of(session(), meeting.pupil)
    places = [colleague_place(meeting.id, member, key_teacher) for member in staff]
    return render_template(
        "hour/kit.html",
        page=page,
        titles=TITLES,
        colleagues=places,
        turned=turned_sides(page),
        readers=kept_for_readers(session(), page),
        school=current_school(),
    )
