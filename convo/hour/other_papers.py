"""Papers beside the carers' copies: the child's own page, and the school's copy for its file.

Neither is an issue. The child's page is made of a copy's frozen content, so that it says nothing else than
that copy; the school's copy is made of the meeting as it stands.
"""

from io import BytesIO
from uuid import UUID

from flask import Blueprint, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.guard import current_actor, current_school, permit
from convo.access.rules import Act, Permission
from convo.conversation.queries import conversation_for
from convo.hour.looks import looked_at
from convo.kernel.clock import utc_now
from convo.summary.build import record_for
from convo.summary.content import SummaryContent
from convo.summary.files import WORD_TYPE, file_name
from convo.summary.page import page_content
from convo.summary.pupil import for_the_pupil
from convo.summary.queries import content_of, issue_for
from convo.summary.word import write_word
from convo.web.transaction import afterwards, session

paper_pages = Blueprint("papers", __name__)


@paper_pages.get("/issues/<uuid:issue_id>/pupil")
@permit(Permission.SEE_HOME)
def pupil_page(issue_id: UUID) -> ResponseReturnValue:
    """Show the child's own page that goes with a copy."""
    content, meeting_id = _for_the_pupil(issue_id, Act.LOOK)
    note = (
        "It says nothing that the copy of this carer does not say. Under “I would like” and “What I said”"
        " stand the child’s own words alone."
    )
    word = url_for("papers.pupil_word", issue_id=issue_id)
    return _shown(content, meeting_id, "The page for", note, word)


@paper_pages.get("/issues/<uuid:issue_id>/pupil/word")
@permit(Permission.SEE_HOME)
def pupil_word(issue_id: UUID) -> ResponseReturnValue:
    """Hand over the child's page as a Word file."""
    content, _ = _for_the_pupil(issue_id, Act.DOWNLOAD)
    return _sent(content)


@paper_pages.get("/conversations/<uuid:conversation_id>/summary/record")
@permit(Permission.SEE_HOME)
def record(conversation_id: UUID) -> ResponseReturnValue:
    """Show the school's own copy of a meeting."""
    content, _ = _record(conversation_id, Act.LOOK)
    note = (
        "For the pupil’s file. It holds words that not every carer may read, so do not give it to the family."
        " Staff notes are not on it."
    )
    word = url_for("papers.record_word", conversation_id=conversation_id)
    return _shown(content, conversation_id, "The school’s copy about", note, word)


@paper_pages.get("/conversations/<uuid:conversation_id>/summary/record/word")
@permit(Permission.SEE_HOME)
def record_word(conversation_id: UUID) -> ResponseReturnValue:
    """Hand over the school's own copy as a Word file."""
    content, _ = _record(conversation_id, Act.DOWNLOAD)
    return _sent(content)


def _shown(
    content: SummaryContent, conversation_id: UUID, heading: str, note: str, word: str
) -> ResponseReturnValue:
    return render_template(
        "hour/other_paper.html",
        heading=heading,
        content=content,
        summary=page_content(content),
        conversation_id=conversation_id,
        word=word,
        note=note,
    )


def _for_the_pupil(issue_id: UUID, act: Act) -> tuple[SummaryContent, UUID]:
    on, actor, now = session(), current_actor(), utc_now()
    listed = issue_for(on, actor, issue_id)
    meeting = conversation_for(on, actor, listed.meeting.id)
    looked_at(meeting.pupil_id, now)
    _noted(act, "issue", issue_id, meeting.pupil_id, "the child’s page")
    return for_the_pupil(content_of(on, issue_id)), meeting.id


def _record(conversation_id: UUID, act: Act) -> tuple[SummaryContent, UUID]:
    on, actor, now = session(), current_actor(), utc_now()
    meeting = conversation_for(on, actor, conversation_id)
    looked_at(meeting.pupil_id, now)
    _noted(act, "summary", meeting.id, meeting.pupil_id, "the school’s copy")
    return record_for(on, current_school(), meeting, now), meeting.id


def _noted(act: Act, thing: str, thing_id: UUID, pupil_id: UUID, what: str) -> None:
    actor, now = current_actor(), utc_now()

    def note(writing: Session) -> None:
        audit.record(writing, actor, now, act, thing, thing_id, pupil_id, what)

    afterwards(note)


def _sent(content: SummaryContent) -> ResponseReturnValue:
    return send_file(
        BytesIO(write_word(content)),
        mimetype=WORD_TYPE,
        as_attachment=True,
        download_name=file_name(content),
        etag=False,
    )
