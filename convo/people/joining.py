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
from convo.people.siblings import CarerLink, joining_suggestions

# What a person sets about an adult: two different answers stop a joining, as one of them would be lost.
_SET_HERE = {"speaks": "speaks", "reads": "reads", "phone": "is rung at", "email": "is written to at"}
_PAIRS = (KeptApart.__table__, NotJoined.__table__)  # of two carers, in the order of their ids
_NEEDS = ("needs_interpreter", "large_print", "reading_aloud")


class Offer(NamedTuple):
    """Carers of different pupils who may be one adult, what they share, and whether that says much."""

    carers: tuple[Carer, ...]
    reason: str
    likely: bool


def joining_offers(session: Session, actor: Actor) -> list[Offer]:
    """Return who is offered for joining, the likely first, with links, pupils and their other carers loaded.

    Seven statements at most.
    """
    rows = session.execute(
        select(
            Carer.id,
            Pupil.id.label("pupil_id"),
            Pupil.surname.label("pupil_surname"),
            Carer.forename,
            Carer.surname,
            Carer.email,
            Carer.phone,
        )
        .join(PupilCarer, PupilCarer.carer_id == Carer.id)
        .join(Pupil, Pupil.id == PupilCarer.pupil_id)
        .where(Carer.school_id == actor.school_id, Pupil.left_on.is_(None), ~Pupil.practice)
        .order_by(Pupil.surname, Pupil.forename, PupilCarer.contact_order, Carer.id)
    ).all()
    links = [CarerLink(*row) for row in rows]
    found = joining_suggestions(links, _told_apart(session, actor.school_id))
    ids = cast("set[UUID]", {carer for suggestion in found for carer in suggestion.carers})
    carers: dict[Hashable, Carer] = {carer.id: carer for carer in _carers(session, actor, ids)}
    return [Offer(tuple(carers[one] for one in each.carers), each.reason, each.likely) for each in found]


def others_beside(carer: Carer) -> list[Carer]:
    """Return who else cares for a carer's pupils, each once: what tells one family from another."""
    others = {link.carer_id: link.carer for own in carer.links for link in own.pupil.carers}
    return [other for other in others.values() if other is not carer]


def join_carers(session: Session, actor: Actor, now: datetime, carer_ids: Collection[UUID]) -> Carer:
    """Return the one adult that several carers become; everything that pointed at the others points here.

    What people have set stays, from whichever of them has it. Refused where two were set differently, for
    two carers of one pupil, and for two of whom somebody said that they are not one person.
    """
    may_import(actor)
    carers = _locked(session, actor, carer_ids)
    _check(session, carers)
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
    carers = _locked(session, actor, carer_ids)
    pairs = [tuple(sorted(pair)) for pair in combinations({carer.id for carer in carers}, 2)]
    known = _told_apart(session, actor.school_id)
    for first, second in pairs:
        if frozenset((first, second)) not in known:
            session.add(NotJoined(school_id=actor.school_id, carer_id=first, other_id=second))
    session.flush()
    audit.record(session, actor, now, Act.CHANGE, "carer", carers[0].id, note="told apart from another")


def _carers(session: Session, actor: Actor, ids: Collection[UUID]) -> Sequence[Carer]:
    return session.scalars(
        select(Carer)
        .where(Carer.school_id == actor.school_id, Carer.id.in_(ids))
        .options(
            selectinload(Carer.links)
            .joinedload(PupilCarer.pupil)
            .selectinload(Pupil.carers)
            .joinedload(PupilCarer.carer)
        )
        .order_by(Carer.id)
    ).all()


def _told_apart(session: Session, school_id: UUID) -> set[frozenset[Hashable]]:
    """Return the pairs of whom somebody said that they are not one person."""
    pairs = select(NotJoined.carer_id, NotJoined.other_id).where(NotJoined.school_id == school_id)
    return {frozenset(pair) for pair in session.execute(pairs)}


def _locked(session: Session, actor: Actor, carer_ids: Collection[UUID]) -> Sequence[Carer]:
    """Return carers that nobody else joins meanwhile. NotFound where somebody has."""
    here = select(Carer.id).where(Carer.school_id == actor.school_id, Carer.id.in_(set(carer_ids)))
    session.execute(here.order_by(Carer.id).with_for_update())
    carers = _carers(session, actor, set(carer_ids))
    if len(carers) < 2 or len(carers) != len(set(carer_ids)):
        raise NotFound("Somebody has joined these carers already.")
    return carers


def _check(session: Session, carers: Sequence[Carer]) -> None:
    pupils = [link.pupil_id for carer in carers for link in carer.links]
    if len(pupils) != len(set(pupils)):
        raise Refused("Two carers of one pupil are never one person. Nothing was joined.")
    told_apart = _told_apart(session, carers[0].school_id)
    if any(frozenset((one.id, other.id)) in told_apart for one, other in combinations(carers, 2)):
        raise Refused(
            f"Somebody said of two called {carers[0].full_name} that they are not one person."
            " Nothing was joined. Tick fewer of them."
        )
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
    for pairs in (KeptApart, NotJoined):
        _move_pairs(session, pairs, kept, gone)
    for table in Carer.metadata.sorted_tables:
        for constraint in table.constraints:
            if table in _PAIRS or not isinstance(constraint, ForeignKeyConstraint):
                continue
            if constraint.referred_table is Carer.__table__:
                column = next(e.parent for e in constraint.elements if e.column.name == "id")
                session.execute(update(table).where(column.in_(gone)).values({column: kept}))


def _move_pairs(
    session: Session, pairs: type[KeptApart | NotJoined], kept: UUID, gone: Collection[UUID]
) -> None:
    """Let the pairs of who is gone be the pairs of who is kept; two that become one are one."""

    def said(row: KeptApart | NotJoined) -> tuple[UUID | None, UUID, UUID]:
        first, second = sorted(kept if one in gone else one for one in (row.carer_id, row.other_id))
        return row.pupil_id if isinstance(row, KeptApart) else None, first, second

    touched = [kept, *gone]
    about = select(pairs).where(pairs.carer_id.in_(touched) | pairs.other_id.in_(touched))
    rows = cast("list[KeptApart | NotJoined]", session.scalars(about).all())
    known: set[tuple[UUID | None, UUID, UUID]] = set()
    for row in sorted(rows, key=lambda row: row.carer_id in gone or row.other_id in gone):
        pair = said(row)
        if pair in known:
            session.delete(row)
        else:
            _, row.carer_id, row.other_id = pair
        known.add(pair)
    session.flush()
