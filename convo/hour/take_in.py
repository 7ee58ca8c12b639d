"""The page on which a person takes in a file of what they wrote and a tablet could not send."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField

from convo.access.guard import current_actor, current_settings, current_tablet_key, permit
from convo.access.queries import left_among
from convo.access.rules import Permission, tablet_key
from convo.conversation.left_behind import keep_aside
from convo.conversation.queries import conversation_for, may_open
from convo.conversation.unsent import only_of, read_file
from convo.hour.batch import as_who_they_are
from convo.hour.taken_in import take_in
from convo.kernel.clock import utc_now
from convo.kernel.errors import NotFound, Refused
from convo.web.forms import Form, Required, form_page, refusals_in
from convo.web.transaction import session

take_in_pages = Blueprint("take_in", __name__)

_NOT_HERE = "This file belongs to a conversation that you cannot change here. Nothing was taken in."


class TakeInForm(Form):
    """A file of unsent changes."""

    file = FileField(
        "File",
        description="A file that convo saved on a tablet. Its name ends with “unsent.convo”.",
        validators=[Required("Choose a file.")],
    )


@take_in_pages.route("/take-in", methods=["GET", "POST"])
@permit(Permission.SEE_HOME)  # whose role holds no conversations any more may have such a file
def page() -> ResponseReturnValue:
    """Take in a file, and say what came of it. The same file again changes nothing."""
    form, actor, now = TakeInForm(), current_actor(), utc_now()
    if form.validate_on_submit():
        with refusals_in(form):
            unsent = read_file(form.file.data.read(), _key_for)
            meeting = unsent.conversation_id
            try:
                if unsent.person_id != actor.person_id:
                    aside = keep_aside(session(), actor, now, unsent.person_id, meeting, unsent.changes)
                    return render_template("hour/kept_of_leaver.html", aside=aside)
                done = as_who_they_are(
                    meeting, lambda who: take_in(session(), who, now, meeting, unsent.changes)
                )
            except NotFound:
                raise Refused(_NOT_HERE, "file") from None
            opens = may_open(session(), actor, meeting)
            about = conversation_for(session(), actor, meeting).pupil if opens else None
            return render_template(
                "hour/taken_in.html", done=done, conversation_id=meeting, opens=opens, about=about
            )
    return form_page("hour/take_in.html", form)


def _key_for(person_id: UUID) -> str:
    """Return the key of a file: one's own, for the SENCO also that of somebody who has left the school."""
    actor = current_actor()
    if actor.may(Permission.SEE_ALL_CONVERSATIONS) and left_among(session(), actor.school_id, [person_id]):
        return tablet_key(current_settings().secret_key, person_id)
    return only_of(actor.person_id, current_tablet_key())(person_id)
