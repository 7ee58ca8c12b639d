"""The journal's endpoint: what a tablet sends, and what it has missed."""

from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from convo.access.guard import current_actor, current_school, permit
from convo.access.rules import Permission
from convo.conversation.fields import read_changes
from convo.conversation.journal import JOURNAL, NOTES, Answer, Stream, apply_changes
from convo.conversation.models import Change, StaffNoteChange
from convo.conversation.queries import conversation_for
from convo.conversation.rules import ChangeOutcome
from convo.hour.pupil import looked_at
from convo.kernel.clock import local, utc_now
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
    """Return what happened in a meeting after the changes numbered ``after`` and, of staff notes, ``notes``.

    In the order in which the school received them, at most 500 of each: whoever gets so many asks again.
    Also which conflicts are open and where the meeting stands. Six statements.
    """
    meeting = conversation_for(session(), current_actor(), conversation_id)
    looked_at(meeting.pupil_id, utc_now())
    zone = current_school().time_zone
    changes, conflicts = _newer(Change, meeting.id, "after")
    notes, more_conflicts = _newer(StaffNoteChange, meeting.id, "notes")
    return jsonify(
        changes=[_as_json(change, zone) for change in changes],
        notes=[_as_json(change, zone) for change in notes],
        conflicts=conflicts + more_conflicts,
        state=meeting.state.value,
    )


_Log = TypeVar("_Log", Change, StaffNoteChange)


def _newer(log: type[_Log], meeting_id: UUID, asked: str) -> tuple[list[_Log], list[str]]:
    """Return what a stream has after the number that is asked for, and the ids of its open conflicts."""
    after = min(max(request.args.get(asked, 0, type=int), 0), LAST)
    here = log.conversation_id == meeting_id
    newer = select(log).where(here, log.number > after).options(joinedload(log.author)).order_by(log.number)
    open_ones = select(log.id).where(here, log.outcome == ChangeOutcome.CONFLICT, log.settled_at.is_(None))
    changes = list(session().scalars(newer.limit(MOST_CHANGES)))
    return changes, [str(each) for each in session().scalars(open_ones)]


def _as_json(change: Change | StaffNoteChange, time_zone: str) -> dict[str, Any]:
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
        "by": change.author.name,
        "at": f"{local(change.received_at, time_zone):%H:%M}",
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
