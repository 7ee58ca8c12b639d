"""Three people write in one meeting over bad wifi: however it falls out, nothing is lost or applied twice."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from convo.access.audit import verify
from convo.access.rules import Actor
from convo.conversation.fields import FIELDS, as_json, read_change
from convo.conversation.journal import Answer, apply_changes
from convo.conversation.models import Change, Entry, Participant
from convo.conversation.rules import ParticipantKind
from convo.db import Database
from convo.kernel.ids import new_id
from tests.support.meeting import NOW, Meeting, lay_out

VALUES = {
    "text": st.sampled_from(["", "one", "two", "three"]),
    "kind": st.sampled_from([None, "hope", "worry"]),
    "removed": st.booleans(),
    "position": st.sampled_from([0.0, 1.0, 2.5]),
}
WRITE = st.sampled_from(list(VALUES)).flatmap(
    lambda name: st.tuples(
        st.just("write"), st.integers(0, 2), st.integers(0, 1), st.just(name), VALUES[name]
    )
)
SEND = st.tuples(
    st.just("send"),
    st.integers(0, 2),  # who
    st.integers(1, 4),  # how many of the changes that wait
    st.sampled_from(["answered", "answer lost", "backwards"]),
)
AGAIN = st.tuples(st.just("again"), st.integers(0, 2))


@dataclass
class Tablet:
    """What one person's tablet holds: changes that wait, all it ever sent, and what it last saw."""

    actor: Actor
    waiting: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    answers: dict[UUID, Answer] = field(default_factory=dict)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def write(self, thing_id: UUID, name: str, value: Any) -> None:
        key = (str(thing_id), name)
        change = {
            "v": 1,
            "id": str(new_id()),
            "thing": "entry",
            "thing_id": key[0],
            "field": name,
            "value": value,
            "base": self.seen.get(key),
        }
        self.seen[key] = change["id"]
        self.waiting.append(change)


@dataclass
class School:
    database: Database
    meeting: Meeting

    def take(self, tablet: Tablet, changes: Sequence[dict[str, Any]]) -> list[Answer]:
        with self.database.write() as session:
            batch = [read_change(raw) for raw in changes]
            answers = apply_changes(session, tablet.actor, NOW, self.meeting.conversation, batch)
        tablet.sent |= {UUID(raw["id"]): raw for raw in changes}
        for raw, answer in zip(changes, answers, strict=True):
            assert answer.id == UUID(raw["id"])
            assert tablet.answers.setdefault(answer.id, answer) == answer, "a repeat is answered as before"
        return answers


def play(school: School, tablets: Sequence[Tablet], steps: Sequence[Any]) -> None:
    entries = [new_id(), new_id()]
    for what, who, *more in steps:
        tablet = tablets[who]
        if what == "write":
            which, name, value = more
            tablet.write(entries[which], name, value)
        elif what == "again":
            school.take(tablet, [tablet.sent[key] for key in reversed(tablet.sent)])
        else:
            many, how = more
            batch = tablet.waiting[:many]
            if how == "backwards":
                batch = batch[::-1]
            answers = school.take(tablet, batch)
            if how != "answer lost":
                del tablet.waiting[:many]
                for raw, answer in zip(batch, answers, strict=True):
                    key = (raw["thing_id"], raw["field"])
                    if tablet.seen[key] == raw["id"] and answer.head is not None:
                        tablet.seen[key] = str(answer.head)
    for tablet in tablets:
        school.take(tablet, tablet.waiting)


@pytest.mark.slow
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(WRITE | SEND | AGAIN, min_size=4, max_size=40))
def test_nothing_is_lost_and_nothing_is_applied_twice(database: Database, steps: list[Any]) -> None:
    with database.write() as session:
        meeting = lay_out(session)
        session.add(
            Participant(
                school_id=meeting.bello.school_id,
                conversation_id=meeting.conversation,
                kind=ParticipantKind.STAFF,
                person_id=meeting.bello.person_id,
            )
        )
    tablets = [Tablet(meeting.carter), Tablet(meeting.lowe), Tablet(meeting.bello)]
    play(School(database, meeting), tablets, steps)

    with database.reading() as session:
        kept = session.scalars(
            select(Change).where(Change.conversation_id == meeting.conversation).order_by(Change.number)
        ).all()
        rows = {
            row.id: row
            for row in session.scalars(select(Entry).where(Entry.conversation_id == meeting.conversation))
        }
    sent = {key: (tablet, raw) for tablet in tablets for key, raw in tablet.sent.items()}
    assert sorted(change.id for change in kept) == sorted(sent), "every change is kept, and once"
    assert [change.number for change in kept] == list(range(1, len(kept) + 1))
    for change in kept:
        tablet, raw = sent[change.id]
        assert (change.author_id, change.value) == (tablet.actor.person_id, raw["value"])
        assert change.outcome == tablet.answers[change.id].outcome
        assert change.written or change.outcome == "conflict", "what is not written waits for a person"
    stands = {(change.thing_id, change.field): change.value for change in kept if change.written}
    for (thing_id, name), value in stands.items():
        assert as_json(getattr(rows[thing_id], FIELDS["entry"][name].column)) == value
    assert set(rows) == {change.thing_id for change in kept}


def test_tablets_that_send_at_the_same_moment_wait_for_each_other(database: Database) -> None:
    with database.write() as session:
        meeting = lay_out(session)
    school, tablets = School(database, meeting), [Tablet(meeting.carter), Tablet(meeting.lowe)]

    def send_many(tablet: Tablet) -> None:
        for count in range(15):
            tablet.write(new_id(), "text", f"{tablet.actor.name} {count}")
            school.take(tablet, tablet.waiting[-1:])

    with ThreadPoolExecutor(len(tablets)) as at_once:
        list(at_once.map(send_many, tablets))
    with database.reading() as session:
        numbers = session.scalars(select(Change.number).order_by(Change.number)).all()
        assert numbers == list(range(1, 31))
        assert verify(session, meeting.carter.school_id) == []
