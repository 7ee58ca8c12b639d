"""300 copies that were given out, written by one command, against 300 written one by one."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from itertools import count
from pathlib import Path
from uuid import UUID

from convo.access.rules import Act
from convo.command_line import open_database, record_reading
from convo.db import Database
from convo.migrations import upgrade
from convo.summary.commands import summaries
from convo.summary.queries import document_of
from convo.summary.word import write_word
from tests.bench import Pair
from tests.support.held import begin
from tests.support.many import store_many
from tests.support.people import NOW, create_people
from tests.support.summaries import summary

COPIES = 300
SCHOOL = "Fenmarket Primary School"


def pairs() -> Iterator[Pair]:
    """Each side reads the documents, writes each as a file and puts each into the trail by itself."""
    with tempfile.TemporaryDirectory(prefix="convo-bench-") as name:
        data = Path(name)
        upgrade(f"sqlite:///{data / 'convo.db'}")
        database = Database(f"sqlite:///{data / 'convo.db'}")
        with database.write() as session:
            people = create_people(session)
            school_id, pupil_id = people.school.id, people.amina.id
            meeting = begin(session, people.okafor, people.amina, NOW)
            document = write_word(summary("ur"))
            ids = store_many(session, people, meeting.id, COPIES, documents=document)
        database.dispose()
        folders = (data / f"out-{number}" for number in count())
        yield Pair(
            f"convo summaries --all of {COPIES}, against {COPIES} written one by one",
            ours=lambda: _by_command(data, next(folders)),
            against=_one_by_one(data, lambda: next(folders), ids, school_id, pupil_id),
            at_most=1.3,
            rounds=9,
        )


def _by_command(data: Path, out: Path) -> None:
    with Path(os.devnull).open("w") as nowhere, ExitStack() as quiet:
        quiet.enter_context(redirect_stdout(nowhere))
        quiet.enter_context(redirect_stderr(nowhere))
        arguments = ["--all", "--out", str(out), "--data", str(data), "--school", SCHOOL]
        summaries.main(arguments, standalone_mode=False)
    assert len(list(out.iterdir())) == COPIES


def _one_by_one(
    data: Path, folder: Callable[[], Path], ids: list[UUID], school_id: UUID, pupil_id: UUID
) -> Callable[[], None]:
    def write() -> None:
        out = folder()
        out.mkdir()
        with open_database(data) as opened:
            for issue_id in ids:
                with opened.database.reading() as session:
                    document = document_of(session, issue_id)
                record_reading(opened, school_id, Act.DOWNLOAD, "issue", issue_id, pupil_id)
                (out / f"{issue_id}.docx").write_bytes(document)

    return write
