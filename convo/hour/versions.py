"""Two versions of one field, as a card shows them until a person chooses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from convo.conversation.fields import words_of
from convo.hour.queries import Conflict, Hour
from convo.hour.values import shown

_WHERE = {
    "entry": "something said",
    "priority": "a priority",
    "target": "a target",
    "action": "an action",
    "participant": "who is here",
    "decision": "a decision on what was promised",
    "conversation": "the meeting itself",
    "note": "a staff note",
}
_REMOVAL = "One of you took this out. Another reworded it, or put it back."
_FIRST, _SECOND, _BOTH = "theirs", "mine", "both"


@dataclass(frozen=True)
class VersionsCard:
    """What a card says; ``holds`` are the values of a row that was taken out, for putting it back."""

    told: str
    versions: tuple[str, str]
    choices: tuple[tuple[str, str], ...]  # each with the words of its button
    holds: dict[str, Any] | None = None


def card_of(hour: Hour, conflict: Conflict, names: Mapping[str, str]) -> VersionsCard:
    """Return the card of a conflict. ``names`` are what the ids in this meeting's values stand for."""
    holds = hour.taken_out(conflict.thing_id)
    if conflict.field == "removed":
        out = [conflict.theirs, conflict.mine]
        words = (holds or {}).get(words_of(conflict.thing) or "") or names.get(str(conflict.thing_id), "")
        first, second = ("Taken out" if each else words for each in out)
        keep, take = ("Take it out" if each else "Keep it" for each in out)
        return VersionsCard(_REMOVAL, (first, second), ((_FIRST, keep), (_SECOND, take)), holds)
    told = f"{_WHERE.get(conflict.thing, 'this text').capitalize()} has two versions."
    versions = shown(conflict.theirs, names), shown(conflict.mine, names)
    if holds is not None:
        return VersionsCard(told, versions, ((_FIRST, "Leave it out"), (_SECOND, "Put it back")), holds)
    choices = (_FIRST, "Keep the first"), (_SECOND, "Keep the second")
    return VersionsCard(told, versions, (*choices, (_BOTH, "Keep both")) if conflict.is_text else choices)


# What the tablet fills in itself.
BLANK = VersionsCard(
    "", ("", ""), ((_FIRST, "Keep the first"), (_SECOND, "Keep the second"), (_BOTH, "Keep both"))
)
