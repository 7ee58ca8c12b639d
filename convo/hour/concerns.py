"""That somebody opened the page about a concern for a child's safety on the tablet, and how they left it.

As in ``pause``: nothing about the concern is sent, and only the safeguarding lead reads that it was opened.
"""

from datetime import datetime
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from convo.access.guard import permit
from convo.access.models import ConcernAnswer, ConcernOpened
from convo.access.operations import answer_concern, open_concern
from convo.access.rules import Actor, Permission
from convo.conversation.rules import believed
from convo.conversation.writers import reached
from convo.hour.batch import Sent, Take, Taken, answer_each, as_who_they_are
from convo.kernel.clock import utc_now
from convo.kernel.errors import OLDER, NotFound, Refused
from convo.web.transaction import session

concerns = Blueprint("concerns", __name__)


@concerns.post("/conversations/<uuid:conversation_id>/concerns")
@permit(Permission.SEE_HOME)  # who had a part keeps nothing back on the tablet when they lose it
def take(conversation_id: UUID) -> ResponseReturnValue:
    """Keep that the page was opened, when the tablet says if that can be, and how the person left it."""
    now = utc_now()
    taking = as_who_they_are(
        conversation_id, lambda actor: taking_concerns(session(), actor, now, conversation_id)
    )
    return answer_each("concern", taking)


def taking_concerns(on: Session, actor: Actor, now: datetime, conversation_id: UUID) -> Take:
    """Return what takes in that the page was opened, or left.

    Raises NotFound for who never had a part in the meeting. Of who has none any more it goes to the same log:
    what they saw in it is no less so.
    """
    meeting = reached(on, actor, conversation_id).meeting

    def take_one(sent: Sent) -> Taken:
        concern = on.get(ConcernOpened, sent.thing_id)
        before = concern.answer if concern else None
        try:
            if sent.field == "opened" and sent.value is True:
                at = believed(sent.at, meeting.opened_at, now)
                concern = open_concern(on, actor, at, meeting.id, sent.thing_id)
            elif sent.field == "answer" and sent.value in list(ConcernAnswer):
                concern = answer_concern(on, actor, sent.thing_id, ConcernAnswer(sent.value))
            else:
                raise Refused(OLDER)
        except NotFound:  # the others of the batch must not wait behind it
            raise Refused("That page was not opened by you. Open it again.") from None
        return Taken(concern.answer is not before)

    return take_one
