"""The page on which a person takes in a file of what they wrote and a tablet could not send."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField

from convo.access.guard import current_actor, current_tablet_key, permit
from convo.access.rules import Permission
from convo.conversation.unsent import read_file, take_in
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
@permit(Permission.HOLD_CONVERSATIONS)
def page() -> ResponseReturnValue:
    """Take in a file, and say what came of it. The same file again changes nothing."""
    form, actor = TakeInForm(), current_actor()
    if form.validate_on_submit():
        with refusals_in(form):
            unsent = read_file(form.file.data.read(), actor.person_id, current_tablet_key())
            try:
                done = take_in(session(), actor, utc_now(), unsent.conversation_id, unsent.changes)
            except NotFound:
                raise Refused(_NOT_HERE, "file") from None
            return render_template("hour/taken_in.html", done=done, conversation_id=unsent.conversation_id)
    return form_page("hour/take_in.html", form)
