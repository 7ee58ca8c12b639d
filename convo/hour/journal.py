"""The journal's endpoint: what a tablet sends, and what it has missed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from convo.access.guard import asked_by_itself, current_actor, current_school, permit
from convo.access.rules import Actor, Permission
from convo.conversation.incoming import read_changes
from convo.conversation.journal import JOURNAL, NOTES, Answer, Stream, apply_changes
from convo.conversation.rules import ChangeOutcome
from convo.conversation.setting_aside import set_unread_aside
from convo.conversation.unsent import Raw
from convo.hour.batch import as_who_they_are, sent_changes
from convo.hour.looks import looked_at
from convo.hour.missed import missed_since
from convo.kernel.clock import local, utc_now
from convo.kernel.ids import parse_id
from convo.web.transaction import session

journal = Blueprint("journal", __name__)


@journal.post("/conversations/<uuid:conversation_id>/journal")
@permit(Permission.SEE_HOME)  # who had a part keeps nothing back on the tablet when they lose it
def take(conversation_id: UUID) -> ResponseReturnValue:
    """Take in a batch of changes: ``{"changes": […]}`` to ``{"answers": […]}``, one answer each, in order."""
    return _take(conversation_id, JOURNAL)


@journal.post("/conversations/<uuid:conversation_id>/notes")
@permit(Permission.SEE_HOME)
def take_notes(conversation_id: UUID) -> ResponseReturnValue:
    """Take in changes of staff notes, in their own stream."""
    return _take(conversation_id, NOTES)


@journal.get("/conversations/<uuid:conversation_id>/journal")
@permit(Permission.HOLD_CONVERSATIONS)
@asked_by_itself
def missed(conversation_id: UUID) -> ResponseReturnValue:
    """Return what happened in a meeting after the changes numbered ``after`` and, of staff notes, ``notes``.

    In the order in which the school received them, at most 500 of each: whoever gets so many asks again.
    Also which conflicts and taps wait, and where the meeting stands.
    """
    now, asked = utc_now(), request.args
    after, notes = (asked.get(name, 0, type=int) for name in ("after", "notes"))
    zone = current_school().time_zone
    found = missed_since(session(), current_actor(), now, conversation_id, zone, after, notes)
    if not found.looked:  # noting it once more would take the lock of who writes, at every tablet's question
        looked_at(found.pupil_id, now)
    return jsonify(found.told)


def _take(conversation_id: UUID, stream: Stream) -> ResponseReturnValue:
    raw = sent_changes()
    readable, refused = read_changes(raw)
    zone = current_school().time_zone  # before all that was read is let go
    unreadable = [change for change, message in zip(raw, refused, strict=True) if message]
    now = utc_now()

    def taking(actor: Actor) -> tuple[list[Answer], dict[UUID, str]]:
        answers = apply_changes(session(), actor, now, conversation_id, readable, stream)
        kept = _kept_unread(actor, now, conversation_id, unreadable, stream) if unreadable else {}
        return answers, kept

    answers, kept = as_who_they_are(conversation_id, taking)
    taken = iter(answers)
    return jsonify(
        answers=[
            _unread(change, message, kept) if message else _answer(next(taken), zone)
            for change, message in zip(raw, refused, strict=True)
        ]
    )


def _kept_unread(
    actor: Actor, now: datetime, conversation_id: UUID, changes: Sequence[Raw], stream: Stream
) -> dict[UUID, str]:
    """Keep aside what cannot be read of who cannot put it right any more, and return what they are told.

    Of anybody else it is refused, and they see it.
    """
    of_it = [change for change in changes if change.get("thing") in tuple(stream.things)]
    done = set_unread_aside(session(), actor, now, conversation_id, of_it)
    return dict.fromkeys(done.held, done.why)


def _unread(change: Raw, message: str, kept: Mapping[UUID, str]) -> dict[str, Any]:
    change_id = parse_id(change.get("id"))
    aside = kept.get(change_id) if change_id is not None else None
    outcome = "refused" if aside is None else ChangeOutcome.ASIDE.value
    return {"id": change.get("id"), "outcome": outcome, "message": message if aside is None else aside}


def _answer(answer: Answer, zone: str) -> dict[str, Any]:
    return {
        "id": str(answer.id),
        "outcome": str(answer.outcome),
        "number": answer.number,
        "head": str(answer.head) if answer.head else None,
        "value": answer.value,
        "by": answer.by,
        "message": answer.message,
        "removed": str(answer.removed) if answer.removed else None,
        "at": f"{local(answer.at, zone):%H:%M}" if answer.at else "",
    }
