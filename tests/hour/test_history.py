"""Earlier versions: read with who wrote them, brought back, and nothing lost by it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from convo.access.rules import Actor
from convo.conversation.closing import close_conversation
from convo.conversation.incoming import read_change
from convo.conversation.journal import JOURNAL, NOTES, Answer, Stream, apply_changes
from convo.conversation.models import Change, Entry, StaffNote
from convo.db import Database
from convo.people.models import Carer, Pupil
from tests.support.changes import change
from tests.support.client import PageClient
from tests.support.people import People

Visit = Callable[[str], PageClient]
Write = Callable[..., Answer]
ENTRY, NOTE = UUID(int=7), UUID(int=8)


@pytest.fixture
def meeting(people: People, begin: Callable[[Pupil, Carer], UUID]) -> UUID:
    return begin(people.amina, people.mrs_khan)


@pytest.fixture
def write(database: Database, now: datetime, meeting: UUID) -> Write:
    """Return a function with which somebody changes a field of the meeting."""

    def take(actor: Actor, *named: Any, stream: Stream = JOURNAL, base: UUID | None = None) -> Answer:
        with database.write() as session:
            sent = read_change(change(*named, base=base))
            return apply_changes(session, actor, now, meeting, [sent], stream)[0]

    return take


@pytest.fixture
def address(people: People, meeting: UUID, write: Write) -> str:
    """Two versions that followed each other and a third that was kept beside."""
    first = write(people.okafor, "entry", ENTRY, "text", "She reads")
    write(people.farrell, "entry", ENTRY, "text", "She reads every night", base=first.head)
    write(people.okafor, "entry", ENTRY, "text", "She reads alone", base=first.head)
    return f"/conversations/{meeting}/history/entry/{ENTRY}"


def said(database: Database) -> str:
    with database.reading() as session:
        return session.get_one(Entry, ENTRY).text


def button_of(page: Any, text: str) -> str:
    """Return the value of the button beside a version."""
    return str(page.one(f"//li[p[normalize-space()='{text}']]//button/@value"))


def test_every_version_is_shown_the_newest_first_with_who_wrote_it(
    as_person: Visit, people: People, address: str
) -> None:
    page = as_person("okafor").get(address)
    order = ["She reads alone", "Stands now", "She reads every night"]
    assert [page.text.index(words) for words in order] == sorted(map(page.text.index, order))
    lines = ["".join(item.itertext()) for item in page.all("//main//li")]
    assert len(lines) == 3
    assert "Mr Okafor" in lines[0]
    assert "Kept beside" in lines[0]
    assert "Ms Farrell" in lines[1]
    assert "Stands now" in lines[1]
    assert "Mr Okafor" in lines[2]
    assert page.buttons.count("Bring this back") == 2


def test_bringing_one_back_keeps_the_other_and_says_so_at_the_line(
    as_person: Visit, database: Database, address: str
) -> None:
    visitor = as_person("okafor")
    page = visitor.get(address)
    hour = visitor.post(address, {"op": page.form["op"], "change": button_of(page, "She reads")})
    assert "/explore?" in hour.path
    assert hour.one("//p[@data-told][not(@hidden)]/span").text == "Brought back: “She reads”"
    assert hour.one(f"//li[@id='row-{ENTRY}']//textarea").text == "She reads"
    assert said(database) == "She reads"
    again = visitor.get(address)
    for words in ("She reads every night", "She reads alone"):
        assert button_of(again, words)


def test_bringing_back_what_was_kept_beside_settles_it(
    as_person: Visit, database: Database, address: str
) -> None:
    visitor = as_person("okafor")
    page = visitor.get(address)
    wanted = button_of(page, "She reads alone")
    visitor.post(address, {"op": page.form["op"], "change": wanted})
    assert said(database) == "She reads alone"
    with database.reading() as session:
        assert session.get_one(Change, UUID(wanted)).settled_at is not None


def test_pressed_twice_it_changes_once(
    as_person: Visit, database: Database, people: People, address: str, write: Write
) -> None:
    visitor = as_person("okafor")
    page = visitor.get(address)
    form = {"op": page.form["op"], "change": button_of(page, "She reads")}

    def changes() -> tuple[int, UUID | None]:
        with database.reading() as session:
            mine = select(Change.id).where(Change.thing_id == ENTRY, Change.written)
            count = session.scalar(select(func.count()).select_from(Change)) or 0
            return count, session.scalar(mine.order_by(Change.number.desc()).limit(1))

    visitor.post(address, form)
    once, head = changes()
    visitor.post(address, form)
    assert changes() == (once, head)
    write(people.farrell, "entry", ENTRY, "text", "She reads to her brother", base=head)
    visitor.post(address, form)  # the answer was lost and the browser sends it again
    assert said(database) == "She reads to her brother"


def test_what_was_taken_out_comes_in_again(
    as_person: Visit, database: Database, people: People, address: str, write: Write
) -> None:
    write(people.okafor, "entry", ENTRY, "removed", True)
    visitor = as_person("okafor")
    page = visitor.get(address)
    assert page.buttons.count("Bring this back") == 3
    visitor.post(address, {"op": page.form["op"], "change": button_of(page, "She reads")})
    with database.reading() as session:
        entry = session.get_one(Entry, ENTRY)
        assert (entry.text, entry.removed) == ("She reads", False)


def test_who_may_not_write_finds_nothing(as_person: Visit, address: str) -> None:
    for name in ("whitaker", "oyelaran", "lindqvist", "kaur"):
        visitor = as_person(name)
        visitor.get(address, status=404)
        visitor.get("/")
        visitor.post(address, {"op": str(UUID(int=1)), "change": str(UUID(int=2))}, status=404)


def test_a_key_teacher_who_reads_the_meeting_but_has_no_part_in_it_finds_nothing(
    as_person: Visit, database: Database, people: People, meeting: UUID, address: str
) -> None:
    with database.write() as session:
        session.get_one(Pupil, people.amina.id).key_teacher_id = people.whitaker.person_id
    visitor = as_person("whitaker")
    visitor.get(f"/conversations/{meeting}/explore")
    visitor.get(address, status=404)


def test_a_change_of_something_else_is_not_brought_back_here(
    as_person: Visit, people: People, address: str, write: Write
) -> None:
    other = write(people.okafor, "entry", UUID(int=9), "text", "He counts everything")
    visitor = as_person("okafor")
    page = visitor.get(address)
    visitor.post(address, {"op": page.form["op"], "change": str(other.head)}, status=404)


def test_a_closed_meetings_versions_are_read_but_not_brought_back(
    as_person: Visit, database: Database, people: People, now: datetime, meeting: UUID, address: str
) -> None:
    visitor = as_person("okafor")
    page = visitor.get(address)
    form = {"op": page.form["op"], "change": button_of(page, "She reads")}
    visitor.post(
        address, {**form, "change": button_of(page, "She reads alone")}
    )  # two versions stop a closing
    with database.write() as session:
        close_conversation(session, people.okafor, now, meeting)
    closed = visitor.get(address)
    assert "She reads every night" in closed.text
    assert "Bring this back" not in closed.buttons
    assert "not open" in visitor.post(address, form, status=422).text
    assert said(database) == "She reads alone"


def test_a_staff_notes_history_has_its_own_page_and_is_on_no_other(
    as_person: Visit, database: Database, people: People, meeting: UUID, address: str, write: Write
) -> None:
    first = write(people.okafor, "note", NOTE, "text", "Ask the nurse", stream=NOTES)
    write(people.farrell, "note", NOTE, "text", "Nurse asked", stream=NOTES, base=first.head)
    visitor = as_person("okafor")
    of_note = f"/conversations/{meeting}/history/note/{NOTE}"
    assert "nurse" not in visitor.get(address).html.lower()
    visitor.get(of_note.replace("/note/", "/entry/"), status=404)
    visitor.get(f"/conversations/{meeting}/explore")
    page = visitor.follow("Earlier versions")
    assert "Ask the nurse" in page.text
    assert "She reads" not in page.text
    hour = visitor.post(of_note, {"op": page.form["op"], "change": button_of(page, "Ask the nurse")})
    assert hour.one("//p[@data-told]/span").text == "Brought back."  # the family sees the head of the page
    with database.reading() as session:
        assert session.get_one(StaffNote, NOTE).text == "Ask the nurse"
        assert session.scalar(select(Change.id).where(Change.thing_id == NOTE)) is None
    as_person("whitaker").get(of_note, status=404)


def test_a_lines_more_leads_to_its_versions(as_person: Visit, meeting: UUID, address: str) -> None:
    visitor = as_person("okafor")
    page = visitor.get(f"/conversations/{meeting}/explore?more={ENTRY}")
    assert page.one(f"//main//li[@data-row='entry:{ENTRY}']//a[@href='{address}']") is not None
    assert f'href="/conversations/{meeting}/history/action/__id__"' in page.html


def versions_on(page: Any) -> list[str]:
    """Return the words of each version, the newest first."""
    return [line.strip() for line in page.all("//main//li/p[@class='voice']/text()")]


def test_what_was_typed_in_one_go_is_one_version(
    as_person: Visit, people: People, meeting: UUID, write: Write
) -> None:
    base = None
    for words in ("She reads", "She re", "", "He", "He counts", "He counts all"):
        base = write(people.okafor, "entry", ENTRY, "text", words, base=base).head
    base = write(people.farrell, "entry", ENTRY, "text", "He counts all day", base=base).head
    write(people.okafor, "entry", ENTRY, "text", "He counts", base=base)
    page = as_person("okafor").get(f"/conversations/{meeting}/history/entry/{ENTRY}")
    assert versions_on(page) == ["He counts", "He counts all day", "He counts all", "She reads"]


def test_what_was_added_later_is_a_version_of_its_own(
    as_person: Visit, people: People, database: Database, meeting: UUID, now: datetime
) -> None:
    base = None
    for minutes, words in ((0, "She reads"), (5, "She reads every"), (5, "She reads every night")):
        sent = read_change(change("entry", ENTRY, "text", words, base=base))
        with database.write() as session:
            at = now + timedelta(minutes=minutes)
            base = apply_changes(session, people.okafor, at, meeting, [sent], JOURNAL)[0].head
    page = as_person("okafor").get(f"/conversations/{meeting}/history/entry/{ENTRY}")
    assert versions_on(page) == ["She reads every night", "She reads"]


def test_what_is_brought_back_is_shown_in_its_own_stage_whichever_the_hour_is_in(
    as_person: Visit, people: People, meeting: UUID, address: str, write: Write
) -> None:
    write(people.okafor, "conversation", meeting, "stage", "plan")
    visitor = as_person("okafor")
    page = visitor.get(address)
    hour = visitor.post(address, {"op": page.form["op"], "change": button_of(page, "She reads")})
    assert "/explore?" in hour.path
