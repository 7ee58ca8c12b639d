"""A meeting's life around its hour: planned, changed, opened, not held, rebooked, typed in later."""

from dataclasses import replace
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, selectinload

from convo.access import audit
from convo.access.models import School
from convo.access.queries import safeguarding_ready, staff_of, terms_of
from convo.access.rules import Act, Actor, Permission
from convo.conversation.fields import field_of
from convo.conversation.guide import Guide, minutes_of
from convo.conversation.models import Conversation, Entry, Priority, StaffNote, Stage
from convo.conversation.plans import PlanFields, plan_of, proposed_round, write_plan
from convo.conversation.queries import (
    answers_for,
    conversation_for,
    is_rebooked,
    lock_conversations,
    open_actions_of,
    open_conflicts,
)
from convo.conversation.rules import NotHeldReason, ParticipantKind, StageName, State, day_problem
from convo.kernel.clock import instant_of, local, local_day
from convo.kernel.errors import NotAllowed, Refused
from convo.kernel.school_year import next_meeting_day, school_year_of
from convo.people.models import Pupil
from convo.people.queries import key_teacher_of, pupil_for
from convo.plan.models import Action, Decision, Target

NOT_YOURS = "Only the person who leads this conversation, the key teacher and the SENCO can do this."
NO_SAFEGUARDING_LEAD = (
    "No conversation can be opened until the school has named its safeguarding lead and deputy."
    " Ask your data manager to add them on the school's page."
)


def plan(session: Session, actor: Actor, now: datetime, pupil_id: UUID, fields: PlanFields) -> Conversation:
    """Plan a meeting with a pupil's family and return it. Raises Refused naming the field that is wrong.

    The same plan once more, as of a button pressed twice, returns the meeting that is there.
    """
    pupil, school = _plannable(session, actor, pupil_id, fields.lead_id)
    _check_day(school, now, fields.on)
    again = _pressed_twice(session, actor, school, pupil, fields, State.PLANNED)
    if again is not None:
        return again
    conversation = Conversation(school_id=actor.school_id, pupil_id=pupil.id)
    return _planned(session, actor, now, pupil, school, conversation, fields, "planned")


def change_plan(
    session: Session, actor: Actor, now: datetime, conversation_id: UUID, fields: PlanFields
) -> Conversation:
    """Change what was planned, while the meeting has not been opened, and return it."""
    conversation = _mine(session, actor, conversation_id)
    _must_be_planned(conversation)
    pupil, school = _plannable(session, actor, conversation.pupil_id, fields.lead_id)
    if fields.on != local_day(conversation.starts_at, school.time_zone):
        _check_day(school, now, fields.on)
    return _planned(session, actor, now, pupil, school, conversation, fields, "plan changed")


def open_conversation(
    session: Session, actor: Actor, now: datetime, conversation_id: UUID, guide: Guide
) -> Conversation:
    """Begin the hour: pin the guide, lay out the minutes, take all who were asked as here; return it.

    It begins with since last time where the pupil has open actions, else with Explore. Raises Refused
    while the school has no safeguarding lead and deputy.
    """
    conversation = _mine(session, actor, conversation_id)
    _must_be_planned(conversation)
    school = session.get_one(School, actor.school_id)
    if local_day(conversation.starts_at, school.time_zone) != local_day(now, school.time_zone):
        conversation.starts_at = now  # the record says when people met, not when they meant to
        conversation.school_year = school_year_of(local_day(now, school.time_zone))
    return _begun(session, actor, now, conversation, guide, opened_at=now)


def open_unplanned(
    session: Session,
    actor: Actor,
    now: datetime,
    pupil_id: UUID,
    guide: Guide,
    carer_ids: tuple[UUID, ...],
) -> Conversation:
    """Begin an hour that nobody planned, now and led by the actor, and return it.

    Where the actor has begun one with these carers today, it is that one: the button was pressed twice.
    """
    pupil, school = _plannable(session, actor, pupil_id, None)
    there = local(now, school.time_zone)
    fields = PlanFields(on=there.date(), at=time(there.hour, there.minute), carer_ids=carer_ids)
    again = _pressed_twice(session, actor, school, pupil, fields, State.OPEN)
    if again is not None:
        return again
    conversation = Conversation(school_id=actor.school_id, pupil_id=pupil.id)
    _planned(session, actor, now, pupil, school, conversation, fields, "not planned before")
    return _begun(session, actor, now, conversation, guide, opened_at=now)


