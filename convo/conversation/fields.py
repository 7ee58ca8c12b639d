"""Which things the journal knows, which fields each has, and how a value is read. Pure.

A value is what JSON carries: text, number, true, null, or a list of ids. Reading one either returns the
Python value that its column holds or raises Refused with a sentence for the person who typed it.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from convo.conversation.rules import EntryKind, ParticipantKind, Readers, StageName
from convo.kernel.errors import OLDER, Refused
from convo.kernel.ids import parse_id
from convo.kernel.text import clean, clean_line
from convo.language.tags import LANGUAGES
from convo.plan.rules import Agreement, Area, Doer, Outcome, Understood

LONGEST = 10_000  # characters of one text
LONGEST_LINE = 300


@dataclass(frozen=True)
class Field:
    """How one field is read, which column holds it, and the thing that it must point at, if any."""

    read: Callable[[Any], Any]
    column: str
    points_at: str | None = None
    last_wins: bool = False  # the last received wins: there is nothing to ask a person about

    @property
    def is_text(self) -> bool:
        """Return whether the field holds what somebody typed."""
        return self.read in (_words, _line)

    def from_form(self, values: list[str]) -> Any:
        """Return what a form's values of this field are in JSON. An unticked box sends none."""
        if self.read in (_yes, _yes_or_unset):
            return bool(values) and values[-1] not in ("", "0")
        if self.read is _ids:
            return [value for value in values if value]
        if self.read is _position:
            try:
                return float(values[-1])
            except (IndexError, ValueError):
                return None
        return values[-1] if values else None

    def says(self, value: Any, held: Any) -> bool:
        """Return whether a form's value says what is held, both in JSON.

        A browser writes line ends its own way. What cannot be read says something else.
        """
        if held is None and not value:
            return True
        try:
            before = self.read(held) if held is not None else None
            return bool((self.read(value) or None) == (before or None))
        except Refused:
            return False


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise Refused("That is not text. Write it again.")
    text = clean(value).strip()
    if len(text) > LONGEST:
        raise Refused(f"That is {len(text):,} characters. Keep it under {LONGEST:,}.")
    return text


def _line(value: Any) -> str:
    if not isinstance(value, str):
        raise Refused("That is not text. Write it again.")
    text = clean_line(value)
    if len(text) > LONGEST_LINE:
        raise Refused(f"That is {len(text)} characters. Keep it under {LONGEST_LINE}.")
    return text


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused("That must be yes or no.")
    return value


def _yes_or_unset(value: Any) -> bool | None:
    return None if value is None else _yes(value)


def _day(value: Any) -> date | None:
    if value in (None, ""):
        return None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused("That is not a date. Choose a day, month and year.") from None
    if not 2000 <= day.year <= 2100:
        raise Refused("That year cannot be right. Choose a date between 2000 and 2100.")
    return day


def _time(value: Any) -> time | None:
    if value in (None, ""):
        return None
    try:
        return time.fromisoformat(value).replace(tzinfo=None, second=0, microsecond=0)
    except (TypeError, ValueError):
        raise Refused("That is not a time. Write it as 15:30.") from None


