"""Reads of the access room. Everything but sign-in itself is scoped to one school."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from convo.access.models import (
    AuditEntry,
    ConcernOpened,
    Membership,
    PasswordLink,
    Person,
    School,
    SignIn,
    Term,
)
from convo.access.passwords import token_hash
from convo.access.rules import Actor, Role
from convo.kernel.errors import NotFound
from convo.kernel.school_year import TermDates, usual_terms
from convo.kernel.text import folded


@dataclass(frozen=True)
class SignedIn:
    """A sign-in that holds: the row, the school it is in, and the actor that operations are given."""

    sign_in: SignIn
    person: Person
    school: School
    actor: Actor


@dataclass(frozen=True)
class StaffMember:
    """A person of a school with the roles they hold there now; none when they have left."""

    person: Person
    roles: tuple[Role, ...]
    languages: tuple[str, ...]
    left_at: datetime | None


_SIGNED_IN = (  # asked at every request: built once
    select(SignIn, Person, School, Membership.role)
    .join(Person, Person.id == SignIn.person_id)
    .join(School, School.id == SignIn.school_id)
    .join(
        Membership,
        (Membership.person_id == SignIn.person_id) & (Membership.school_id == SignIn.school_id),
    )
    .where(
        SignIn.token_hash == bindparam("token"),
        SignIn.ended_at.is_(None),
        SignIn.last_seen_at > bindparam("seen_after"),
        SignIn.created_at > bindparam("begun_after"),
        Membership.left_at.is_(None),
    )
)


def signed_in(
    session: Session, token: str, now: datetime, *, idle: timedelta, longest: timedelta
) -> SignedIn | None:
    """Return who the token of a cookie stands for, or None when it has ended, run out or lost its school.

    One SELECT.
    """
    named = {"token": token_hash(token), "seen_after": now - idle, "begun_after": now - longest}
    rows = session.execute(_SIGNED_IN, named).all()
    if not rows:
        return None
    sign_in, person, school, _ = rows[0]
    roles = frozenset(row.role for row in rows)
    return SignedIn(sign_in, person, school, Actor(person.id, person.name, school.id, roles, sign_in.id))


def schools_of(session: Session, person_id: UUID) -> Sequence[School]:
    """Return the schools in which a person works now, by name."""
    works_in = select(Membership.school_id).where(
        Membership.person_id == person_id, Membership.left_at.is_(None)
    )
    return session.scalars(
        select(School).where(School.id.in_(works_in)).order_by(School.name, School.id)
    ).all()


def actor_at(session: Session, actor: Actor, school_id: UUID) -> Actor | None:
    """Return who somebody is at another school: without a role where they have left it, None if never there.

    One statement.
    """
    held = select(Membership.role, Membership.left_at).where(
        Membership.school_id == school_id, Membership.person_id == actor.person_id
    )
    rows = session.execute(held).all()
    roles = frozenset(row.role for row in rows if row.left_at is None)
    return replace(actor, school_id=school_id, roles=roles) if rows else None


def last_school_id(session: Session, person_id: UUID) -> UUID | None:
    """Return the school of a person's latest sign-in, ended or not."""
    return session.scalar(
        select(SignIn.school_id)
        .where(SignIn.person_id == person_id)
        .order_by(SignIn.created_at.desc())
        .limit(1)
    )


def sign_in_of_staff(session: Session, sign_in_id: UUID) -> SignIn | None:
    """Return a sign-in, ended or not, of somebody who still works at its school."""
    works_there = (Membership.person_id == SignIn.person_id) & (Membership.school_id == SignIn.school_id)
    wanted = select(SignIn).join(Membership, works_there)
    found = wanted.where(SignIn.id == sign_in_id, Membership.left_at.is_(None))
    return session.scalars(found.limit(1)).first()


def sign_ins_of(session: Session, person_id: UUID, now: datetime, longest: timedelta) -> Sequence[SignIn]:
    """Return a person's sign-ins that have not ended, the latest first."""
    return session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.created_at > now - longest)
        .options(joinedload(SignIn.school))
        .order_by(SignIn.last_seen_at.desc())
    ).all()


def usable_link(session: Session, token: str, now: datetime) -> PasswordLink | None:
    """Return the password link of a token while it can be used."""
    return session.scalar(
        select(PasswordLink).where(
            PasswordLink.token_hash == token_hash(token),
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > now,
        )
    )


def links_made_for(
    session: Session, person_id: UUID, since: datetime | None = None
) -> Sequence[PasswordLink]:
    """Return the password links that others made for somebody who had a password, the latest first.

    At most five. They stay told after they were used: it may not be the person who used them.
    """
    made = [PasswordLink.person_id == person_id, PasswordLink.made_by_id.is_not(None)]
    if since is not None:
        made.append(PasswordLink.made_at > since)
    return session.scalars(
        select(PasswordLink)
        .where(*made)
        .options(joinedload(PasswordLink.made_by))
        .order_by(PasswordLink.made_at.desc())
        .limit(5)
    ).all()


