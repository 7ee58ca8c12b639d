"""Who gets a copy of what was agreed, and in which language: the rule, and what the teacher ticked. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID, uuid5

from convo.conversation.models import Participant
from convo.conversation.rules import participant_id
from convo.people.models import MayReceive, PupilCarer


@dataclass(frozen=True)
class Copy:
    """One carer in the list of copies. ``id`` is the participant's; a new one is made when ticked."""

    id: UUID
    carer_id: UUID
    name: str
    role: str
    ticked: bool
    language: str
    understood: str
    caution: str
    is_new: bool
    follows: bool = False  # ticked while they are here, as nobody has said otherwise


def copy_of(person: Participant, link: PupilCarer | None) -> Copy:
    """Return the copy of a carer who is in the meeting: ticked when they are here and may have it."""
    assert person.carer_id is not None
    reads = person.reads or (link.carer.reads if link else None) or ""
    return Copy(
        id=person.id,
        carer_id=person.carer_id,
        name=person.name,
        role=person.role,
        ticked=is_ticked(person, link),
        language=person.copy_language or reads,
        understood=person.understood.value if person.understood else "",
        caution=_caution(link),
        is_new=False,
        follows=person.copy is None and not _caution(link),
    )


def coming_copy(place: UUID, link: PupilCarer, before: Participant | None) -> Copy:
    """Return the copy of a carer once they are added; ``before`` is their place where they were taken out."""
    said = before.copy if before else None
    return Copy(
        id=place,
        carer_id=link.carer_id,
        name=link.carer.full_name,
        role=link.relationship,
        ticked=not _caution(link) if said is None else said,
        language=(before.copy_language if before else None) or link.carer.reads or "",
        understood=before.understood.value if before and before.understood else "",
        caution=_caution(link),
        is_new=False,
        follows=said is None and not _caution(link),
    )


def absent_copy(meeting_id: UUID, link: PupilCarer, removed: Collection[UUID] = ()) -> Copy:
    """Return the copy of a carer who is not in the meeting: never ticked by itself.

    Who is among the ``removed`` participants is not put back at the table by getting a copy.
    """
    place = participant_id(meeting_id, link.carer_id)
    return Copy(
        id=uuid5(meeting_id, f"copy {link.carer_id}") if place in removed else place,
        carer_id=link.carer_id,
        name=link.carer.full_name,
        role=link.relationship,
        ticked=False,
        language=link.carer.reads or "",
        understood="",
        caution=" ".join(part for part in ("Not here today.", _caution(link)) if part),
        is_new=True,
    )


def is_ticked(person: Participant, link: PupilCarer | None) -> bool:
    """Return whether this carer gets a copy: as the teacher ticked, else if present and free to have it.

    Without parental responsibility, or where the office has to be asked, never by default.
    """
    if person.copy is not None:
        return person.copy
    return person.present and link is not None and not _caution(link)


def _caution(link: PupilCarer | None) -> str:
    if link is None:
        return "Not linked to this pupil any more. Check with the office first."
    if link.may_receive is MayReceive.NO:
        return "Is not to be given copies. Check with the office."
    if link.may_receive is MayReceive.CHECK:
        return "Check with the office before giving a copy."
    if not link.parental_responsibility:
        return "Parental responsibility is not recorded. Check with the office."
    return ""
