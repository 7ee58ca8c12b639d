"""Staff notes that came too late: told of without a word of them, and each decided on by itself."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from convo.conversation.journal import JOURNAL
from convo.conversation.models import StaffNote, StaffNoteChange
from convo.db import Database
from tests.hour.test_kept_aside import all_of, close, waiting, written
from tests.support.changes import change
from tests.support.client import PageClient
from tests.support.people import People

Visit = Callable[[str], PageClient]


@pytest.fixture
def two_late(database: Database, people: People, meeting: UUID) -> tuple[UUID, str, str]:
    """Return a staff note that Mr Okafor and Ms Farrell changed after the closing, and the keys of both."""
    note = uuid4()
    first = change("note", note, "text", "Ask about glasses")
    assert written(database, people.okafor, meeting, first) == "applied"
    close(database, meeting)
    for actor, words in (
        (people.okafor, "Ask about glasses and hearing"),
        (people.farrell, "Glasses are ordered"),
    ):
        late = change("note", note, "text", words, UUID(first["id"]))
        assert written(database, actor, meeting, late) == "aside"
    return note, f"{note}.{people.okafor.person_id}", f"{note}.{people.farrell.person_id}"


def note_says(database: Database, note: UUID) -> str:
    with database.reading() as session:
        return session.get_one(StaffNote, note).text


def test_an_edit_of_a_staff_note_that_is_there_is_taken_up(
    as_person: Visit, database: Database, meeting: UUID, two_late: tuple[UUID, str, str]
) -> None:
    note, his, _ = two_late
    client = as_person("farrell")
    client.get("/kept-aside")
    page = client.post(f"/conversations/{meeting}/kept-aside", {"take": his})
    assert "It is taken up." in page.text
    assert note_says(database, note) == "Ask about glasses and hearing"
    log = {change.value: change for change in all_of(database, StaffNoteChange) if change.written}
    assert log["Ask about glasses and hearing"].base == log["Ask about glasses"].id


@pytest.mark.parametrize("decision", ["take", "leave"])
def test_what_is_decided_on_ones_words_decides_nothing_on_anothers(
    as_person: Visit, database: Database, meeting: UUID, two_late: tuple[UUID, str, str], decision: str
) -> None:
    note, his, hers = two_late
    client = as_person("farrell")
    assert client.get("/kept-aside").buttons.count("Leave it out") == 2
    client.post(f"/conversations/{meeting}/kept-aside", {decision: his})
    assert [row.value for row in waiting(database)] == ["Glasses are ordered"]
    stands = "Ask about glasses" if decision == "leave" else "Ask about glasses and hearing"
    assert note_says(database, note) == stands
    assert f"It says now: {stands}" in client.get("/kept-aside").text
    client.post(f"/conversations/{meeting}/kept-aside", {"take": hers})
    assert (note_says(database, note), waiting(database)) == ("Glasses are ordered", [])


def test_all_is_taken_up_but_what_two_people_wrote_differently(
    as_person: Visit, database: Database, people: People, meeting: UUID, two_late: tuple[UUID, str, str]
) -> None:
    other = change("note", uuid4(), "text", "Ring the nurse")
    assert written(database, people.okafor, meeting, other) == "aside"
    client = as_person("farrell")
    client.get("/kept-aside")
    page = client.submit("Take up all of Amina Khan")
    assert "It is taken up." in page.text
    for which in (
        "“Ask about glasses and hearing”, from Mr Okafor",
        "“Glasses are ordered”, from Ms Farrell",
    ):
        assert f"Two people wrote it differently. Decide on each by itself. ({which})" in page.text
    assert {row.text for row in all_of(database, StaffNote)} == {"Ask about glasses", "Ring the nurse"}
    assert len(waiting(database)) == 2


def test_a_staff_note_that_was_taken_out_meanwhile_is_put_back_by_taking_it_up(
    as_person: Visit, database: Database, people: People, meeting: UUID, now: datetime
) -> None:
    note, kept = uuid4(), change("note", uuid4(), "text", "Ring the nurse")
    first = change("note", note, "text", "Ask about glasses")
    assert written(database, people.okafor, meeting, first) == "applied"
    assert written(database, people.farrell, meeting, change("note", note, "removed", True)) == "applied"
    close(database, meeting)
    late = change("note", note, "text", "Glasses are ordered", UUID(first["id"]))
    for raw in (late, kept):
        assert written(database, people.okafor, meeting, raw) == "aside"
    client = as_person("farrell")
    assert "It was taken out meanwhile. To take it up puts it back." in client.get("/kept-aside").text
    page = client.submit("Take up all of Amina Khan")
    assert "It was taken out meanwhile. Decide on it by itself. (“Glasses are ordered”" in page.text
    assert [row.value for row in waiting(database)] == ["Glasses are ordered"]
    assert "It is taken up." in client.submit("Take it up").text
    with database.reading() as session:
        row = session.get_one(StaffNote, note)
        assert (row.text, row.removed, row.author_id) == (
            "Glasses are ordered",
            False,
            people.okafor.person_id,
        )
    assert waiting(database) == []


def test_of_a_staff_note_that_came_too_late_no_word_stands_where_the_tablet_lands(
    as_person: Visit, database: Database, people: People, meeting: UUID
) -> None:
    close(database, meeting)
    note = change("note", uuid4(), "text", "I think the father drinks")
    assert written(database, people.okafor, meeting, note) == "aside"
    page = as_person("okafor").get(f"/conversations/{meeting}/review")
    assert "What you wrote came after it was closed" in page.text
    assert "It is kept aside until the SENCO decides on it. It is a staff note." in page.text
    assert "drinks" not in page.html
    assert "See what is kept aside" not in page.links
    said = change("entry", uuid4(), "text", "She reads")
    assert written(database, people.okafor, meeting, said, JOURNAL) == "aside"
    page = as_person("okafor").get(f"/conversations/{meeting}")
    assert "decides on it: She reads A staff note is kept aside, too." in page.text
    assert "drinks" not in page.html
    hers = change("note", uuid4(), "text", "I think so, too")
    assert written(database, people.farrell, meeting, hers) == "aside"
    client = as_person("farrell")
    assert "I think so" not in client.get(f"/conversations/{meeting}").html
    assert "I think so, too" in client.follow("See what is kept aside").text
