"""What a file of unsent changes brings: each change does what it would have done at its own address.

The order is the file's, which is the tablet's: a line is there before the family's tap on it, and all of it
before the seal that closes the meeting.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.rules import Actor
from convo.conversation.incoming import base_behind, read_changes
from convo.conversation.journal import JOURNAL, NOTES, Answer, Stream, apply_changes
from convo.conversation.rules import ChangeOutcome, State
from convo.conversation.setting_aside import SetAside, set_unread_aside
from convo.conversation.unsent import Raw, answers_of, text_of
from convo.conversation.writers import reached
from convo.hour.batch import read_sent
from convo.hour.concerns import taking_concerns
from convo.hour.seal import taking_the_seal
from convo.hour.taps import taking_taps
from convo.kernel.errors import NotFound, Refused

_AT_ONCE = 200  # changes in one batch
_UNKNOWN = "convo does not know what this is."
_NOT_WITHIN_REACH = "This belongs to something that you cannot change here."
_NOT_CLOSED = "The conversation is not closed yet."
_WORDS_MISSING = (
    "Something that you wrote could not be taken in."
    " Write it in the conversation as it should be, then close it there."
)

_STREAMS = (JOURNAL, NOTES)
# A new kind of thing on the tablet needs its place here or in a stream.
_TAKING = {"tap": taking_taps, "concern": taking_concerns, "seal": taking_the_seal}


@dataclass(frozen=True)
class NotTaken:
    """A change that was not taken in: why, and what it says, so that it is not lost."""

    message: str
    text: str


@dataclass
class TakenIn:
    """What became of the changes: how many are new, were there, wait for a choice or are kept aside.

    Those kept aside are counted by why they are, "" where the meeting is closed.
    """

    new: int = 0
    known: int = 0
    conflicts: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    closed: bool = False  # by this file
    refused: list[NotTaken] = field(default_factory=list)
    taps_gone: set[str] = field(default_factory=set)  # ids of those that were refused
    missing: set[tuple[str, str]] = field(default_factory=set)  # fields that do not hold what the file says

    def refuse(self, change: Raw, message: str) -> None:
        """Tell of a change that was not taken in. Of a concern there is no word: others may see the page."""
        thing, value = str(change["thing"]), change.get("value")
        if thing == "concern":
            self.refused.append(NotTaken(_NOT_WITHIN_REACH, ""))
        elif thing == "seal":
            self.refused.append(NotTaken(f"{_NOT_CLOSED} {message}", ""))
        else:
            if thing == "tap" and isinstance(value, dict):
                value = value.get("answer")
            self.refused.append(NotTaken(message, text_of({"value": value})))


def take_in(
    session: Session, actor: Actor, now: datetime, conversation_id: UUID, changes: Sequence[Raw]
) -> TakenIn:
    """Take in what the actor wrote, in its order; what the school has already stays as it is.

    Raises NotFound where they never had a part in the meeting, Refused where it was not opened. A change
    that cannot be taken in is told with what it says, and does not hold up the others.
    """
    apply_changes(session, actor, now, conversation_id, [])  # whether they had any part in the meeting at all
    done = TakenIn()
    readable = _readable(changes, done, partial(set_unread_aside, session, actor, now, conversation_id))
    for stream, thing, batch in _batches(readable):
        if stream is None:
            _take_each(session, actor, now, conversation_id, thing, batch, done)
            continue
        known = _known(session, stream, [change["id"] for change in batch])
        answers = answers_of(session, actor, now, conversation_id, batch, stream)
        for change, answer in zip(batch, answers, strict=True):
            _count(done, change, answer, known)
    return done


def _readable(changes: Sequence[Raw], done: TakenIn, keep: Callable[[Sequence[Raw]], SetAside]) -> list[Raw]:
    """Return the changes that can be read. What was written after one that cannot follows the one before.

    One that cannot is refused, unless ``keep`` keeps it aside: nobody can put it right any more.
    """
    skipped: dict[str, Any] = {}
    good = []
    for change in changes:
        thing = str(change["thing"])
        if thing in _TAKING:  # each is read when its turn comes
            good.append(change)
            continue
        _, [wrong] = read_changes([change])
        message = wrong if _stream_of(thing) else _UNKNOWN
        if message:
            kept = keep([change]) if _stream_of(thing) else SetAside()
            done.known += kept.known
            if kept.new:
                done.aside[kept.why] += kept.new
            if not kept.held:
                done.refuse(change, message)
                done.missing.add(_field_of(change))
            skipped[str(change["id"])] = change["base"]
            continue
        done.missing.discard(_field_of(change))  # they put it right themselves
        good.append(change | {"base": base_behind(change["base"], skipped)})
    return good


def _field_of(change: Raw) -> tuple[str, str]:
    return str(change.get("thing_id")), str(change.get("field"))


def _stream_of(thing: str) -> Stream | None:
    return next((stream for stream in _STREAMS if thing in stream.things), None)


def _batches(changes: Sequence[Raw]) -> Iterator[tuple[Stream | None, str, list[Raw]]]:
    """Yield the changes as the tablet sends them: in order, each batch for one address."""

    def address(change: Raw) -> tuple[Stream | None, str]:
        thing = str(change["thing"])
        stream = _stream_of(thing)
        return stream, "" if stream else thing

    for (stream, thing), group in groupby(changes, address):
        together = list(group)
        for start in range(0, len(together), _AT_ONCE):
            yield stream, thing, together[start : start + _AT_ONCE]


def _known(session: Session, stream: Stream, ids: Sequence[str]) -> set[UUID]:
    log = stream.changes.c
    return set(session.scalars(select(log.id).where(log.id.in_([UUID(identifier) for identifier in ids]))))


def _count(done: TakenIn, change: Raw, answer: Answer | None, known: set[UUID]) -> None:
    if answer is None or answer.outcome == "refused":
        done.refuse(change, answer.message if answer else _NOT_WITHIN_REACH)
        done.missing.add(_field_of(change))
        return
    if answer.id in known:
        done.known += 1
    elif answer.outcome == ChangeOutcome.CONFLICT:
        done.conflicts += 1
    elif answer.outcome == ChangeOutcome.ASIDE:
        done.aside[answer.message] += 1
    else:
        done.new += 1
    known.add(answer.id)  # the same change may stand in a file twice


def _take_each(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation_id: UUID,
    thing: str,
    batch: Sequence[Raw],
    done: TakenIn,
) -> None:
    """Take in what the journal does not hold. Of a tap that is refused, what followed is not told again.

    A seal over words that are missing here closes nothing: they were agreed, too, and no page would show it.
    """
    take = _TAKING[thing](session, actor, now, conversation_id)
    for change in batch:
        if thing == "tap" and str(change["thing_id"]) in done.taps_gone:
            continue
        try:
            if thing == "seal" and done.missing and _would_close(session, actor, conversation_id):
                raise Refused(_WORDS_MISSING)
            taken = take(read_sent(change, thing))
        except (Refused, NotFound) as refusal:
            done.refuse(change, refusal.message if isinstance(refusal, Refused) else _NOT_WITHIN_REACH)
            if thing == "tap":
                done.taps_gone.add(str(change["thing_id"]))
            continue
        if taken.new and taken.aside:
            done.aside[taken.told["message"]] += 1
        else:
            done.new += taken.new
            done.known += not taken.new
        done.closed |= thing == "seal" and taken.new and not taken.aside


def _would_close(session: Session, actor: Actor, conversation_id: UUID) -> bool:
    """Return whether a seal closes the meeting: it is open, and the actor may write in it."""
    arrived = reached(session, actor, conversation_id)
    return arrived.meeting.state is State.OPEN and not arrived.aside
