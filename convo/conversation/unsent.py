"""What a tablet kept encrypted for the person who wrote it, come by another way than its own sending.

A file of unsent changes is JSON: ``{"convo": 1, "person", "conversation", "changes": [record, …]}``. A record
is a change as it lies on the tablet: its ids in the clear, and ``iv`` and ``data`` in base64, which under the
person's key (``access.rules.tablet_key``) are what it is about and says. Each person has their own key,
so what opens under it was written by them.
"""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from convo.access.rules import Actor
from convo.conversation.incoming import read_changes
from convo.conversation.journal import Answer, Stream, apply_changes
from convo.kernel.clock import date_in_words
from convo.kernel.errors import NotFound, Refused
from convo.kernel.ids import parse_id

_IN_THE_CLEAR = ("v", "id", "base")
_ENCRYPTED = ("thing", "thing_id", "field", "at", "value", "parent", "settles")
_DAMAGED = "This file is damaged, or it is not one that convo saved. Nothing was taken in."
_OF_SOMEBODY_ELSE = "This file holds what somebody else wrote. Only they can take it in."

Raw = dict[str, Any]  # a change as a tablet sends it


@dataclass(frozen=True)
class Unsent:
    """What waited on a tablet of one person and one conversation: records, or opened the changes in them."""

    person_id: UUID
    conversation_id: UUID
    changes: list[Raw]


def read_file(content: bytes, key_for: Callable[[UUID], str]) -> Unsent:
    """Return what a file of unsent changes holds, opened. Raises Refused with one sentence.

    ``key_for`` returns the key of who wrote it, or raises Refused where they alone may take it in.
    """
    try:
        told = json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Refused(_DAMAGED, "file") from None
    unsent = read_unsent(told)
    key = key_for(unsent.person_id)
    try:
        return replace(unsent, changes=[open_record(record, key) for record in unsent.changes])
    except ValueError:
        raise Refused(_DAMAGED, "file") from None


def only_of(person_id: UUID, key: str) -> Callable[[UUID], str]:
    """Return ``key_for`` of a person who takes in what they wrote themselves."""

    def key_for(author_id: UUID) -> str:
        if author_id != person_id:
            raise Refused(_OF_SOMEBODY_ELSE, "file")
        return key

    return key_for


def read_unsent(told: Any) -> Unsent:
    """Return what a file's JSON holds, its records not opened. Raises Refused for what is none."""
    if not isinstance(told, dict) or told.get("convo") != 1 or not isinstance(told.get("changes"), list):
        raise Refused(_DAMAGED, "file")
    person_id, conversation_id = parse_id(told.get("person")), parse_id(told.get("conversation"))
    records = [record for record in told["changes"] if isinstance(record, dict)]
    of_it = [record for record in records if parse_id(record.get("conversation")) == conversation_id]
    if person_id is None or conversation_id is None or len(of_it) != len(told["changes"]):
        raise Refused(_DAMAGED, "file")
    return Unsent(person_id, conversation_id, records)


def open_record(record: Mapping[str, Any], key: str) -> Raw:
    """Return the change that a record holds. Raises ValueError when it does not open under the key."""
    said = unsealed(record, key)
    clear = {name: record.get(name) for name in _IN_THE_CLEAR}
    return clear | {name: said[name] for name in _ENCRYPTED if name in said}


def unsealed(record: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return what is encrypted in a record. Raises ValueError when it does not open under the key."""
    try:
        iv, sealed = (b64decode(record[name], validate=True) for name in ("iv", "data"))
        said = json.loads(AESGCM(b64decode(key)).decrypt(iv, sealed, None), parse_constant=_refuse)
    except (KeyError, TypeError, InvalidTag, RecursionError) as error:
        raise ValueError("it does not open under this key") from error
    if not isinstance(said, dict):
        raise ValueError("it holds no change")
    return said


def answers_of(
    session: Session, actor: Actor, now: datetime, conversation_id: UUID, batch: list[Raw], stream: Stream
) -> list[Answer | None]:
    """Return an answer to each change, None for one that is not within the actor's reach.

    One such change refuses its whole batch before anything is written; then each is tried by itself.
    """
    readable, _ = read_changes(batch)
    try:
        return [*apply_changes(session, actor, now, conversation_id, readable, stream)]
    except NotFound:
        if len(batch) == 1:
            return [None]
    each = (answers_of(session, actor, now, conversation_id, [change], stream) for change in batch)
    return [answer for answers in each for answer in answers]


def text_of(change: Mapping[str, Any]) -> str:
    """Return what a change says, as far as it is for reading: words, choices and dates, no ids."""
    value = change.get("value")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return date_in_words(value) if isinstance(value, str) and parse_id(value) is None else ""


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
