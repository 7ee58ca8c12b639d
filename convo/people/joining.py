"""Siblings' carers who may be one adult: offered to a person, who joins them or tells them apart."""

from collections.abc import Collection, Hashable, Sequence
from datetime import datetime
from itertools import combinations
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, delete, select, update
from sqlalchemy.orm import Session, selectinload

from convo.access import audit
from convo.access.rules import Act, Actor
from convo.kernel.errors import NotFound, Refused
from convo.people.models import Carer, CarerJoined, KeptApart, NotJoined, Pupil, PupilCarer
from convo.people.roll.apply import may_import
from convo.people.rules import CarerLink, joining_suggestions

# What a person sets about an adult: two different answers stop a joining, as one of them would be lost.
_SET_HERE = {"speaks": "speaks", "reads": "reads", "phone": "is rung at", "email": "is written to at"}
_NEEDS = ("needs_interpreter", "large_print", "reading_aloud")


class Offer(NamedTuple):
    """Carers of different pupils who may be one adult, and what they share."""

    carers: tuple[Carer, ...]
    reason: str


def joining_offers(session: Session, actor: Actor) -> list[Offer]:
    """Return who is offered for joining, each with links and pupils loaded. Five statements at most."""
    rows = session.execute(
        select(
            Carer.id, Carer.forename, Carer.surname, Carer.email, Pupil.id.label("pupil_id"), Pupil.surname
        )
        .join(PupilCarer, PupilCarer.carer_id == Carer.id)
        .join(Pupil, Pupil.id == PupilCarer.pupil_id)
        .where(Carer.school_id == actor.school_id, Pupil.left_on.is_(None), ~Pupil.practice)
        .order_by(Pupil.surname, Pupil.forename, PupilCarer.contact_order, Carer.id)
    ).all()
    links = [
        CarerLink(carer_id, pupil_id, pupil_surname, forename, surname, email)
        for carer_id, forename, surname, email, pupil_id, pupil_surname in rows
    ]
    told_apart = session.execute(
        select(NotJoined.carer_id, NotJoined.other_id).where(NotJoined.school_id == actor.school_id)
    )
    found = joining_suggestions(links, {frozenset(pair) for pair in told_apart})
    ids = cast("set[UUID]", {carer for suggestion in found for carer in suggestion.carers})
    carers: dict[Hashable, Carer] = {carer.id: carer for carer in _carers(session, actor, ids)}
    return [Offer(tuple(carers[one] for one in offered.carers), offered.reason) for offered in found]


def join_carers(session: Session, actor: Actor, now: datetime, carer_ids: Collection[UUID]) -> Carer:
    """Return the one adult that several carers become; everything that pointed at the others points here.

    What people have set stays, from whichever of them has it. Refused where two were set differently, and
    for two carers of one pupil.
    """
    may_import(actor)
    carers = _carers(session, actor, set(carer_ids))
    _check(carers, carer_ids)
    # Whoever people know most about stays; of equals the first by id, so that the outcome can be foreseen.
    kept, *others = sorted(carers, key=lambda carer: (-_known(carer), carer.id))
    for other in others:
        for name in ("title", "forename", *_SET_HERE):
            if not getattr(kept, name):
                setattr(kept, name, getattr(other, name))
        for name in _NEEDS:
            setattr(kept, name, getattr(kept, name) or getattr(other, name))
        kept.imported = {**other.imported, **kept.imported}
    session.flush()
    gone = [other.id for other in others]
    session.execute(delete(NotJoined).where(NotJoined.carer_id.in_(gone) | NotJoined.other_id.in_(gone)))
    session.add_all(
        CarerJoined(
            school_id=actor.school_id, gone_id=one, kept_id=kept.id, at=now, person_id=actor.person_id
        )
        for one in gone
    )
    session.flush()  # what was handed out follows its carer only where this is written
    _point_at(session, kept.id, gone)
    session.execute(delete(Carer).where(Carer.id.in_(gone)))
    session.expire_all()
    names = f"joined with {len(gone)} more"
    for link in kept.links:
        audit.record(session, actor, now, Act.CHANGE, "carer", kept.id, link.pupil_id, names)
    return kept


def tell_apart(session: Session, actor: Actor, now: datetime, carer_ids: Collection[UUID]) -> None:
    """Remember that these carers are different adults, so that they are not offered again."""
    may_import(actor)
    carers = _carers(session, actor, set(carer_ids))
    _check_all_there(carers, carer_ids)
    pairs = [tuple(sorted(pair)) for pair in combinations({carer.id for carer in carers}, 2)]
    held = select(NotJoined.carer_id, NotJoined.other_id).where(NotJoined.school_id == actor.school_id)
    known = {tuple(row) for row in session.execute(held)}
    for first, second in pairs:
        if (first, second) not in known:
            session.add(NotJoined(school_id=actor.school_id, carer_id=first, other_id=second))
    session.flush()
    audit.record(session, actor, now, Act.CHANGE, "carer", carers[0].id, note="told apart from another")


def _carers(session: Session, actor: Actor, ids: Collection[UUID]) -> Sequence[Carer]:
    return session.scalars(
        select(Carer)
        .where(Carer.school_id == actor.school_id, Carer.id.in_(ids))
        .options(selectinload(Carer.links).joinedload(PupilCarer.pupil))
        .order_by(Carer.id)
    ).all()


def _check_all_there(carers: Sequence[Carer], carer_ids: Collection[UUID]) -> None:
    if len(carers) < 2 or len(carers) != len(set(carer_ids)):
        raise NotFound("Somebody has joined these carers already.")


def _check(carers: Sequence[Carer], carer_ids: Collection[UUID]) -> None:
    _check_all_there(carers, carer_ids)
    pupils = [link.pupil_id for carer in carers for link in carer.links]
    if len(pupils) != len(set(pupils)):
        raise Refused("Two carers of one pupil are never one person. Nothing was joined.")
    for name, words in _SET_HERE.items():
        values = {value.casefold() for carer in carers if (value := getattr(carer, name))}
        if len(values) > 1:
            both = " and ".join(sorted(values))
            raise Refused(
                f"{carers[0].full_name} {words} {both} in convo. Ask which is right and set it on the page "
                "of each pupil, then join them."
            )


def _known(carer: Carer) -> int:
    return sum(bool(getattr(carer, name)) for name in (*_SET_HERE, *_NEEDS))


def _point_at(session: Session, kept: UUID, gone: Collection[UUID]) -> None:
    """Point every row of every room that names one of the carers at the one who is kept.

    Later rooms' tables are found by their foreign keys. Pairs that are kept apart keep their order by id.
    """
    _move_kept_apart(session, kept, gone)
    for table in Carer.metadata.sorted_tables:
        for constraint in table.constraints:
            if table is KeptApart.__table__ or not isinstance(constraint, ForeignKeyConstraint):
                continue
            if constraint.referred_table is Carer.__table__:
                column = next(e.parent for e in constraint.elements if e.column.name == "id")
                session.execute(update(table).where(column.in_(gone)).values({column: kept}))


def _move_kept_apart(session: Session, kept: UUID, gone: Collection[UUID]) -> None:
    rows = session.scalars(
        select(KeptApart).where(KeptApart.carer_id.in_(gone) | KeptApart.other_id.in_(gone))
    )
    for row in rows:
        pair = (
            kept if row.carer_id in gone else row.carer_id,
            kept if row.other_id in gone else row.other_id,
        )
        row.carer_id, row.other_id = sorted(pair)
    session.flush()
