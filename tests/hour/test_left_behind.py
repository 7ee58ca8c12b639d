"""What a leaver wrote and could not send is kept aside for the SENCO; of anybody else nothing is opened."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from convo.access.models import AuditEntry, ConcernAnswer, ConcernOpened
from convo.access.rules import Actor
from convo.access.staff import StaffLine, add_staff, mark_left
from convo.conversation.incoming import read_changes
from convo.conversation.journal import apply_changes
from convo.conversation.models import Change, Conversation, Entry, StaffNote, StaffNoteChange
from convo.conversation.rules import ChangeOutcome, State
from convo.db import Database
from convo.settings import Settings
from tests.support.changes import change
from tests.support.client import PageClient
from tests.support.people import NOW, People
from tests.support.tablet import sealed, unsent_file

Visit = Callable[[str], PageClient]


@pytest.fixture
def leave(database: Database, people: People) -> Callable[[Actor], None]:
    """Mark somebody as having left Fenmarket."""

    def left(actor: Actor) -> None:
        with database.write() as session:
            mark_left(session, people.oyelaran, NOW, actor.person_id)

    return left


@pytest.fixture
def wrote(settings: Settings, people: People, meeting: UUID, voice: UUID) -> dict[str, Any]:
    """What waits on a tablet of Mr Okafor: something that Amina's mother said, and a staff note."""
    entry = uuid4()
    return unsent_file(
        settings,
        people.okafor.person_id,
        meeting,
        change("entry", entry, "parent", str(voice)),
        change("entry", entry, "text", "She reads every night"),
        change("note", uuid4(), "text", "Ask about glasses"),
    )


def all_of(database: Database, model: type[Any]) -> list[Any]:
    with database.reading() as session:
        return list(session.scalars(select(model)))


def ask(client: PageClient, *about: tuple[UUID, UUID]) -> list[str]:
    named = urlencode([("about", f"{person}.{meeting}") for person, meeting in about])
    wanted: list[str] = client.flask.get(f"/left-behind?{named}").get_json()["send"]
    return wanted


def hand_over(client: PageClient, file: Any, status: int = 200) -> list[str]:
    client.get("/account")
    answer = client.send_json("/left-behind", file, status=status)
    held: list[str] = answer.get("held")
    return held


def ids_of(file: Any) -> list[str]:
    return [record["id"] for record in file["changes"]]


def test_of_somebody_who_works_here_nothing_is_asked_for_opened_or_kept(
    as_person: Visit, database: Database, people: People, meeting: UUID, wrote: Any
) -> None:
    client = as_person("kaur")
    assert ask(client, (people.okafor.person_id, meeting)) == []
    assert hand_over(client, wrote) == []
    assert all_of(database, Change) == all_of(database, StaffNoteChange) == []


def test_what_a_leaver_wrote_is_kept_aside_once_as_theirs_and_changes_nothing(
    as_person: Visit,
    database: Database,
    people: People,
    meeting: UUID,
    wrote: Any,
    leave: Callable[[Actor], None],
) -> None:
    leave(people.okafor)
    client = as_person("kaur")  # whoever is on the tablet next
    about = (people.okafor.person_id, meeting)
    assert ask(client, about, (people.farrell.person_id, meeting)) == [f"{about[0]}.{about[1]}"]
    assert sorted(hand_over(client, wrote)) == sorted(ids_of(wrote))
    assert sorted(hand_over(client, wrote)) == sorted(ids_of(wrote)), "the answer may have been lost"
    for log, values in ((Change, [wrote["changes"][0]["id"], None]), (StaffNoteChange, [None])):
        kept = all_of(database, log)
        assert len(kept) == len(values)
        assert {(row.author_id, row.outcome, row.written, row.settled_at) for row in kept} == {
            (people.okafor.person_id, ChangeOutcome.ASIDE, False, None)
        }
    assert [row.value for row in all_of(database, StaffNoteChange)] == ["Ask about glasses"]
    assert all_of(database, Entry) == all_of(database, StaffNote) == []
    told = [row for row in all_of(database, AuditEntry) if "has left, kept aside" in row.note]
    assert [(row.person_id, row.pupil_id) for row in told] == [(people.kaur.person_id, people.amina.id)]


