"""The seal: a meeting that was closed on the tablet, perhaps without wifi, and closes at the school now."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from convo.access.guard import current_actor, permit
from convo.access.rules import Actor, Permission
from convo.conversation.fields import read_instant
from convo.conversation.journal import writable
from convo.conversation.rules import State
from convo.hour.batch import OLDER, Sent, Take, Taken, answer_each
from convo.hour.finish import finish
from convo.kernel.clock import utc_now
from convo.kernel.errors import Refused
from convo.web.transaction import session

seals = Blueprint("seal", __name__)


@seals.post("/conversations/<uuid:conversation_id>/seal")
@permit(Permission.HOLD_CONVERSATIONS)
def take(conversation_id: UUID) -> ResponseReturnValue:
    """Close the meeting at the time at which it was sealed, and make the first copies.

    The value is ``{"at": instant, "finish": whether drafts are kept}``. The answer says what stops it, or
    where the copies are. Sent again, or after somebody else has closed it, it changes nothing.
    """
    return answer_each("seal", taking_the_seal(session(), current_actor(), utc_now(), conversation_id))


def taking_the_seal(on: Session, actor: Actor, now: datetime, conversation_id: UUID) -> Take:
    """Return what takes in a seal. Raises NotFound for who may not change the meeting."""
    meeting = writable(on, actor, conversation_id)

    def seal(sent: Sent) -> Taken:
        if (sent.thing_id, sent.field) != (conversation_id, "sealed") or not isinstance(sent.value, dict):
            raise Refused(OLDER)
        is_open = meeting.state is not State.CLOSED
        if is_open:
            sealed_at = read_instant(sent.value.get("at")) or now
            finish_now = sent.value.get("finish") is True
            finish(on, actor, now, conversation_id, finish_now=finish_now, sealed_at=sealed_at)
        return Taken(is_open, {"to": url_for("summaries.summary", conversation_id=conversation_id)})

    return seal