def type_in_later(
    session: Session, actor: Actor, now: datetime, pupil_id: UUID, fields: PlanFields, guide: Guide
) -> Conversation:
    """Open a meeting that was held on paper, under the true date that ``fields`` gives, and return it."""
    pupil, school = _plannable(session, actor, pupil_id, fields.lead_id)
    if fields.on > local_day(now, school.time_zone):
        raise Refused("That day has not come yet. Give the day on which you met.", "on")
    again = _pressed_twice(session, actor, school, pupil, fields, State.OPEN, typed_in_later=True)
    if again is not None:
        return again
    conversation = Conversation(school_id=actor.school_id, pupil_id=pupil.id, typed_in_later=True)
    _planned(session, actor, now, pupil, school, conversation, fields, "held on paper")
    return _begun(session, actor, now, conversation, guide, opened_at=conversation.starts_at)


def not_held(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation_id: UUID,
    reason: NotHeldReason,
    note: str = "",
) -> Conversation:
    """Record that a meeting did not happen, and why; the attempt stays on the child's record.

    One that was opened while waiting can be not held too, as long as nothing that was said stands in it.
    """
    conversation = _mine(session, actor, conversation_id)
    if conversation.state not in (State.PLANNED, State.OPEN):
        raise Refused("This conversation is finished already. Reload the page.")
    if conversation.state is State.OPEN and _has_words(session, conversation):
        raise Refused("Something was written in this conversation. Finish it instead.")
    conversation.state = State.NOT_HELD
    conversation.not_held_reason = reason
    conversation.not_held_note = field_of("conversation", "pupil_views").read(note)
    session.flush()
    _record(session, actor, now, conversation, f"not held: {reason.value}")
    return conversation


def rebook(
    session: Session, actor: Actor, now: datetime, conversation_id: UUID, starts_at: datetime
) -> Conversation:
    """Plan a meeting that was not held once more, at another time and otherwise as it was; return the new.

    Staff who have left since are not asked again; if the lead has left, the actor leads. The round stays,
    as a meeting that was not held does not use it up.
    """
    missed = _mine(session, actor, conversation_id)
    if missed.state is not State.NOT_HELD:
        raise Refused("Only a meeting that was not held is rebooked. Change the plan instead.")
    if is_rebooked(session, missed.id):
        raise Refused("This meeting has been rebooked already. Reload the page.")
    school = session.get_one(School, actor.school_id)
    there = local(starts_at, school.time_zone)
    _check_day(school, now, there.date())
    here_now = {member.person.id for member in staff_of(session, school.id) if member.roles}
    before = plan_of(missed, school.time_zone)
    pupil = pupil_for(session, actor, missed.pupil_id)
    fields = replace(
        before,
        on=there.date(),
        at=time(there.hour, there.minute),
        lead_id=before.lead_id if before.lead_id in here_now else None,
        staff_ids=tuple(person for person in before.staff_ids if person in here_now),
        carer_ids=tuple(link.carer_id for link in pupil.carers if link.carer_id in before.carer_ids),
        round=before.round if school_year_of(there.date()) == missed.school_year else None,
    )
    conversation = Conversation(
        school_id=actor.school_id, pupil_id=missed.pupil_id, rebooked_from_id=missed.id
    )
    return _planned(session, actor, now, pupil, school, conversation, fields, "rebooked")


def _plannable(session: Session, actor: Actor, pupil_id: UUID, lead_id: UUID | None) -> tuple[Pupil, School]:
    """Return pupil and school, when the actor may plan a meeting that this person leads."""
    # One plan after the other for a pupil, so that two of one press see each other (PostgreSQL).
    session.execute(select(Pupil.id).where(Pupil.id == pupil_id).with_for_update())
    pupil = pupil_for(session, actor, pupil_id)
    if not actor.may(Permission.HOLD_CONVERSATIONS):
        raise NotAllowed("Your role does not hold conversations. Ask the key teacher or the SENCO.")
    if lead_id not in (None, actor.person_id) and not actor.may(Permission.SEE_ALL_CONVERSATIONS):
        key_teacher = key_teacher_of(session, pupil)
        if key_teacher is None or key_teacher.id != actor.person_id:
            raise Refused("Only the key teacher or the SENCO can choose somebody else to lead.", "lead")
    return pupil, session.get_one(School, actor.school_id)


def _pressed_twice(
    session: Session,
    actor: Actor,
    school: School,
    pupil: Pupil,
    fields: PlanFields,
    state: State,
    *,
    typed_in_later: bool = False,
) -> Conversation | None:
    """Return the meeting that is there already with this lead and these carers: at this time or, when one
    begins now, begun today.
    """
    starts_at = instant_of(fields.on, fields.at.hour, fields.at.minute, school.time_zone)
    same_time = Conversation.starts_at == starts_at
    if state is State.OPEN and not typed_in_later:
        same_time = Conversation.starts_at.between(instant_of(fields.on, 0, 0, school.time_zone), starts_at)
    number = fields.round or proposed_round(session, school.id, fields.on)
    wanted = select(Conversation).where(
        Conversation.pupil_id == pupil.id,
        Conversation.school_id == actor.school_id,
        Conversation.lead_id == (fields.lead_id or actor.person_id),
        Conversation.round == number,
        Conversation.state == state,
        Conversation.typed_in_later == typed_in_later,
        same_time,
    )
    for meeting in session.scalars(wanted.options(selectinload(Conversation.participants))):
        asked = {person.carer_id for person in meeting.participants if not person.removed}
        if set(fields.carer_ids) <= asked and (state is State.OPEN or fields.carer_ids):
            return conversation_for(session, actor, meeting.id)
    return None


