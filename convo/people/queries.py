"""Reads of the people room: which pupils somebody may see, and what is known about them."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Uuid, and_, column, exists, func, or_, select, table
from sqlalchemy.orm import Session, joinedload

from convo.access.models import Person
from convo.access.rules import Actor, Permission
from convo.kernel.errors import NotFound
from convo.kernel.text import folded
from convo.language.tags import from_census
from convo.people.models import ClassTeacher, KeptApart, Pupil, PupilCarer

# Whether somebody takes part in a conversation decides which pupils they see, and conversations are a later
# room: their rows are read here by table and column, not through its models.
_meeting = table("conversation", column("id", Uuid), column("pupil_id", Uuid), column("lead_id", Uuid))
_participant = table(
    "participant",
    column("conversation_id", Uuid),
    column("person_id", Uuid),
    column("removed", Boolean),
)


def is_key_teacher(person_id: UUID) -> ColumnElement[bool]:
    """Return the condition on Pupil that the person is its key teacher: its own, else its class's."""
    of_class = exists().where(
        ClassTeacher.school_id == Pupil.school_id,
        ClassTeacher.class_name == Pupil.class_name,
        ClassTeacher.person_id == person_id,
    )
    return or_(Pupil.key_teacher_id == person_id, and_(Pupil.key_teacher_id.is_(None), of_class))


def may_see(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Pupil that the actor may see it (DESIGN §5.4), for use in any select.

    Some roles see every pupil of the school; others those of whom they are key teacher, and those in whose
    conversation they lead or take part. Whoever may hold conversations can try one with the practice pupil.
    """
    here = Pupil.school_id == actor.school_id
    if actor.may(Permission.SEE_ALL_PUPILS):
        return here
    takes_part = exists().where(
        _participant.c.conversation_id == _meeting.c.id,
        _participant.c.person_id == actor.person_id,
        ~_participant.c.removed,
    )
    meets = exists().where(
        _meeting.c.pupil_id == Pupil.id, or_(_meeting.c.lead_id == actor.person_id, takes_part)
    )
    has_reason = or_(is_key_teacher(actor.person_id), meets)
    if actor.may(Permission.HOLD_CONVERSATIONS):
        has_reason = or_(has_reason, Pupil.practice)
    return and_(here, has_reason)


def visible_pupils(
    session: Session, actor: Actor, *, class_name: str | None = None, name: str = ""
) -> list[Pupil]:
    """Return the pupils at school now whom the actor may see, by surname and forename. One statement.

    ``name`` is searched without regard to case, accents and order: "khan am" finds Amina Khan.
    """
    wanted = select(Pupil).where(may_see(actor), Pupil.left_on.is_(None))
    if class_name is not None:
        wanted = wanted.where(Pupil.class_name == class_name)
    found = session.scalars(wanted.order_by(Pupil.surname, Pupil.forename, Pupil.id)).all()
    # Databases fold accents differently, or not at all; a school has few enough pupils to do it here.
    parts = folded(name).split()
    return [pupil for pupil in found if _is_called(pupil, parts)]


_SUGGESTED = 12  # languages at most: more than these are quicker found in the list of all


def languages_of_roll(session: Session, school_id: UUID) -> list[str]:
    """Return the tags of what families may read, as the roll's census codes suggest, the commonest first.

    English is left out. One statement.
    """
    codes = session.execute(
        select(Pupil.home_language, func.count())
        .where(
            Pupil.school_id == school_id,
            Pupil.left_on.is_(None),
            Pupil.practice.is_(False),
            Pupil.home_language.is_not(None),
        )
        .group_by(Pupil.home_language)
    )
    pupils: Counter[str] = Counter()
    for code, count in codes:
        spoken = from_census(code or "")
        if spoken is not None and (read := spoken.read_instead or spoken.tag) != "en":
            pupils[read] += count
    return [tag for tag, _ in sorted(pupils.items(), key=lambda item: (-item[1], item[0]))][:_SUGGESTED]


def _is_called(pupil: Pupil, parts: Sequence[str]) -> bool:
    words = folded(f"{pupil.preferred_forename} {pupil.forename} {pupil.surname}").split()
    return all(any(word.startswith(part) for word in words) for part in parts)


def pupil_for(session: Session, actor: Actor, pupil_id: UUID) -> Pupil:
    """Return a pupil with carers and key teacher loaded. Raises NotFound for one the actor may not see.

    One statement.
    """
    found = session.scalars(
        select(Pupil)
        .where(Pupil.id == pupil_id, may_see(actor))
        .options(joinedload(Pupil.key_teacher), joinedload(Pupil.carers).joinedload(PupilCarer.carer))
    ).unique()
    pupil = found.one_or_none()
    if pupil is None:
        raise NotFound
    return pupil


def key_teacher_of(session: Session, pupil: Pupil) -> Person | None:
    """Return the pupil's own key teacher, else the class's, else None. At most one statement."""
    if pupil.key_teacher_id is not None:
        return pupil.key_teacher
    return session.scalar(
        select(Person)
        .join(ClassTeacher, ClassTeacher.person_id == Person.id)
        .where(ClassTeacher.school_id == pupil.school_id, ClassTeacher.class_name == pupil.class_name)
    )


def reach(session: Session, actor: Actor) -> dict[str, int]:
    """Return how many pupils the actor may see, by class name. The practice pupil is not counted.

    One statement.
    """
    rows = session.execute(
        select(Pupil.class_name, func.count().label("pupils"))
        .where(may_see(actor), Pupil.left_on.is_(None), ~Pupil.practice)
        .group_by(Pupil.class_name)
        .order_by(Pupil.class_name)
    )
    return {row.class_name: row.pupils for row in rows}


def link_for(session: Session, actor: Actor, pupil_id: UUID, carer_id: UUID) -> PupilCarer:
    """Return how a carer stands to a pupil, both loaded. Raises NotFound when the actor may not see it."""
    link = session.scalar(
        select(PupilCarer)
        .join(PupilCarer.pupil)
        .join(PupilCarer.carer)
        .where(PupilCarer.pupil_id == pupil_id, PupilCarer.carer_id == carer_id, may_see(actor))
        .options(joinedload(PupilCarer.pupil), joinedload(PupilCarer.carer))
    )
    if link is None:
        raise NotFound
    return link


def kept_apart_of(session: Session, pupil_id: UUID) -> set[frozenset[UUID]]:
    """Return the pairs of a pupil's carers, by their ids, who are kept apart."""
    rows = session.execute(
        select(KeptApart.carer_id, KeptApart.other_id).where(KeptApart.pupil_id == pupil_id)
    )
    return {frozenset(pair) for pair in rows}


def other_children_of(session: Session, actor: Actor, carer_id: UUID, pupil_id: UUID) -> Sequence[Pupil]:
    """Return a carer's other pupils whom the actor may see: what is set for the adult holds there too."""
    return session.scalars(
        select(Pupil)
        .join(PupilCarer, PupilCarer.pupil_id == Pupil.id)
        .where(PupilCarer.carer_id == carer_id, Pupil.id != pupil_id, may_see(actor))
        .order_by(Pupil.surname, Pupil.forename)
    ).all()


def practice_pupil_of(session: Session, actor: Actor) -> Pupil | None:
    """Return the school's practice pupil, or None."""
    return session.scalar(select(Pupil).where(Pupil.school_id == actor.school_id, Pupil.practice).limit(1))
