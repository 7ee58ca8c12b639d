"""Two people at one instant: each in a transaction of their own, neither seeing the other's yet."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.models import AuditEntry
from convo.access.rules import Act
from convo.conversation.incoming import read_change
from convo.conversation.journal import Answer, apply_changes
from convo.conversation.models import Change, Conversation
from convo.conversation.operations import open_conversation, plan
from convo.conversation.queries import conversation_for
from convo.conversation.rules import ChangeOutcome, State
from convo.db import Database
from convo.hour.finish import finish
from convo.kernel.errors import NotFound, Refused
from convo.people.joining import join_carers, joining_offers
from convo.people.models import Carer, CarerJoined, Pupil
from convo.people.operations import make_practice_pupil
from convo.people.queries import practice_pupil_of
from convo.plan.models import Action
from convo.summary.models import Delivery, Issue
from convo.summary.operations import correct, issue_first, record_delivery, sent_home, take_language
from convo.summary.record import load_record
from convo.summary.rules import DeliveryWay
from tests.summary.giving import ASKED, change
from tests.support import changes
from tests.support.held import Held, hold
from tests.support.meetings import fields, guide
from tests.support.people import NOW, People

Job = Callable[[Session], Any]


def at_once(database: Database, first: Job, second: Job, reads: Job = lambda _: None) -> tuple[Any, Any]:
    """Return what two jobs gave; the second begins while the first is done and not yet committed.

    On PostgreSQL the second has read what ``reads`` reads before the first writes, and the first commits
    when the second waits for it. On SQLite a request that writes waits before it reads. A job may be
    refused: that is what it gives then, and nothing of it stays.
    """
    postgresql = database.engine.dialect.name == "postgresql"
    read, written = Event(), Event()

    def other() -> Any:
        with database.writing() as session:
            if postgresql:
                reads(session)
            read.set()
            assert written.wait(20)
            try:
                done = second(session)
            except (Refused, NotFound) as refusal:
                return refusal
            session.commit()
            return done

    with ThreadPoolExecutor(1) as pool, database.writing() as session:
        waiting = pool.submit(other)
        assert read.wait(20)
        done = first(session)
        session.flush()
        written.set()
        if postgresql:
            wait_for_it(database, waiting)
        session.commit()
        return done, waiting.result(20)


def wait_for_it(database: Database, other: Future[Any]) -> None:
    """Return when the other waits for a lock or is done."""
    waits = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    with database.engine.connect() as connection:
        for _ in range(2000):
            try:
                other.exception(timeout=0.01)
            except NotYet:
                if connection.execute(waits).scalar():
                    return
                connection.rollback()  # the next look is a new one
            else:
                return
    raise AssertionError("the other neither waits nor ends")


def count(database: Database, model: Any, *conditions: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


@pytest.fixture
def held(database: Database, people: People) -> Held:
    """A meeting that is ready to be closed."""
    with database.write() as session:
        return hold(session, people, close=False)


@pytest.fixture
def closed(database: Database, people: People) -> Held:
    with database.write() as session:
        return hold(session, people)


@pytest.fixture
def copy(database: Database, people: People, closed: Held) -> UUID:
    """Mrs Khan's first copy."""
    with database.write() as session:
        return first_copy(session, people, closed)[0].id


def first_copy(session: Session, people: People, closed: Held) -> list[Issue]:
    meeting = conversation_for(session, people.okafor, closed.id)
    return issue_first(session, people.okafor, NOW, meeting, [(people.mrs_khan.id, "ur", "side")])


def numbers(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(select(Issue.number).order_by(Issue.number)))


def test_two_people_close_a_conversation_once_and_the_family_gets_one_copy(
    database: Database, people: People, held: Held
) -> None:
    def read(session: Session) -> None:
        load_record(session, conversation_for(session, people.farrell, held.id))

    first, second = at_once(
        database,
        lambda session: finish(session, people.okafor, NOW, held.id),
        lambda session: finish(session, people.farrell, NOW, held.id),
        read,
    )
    assert (len(first), second) == (1, [])
    assert numbers(database) == [1]
    assert count(database, AuditEntry, AuditEntry.act == Act.CLOSE) == 1
    with database.reading() as session:
        assert session.get_one(Conversation, held.id).closed_by_id == people.okafor.person_id
        assert audit.verify(session, people.school.id) == []


def test_a_closing_says_what_was_written_while_it_waited(
    database: Database, people: People, held: Held
) -> None:
    def read(session: Session) -> None:
        session.page = load_record(session, conversation_for(session, people.farrell, held.id))  # type: ignore[attr-defined]

    def write(session: Session) -> list[Answer]:
        return apply_changes(session, people.okafor, NOW, held.id, [said(held, "Pack it alone")])

    _, made = at_once(
        database,
        write,
        lambda session: [issue.content for issue in finish(session, people.farrell, NOW, held.id)],
        read,
    )
    assert "Pack it alone" in made[0]


def said(held: Held, value: str) -> Any:
    """A change of what is done at home, by somebody who saw what stands there now."""
    return read_change(changes.change("action", held.at_home.id, "what", value))


def test_of_two_journals_at_once_one_is_taken_and_the_other_asks(
    database: Database, people: People, held: Held
) -> None:
    first, second = at_once(
        database,
        lambda session: apply_changes(session, people.okafor, NOW, held.id, [said(held, "Pack it alone")]),
        lambda session: apply_changes(session, people.farrell, NOW, held.id, [said(held, "Pack it early")]),
        lambda session: conversation_for(session, people.farrell, held.id),
    )
    assert [answer.outcome for answer in (*first, *second)] == [ChangeOutcome.APPLIED, ChangeOutcome.CONFLICT]
    assert [answer.number for answer in (*first, *second)] == [1, 2]
    with database.reading() as session:
        assert session.get_one(Action, held.at_home.id).what == "Pack it alone"
        assert session.scalars(select(Change.value).order_by(Change.number)).all() == [
            "Pack it alone",
            "Pack it early",
        ]


