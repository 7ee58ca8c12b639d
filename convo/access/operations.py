"""Writes about the school itself, its terms, and the log of concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from convo.access import audit, queries
from convo.access.face import check_colours, fit_contact_lines, read_colour
from convo.access.models import ConcernAnswer, ConcernOpened, Membership, Person, School, Term
from convo.access.passwords import hash_password
from convo.access.rules import Act, Actor, Role, clean_email, fit_password
from convo.kernel.clock import local_day
from convo.kernel.errors import NotFound, Refused
from convo.kernel.ids import new_id
from convo.kernel.school_year import ROUNDS, TermDates, school_year_of, usual_terms
from convo.kernel.text import clean, clean_line

if TYPE_CHECKING:
    from convo.access.logo import LogoPng  # loads Pillow, which hardly a page or command needs


@dataclass(frozen=True, kw_only=True)
class SchoolDetails:
    """What a school says of itself. Languages are tags, the most read first."""

    name: str
    contact_route: str
    phone: str
    time_zone: str
    signature_line: bool
    languages: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Face:
    """How a school's page for families looks, but for its logo. A colour is RRGGBB; "" is convo's own."""

    contact_lines: Sequence[str] = ()
    heading_colour: str = ""
    tint_colour: str = ""


@dataclass(frozen=True)
class SafeguardingContact:
    """Who leads safeguarding or stands in, and how to reach them at once: "room 4, extension 204"."""

    person_id: UUID
    reach: str


def found_school(
    session: Session, now: datetime, *, school: str, name: str, email: str, password: str
) -> Actor:
    """Return the first person of a new school, both data manager and SENCO; the terms are the usual ones."""
    school, name, email = clean_line(school), clean_line(name), clean_email(email)
    if not school:
        raise Refused("Give the name of the school.", "school")
    if not name:
        raise Refused("Give the name of the person who will look after convo.", "name")
    password = fit_password(password, email, name, school)
    if session.scalar(select(Person.id).where(Person.email == email)) is not None:
        raise Refused("Somebody signs in with this e-mail address already. Use another.", "email")
    row = School(name=school, created_at=now)
    person = Person(name=name, email=email, password_hash=hash_password(password), created_at=now)
    session.add_all([row, person])
    session.flush()  # the memberships need both ids
    roles = (Role.DATA_MANAGER, Role.SENCO)
    session.add_all(Membership(school_id=row.id, person_id=person.id, role=role) for role in roles)
    actor = Actor(person.id, person.name, row.id, frozenset(roles))
    audit.record(session, actor, now, Act.SCHOOL, "school", row.id, note="founded")
    year = school_year_of(local_day(now, row.time_zone))
    set_terms(session, actor, now, year, usual_terms(year))
    return actor


def set_school(session: Session, actor: Actor, now: datetime, details: SchoolDetails) -> School:
    """Set what the school says of itself."""
    school = session.get_one(School, actor.school_id)
    name = clean_line(details.name)
    if not name:
        raise Refused("Give the name of the school.", "name")
    try:
        ZoneInfo(details.time_zone)
    except (KeyError, ValueError) as error:
        raise Refused("Choose a time zone from the list.", "time_zone") from error
    school.name = name
    school.contact_route = clean(details.contact_route).strip()
    school.phone = clean_line(details.phone)
    school.time_zone = details.time_zone
    school.signature_line = details.signature_line
    school.languages = list(dict.fromkeys(details.languages))
    audit.record(session, actor, now, Act.SCHOOL, "school", school.id, note="details")
    return school


def set_face(session: Session, actor: Actor, now: datetime, face: Face) -> School:
    """Set the contact lines and colours of the page for families; only what can be read is taken."""
    school = session.get_one(School, actor.school_id)
    lines = fit_contact_lines(face.contact_lines)
    heading, tint = (read_colour(code) if code else "" for code in (face.heading_colour, face.tint_colour))
    check_colours(heading, tint)
    changed = []
    if lines != school.contact_lines:
        changed.append("contact lines")
    if (heading, tint) != (school.heading_colour, school.tint_colour):
        changed.append("colours")
    school.contact_lines, school.heading_colour, school.tint_colour = lines, heading, tint
    if changed:
        note = f"the family's page, {' and '.join(changed)}"
        audit.record(session, actor, now, Act.SCHOOL, "school", school.id, note=note)
    return school


def set_logo(session: Session, actor: Actor, now: datetime, logo: "LogoPng | None") -> School:
    """Set the logo of the page for families, as ``logo_png`` has written it; None takes it away."""
    school = session.get_one(School, actor.school_id)
    if logo != school.logo:
        school.logo = logo
        note = "the family's page, logo" if logo else "the family's page, logo taken away"
        audit.record(session, actor, now, Act.SCHOOL, "school", school.id, note=note)
    return school


def set_safeguarding(
    session: Session, actor: Actor, now: datetime, *, lead: SafeguardingContact, deputy: SafeguardingContact
) -> School:
    """Name the safeguarding lead and the deputy: two people who work at the school now."""
    school = session.get_one(School, actor.school_id)
    for role, named in (("lead", lead), ("deputy", deputy)):
        if not queries.staff_member(session, school.id, named.person_id).roles:
            raise Refused("This person has left. Choose somebody else.", f"{role}_id")
        if not clean_line(named.reach):
            raise Refused(
                f"Say how to reach the {role} at once, such as a room and a number.", f"{role}_reach"
            )
    if lead.person_id == deputy.person_id:
        raise Refused("Choose two people, so that one can be reached.", "deputy_id")
    school.safeguarding_lead_id = lead.person_id
    school.safeguarding_lead_reach = clean_line(lead.reach)
    school.safeguarding_deputy_id = deputy.person_id
    school.safeguarding_deputy_reach = clean_line(deputy.reach)
    audit.record(session, actor, now, Act.SCHOOL, "school", school.id, note="safeguarding lead and deputy")
    return school


def set_terms(
    session: Session, actor: Actor, now: datetime, school_year: int, terms: Sequence[TermDates]
) -> None:
    """Set the three terms of a school year. A refusal names its field ``starts_2``, ``ends_3`` and so on."""
    if tuple(term.number for term in terms) != ROUNDS:
        raise Refused("A school year has three terms.")
    for term in terms:
        if term.ends_on <= term.starts_on:
            raise Refused("A term ends after it starts.", f"ends_{term.number}")
    for before, term in pairwise(terms):
        if term.starts_on <= before.ends_on:
            raise Refused("A term starts after the one before has ended.", f"starts_{term.number}")
    if school_year_of(terms[0].starts_on) != school_year or school_year_of(terms[2].starts_on) != school_year:
        raise Refused("These dates lie outside the school year, which runs from September to August.")
    session.execute(delete(Term).where(Term.school_id == actor.school_id, Term.school_year == school_year))
    session.add_all(
        Term(
            school_id=actor.school_id,
            school_year=school_year,
            number=term.number,
            name=clean_line(term.name),
            starts_on=term.starts_on,
            ends_on=term.ends_on,
        )
        for term in terms
    )
    audit.record(session, actor, now, Act.SCHOOL, "terms", note=f"{school_year}")


def open_concern(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation_id: UUID | None = None,
    concern_id: UUID | None = None,
) -> ConcernOpened:
    """Return an entry of the log that only the safeguarding lead reads; the audit trail stays silent.

    The page that leads here brings its own ``concern_id``: sent again, by a second tap or a reload, it is the
    same entry. Anybody else's is NotFound.
    """
    if concern_id is not None and session.get(ConcernOpened, concern_id) is not None:
        return _own_concern(session, actor, concern_id)
    concern = ConcernOpened(
        id=concern_id or new_id(),
        school_id=actor.school_id,
        at=now,
        person_id=actor.person_id,
        conversation_id=conversation_id,
        answer=ConcernAnswer.OPENED,
    )
    try:
        with session.begin_nested():  # the key decides, so that two taps at once are one entry too
            session.add(concern)
    except IntegrityError:
        return _own_concern(session, actor, concern_id)
    return concern


def answer_concern(session: Session, actor: Actor, concern_id: UUID, answer: ConcernAnswer) -> ConcernOpened:
    """Write down how the person who opened the page left it. Anybody else's entry is NotFound.

    A mistake can be put right into "going to the lead", never the other way round.
    """
    concern = _own_concern(session, actor, concern_id)
    if answer is ConcernAnswer.OPENED:
        raise NotFound
    if concern.answer is not ConcernAnswer.GOING_TO_LEAD:
        concern.answer = answer
    return concern


def _own_concern(session: Session, actor: Actor, concern_id: UUID | None) -> ConcernOpened:
    """Return what the actor themselves opened, or raise NotFound."""
    concern = session.scalar(
        select(ConcernOpened).where(
            ConcernOpened.id == concern_id,
            ConcernOpened.school_id == actor.school_id,
            ConcernOpened.person_id == actor.person_id,
        )
    )
    if concern is None:
        raise NotFound
    return concern
