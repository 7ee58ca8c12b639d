"""Whether a Word file that somebody brings or sends is a copy of ours, to the byte, and which."""

from contextlib import closing

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField

from convo.access import audit
from convo.access.guard import current_actor, current_school, permit
from convo.access.rules import Act, Permission
from convo.conversation.queries import conversation_for
from convo.kernel.clock import utc_now
from convo.kernel.errors import NotFound
from convo.people.queries import pupil_for
from convo.summary.checking import LIMIT, find_copy, known_of, not_ours
from convo.summary.queries import Listed
from convo.web.forms import Form, Required, form_page, refusals_in
from convo.web.transaction import session

copy_check_pages = Blueprint("copy_check", __name__)

_THIS = "This file"
_HIDDEN = "It is a copy of this school, of somebody whose page you may not see."


class CopyForm(Form):
    """A file to look at."""

    file = FileField(
        "Word file",
        description="As you have it, not opened and saved again. It is looked at and not kept.",
        validators=[Required("Choose a file.")],
    )


@copy_check_pages.route("/copies/check", methods=["GET", "POST"])
@permit(Permission.SEE_HOME)
def page() -> ResponseReturnValue:
    """Take a file, and say which copy of ours it is or that it is none."""
    form, school = CopyForm(), current_school()
    if form.validate_on_submit():
        with refusals_in(form):
            with closing(form.file.data) as sent:  # what is large waits in a file without a name until then
                content = sent.read(LIMIT + 1)
            return _answer(form, find_copy(session(), school, content))
    return form_page("hour/copy_check.html", form, answer=None)


def _answer(form: CopyForm, found: Listed | None) -> str:
    """Return the page with what is known of the file, as far as it is for this person."""
    on, actor, school, now = session(), current_actor(), current_school(), utc_now()
    if found is None:
        audit.record(on, actor, now, Act.LOOK, "file", note="not a copy of ours")
        return render_template("hour/copy_check.html", form=form, answer=not_ours(_THIS), facts=None)
    issue_id, pupil_id = found.issue.id, found.meeting.pupil_id
    try:
        pupil_for(on, actor, pupil_id)
    except NotFound:
        audit.record(on, actor, now, Act.LOOK, "file", issue_id, note="of a pupil whom they may not see")
        return render_template("hour/copy_check.html", form=form, answer=_HIDDEN, facts=None)
    audit.record(on, actor, now, Act.LOOK, "issue", issue_id, pupil_id, "as a file")
    known = known_of(on, school, found, _THIS)
    return render_template(
        "hour/copy_check.html",
        form=form,
        answer=known.sentence,
        facts=known.facts,
        pupil=found.meeting.pupil,
        meeting_id=found.meeting.id if _may_read(found) else None,
    )


def _may_read(found: Listed) -> bool:
    try:
        conversation_for(session(), current_actor(), found.meeting.id)
    except NotFound:
        return False
    return True
