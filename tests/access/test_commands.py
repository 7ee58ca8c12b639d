"""``convo init`` and ``convo audit verify``."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from convo.access import queries
from convo.access.commands import audit_group, init
from convo.access.models import AuditEntry, Membership
from convo.access.rules import Role
from convo.command_line import open_database
from convo.kernel.errors import ConvoError, Refused, WrongSetup
from tests.support.frozen import unlock


@pytest.fixture(autouse=True)
def _no_other_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONVO_DATABASE_URL", raising=False)


def set_up(folder: Path, *, password: str = "lantern pebble orchard", school: str = "Fenmarket") -> Result:
    secret = folder / "password.txt"
    folder.mkdir(exist_ok=True)
    secret.write_text(f"{password}\n", "utf-8")
    arguments = [
        "--data",
        str(folder),
        "--school",
        school,
        "--name",
        "Mrs Oyelaran",
        "--email",
        "O@Fen.example",
    ]
    return CliRunner().invoke(init, [*arguments, "--password-file", str(secret)])


def test_init_makes_a_school_with_terms_and_its_first_person(tmp_path: Path) -> None:
    result = set_up(tmp_path)
    assert result.exit_code == 0, result.exception
    assert "o@fen.example" in result.output.lower()
    with open_database(tmp_path) as opened, opened.database.reading() as session:
        roles = {row.role for row in session.query(Membership)}
        person = session.query(Membership).first()
        assert roles == {Role.DATA_MANAGER, Role.SENCO}
        assert person
        assert session.query(AuditEntry).count() == 2
        school = queries.schools_of(session, person.person_id)[0]
        assert not queries.safeguarding_ready(school)


def test_init_again_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    set_up(tmp_path)
    result = set_up(tmp_path, school="Another")
    assert isinstance(result.exception, Refused)
    assert "already" in result.exception.message


def test_init_with_a_weak_password_leaves_no_school(tmp_path: Path) -> None:
    assert isinstance(set_up(tmp_path, password="short").exception, Refused)
    assert set_up(tmp_path).exit_code == 0


def test_init_asks_again_for_what_will_not_do_and_keeps_the_rest(tmp_path: Path) -> None:
    words = "seven quiet lanterns"
    typed = ["Fen School", "Mrs Oyelaran", "not an address", "o@fen.example", "short", words, words]
    result = CliRunner().invoke(init, ["--data", str(tmp_path)], input="\n".join(typed) + "\n")
    assert result.exit_code == 0, result.output
    assert "Error: Write a whole e-mail address" in result.output
    assert "Error: Use at least 12 characters" in result.output
    assert result.output.count("Name of the school") == 1


def test_a_command_before_init_says_what_to_do_and_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(WrongSetup, match="convo init"), open_database(tmp_path):
        pass
    assert not (tmp_path / "convo.db").exists()


def test_audit_verify_tells_a_whole_trail_from_a_changed_one(tmp_path: Path) -> None:
    set_up(tmp_path)
    result = CliRunner().invoke(audit_group, ["verify", "--data", str(tmp_path)])
    assert result.exit_code == 0
    assert "2 entries" in result.output
    with open_database(tmp_path) as opened, opened.database.write() as session:
        unlock(session)
        session.execute(update(AuditEntry).where(AuditEntry.number == 1).values(note="nothing"))
    result = CliRunner().invoke(audit_group, ["verify", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "Entry 1 of" in result.output
    assert not isinstance(result.exception, ConvoError)
