"""Who can still come to the table, with what their place there will be: on every tablet the same. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from convo.access.models import Person
from convo.access.queries import StaffMember
from convo.conversation.plans import staff_role
from convo.conversation.rules import ParticipantKind, colleague_id, participant_id
from convo.hour.copies import Copy, coming_copy
from convo.hour.queries import Hour
from convo.people.models import PupilCarer


@dataclass(frozen=True)
class Place:
    """Somebody's place at the table before they come: ``key`` is the carer's or colleague's own id."""

    id: UUID
    key: UUID
    values: dict[str, Any]  # what the journal is to hold of them, in this order


@dataclass(frozen=True)
class Comer:
    """A carer who can be added: their place, the carers they may sit beside, and the copy they then get."""

    place: Place
    beside: list[UUID]
    copy: Copy


def carer_place(meeting_id: UUID, link: PupilCarer) -> Place:
    """Return the place of one of the pupil's carers."""
    values = {
        "carer": str(link.carer_id),
        "kind": ParticipantKind.CARER.value,
        "present": True,
        "name": link.carer.full_name,
        "role": link.relationship,
        "speaks": link.carer.speaks,
        "reads": link.carer.reads,
    }
    kept = {field: value for field, value in values.items() if value not in (None, "")}
    return Place(participant_id(meeting_id, link.carer_id), link.carer_id, kept)


def colleague_place(meeting_id: UUID, member: StaffMember, key_teacher: Person | None) -> Place:
    """Return the place of a colleague who joins. The key teacher is the pupil's."""
    values = {
        "person": str(member.person.id),
        "kind": ParticipantKind.STAFF.value,
        "present": True,
        "name": member.person.name,
        "role": staff_role(member, key_teacher),
    }
    return Place(colleague_id(meeting_id, member.person.id), member.person.id, values)


def taking(hour: Hour, place: Place) -> Iterator[tuple[str, Any]]:
    """Yield the fields to write, with their values, when somebody takes their place; none if they have it."""
    here = [person for person in hour.participants if not person.removed]
    if any(place.key in (person.carer_id, person.person_id) for person in here):
        return  # somebody has added them meanwhile
    if hour.participant(place.id) is not None:
        yield "removed", False
    yield from place.values.items()
    yield "position", max((person.position for person in hour.participants), default=0.0) + 1


def addable_carers(hour: Hour) -> list[PupilCarer]:
    """Return the pupil's carers who are not in the meeting yet and may be named in front of who is.

    The tablet lies on the table: a carer kept apart from somebody here is not even offered.
    """
    here = {person.carer_id for person in hour.participants if not person.removed}
    return [link for link in hour.links if link.carer_id not in here and hour.may_meet(link.carer_id)]


def comers(hour: Hour) -> list[Comer]:
    """Return the carers who can be added. Of two who are kept apart, adding one takes away the other."""
    links = addable_carers(hour)
    here = [person.carer_id for person in hour.participants if person.carer_id and not person.removed]
    known = [*here, *(link.carer_id for link in links)]
    found = []
    for link in links:
        place = carer_place(hour.meeting.id, link)
        beside = [other for other in known if frozenset((other, link.carer_id)) not in hour.apart]
        found.append(Comer(place, beside, coming_copy(place.id, link, hour.participant(place.id))))
    return found
