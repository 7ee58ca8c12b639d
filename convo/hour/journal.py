"""The journal's endpoint: what a tablet sends, and what it has missed."""

from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from convo.access.guard import current_actor, permit
from convo.access.rules import Permission
from convo.conversation.fields import read_changes
from convo.conversation.journal import JOURNAL, NOTES, Answer, Stream, apply_changes
from convo.conversation.models import Change
from convo.hour.pupil import looked_at
from convo.hour.queries import load_hour
from convo.kernel.clock import utc_now
from convo.kernel.errors import Refused
from convo.web.transaction import session

journal = Blueprint("journal", __name__)

MOST_CHANGES = 500  # in one batch
LAST = 2**31 - 1  # no change has a greater number


@journal.post("/conversations/<uuid:conversation_id>/journal")
@permit(Permission.HOLD_CONVERSATIONS)
def take(conversation_id: UUID) -> ResponseReturnValue:
    """Take in a batch of changes: ``{"changes": […]}`` to ``{"answers": […]}``, one answer each, in order."""
    return _take(conversation_id, JOURNAL)


@journal.post("/conversations/<uuid:conversation_id>/notes")
@permit(Permission.HOLD_CONVERSATIONS)
def take_notes(conversation_id: UUID) -> ResponseReturnValue:
    """Take in changes of staff notes, in their own stream."""
    return _take(conversation_id, NOTES)


@journal.get("/conversations/<uuid:conversation_id>/journal")
@permit(Permission.HOLD_CONVERSATIONS)
def missed(conversation_id: UUID) -> ResponseReturnValue:
    """Return the changes after number ``after``, in the order in which the school received them."""
    hour = load_hour(session(), current_actor(), conversation_id)
    looked_at(hour.meeting.pupil_id, utc_now())
    after = min(max(request.args.get("after", 0, type=int), 0), LAST)
    changes = session().scalars(
        select(Change)
        .where(Change.conversation_id == hour.meeting.id, Change.number > after)
        .order_by(Change.number)
        .limit(MOST_CHANGES)
    )
    return jsonify(changes=[_as_json(change) for change in changes])


def _as_json(change: Change) -> dict[str, Any]:
    return {
        "id": str(change.id),
        "number": change.number,
        "thing": change.thing,
        "thing_id": str(change.thing_id),
        "field": change.field,
        "value": change.value,
        "outcome": change.outcome.value,
        "written": change.written,
        "author": str(change.author_id),
        "received_at": change.received_at.isoformat(),
    }


def _take(conversation_id: UUID, stream: Stream) -> ResponseReturnValue:
    sent = request.get_json(silent=True)
    raw = sent.get("changes") if isinstance(sent, dict) else None
    if not isinstance(raw, list) or not all(isinstance(change, dict) for change in raw):
        raise Refused("This page is older than convo. Reload it and try again.")
    if len(raw) > MOST_CHANGES:
        raise Refused(f"That is more than {MOST_CHANGES} changes at once. Send fewer.")
    readable, refused = read_changes(raw)
    answers = apply_changes(session(), current_actor(), utc_now(), conversation_id, readable, stream)
    taken = iter(answers)
    return jsonify(
        answers=[
            {"id": change.get("id"), "outcome": "refused", "message": message}
            if message
            else _answer(next(taken))
            for change, message in zip(raw, refused, strict=True)
        ]
    )


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "id": str(answer.id),
        "outcome": str(answer.outcome),
        "number": answer.number,
        "head": str(answer.head) if answer.head else None,
        "value": answer.value,
        "by": answer.by,
        "message": answer.message,
        "removed": str(answer.removed) if answer.removed else None,
    }
