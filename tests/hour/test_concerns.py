"""The page about a concern, opened on the tablet without wifi: only the lead's log tells of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from convo.access.models import AuditEntry, ConcernAnswer, ConcernOpened
from convo.conversation.models import Change
from convo.db import Database
from tests.support.changes import change
from tests.support.client import PageClient
from tests.support.held import hold
from tests.support.people import NOW, People
from tests.support.streams import answers

THEN = NOW - timedelta(hours=2)
Visit = Callable[[str], PageClient]


@pytest.fixture
def meeting(database: Database, people: People) -> UUID:
    """Opened two hours before the tablet reaches the school again."""
    with database.write() as session:
        return hold(session, people, close=False, at=THEN).id


@pytest.fixture
def okafor(as_person: Visit) -> PageClient:
    return as_person("okafor")


def opened(concern: UUID, minutes: int = 20) -> Any:
    return change("concern", concern, "opened", True, at=(THEN + timedelta(minutes=minutes)).isoformat())


def left(concern: UUID, answer: str) -> Any:
    return change("concern", concern, "answer", answer)


def log(database: Database) -> list[ConcernOpened]:
    with database.reading() as session:
        return list(session.scalars(select(ConcernOpened).order_by(ConcernOpened.at)))


def test_that_it_was_opened_and_how_it_was_left_is_kept_once_under_the_time_of_the_tablet(
    okafor: PageClient, database: Database, people: People, meeting: UUID
) -> None:
    concern = uuid4()
    sent = [opened(concern), left(concern, "going to the lead")]
    for _ in range(2):
        told = answers(okafor, meeting, *sent)
        assert [answer["outcome"] for answer in told] == ["applied", "applied"]
        assert [answer["id"] for answer in told] == [one["id"] for one in sent]
    [entry] = log(database)
    assert (entry.id, entry.at) == (concern, THEN + timedelta(minutes=20))
    assert (entry.person_id, entry.conversation_id) == (people.okafor.person_id, meeting)
    assert entry.answer is ConcernAnswer.GOING_TO_LEAD


@pytest.mark.parametrize("minutes", [-1, 121])
def test_a_time_before_the_meeting_or_to_come_is_not_believed(
    okafor: PageClient, database: Database, meeting: UUID, minutes: int
) -> None:
    answers(okafor, meeting, opened(uuid4(), minutes))
    assert log(database)[0].at == NOW


def test_a_mistake_can_be_put_right_and_never_the_other_way_round(
    okafor: PageClient, database: Database, meeting: UUID
) -> None:
    concern = uuid4()
    answers(okafor, meeting, opened(concern), left(concern, "by mistake"))
    assert log(database)[0].answer is ConcernAnswer.BY_MISTAKE
    answers(okafor, meeting, left(concern, "going to the lead"), left(concern, "by mistake"))
    assert log(database)[0].answer is ConcernAnswer.GOING_TO_LEAD


def test_another_persons_concern_is_neither_answered_nor_told_of(
    as_person: Visit, okafor: PageClient, database: Database, meeting: UUID
) -> None:
    concern = uuid4()
    answers(okafor, meeting, opened(concern))
    told = answers(as_person("farrell"), meeting, opened(concern), left(concern, "by mistake"))
    assert {answer["message"] for answer in told} == {"That page was not opened by you. Open it again."}
    assert log(database)[0].answer is ConcernAnswer.OPENED


def test_a_refused_change_does_not_stop_the_others(
    okafor: PageClient, database: Database, meeting: UUID
) -> None:
    concern = uuid4()
    told = answers(okafor, meeting, left(uuid4(), "by mistake"), left(concern, "never mind"), opened(concern))
    assert [answer["outcome"] for answer in told] == ["refused", "refused", "applied"]
    assert len(log(database)) == 1


def test_neither_the_journal_nor_the_audit_trail_says_a_word_of_it(
    okafor: PageClient, database: Database, meeting: UUID
) -> None:
    def kept() -> tuple[int | None, ...]:
        with database.reading() as session:
            return tuple(
                session.scalar(select(func.count()).select_from(log)) for log in (Change, AuditEntry)
            )

    before, concern = kept(), uuid4()
    answers(okafor, meeting, opened(concern), left(concern, "going to the lead"))
    assert kept() == before


def test_who_has_no_part_in_the_meeting_is_told_nothing(as_person: Visit, meeting: UUID) -> None:
    answers(as_person("whitaker"), meeting, opened(uuid4()), status=404)
