"""A file of what a tablet could not send is taken in from the person who wrote it, once."""

import json
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from convo.access.models import AuditEntry
from convo.access.rules import Actor
from convo.conversation.incoming import read_changes
from convo.conversation.journal import apply_changes
from convo.conversation.models import Change, Conversation, Entry, StaffNote
from convo.conversation.rules import ChangeOutcome, State
from convo.db import Database
from convo.people.models import Carer, Pupil
from convo.settings import Settings
from tests.support.changes import change
from tests.support.client import Page, PageClient
from tests.support.meetings import with_mrs_khan
from tests.support.people import People
from tests.support.tablet import unsent_file

Visit = Callable[[str], PageClient]
Begin = Callable[[Pupil, Carer], UUID]

DAMAGED = "This file is damaged, or it is not one that convo saved. Nothing was taken in."


def said(voice: UUID, text: str, entry: UUID | None = None) -> list[Any]:
    entry = entry or uuid4()
    return [change("entry", entry, "parent", str(voice)), change("entry", entry, "text", text)]


def hand_in(client: PageClient, file: Any, status: int = 200) -> Page:
    content = file if isinstance(file, bytes) else json.dumps(file).encode()
    client.get("/take-in")
    return client.submit("Take it in", status=status, file=(BytesIO(content), "2026-11-23 unsent.convo"))


def all_of(database: Database, model: type[Any]) -> list[Any]:
    with database.reading() as session:
        return list(session.scalars(select(model)))


def texts(database: Database) -> list[str]:
    return sorted(entry.text for entry in all_of(database, Entry))


def test_a_file_is_taken_in_with_its_staff_notes_and_twice_changes_nothing(
    as_person: Visit, database: Database, settings: Settings, people: People, meeting: UUID, voice: UUID
) -> None:
    note = change("note", uuid4(), "text", "Ask about glasses")
    changes = [*said(voice, "She reads every night"), note, *said(voice, "وہ <b>&'\" پڑھتی ہے")]
    file = unsent_file(settings, people.okafor.person_id, meeting, *changes)
    client = as_person("okafor")
    page = hand_in(client, file)
    assert "What you wrote about Amina Khan is at school now." in page.text
    assert "5 changes were taken in." in page.text
    assert page.links["Go to the conversation"] == f"/conversations/{meeting}"
    assert texts(database) == sorted(["She reads every night", "وہ <b>&'\" پڑھتی ہے"])
    assert [row.text for row in all_of(database, StaffNote)] == ["Ask about glasses"]
    before = [row.id for row in all_of(database, Change)]
    page = hand_in(client, file)
    assert "5 changes were at school already.Nothing is changed." in page.text
    assert [row.id for row in all_of(database, Change)] == before
    assert len(all_of(database, StaffNote)) == 1


def test_what_the_tablet_has_sent_meanwhile_is_not_taken_in_again(
    as_person: Visit, database: Database, settings: Settings, people: People, meeting: UUID, voice: UUID
) -> None:
    changes = [*said(voice, "She reads every night"), *said(voice, "She is shy")]
    client = as_person("okafor")
    client.get(f"/conversations/{meeting}/explore")
    client.send_json(f"/conversations/{meeting}/journal", {"changes": changes[:3]})
    page = hand_in(client, unsent_file(settings, people.okafor.person_id, meeting, *changes))
    assert "One change was taken in.3 changes were at school already." in page.text
    answers = client.send_json(f"/conversations/{meeting}/journal", {"changes": changes})["answers"]
    assert {answer["outcome"] for answer in answers} == {"applied"}
    assert len(all_of(database, Change)) == 4
    assert texts(database) == ["She is shy", "She reads every night"]


def test_a_file_is_refused_from_anybody_but_who_wrote_it(
    as_person: Visit, database: Database, settings: Settings, people: People, meeting: UUID, voice: UUID
) -> None:
    file = unsent_file(settings, people.okafor.person_id, meeting, *said(voice, "She reads every night"))
    page = hand_in(as_person("farrell"), file, 422)
    assert page.errors == ["This file holds what somebody else wrote. Only they can take it in."]
    posing = file | {"person": str(people.farrell.person_id)}
    assert hand_in(as_person("farrell"), posing, 422).errors == [DAMAGED]
    assert all_of(database, Change) == []


def test_a_damaged_file_is_refused_whole(
    as_person: Visit, database: Database, settings: Settings, people: People, meeting: UUID, voice: UUID
) -> None:
    client, me = as_person("okafor"), people.okafor.person_id
    whole = unsent_file(settings, me, meeting, *said(voice, "She reads"), *said(voice, "She is shy"))
    written = json.dumps(whole)

    def without(name: str) -> Any:
        return whole | {"changes": [*whole["changes"][:3], {**whole["changes"][3], name: None}]}

    last = whole["changes"][3]
    other = "A" if last["data"][-8] != "A" else "B"
    swapped = {**last, "data": last["data"][:-8] + other + last["data"][-7:]}
    damaged = [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"NaN",
        written[:-20].encode(),
        [],
        whole | {"convo": 2},
        whole | {"changes": {}},
        whole | {"changes": [*whole["changes"], 1]},
        whole | {"conversation": str(uuid4())},
        whole | {"conversation": None},
        whole | {"changes": [*whole["changes"][:3], swapped]},
        without("iv"),
        without("data"),
    ]
    for file in damaged:
        assert hand_in(client, file, 422).errors == [DAMAGED], str(file)[:80]
    assert all_of(database, Change) == []
    assert client.submit("Take it in", status=422).errors == ["Choose a file."]


