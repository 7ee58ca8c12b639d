"""``convo summary``, ``summaries``, ``verify`` and ``languages``, as a person and as a script call them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from convo.access.models import AuditEntry
from convo.access.rules import AT_THE_MACHINE
from convo.db import Database
from convo.kernel.errors import ConvoError
from convo.settings import Settings
from convo.summary.commands import languages, summaries, summary, verify
from convo.summary.models import Issue
from convo.summary.operations import issue_first, take_language
from convo.summary.queries import document_of
from tests.support.held import Held, hold
from tests.support.people import NOW, People


@pytest.fixture(autouse=True)
def _found_by_the_command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVO_DATABASE_URL", settings.database_url)


@pytest.fixture
def held(database: Database, people: People) -> Held:
    with database.write() as session:
        held = hold(session, people)
        copies = [(people.mrs_khan.id, "ur", "side"), (people.mr_khan.id, "en", "side")]
        issue_first(session, people.okafor, NOW, held.meeting, copies)  # type: ignore[arg-type]
        take_language(session, people.okafor, NOW, held.id, people.mrs_khan.id, "pl")
        return held


def run(settings: Settings, *arguments: object) -> Result:
    where = ["--data", str(settings.data), "--school", "Fenmarket Primary School"]
    command, *rest = arguments
    commands = {"summary": summary, "summaries": summaries, "verify": verify}
    return CliRunner().invoke(commands[str(command)], [*map(str, rest), *where])


def done(settings: Settings, *arguments: object) -> str:
    result = run(settings, *arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def refusal(settings: Settings, *arguments: object) -> str:
    """Return the sentence with which a command refuses; ``main`` prints it and leaves with 1."""
    error = run(settings, *arguments).exception
    assert isinstance(error, ConvoError)
    return error.message


def stored(database: Database, held: Held, carer_id: object, number: int) -> bytes:
    with database.reading() as session:
        issue = session.query(Issue).filter_by(carer_id=carer_id, number=number).one()
        return document_of(session, issue.id)


def test_an_issue_is_written_to_the_byte(
    settings: Settings, database: Database, people: People, held: Held, tmp_path: Path
) -> None:
    out = tmp_path / "copy.docx"
    said = done(settings, "summary", held.id, "--carer", people.mrs_khan.id, "--issue", 1, "--out", out)
    assert "copy 1 for Mrs Nasreen Khan in Urdu" in said
    assert out.read_bytes() == stored(database, held, people.mrs_khan.id, 1)


def test_the_only_carer_of_the_meeting_needs_no_naming_and_it_is_as_it_stands_now(
    settings: Settings, people: People, held: Held, tmp_path: Path
) -> None:
    out = tmp_path / "now.html"
    said = done(settings, "summary", held.id, "--language", "ar", "--format", "html", "--out", out)
    assert "copy 3 for Mrs Nasreen Khan in Arabic" in said
    page = out.read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert 'dir="rtl"' in page
    assert "She cries before school" in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert "Urdu" in done(
        settings, "summary", held.id, "--layout", "halves", "--out", tmp_path / "halves.docx"
    )
    assert (tmp_path / "halves.docx").read_bytes().startswith(b"PK")


def test_what_cannot_be_written_is_refused_in_a_sentence(
    settings: Settings, people: People, held: Held, tmp_path: Path
) -> None:
    out = tmp_path / "copy.docx"
    assert "There is no conversation nonsense" in refusal(settings, "summary", "nonsense", "--out", out)
    assert "There is no conversation" in refusal(settings, "summary", people.amina.id, "--out", out)
    assert "not a carer of this pupil" in refusal(
        settings, "summary", held.id, "--carer", people.gran.id, "--out", out
    )
    assert "copies 1 to 2" in refusal(settings, "summary", held.id, "--issue", 5, "--out", out)
    assert "does not know the language" in refusal(
        settings, "summary", held.id, "--language", "xx", "--out", out
    )
    assert "cannot be written" in refusal(settings, "summary", held.id, "--out", tmp_path / "no" / "x.docx")
    assert not out.exists()


@pytest.mark.parametrize("wrong", [["--layout", "tiny"], ["--format", "pdf"], ["--issue", "0"]])
def test_a_layout_or_format_that_is_not_there_is_wrong_use(
    settings: Settings, held: Held, tmp_path: Path, wrong: list[str]
) -> None:
    assert run(settings, "summary", held.id, "--out", tmp_path / "x", *wrong).exit_code == 2


def test_all_issues_are_written_into_a_folder(
    settings: Settings, database: Database, people: People, held: Held, tmp_path: Path
) -> None:
    assert "3 copies" in done(settings, "summaries", "--all", "--out", tmp_path / "all")
    assert len(list((tmp_path / "all").glob("*.docx"))) == 3
    assert "2 copies" in done(settings, "summaries", "--out", tmp_path / "newest")
    names = sorted(path.name.rsplit(" ", 1)[0] for path in (tmp_path / "newest").iterdir())
    assert names == ["Amina 23 November 2026 summary 2 Polish", "Amina November 2026 summary 1 English"]


def test_a_file_is_verified_to_the_byte(
    settings: Settings, database: Database, people: People, held: Held, tmp_path: Path
) -> None:
    file = tmp_path / "given.docx"
    file.write_bytes(stored(database, held, people.mrs_khan.id, 1))
    said = done(settings, "verify", file)
    assert said.splitlines() == [
        "given.docx is exactly copy 1 for Mrs Nasreen Khan about Amina Khan.",
        "Made: Monday 23 November 2026, 14:00",
        "Made by: Mr Okafor",
        "Why: The first copy",
        "Language: English and Urdu",
        "Layout: Side by side",
        "Guide: usual 1",
        "Does it still count: No: it was withdrawn on Monday 23 November 2026, 14:00.",
        "Does it still count: It was replaced by copy 2, made on Monday 23 November 2026, 14:00.",
        "How it reached the family: Nothing is written down.",
    ]
    file.write_bytes(file.read_bytes() + b" ")
    assert "is not a copy that this school gave out" in refusal(settings, "verify", file)


def test_verify_leaves_with_1_and_a_sentence(settings: Settings, held: Held, tmp_path: Path) -> None:
    file = tmp_path / "other.docx"
    file.write_bytes(b"something else")
    where = ["--data", str(settings.data), "--school", "Fenmarket Primary School"]
    result = subprocess.run(
        [sys.executable, "-m", "convo.cli", "verify", str(file), *where],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.startswith("other.docx is not a copy")
    assert "Traceback" not in result.stderr


def test_languages_have_the_shape_that_scripts_rely_on() -> None:
    listed = json.loads(CliRunner().invoke(languages, ["--json"]).output)
    urdu = next(row for row in listed if row["tag"] == "ur")
    assert set(urdu) == {"tag", "name", "own_name", "direction", "complete", "checked"}
    assert (urdu["name"], urdu["own_name"], urdu["direction"]) == ("Urdu", "اردو", "rtl")
    assert all(0 <= row[name] <= 1 for row in listed for name in ("complete", "checked"))
    assert next(row for row in listed if row["tag"] == "en")["complete"] == 1
    assert "Urdu" in CliRunner().invoke(languages, ["--data", "anywhere"]).output


def test_the_trail_says_which_copies_a_command_showed(
    settings: Settings, database: Database, held: Held, people: People, tmp_path: Path
) -> None:
    out, mother = tmp_path / "copy.docx", people.mrs_khan.id
    done(settings, "summary", held.id, "--carer", mother, "--out", out)
    done(settings, "summary", held.id, "--carer", mother, "--issue", 1, "--out", out)
    done(settings, "verify", out)
    done(settings, "summaries", "--out", tmp_path / "all")
    with database.reading() as session:
        first = session.scalar(select(Issue.id).where(Issue.carer_id == mother, Issue.number == 1))
        entries = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.person_id == AT_THE_MACHINE, AuditEntry.pupil_id == people.amina.id)
            .order_by(AuditEntry.number)
        ).all()
    told = [(entry.act, entry.thing, entry.thing_id) for entry in entries]
    assert told[:3] == [
        ("download", "summary", held.id),
        ("download", "issue", first),
        ("look", "issue", first),
    ]
    assert [(act, thing) for act, thing, _ in told[3:]] == [("download", "issue")] * 2
