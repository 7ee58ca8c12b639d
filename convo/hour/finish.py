"""Closing a meeting and giving each ticked carer their first copy: one act, wholly done or not at all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from convo.access.rules import Actor
from convo.conversation.closing import Seal, close_conversation
from convo.conversation.queries import lock_conversations
from convo.conversation.rules import ParticipantKind
from convo.hour.copies import copy_of
from convo.summary.models import Issue
from convo.summary.operations import issue_first
from convo.summary.record import load_record


def finish(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation_id: UUID,
    *,
    finish_now: bool = False,
    sealed: Seal | None = None,
    seen: int | None = None,
) -> list[Issue]:
    """Close a meeting and return the first issues. Raises Refused with what stops it; nothing is then closed.

    With ``finish_now`` unfinished drafts are kept and not issued. ``sealed`` is what a tablet says of when it
    was agreed, ``seen`` the newest change that a page showed which closes it without one.
    """
    lock_conversations(session, actor.school_id, [conversation_id])
    session.expire_all()  # what the page read before may have changed while this waited
    with session.begin_nested():
        meeting = close_conversation(
            session, actor, now, conversation_id, finish_now=finish_now, sealed=sealed, seen=seen
        )
        record = load_record(session, meeting)
        links = {link.carer_id: link for link in record.links}
        copies = [
            copy_of(person, links.get(person.carer_id))
            for person in record.participants
            if person.kind is ParticipantKind.CARER and person.carer_id
        ]
        wanted = [(copy.carer_id, copy.language or "en", None) for copy in copies if copy.ticked]
        return issue_first(session, actor, now, meeting, wanted)
