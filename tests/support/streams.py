"""What a tablet sends to the addresses that are not the journal's: taps, concerns and the seal."""

from typing import Any
from uuid import UUID

from tests.support.changes import change
from tests.support.client import PageClient

STREAMS = {"tap": "taps", "concern": "concerns", "seal": "seal"}


def answers(visitor: PageClient, meeting: UUID, *changes: Any, status: int = 200) -> Any:
    """Send changes of one kind of thing, and return the answers of the school; of a refusal all of it."""
    visitor.token = visitor.token or visitor.flask.get("/session").get_json()["csrf"]
    address = f"/conversations/{meeting}/{STREAMS[changes[0]['thing']]}"
    told = visitor.send_json(address, {"changes": list(changes)}, status=status)
    return told["answers"] if status == 200 else told


def tap(proposal: UUID, field: str, value: Any) -> Any:
    """Return a change of a tap. An answer is written as (thing, its id, what was tapped)."""
    if isinstance(value, tuple):
        value = {"thing": value[0], "thing_id": str(value[1]), "answer": value[2]}
    return change("tap", proposal, field, value)
