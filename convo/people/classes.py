"""Who is key teacher of which class, and how far a school has come with its people."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.models import Membership, School, Term
from convo.access.queries import safeguarding_ready, staff_of
from convo.access.rules import Act, Actor, Permission
from convo.kernel.errors import NotAllowed, Refused
from convo.people.models import ClassTeacher, Pupil


class ClassLine(NamedTuple):
    """A class, how many pupils are in it, and the id of its key teacher."""

    name: str
    pupils: int
    teacher_id: UUID | None


def class_lines(session: Session, actor: Actor) -> list[ClassLine]:
    """Return the classes that have pupils or a key teacher, by name. Two statements."""
    counted = session.execute(
        select(Pupil.class_name, func.count().label("pupils"))
        .where(Pupil.school_id == actor.school_id, Pupil.left_on.is_(None), ~Pupil.practice)
        .where(Pupil.class_name != "")
        .group_by(Pupil.class_name)
    )
    pupils = {row.class_name: row.pupils for row in counted}
    held = session.execute(
        select(ClassTeacher.class_name, ClassTeacher.person_id).where(
            ClassTeacher.school_id == actor.school_id
        )
    )
    teachers = {row.class_name: row.person_id for row in held}
    return [ClassLine(name, pupils.get(name, 0), teachers.get(name)) for name in sorted({*pupils, *teachers})]


def without_class(session: Session, actor: Actor) -> list[Pupil]:
    """Return the pupils in no class and without a key teacher of their own: no teacher sees them."""
    return list(
        session.scalars(
            select(Pupil)
            .where(Pupil.school_id == actor.school_id, Pupil.left_on.is_(None), ~Pupil.practice)
            .where(Pupil.class_name == "", Pupil.key_teacher_id.is_(None))
            .order_by(Pupil.surname, Pupil.forename)
        )
    )


def set_class_teachers(
    session: Session, actor: Actor, now: datetime, teachers: Mapping[str, UUID | None]
) -> None:
    """Set the key teacher of each class named: somebody who works here, or None for nobody."""
    if not actor.may(Permission.IMPORT_ROLL):
        raise NotAllowed("Only the data manager says who is key teacher of a class.")
    working = {member.person.id for member in staff_of(session, actor.school_id) if member.roles}
    known = {line.name for line in class_lines(session, actor)}
    held = {
        row.class_name: row
        for row in session.scalars(select(ClassTeacher).where(ClassTeacher.school_id == actor.school_id))
    }
    changed = []
    for name, person_id in teachers.items():
        row = held.get(name)
        if name not in known or (row.person_id if row else None) == person_id:
            continue
        if person_id is not None and person_id not in working:
            raise Refused(f"The person chosen for {name} has left. Choose somebody else.")
        changed.append(name)
        if person_id is None:
            session.delete(row)
        elif row is not None:
            row.person_id = person_id
        else:
            session.add(ClassTeacher(school_id=actor.school_id, class_name=name, person_id=person_id))
    session.flush()
    if changed:
        audit.record(session, actor, now, Act.CHANGE, "classes", note=f"key teachers: {', '.join(changed)}")


def setup_state(session: Session, school_id: UUID) -> dict[str, bool]:
    """Return which steps of the first run are done, by ``access.checklist``'s keys. Two statements."""
    school = session.get_one(School, school_id)
    at_school = (Pupil.school_id == school_id) & Pupil.left_on.is_(None)
    of_class = exists().where(
        ClassTeacher.school_id == Pupil.school_id, ClassTeacher.class_name == Pupil.class_name
    )
    led = Pupil.key_teacher_id.is_not(None) | of_class
    others = (
        select(func.count(Membership.person_id.distinct()))
        .where(Membership.school_id == school_id, Membership.left_at.is_(None))
        .scalar_subquery()
    )
    row = session.execute(
        select(
            exists().where(Term.school_id == school_id).label("terms"),
            others.label("staff"),
            exists().where(at_school, ~Pupil.practice).label("roll"),
            exists().where(at_school, ~Pupil.practice, ~led).label("unled"),
            exists().where(at_school, Pupil.practice).label("practice"),
        )
    ).one()
    return {
        "school": bool(school.name and school.contact_route),
        "terms": row.terms,
        "safeguarding": safeguarding_ready(school),
        "languages": bool(school.languages),
        "staff": row.staff > 1,
        "roll": row.roll,
        "key_teachers": row.roll and not row.unled,
        "practice": row.practice,
    }
