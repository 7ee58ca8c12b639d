"""What somebody who has left the school wrote on a tablet and could not send: kept aside for the SENCO.

They cannot sign in any more, so nobody but the school can open it, and it does so only then. Nothing of the
meeting changes: each change is kept as it was written, as one of theirs, until the SENCO decides on it
(``kept_aside``).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.models import ConcernAnswer
from convo.access.operations import answer_concern, open_concern
from convo.access.queries import left_among
from convo.access.rules import Act, Actor
from convo.conversation.incoming import read_instant
from convo.conversation.models import Conversation
from convo.conversation.rules import believed
from convo.conversation.setting_aside import HALF, SetAside, set_aside
from convo.conversation.unsent import Raw, Unsent, open_record, unsealed
from convo.conversation.writers import had_a_part
from convo.kernel.errors import NotFound
from convo.kernel.ids import parse_id

_LEFT = [answer for answer in ConcernAnswer if answer is not ConcernAnswer.OPENED]


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
            texts = [text for _, text, *_ in unsealed(half, key)["texts"] if isinstance(text, str)]
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
) -> SetAside:
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
    if not had_a_part(session, meeting.id, meeting.lead_id, person_id):
        raise NotFound
    concerns = [raw for raw in changes if raw.get("thing") == "concern"]
    held = [each for raw in concerns for each in _concern(session, now, meeting, person_id, raw)]
    others = [raw for raw in changes if raw.get("thing") != "concern"]
    done = set_aside(session, now, meeting, person_id, others)
    done.held += held
    if done.new:
        note = f"{done.new} changes of somebody who has left, kept aside"
        audit.record(session, actor, now, Act.CHANGE, "conversation", meeting.id, meeting.pupil_id, note)
    return done


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
