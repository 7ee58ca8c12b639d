"""A file between its preview and its import: kept for an hour, without what convo never keeps."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from convo.access.rules import Actor
from convo.kernel.errors import NotFound, Refused
from convo.kernel.text import folded
from convo.people.models import HeadingMatch, RollUpload
from convo.people.reading import (
    NeedsHeadings,
    RollFile,
    StaffFile,
    label,
    open_table,
    packed,
    read_table,
    unpacked,
)
from convo.people.roll.apply import headings_of, may_import

KEPT_FOR = timedelta(hours=1)


def keep_upload(
    session: Session, actor: Actor, now: datetime, content: bytes, *, limit_megabytes: int
) -> RollUpload:
    """Return a file kept for its preview, or raise Refused with one sentence; files kept too long go."""
    may_import(actor)
    session.execute(delete(RollUpload).where(RollUpload.at < now - KEPT_FOR))
    remembered = headings_of(session, actor)
    table = open_table(content, remembered, limit_megabytes * 1_000_000)
    read_table(table, remembered)
    upload = RollUpload(
        school_id=actor.school_id, person_id=actor.person_id, content=packed(table, remembered), at=now
    )
    session.add(upload)
    session.flush()  # the preview's address holds the id
    return upload


def open_upload(
    session: Session, actor: Actor, now: datetime, upload_id: UUID
) -> RollFile | StaffFile | NeedsHeadings:
    """Return what a kept file holds. NotFound when it is somebody else's, or its hour is over."""
    table = unpacked(_upload(session, actor, now, upload_id).content)
    return read_table(table, headings_of(session, actor))


class CameIn(NamedTuple):
    """What a file did when it came in: how many of what, and who is new on the staff."""

    counts: dict[str, int]
    staff: list[UUID]


def came_in(session: Session, actor: Actor, now: datetime, upload_id: UUID) -> CameIn | None:
    """Return what a kept file did, or None while it has not come in.

    Of two requests at once the second waits here until the first is done (SQLite: at its first statement).
    """
    done = _kept(session, actor, now, upload_id).done
    return CameIn(done["counts"], [UUID(person) for person in done["staff"]]) if done else None


def note_came_in(session: Session, actor: Actor, now: datetime, upload_id: UUID, did: CameIn) -> None:
    """Forget what stands in a kept file, and keep for the rest of its hour what it did."""
    upload = _kept(session, actor, now, upload_id)
    upload.content, upload.done = b"", {"counts": did.counts, "staff": [str(person) for person in did.staff]}
    session.flush()


def drop_upload(session: Session, actor: Actor, now: datetime, upload_id: UUID) -> None:
    """Forget a kept file."""
    session.delete(_upload(session, actor, now, upload_id))


def explain_headings(
    session: Session, actor: Actor, answers: Mapping[str, str], required: Collection[str] = ()
) -> None:
    """Remember what headings mean: heading to field, "" to leave a column out.

    Refused where two mean one field, or none of them one that the file is ``required`` to have.
    """
    may_import(actor)
    given = [field for field in answers.values() if field]
    if len(given) != len(set(given)):
        raise Refused("Two columns cannot hold the same thing. Choose one of them, and leave the other out.")
    if lacking := [label(field) for field in required if field not in given]:
        raise Refused(f"Without {' and '.join(lacking)} the file cannot be read. Say which column holds it.")
    wanted = {folded(heading)[:300]: field for heading, field in answers.items()}
    rows = session.scalars(select(HeadingMatch).where(HeadingMatch.school_id == actor.school_id))
    known = {row.heading: row for row in rows}
    for heading, field in wanted.items():
        if heading in known:
            known[heading].field = field
        else:
            session.add(HeadingMatch(school_id=actor.school_id, heading=heading, field=field))
    session.flush()


def _upload(session: Session, actor: Actor, now: datetime, upload_id: UUID) -> RollUpload:
    """Return a kept file that has not come in."""
    return _there(session.scalar(_mine(actor, now, upload_id).where(RollUpload.done.is_(None))))


def _kept(session: Session, actor: Actor, now: datetime, upload_id: UUID) -> RollUpload:
    """Return a kept file, come in or not, its row locked."""
    locked = _mine(actor, now, upload_id).with_for_update().execution_options(populate_existing=True)
    return _there(session.scalar(locked))


def _mine(actor: Actor, now: datetime, upload_id: UUID) -> Select[RollUpload]:
    may_import(actor)
    return select(RollUpload).where(
        RollUpload.id == upload_id,
        RollUpload.school_id == actor.school_id,
        RollUpload.person_id == actor.person_id,
        RollUpload.at >= now - KEPT_FOR,
    )


def _there(upload: RollUpload | None) -> RollUpload:
    if upload is None:
        raise NotFound(
            "This file is no longer here: it came in already, was stopped, or waited for more than an hour."
            " Roll lists the files that came in. Password links that were not printed are made again on the"
            " page of the person, under Staff."
        )
    return upload
