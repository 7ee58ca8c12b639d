"""Pause: a quiet page, behind which a second tap says what to do about a concern for a child's safety.

Nothing about the concern is typed here (DESIGN §5.8). That the page was opened goes to a log of its own,
which only the safeguarding lead reads.
"""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from convo.access.guard import current_actor, current_school, permit
from convo.access.models import ConcernAnswer
from convo.access.operations import answer_concern, open_concern
from convo.access.rules import Permission
from convo.conversation.queries import conversation_for
from convo.hour.names import SLUGS
from convo.kernel.clock import utc_now
from convo.kernel.errors import NotFound
from convo.kernel.ids import new_id, parse_id
from convo.web.transaction import session

pause_pages = Blueprint("pause", __name__)


@pause_pages.get("/conversations/<uuid:conversation_id>/pause")
@permit(Permission.HOLD_CONVERSATIONS)
def pause(conversation_id: UUID) -> ResponseReturnValue:
    """Show a quiet page that anybody at the table may see."""
    meeting = conversation_for(session(), current_actor(), conversation_id)
    return render_template("hour/pause.html", meeting=meeting, back=SLUGS[meeting.stage], concern_id=new_id())


@pause_pages.post("/conversations/<uuid:conversation_id>/pause")
@permit(Permission.HOLD_CONVERSATIONS)
def concern(conversation_id: UUID) -> ResponseReturnValue:
    """Say whom to go to. That somebody asked is kept for the safeguarding lead alone."""
    meeting = conversation_for(session(), current_actor(), conversation_id)
    asked = parse_id(request.form.get("concern"))  # the same when the page is loaded again
    opened = open_concern(session(), current_actor(), utc_now(), meeting.id, asked)
    return render_template(
        "hour/concern.html",
        meeting=meeting,
        concern_id=opened.id,
        school=current_school(),
        back=SLUGS[meeting.stage],
    )


@pause_pages.post("/conversations/<uuid:conversation_id>/pause/answer")
@permit(Permission.HOLD_CONVERSATIONS)
def answer(conversation_id: UUID) -> ResponseReturnValue:
    """Keep how the person left the page, and go back to the hour."""
    meeting = conversation_for(session(), current_actor(), conversation_id)
    concern_id = parse_id(request.form.get("concern"))
    if concern_id is None:
        raise NotFound
    mistake = request.form.get("answer") == ConcernAnswer.BY_MISTAKE
    given = ConcernAnswer.BY_MISTAKE if mistake else ConcernAnswer.GOING_TO_LEAD
    answer_concern(session(), current_actor(), concern_id, given)
    return redirect(url_for("hour.stage", conversation_id=meeting.id, slug=SLUGS[meeting.stage]))