def _mine(session: Session, actor: Actor, conversation_id: UUID) -> Conversation:
    """Return a meeting that the actor answers for, its row locked."""
    lock_conversations(session, actor.school_id, [conversation_id])
    conversation = conversation_for(session, actor, conversation_id)
    if not answers_for(session, actor, conversation):
        raise NotAllowed(NOT_YOURS)
    return conversation


def _must_be_planned(conversation: Conversation) -> None:
    if conversation.state is State.NOT_HELD:
        raise Refused("This meeting was not held. Rebook it first.")
    if conversation.state is not State.PLANNED:
        raise Refused("This conversation has been opened already. Reload the page.")


def _check_day(school: School, now: datetime, on: date) -> None:
    problem = day_problem(on, local_day(now, school.time_zone))
    if problem is not None:
        raise Refused(problem, "on")


def _planned(
    session: Session,
    actor: Actor,
    now: datetime,
    pupil: Pupil,
    school: School,
    conversation: Conversation,
    fields: PlanFields,
    note: str,
) -> Conversation:
    fields = replace(fields, lead_id=fields.lead_id or actor.person_id)
    write_plan(session, school, pupil, conversation, fields)
    _record(session, actor, now, conversation, note)
    return conversation_for(session, actor, conversation.id)


def _begun(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation: Conversation,
    guide: Guide,
    opened_at: datetime,
) -> Conversation:
    if not safeguarding_ready(session.get_one(School, actor.school_id)):
        raise Refused(NO_SAFEGUARDING_LEAD)
    _bring_up_to_date(session, actor, conversation)
    conversation.state = State.OPEN
    conversation.opened_at = opened_at
    looks_back = bool(open_actions_of(session, conversation.pupil_id, before=conversation))
    conversation.stage = StageName.SINCE if looks_back else StageName.EXPLORE
    conversation.stage_entered_at = now
    conversation.suggested_next_on = _suggested_next(session, conversation, opened_at)
    conversation.guide_version = guide.version
    conversation.guide_fingerprint = guide.fingerprint
    conversation.guide = guide.to_json()
    session.add_all(
        Stage(
            school_id=conversation.school_id,
            conversation_id=conversation.id,
            name=StageName(name),
            planned_minutes=minutes,
        )
        for name, minutes in minutes_of(guide, conversation.minutes, looks_back).items()
    )
    session.flush()
    _record(session, actor, now, conversation, "opened")
    return conversation


def _suggested_next(session: Session, conversation: Conversation, opened_at: datetime) -> date:
    school = session.get_one(School, conversation.school_id)
    day = local_day(opened_at, school.time_zone)
    years = (conversation.school_year, conversation.school_year + 1)
    terms = [term for year in years for term in terms_of(session, school.id, year)]
    return next_meeting_day(day, terms)


def _bring_up_to_date(session: Session, actor: Actor, conversation: Conversation) -> None:
    """Take all who were asked as here, each carer with what they speak and read today."""
    carers = {link.carer_id: link.carer for link in pupil_for(session, actor, conversation.pupil_id).carers}
    for person in conversation.participants:
        person.present = True
        if person.kind is ParticipantKind.CARER and person.carer_id in carers:
            carer = carers[person.carer_id]
            person.name, person.speaks, person.reads = carer.full_name, carer.speaks, carer.reads


def _has_words(session: Session, meeting: Conversation) -> bool:
    """Return whether anything that was said or decided stands in a meeting. Two statements at most."""
    if meeting.keep_in_touch or meeting.pupil_views or open_conflicts(session, meeting.id):
        return True
    kept = [
        exists().where(kind.conversation_id == meeting.id, ~kind.removed)
        for kind in (Entry, Priority, Target, Action, StaffNote)
    ]
    spoken_of = or_(Decision.outcome.is_not(None), Decision.reason != "")
    decided = exists().where(Decision.conversation_id == meeting.id, spoken_of)
    return bool(session.scalar(select(or_(*kept, decided))))


def _record(session: Session, actor: Actor, now: datetime, conversation: Conversation, note: str) -> None:
    audit.record(
        session, actor, now, Act.CHANGE, "conversation", conversation.id, conversation.pupil_id, note
    )
