"""What staff set about a pupil and the adults who care for them. No import overwrites it (DESIGN §5.11)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.models import School
from convo.access.rules import Act, Actor, Permission
from convo.kernel.errors import NotAllowed, NotFound, Refused
from convo.kernel.text import clean_line
from convo.language.tags import language
from convo.people.models import Carer, KeptApart, MayReceive, Pupil, PupilCarer
from convo.people.queries import link_for, practice_pupil_of, pupil_for

PRACTICE_SURNAME = "Practice"


@dataclass(frozen=True, kw_only=True)
class CarerFields:
    """What can be set about an adult and about how they stand to one pupil.

    ``kept_apart`` holds the ids of the pupil's other carers who must not learn of this one.
    """

    surname: str
    title: str = ""
    forename: str = ""
    relationship: str = ""
    phone: str = ""
    email: str = ""
    speaks: str | None = None
    reads: str | None = None
    needs_interpreter: bool = False
    large_print: bool = False
    reading_aloud: bool = False
    parental_responsibility: bool | None = None
    may_receive: MayReceive = MayReceive.YES
    kept_apart: Collection[UUID] = ()


def add_carer(session: Session, actor: Actor, now: datetime, pupil_id: UUID, fields: CarerFields) -> Carer:
    """Add an adult to a pupil's carers, after those already there, and return them."""
    pupil = _editable(session, actor, pupil_id)
    carer = Carer(school_id=actor.school_id, surname=_surname(fields.surname))
    order = max((link.contact_order for link in pupil.carers), default=0) + 1
    link = PupilCarer(school_id=actor.school_id, pupil_id=pupil.id, contact_order=order)
    session.add(carer)
    session.flush()
    link.carer_id = carer.id
    session.add(link)
    session.flush()
    _set(carer, link, fields)
    _keep_apart(session, pupil, carer.id, fields.kept_apart)
    audit.record(session, actor, now, Act.CHANGE, "carer", carer.id, pupil.id, "added")
    return carer


def change_carer(
    session: Session, actor: Actor, now: datetime, pupil_id: UUID, carer_id: UUID, fields: CarerFields
) -> Carer:
    """Set what is known about a carer of a pupil. What belongs to the adult holds for all their children."""
    pupil = _editable(session, actor, pupil_id)
    link = link_for(session, actor, pupil_id, carer_id)
    _set(link.carer, link, fields)
    _keep_apart(session, pupil, carer_id, fields.kept_apart)
    audit.record(session, actor, now, Act.CHANGE, "carer", carer_id, pupil_id)
    return link.carer


def set_languages(
    session: Session,
    actor: Actor,
    now: datetime,
    pupil_id: UUID,
    carer_id: UUID,
    *,
    speaks: str | None = None,
    reads: str | None = None,
) -> Carer:
    """Set what somebody said about a carer's languages; None leaves that one as it was."""
    _editable(session, actor, pupil_id)
    carer = link_for(session, actor, pupil_id, carer_id).carer
    carer.speaks = _tag(speaks) or carer.speaks
    carer.reads = _tag(reads) or carer.reads
    session.flush()
    audit.record(session, actor, now, Act.CHANGE, "carer", carer_id, pupil_id, "languages")
    return carer


def make_practice_pupil(session: Session, actor: Actor, now: datetime) -> Pupil:
    """Return the pupil that staff of the school try things on, made when there is none. It counts nowhere.

    Whoever makes it becomes its key teacher; the roll's import never touches it, as it has no UPN.
    """
    if not actor.may(Permission.EDIT_PEOPLE):
        raise NotAllowed("Your role does not allow this. Ask your data manager to make the practice pupil.")
    # Of two at once the second waits, and finds what the first made (PostgreSQL).
    session.execute(select(School.id).where(School.id == actor.school_id).with_for_update(key_share=True))
    found = practice_pupil_of(session, actor)
    if found is not None:
        return found
    pupil = Pupil(
        school_id=actor.school_id,
        forename="Sam",
        surname=PRACTICE_SURNAME,
        practice=True,
        key_teacher_id=actor.person_id,
    )
    carer = Carer(school_id=actor.school_id, title="Ms", forename="Robin", surname=PRACTICE_SURNAME)
    session.add_all([pupil, carer])
    session.flush()
    session.add(
        PupilCarer(
            school_id=actor.school_id,
            pupil_id=pupil.id,
            carer_id=carer.id,
            relationship="mother",
            parental_responsibility=True,
        )
    )
    session.flush()
    audit.record(session, actor, now, Act.CHANGE, "pupil", pupil.id, pupil.id, "practice pupil made")
    return pupil


def _editable(session: Session, actor: Actor, pupil_id: UUID) -> Pupil:
    pupil = pupil_for(session, actor, pupil_id)
    if not actor.may(Permission.EDIT_PEOPLE):
        raise NotAllowed("Your role does not allow changes here. Ask the key teacher or the SENCO.")
    return pupil


def _set(carer: Carer, link: PupilCarer, fields: CarerFields) -> None:
    carer.title = clean_line(fields.title)
    carer.forename = clean_line(fields.forename)
    carer.surname = _surname(fields.surname)
    carer.phone = clean_line(fields.phone)
    carer.email = _email(fields.email)
    carer.speaks = _tag(fields.speaks)
    carer.reads = _tag(fields.reads)
    carer.needs_interpreter = fields.needs_interpreter
    carer.large_print = fields.large_print
    carer.reading_aloud = fields.reading_aloud
    link.relationship = _relationship(fields.relationship)
    link.parental_responsibility = fields.parental_responsibility
    link.may_receive = fields.may_receive


def _keep_apart(session: Session, pupil: Pupil, carer_id: UUID, others: Collection[UUID]) -> None:
    """Make the carer's pairs exactly those; the pair's lower id stands first (see KeptApart)."""
    known = {link.carer_id for link in pupil.carers} - {carer_id}
    if not set(others) <= known:
        raise NotFound
    rows = session.scalars(select(KeptApart).where(KeptApart.pupil_id == pupil.id)).all()
    held = {
        (row.carer_id if row.other_id == carer_id else row.other_id): row
        for row in rows
        if carer_id in (row.carer_id, row.other_id)
    }
    for other, row in held.items():
        if other not in others:
            session.delete(row)
    for other in set(others) - held.keys():
        first, second = sorted((carer_id, other))
        session.add(KeptApart(school_id=pupil.school_id, pupil_id=pupil.id, carer_id=first, other_id=second))
    session.flush()


def _surname(text: str) -> str:
    surname = clean_line(text)
    if not surname:
        raise Refused("Write the surname.", "surname")
    return surname


def _relationship(text: str) -> str:
    relationship = clean_line(text)
    if len(relationship) > 40:
        raise Refused("Write the relationship in a word or two, such as mother.", "relationship")
    return relationship[:1].lower() + relationship[1:]


def _email(text: str) -> str:
    email = clean_line(text)
    name, at, host = email.partition("@")
    if email and (not name or not at or "." not in host or " " in email or len(email) > 254):
        raise Refused("Write the e-mail address as name@example.org, or leave it empty.", "email")
    return email


def _tag(tag: str | None) -> str | None:
    return language(tag).tag if tag else None
