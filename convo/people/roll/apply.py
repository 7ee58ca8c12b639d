"""Reading a school's file with the headings it has explained, and writing what a roll does."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.rules import Act, Actor, Permission
from convo.kernel.errors import NotAllowed
from convo.people.models import Carer, ContactQuestion, HeadingMatch, Pupil, PupilCarer, RollImport
from convo.people.reading import NeedsHeadings, RollFile, StaffFile, open_table, read_table
from convo.people.reading.roll import Progress
from convo.people.roll.plan import plan_roll
from convo.people.roll.preview import Plan, RollPreview

LIMIT_MEGABYTES = 20


class RollOutcome(NamedTuple):
    """What a roll did; with ``applied`` False what it would have done, had no row been refused."""

    preview: RollPreview
    applied: bool


def may_import(actor: Actor) -> None:
    """Raise NotAllowed unless the actor may bring in files."""
    if not actor.may(Permission.IMPORT_ROLL):
        raise NotAllowed("Only the data manager brings in the roll.")


def headings_of(session: Session, actor: Actor) -> dict[str, str]:
    """Return the headings that the school has explained, with the field each means or "" to leave it out."""
    found = select(HeadingMatch.heading, HeadingMatch.field).where(HeadingMatch.school_id == actor.school_id)
    return {row.heading: row.field for row in session.execute(found)}


def read_import(
    session: Session,
    actor: Actor,
    content: bytes,
    *,
    headings: Mapping[str, str] | None = None,
    limit_megabytes: int = LIMIT_MEGABYTES,
    progress: Progress | None = None,
) -> RollFile | StaffFile | NeedsHeadings:
    """Return what a file holds, or which of its headings a person must explain first.

    ``headings`` are answers besides those remembered. Raises Refused with one sentence for any other file.
    """
    may_import(actor)
    remembered = {**headings_of(session, actor), **(headings or {})}
    table = open_table(content, remembered, limit_megabytes * 1_000_000)
    return read_table(table, remembered, progress)


def preview_roll(
    session: Session, actor: Actor, now: datetime, roll: RollFile, progress: Progress | None = None
) -> RollPreview:
    """Return what a roll would do. Writes nothing."""
    may_import(actor)
    return plan_roll(session, actor.school_id, now, roll, progress).preview


def apply_roll(
    session: Session,
    actor: Actor,
    now: datetime,
    roll: RollFile,
    *,
    accept_good: bool,
    note: str = "",
    progress: Progress | None = None,
) -> RollOutcome:
    """Bring in a roll: all of it, or with ``accept_good`` its good rows; else nothing when a row is refused.

    Pupils who are missing from it stay. ``note`` goes into the audit trail. The number of statements does
    not grow with the number of pupils.
    """
    may_import(actor)
    plan = plan_roll(session, actor.school_id, now, roll, progress)
    if roll.refused and not accept_good:
        return RollOutcome(plan.preview, applied=False)
    _write(session, plan)
    counts: dict[str, Any] = {**plan.preview.counts, "questions": len(plan.preview.questions)}
    record_import(session, actor, now, "roll", counts, note)
    return RollOutcome(plan.preview, applied=True)


def record_import(
    session: Session, actor: Actor, now: datetime, kind: str, counts: dict[str, Any], note: str
) -> None:
    """Write down that a file came in and what it did, for the import page and in the audit trail."""
    row = RollImport(school_id=actor.school_id, at=now, person_id=actor.person_id, kind=kind, counts=counts)
    session.add(row)
    session.flush()
    did = ", ".join(f"{count} {name}" for name, count in counts.items())
    audit.record(session, actor, now, Act.IMPORT, kind, row.id, note="; ".join(filter(None, (did, note))))


def _write(session: Session, plan: Plan) -> None:
    for model, new in (
        (Pupil, plan.new_pupils),
        (Carer, plan.new_carers),
        (PupilCarer, plan.new_links),
        (ContactQuestion, plan.new_questions),
    ):
        if new:
            session.execute(insert(model.__table__), new)  # type: ignore[arg-type]
    for model, changed in ((Pupil, plan.pupils), (Carer, [*plan.carers.values()]), (PupilCarer, plan.links)):
        if changed:
            session.execute(update(model), changed)
    if plan.withdrawn_questions:
        gone = ContactQuestion.id.in_(plan.withdrawn_questions)
        session.execute(delete(ContactQuestion).where(gone), execution_options={"synchronize_session": False})
    session.expire_all()  # rows loaded earlier in this session are old now
