"""What a plan of a meeting says, checked, and put into its row and the rows of who is asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.models import Person, School
from convo.access.queries import StaffMember, staff_of, terms_of
from convo.access.rules import PERMISSIONS, Permission, Role
from convo.conversation.fields import field_of
from convo.conversation.models import Conversation, Participant
from convo.conversation.rules import (
    A_CHILD_INTERPRETS,
    LONGEST,
    SHORTEST,
    Interpreter,
    ParticipantKind,
    PupilPart,
    Way,
    apart_pair,
    participant_id,
)
from convo.kernel.clock import instant_of, local
from convo.kernel.errors import Refused
from convo.kernel.school_year import ROUNDS, round_of, school_year_of
from convo.people.models import Pupil, PupilCarer
from convo.people.queries import kept_apart_of, key_teacher_of

# How a member of staff is named to a family: never by the school's own short words.
_ROLE_WORDS: Mapping[Role, str] = {
    Role.HEAD: "head teacher",
    Role.SENCO: "teacher for extra help",
    Role.TEACHER: "teacher",
    Role.ASSISTANT: "assistant",
    Role.DATA_MANAGER: "school office",
}
INTERPRETER_WORDS: Mapping[Interpreter, str] = {
    Interpreter.ROOM: "interpreter",
    Interpreter.PHONE: "interpreter by phone",
    Interpreter.VIDEO: "interpreter by video",
}


@dataclass(frozen=True, kw_only=True)
class PlanFields:
    """A meeting as somebody plans it. ``on`` and ``at`` are the school's calendar and clock.

    ``lead_id`` None is whoever plans it; ``round`` None is what the school's terms say of the day.
    """

    on: date
    at: time
    carer_ids: tuple[UUID, ...]
    minutes: int = LONGEST
    way: Way = Way.SCHOOL
    lead_id: UUID | None = None
    staff_ids: tuple[UUID, ...] = ()
    pupil_part: PupilPart = PupilPart.ALL
    pupil_views: str = ""
    interpreter: Interpreter = Interpreter.NONE
    interpreter_name: str = ""
    interpreter_number: str = ""
    interpreter_is_child: bool = False
    round: int | None = None


def plan_of(conversation: Conversation, time_zone: str) -> PlanFields:
    """Return what the plan of a stored meeting says, to be shown in a form or planned again."""
    there = local(conversation.starts_at, time_zone)
    asked = [person for person in conversation.participants if not person.removed]
    return PlanFields(
        on=there.date(),
        at=there.time(),
        carer_ids=tuple(person.carer_id for person in asked if person.carer_id),
        minutes=conversation.minutes,
        way=conversation.way,
        lead_id=conversation.lead_id,
        staff_ids=tuple(
            person.person_id
            for person in asked
            if person.person_id and person.person_id != conversation.lead_id
        ),
        pupil_part=conversation.pupil_part,
        pupil_views=conversation.pupil_views,
        interpreter=conversation.interpreter,
        interpreter_name=conversation.interpreter_name,
        interpreter_number=conversation.interpreter_number,
        interpreter_is_child=conversation.interpreter_is_child,
        round=conversation.round,
    )


def plan_warnings(pupil: Pupil, conversation: Conversation) -> list[str]:
    """Return what to think about before the meeting, one sentence each. None of it stops anybody."""
    asked = {person.carer_id for person in conversation.participants if not person.removed}
    warnings = []
    if conversation.interpreter_is_child:
        warnings.append(A_CHILD_INTERPRETS)
    if conversation.interpreter is Interpreter.NONE:
        warnings += [
            f"{link.carer.full_name} needs an interpreter, and none is planned."
            for link in pupil.carers
            if link.carer_id in asked and link.carer.needs_interpreter
        ]
    return warnings


def may_lead(member: StaffMember) -> bool:
    """Return whether somebody of the staff can lead a conversation."""
    return bool(PERMISSIONS[Permission.HOLD_CONVERSATIONS] & set(member.roles))


def write_plan(
    session: Session, school: School, pupil: Pupil, conversation: Conversation, fields: PlanFields
) -> None:
    """Check a plan and put it into the meeting's row, which is added when new, and into who is asked.

    Raises Refused naming the field. ``fields.lead_id`` is set.
    """
    staff = {member.person.id: member for member in staff_of(session, school.id) if member.roles}
    _check(session, pupil, fields, staff)
    assert fields.lead_id is not None
    conversation.school_year = school_year_of(fields.on)
    conversation.round = fields.round or proposed_round(session, school.id, fields.on)
    conversation.starts_at = instant_of(fields.on, fields.at.hour, fields.at.minute, school.time_zone)
    conversation.minutes = fields.minutes
    conversation.way = fields.way
    conversation.lead_id = fields.lead_id
    conversation.pupil_part = fields.pupil_part
    conversation.pupil_views = field_of("conversation", "pupil_views").read(fields.pupil_views)
    conversation.interpreter = fields.interpreter
    some = fields.interpreter is not Interpreter.NONE
    line = field_of("participant", "name").read
    conversation.interpreter_name = line(fields.interpreter_name) if some else ""
    conversation.interpreter_number = line(fields.interpreter_number) if some else ""
    conversation.interpreter_is_child = fields.interpreter_is_child and some
    session.add(conversation)
    session.flush()
    _ask(session, conversation, _invited(session, pupil, conversation, fields, staff))


def proposed_round(session: Session, school_id: UUID, on: date) -> int:
    """Return the round that the school's terms say a day belongs to."""
    return round_of(on, terms_of(session, school_id, school_year_of(on)))


