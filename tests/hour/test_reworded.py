"""The list of what was reworded or taken out: the way to earlier versions of everything, and back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.closing import close_conversation
from convo.conversation.incoming import read_change
from convo.conversation.journal import JOURNAL, NOTES, Answer, Stream, apply_changes
from convo.conversation.models import Entry, Priority
from convo.db import Database
from convo.people.models import Carer, Pupil
from tests.support.changes import change
from tests.support.client import PageClient
from tests.support.people import People

Visit = Callable[[str], PageClient]
Write = Callable[..., Answer]


@pytest.fixture
def meeting(people: People, begin: Callable[[Pupil, Carer], UUID]) -> UUID:
    return begin(people.amina, people.mrs_khan)


@pytest.fixture
def write(database: Database, now: datetime, people: People, meeting: UUID) -> Write:
    """Return a function with which Mr Okafor changes a field of the meeting."""

    def take(*named: Any, base: UUID | None = None, stream: Stream = JOURNAL) -> Answer:
        with database.write() as session:
            sent = read_change(change(*named, base=base))
            return apply_changes(session, people.okafor, now, meeting, [sent], stream)[0]

    return take


@pytest.fixture
def address(meeting: UUID) -> str:
    return f"/conversations/{meeting}/history"


def reword(write: Write, thing: str, number: int, field: str, *texts: str) -> None:
    base = None
    for text in texts:
        base = write(thing, UUID(int=number), field, text, base=base).head


def lines(page: Any) -> list[str]:
    return [" ".join("".join(line.itertext()).split()) for line in page.all("//main//li")]


def test_what_was_written_once_is_not_listed(as_person: Visit, address: str, write: Write) -> None:
    write("entry", UUID(int=7), "text", "She reads every night")
    write("entry", UUID(int=7), "kind", "strength")
    page = as_person("okafor").get(address)
    assert lines(page) == []
    assert "Nothing was." in page.text


def test_what_was_reworded_or_taken_out_stands_under_the_part_of_the_hour_that_it_belongs_to(
    as_person: Visit, address: str, write: Write, meeting: UUID
) -> None:
    reword(write, "entry", 7, "text", "She reads", "She reads every night")
    write("entry", UUID(int=8), "text", "He shouted")
    write("entry", UUID(int=8), "removed", True)
    reword(write, "priority", 9, "text", "Reading", "To read aloud")
    reword(write, "action", 10, "how_often", "Daily", "Each evening")
    write("action", UUID(int=10), "what", "Read together")
    reword(write, "conversation", meeting.int, "keep_in_touch", "By phone", "By text")
    page = as_person("okafor").get(address)
    assert [heading.text for heading in page.all("//main//h2")] == [
        "What was said",
        "What matters most",
        "What each of us will do",
        "About the meeting",
    ]
    assert lines(page)[:4] == [
        "She reads every night",
        "He shouted Taken out",
        "To read aloud",
        "Read together",
    ]


def test_what_was_taken_out_is_brought_back_from_there(
    as_person: Visit, database: Database, address: str, write: Write
) -> None:
    write("priority", UUID(int=9), "text", "Reading")
    write("priority", UUID(int=9), "removed", True)
    visitor = as_person("okafor")
    visitor.get(address)
    page = visitor.follow("Reading")
    visitor.post(page.path, {"op": page.form["op"], "change": page.one("//main//button/@value")})
    with database.reading() as session:
        assert not session.get_one(Priority, UUID(int=9)).removed


def test_the_hour_and_the_page_of_a_closed_conversation_lead_there(
    as_person: Visit,
    database: Database,
    people: People,
    now: datetime,
    meeting: UUID,
    address: str,
    write: Write,
) -> None:
    reword(write, "entry", 7, "text", "She reads", "She reads every night")
    visitor = as_person("okafor")
    visitor.get(f"/conversations/{meeting}/explore")
    assert visitor.follow("Reworded or taken out").path == address
    with database.write() as session:
        close_conversation(session, people.okafor, now, meeting)
    visitor.get(f"/conversations/{meeting}")
    closed = visitor.follow("Reworded or taken out")
    assert lines(closed) == ["She reads every night"]
    assert "bring one back" not in closed.text


def test_no_staff_note_is_listed_for_the_family_may_see_the_page(
    as_person: Visit, address: str, write: Write
) -> None:
    first = write("note", UUID(int=8), "text", "Ask the nurse", stream=NOTES)
    write("note", UUID(int=8), "text", "Nurse asked", stream=NOTES, base=first.head)
    assert lines(as_person("okafor").get(address)) == []


def test_who_may_not_write_finds_nothing(as_person: Visit, address: str) -> None:
    for name in ("whitaker", "oyelaran", "lindqvist", "kaur"):
        as_person(name).get(address, status=404)


def test_nothing_of_another_conversation_is_listed(
    as_person: Visit, database: Database, people: People, address: str, begin: Callable[[Pupil, Carer], UUID]
) -> None:
    other = begin(people.szymon, people.mrs_wojcik)
    of_it = {"school_id": people.school.id, "conversation_id": other, "removed": True}
    with database.write() as session:
        session.add(Entry(id=UUID(int=11), text="He", **of_it))
        session.add(Priority(id=UUID(int=12), text="Going", **of_it))
    assert lines(as_person("okafor").get(address)) == []
