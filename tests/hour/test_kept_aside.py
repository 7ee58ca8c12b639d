"""What is kept aside stands on one page of the SENCO's, who takes it up or leaves it out."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from convo.access.models import AuditEntry
from convo.access.rules import Actor
from convo.access.staff import mark_left
from convo.conversation.incoming import read_changes
from convo.conversation.journal import JOURNAL, NOTES, Stream, apply_changes
from convo.conversation.kept_aside import aside_at_school
from convo.conversation.left_behind import keep_aside
from convo.conversation.models import Change, Conversation, Entry, StaffNote, StaffNoteChange
from convo.conversation.operations import not_held
from convo.conversation.rules import ChangeOutcome, NotHeldReason, ParticipantKind, State
from convo.db import Database
from convo.kernel.errors import NotFound
from tests.support.changes import change
from tests.support.client import PageClient
from tests.support.people import NOW, People

Visit = Callable[[str], PageClient]
Left = Callable[..., None]


@pytest.fixture
def leaves(database: Database, people: People, meeting: UUID, now: datetime) -> Left:
    """Let Mr Okafor leave, and bring to the school what he had written on a tablet."""

    def left(*changes: Any) -> None:
        with database.write() as session:
            mark_left(session, people.oyelaran, now, people.okafor.person_id)
            keep_aside(session, people.kaur, now, people.okafor.person_id, meeting, changes)

    return left


def all_of(database: Database, model: type[Any]) -> list[Any]:
    with database.reading() as session:
        return list(session.scalars(select(model).order_by(model.id)))


def waiting(database: Database) -> list[Any]:
    kept = all_of(database, Change) + all_of(database, StaffNoteChange)
    return [row for row in kept if row.outcome is ChangeOutcome.ASIDE and row.settled_at is None]


def close(database: Database, meeting: UUID) -> None:
    with database.write() as session:
        held = session.get_one(Conversation, meeting)
        held.state, held.closed_at, held.closed_by_id = State.CLOSED, NOW + timedelta(minutes=1), held.lead_id


def test_the_senco_sees_whose_it_is_when_it_came_of_which_pupil_and_what_it_says(
    as_person: Visit, voice: UUID, leaves: Left
) -> None:
    entry = uuid4()
    leaves(
        change("entry", entry, "parent", str(voice)),
        change("entry", entry, "text", "She <b>reads</b>"),
        change("entry", entry, "text", "She reads every night"),
        change("entry", entry, "position", 2.0),
        change("note", uuid4(), "text", "Ask about glasses"),
        change("seal", uuid4(), "sealed", {"at": "2026-11-23T14:40:00Z", "finish": True}),
        change(
            "tap", uuid4(), "answer", {"thing": "entry", "thing_id": str(entry), "answer": "that is right"}
        ),
    )
    client = as_person("farrell")
    assert "Something that was written is kept aside, of one conversation." in client.get("/").text
    page = client.follow("See what is kept aside")
    assert page.h1 == "Kept aside"
    for words in (
        "Amina Khan, Monday 23 November 2026, 14:00",
        "Something that was said Mr Okafor, who has left · reached the school on 23 November 2026, 14:00",
        "Who said it: Mrs Nasreen Khan The words: She reads every night",
        "A staff note Mr Okafor, who has left",
        "The words: Ask about glasses",
        "Closed on the tablet Mr Okafor, who has left",
        "Sealed: 23 November 2026, 14:40",
        "Answer: that is right",
    ):
        assert words in page.text
    assert "position" not in page.text.lower()
    assert page.buttons.count("Take it up") == 2


def test_nobody_but_the_senco_sees_it(
    as_person: Visit, database: Database, people: People, meeting: UUID, leaves: Left
) -> None:
    leaves(change("note", uuid4(), "text", "Ask about glasses"))
    with database.reading() as session, pytest.raises(NotFound):
        aside_at_school(session, people.lindqvist)
    for name in ("whitaker", "oyelaran", "lindqvist", "kaur"):
        client = as_person(name)
        assert "kept aside" not in client.get("/").text
        client.get("/kept-aside", status=404)
        client.post(f"/conversations/{meeting}/kept-aside", {"take": "all"}, status=404)


def test_what_is_taken_up_stands_in_the_meeting_and_the_log_keeps_whose_it_was(
    as_person: Visit, database: Database, people: People, voice: UUID, leaves: Left
) -> None:
    entry, note = uuid4(), uuid4()
    leaves(
        change("entry", entry, "parent", str(voice)),
        change("entry", entry, "text", "She reads"),
        change("entry", entry, "text", "She reads every night"),
        change("note", note, "text", "Ask about glasses"),
    )
    client = as_person("farrell")
    client.get("/kept-aside")
    page = client.submit("Take up all of Amina Khan")
    assert "2 are taken up." in page.text
    assert "Nothing is kept aside." in page.text
    [row] = all_of(database, Entry)
    assert (row.id, row.voice_id, row.text) == (entry, voice, "She reads every night")
    [row] = all_of(database, StaffNote)
    assert (row.id, row.author_id, row.text) == (note, people.okafor.person_id, "Ask about glasses")
    for log, aside in ((Change, 3), (StaffNoteChange, 1)):
        kept = all_of(database, log)
        theirs = [each for each in kept if each.author_id == people.okafor.person_id]
        assert {each.outcome for each in theirs} == {ChangeOutcome.ASIDE}
        assert {each.settled_by_id for each in theirs} == {people.farrell.person_id}
        assert len(theirs) == aside
        assert {each.outcome for each in kept if each not in theirs} == {ChangeOutcome.APPLIED}
    assert "kept aside" not in client.get("/").text


def test_one_thing_is_taken_up_with_what_it_points_at_and_no_more(
    as_person: Visit, database: Database, people: People, meeting: UUID, leaves: Left
) -> None:
    gran, entry, other = uuid4(), uuid4(), uuid4()
    leaves(
        change("participant", gran, "name", "Gran"),
        change("participant", gran, "kind", ParticipantKind.OTHER.value),
        change("entry", entry, "parent", str(gran)),
        change("entry", entry, "text", "She sleeps at mine"),
        change("entry", other, "text", "Something else"),
    )
    client = as_person("farrell")
    client.get("/kept-aside")
    page = client.post(f"/conversations/{meeting}/kept-aside", {"take": f"{entry}.{people.okafor.person_id}"})
    assert "2 are taken up." in page.text
    assert [row.text for row in all_of(database, Entry)] == ["She sleeps at mine"]
    assert [row.value for row in waiting(database)] == ["Something else"]
    client.submit("Leave it out")
    assert waiting(database) == []
    assert len(all_of(database, Entry)) == 1


def test_taking_up_what_another_has_written_since_loses_neither(
    as_person: Visit, database: Database, people: People, meeting: UUID, now: datetime, leaves: Left
) -> None:
    entry = uuid4()
    first = change("entry", entry, "text", "She reads")
    since = change("entry", entry, "text", "She reads aloud", UUID(first["id"]))
    with database.write() as session:
        apply_changes(session, people.okafor, now, meeting, read_changes([first])[0])
        apply_changes(session, people.farrell, now, meeting, read_changes([since])[0])
    leaves(change("entry", entry, "text", "She reads every night", UUID(first["id"])))
    client = as_person("farrell")
    page = client.get("/kept-aside")
    assert "It says now: She reads aloud" in page.text
    client.submit("Take it up")
    assert [row.text for row in all_of(database, Entry)] == ["She reads every night"]
    versions = client.get(f"/conversations/{meeting}/history/entry/{entry}").text
    assert "She reads aloud" in versions
    assert "Kept aside: whoever wrote it had left the school" in versions


def test_what_cannot_be_taken_up_says_why_and_stays(
    as_person: Visit, database: Database, people: People, meeting: UUID, leaves: Left
) -> None:
    long, nowhere, good = uuid4(), uuid4(), uuid4()
    leaves(
        change("entry", long, "text", "x" * 10_001),
        change("entry", nowhere, "parent", str(uuid4())),
        change("entry", good, "text", "She reads"),
    )
    client = as_person("farrell")
    client.get("/kept-aside")
    page = client.submit("Take up all of Amina Khan")
    assert "It is taken up." in page.text
    which = f"(“{'x' * 59}…”, from Mr Okafor)"
    assert f"Not all could be taken up: That is 10,001 characters. Keep it under 10,000. {which}" in page.text
    assert (
        "Not all could be taken up: That belongs to something that is not in this conversation." in page.text
    )
    assert [row.text for row in all_of(database, Entry)] == ["She reads"]
    assert {row.thing_id for row in waiting(database)} == {long, nowhere}
    address = f"/conversations/{meeting}/kept-aside"
    known = f"{good}.{people.okafor.person_id}"
    for form in ({"take": known}, {"leave": known}, {"take": str(long)}, {"take": "some"}, {}):
        client.post(address, form, status=422)
    client.post(f"/conversations/{uuid4()}/kept-aside", {"take": "all"}, status=404)


def test_a_closed_meeting_changes_by_a_correction_but_its_staff_notes_are_taken_up(
    as_person: Visit, database: Database, people: People, meeting: UUID, now: datetime, leaves: Left
) -> None:
    entry, late = uuid4(), uuid4()
    leaves(change("entry", entry, "text", "She reads every night"))
    close(database, meeting)
    with database.write() as session:
        note = change("note", late, "text", "Typed as the bell rang")
        apply_changes(session, people.farrell, now, meeting, read_changes([note])[0], NOTES)
    client = as_person("farrell")
    page = client.get("/kept-aside")
    assert "Typed as the bell rang" in page.text
    assert page.buttons.count("Take it up") == 1
    client.submit("Take it up")
    assert [row.text for row in all_of(database, StaffNote)] == ["Typed as the bell rang"]
    one = f"{entry}.{people.okafor.person_id}"
    client.post(f"/conversations/{meeting}/kept-aside", {"take": one}, status=422)
    page = client.get(f"/conversations/{meeting}/summary")
    assert "A change was kept aside." in page.text
    client.get("/kept-aside")
    page = client.follow("Decide in a correction")
    assert "Mr Okafor, who has left, Monday 23 November 2026, 14:00: entry, the words" in page.text


def written(
    database: Database, actor: Actor, meeting: UUID, raw: Any, stream: Stream = NOTES
) -> ChangeOutcome | str:
    with database.write() as session:
        [answer] = apply_changes(session, actor, NOW, meeting, read_changes([raw])[0], stream)
        return answer.outcome


def test_what_was_said_and_taken_out_meanwhile_is_put_back_by_taking_it_up(
    as_person: Visit, database: Database, people: People, meeting: UUID, leaves: Left
) -> None:
    entry = uuid4()
    first = change("entry", entry, "text", "She reads")
    assert written(database, people.okafor, meeting, first, JOURNAL) == "applied"
    out = change("entry", entry, "removed", True, UUID(first["id"]))
    assert written(database, people.farrell, meeting, out, JOURNAL) == "applied"
    leaves(change("entry", entry, "text", "She reads every night", UUID(first["id"])))
    client = as_person("farrell")
    client.get("/kept-aside")
    assert "It is taken up." in client.submit("Take it up").text
    [row] = all_of(database, Entry)
    assert (row.text, row.removed) == ("She reads every night", False)


def test_a_staff_note_that_is_too_long_holds_up_no_other(
    as_person: Visit, database: Database, leaves: Left
) -> None:
    leaves(
        change("note", uuid4(), "text", "Long " * 3000),
        change("note", uuid4(), "text", "Ask about glasses"),
        change("entry", uuid4(), "text", "She reads"),
    )
    client = as_person("farrell")
    client.get("/kept-aside")
    page = client.submit("Take up all of Amina Khan")
    assert "2 are taken up." in page.text
    assert (
        "Not all could be taken up: That is 14,999 characters. Keep it under 10,000. (“Long Long" in page.text
    )
    assert [row.text for row in all_of(database, StaffNote)] == ["Ask about glasses"]
    assert [len(row.value) for row in waiting(database)] == [15_000]


def test_of_a_meeting_that_was_not_held_the_senco_reads_all_and_leaves_it_out(
    as_person: Visit, database: Database, people: People, meeting: UUID
) -> None:
    with database.write() as session:
        not_held(session, people.farrell, NOW, meeting, NotHeldReason.FAMILY)
    entry, note = uuid4(), uuid4()
    late = change("entry", entry, "text", "She reads every night")
    assert written(database, people.okafor, meeting, late, JOURNAL) == "aside"
    assert written(database, people.okafor, meeting, change("note", note, "text", "Ask")) == "aside"
    client = as_person("farrell")
    page = client.get("/kept-aside")
    assert "This meeting was recorded as not held, so nothing can be taken up into it." in page.text
    assert "The words: She reads every night" in page.text
    assert [name for name in page.buttons if "ake" in name] == []
    for thing in (entry, note):
        form = {"take": f"{thing}.{people.okafor.person_id}"}
        client.post(f"/conversations/{meeting}/kept-aside", form, status=422)
    client.post(f"/conversations/{meeting}/kept-aside", {"take": "all"}, status=422)
    client.get("/kept-aside")
    client.submit("Leave it out")
    client.submit("Leave it out")
    assert waiting(database) == []
    assert "Nothing is kept aside." in client.get("/kept-aside").text


def test_of_what_points_at_something_the_senco_reads_the_words_and_no_id(
    as_person: Visit, database: Database, people: People, meeting: UUID, voice: UUID, leaves: Left
) -> None:
    entry, priority, target, gran = (uuid4() for _ in range(4))
    said = change("entry", entry, "text", "She reads every night")
    assert written(database, people.okafor, meeting, said, JOURNAL) == "applied"
    leaves(
        change("entry", uuid4(), "parent", str(gran)),
        change("participant", gran, "name", "Gran"),
        change("priority", priority, "text", "Reading"),
        change("priority", priority, "entries", [str(entry), str(uuid4())]),
        change("target", target, "parent", str(priority)),
        change("action", uuid4(), "parent", str(uuid4())),
        change("action", uuid4(), "who_id", str(voice)),
        change("participant", uuid4(), "carer", str(people.mr_khan.id)),
    )
    page = as_person("farrell").get("/kept-aside")
    for words in (
        "Who said it: Gran",
        "Made from: She reads every night",
        "What matters: Reading",
        "Who: Mrs Nasreen Khan",
        "Carer: Mr Imran Khan",
    ):
        assert words in page.text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", page.text)


def test_the_trail_says_who_looked_and_who_decided(
    as_person: Visit, database: Database, people: People, leaves: Left
) -> None:
    leaves(change("note", uuid4(), "text", "x"), change("entry", uuid4(), "text", "y"))
    client = as_person("farrell")
    client.get("/kept-aside")
    client.submit("Leave it out")
    client.submit("Take it up")
    mine = [row for row in all_of(database, AuditEntry) if row.person_id == people.farrell.person_id]
    assert sorted((row.act, row.pupil_id == people.amina.id) for row in mine if row.act in ("look", "change"))
    assert {"look", "change"} <= {row.act for row in mine}
    assert "left out, was aside" in {row.note for row in mine}
