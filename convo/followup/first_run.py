"""How far a new school has come on its way to the first conversation."""

from sqlalchemy.orm import Session

from convo.access import checklist
from convo.access.rules import Actor, Permission, Role
from convo.people.classes import setup_state

# Who can take each step; to others it is told without a link.
_TAKEN_BY = {
    "school": Permission.MANAGE_SCHOOL,
    "terms": Permission.MANAGE_SCHOOL,
    "languages": Permission.MANAGE_SCHOOL,
    "staff": Permission.MANAGE_STAFF,
    "safeguarding": Permission.MANAGE_SCHOOL,
    "roll": Permission.IMPORT_ROLL,
    "key_teachers": Permission.IMPORT_ROLL,
    "practice": Permission.EDIT_PEOPLE,
}


def steps_for(session: Session, actor: Actor) -> tuple[checklist.Step, ...]:
    """Return the steps of a school that has not come to its first conversation; none when all are done.

    They are for those who look after the school: data manager, SENCO and head.
    """
    if not (actor.may(Permission.MANAGE_SCHOOL) or Role.HEAD in actor.roles):
        return ()
    done = setup_state(session, actor.school_id)
    if all(done.values()):
        return ()
    nowhere = {key: "" for key, needed in _TAKEN_BY.items() if not actor.may(needed)}
    return tuple(checklist.steps(done, nowhere))


def next_step(session: Session, actor: Actor) -> checklist.Step | None:
    """Return the first step that is not done and that this person can take, or None."""
    return next((step for step in steps_for(session, actor) if step.href and not step.done), None)
