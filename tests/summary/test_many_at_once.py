"""``convo summaries`` and the office's one file: many copies, one in memory, whole files or none."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.models import AuditEntry, Person
from convo.access.rules import AT_THE_MACHINE
from convo.conversation.models import Conversation
from convo.db import Database
from convo.kernel.errors import Refused
from convo.people.models import Pupil
from convo.settings import Settings
from convo.summary import bundle
from convo.summary.bundle import as_zip, bundled
from convo.summary.commands import summaries
from convo.summary.content import from_json
from convo.summary.files import file_name, read_head
from convo.summary.models import Issue
from convo.summary.operations import issue_first, record_delivery, take_language
from convo.summary.queries import document_of, issue_ids, waiting_ids, waiting_issues
from convo.summary.rules import DeliveryWay
from tests.summary.giving import LATER
from tests.support.held import Held, begin, hold, join
from tests.support.many import store_many
from tests.support.people import NOW, People

WHERE = ("--school", "Fenmarket Primary School")
FLAT = 600_000  # bytes more than for 30: ids and names, while each copy has 70 KB


@pytest.fixture(autouse=True)
def _found_by_the_command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVO_DATABASE_URL", settings.database_url)


@pytest.fixture
def held(database: Database, people: People) -> Held:
    with database.write() as session:
        return hold(session, people)


def run(settings: Settings, *arguments: object) -> Result:
    return CliRunner().invoke(summaries, [*map(str, arguments), "--data", str(settings.data), *WHERE])


def done(settings: Settings, *arguments: object) -> str:
    result = run(settings, *arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def many(database: Database, people: People, held: Held, count: int, **more: object) -> list[UUID]:
    with database.write() as session:
        return store_many(session, people, held.id, count, **more)  # type: ignore[arg-type]


def taken(database: Database) -> list[UUID | None]:
    """Return the issues of which the trail says that a command handed them over."""
    with database.reading() as session:
        return list(
            session.scalars(
                select(AuditEntry.thing_id).where(
                    AuditEntry.person_id == AT_THE_MACHINE, AuditEntry.act == "download"
                )
            )
        )


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def hashes(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Issue.sha256)))


def hashes_of(files: Iterable[bytes]) -> set[str]:
    return {sha256(data).hexdigest() for data in files}


def test_what_is_there_is_neither_written_nor_put_into_the_trail_again(
    settings: Settings, database: Database, people: People, held: Held, tmp_path: Path
) -> None:
    ids, out = many(database, people, held, 5), tmp_path / "all"
    assert done(settings, "--all", "--out", out).endswith(f"5 copies in {out}.\n")
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    victim, gone, *_ = sorted(out.iterdir())
    victim.write_bytes(victim.read_bytes()[:-1])
    gone.unlink()
    said = done(settings, "--all", "--out", out)
    assert said.endswith(f"5 copies in {out}. 3 of them were there already.\n")
    assert hashes_of(files_in(out).values()) == hashes(database)
    assert {path for path, at in before.items() if path.stat().st_mtime_ns != at} == {victim, gone}
    trail = taken(database)
    assert len(trail) == 7
    assert set(trail) == set(ids)


def test_what_was_stopped_says_how_many_are_there_and_goes_on_where_it_was(
    settings: Settings, database: Database, people: People, held: Held, tmp_path: Path
) -> None:
    many(database, people, held, 300)
    out = tmp_path / "all"
    command = [sys.executable, "-m", "convo.cli", "summaries", "--all", "--out", str(out)]
    running = subprocess.Popen(
        [*command, "--data", str(settings.data), *WHERE], stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )
    until = time.monotonic() + 60
    while time.monotonic() < until and len(list(out.glob("*.docx"))) < 10:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    said, wrong = (stream.decode() for stream in running.communicate(timeout=60))
    there = files_in(out)
    assert running.returncode == 1, wrong
    assert 10 <= len(there) < 300
    last = f"Stopped. {len(there)} of 300 copies are in {out}. Call it again to go on."
    assert (said, wrong.splitlines()) == ("", ["Copies", last])
    assert hashes_of(there.values()) < hashes(database)
    assert all(name.endswith(".docx") for name in there)
    assert len(taken(database)) == len(there)
    assert f"{len(there)} of them were there already" in done(settings, "--all", "--out", out)
    assert hashes_of(files_in(out).values()) == hashes(database)
    assert len(taken(database)) == 300


def test_a_copy_that_fails_half_way_leaves_no_file_and_no_entry(
    settings: Settings,
    database: Database,
    people: People,
    held: Held,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids, out = many(database, people, held, 3), tmp_path / "all"
    whole: Callable[[Session, UUID], bytes] = bundle.document_of

    def full(session: Session, issue_id: UUID) -> bytes:
        if issue_id == ids[1]:
            raise OSError(28, "No space left on device", "x.part")
        return whole(session, issue_id)

    monkeypatch.setattr(bundle, "document_of", full)
    error = run(settings, "--all", "--out", out).exception
    assert isinstance(error, Refused)
    assert re.fullmatch(
        r".* cannot be written: No space left on device\. 1 of 3 copies are in .*", error.message
    )
    assert len(files_in(out)) == 1
    assert taken(database) == [ids[0]]


def test_the_bar_is_a_bar_in_a_terminal_and_one_line_elsewhere(
    settings: Settings, database: Database, people: People, held: Held, tmp_path: Path
) -> None:
    many(database, people, held, 40)
    command = [sys.executable, "-m", "convo.cli", "summaries", "--all", "--data", str(settings.data), *WHERE]
    plain = subprocess.run([*command, "--out", str(tmp_path / "a")], capture_output=True, check=True)
    assert plain.stderr == b"Copies\n"
    ours, theirs = pty.openpty()
    subprocess.run([*command, "--out", str(tmp_path / "b")], stderr=theirs, capture_output=False, check=True)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:  # nobody writes to it any more
        pass
    assert "100%" in shown.decode()


def peak(work: Callable[[], object]) -> int:
    """Return how many bytes some work held at once at the most."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("way", ["folder", "zip"])