def _check(session: Session, pupil: Pupil, fields: PlanFields, staff: Mapping[UUID, StaffMember]) -> None:
    if not SHORTEST <= fields.minutes <= LONGEST:
        raise Refused(f"Choose a length from {SHORTEST} to {LONGEST} minutes.", "minutes")
    if fields.round is not None and fields.round not in ROUNDS:
        raise Refused("Choose conversation 1, 2 or 3 of the year.", "round")
    links = {link.carer_id: link for link in pupil.carers}
    if not links:
        raise Refused(f"{pupil.called} has no parent or carer in convo yet. Add one first.", "carers")
    if not fields.carer_ids:
        raise Refused("Say who of the family is asked.", "carers")
    if not links.keys() >= set(fields.carer_ids):
        raise Refused(f"Choose from the parents and carers of {pupil.called}.", "carers")
    pair = apart_pair(fields.carer_ids, kept_apart_of(session, pupil.id))
    if pair is not None:
        first, second = (link.carer.full_name for key, link in links.items() if key in pair)
        raise Refused(
            f"{first} and {second} are kept apart. Plan two conversations, one with each.", "carers"
        )
    lead = staff.get(fields.lead_id) if fields.lead_id else None
    if lead is None or not may_lead(lead):
        raise Refused("Choose somebody of the staff who holds conversations.", "lead")
    if not staff.keys() >= set(fields.staff_ids):
        raise Refused("Choose from the staff who work here now.", "staff")


def _invited(
    session: Session,
    pupil: Pupil,
    conversation: Conversation,
    fields: PlanFields,
    staff: Mapping[UUID, StaffMember],
) -> Iterator[Participant]:
    """Yield who is asked, in the order in which they are shown: family, pupil, staff, interpreter."""
    for link in pupil.carers:
        if link.carer_id in fields.carer_ids:
            yield as_asked(link)
    if fields.pupil_part is not PupilPart.VIEWS:
        yield Participant(kind=ParticipantKind.PUPIL, name=pupil.called, role="pupil")
    key_teacher = key_teacher_of(session, pupil)
    for person_id in dict.fromkeys((conversation.lead_id, *fields.staff_ids)):
        member = staff[person_id]
        role = staff_role(member, key_teacher)
        yield Participant(kind=ParticipantKind.STAFF, person_id=person_id, name=member.person.name, role=role)
    if fields.interpreter is not Interpreter.NONE:
        yield Participant(
            kind=ParticipantKind.INTERPRETER,
            name=conversation.interpreter_name or "Interpreter",
            role=INTERPRETER_WORDS[fields.interpreter],
        )


def as_asked(link: PupilCarer) -> Participant:
    """Return a carer as a participant, with what they speak and read now."""
    return Participant(
        kind=ParticipantKind.CARER,
        carer_id=link.carer_id,
        name=link.carer.full_name,
        role=link.relationship,
        speaks=link.carer.speaks,
        reads=link.carer.reads,
    )


def staff_role(member: StaffMember, key_teacher: Person | None) -> str:
    """Return what a member of staff is in a meeting: the pupil's key teacher, or what their role says."""
    if key_teacher is not None and key_teacher.id == member.person.id:
        return "key teacher"
    return next((words for role, words in _ROLE_WORDS.items() if role in member.roles), "")


def _ask(session: Session, conversation: Conversation, invited: Iterable[Participant]) -> None:
    """Make these the people asked. Who was asked before keeps the row; who no longer is loses it."""
    rows = session.scalars(
        select(Participant).where(
            Participant.conversation_id == conversation.id, Participant.kind != ParticipantKind.OTHER
        )
    )
    before = {(row.kind, row.carer_id, row.person_id): row for row in rows}
    for position, person in enumerate(invited, start=1):
        row = before.pop((person.kind, person.carer_id, person.person_id), person)
        for name in ("name", "role", "speaks", "reads"):
            setattr(row, name, getattr(person, name))
        if row is person and person.carer_id is not None:
            row.id = participant_id(conversation.id, person.carer_id)
        row.school_id, row.conversation_id, row.position = (
            conversation.school_id,
            conversation.id,
            float(position),
        )
        session.add(row)
    for row in before.values():
        session.delete(row)
    session.flush()