def test_a_file_of_another_schools_or_anothers_conversation_is_refused(
    as_person: Visit,
    as_actor: Callable[[Actor], PageClient],
    database: Database,
    settings: Settings,
    people: People,
    meeting: UUID,
    voice: UUID,
) -> None:
    sentence = "This file belongs to a conversation that you cannot change here. Nothing was taken in."
    for actor in (people.stranger, people.whitaker):
        file = unsent_file(settings, actor.person_id, meeting, *said(voice, "She reads"))
        assert hand_in(as_actor(actor), file, 422).errors == [sentence]
    file = unsent_file(settings, people.okafor.person_id, uuid4(), *said(voice, "She reads"))
    assert hand_in(as_person("okafor"), file, 422).errors == [sentence]
    assert all_of(database, Change) == []


def test_what_somebody_else_wrote_meanwhile_stays_beside_it(
    as_person: Visit,
    database: Database,
    settings: Settings,
    people: People,
    meeting: UUID,
    voice: UUID,
    now: datetime,
) -> None:
    entry = uuid4()
    first = said(voice, "She reads", entry)
    theirs = change("entry", entry, "text", "She reads aloud", UUID(first[1]["id"]))
    with database.write() as session:
        apply_changes(session, people.okafor, now, meeting, read_changes(first)[0])
        apply_changes(session, people.farrell, now, meeting, read_changes([theirs])[0])
    mine = change("entry", entry, "text", "She reads every night", UUID(first[1]["id"]))
    page = hand_in(as_person("okafor"), unsent_file(settings, people.okafor.person_id, meeting, mine))
    assert "One change has two versions" in page.text
    assert texts(database) == ["She reads aloud"]
    kept = [row.value for row in all_of(database, Change) if row.outcome is ChangeOutcome.CONFLICT]
    assert kept == ["She reads every night"]


def test_after_the_closing_a_file_is_kept_aside(
    as_person: Visit, database: Database, settings: Settings, people: People, meeting: UUID, voice: UUID
) -> None:
    with database.write() as session:
        held = session.get_one(Conversation, meeting)
        held.state, held.closed_at, held.closed_by_id = State.CLOSED, held.opened_at, held.lead_id
    file = unsent_file(settings, people.okafor.person_id, meeting, *said(voice, "She reads every night"))
    page = hand_in(as_person("okafor"), file)
    assert "The conversation is closed. 2 changes are kept aside" in page.text
    assert {row.outcome for row in all_of(database, Change)} == {ChangeOutcome.ASIDE}
    assert texts(database) == []


def test_what_cannot_be_taken_in_is_shown_and_holds_up_nothing(
    as_person: Visit,
    begin: Begin,
    database: Database,
    settings: Settings,
    people: People,
    meeting: UUID,
    voice: UUID,
    now: datetime,
) -> None:
    other = begin(people.szymon, people.mrs_wojcik)
    entry, elsewhere = uuid4(), uuid4()
    with database.write() as session:
        apply_changes(
            session, people.okafor, now, other, read_changes([change("entry", elsewhere, "text", "x")])[0]
        )
    first = said(voice, "She reads", entry)
    too_long = change("entry", entry, "text", "x" * 10_001, UUID(first[1]["id"]))
    after = change("entry", entry, "text", "She reads aloud", UUID(too_long["id"]))
    changes = [
        *first,
        too_long,
        after,
        change("entry", elsewhere, "text", "Something of another conversation"),
        change("weather", uuid4(), "text", "Rain"),
        change("entry", entry, "kind", "hope"),
    ]
    page = hand_in(as_person("okafor"), unsent_file(settings, people.okafor.person_id, meeting, *changes))
    assert "4 changes were taken in." in page.text
    for shown in ("10,001 characters", "Something of another conversation", "Rain"):
        assert shown in page.text
    assert texts(database) == ["She reads aloud", "x"]
    assert ChangeOutcome.CONFLICT not in {row.outcome for row in all_of(database, Change)}


def test_a_planned_meeting_takes_no_file_in(
    as_person: Visit, database: Database, settings: Settings, people: People
) -> None:
    with database.write() as session:
        planned = with_mrs_khan(session, people).id
    file = unsent_file(settings, people.okafor.person_id, planned, change("entry", uuid4(), "text", "x"))
    page = hand_in(as_person("okafor"), file, 422)
    assert page.errors == ["This conversation has not been opened yet. Open it first."]


def test_the_trail_says_that_changes_came_in(
    as_person: Visit, database: Database, settings: Settings, people: People, meeting: UUID, voice: UUID
) -> None:
    hand_in(as_person("okafor"), unsent_file(settings, people.okafor.person_id, meeting, *said(voice, "She")))
    told = [row for row in all_of(database, AuditEntry) if row.note == "2 changes"]
    assert [row.person_id for row in told] == [people.okafor.person_id]
