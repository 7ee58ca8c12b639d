"""``convo conversations``, as a person and as a script read it."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from convo.access.models import AuditEntry
from convo.access.rules import AT_THE_MACHINE
from convo.conversation.commands import conversations
from convo.conversation.operations import not_held
from convo.conversation.rules import NotHeldReason
from convo.db import Database
from convo.settings import Settings
from tests.support.meetings import with_mrs_khan
from tests.support.people import NOW, People


def run(settings: Settings, *arguments: str) -> str:
    result = CliRunner().invoke(
        conversations, ["--data", str(settings.data), "--school", "Fenmarket Primary School", *arguments]
    )
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(autouse=True)
def _found_by_the_command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVO_DATABASE_URL", settings.database_url)


def test_json_has_the_shape_that_scripts_rely_on(
    settings: Settings, database: Database, people: People
) -> None:
    with database.write() as session:
        meeting = with_mrs_khan(session, people)
    assert json.loads(run(settings, "--json")) == [
        {
            "id": str(meeting.id),
            "pupil": "Amina Khan",
            "school_year": 2026,
            "round": 1,
            "state": "planned",
            "stage": "explore",
            "starts_at": "2026-11-30T15:30:00+00:00",
            "carers": [{"id": str(people.mrs_khan.id), "reads": "ur"}],
        }
    ]


def test_the_list_says_what_became_of_each(settings: Settings, database: Database, people: People) -> None:
    with database.write() as session:
        meeting = with_mrs_khan(session, people, on=date(2026, 12, 4))
        not_held(session, people.okafor, NOW, meeting.id, NotHeldReason.SCHOOL)
    assert run(settings).split() == [
        str(meeting.id),
        *["04", "December", "2026", "15:30", "2026/27", "1", "not_held", "Amina", "Khan"],
    ]


def test_a_school_without_conversations_is_an_empty_list(
    settings: Settings, database: Database, people: People
) -> None:
    assert json.loads(run(settings, "--json")) == []


def test_the_trail_says_that_a_command_listed_the_conversations(
    settings: Settings, database: Database, people: People
) -> None:
    run(settings, "--json")
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.person_id, entry.act, entry.thing) == (AT_THE_MACHINE, "download", "list of conversations")
