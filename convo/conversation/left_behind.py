"""What somebody who has left the school wrote on a tablet and could not send: kept aside for the SENCO.

They cannot sign in any more, so nobody but the school can open it, and it does so only then. Nothing of the
meeting changes: each change is kept as it was written, as one of theirs, until the SENCO decides on it
(``kept_aside``).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.models import ConcernAnswer, Membership
from convo.access.operations import answer_concern, open_concern
from convo.access.queries import left_among
from convo.access.rules import PERMISSIONS, Act, Actor, Permission
from convo.conversation.fields import read_change, read_instant
from convo.conversation.journal import NOTES
from convo.conversation.models import Change, Conversation, Participant, StaffNoteChange
from convo.conversation.rules import ChangeOutcome, believed
from convo.conversation.unsent import Raw, Unsent, open_record, unsealed
from convo.kernel.errors import NotFound, Refused
from convo.kernel.ids import parse_id
from convo.kernel.text import clean

HALF = (
    "half"  # a thing of the log: what was typed and not added. It may be a staff note, so it is kept as one
)
_LONGEST_NAMES = (16, 24)  # of a thing and of a field, as the log's columns hold them
_LEFT = [answer for answer in ConcernAnswer if answer is not ConcernAnswer.OPENED]
# Where the meeting stood on their tablet: there is nothing to decide.
_NOTHING_TO_DECIDE = {("conversation", "stage")}


@dataclass
class Aside:
    """What became of it: how many changes are new to the school, or were there; and the ids it now has."""

    new: int = 0
    known: int = 0
    held: list[UUID] = field(default_factory=list)


def of_leavers(session: Session, actor: Actor, pairs: Iterable[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Return those pairs of a person and a conversation that are of a leaver and a meeting here.

    Two statements.
    """
    asked = set(pairs)
    left = left_among(session, actor.school_id, {person for person, _ in asked})
    wanted = select(Conversation.id).where(
        Conversation.school_id == actor.school_id, Conversation.id.in_({meeting for _, meeting in asked})
    )
    here = set(session.scalars(wanted))
    return {(person, meeting) for person, meeting in asked if person in left and meeting in here}


def opened(unsent: Unsent, halves: Iterable[Mapping[str, Any]], key: str) -> tuple[list[Raw], list[UUID]]:
    """Return the changes in what a tablet hands over, and which ``halves`` opened; the others stay there.

    Halves are texts that were never added, each named by the page of the hour in which they stood.
    """
    changes, pages = [], []
    for record in unsent.changes:
        try:
            changes.append(open_record(record, key))
        except ValueError:
            continue
    for half in halves:
        page = parse_id(half.get("id"))
        try:
            texts = [text for _, text in unsealed(half, key)["texts"] if isinstance(text, str)]
        except (ValueError, TypeError, KeyError):
            continue
        if page is not None:
            pages.append(page)
            changes += [_half(page, text) for text in dict.fromkeys(texts)]
    return changes, pages


def _half(page: UUID, text: str) -> Raw:
    identifier = str(uuid5(page, text))  # the same half twice is the same change
    return {"id": identifier, "thing": HALF, "thing_id": str(page), "field": "text", "value": text}


def keep_aside(
    session: Session,
    actor: Actor,
    now: datetime,
    person_id: UUID,
    conversation_id: UUID,
    changes: Sequence[Raw],
) -> Aside:
    """Keep aside what a leaver wrote in a meeting, each change once, and return what became of it.

    ``actor`` is whose page brings it; they read nothing of it. Raises NotFound unless the person has left and
    had a part in the meeting. That a page about a concern was opened goes where only the safeguarding lead
    reads it.
    """
    meeting = session.scalar(
        select(Conversation)
        .where(Conversation.id == conversation_id, Conversation.school_id == actor.school_id)
        .with_for_update()
    )
    if meeting is None or not of_leavers(session, actor, [(person_id, conversation_id)]):
        raise NotFound
    if not _had_a_part(session, meeting, person_id):
        raise NotFound
    done = Aside()
    for raw in changes:
        if raw.get("thing") == "concern":
            done.held += _concern(session, now, meeting, person_id, raw)
    of_notes = [raw for raw in changes if raw.get("thing") in {*NOTES.things, HALF}]
    of_journal = [raw for raw in changes if raw.get("thing") not in {*NOTES.things, HALF, "concern"}]
    for log, batch in ((Change, of_journal), (StaffNoteChange, of_notes)):
        _keep(session, now, meeting, person_id, log, batch, done)
    if done.new:
        note = f"{done.new} changes of somebody who has left, kept aside"
        audit.record(session, actor, now, Act.CHANGE, "conversation", meeting.id, meeting.pupil_id, note)
    return done


