"""The fictional school: every state of a conversation, no rule broken, made once and then left alone."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from convo import migrations
from convo.access import audit
from convo.access.models import School
from convo.access.operations import found_school
from convo.access.queries import staff_of
from convo.access.rules import Actor, Role
from convo.conversation.models import Conversation, Entry, StaffNote
from convo.conversation.rules import NotHeldReason, StageName, State
from convo.db import Database
from convo.demo import commands
from convo.demo.calendar import Calendar
from convo.demo.commands import demo_settings, open_school
from convo.demo.school import PASSWORD, sign_ins
from convo.followup.queries import due
from convo.kernel.errors import Refused
from convo.people.models import KeptApart, MayReceive, Pupil, PupilCarer
from convo.plan.models import Action, Decision
from convo.plan.rules import ActionState, Agreement, Outcome
from convo.settings import Settings
from convo.summary.models import Delivery, Issue, IssueReason
from tests.support.people import NOW

TODAY = NOW.date()


@pytest.fixture
def looking(demo_school: Settings) -> Iterator[Session]:
    database = Database(demo_school.resolved_database_url)
    with database.reading() as session:
        yield session
    database.dispose()


def test_there_are_conversations_of_every_state(looking: Session) -> None:
    states = Counter(looking.scalars(select(Conversation.state)))
    assert all(states[state] for state in State)
    (in_plan,) = looking.scalars(select(Conversation).where(Conversation.state == State.OPEN))
    assert in_plan.stage is StageName.PLAN
    assert in_plan.starts_at.date() == TODAY
    today = looking.scalars(select(Conversation).where(Conversation.state == State.PLANNED)).all()
    assert sum(meeting.starts_at.date() == TODAY for meeting in today) >= 2
    assert any(meeting.rebooked_from_id for meeting in today)
    missed = looking.scalars(select(Conversation.not_held_reason).distinct()).all()
    assert {NotHeldReason.INTERPRETER, NotHeldReason.FAMILY, NotHeldReason.NO_ANSWER} <= set(missed)


def test_second_rounds_say_what_became_of_the_first(looking: Session) -> None:
    outcomes = Counter(looking.scalars(select(Decision.outcome)))
    assert set(outcomes) == set(Outcome)
    states = Counter(looking.scalars(select(Action.state)))
    assert all(states[state] for state in ActionState)
    held = looking.scalars(
        select(Conversation).where(Conversation.state == State.CLOSED).order_by(Conversation.starts_at)
    ).all()
    rounds: dict[object, set[tuple[int, int]]] = {}
    for meeting in held:
        rounds.setdefault(meeting.pupil_id, set()).add((meeting.school_year, meeting.round))
    assert sum(len(found) > 1 for found in rounds.values()) >= 2


def test_open_actions_have_someone_a_date_and_a_target_and_some_are_late(looking: Session) -> None:
    opened = looking.scalars(select(Action).where(Action.state == ActionState.OPEN)).all()
    assert len(opened) > 20
    assert all(action.who and action.by_whom and action.by_when and action.target_id for action in opened)
    late = [action for action in opened if action.by_when and action.by_when < TODAY]
    assert len(late) > 5
    assert any(action.agreement is Agreement.NOT_YET for action in opened)


def test_summaries_were_issued_handed_over_and_corrected(looking: Session) -> None:
    reasons = Counter(looking.scalars(select(Issue.reason)))
    assert reasons[IssueReason.FIRST] > 8
    assert reasons[IssueReason.CORRECTION] > 1
    assert {"ur", "pl", "ar", "pa", "so", "zh-Hant", "en"} <= set(looking.scalars(select(Issue.language)))
    assert len(set(looking.scalars(select(Delivery.way)))) >= 5


def test_families_are_of_many_kinds(looking: Session) -> None:
    assert looking.scalar(select(func.count()).select_from(Pupil).where(~Pupil.practice)) == 41
    assert len(set(looking.scalars(select(Pupil.home_language)))) >= 11
    shared = looking.execute(
        select(PupilCarer.carer_id).group_by(PupilCarer.carer_id).having(func.count() > 1)
    ).all()
    assert len(shared) >= 6
    assert looking.scalars(select(KeptApart)).all()
    links = looking.scalars(select(PupilCarer)).all()
    assert {link.may_receive for link in links} == set(MayReceive)
    assert {link.parental_responsibility for link in links} == {True, False}


@pytest.mark.parametrize("name", ["Łukasz", "Zoë", "Null", "0'Neill", "يوسف", "Ó Súilleabháin-Fitzgerald"])
def test_there_are_awkward_names(looking: Session, name: str) -> None:
    parts = (Pupil.surname, Pupil.forename, Pupil.preferred_forename)
    assert any(name in row for row in looking.execute(select(*parts)))


def test_texts_are_awkward_too(looking: Session) -> None:
    said = "".join(looking.scalars(select(Entry.text)))
    assert max(map(len, looking.scalars(select(Entry.text)))) > 1900
    assert all(piece in said for piece in ("🐉", "<", "&", '"'))
    assert looking.scalars(select(StaffNote)).all()


def test_it_looks_as_if_it_were_running_today(looking: Session) -> None:
    school_id = looking.scalars(select(School.id)).one()
    senco = next(who for who in staff_of(looking, school_id) if Role.SENCO in who.roles)
    actor = Actor(senco.person.id, senco.person.name, school_id, frozenset(senco.roles))
    found = due(looking, actor, TODAY)
    assert found.late
    assert found.soon
    assert found.no_conversation
    assert audit.verify(looking, school_id) == []


@pytest.mark.parametrize("today", [date(2026, 8, 31), date(2026, 9, 2), date(2026, 12, 25), date(2027, 1, 6)])
def test_days_are_school_days_each_in_an_earlier_round(today: date) -> None:
    calendar = Calendar(today)
    first, second, last = calendar.days_of([None, 2, 0])
    assert first < second < last == today
    assert first.weekday() < 5
    assert second.weekday() < 5
    assert today - first < timedelta(days=300)
    born = calendar.born_on("31/08", 4)
    assert (Calendar(today).year - born.year) in (8, 9)


def test_a_second_time_nothing_is_made_and_what_a_visitor_changed_stays(tmp_path: Path) -> None:
    first = CliRunner().invoke(commands.demo, ["--data", str(tmp_path), "--no-serve"])
    assert first.exit_code == 0, first.output
    assert all(f"{person.role}" in first.output and person.email in first.output for person in sign_ins())
    assert PASSWORD in first.output
    database = Database(demo_settings(tmp_path).resolved_database_url)
    with database.write() as session:
        session.scalars(select(School)).one().name = "Our own name"
        pupils = session.scalar(select(func.count()).select_from(Pupil))
    again = CliRunner().invoke(commands.demo, ["--data", str(tmp_path), "--no-serve"])
    assert again.exit_code == 0, again.output
    assert "Our own name is a fictional school" in again.output
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Pupil)) == pupils
    database.dispose()


def test_a_first_run_that_was_broken_off_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks_off(session: Session, *_: object) -> None:
        session.add(School(name="Half", created_at=NOW))
        session.flush()
        raise KeyboardInterrupt

    settings = demo_settings(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(commands, "make_school", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            open_school(settings)
    assert open_school(settings)[0] == "Marlhythe Primary School"


def test_the_folder_of_a_real_school_is_left_alone(tmp_path: Path) -> None:
    settings = demo_settings(tmp_path)
    migrations.upgrade(settings.resolved_database_url)
    database = Database(settings.resolved_database_url)
    with database.write() as session:
        found_school(
            session,
            NOW,
            school="A real school",
            name="Mrs Oyelaran",
            email="office@real.example",
            password="lantern pebble orchard",
        )
    with pytest.raises(Refused, match="not the fictional one"):
        open_school(settings)
    with database.reading() as session:
        assert session.scalars(select(School.name)).all() == ["A real school"]
    database.dispose()


@pytest.mark.slow
def test_it_is_served_and_ends_quietly(demo_school: Settings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "convo.cli",
        "demo",
        "--data",
        str(demo_school.data),
        "--port",
        str(port),
    ]
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        page = fetched(f"http://127.0.0.1:{port}/sign-in")
        assert "Fictional school" in page
        taken = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert taken.returncode == 1
        assert len(taken.stderr.strip().splitlines()) == 1
        assert "--port" in taken.stderr
    finally:
        serving.send_signal(signal.SIGINT)
        out, err = serving.communicate(timeout=30)
    assert serving.returncode == 0
    assert f"http://127.0.0.1:{port}/" in out
    assert err == ""
    assert "WARNING" not in out


def fetched(address: str) -> str:
    """Return a page as soon as the server answers."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answered at {address}")