def test_what_reached_the_school_before_they_left_is_not_kept_twice(
    as_person: Visit,
    database: Database,
    settings: Settings,
    people: People,
    meeting: UUID,
    now: datetime,
    leave: Callable[[Actor], None],
) -> None:
    changes = [change("entry", uuid4(), "text", "She reads"), change("entry", uuid4(), "text", "She is shy")]
    with database.write() as session:
        apply_changes(session, people.okafor, now, meeting, read_changes(changes[:1])[0])
    leave(people.okafor)
    file = unsent_file(settings, people.okafor.person_id, meeting, *changes)
    assert sorted(hand_over(as_person("farrell"), file)) == sorted(ids_of(file))
    outcomes = {row.value: row.outcome for row in all_of(database, Change)}
    assert outcomes == {"She reads": ChangeOutcome.APPLIED, "She is shy": ChangeOutcome.ASIDE}


def test_who_comes_back_sends_it_themselves(
    as_person: Visit,
    database: Database,
    people: People,
    meeting: UUID,
    wrote: Any,
    leave: Callable[[Actor], None],
) -> None:
    leave(people.okafor)
    with database.write() as session:
        line = StaffLine("Mr Okafor", "okafor@fenmarket.example", list(people.okafor.roles))
        add_staff(session, people.oyelaran, NOW, line)
    client = as_person("farrell")
    assert ask(client, (people.okafor.person_id, meeting)) == []
    assert hand_over(client, wrote) == []


def test_of_another_school_nothing_is_asked_for_or_kept(
    as_person: Visit,
    as_actor: Callable[[Actor], PageClient],
    database: Database,
    people: People,
    meeting: UUID,
    wrote: Any,
    leave: Callable[[Actor], None],
) -> None:
    leave(people.okafor)
    client = as_actor(people.stranger)
    assert ask(client, (people.okafor.person_id, meeting), (uuid4(), uuid4())) == []
    assert hand_over(client, wrote) == []
    assert all_of(database, Change) == []


def test_what_does_not_open_or_is_of_a_meeting_without_them_stays_on_the_tablet(
    as_person: Visit,
    database: Database,
    settings: Settings,
    people: People,
    meeting: UUID,
    wrote: Any,
    leave: Callable[[Actor], None],
) -> None:
    with database.write() as session:
        session.get_one(Conversation, meeting).lead_id = people.farrell.person_id
    leave(people.okafor)
    leave(people.whitaker)
    client = as_person("farrell")
    other = unsent_file(settings, people.whitaker.person_id, meeting, change("entry", uuid4(), "text", "x"))
    assert hand_over(client, other) == []
    damaged = {**wrote["changes"][1], "data": wrote["changes"][0]["data"]}
    with database.write() as session:
        session.get_one(Conversation, meeting).lead_id = people.okafor.person_id
    held = hand_over(client, wrote | {"changes": [wrote["changes"][0], damaged, wrote["changes"][2]]})
    assert sorted(held) == sorted([wrote["changes"][0]["id"], wrote["changes"][2]["id"]])
    for told in ([], {}, wrote | {"convo": 2}, wrote | {"changes": [1]}, wrote | {"person": None}):
        hand_over(client, told, 422)


