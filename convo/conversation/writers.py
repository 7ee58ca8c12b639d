"""Who may write in a meeting, and who only could: what still comes from them is kept aside for the SENCO."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from convo.access.models import Membership
from convo.access.rules import PERMISSIONS, Actor, Permission
from convo.conversation.models import Change, Conversation, Participant, StaffNoteChange
from convo.conversation.rules import State
from convo.kernel.errors import NotFound
from convo.people.models import Pupil
from convo.people.queries import is_key_teacher

NO_PART = "You are not part of this meeting any more. What you wrote is kept for the SENCO."
NOT_HELD = "This meeting was recorded as not held. What you wrote is kept for the SENCO."


class Reached(NamedTuple):
    """A meeting that somebody's words have reached, and why they are kept aside, or "" where they are not.

    That it is closed is no reason here: each stream says itself what then becomes of a change.
    """

    meeting: Conversation
    aside: str


def may_write(session: Session, actor: Actor, conversation_id: UUID, lead_id: UUID) -> bool:
    """Return whether this person may change the conversation: its lead, staff who take part, the SENCO.

    Nobody may whose role holds no conversations, or not any more.
    """
    if not actor.may(Permission.HOLD_CONVERSATIONS):
        return False
    if actor.person_id == lead_id or actor.may(Permission.SEE_ALL_CONVERSATIONS):
        return True
    takes_part = select(Participant.id).where(
        Participant.conversation_id == conversation_id,
        Participant.person_id == actor.person_id,
        ~Participant.removed,
    )
    return session.execute(takes_part.limit(1)).first() is not None


def had_a_part(session: Session, conversation_id: UUID, lead_id: UUID, person_id: UUID) -> bool:
    """Return whether somebody could ever open a meeting and write there, whatever they may now.

    That is its lead, who took part or wrote, a SENCO, and the pupil's key teacher. Of anybody else nothing
    can be waiting on a tablet. One statement, none for the lead.
    """
    if lead_id == person_id:
        return True
    took_part = select(Participant.id).where(
        Participant.conversation_id == conversation_id, Participant.person_id == person_id
    )
    wrote = [
        select(log.id).where(log.conversation_id == conversation_id, log.author_id == person_id)
        for log in (Change, StaffNoteChange)
    ]
    saw_all = select(Membership.id).where(
        Membership.school_id == Conversation.school_id,
        Membership.person_id == person_id,
        Membership.role.in_(PERMISSIONS[Permission.SEE_ALL_CONVERSATIONS]),
    )
    teaches = select(Pupil.id).where(Pupil.id == Conversation.pupil_id, is_key_teacher(person_id))
    ways = [took_part.exists(), *(each.exists() for each in wrote), saw_all.exists(), teaches.exists()]
    found = select(Conversation.id).where(Conversation.id == conversation_id, or_(*ways))
    return session.execute(found).first() is not None


def writable(session: Session, actor: Actor, conversation_id: UUID) -> Conversation:
    """Return the meeting as it is now, its row locked. Raises NotFound for who may not change it."""
    found = _locked(session, actor, conversation_id)
    if found is None or not may_write(session, actor, found.id, found.lead_id):
        raise NotFound
    return found


def reached(session: Session, actor: Actor, conversation_id: UUID) -> Reached:
    """Return the meeting that what somebody wrote has reached, its row locked.

    Raises NotFound for who never had a part in it.
    """
    found = _locked(session, actor, conversation_id)
    if found is None:
        raise NotFound
    return Reached(found, why_aside(session, actor, found))


def why_aside(session: Session, actor: Actor, meeting: Conversation | Row[*tuple[Any, ...]]) -> str:
    """Return why what somebody writes in a meeting is kept aside, as ``Reached`` has it.

    Raises NotFound for who never had a part in it.
    """
    if may_write(session, actor, meeting.id, meeting.lead_id):
        return NOT_HELD if meeting.state is State.NOT_HELD else ""
    if not had_a_part(session, meeting.id, meeting.lead_id, actor.person_id):
        raise NotFound
    return NO_PART


def _locked(session: Session, actor: Actor, conversation_id: UUID) -> Conversation | None:
    return session.execute(
        select(Conversation)
        .where(Conversation.id == conversation_id, Conversation.school_id == actor.school_id)
        .with_for_update()
        .execution_options(populate_existing=True)  # somebody else may have changed it while this waited
    ).scalar_one_or_none()
