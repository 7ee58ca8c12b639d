"""Writes about the people who work in a school.

A person may work in several schools, which are strangers to each other. So a school's data manager can change
somebody's name, address or password only while that school is the only one they work in.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access import audit, queries, sign_in
from convo.access.models import Membership, Person, School
from convo.access.rules import Act, Actor, Role, clean_email
from convo.kernel.errors import Refused
from convo.kernel.text import clean_line

_ELSEWHERE = "{name} also works at another school, so this can only be changed there or by themselves."


@dataclass(frozen=True)
class StaffLine:
    """One person as a file or a form gives them. Languages are tags, of use for an assistant."""

    name: str
    email: str
    roles: Sequence[Role]
    languages: Sequence[str] = ()


@dataclass(frozen=True)
class Joined:
    """Somebody new at the school; ``link_token`` is None for who signs in to convo already."""

    person: Person
    link_token: str | None


@dataclass
class StaffTaken:
    """What a list of staff did: who is new, who got a role or language more, who was as listed, who has left.

    Whoever was marked as left here stays so, whatever the list says.
    """

    new: list[Joined] = field(default_factory=list)
    changed: list[Person] = field(default_factory=list)
    unchanged: list[Person] = field(default_factory=list)
    left: list[Person] = field(default_factory=list)


def take_staff(session: Session, actor: Actor, now: datetime, rows: Iterable[StaffLine]) -> StaffTaken:
    """Take in a list of staff, matched by e-mail address. Adds people, roles and languages; removes nothing.

    The same list again changes nothing. Names and what has been set in convo stay as they are.
    """
    taken = StaffTaken()
    members = {member.person.email: member for member in queries.staff_of(session, actor.school_id)}
    for row in rows:
        email = clean_email(row.email)
        member = members.get(email)
        if member is None:
            taken.new.append(add_staff(session, actor, now, row))
            members[email] = queries.staff_member(session, actor.school_id, taken.new[-1].person.id)
        elif not member.roles:
            taken.left.append(member.person)
        else:
            roles = {*member.roles, *row.roles}
            languages = list(dict.fromkeys((*member.languages, *row.languages)))
            if _set_roles(session, actor, now, member.person, roles, languages):
                taken.changed.append(member.person)
                audit.record(
                    session, actor, now, Act.STAFF, "person", member.person.id, note="changed by a list"
                )
            else:
                taken.unchanged.append(member.person)
    return taken


def add_staff(session: Session, actor: Actor, now: datetime, row: StaffLine) -> Joined:
    """Return somebody who now works at the school; who had left comes back.

    A new person gets a password link; who signs in to convo at another school keeps name and password.
    """
    email = clean_email(row.email)
    name = _checked(row.name, row.roles)
    person = session.scalar(select(Person).where(Person.email == email))
    if person is not None and _works_at(session, person.id, actor.school_id):
        raise Refused(f"{person.name} is on the list of staff already.", "email")
    if person is None:
        person = Person(name=name, email=email, created_at=now)
        session.add(person)
        session.flush()  # the membership needs the id
    _set_roles(session, actor, now, person, row.roles, row.languages)
    token = None
    if person.password_hash is None and not _works_elsewhere(session, person.id, actor.school_id):
        token = sign_in.make_password_link(session, person.id, now)
    audit.record(session, actor, now, Act.STAFF, "person", person.id, note="added")
    return Joined(person, token)


def edit_staff(session: Session, actor: Actor, now: datetime, person_id: UUID, row: StaffLine) -> Person:
    """Change the name, address, roles and languages of somebody who works at the school."""
    member = queries.staff_member(session, actor.school_id, person_id)
    person = member.person
    email = clean_email(row.email)
    name = _checked(row.name, row.roles)
    if (name, email) != (person.name, person.email) and _works_elsewhere(session, person.id, actor.school_id):
        raise Refused(_ELSEWHERE.format(name=person.name), "name" if name != person.name else "email")
    taken = session.scalar(select(Person.id).where(Person.email == email, Person.id != person.id))
    if taken is not None:
        raise Refused("Somebody else signs in with this e-mail address.", "email")
    if Role.DATA_MANAGER in member.roles and Role.DATA_MANAGER not in row.roles:
        _keep_a_data_manager(session, actor, person.id, "roles")
    person.name, person.email = name, email
    _set_roles(session, actor, now, person, row.roles, row.languages)
    audit.record(session, actor, now, Act.STAFF, "person", person.id, note="changed")
    return person


def mark_left(session: Session, actor: Actor, now: datetime, person_id: UUID) -> Person:
    """Mark somebody as having left the school: all their sign-ins there end at once. What they did stays."""
    member = queries.staff_member(session, actor.school_id, person_id)
    school = session.get_one(School, actor.school_id)
    if person_id in (school.safeguarding_lead_id, school.safeguarding_deputy_id):
        raise Refused("First choose another safeguarding lead or deputy on the page of the school.")
    if Role.DATA_MANAGER in member.roles:
        _keep_a_data_manager(session, actor, person_id, None)
    _set_roles(session, actor, now, member.person, (), ())
    sign_in.end_all_at(session, person_id, actor.school_id, now)
    audit.record(session, actor, now, Act.STAFF, "person", person_id, note="left")
    return member.person


def new_link(session: Session, actor: Actor, now: datetime, person_id: UUID) -> str:
    """Return the token of a new password link for somebody who works at the school."""
    person = _only_here(session, actor, person_id)
    known = person.password_hash is not None  # else the link is what they wait for
    token = sign_in.make_password_link(session, person.id, now, actor.person_id if known else None)
    audit.record(session, actor, now, Act.PASSWORD, "person", person.id, note="link made")
    return token


def links_again(session: Session, actor: Actor, now: datetime, person_ids: Collection[UUID]) -> list[Joined]:
    """Return new password links for those of these people who work here and have not set a password yet."""
    waiting = [
        member.person
        for member in queries.staff_of(session, actor.school_id)
        if member.person.id in person_ids and member.roles and member.person.password_hash is None
    ]
    return [
        Joined(person, new_link(session, actor, now, person.id))
        for person in waiting
        if not _works_elsewhere(session, person.id, actor.school_id)
    ]


def lost_phone(session: Session, actor: Actor, now: datetime, person_id: UUID) -> Person:
    """Turn the second factor off for somebody who has lost their phone; they can set it up again."""
    person = _only_here(session, actor, person_id)
    sign_in.turn_second_factor_off(session, actor, now, person.id)
    return person


def _only_here(session: Session, actor: Actor, person_id: UUID) -> Person:
    member = queries.staff_member(session, actor.school_id, person_id)
    if not member.roles:
        raise Refused(f"{member.person.name} has left. Add them to the staff again first.")
    if _works_elsewhere(session, person_id, actor.school_id):
        raise Refused(_ELSEWHERE.format(name=member.person.name))
    return member.person


def _checked(name: str, roles: Sequence[Role]) -> str:
    name = clean_line(name)
    if not name:
        raise Refused("Give the name as the family hears it, such as Mrs Whitaker.", "name")
    if not roles:
        raise Refused("Choose at least one role.", "roles")
    return name


def _set_roles(
    session: Session,
    actor: Actor,
    now: datetime,
    person: Person,
    roles: Iterable[Role],
    languages: Sequence[str],
) -> bool:
    """Make the person hold exactly these roles at the actor's school, and return whether that was new."""
    rows = session.scalars(
        select(Membership).where(Membership.school_id == actor.school_id, Membership.person_id == person.id)
    )
    held = {row.role: row for row in rows}
    changed = False
    wanted = set(roles)
    for role in wanted - held.keys():
        held[role] = Membership(school_id=actor.school_id, person_id=person.id, role=role, languages=[])
        session.add(held[role])
        changed = True
    for role, row in held.items():
        reads = list(languages) if role is Role.ASSISTANT and role in wanted else []
        left_at = None if role in wanted else row.left_at or now
        if (row.left_at, row.languages) != (left_at, reads):
            row.left_at, row.languages, changed = left_at, reads, True
    session.flush()  # the next read in this request sees them
    return changed


def _keep_a_data_manager(session: Session, actor: Actor, person_id: UUID, form_field: str | None) -> None:
    others = select(Membership.id).where(
        Membership.school_id == actor.school_id,
        Membership.role == Role.DATA_MANAGER,
        Membership.left_at.is_(None),
        Membership.person_id != person_id,
    )
    if session.scalar(others.limit(1)) is None:
        raise Refused("A school needs a data manager. Give somebody else the role first.", form_field)


def _works_at(session: Session, person_id: UUID, school_id: UUID) -> bool:
    return any(school.id == school_id for school in queries.schools_of(session, person_id))


def _works_elsewhere(session: Session, person_id: UUID, school_id: UUID) -> bool:
    return any(school.id != school_id for school in queries.schools_of(session, person_id))
