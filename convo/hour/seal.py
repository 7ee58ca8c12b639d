"""The seal: a meeting that was closed on the tablet, perhaps without wifi, and closes at the school now."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from convo.access.guard import current_actor, permit
from convo.access.rules import Actor, Permission
from convo.conversation.closing import Seal
from convo.conversation.incoming import read_instant
from convo.conversation.rules import State
from convo.conversation.writers import reached
from convo.hour.batch import Sent, Take, Taken, answer_each, as_who_they_are, keeping_aside
from convo.hour.finish import finish
from convo.kernel.clock import utc_now
from convo.kernel.errors import OLDER, Refused
from convo.web.transaction import session

seals = Blueprint("seal", __name__)


@seals.post("/conversations/<uuid:conversation_id>/seal")
@permit(Permission.SEE_HOME)  # who had a part keeps nothing back on the tablet when they lose it
def take(conversation_id: UUID) -> ResponseReturnValue:
    """Close the meeting at the time at which it was sealed, and make the first copies.

    The value is ``{"at": instant, "finish": whether drafts are kept, "seen": the number of the newest change
    of others}``; an older page says nothing of what it has seen. The answer says what stops it, or where the
    copies are. Sent again, or after somebody else has closed it, it changes nothing.
    """
    now = utc_now()
    taking = as_who_they_are(
        conversation_id, lambda actor: taking_the_seal(session(), actor, now, conversation_id)
    )
    return answer_each("seal", taking)


def taking_the_seal(on: Session, actor: Actor, now: datetime, conversation_id: UUID) -> Take:
    """Return what takes in a seal. Raises NotFound for who never had a part in the meeting.

    From who may not close the meeting any more it is kept aside, unless somebody else has closed it.
    """
    arrived = reached(on, actor, conversation_id)
    meeting = arrived.meeting
    keep = keeping_aside(on, actor, now, arrived, "seal")

    def seal(sent: Sent) -> Taken:
        if (sent.thing_id, sent.field) != (conversation_id, "sealed") or not isinstance(sent.value, dict):
            raise Refused(OLDER)
        is_open = meeting.state is not State.CLOSED
        if arrived.aside:
            return keep(sent) if is_open else Taken(False)
        if is_open:
            seen = sent.value.get("seen")
            sealed = Seal(read_instant(sent.value.get("at")) or now, seen if type(seen) is int else None)
            finish_now = sent.value.get("finish") is True
            finish(on, actor, now, conversation_id, finish_now=finish_now, sealed=sealed)
        here = actor.school_id == current_actor().school_id  # of another school no page opens now
        copies = url_for("summaries.summary", conversation_id=conversation_id)
        return Taken(is_open, {"to": copies} if here else {})

    return seal
