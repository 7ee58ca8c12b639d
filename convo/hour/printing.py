"""All that waits to be printed, in one file for the office."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.guard import current_actor, current_school, permit
from convo.access.rules import Act, Permission
from convo.conversation.models import Conversation
from convo.kernel.clock import local_day, utc_now
from convo.summary.bundle import as_zip
from convo.summary.models import Issue
from convo.summary.queries import waiting_ids
from convo.web.transaction import afterwards, reading_on, session

printing_pages = Blueprint("printing", __name__)


@printing_pages.get("/print-list/all")
@permit(Permission.USE_PRINT_LIST)
def everything() -> ResponseReturnValue:
    """Hand over the Word files of all that waits, as one .zip. Nothing is ticked by that."""
    on, actor, school, now = session(), current_actor(), current_school(), utc_now()
    wanted = waiting_ids(on, school.id)
    if not wanted:
        return redirect(url_for("summaries.print_list"))
    pupils = on.execute(
        select(Issue.id, Conversation.pupil_id)
        .join(Conversation, Conversation.id == Issue.conversation_id)
        .where(Issue.id.in_(wanted))
    ).all()

    def note(writing: Session) -> None:
        for issue_id, pupil_id in pupils:
            audit.record(writing, actor, now, Act.DOWNLOAD, "issue", issue_id, pupil_id, "print list")

    afterwards(note)
    name = f"Print list {local_day(now, school.time_zone):%-d %B %Y}.zip"
    answer = Response(_sent(reading_on(), wanted), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _sent(reading: Session, issue_ids: Sequence[UUID]) -> Iterator[bytes]:
    """Yield the file while it is made; the request's own session is closed by then."""
    with reading:
        yield from as_zip(reading, issue_ids)
