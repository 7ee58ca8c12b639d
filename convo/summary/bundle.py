"""Many copies at once: each a file with a path of its own, never more than one of them in memory."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import file_digest
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.models import Person, School
from convo.conversation.models import Conversation
from convo.kernel.clock import local
from convo.people.models import Pupil
from convo.summary.files import file_name, fit_for_a_name, read_head
from convo.summary.models import Issue
from convo.summary.queries import document_of


class Bundled(NamedTuple):
    """An issue as one file of many: whose it is, what it is called and what its bytes come to."""

    issue_id: UUID
    pupil_id: UUID
    group: str  # the folder in which the office finds it
    name: str
    sha256: str
    made_at: datetime


def bundled(session: Session, issue_id: UUID) -> Bundled:
    """Return an issue as one file of many, without its document. One statement, which loads no record.

    Its group is the class, else the pupil's own key teacher, else the day on which it was made.
    """
    row = session.execute(
        select(
            Issue.content,
            Issue.sha256,
            Issue.issued_at,
            Pupil.id.label("pupil_id"),
            Pupil.class_name,
            Person.name.label("teacher"),
            School.time_zone,
        )
        .join(Conversation, Conversation.id == Issue.conversation_id)
        .join(Pupil, Pupil.id == Conversation.pupil_id)
        .join(School, School.id == Issue.school_id)
        .outerjoin(Person, Person.id == Pupil.key_teacher_id)
        .where(Issue.id == issue_id)
    ).one()
    head = read_head(row.content)
    day = f"{local(row.issued_at, row.time_zone):%Y-%m-%d}"  # so that folders stand in the order of the days
    group = fit_for_a_name(row.class_name) or fit_for_a_name(row.teacher or "") or day
    name = file_name(head, issue_id)
    return Bundled(issue_id, row.pupil_id, group, name, row.sha256, head.made_at)


def write_copy(session: Session, path: Path, copy: Bundled, taken: Callable[[Bundled], None]) -> bool:
    """Write an issue's Word file, and return whether that was needed: a right one that is there stays.

    It is written beside and then put in its place, so that under its own name stands a whole file or none.
    ``taken`` is called between the two, for the trail. Raises OSError where the file system refuses.
    """
    if _holds(path, copy.sha256):
        return False
    # The same at the next try, which so takes away what a machine that failed has left.
    beside = path.with_name(f"{copy.issue_id.hex}.part")
    try:
        beside.write_bytes(document_of(session, copy.issue_id))
        taken(copy)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return True


def _holds(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def as_zip(session: Session, issue_ids: Iterable[UUID]) -> Iterator[bytes]:
    """Yield the bytes of a .zip of the issues' Word files, in a folder for each group."""
    sent = _Sent()
    with ZipFile(sent, "w", ZIP_DEFLATED, compresslevel=1) as package:  # type: ignore[call-overload]
        for issue_id in issue_ids:
            copy = bundled(session, issue_id)
            # The day that the copy itself tells: a carer kept apart must not learn another one.
            entry = ZipInfo(f"{copy.group}/{copy.name}", copy.made_at.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            package.writestr(entry, document_of(session, issue_id))
            yield sent.taken()
    yield sent.taken()


class _Sent:
    """A file of which only what is not yet taken is kept.

    ``zipfile`` goes back to the head of an entry when it knows its size, which stands there for every program
    that unpacks; into something in which it could not go back it would write the size behind.
    """

    def __init__(self) -> None:
        self._gone = 0
        self._kept = BytesIO()

    def write(self, data: bytes) -> int:
        return self._kept.write(data)

    def tell(self) -> int:
        return self._gone + self._kept.tell()

    def seek(self, place: int) -> int:
        return self._gone + self._kept.seek(place - self._gone)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        """Return what was written since the last time, and forget it."""
        data = self._kept.getvalue()
        self._gone += len(data)
        self._kept = BytesIO()
        return data
