"""Who may not write in a meeting any more loses nothing: what waits on their tablet is kept aside."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from convo.access.models import ConcernAnswer, ConcernOpened, Membership
from convo.access.rules import Actor, Role
from convo.access.staff import mark_left
from convo.conversation.models import Change, Entry, Proposal, StaffNote
from convo.conversation.operations import not_held
from convo.conversation.rules import ChangeOutcome, NotHeldReason
from convo.db import Database
from convo.people.models import Pupil
from tests.hour.test_kept_aside import Visit, all_of, waiting
from tests.support.changes import change
from tests.support.client import PageClient
from tests.support.full_hour import Tablet
from tests.support.people import NOW, People
from tests.support.streams import STREAMS, tap


def send_each(client: PageClient, meeting: UUID, *changes: Any) -> list[Any]:
    """Send changes as the tablet does, each to its address, and return the answers."""
    client.get("/account")
    told = []
    for each in changes:
        stream = {"note": "notes", **STREAMS}.get(each["thing"], "journal")
        sent = client.send_json(f"/conversations/{meeting}/{stream}", {"changes": [each]})
        told += sent["answers"]
    return told


def whole_hour(meeting: UUID, voice: UUID) -> list[Any]:
    entry, concern = uuid4(), uuid4()
    return [
        change("entry", entry, "parent", str(voice)),
        change("entry", entry, "text", "She reads every night"),
        change("note", uuid4(), "text", "Ask about glasses"),
        tap(uuid4(), "answer", ("entry", entry, "that is right")),
        change("concern", concern, "opened", True),
        change("concern", concern, "answer", ConcernAnswer.BY_MISTAKE.value),
        change("seal", meeting, "sealed", {"at": "2026-11-23T14:40:00Z", "finish": True}),
    ]


@pytest.mark.parametrize("lost", ["taken out", "role", "not held"])
def test_nothing_of_an_hour_is_stuck_on_the_tablet_of_who_may_not_write_it_any_more(
    as_person: Visit, database: Database, people: People, meeting: UUID, voice: UUID, lost: str
) -> None:
    name = "okafor" if lost == "not held" else "whitaker"
    them = people.actor(name).person_id
    with database.write() as session:
        tablet = Tablet(session, people.okafor, meeting)
        place = tablet.write("participant", person=str(people.whitaker.person_id), name="Mrs Whitaker")
    client = as_person(name)
    with database.write() as session:
        if lost == "taken out":
            Tablet(session, people.okafor, meeting).write("participant", place, removed=True)
        elif lost == "role":
            of_them = select(Membership).where(Membership.person_id == them)
            session.scalars(of_them).one().role = Role.ASSISTANT
        else:
            not_held(session, people.farrell, NOW, meeting, NotHeldReason.FAMILY)
    changes = whole_hour(meeting, voice)
    for _ in range(2):  # the first answers may have been lost
        told = send_each(client, meeting, *changes)
        of_concern = [
            answer for answer, sent in zip(told, changes, strict=True) if sent["thing"] == "concern"
        ]
        others = [answer for answer in told if answer not in of_concern]
        assert {answer["outcome"] for answer in of_concern} == {"applied"}
        assert {answer["outcome"] for answer in others} == {"aside"}
        [message] = {answer["message"] for answer in others}
        assert message.endswith("What you wrote is kept for the SENCO.")
        assert not any("message" in answer for answer in of_concern)
    assert len(waiting(database)) == 5
    assert {row.author_id for row in waiting(database)} == {them}
    assert [row.answer for row in all_of(database, ConcernOpened)] == [ConcernAnswer.BY_MISTAKE]
    assert all_of(database, Entry) == all_of(database, StaffNote) == all_of(database, Proposal) == []
    page = as_person("farrell").get("/kept-aside")
    for words in (
        "She reads every night",
        "Ask about glasses",
        "Answer: that is right",
        "Closed on the tablet",
    ):
        assert words in page.text
    assert "concern" not in page.text.lower()


def test_what_is_too_long_is_kept_as_it_is_of_who_cannot_shorten_it_any_more(
    as_person: Visit, database: Database, people: People, meeting: UUID
) -> None:
    late = [
        change("entry", uuid4(), "text", "x" * 10_001),
        change("note", uuid4(), "text", "y" * 10_001),
        change("weather", uuid4(), "text", "Rain"),
    ]
    client = as_person("okafor")
    assert [answer["outcome"] for answer in send_each(client, meeting, *late)] == ["refused"] * 3
    with database.write() as session:
        not_held(session, people.farrell, NOW, meeting, NotHeldReason.FAMILY)
    for _ in range(2):
        told = send_each(client, meeting, *late)
        assert [answer["outcome"] for answer in told] == ["aside", "aside", "refused"]
    assert [len(row.value) for row in waiting(database)] == [10_001, 10_001]


def test_of_who_never_had_a_part_nothing_is_taken_by_any_stream(
    as_person: Visit, database: Database, meeting: UUID, voice: UUID
) -> None:
    changes = whole_hour(meeting, voice)
    for name in ("whitaker", "lindqvist", "oyelaran", "kaur"):
        client = as_person(name)
        client.get("/account")
        for each in changes:
            stream = {"note": "notes", **STREAMS}.get(each["thing"], "journal")
            client.send_json(f"/conversations/{meeting}/{stream}", {"changes": [each]}, status=404)
    assert waiting(database) == all_of(database, ConcernOpened) == []


def test_what_a_key_teacher_who_takes_no_part_typed_on_the_page_is_kept_aside(
    as_person: Visit, database: Database, people: People, meeting: UUID
) -> None:
    with database.write() as session:
        session.get_one(Pupil, people.amina.id).key_teacher_id = people.whitaker.person_id
    client = as_person("whitaker")
    assert client.get(f"/conversations/{meeting}/explore").h1 == "Explore: hear the family first"
    told = send_each(client, meeting, change("entry", uuid4(), "text", "She reads"))
    assert told[0]["outcome"] == "aside"


def test_what_waits_of_one_school_is_sent_while_its_writer_is_signed_in_at_another(
    as_actor: Callable[[Actor], PageClient],
    database: Database,
    people: People,
    meeting: UUID,
    voice: UUID,
) -> None:
    with database.write() as session:
        them = people.okafor.person_id
        there = people.other_school.id
        session.add(Membership(school_id=there, person_id=them, role=Role.TEACHER, languages=[]))
    client = as_actor(replace(people.okafor, school_id=people.other_school.id))
    client.get(f"/conversations/{meeting}/explore", status=404)
    *changes, seal = whole_hour(meeting, voice)
    for _ in range(2):
        assert {answer["outcome"] for answer in send_each(client, meeting, *changes)} == {"applied"}
    assert [row.text for row in all_of(database, Entry)] == ["She reads every night"]
    assert {row.school_id for row in all_of(database, ConcernOpened)} == {people.school.id}
    assert all_of(database, Change)[0].outcome is ChangeOutcome.APPLIED
    [sealed] = send_each(client, meeting, seal)
    assert (sealed["outcome"], "to" in sealed) == ("applied", False)
    with database.write() as session:
        mark_left(session, people.oyelaran, NOW, people.okafor.person_id)
    [late] = send_each(client, meeting, change("entry", uuid4(), "text", "As the bell rang"))
    assert late["outcome"] == "aside"
