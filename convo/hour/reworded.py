"""What of a meeting was written more than once or taken out, each with the way to its earlier versions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, or_, select

from convo.access.guard import current_actor, permit
from convo.access.rules import Permission
from convo.conversation.fields import FIELDS
from convo.conversation.models import Change, Conversation
from convo.conversation.queries import conversation_for
from convo.conversation.rules import ChangeOutcome
from convo.conversation.writers import may_write
from convo.hour.history import MODELS
from convo.hour.looks import looked_at
from convo.hour.names import SLUGS
from convo.kernel.clock import utc_now
from convo.kernel.errors import NotFound
from convo.plan.models import Action
from convo.web.transaction import session

reworded_pages = Blueprint("reworded", __name__)

# In the order of the hour. Staff notes are not among them: the family sees what a tablet on the table shows.
_TITLES = {
    "decision": "Since last time",
    "entry": "What was said",
    "priority": "What matters most",
    "target": "What we want to see",
    "action": "What each of us will do",
    "conversation": "About the meeting",
}


@dataclass(frozen=True)
class Reworded:
    """Something that has earlier versions, in the words that it holds now."""

    thing: str
    id: UUID
    words: str
    taken_out: bool


@reworded_pages.get("/conversations/<uuid:conversation_id>/history")
@permit(Permission.HOLD_CONVERSATIONS)
def everything(conversation_id: UUID) -> ResponseReturnValue:
    """List what of a meeting was reworded or taken out."""
    on, actor = session(), current_actor()
    meeting = conversation_for(on, actor, conversation_id)
    if not may_write(on, actor, meeting.id, meeting.lead_id):
        raise NotFound
    looked_at(meeting.pupil_id, utc_now())
    found = list(_reworded(meeting))
    parts = {title: [each for each in found if each.thing == thing] for thing, title in _TITLES.items()}
    return render_template("hour/reworded.html", meeting=meeting, parts=parts, back=SLUGS[meeting.stage])


def _reworded(meeting: Conversation) -> Iterator[Reworded]:
    """Yield what has earlier versions. One statement, and one for each kind of thing."""
    of_texts = or_(
        *(
            (Change.thing == thing)
            & Change.field.in_(name for name, spec in FIELDS[thing].items() if spec.is_text)
            for thing in _TITLES
        )
    )
    twice = (
        select(Change.thing_id)
        .where(Change.conversation_id == meeting.id, of_texts, Change.outcome != ChangeOutcome.SAME)
        .group_by(Change.thing_id, Change.field)
        .having(func.count() > 1)
    )
    ids = set(session().scalars(twice))
    for thing in _TITLES:
        for row in _rows(thing, meeting, ids):
            yield Reworded(thing, row.id, _words_of(thing, row), getattr(row, "removed", False))


def _rows(thing: str, meeting: Conversation, ids: set[UUID]) -> Sequence[Any]:
    if thing == "conversation":
        return [meeting] if meeting.id in ids else []
    model = MODELS[thing]
    wanted = model.id.in_(ids)
    if "removed" in model.__table__.columns:
        wanted |= model.removed
    of_it = select(model).where(model.conversation_id == meeting.id, wanted)
    if "position" in model.__table__.columns:
        of_it = of_it.order_by(model.position)
    return session().scalars(of_it).all()


def _words_of(thing: str, row: Any) -> str:
    if thing == "decision":
        promise = session().get_one(Action, row.action_id)
        return promise.what
    if thing == "conversation":
        return "How we keep in touch, where we meet next, and the child’s views"
    return str(row.what if thing == "action" else row.text)
