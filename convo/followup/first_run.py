"""How far a new school has come on its way to the first conversation."""

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from convo.access import checklist
from convo.access.models import Membership, School
from convo.access.queries import has_terms, safeguarding_ready
from convo.access.rules import Actor, Permission, Role
from convo.people.models import ClassTeacher, Pupil

# Who can take each step; to others it is told without a link.
_TAKEN_BY = {
    "school": Permission.MANAGE_SCHOOL,
    "terms": Permission.MANAGE_SCHOOL,
    "safeguarding": Permission.MANAGE_SCHOOL,
    "languages": Permission.MANAGE_SCHOOL,
    "staff": Permission.MANAGE_STAFF,
    "roll": Permission.IMPORT_ROLL,
    "key_teachers": Permission.IMPORT_ROLL,
    "practice": Permission.EDIT_PEOPLE,
}


def steps_for(session: Session, actor: Actor, school: School, school_year: int) -> tuple[checklist.Step, ...]:
    """Return the steps of a school that has not come to its first conversation; none when all are done.

    They are for those who look after the school: data manager, SENCO and head.
    """
    if not (actor.may(Permission.MANAGE_SCHOOL) or Role.HEAD in actor.roles):
        return ()
    done = setup_state(session, school, school_year)
    if all(done.values()):
        return ()
    nowhere = {key: "" for key, needed in _TAKEN_BY.items() if not actor.may(needed)}
    return tuple(checklist.steps(done, nowhere))


def setup_state(session: Session, school: School, school_year: int) -> dict[str, bool]:
    """Return whether each step is done, by the key of ``access.checklist``. Two statements."""
    at_school = and_(Pupil.school_id == school.id, Pupil.left_on.is_(None), ~Pupil.practice)
    of_class = exists().where(
        ClassTeacher.school_id == Pupil.school_id, ClassTeacher.class_name == Pupil.class_name
    )
    works_here = and_(Membership.school_id == school.id, Membership.left_at.is_(None))
    row = session.execute(
        select(
            exists(select(Pupil.id).where(at_school)).label("roll"),
            exists(select(Pupil.id).where(at_school, Pupil.key_teacher_id.is_(None), ~of_class)).label(
                "without_key_teacher"
            ),
            exists(select(Pupil.id).where(Pupil.school_id == school.id, Pupil.practice)).label("practice"),
            exists(select(Membership.id).where(works_here, Membership.role == Role.TEACHER)).label("staff"),
        )
    ).one()
    return {
        "school": bool(school.contact_route and school.phone),
        "terms": has_terms(session, school.id, school_year),
        "safeguarding": safeguarding_ready(school),
        "languages": bool(school.languages),
        "staff": bool(row.staff),
        "roll": bool(row.roll),
        "key_teachers": bool(row.roll and not row.without_key_teacher),
        "practice": bool(row.practice),
    }