def test_300_copies_take_no_more_memory_than_30(
    settings: Settings, database: Database, people: People, tmp_path: Path, way: str
) -> None:
    peaks = []
    for count in (3, 30, 300):  # the first warms what is kept for good
        with database.write() as session:
            meeting = begin(session, people.okafor, people.amina, NOW)
            for waits in waiting_ids(session, people.school.id):
                record_delivery(session, people.farrell, LATER, waits, DeliveryWay.SENT)
            store_many(session, people, meeting.id, count, kilobytes=20, actions=30, print_list=True)
        out = tmp_path / str(count)
        if way == "folder":
            peaks.append(peak(lambda: done(settings, "--print-list", "--out", out)))  # noqa: B023
            assert len(files_in(out)) == count
        else:
            peaks.append(peak(lambda: [None for _ in zipped(database, people)]))
    assert peaks[2] < peaks[1] + FLAT, peaks


def zipped(database: Database, people: People) -> Iterable[bytes]:
    with database.reading() as session:
        yield from as_zip(session, waiting_ids(session, people.school.id))


def test_a_name_is_read_from_a_stored_copy_as_from_the_whole_content(
    session: Session, people: People, held: Held
) -> None:
    copies = [(people.mrs_khan.id, "ur", "side"), (people.mr_khan.id, "en", "side")]
    for issue in issue_first(session, people.okafor, NOW, session.get_one(Conversation, held.id), copies):  # type: ignore[arg-type]
        assert file_name(read_head(issue.content)) == file_name(from_json(issue.content))


@pytest.mark.parametrize(
    ("called", "begins"),
    [
        ("..", "Child November"),
        ("a/b\\c:d", "a b c d November"),
        ("ਅਮੀਨਾ" * 50, "ਅਮੀਨਾ"),
        ("", "Amina November"),
    ],
)
def test_a_file_has_a_name_that_file_systems_take_and_no_surname(
    settings: Settings,
    database: Database,
    people: People,
    held: Held,
    tmp_path: Path,
    called: str,
    begins: str,
) -> None:
    with database.write() as session:
        session.get_one(Pupil, people.amina.id).preferred_forename = called
        session.flush()
        copies = [(people.mr_khan.id, "en", "side")]
        issue_first(session, people.okafor, NOW, session.get_one(Conversation, held.id), copies)  # type: ignore[arg-type]
    done(settings, "--out", tmp_path / "all")
    (name,) = files_in(tmp_path / "all")
    assert name.startswith(begins)
    assert len(name.encode()) < 200
    assert "Khan" not in name


def test_two_children_of_one_name_have_two_files_that_stay_called_so(
    settings: Settings, database: Database, people: People, held: Held, tmp_path: Path
) -> None:
    with database.write() as session:
        session.get_one(Pupil, people.szymon.id).preferred_forename = "Amina"
        session.flush()
        twin = begin(session, people.okafor, session.get_one(Pupil, people.szymon.id), NOW)
        join(session, twin, people.mrs_wojcik, "mother", reads="ur")
        twin.state, twin.closed_at = held.meeting.state, held.meeting.closed_at
        hers = session.get_one(Conversation, held.id)
        for meeting, carer in ((hers, people.mrs_khan), (twin, people.mrs_wojcik)):
            issue_first(session, people.okafor, NOW, meeting, [(carer.id, "ur", "side")])
    done(settings, "--all", "--out", tmp_path / "first")
    with database.write() as session:
        session.get_one(Pupil, people.amina.id).preferred_forename = "Minnie"
    done(settings, "--all", "--out", tmp_path / "second")
    first, second = files_in(tmp_path / "first"), files_in(tmp_path / "second")
    assert first == second
    assert len({name.rsplit(" ", 1)[0] for name in first}) == 1
    assert len(first) == 2