def test_a_journal_that_meets_the_closing_is_kept_aside(
    database: Database, people: People, held: Held
) -> None:
    _, late = at_once(
        database,
        lambda session: finish(session, people.okafor, NOW, held.id),
        lambda session: apply_changes(session, people.farrell, NOW, held.id, [said(held, "Pack it early")]),
        lambda session: conversation_for(session, people.farrell, held.id),
    )
    assert [answer.outcome for answer in late] == [ChangeOutcome.ASIDE]


def test_a_first_copy_is_made_once(database: Database, people: People, closed: Held) -> None:
    first, second = at_once(
        database,
        lambda session: first_copy(session, people, closed),
        lambda session: first_copy(session, people, closed),
        lambda session: conversation_for(session, people.okafor, closed.id),
    )
    assert (len(first), second) == (1, [])
    assert numbers(database) == [1]


def test_two_more_copies_get_two_numbers(
    database: Database, people: People, closed: Held, copy: UUID
) -> None:
    def make(tag: str) -> Job:
        return lambda session: take_language(session, people.okafor, NOW, closed.id, people.mrs_khan.id, tag)

    at_once(
        database,
        make("pl"),
        make("so"),
        lambda session: conversation_for(session, people.okafor, closed.id),
    )
    assert numbers(database) == [1, 2, 3]
    assert count(database, Issue, Issue.withdrawn_at.is_(None)) == 1


def test_the_same_step_of_two_people_is_one_step(database: Database, people: People, copy: UUID) -> None:
    def give(session: Session) -> Delivery:
        return record_delivery(session, people.okafor, NOW, copy, DeliveryWay.GIVEN)

    first, second = at_once(database, give, give, lambda session: session.get_one(Issue, copy).deliveries)
    assert first.id == second.id
    assert count(database, Delivery) == 1


def test_a_copy_given_out_while_it_is_corrected_stays(
    database: Database, people: People, closed: Held, copy: UUID
) -> None:
    at_once(
        database,
        lambda session: record_delivery(session, people.farrell, NOW, copy, DeliveryWay.GIVEN),
        lambda session: correct(
            session, people.okafor, NOW, closed.id, ASKED, "", [change(closed, "what", "Pack it alone")]
        ),
        lambda session: conversation_for(session, people.okafor, closed.id),
    )
    assert count(database, Issue, Issue.withdrawn_at.is_(None)) == 2


def test_a_copy_corrected_while_it_is_given_out_is_not_given(
    database: Database, people: People, closed: Held, copy: UUID
) -> None:
    _, refusal = at_once(
        database,
        lambda session: correct(
            session, people.okafor, NOW, closed.id, ASKED, "", [change(closed, "what", "Pack it alone")]
        ),
        lambda session: record_delivery(session, people.farrell, NOW, copy, DeliveryWay.GIVEN),
        lambda session: session.get_one(Issue, copy).deliveries,
    )
    assert isinstance(refusal, Refused)
    assert "withdrawn" in refusal.message
    assert count(database, Delivery) == 0


def test_what_two_of_the_office_tick_goes_home_once(database: Database, people: People, copy: UUID) -> None:
    with database.write() as session:
        record_delivery(session, people.okafor, NOW, copy, DeliveryWay.PRINT_LIST)

    def tick(session: Session) -> None:
        sent_home(session, people.oyelaran, NOW, [copy])

    at_once(database, tick, tick, lambda session: session.get_one(Issue, copy).deliveries)
    assert count(database, Delivery, Delivery.way == DeliveryWay.SENT) == 1


def test_one_practice_pupil_is_made(database: Database, people: People) -> None:
    def make(session: Session) -> UUID:
        return make_practice_pupil(session, people.stranger, NOW).id

    first, second = at_once(database, make, make, lambda session: practice_pupil_of(session, people.stranger))
    assert first == second
    assert count(database, Pupil, Pupil.practice, Pupil.school_id == people.other_school.id) == 1


def test_siblings_carers_are_joined_once(database: Database, people: People) -> None:
    both = [people.mrs_khan.id, people.mrs_wojcik.id]
    with database.write() as session:
        for carer_id in both:
            carer = session.get_one(Carer, carer_id)
            carer.reads, carer.speaks, carer.phone = "pl", "pl", ""

    def join(session: Session) -> UUID:
        return join_carers(session, people.oyelaran, NOW, both).id

    kept, refusal = at_once(database, join, join, lambda session: joining_offers(session, people.oyelaran))
    assert kept in both
    assert isinstance(refusal, NotFound)
    assert count(database, CarerJoined) == 1


def test_a_meeting_is_opened_once(database: Database, people: People) -> None:
    with database.write() as session:
        planned = plan(session, people.okafor, NOW, people.szymon.id, fields(people.mrs_wojcik.id)).id

    def begin(session: Session) -> Conversation:
        return open_conversation(session, people.okafor, NOW, planned, guide())

    first, refusal = at_once(
        database, begin, begin, lambda session: conversation_for(session, people.okafor, planned)
    )
    assert first.state is State.OPEN
    assert isinstance(refusal, Refused)
    assert "opened already" in refusal.message