def staff_of(session: Session, school_id: UUID) -> list[StaffMember]:
    """Return everybody who works or has worked at a school, by surname; those who have left come last."""
    rows = session.scalars(
        select(Membership)
        .where(Membership.school_id == school_id)
        .options(joinedload(Membership.person))
        .order_by(Membership.person_id)
    )
    by_person: dict[UUID, list[Membership]] = {}
    for membership in rows:
        by_person.setdefault(membership.person_id, []).append(membership)
    members = [_staff_member(memberships) for memberships in by_person.values()]
    return sorted(
        members, key=lambda member: (not member.roles, _by_surname(member.person.name), member.person.email)
    )


def staff_member(session: Session, school_id: UUID, person_id: UUID) -> StaffMember:
    """Return one person of a school, or raise NotFound."""
    memberships = session.scalars(
        select(Membership)
        .where(Membership.school_id == school_id, Membership.person_id == person_id)
        .options(joinedload(Membership.person))
    ).all()
    if not memberships:
        raise NotFound
    return _staff_member(memberships)


def left_among(session: Session, school_id: UUID, person_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of some people who worked at a school and have left it. One statement."""
    wanted = (
        select(Membership.person_id)
        .where(Membership.school_id == school_id, Membership.person_id.in_(set(person_ids)))
        .group_by(Membership.person_id)
        .having(func.count(Membership.left_at) == func.count())
    )
    return set(session.scalars(wanted))


def _by_surname(name: str) -> tuple[str, str]:
    """Return what sorts "Mrs Kaur" under K: people are listed as families know them, with a title."""
    return folded(name.split()[-1]), folded(name)


def _staff_member(memberships: Sequence[Membership]) -> StaffMember:
    held = [row for row in memberships if row.left_at is None]
    order = list(Role)
    return StaffMember(
        memberships[0].person,
        tuple(sorted((row.role for row in held), key=order.index)),
        next((tuple(row.languages) for row in held if row.languages), ()),
        None if held else max(row.left_at for row in memberships if row.left_at),
    )


def safeguarding_ready(school: School) -> bool:
    """Return whether lead and deputy are named, with how to reach each; no hour opens without."""
    return bool(
        school.safeguarding_lead_id
        and school.safeguarding_lead_reach
        and school.safeguarding_deputy_id
        and school.safeguarding_deputy_reach
    )


def reads_concerns(school: School, actor: Actor) -> bool:
    """Return whether the actor is the one person who reads the log of concerns: the safeguarding lead."""
    return school.id == actor.school_id and school.safeguarding_lead_id == actor.person_id


def terms_of(session: Session, school_id: UUID, school_year: int) -> tuple[TermDates, ...]:
    """Return the three terms of a school year: as the school set them, else the usual ones."""
    rows = session.scalars(
        select(Term).where(Term.school_id == school_id, Term.school_year == school_year).order_by(Term.number)
    ).all()
    return tuple(TermDates(row.number, row.name, row.starts_on, row.ends_on) for row in rows) or usual_terms(
        school_year
    )


def has_terms(session: Session, school_id: UUID, school_year: int) -> bool:
    """Return whether the school has set the terms of a school year."""
    found = select(Term.id).where(Term.school_id == school_id, Term.school_year == school_year)
    return session.scalar(found.limit(1)) is not None


def concerns_of(session: Session, school_id: UUID) -> Sequence[ConcernOpened]:
    """Return the log of opened concern pages, the latest first. For the safeguarding lead alone."""
    return session.scalars(
        select(ConcernOpened)
        .where(ConcernOpened.school_id == school_id)
        .options(joinedload(ConcernOpened.person))
        .order_by(ConcernOpened.at.desc())
    ).all()


def trail(
    session: Session,
    school_id: UUID,
    *,
    person_id: UUID | None = None,
    pupil_id: UUID | None = None,
    page: int = 1,
    size: int = 50,
) -> tuple[Sequence[AuditEntry], int]:
    """Return one page of a school's audit trail, the latest first, and how many entries there are in all."""
    wanted = [AuditEntry.school_id == school_id]
    if person_id is not None:
        wanted.append(AuditEntry.person_id == person_id)
    if pupil_id is not None:
        wanted.append(AuditEntry.pupil_id == pupil_id)
    count = session.scalar(select(func.count()).select_from(AuditEntry).where(*wanted)) or 0
    rows = session.scalars(
        select(AuditEntry)
        .where(*wanted)
        .order_by(AuditEntry.number.desc())
        .offset((page - 1) * size)
        .limit(size)
    ).all()
    return rows, count
