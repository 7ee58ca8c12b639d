"""Contacts that the roll gives differently: which questions are open, and a person's answer."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.rules import Act, Actor
from convo.kernel.errors import NotFound
from convo.people.models import Carer, ContactQuestion, Pupil, PupilCarer, RollImport
from convo.people.roll.apply import may_import
from convo.people.roll.preview import FieldChange
from convo.people.roll.values import ADULT_FIELDS
from convo.people.roll.words import CONTACT_NAMES


class OpenQuestion(NamedTuple):
    """All that the roll says differently about one adult of one pupil; answered together."""

    pupil: Pupil
    carer: Carer
    relationship: str
    differences: tuple[FieldChange, ...]


def open_questions(session: Session, actor: Actor) -> list[OpenQuestion]:
    """Return what is to be answered, by pupil. One statement."""
    rows = session.execute(
        select(ContactQuestion, Pupil, Carer, PupilCarer.relationship)
        .join(Pupil, Pupil.id == ContactQuestion.pupil_id)
        .join(Carer, Carer.id == ContactQuestion.carer_id)
        .join(
            PupilCarer,
            (PupilCarer.pupil_id == ContactQuestion.pupil_id)
            & (PupilCarer.carer_id == ContactQuestion.carer_id),
        )
        .where(ContactQuestion.school_id == actor.school_id, ContactQuestion.answered_at.is_(None))
        .order_by(Pupil.surname, Pupil.forename, Pupil.id, Carer.id, ContactQuestion.field)
    ).all()
    found = []
    for _, group in groupby(rows, key=lambda row: (row[1].id, row[2].id)):
        asked = list(group)
        _, pupil, carer, relationship = asked[0]
        differences = tuple(
            FieldChange(CONTACT_NAMES[row[0].field], row[0].held, row[0].roll_says) for row in asked
        )
        found.append(OpenQuestion(pupil, carer, relationship, differences))
    return found


def count_open_questions(session: Session, actor: Actor) -> int:
    """Return how many adults there are questions about."""
    about = (
        select(ContactQuestion.pupil_id, ContactQuestion.carer_id)
        .where(ContactQuestion.school_id == actor.school_id, ContactQuestion.answered_at.is_(None))
        .distinct()
    )
    return session.scalar(select(func.count()).select_from(about.subquery())) or 0


def recent_imports(session: Session, actor: Actor) -> Sequence[RollImport]:
    """Return the last five files that came in, the latest first."""
    return session.scalars(
        select(RollImport)
        .where(RollImport.school_id == actor.school_id)
        .order_by(RollImport.at.desc())
        .limit(5)
    ).all()


def answer_questions(
    session: Session, actor: Actor, now: datetime, pupil_id: UUID, carer_id: UUID, *, take_roll: bool
) -> Carer:
    """Settle what the roll says differently about an adult: take it, or keep what convo holds.

    Either way the roll is not asked about again until it says something else.
    """
    may_import(actor)
    asked: Sequence[ContactQuestion] = session.scalars(
        select(ContactQuestion).where(
            ContactQuestion.school_id == actor.school_id,
            ContactQuestion.pupil_id == pupil_id,
            ContactQuestion.carer_id == carer_id,
            ContactQuestion.answered_at.is_(None),
        )
    ).all()
    link = session.scalar(
        select(PupilCarer).where(
            PupilCarer.school_id == actor.school_id,
            PupilCarer.pupil_id == pupil_id,
            PupilCarer.carer_id == carer_id,
        )
    )
    if not asked or link is None:
        raise NotFound("Somebody has answered this already.")
    for question in asked:
        row: Carer | PupilCarer = link.carer if question.field in ADULT_FIELDS else link
        said = _value(question)
        row.imported = {**row.imported, question.field: said}
        if take_roll:
            setattr(row, question.field, said)
        question.answered_at, question.took_roll = now, take_roll
    session.flush()
    note = "the roll's contact taken" if take_roll else "the roll's contact not taken"
    audit.record(session, actor, now, Act.CHANGE, "carer", carer_id, pupil_id, note)
    return link.carer


def _value(question: ContactQuestion) -> Any:
    if question.field == "parental_responsibility":
        return question.roll_says == "yes"
    return question.roll_says
