"""A carer has one place at the table, whoever adds them and on however many tablets."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.rules import Actor
from convo.conversation.incoming import read_change
from convo.conversation.journal import Answer, apply_changes
from convo.conversation.models import Entry, Participant
from convo.conversation.operations import open_unplanned
from convo.conversation.rules import ChangeOutcome, participant_id
from convo.db import Database
from convo.kernel.ids import new_id
from tests.support.changes import change
from tests.support.meetings import guide
from tests.support.people import NOW, People


@pytest.fixture
def meeting(database: Database, people: People) -> UUID:
    """Szymon's, with his mother."""
    with database.write() as session:
        return open_unplanned(
            session, people.okafor, NOW, people.szymon.id, guide(), (people.mrs_wojcik.id,)
        ).id


class Tablet:
    """What one tablet writes without having seen what another wrote."""

    def __init__(self, database: Database, actor: Actor, meeting: UUID) -> None:
        self.database, self.actor, self.meeting = database, actor, meeting

    def send(self, thing: str, thing_id: UUID, **values: Any) -> list[Answer]:
        changes = [read_change(change(thing, thing_id, *named)) for named in values.items()]
        with self.database.write() as session:
            return apply_changes(session, self.actor, NOW, self.meeting, changes)

    def add(self, people: People, place: UUID | None = None) -> list[Answer]:
        """Add Szymon's father."""
        father = people.mr_wojcik
        place = place or participant_id(self.meeting, father.id)
        fields = {"carer": str(father.id), "kind": "carer", "present": True, "name": father.full_name}
        return self.send("participant", place, **fields, role="father", position=4)


@pytest.fixture
def tablets(database: Database, people: People, meeting: UUID) -> tuple[Tablet, Tablet]:
    return Tablet(database, people.okafor, meeting), Tablet(database, people.farrell, meeting)


def fathers(session: Session, people: People) -> list[Participant]:
    wanted = select(Participant).where(Participant.name == people.mr_wojcik.full_name, ~Participant.removed)
    return list(session.scalars(wanted))


def test_two_tablets_that_add_one_carer_add_one_person_and_keep_what_both_wrote(
    database: Database, people: People, meeting: UUID, tablets: tuple[Tablet, Tablet]
) -> None:
    place = participant_id(meeting, people.mr_wojcik.id)
    for tablet, words in zip(tablets, ("He builds bridges", "He counts trains"), strict=True):
        assert "refused" not in [answer.outcome for answer in tablet.add(people)]
        said = tablet.send("entry", new_id(), parent=str(place), text=words)
        assert [answer.outcome for answer in said] == [ChangeOutcome.APPLIED] * 2
    with database.reading() as session:
        assert [person.id for person in fathers(session, people)] == [place]
        voices = session.scalars(select(Entry.voice_id)).all()
    assert voices == [place, place]


def test_a_second_place_under_another_id_is_refused_and_makes_nobody(
    database: Database, people: People, tablets: tuple[Tablet, Tablet]
) -> None:
    tablets[0].add(people)
    answers = tablets[1].add(people, new_id())
    assert {answer.outcome for answer in answers} == {"refused"}
    assert {answer.message for answer in answers} == {"They are in the meeting already. Reload the page."}
    with database.reading() as session:
        assert len(fathers(session, people)) == 1


def test_who_was_taken_out_comes_back_to_one_place(
    database: Database, people: People, meeting: UUID, tablets: tuple[Tablet, Tablet]
) -> None:
    place = participant_id(meeting, people.mr_wojcik.id)
    tablets[0].add(people)
    tablets[0].send("participant", place, removed=True)
    other = new_id()
    tablets[0].add(people, other)
    (back,) = tablets[1].send("participant", place, removed=False)
    assert back.outcome in (ChangeOutcome.CONFLICT, "refused")
    with database.reading() as session:
        assert [person.id for person in fathers(session, people)] == [other]


@pytest.mark.parametrize("other", [UUID(int=1), UUID(int=2**128 - 1)])  # before and behind their usual place
def test_a_carer_leaves_one_place_and_takes_another_in_one_batch(
    database: Database, people: People, meeting: UUID, tablets: tuple[Tablet, Tablet], other: UUID
) -> None:
    place = participant_id(meeting, people.mr_wojcik.id)
    tablets[0].add(people)
    [out] = tablets[0].send("participant", place, removed=True)
    tablets[0].add(people, other)
    batch = [("removed", other, True, None), ("removed", place, False, out.id)]
    sent = [read_change(change("participant", of, field, value, base)) for field, of, value, base in batch]
    with database.write() as session:
        answers = apply_changes(session, people.okafor, NOW, meeting, sent)
    assert [answer.outcome for answer in answers] == [ChangeOutcome.APPLIED] * 2
    with database.reading() as session:
        assert [person.id for person in fathers(session, people)] == [place]


def test_whoever_was_asked_has_the_place_that_a_tablet_would_give_them(
    database: Database, people: People, meeting: UUID
) -> None:
    with database.reading() as session:
        mother = session.scalars(
            select(Participant).where(Participant.carer_id == people.mrs_wojcik.id)
        ).one()
    assert mother.id == participant_id(meeting, people.mrs_wojcik.id)
