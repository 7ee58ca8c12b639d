"""The page on which somebody changes what was agreed, after the meeting has closed."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from convo.access.guard import current_actor, current_school, permit
from convo.access.queries import left_among
from convo.access.rules import Permission
from convo.conversation.corrections import closed_meeting, why_not
from convo.conversation.kept_aside import leave_out
from convo.conversation.models import Change, Conversation, Correction
from convo.conversation.queries import asides_of
from convo.conversation.rules import CorrectionReason
from convo.hour.correction_lines import (
    chosen,
    new_id_of,
    sections_of,
    shown_ids,
    wanted_from,
    wanted_of,
)
from convo.hour.looks import looked_at
from convo.hour.values import name_of_field, names_in, shown
from convo.kernel.clock import utc_now
from convo.kernel.errors import Refused
from convo.summary import operations
from convo.summary.record import load_record
from convo.web.transaction import session

pages = Blueprint("corrections", __name__)

REASONS = {
    CorrectionReason.OUR_SLIP: ("Our slip", "It was agreed so, and written down wrongly."),
    CorrectionReason.FAMILY_ASKED: (
        "The family asked",
        "It is marked not yet agreed until you record that it is.",
    ),
    CorrectionReason.AGREED_SINCE: ("Agreed since by phone", "You have agreed it with them already."),
}


@pages.route("/conversations/<uuid:conversation_id>/correct", methods=["GET", "POST"])
@permit(Permission.HOLD_CONVERSATIONS)
def correct(conversation_id: UUID) -> ResponseReturnValue:
    """Change lines of the agreement, and decide on changes that came too late."""
    on, actor, now = session(), current_actor(), utc_now()
    meeting = closed_meeting(on, actor, conversation_id)
    looked_at(meeting.pupil_id, now)
    if request.method == "GET":
        return _page(meeting, uuid4())
    form = request.form
    new_id = new_id_of(form) or uuid4()
    asides = asides_of(on, meeting.id)
    try:
        if form.get("corrections") != str(_count(meeting)):
            raise Refused("Somebody has corrected this meanwhile. Look at the lines again, then send yours.")
        left, taken = chosen(asides, form, "leave"), chosen(asides, form, "take")
        typed = list(wanted_of(sections_of(load_record(on, meeting), asides, new_id), form))
        _one_answer_each(typed, taken)
        if left:
            leave_out(on, actor, now, meeting, [change.id for change in left])
        if typed or taken or not left:
            reason = next((reason for reason in CorrectionReason if reason.value == form.get("reason")), None)
            if reason is None:
                raise Refused("Say why it changes.", "reason")
            operations.correct(
                on,
                actor,
                now,
                conversation_id,
                reason,
                form.get("note", ""),
                [*typed, *wanted_from(taken)],
                [change.id for change in taken],
            )
    except Refused as error:
        on.rollback()
        return _page(closed_meeting(on, actor, conversation_id), new_id, form, error.message), 422
    return redirect(url_for("summaries.summary", conversation_id=conversation_id))


def _one_answer_each(typed: Sequence[Any], taken: Sequence[Change]) -> None:
    """Refuse a field that is typed anew and also taken from a change kept aside, or from two of them."""
    fields = [(wanted.thing_id, wanted.field) for wanted in typed]
    fields += [(change.thing_id, change.field) for change in taken]
    if len(set(fields)) != len(fields):
        raise Refused("One line has two new texts. Take in only one of them, or leave the line as it was.")


def _count(meeting: Conversation) -> int:
    """Return how many corrections there are: whether somebody made one while the form was open."""
    made = select(func.count()).select_from(Correction).where(Correction.conversation_id == meeting.id)
    return session().scalar(made) or 0


def _page(
    meeting: Conversation, new_id: UUID, typed: Mapping[str, Any] | None = None, refusal: str = ""
) -> str:
    on = session()
    asides = asides_of(on, meeting.id)
    sections = sections_of(load_record(on, meeting), asides, new_id)
    beside = shown_ids(sections)
    return render_template(
        "hour/correct.html",
        meeting=meeting,
        pupil=meeting.pupil,
        sections=sections,
        elsewhere=[change for change in asides if change.id not in beside],
        why_not={change.id: why_not(on, change) for change in asides},
        left=left_among(on, meeting.school_id, {change.author_id for change in asides}),
        corrections=_count(meeting),
        new_id=new_id,
        typed=typed,
        refusal=refusal,
        reasons=REASONS,
        name_of_field=name_of_field,
        shown=partial(shown, names=names_in(on, [meeting], asides)),
        time_zone=current_school().time_zone,
    )
