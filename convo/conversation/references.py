"""Whether what a change points at is there: ids resolve only inside the school and the conversation."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from convo.access.models import Membership
from convo.conversation.models import Entry, Participant, Priority, Stage
from convo.conversation.rules import StageName
from convo.kernel.errors import Refused
from convo.people.models import PupilCarer
from convo.plan.models import Action, Target
from convo.plan.rules import ActionState


def is_removed(
    session: Session, school_id: UUID, meeting: Any, kind: str, identifier: UUID | StageName
) -> bool:
    """Return the ``removed`` mark of what a change points at. Raises Refused for what is not within reach.

    It is one answer to what does not exist and to what belongs to somebody else, and it stops this change
    only: a tablet's other changes must not wait behind it.

    ``meeting`` has the conversation's ``id`` and ``pupil_id``. One statement.
    """
    found = session.execute(_mark(school_id, meeting, kind, identifier).limit(1)).one_or_none()
    if found is None:
        raise Refused("That belongs to something that is not in this conversation. Reload the page.")
    return bool(found[0])


def _mark(school_id: UUID, meeting: Any, kind: str, identifier: UUID | StageName) -> Select[Any]:
    if kind == "carer":
        return select(literal(False)).where(
            PupilCarer.school_id == school_id,
            PupilCarer.carer_id == identifier,
            PupilCarer.pupil_id == meeting.pupil_id,
        )
    if kind == "staff":
        return select(literal(False)).where(
            Membership.school_id == school_id,
            Membership.person_id == identifier,
            Membership.left_at.is_(None),
        )
    if kind == "open action":  # promised before, at another meeting with this pupil's family
        return select(Action.removed).where(
            Action.school_id == school_id,
            Action.id == identifier,
            Action.pupil_id == meeting.pupil_id,
            Action.conversation_id != meeting.id,
            Action.state != ActionState.DRAFT,
        )
    if kind == "target":  # a target lives longer than the conversation in which it was made
        return select(Target.removed).where(
            Target.school_id == school_id, Target.id == identifier, Target.pupil_id == meeting.pupil_id
        )
    if kind == "stage":  # since last time is a part only of a meeting before which something was promised
        return select(literal(False)).where(Stage.conversation_id == meeting.id, Stage.name == identifier)
    model: Any = {"participant": Participant, "entry": Entry, "priority": Priority}[kind]
    return select(model.removed).where(model.id == identifier, model.conversation_id == meeting.id)