def test_newest_is_each_carers_last(session: Session, people: People, held: Held) -> None:
    copies = [(people.mrs_khan.id, "ur", "side"), (people.mr_khan.id, "en", "side")]
    _, his = issue_first(session, people.okafor, NOW, session.get_one(Conversation, held.id), copies)  # type: ignore[arg-type]
    hers = take_language(session, people.okafor, NOW, held.id, people.mrs_khan.id, "pl")
    assert set(issue_ids(session, people.school.id, newest_only=True)) == {his.id, hers.id}
    assert len(issue_ids(session, people.school.id)) == 3
    assert issue_ids(session, people.other_school.id) == []


@pytest.fixture
def waiting(database: Database, people: People, held: Held) -> list[UUID]:
    """Her copy waits, his is promised; Szymon, of no class, has a teacher of his own, Yusuf neither."""
    made = []
    with database.write() as session:
        szymon, yusuf = (session.get_one(Pupil, pupil.id) for pupil in (people.szymon, people.yusuf))
        szymon.class_name, szymon.key_teacher = "", session.get_one(Person, people.okafor.person_id)
        yusuf.class_name = ""
        session.flush()
        copies = [(people.mrs_khan.id, "ur", "side"), (people.mr_khan.id, "en", "side")]
        made += issue_first(session, people.okafor, NOW, session.get_one(Conversation, held.id), copies)  # type: ignore[arg-type]
        for pupil, carer in ((szymon, people.mrs_wojcik), (yusuf, people.mrs_khan)):
            meeting = begin(session, people.okafor, pupil, NOW)
            join(session, meeting, carer, "mother")
            meeting.state, meeting.closed_at = held.meeting.state, held.meeting.closed_at
            made += issue_first(session, people.okafor, NOW, meeting, [(carer.id, "pl", "side")])
        for issue in (made[0], *made[2:]):
            record_delivery(session, people.farrell, NOW, issue.id, DeliveryWay.PRINT_LIST)
        day = NOW.date()
        record_delivery(session, people.farrell, NOW, made[1].id, DeliveryWay.PROMISED, due_on=day)
        return [issue.id for issue in made]


GROUPS = {"5Oak": 2, "Mr Okafor": 1, "2026-11-23": 1}


def test_the_print_list_is_sorted_by_class_else_by_teacher_else_by_day(
    settings: Settings, database: Database, people: People, waiting: list[UUID], tmp_path: Path
) -> None:
    assert "4 copies" in done(settings, "--print-list", "--out", tmp_path / "out")
    written = files_in(tmp_path / "out")
    folders = [name.partition("/")[0] for name in written]
    assert {folder: folders.count(folder) for folder in folders} == GROUPS
    assert set(taken(database)) == set(waiting)
    with database.reading() as session:
        assert len(waiting_ids(session, people.school.id)) == 4  # nothing is ticked by itself
        package = b"".join(as_zip(session, waiting_ids(session, people.school.id)))
    with ZipFile(BytesIO(package)) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == written
        assert not any(entry.flag_bits & 8 for entry in opened.infolist())  # sizes stand before the bytes
        told = {entry.filename: entry.date_time[:3] for entry in opened.infolist()}
    his = next(name for name in told if "English" in name)
    assert told.pop(his) == (2026, 11, 1)  # kept apart, he is told the month only
    assert set(told.values()) == {(2026, 11, 23)}


def test_what_waits_is_the_same_as_ids_and_as_rows_and_in_the_same_order(
    session: Session, people: People, waiting: list[UUID]
) -> None:
    ids = waiting_ids(session, people.school.id)
    assert ids == [row.issue.id for row in waiting_issues(session, people.school.id)]
    assert ids[0] == waiting[1]  # the promise
    record_delivery(session, people.farrell, NOW, ids[0], DeliveryWay.COLLECTED)
    assert waiting_ids(session, people.school.id) == ids[1:]
    assert waiting_ids(session, people.other_school.id) == []


def test_all_and_the_print_list_exclude_each_other(settings: Settings, held: Held, tmp_path: Path) -> None:
    assert run(settings, "--all", "--print-list", "--out", tmp_path / "out").exit_code == 2


def test_a_file_of_many_knows_its_bytes(database: Database, people: People, held: Held) -> None:
    (only,) = many(database, people, held, 1)
    with database.reading() as session:
        copy = bundled(session, only)
        assert copy.sha256 == sha256(document_of(session, only)).hexdigest()
        assert copy.pupil_id == people.amina.id
