"""What was handed out and what proves something never changes, whatever SQL is sent to the database."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import inspect, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from convo.access.models import AuditEntry
from convo.db import Base, Database
from convo.frozen import RULES
from convo.people.joining import join_carers
from convo.people.models import Carer, CarerJoined, PupilCarer
from convo.summary.models import Delivery, Issue
from convo.summary.operations import record_delivery
from convo.summary.rules import DeliveryWay
from tests.support.people import NOW, People
from tests.support.sample import Sample, lay_out

FROZEN: dict[str, type[Base]] = {
    model.__tablename__: model for model in (Issue, Delivery, AuditEntry, CarerJoined)
}
OTHER = {
    "LargeBinary": "'other'",
    "Integer": "99",
    "JSON": "'{}'",
    "Date": "'2020-01-01'",
    "Instant": "'2020-01-01 00:00:00'",
    "Uuid": "'00000000000000000000000000000099'",
}


@pytest.fixture
def sample(database: Database, people: People) -> Sample:
    """One of everything, a delivery of Amina's mother's copy, and two records of her that became one."""
    with database.write() as session:
        sample = lay_out(session, people)
        record_delivery(session, people.okafor, NOW, sample.issue, DeliveryWay.GIVEN)
        joined(session, people, people.mrs_khan.id, email="nasreen@khan.example", large_print=True)
    return sample


def joined(session: Session, people: People, carer_id: UUID, **known: Any) -> tuple[UUID, UUID]:
    """Join a carer of Amina's with a second record of them that more is known about; return both ids."""
    first = session.get_one(Carer, carer_id)
    same = ("forename", "surname", "speaks", "reads", "phone", "needs_interpreter")
    again = Carer(school_id=first.school_id, **{name: getattr(first, name) for name in same}, **known)
    session.add(again)
    session.flush()
    session.add(PupilCarer(school_id=first.school_id, pupil_id=people.szymon.id, carer_id=again.id))
    session.flush()
    return carer_id, join_carers(session, people.oyelaran, NOW, [carer_id, again.id]).id


def other(column: Any) -> str:
    """Return a value that the column does not hold, as SQL writes it."""
    return OTHER.get(type(column.type).__name__, "'x'")


def test_what_never_changes_is_these_tables() -> None:
    assert RULES.keys() == FROZEN.keys()


def test_no_column_of_a_frozen_row_changes(session: Session, sample: Sample) -> None:
    for table, model in FROZEN.items():
        for column in inspect(model).columns:
            change = text(f"UPDATE {table} SET {column.name} = {other(column)}")
            with pytest.raises(IntegrityError, match=f"{table}_never_changes"), session.begin_nested():
                session.execute(change)


def test_no_frozen_row_is_deleted_or_gives_way_to_another(session: Session, sample: Sample) -> None:
    sqlite = session.get_bind().dialect.name == "sqlite"
    for table in FROZEN:
        replaced = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        for statement in (f"DELETE FROM {table}", replaced if sqlite else f"TRUNCATE {table} CASCADE"):
            with pytest.raises(IntegrityError, match="_never_changes"), session.begin_nested():
                session.execute(text(statement))


def test_a_copy_is_withdrawn_once_and_only_before_it_was_given_out(session: Session, sample: Sample) -> None:
    issue: Any = Issue.__table__
    waiting = issue.c.id != sample.issue
    with pytest.raises(IntegrityError, match="issue_never_changes"), session.begin_nested():
        session.execute(update(issue).where(~waiting).values(withdrawn_at=NOW))
    session.execute(update(issue).where(waiting).values(withdrawn_at=NOW))
    with pytest.raises(IntegrityError, match="issue_never_changes"), session.begin_nested():
        session.execute(update(issue).where(waiting).values(withdrawn_at=None))


def test_a_copy_follows_its_carer_where_two_records_were_of_one_adult(
    session: Session, people: People, sample: Sample
) -> None:
    def as_issued(carer_id: UUID) -> list[tuple[Any, ...]]:
        columns = (Issue.id, Issue.number, Issue.sha256, Issue.document, Issue.content, Issue.issued_at)
        return [tuple(row) for row in session.execute(select(*columns).where(Issue.carer_id == carer_id))]

    his = as_issued(people.mr_khan.id)
    assert his
    gone, kept = joined(session, people, people.mr_khan.id, email="imran@khan.example", large_print=True)
    assert gone != kept
    assert as_issued(kept) == his
    told = session.scalars(select(CarerJoined).where(CarerJoined.gone_id == gone)).one()
    assert (told.kept_id, told.person_id) == (kept, people.oyelaran.person_id)