def _had_a_part(session: Session, meeting: Conversation, person_id: UUID) -> bool:
    """Return whether somebody could ever write in a meeting: the lead, who took part or wrote, a SENCO."""
    if meeting.lead_id == person_id:
        return True
    took_part = select(Participant.id).where(
        Participant.conversation_id == meeting.id, Participant.person_id == person_id
    )
    wrote = select(Change.id).where(Change.conversation_id == meeting.id, Change.author_id == person_id)
    saw_all = select(Membership.id).where(
        Membership.school_id == meeting.school_id,
        Membership.person_id == person_id,
        Membership.role.in_(PERMISSIONS[Permission.SEE_ALL_CONVERSATIONS]),
    )
    found = select(or_(took_part.exists(), wrote.exists(), saw_all.exists()))
    return bool(session.scalar(found))


def _keep(
    session: Session,
    now: datetime,
    meeting: Conversation,
    person_id: UUID,
    log: type[Change] | type[StaffNoteChange],
    batch: Sequence[Raw],
    done: Aside,
) -> None:
    columns = [(raw, _columns(raw)) for raw in batch]
    readable = [found for _, found in columns if found is not None]
    known = {
        change.id: (change.author_id, change.conversation_id)
        for change in session.scalars(select(log).where(log.id.in_([each["id"] for each in readable])))
    }
    last = select(func.max(log.number)).where(log.conversation_id == meeting.id)
    number = session.scalar(last) or 0
    for each in readable:
        if each["id"] in known:
            if known[each["id"]] == (person_id, meeting.id):
                done.known += 1
                done.held.append(each["id"])
            continue
        number += 1
        settled = (each["thing"], each["field"]) in _NOTHING_TO_DECIDE
        session.add(
            log(
                **each,
                school_id=meeting.school_id,
                conversation_id=meeting.id,
                number=number,
                received_at=now,
                author_id=person_id,
                outcome=ChangeOutcome.ASIDE,
                written=False,
                settled_at=now if settled else None,
                settled_by_id=person_id if settled else None,
            )
        )
        known[each["id"]] = (person_id, meeting.id)
        done.new += 1
        done.held.append(each["id"])
    session.flush()


def _columns(raw: Raw) -> dict[str, Any] | None:
    """Return what the log keeps of a change, or None for what cannot be one.

    What could not be taken up, such as a text that is too long, is still somebody's words: kept as it is.
    """
    try:
        change = read_change({**raw, "v": raw.get("v", 1)})
    except Refused:
        return _as_written(raw)
    return {
        "id": change.id,
        "thing": change.thing,
        "thing_id": change.thing_id,
        "field": change.field,
        "value": change.value,
        "base": change.base,
        "at": change.at,
    }


def _as_written(raw: Raw) -> dict[str, Any] | None:
    ids = parse_id(raw.get("id")), parse_id(raw.get("thing_id"))
    names = raw.get("thing"), raw.get("field")
    fit = all(
        isinstance(name, str) and name.isidentifier() and len(name) <= longest
        for name, longest in zip(names, _LONGEST_NAMES, strict=True)
    )
    if None in ids or not fit:
        return None
    return {
        "id": ids[0],
        "thing": names[0],
        "thing_id": ids[1],
        "field": names[1],
        "value": _cleaned(raw.get("value")),
    }


def _cleaned(value: Any) -> Any:
    """Return a value of JSON as a database can keep it."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean(str(name)): _cleaned(item) for name, item in value.items()}
    return value


def _concern(session: Session, now: datetime, meeting: Conversation, person_id: UUID, raw: Raw) -> list[UUID]:
    change_id, concern_id = parse_id(raw.get("id")), parse_id(raw.get("thing_id"))
    if change_id is None or concern_id is None:
        return []
    them = Actor(person_id, "", meeting.school_id, frozenset())
    try:
        at = believed(read_instant(raw.get("at")), meeting.opened_at, now)
        open_concern(session, them, at, meeting.id, concern_id)
        if raw.get("field") == "answer" and raw.get("value") in _LEFT:
            answer_concern(session, them, concern_id, ConcernAnswer(raw["value"]))
    except NotFound:
        return []
    return [change_id]
