"""A batch of changes as a tablet sends it, to whichever address: each is answered, in their order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.guard import current_actor
from convo.access.queries import actor_at
from convo.access.rules import Actor
from convo.conversation.incoming import read_instant
from convo.conversation.models import Conversation
from convo.conversation.rules import ChangeOutcome
from convo.conversation.setting_aside import set_aside
from convo.conversation.writers import Reached
from convo.kernel.errors import OLDER, NotFound, Refused
from convo.kernel.ids import parse_id
from convo.web.transaction import session

MOST_CHANGES = 500  # in one batch


@dataclass(frozen=True)
class Sent:
    """A change of something that the journal does not hold: a tap, a concern, the seal."""

    id: UUID
    thing_id: UUID
    field: str
    value: Any  # as JSON, unread
    at: datetime | None  # what the tablet believed


@dataclass(frozen=True)
class Taken:
    """What became of such a change: whether it did anything, and what else the tablet is told."""

    new: bool
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def aside(self) -> bool:
        """Return whether it is kept aside."""
        return self.told.get("outcome") == ChangeOutcome.ASIDE


Take = Callable[[Sent], Taken]
_Answer = TypeVar("_Answer")


def sent_changes() -> list[dict[str, Any]]:
    """Return the changes of the request, unread. Raises Refused for what is no batch of them."""
    sent = request.get_json(silent=True)
    raw = sent.get("changes") if isinstance(sent, dict) else None
    if not isinstance(raw, list) or not all(isinstance(change, dict) for change in raw):
        raise Refused(OLDER)
    if len(raw) > MOST_CHANGES:
        raise Refused(f"That is more than {MOST_CHANGES} changes at once. Send fewer.")
    return raw


def answer_each(thing: str, take: Take) -> ResponseReturnValue:
    """Answer each change of the request with what ``take`` says of it. A refusal stops that one only.

    What ``take`` has flushed of a change that it refuses stays, so it refuses before it writes.
    """
    answers = []
    for raw in sent_changes():
        about = {"id": raw.get("id")}
        try:
            answers.append({**about, "outcome": "applied", **take(read_sent(raw, thing)).told})
        except Refused as refusal:
            answers.append({**about, "outcome": "refused", "head": None, "message": refusal.message})
    return jsonify(answers=answers)


def as_who_they_are(conversation_id: UUID, ask: Callable[[Actor], _Answer]) -> _Answer:
    """Return what ``ask`` answers to who is asking, in the school of the meeting.

    Who works at two schools can be signed in at one of them while what they wrote in the other waits on the
    tablet. It is theirs, it opens under their key, and they could not sign out before it is sent.
    """
    actor = current_actor()
    try:
        return ask(actor)
    except NotFound:
        of_it = select(Conversation.school_id).where(Conversation.id == conversation_id)
        school_id = session().scalar(of_it)
        if school_id is None or school_id == actor.school_id:
            raise
        there = actor_at(session(), actor, school_id)
        if there is None:
            raise
        return ask(there)


def keeping_aside(on: Session, actor: Actor, now: datetime, reached: Reached, thing: str) -> Take:
    """Return what keeps changes of one kind of thing aside for the SENCO, as they were sent."""

    def keep(sent: Sent) -> Taken:
        raw = {"id": str(sent.id), "thing": thing, "thing_id": str(sent.thing_id)}
        raw |= {"field": sent.field, "value": sent.value}
        done = set_aside(on, now, reached.meeting, actor.person_id, [raw])
        if not done.held:
            raise Refused(OLDER)
        return Taken(bool(done.new), {"outcome": ChangeOutcome.ASIDE.value, "message": reached.aside})

    return keep


def read_sent(raw: Mapping[str, Any], thing: str) -> Sent:
    """Return a change of one kind of thing from its JSON object. Raises Refused for what is none."""
    change_id, thing_id = parse_id(raw.get("id")), parse_id(raw.get("thing_id"))
    if raw.get("v") != 1 or raw.get("thing") != thing or change_id is None or thing_id is None:
        raise Refused(OLDER)
    return Sent(change_id, thing_id, str(raw.get("field")), raw.get("value"), read_instant(raw.get("at")))