def test_half_a_sentence_a_tap_a_seal_and_what_is_too_long_are_kept_as_they_were_written(
    as_person: Visit,
    database: Database,
    settings: Settings,
    people: People,
    meeting: UUID,
    leave: Callable[[Actor], None],
) -> None:
    leave(people.okafor)
    them, entry, page, empty = people.okafor.person_id, uuid4(), str(uuid4()), str(uuid4())
    tapped = {"thing": "entry", "thing_id": str(entry), "answer": "that is right"}
    file = unsent_file(
        settings,
        them,
        meeting,
        change("entry", entry, "text", "x" * 10_001),
        change("tap", uuid4(), "answer", tapped),
        change("seal", meeting, "sealed", {"at": "2026-11-23T14:40:00Z", "finish": True}),
        change("conversation", meeting, "stage", "focus"),
        change("entry", entry, "position", 1e999),
        change("entry", entry, "kind", "\ud800not\x00a kind"),
    )
    half = {"texts": [[0, "Half a sent"], [3, "Half a sent"], [4, "And half a note"]], "open": [], "at": ""}
    half_of_nothing = {"texts": [], "open": ["who"], "at": "stage"}
    file["halves"] = [
        {"id": page, **sealed(settings, them, half)},
        {"id": empty, **sealed(settings, them, half_of_nothing)},
        {"id": str(uuid4()), **sealed(settings, people.farrell.person_id, half)},
    ]
    held = hand_over(as_person("kaur"), file)
    assert {page, empty} < set(held)
    assert {*ids_of(file)} - {*held} == {file["changes"][4]["id"]}, "infinity is no JSON"
    kept = {row.field: row for row in all_of(database, Change)}
    assert len(kept["text"].value) == 10_001
    assert kept["answer"].value == tapped
    assert kept["sealed"].value["finish"] is True
    assert kept["kind"].value == "nota kind"
    assert kept["stage"].settled_at is not None, "where they stood is nothing to decide on"
    halves = [(row.thing, row.value) for row in all_of(database, StaffNoteChange)]
    assert halves == [("half", "Half a sent"), ("half", "And half a note")]
    again = hand_over(as_person("kaur"), file)
    assert sorted(again) == sorted(held)
    assert len(all_of(database, StaffNoteChange)) == 2


def test_that_a_leaver_opened_the_page_about_a_concern_only_the_safeguarding_lead_reads(
    as_person: Visit,
    database: Database,
    settings: Settings,
    people: People,
    meeting: UUID,
    clock: Any,
    leave: Callable[[Actor], None],
) -> None:
    leave(people.okafor)
    concern = uuid4()
    opened = change("concern", concern, "opened", True)
    opened["at"] = (NOW + timedelta(minutes=20)).isoformat()
    file = unsent_file(
        settings,
        people.okafor.person_id,
        meeting,
        opened,
        change("concern", concern, "answer", ConcernAnswer.GOING_TO_LEAD.value),
    )
    clock.shift(timedelta(minutes=30))
    assert sorted(hand_over(as_person("kaur"), file)) == sorted(ids_of(file))
    assert sorted(hand_over(as_person("kaur"), file)) == sorted(ids_of(file))
    [kept] = all_of(database, ConcernOpened)
    assert (kept.person_id, kept.conversation_id, kept.answer, kept.at) == (
        people.okafor.person_id,
        meeting,
        ConcernAnswer.GOING_TO_LEAD,
        NOW + timedelta(minutes=20),
    )
    assert all_of(database, Change) == all_of(database, StaffNoteChange) == []
    assert not [row for row in all_of(database, AuditEntry) if "left" in row.note and row.act == "change"]


def test_also_a_meeting_that_is_closed_or_was_not_held_loses_nothing(
    as_person: Visit,
    database: Database,
    people: People,
    meeting: UUID,
    wrote: Any,
    leave: Callable[[Actor], None],
) -> None:
    leave(people.okafor)
    with database.write() as session:
        held = session.get_one(Conversation, meeting)
        held.state, held.closed_at, held.closed_by_id = State.CLOSED, NOW, people.farrell.person_id
    assert len(hand_over(as_person("farrell"), wrote)) == 3
    assert len(all_of(database, Change)) == 2


def test_a_leavers_file_is_taken_in_by_the_senco_alone(
    as_person: Visit,
    database: Database,
    people: People,
    wrote: Any,
    leave: Callable[[Actor], None],
) -> None:
    def hand_in(name: str, status: int) -> Any:
        client = as_person(name)
        client.get("/take-in")
        file = (BytesIO(json.dumps(wrote).encode()), "2026-11-23 unsent.convo")
        return client.submit("Take it in", status=status, file=file)

    sentence = "This file holds what somebody else wrote. Only they can take it in."
    assert hand_in("farrell", 422).errors == [sentence]
    leave(people.okafor)
    assert hand_in("whitaker", 422).errors == [sentence]
    assert all_of(database, Change) == []
    assert "3 changes are kept aside: nothing changes until you decide." in hand_in("farrell", 200).text
    assert {row.author_id for row in all_of(database, Change)} == {people.okafor.person_id}
    assert "It is at school already." in hand_in("farrell", 200).text
    assert len(all_of(database, Change)) == 2
