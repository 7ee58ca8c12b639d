"""The trail: whole as long as nobody has touched it."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.models import AuditEntry
from convo.access.rules import Act
from convo.db import Database
from tests.support.frozen import unlock
from tests.support.people import People


@pytest.fixture
def _entries(database: Database, people: People, now: datetime) -> None:
    with database.write() as session:
        for minute in range(4):
            audit.record(
                session,
                people.okafor,
                now + timedelta(minutes=minute),
                Act.CHANGE,
                "pupil",
                pupil_id=people.amina.id,
            )
        audit.record(
            session, people.stranger, now, Act.LOOK, "pupil", people.olu.id, people.olu.id, "Zoë “x”"
        )


@pytest.mark.usefixtures("_entries")
class TestChain:
    def test_each_school_has_its_own_numbers(self, session: Session, people: People) -> None:
        numbers = session.scalars(
            select(AuditEntry.number)
            .where(AuditEntry.school_id == people.school.id)
            .order_by(AuditEntry.number)
        ).all()
        assert numbers == [1, 2, 3, 4]
        assert audit.verify(session, people.school.id) == []
        assert audit.verify(session, people.other_school.id) == []

    @pytest.mark.parametrize(
        "change",
        [{"note": "x"}, {"person_id": uuid4()}, {"pupil_id": None}, {"act": "look"}, {"hash": "0" * 64}],
        ids=lambda change: next(iter(change)),
    )
    def test_a_changed_entry_is_found(
        self, session: Session, people: People, change: dict[str, object]
    ) -> None:
        unlock(session)
        session.execute(
            update(AuditEntry)
            .where(AuditEntry.number == 2, AuditEntry.school_id == people.school.id)
            .values(**change)
        )
        assert "Entry 2 of 23 November 2026" in audit.verify(session, people.school.id)[0]

    def test_an_entry_taken_out_is_found(self, session: Session, people: People) -> None:
        unlock(session)
        session.execute(
            delete(AuditEntry).where(AuditEntry.number == 3, AuditEntry.school_id == people.school.id)
        )
        assert audit.verify(session, people.school.id) == ["Before entry 4, 1 entries are missing."]


def test_the_first_look_is_recorded_once_for_each_sign_in_and_pupil(
    session: Session, people: People, now: datetime
) -> None:
    morning, afternoon = (replace(people.okafor, sign_in_id=uuid4()) for _ in range(2))
    for actor in (morning, morning, afternoon):
        audit.first_look(session, actor, now, people.amina.id)
    audit.first_look(session, morning, now, people.szymon.id)
    assert len(session.scalars(select(AuditEntry.id)).all()) == 3
