"""The first look that a person takes at a pupil in a session, which is in the audit trail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.guard import current_actor
from convo.web.transaction import afterwards


def looked_at(pupil_id: UUID, now: datetime) -> None:
    """Note this person's first look at a pupil, once the page has been made."""
    actor = current_actor()

    def note(writing: Session) -> None:
        audit.first_look(writing, actor, now, pupil_id)

    afterwards(note)
