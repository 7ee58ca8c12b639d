"""``convo import`` as a script sees it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from convo.access.models import AuditEntry
from convo.kernel.errors import ConvoError
from convo.people.commands import import_file
from convo.people.models import ClassTeacher, Pupil

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def run(database, people, tmp_path, monkeypatch):
    """Run the command with two schools in the database, in the name of Fenmarket."""
    monkeypatch.setenv("CONVO_DATABASE_URL", database.url)

    def call(file: Path, *options: str) -> Result:
        arguments = [str(file), "--data", str(tmp_path), "--school", people.school.name, *options]
        return CliRunner().invoke(import_file, arguments)

    return call


def pupils(database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(Pupil.upn.is_not(None))) or 0


def test_json_holds_the_counts_and_the_refused_rows_and_nothing_else(run):
    found = json.loads(run(SAMPLES / "roll.csv", "--json").stdout)
    assert found == {"new": 40, "changed": 0, "unchanged": 0, "missing": 0, "refused": []}
    assert json.loads(run(SAMPLES / "roll.csv", "--json").stdout)["unchanged"] == 40


def test_refused_rows_end_with_one_and_nothing_written(run, database):
    result = run(SAMPLES / "roll-messy.csv", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert found["new"] == 3
    assert {"row": 4, "field": "Surname", "reason": "Surname is missing."} in found["refused"]
    assert pupils(database) == 0
    assert run(SAMPLES / "roll-messy.csv", "--accept-good").exit_code == 0
    assert pupils(database) == 3


def test_refused_rows_are_listed_on_standard_error(run):
    result = run(SAMPLES / "roll-messy.csv")
    assert result.stderr.startswith("Nothing was brought in: 14 rows are refused.")
    assert "Row 4, Surname: Surname is missing." in result.stderr


def test_a_dry_run_writes_nothing(run, database):
    assert "New:           40" in run(SAMPLES / "roll.csv", "--dry-run").stdout
    assert pupils(database) == 0


def test_the_trail_says_that_it_was_the_command_line(run, database, people):
    run(SAMPLES / "roll.csv")
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "import")).one()
    assert entry.person_id == people.oyelaran.person_id
    assert entry.note.endswith("; command line")


def test_staff_are_told_apart_by_content(run, database):
    assert json.loads(run(SAMPLES / "staff.csv", "--json").stdout)["new"] == 13
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ClassTeacher)) == 14


def test_an_unknown_heading_is_named_and_can_be_explained(run, tmp_path, database):
    file = tmp_path / "roll.csv"
    file.write_text("UPN,Nachname,Forename,DOB\nW873293122000,Smith,Isla,31/07/2019\n", "utf-8")
    result = run(file)
    assert isinstance(result.exception, ConvoError)
    assert "“Nachname” (such as Smith)" in result.exception.message
    assert run(file, "--heading", "Nachname=nobody").exit_code == 2
    assert run(file, "--heading", "Nachname=surname").exit_code == 0
    assert pupils(database) == 1
    assert run(file).exit_code == 0


def test_a_file_that_is_not_there_is_wrong_use(run, tmp_path):
    assert run(tmp_path / "nothing.csv").exit_code == 2


def test_a_file_of_fifty_megabytes_is_refused_in_one_sentence(run, tmp_path):
    file = tmp_path / "large.csv"
    with file.open("wb") as opened:
        opened.truncate(50_000_000)
    result = run(file)
    assert isinstance(result.exception, ConvoError)
    assert "larger than 20 MB" in result.exception.message
