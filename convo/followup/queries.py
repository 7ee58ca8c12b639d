"""Reads of what is due. Every read is scoped to the school and to what the actor may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from convo.access.models import Person, School
from convo.access.queries import terms_of
from convo.access.rules import Actor, Permission
from convo.conversation.models import Conversation
from convo.conversation.queries import leads, may_read
from convo.conversation.rules import State
from convo.followup.rules import Attempt, Due, DueAction, Meeting, NoConversation, days_late
from convo.kernel.clock import instant_of, local_day
from convo.kernel.school_year import round_of, school_year_of
from convo.people.models import ClassTeacher, Pupil
from convo.people.queries import is_key_teacher, may_see
from convo.plan.models import Action, Decision, Target
from convo.plan.rules import ActionState, Outcome

Whose = Literal["all", "mine"]  # every pupil whom the actor may see, or those of whom they are key teacher

_Select = TypeVar("_Select", bound=Select[*tuple[Any, ...]])

# Names of their own, because the conditions on who may see what ask the same tables.
_OfClass = aliased(ClassTeacher)
_Held = aliased(Conversation)


@dataclass(frozen=True)
class Choices:
    """What the list can be narrowed to."""

    classes: Sequence[str]
    key_teachers: Sequence[tuple[UUID, str]]


def due(
    session: Session,
    actor: Actor,
    today: date,
    class_name: str | None = None,
    key_teacher_id: UUID | None = None,
    pupils: Whose = "all",
) -> Due:
    """Return what is due on the school's day ``today``. Seven statements however many pupils.

    Leavers and the practice pupil are not counted.
    """
    year = school_year_of(today)
    terms = terms_of(session, actor.school_id, year)
    number = round_of(today, terms)
    scope = _counted(actor, class_name, key_teacher_id, pupils)
    zone = _time_zone(session, actor)
    return Due(
        today=today,
        school_year=year,
        round=number,
        term=next(term.name for term in terms if term.number == number),
        pupils=session.scalar(select(func.count()).select_from(Pupil).where(*scope)) or 0,
        actions=tuple(_open_actions(session, actor, today, scope, zone)),
        no_conversation=tuple(_without_conversation(session, today, scope, zone, (year, number))),
    )


def open_actions(
    session: Session,
    actor: Actor,
    today: date,
    class_name: str | None = None,
    key_teacher_id: UUID | None = None,
    pupils: Whose = "all",
) -> list[DueAction]:
    """Return the open actions that the actor may read, the earliest date first. Three statements."""
    scope = _counted(actor, class_name, key_teacher_id, pupils)
    return _open_actions(session, actor, today, scope, _time_zone(session, actor))


def meetings_of_the_day(session: Session, actor: Actor, today: date) -> tuple[list[Meeting], list[Meeting]]:
    """Return the actor's meetings of the day, and earlier ones that nobody has finished. Two statements.

    A meeting is the actor's when they may read it. The practice pupil's are among them. Unfinished is what
    was opened on an earlier day and not closed, or planned for one and neither opened nor called off.
    """
    zone = _time_zone(session, actor)
    begins = instant_of(today, 0, 0, zone)
    tomorrow = today + timedelta(days=1)
    rows = session.execute(
        select(Conversation, Pupil, Person.name, leads(actor))
        .join(Conversation.pupil)
        .join(Person, Person.id == Conversation.lead_id)
        .where(
            Conversation.school_id == actor.school_id,
            Pupil.left_on.is_(None),
            may_read(actor),
            Conversation.starts_at < instant_of(tomorrow, 0, 0, zone),
            or_(Conversation.starts_at >= begins, Conversation.state.in_((State.PLANNED, State.OPEN))),
        )
        .order_by(Conversation.starts_at, Pupil.surname, Conversation.id)
    )
    holds = actor.may(Permission.HOLD_CONVERSATIONS)
    found = [
        Meeting(
            id=meeting.id,
            pupil_id=pupil.id,
            pupil=pupil.full_name,
            class_name=pupil.class_name,
            practice=pupil.practice,
            lead=lead,
            state=meeting.state,
            stage=meeting.stage.value,
            starts_at=meeting.starts_at,
            way=meeting.way,
            interpreter=meeting.interpreter,
            may_open=holds and bool(mine),
        )
        for meeting, pupil, lead, mine in rows
    ]
    return (
        [meeting for meeting in found if meeting.starts_at >= begins],
        [meeting for meeting in found if meeting.starts_at < begins],
    )


def choices(session: Session, actor: Actor) -> Choices:
    """Return the classes and key teachers of the pupils whom the actor may see. Two statements."""
    scope = _counted(actor, None, None, "all")
    classes = session.scalars(
        select(Pupil.class_name).where(*scope, Pupil.class_name != "").distinct().order_by(Pupil.class_name)
    )
    people = session.execute(
        _with_key_teacher(select(Person.id, Person.name).select_from(Pupil))
        .where(*scope, Person.id.is_not(None))
        .distinct()
        .order_by(Person.name, Person.id)
    )
    return Choices(classes.all(), people.all())


def _counted(
    actor: Actor, class_name: str | None, key_teacher_id: UUID | None, pupils: Whose
) -> list[ColumnElement[bool]]:
    """Return the conditions on Pupil that say who is looked at."""
    scope = [may_see(actor), Pupil.left_on.is_(None), ~Pupil.practice]
    if class_name is not None:
        scope.append(Pupil.class_name == class_name)
    if key_teacher_id is not None:
        scope.append(is_key_teacher(key_teacher_id))
    if pupils == "mine":
        scope.append(is_key_teacher(actor.person_id))
    return scope


def _with_key_teacher(wanted: _Select) -> _Select:
    """Join to Pupil as Person the pupil's own key teacher, else the class's, else nobody."""
    return wanted.outerjoin(
        _OfClass, and_(_OfClass.school_id == Pupil.school_id, _OfClass.class_name == Pupil.class_name)
    ).outerjoin(Person, Person.id == func.coalesce(Pupil.key_teacher_id, _OfClass.person_id))


def _of_readable(actor: Actor, wanted: _Select, scope: Iterable[ColumnElement[bool]]) -> _Select:
    """Narrow a select from Action, joined with Pupil, to open ones that the actor may read.

    Who may see what is due at the whole school reads every action; others those of meetings they may read.
    """
    return wanted.join(
        Conversation,
        and_(Conversation.id == Action.conversation_id, Conversation.school_id == Action.school_id),
    ).where(
        Action.school_id == actor.school_id,
        Action.state == ActionState.OPEN,
        true() if actor.may(Permission.SEE_HORIZON) else may_read(actor),
        *scope,
    )


def _open_actions(
    session: Session, actor: Actor, today: date, scope: Sequence[ColumnElement[bool]], zone: str
) -> list[DueAction]:
    of_pupil = and_(Pupil.id == Action.pupil_id, Pupil.school_id == Action.school_id)
    of_target = and_(Target.id == Action.target_id, Target.school_id == Action.school_id)
    wanted = select(Action, Pupil, Target.text, Person.name).select_from(Action)
    wanted = _with_key_teacher(wanted.join(Pupil, of_pupil).join(Target, of_target))
    rows = session.execute(
        _of_readable(actor, wanted, scope).order_by(
            Action.by_when, Pupil.surname, Pupil.forename, Action.position, Action.id
        )
    )
    said = _said_since(session, actor, scope, zone)
    found = []
    for action, pupil, target, key_teacher in rows:
        assert action.by_when is not None  # an_open_action_has_someone_a_date_and_a_target
        assert action.by_whom is not None
        outcomes = said.get(action.id, [])
        last = outcomes[-1] if outcomes else None
        found.append(
            DueAction(
                id=action.id,
                pupil_id=pupil.id,
                pupil=pupil.full_name,
                class_name=pupil.class_name,
                key_teacher=key_teacher or "",
                what=action.what,
                by_whom=action.by_whom,
                who=action.who,
                by_when=action.by_when,
                days_late=days_late(action.by_when, today),
                target=target,
                heard=any(outcome is not Outcome.NOT_TALKED_ABOUT for outcome, _ in outcomes),
                passed_over_on=last[1] if last and last[0] is Outcome.NOT_TALKED_ABOUT else None,
            )
        )
    return found


def _said_since(
    session: Session, actor: Actor, scope: Sequence[ColumnElement[bool]], zone: str
) -> dict[UUID, list[tuple[Outcome, date]]]:
    """Return what closed conversations decided on each open action and on which day, in their order."""
    wanted = (
        select(Decision.action_id, Decision.outcome, _Held.starts_at)
        .select_from(Decision)
        .join(_Held, and_(_Held.id == Decision.conversation_id, _Held.school_id == Decision.school_id))
        .join(Action, and_(Action.id == Decision.action_id, Action.school_id == Decision.school_id))
        .join(Pupil, and_(Pupil.id == Action.pupil_id, Pupil.school_id == Action.school_id))
        .where(_Held.state == State.CLOSED, Decision.outcome.is_not(None))
        .order_by(_Held.starts_at, Decision.decided_at)
    )
    said: dict[UUID, list[tuple[Outcome, date]]] = {}
    for action_id, outcome, starts_at in session.execute(_of_readable(actor, wanted, scope)):
        assert outcome is not None
        said.setdefault(action_id, []).append((outcome, local_day(starts_at, zone)))
    return said


def _without_conversation(
    session: Session,
    today: date,
    scope: Sequence[ColumnElement[bool]],
    zone: str,
    in_round: tuple[int, int],
) -> list[NoConversation]:
    def of_round(meeting: type[Conversation]) -> ColumnElement[bool]:
        return and_(
            meeting.school_id == Pupil.school_id,
            meeting.pupil_id == Pupil.id,
            meeting.school_year == in_round[0],
            meeting.round == in_round[1],
        )

    without = [*scope, ~exists().where(of_round(_Held), _Held.state == State.CLOSED)]
    pupils = session.execute(
        _with_key_teacher(select(Pupil, Person.name).select_from(Pupil))
        .where(*without)
        .order_by(Pupil.class_name, Pupil.surname, Pupil.forename, Pupil.id)
    )
    meetings = session.scalars(
        select(Conversation)
        .join(Pupil, of_round(Conversation))
        .where(*without)
        .order_by(Conversation.starts_at, Conversation.id)
    )
    of_pupil: dict[UUID, list[Conversation]] = {}
    for meeting in meetings:
        of_pupil.setdefault(meeting.pupil_id, []).append(meeting)
    return [
        _waits(pupil, key_teacher or "", of_pupil.get(pupil.id, []), today, zone)
        for pupil, key_teacher in pupils
    ]


def _waits(
    pupil: Pupil, key_teacher: str, meetings: Iterable[Conversation], today: date, zone: str
) -> NoConversation:
    days = [(meeting, local_day(meeting.starts_at, zone)) for meeting in meetings]
    planned = [day for meeting, day in days if meeting.state is State.PLANNED]
    return NoConversation(
        pupil_id=pupil.id,
        pupil=pupil.full_name,
        class_name=pupil.class_name,
        key_teacher=key_teacher,
        planned_on=next((day for day in planned if day >= today), planned[-1] if planned else None),
        opened_on=next((day for meeting, day in days if meeting.state is State.OPEN), None),
        attempts=tuple(
            Attempt(day, meeting.not_held_reason)
            for meeting, day in days
            if meeting.not_held_reason is not None
        ),
    )


def _time_zone(session: Session, actor: Actor) -> str:
    return session.scalars(select(School.time_zone).where(School.id == actor.school_id)).one()