def _position(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        raise Refused("That is not a place in the list.")
    return float(value)


def read_id(value: Any) -> UUID | None:
    """Return the id of something in the meeting, or None for none."""
    if value in (None, ""):
        return None
    found = parse_id(value)
    if found is None:
        raise Refused("That is not something in this conversation. Reload the page.")
    return found


def _ids(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > 300:
        raise Refused("That is not a list of things in this conversation. Reload the page.")
    return [str(identifier) for identifier in map(read_id, value) if identifier is not None]


def _tag(value: Any) -> str | None:
    if value in (None, ""):
        return None
    if not isinstance(value, str) or value not in LANGUAGES:
        raise Refused("convo does not know that language. Choose one from the list.")
    return value


def _language(value: Any) -> str:
    tag = _tag(value)
    if tag is None:
        raise Refused("Choose the language it was said in.")
    return tag


def _one_of(kind: type[enum.Enum], *, unset: bool = True) -> Callable[[Any], enum.Enum | None]:
    def read(value: Any) -> enum.Enum | None:
        if unset and value in (None, ""):
            return None
        try:
            return kind(value)
        except ValueError:
            raise Refused("That is not one of the choices. Choose again.") from None

    return read


_COMMON = {
    "position": Field(_position, "position", last_wins=True),
    "removed": Field(_yes, "removed"),
}

FIELDS: Mapping[str, Mapping[str, Field]] = {
    "entry": {
        **_COMMON,
        "text": Field(_words, "text"),
        "parent": Field(read_id, "voice_id", points_at="participant"),
        "kind": Field(_one_of(EntryKind), "kind"),
        "readers": Field(_one_of(Readers, unset=False), "readers"),
        "interpreted": Field(_yes, "interpreted"),
        "language": Field(_language, "language"),
    },
    "priority": {
        **_COMMON,
        "text": Field(_words, "text"),
        "entries": Field(_ids, "entries", points_at="entry"),
    },
    "target": {
        **_COMMON,
        "parent": Field(read_id, "priority_id", points_at="priority"),
        "text": Field(_words, "text"),
        "area": Field(_one_of(Area), "area"),
        "start": Field(_words, "start"),
        "aim": Field(_words, "aim"),
        "by_when": Field(_day, "by_when"),
    },
    "action": {
        **_COMMON,
        "parent": Field(read_id, "target_id", points_at="target"),
        "replaces": Field(read_id, "replaces_id", points_at="open action"),
        "what": Field(_words, "what"),
        "who": Field(_line, "who"),
        "who_id": Field(read_id, "who_id", points_at="participant"),
        "by_whom": Field(_one_of(Doer), "by_whom"),
        "by_when": Field(_day, "by_when"),
        "how_often": Field(_words, "how_often"),
        "how_known": Field(_words, "how_known"),
        "agreement": Field(_one_of(Agreement, unset=False), "agreement"),
        "understood": Field(_one_of(Understood), "understood"),
    },
    "decision": {
        "parent": Field(read_id, "action_id", points_at="open action"),
        "outcome": Field(_one_of(Outcome), "outcome"),
        "reason": Field(_words, "reason"),
        "by_when": Field(_day, "by_when"),
    },
    "participant": {
        **_COMMON,
        "kind": Field(_one_of(ParticipantKind, unset=False), "kind"),
        "carer": Field(read_id, "carer_id", points_at="carer"),
        "person": Field(read_id, "person_id", points_at="staff"),
        "name": Field(_line, "name"),
        "role": Field(_line, "role"),
        "speaks": Field(_tag, "speaks"),
        "reads": Field(_tag, "reads"),
        "present": Field(_yes, "present"),
        "understood": Field(_one_of(Understood), "understood"),
        "copy": Field(_yes_or_unset, "copy"),
        "copy_language": Field(_tag, "copy_language"),
    },
    # The meeting itself: one row, whose id is the conversation's.
    "conversation": {
        "stage": Field(_one_of(StageName, unset=False), "stage", last_wins=True),
        "until": Field(_time, "until"),
        "keep_in_touch": Field(_words, "keep_in_touch"),
        "next_on": Field(_day, "next_on"),
        "next_time": Field(_time, "next_time"),
        "next_place": Field(_line, "next_place"),
        "next_promise_on": Field(_day, "next_promise_on"),
        "talk_by": Field(_day, "talk_by"),
        "pupil_views": Field(_words, "pupil_views"),
    },
    "note": {
        "text": Field(_words, "text"),
        "removed": _COMMON["removed"],
    },
}


def field_of(thing: str, name: str) -> Field:
    """Return how a field of a thing is read. Raises Refused when there is no such field."""
    try:
        return FIELDS[thing][name]
    except KeyError:
        raise Refused(OLDER) from None


def as_json(value: Any) -> Any:
    """Return a column's value as the journal writes it: enums, dates and ids as text."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, UUID):
        return str(value)
    return value


def words_of(thing: str) -> str | None:
    """Return which field of a thing are its words: what a person reads before they take it out."""
    return next((name for name in ("text", "what") if name in FIELDS[thing]), None)
