"""Many copies at once: each a file with a path of its own, never more than one of them in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import file_digest
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from convo.access.models import Person, School
from convo.conversation.models import Conversation
from convo.kernel.clock import local
from convo.people.models import Pupil
from convo.summary.files import file_name, fit_for_a_name, read_head
from convo.summary.models import Issue
from convo.summary.queries import document_of

_AT_ONCE = 20  # copies that share an entry into the database, which takes longer than to write one


class Bundled(NamedTuple):
    """An issue as one file of many: whose it is, what it is called and what its bytes come to."""

    issue_id: UUID
    pupil_id: UUID
    group: str  # the folder in which the office finds it
    name: str
    sha256: str
    made_at: datetime


class Done(NamedTuple):
    """How many copies are in their places, and how many of them had to be written."""

    there: int
    written: int


class _Ready(NamedTuple):
    """A copy whose file lies beside its place, or stands there already (``beside`` is None)."""

    copy: Bundled
    path: Path
    beside: Path | None


_ONE = (
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
    .where(Issue.id == bindparam("issue"))
)


def bundled(session: Session, issue_id: UUID) -> Bundled:
    """Return an issue as one file of many, without its document. One statement, which loads no record.

    Its group is the class, else the pupil's own key teacher, else the day on which it was made.
    """
    row = session.execute(_ONE, {"issue": issue_id}).one()
    head = read_head(row.content)
    day = f"{local(row.issued_at, row.time_zone):%Y-%m-%d}"  # so that folders stand in the order of the days
    group = fit_for_a_name(row.class_name) or fit_for_a_name(row.teacher or "") or day
    name = file_name(head, issue_id)
    return Bundled(issue_id, row.pupil_id, group, name, row.sha256, head.made_at)


def write_copies(
    session: Session,
    issue_ids: Sequence[UUID],
    place: Callable[[Bundled], Path],
    taken: Callable[[Sequence[Bundled]], None],
) -> Iterator[Done]:
    """Write the Word files of issues where ``place`` says; yield after every few what was done with them.

    A right file that is there stays. Any other is written beside and then put in its place, so that under its
    own name stands a whole file or none; ``taken`` is told between the two, for the trail. Raises OSError
    where the file system refuses one, after those before it were put in their places.
    """
    for start in range(0, len(issue_ids), _AT_ONCE):
        ready: list[_Ready] = []
        refused = None
        try:
            for issue_id in issue_ids[start : start + _AT_ONCE]:
                ready.append(_prepared(session, issue_id, place))
        except OSError as error:
            refused = error
        yield _put_in_place(ready, taken)
        if refused is not None:
            raise refused


def _prepared(session: Session, issue_id: UUID, place: Callable[[Bundled], Path]) -> _Ready:
    copy = bundled(session, issue_id)
    path = place(copy)
    if _holds(path, copy.sha256):
        return _Ready(copy, path, None)
    # Called the same at the next try, which so takes away what a machine that failed has left.
    beside = path.with_name(f"{issue_id.hex}.part")
    try:
        beside.write_bytes(document_of(session, issue_id))
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return _Ready(copy, path, beside)


def _put_in_place(ready: Sequence[_Ready], taken: Callable[[Sequence[Bundled]], None]) -> Done:
    new = [(each.beside, each) for each in ready if each.beside is not None]
    try:
        if new:
            taken([each.copy for _, each in new])
        for beside, each in new:
            beside.replace(each.path)
    finally:
        for beside, _ in new:
            beside.unlink(missing_ok=True)
    return Done(len(ready), len(new))


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
