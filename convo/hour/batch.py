"""A batch of changes as a tablet sends it, to whichever address: each is answered, in their order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from convo.conversation.fields import read_instant
from convo.kernel.errors import Refused
from convo.kernel.ids import parse_id

MOST_CHANGES = 500  # in one batch
OLDER = "This page is older than convo. Reload it and try again."


@dataclass(frozen=True)
class Sent:
    """A change of something that the journal does not hold: a tap, a concern, the seal."""

    thing_id: UUID
    field: str
    value: Any  # as JSON, unread
    at: datetime | None  # what the tablet believed


@dataclass(frozen=True)
class Taken:
    """What became of such a change: whether it did anything, and what else the tablet is told."""

    new: bool
    told: Mapping[str, Any] = field(default_factory=dict)


Take = Callable[[Sent], Taken]


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


def read_sent(raw: Mapping[str, Any], thing: str) -> Sent:
    """Return a change of one kind of thing from its JSON object. Raises Refused for what is none."""
    thing_id = parse_id(raw.get("thing_id"))
    if raw.get("v") != 1 or raw.get("thing") != thing or parse_id(raw.get("id")) is None or thing_id is None:
        raise Refused(OLDER)
    return Sent(thing_id, str(raw.get("field")), raw.get("value"), read_instant(raw.get("at")))
