"""``convo due``: the shape that scripts rely on, and the tables that people read."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from convo.conversation.rules import State
from convo.db import Database
from convo.followup.commands import due
from convo.plan.rules import Doer, Outcome
from tests.followup.rows import EARLIER, TODAY, decide, meeting, promise
from tests.support.client import PageClient
from tests.support.people import NOW, People


@pytest.fixture
def school(
    database: Database, people: People, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: object
) -> People:
    with database.write() as session:
        first = meeting(session, people.szymon, people.okafor)
        action = promise(
            session, first, "Reads\ndaily", TODAY - timedelta(days=2), Doer.HOME, who="Mrs Wójcik"
        )
        second = meeting(session, people.szymon, people.okafor, starts_at=EARLIER + timedelta(days=7))
        decide(session, action, second, Outcome.NOT_TALKED_ABOUT)
        for pupil in (people.yusuf, people.zoe):
            meeting(session, pupil, people.whitaker)
        meeting(session, people.amina, people.okafor, State.NOT_HELD)
        meeting(session, people.amina, people.okafor, State.PLANNED, NOW + timedelta(days=1))
    monkeypatch.setenv("CONVO_DATABASE_URL", database.url)
    monkeypatch.setenv("CONVO_DATA", str(tmp_path))
    return people


def run(*arguments: str) -> Result:
    return CliRunner().invoke(due, ["--school", "Fenmarket Primary School", *arguments])


def test_json_has_the_documented_shape(school: People) -> None:
    action = {
        "pupil": "Szymon Wójcik",
        "class": "5Oak",
        "action": "Reads\ndaily",
        "by_whom": "home",
        "who": "Mrs Wójcik",
        "by_when": "2026-11-21",
        "days_late": 2,
        "target": "So that: Reads\ndaily",
        "key_teacher": "Mr Okafor",
        "no_word": True,
    }
    assert json.loads(run("--json").output) == {
        "school_year": 2026,
        "round": 1,
        "actions": [action],
        "no_conversation": [
            {
                "pupil": "Amina Khan",
                "class": "5Oak",
                "key_teacher": "Mr Okafor",
                "planned_for": "2026-11-24",
                "opened_on": None,
                "not_held": [{"on": "2026-10-14", "reason": "family could not"}],
            }
        ],
        "not_talked_about": [{**action, "not_talked_about_on": "2026-10-21"}],
    }


def test_the_tables_keep_an_action_on_one_line(school: People) -> None:
    lines = run().output.splitlines()
    assert lines[0] == "Round 1 of 2026/27 (Autumn)"
    assert "Open actions: 1" in lines
    (row,) = [line for line in lines if "Reads daily" in line]
    assert " ".join(row.split()) == (
        "2026-11-21 late 2 Szymon Wójcik 5Oak Mrs Wójcik (home) Reads daily not talked about on 2026-10-21"
    )
    assert "No conversation in this round: 1" in lines


def test_where_there_are_several_schools_one_has_to_be_named(school: People) -> None:
    answer = CliRunner().invoke(due, [])
    assert answer.exit_code != 0
    assert "Say which school with --school." in str(answer.exception)


def test_the_trail_says_that_a_command_showed_what_is_due(
    school: People, as_person: Callable[[str], PageClient]
) -> None:
    run("--json")
    page = as_person("farrell").get("/audit")
    assert (
        page.text.count("Somebody at the server, with a command Downloaded: what is due, whole school") == 1
    )
