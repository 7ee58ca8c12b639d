"""The page on which somebody changes what was agreed: it writes what they changed, and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from convo.access.models import AuditEntry
from convo.conversation.closing import close_conversation
from convo.conversation.incoming import read_changes
from convo.conversation.journal import apply_changes
from convo.conversation.models import Change, Correction, Entry
from convo.db import Database
from convo.plan.models import Action, Target
from convo.plan.rules import ActionState, Agreement
from tests.support.changes import change
from tests.support.client import PageClient
from tests.support.held import Held, hold
from tests.support.people import NOW, People

Visit = Callable[[str], PageClient]
CORRECT = "Correct it and make new copies"
LINES = "every evening\nnot on Fridays"


@pytest.fixture
def held(database: Database, people: People) -> Held:
    """The meeting, closed: texts of two lines, and a draft whose target was taken out."""
    with database.write() as session:
        held = hold(session, people, close=False)
        held.hers.text = "She cries before school\nand on Sunday evenings"
        held.at_home.how_often = held.at_home.how_known = held.target.start = held.target.aim = LINES
        here = {name: getattr(held.target, name) for name in ("school_id", "pupil_id", "conversation_id")}
        gone = Target(**here, text="Reads at home", removed=True, created_at=NOW)
        session.add(gone)
        session.flush()
        draft = {"what": "Read more", "who": "Mrs Khan", "by_whom": "home", "agreement": Agreement.AGREED}
        session.add(Action(**here, **draft, target_id=gone.id, position=99.0, created_at=NOW))
        close_conversation(session, people.okafor, NOW, held.id, finish_now=True)
        return held


def send_late(database: Database, people: People, held: Held, *raw: Any) -> list[str]:
    """Let changes arrive after the closing, and return the names of their answers on the page."""
    with database.write() as session:
        apply_changes(session, people.okafor, NOW + timedelta(hours=1), held.id, read_changes(raw)[0])
    return [f"aside:{each['id']}" for each in raw]


def changed(database: Database) -> list[tuple[str, Any, Any]]:
    """Return what corrections changed: the field, what it said and what it says."""
    with database.reading() as session:
        lists = session.scalars(select(Correction.changes).order_by(Correction.made_at))
        return [(each["field"], each["was"], each["now"]) for one in lists for each in one]


def draft_of(database: Database) -> Action:
    with database.reading() as session:
        return session.scalars(select(Action).where(Action.what.startswith("Read more"))).one()


def test_only_the_line_that_was_changed_is_corrected_whatever_else_has_two_lines_or_lost_its_target(
    database: Database, held: Held, as_person: Visit
) -> None:
    client = as_person("okafor")
    client.get(f"/conversations/{held.id}/correct")
    client.submit(CORRECT, reason="our slip", **{f"conversation:{held.id}:next_place": "Room 9"})
    assert changed(database) == [("next_place", "Room 4", "Room 9")]
    with database.reading() as session:
        action = session.get_one(Action, held.at_home.id)
        assert (action.how_often, action.agreement) == (LINES, Agreement.AGREED)


def test_a_line_added_to_a_text_is_corrected_as_it_was_typed(
    database: Database, held: Held, as_person: Visit
) -> None:
    client = as_person("okafor")
    client.get(f"/conversations/{held.id}/correct")
    typed = f"{LINES}\nonce more on Sundays"
    client.submit(CORRECT, reason="our slip", **{f"action:{held.at_home.id}:how_known": typed})
    assert changed(database) == [("how_known", LINES, typed)]


def test_a_draft_whose_target_was_taken_out_needs_another_before_it_stands(
    database: Database, held: Held, as_person: Visit
) -> None:
    draft = draft_of(database)
    client = as_person("okafor")
    client.get(f"/conversations/{held.id}/correct")
    what, target = f"action:{draft.id}:what", f"action:{draft.id}:parent"
    page = client.submit(CORRECT, status=422, reason="our slip", **{what: "Read more often"})
    assert page.errors == ["“Read more often” belongs to no target yet."]
    client.submit(CORRECT, reason="our slip", **{target: str(held.target.id)})
    assert draft_of(database).state is ActionState.OPEN


def test_a_late_text_of_two_lines_is_taken_in(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    text = "She cries before school\nand on Sundays"
    [name] = send_late(database, people, held, change("entry", held.hers.id, "text", text))
    client = as_person("okafor")
    client.get(f"/conversations/{held.id}/correct")
    client.submit(CORRECT, reason="our slip", **{name: "take"})
    with database.reading() as session:
        assert session.get_one(Entry, held.hers.id).text == text


def test_to_leave_a_late_change_out_asks_for_no_reason_and_the_trail_tells_of_it(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    late = change("conversation", held.id, "next_place", "Room 5")
    [name] = send_late(database, people, held, late)
    client = as_person("okafor")
    client.get(f"/conversations/{held.id}/correct")
    client.submit(CORRECT, **{name: "leave"})
    assert changed(database) == []
    with database.reading() as session:
        assert session.get_one(Change, UUID(late["id"])).settled_by_id == people.okafor.person_id
        notes = session.scalars(select(AuditEntry.note).where(AuditEntry.thing_id == held.id)).all()
    assert "left out, was aside" in notes


@pytest.mark.parametrize(
    ("thing", "field", "value", "why"),
    [
        ("participant", "name", "Gran", "That is about somebody or something that was not in the meeting."),
        ("conversation", "until", "16:00", "That cannot be changed after the conversation."),
    ],
)
def test_what_no_correction_can_take_in_says_why_and_can_be_left_out(
    database: Database,
    people: People,
    held: Held,
    as_person: Visit,
    thing: str,
    field: str,
    value: str,
    why: str,
) -> None:
    row = held.id if thing == "conversation" else uuid4()
    [name] = send_late(database, people, held, change(thing, row, field, value))
    client = as_person("okafor")
    page = client.get(f"/conversations/{held.id}/correct")
    assert f"{value} {why}" in page.text
    assert page.all(f"//input[@name='{name}']/@value") == ["leave", ""]
    form = {**page.form, name: "take", "reason": "our slip"}  # of a page from before this was said
    refused = client.post(f"/conversations/{held.id}/correct", form, status=422)
    assert refused.errors[0].startswith(why)
    client.submit(CORRECT, **{name: "leave"})
    assert changed(database) == []


def test_late_words_for_what_was_taken_out_are_not_taken_in_where_nobody_would_read_them(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    client = as_person("okafor")
    client.get(f"/conversations/{held.id}/correct")
    client.submit(CORRECT, reason="our slip", **{f"entry:{held.hers.id}:removed": ["1"]})
    [name] = send_late(database, people, held, change("entry", held.hers.id, "text", "She cries less"))
    client.get(f"/conversations/{held.id}/correct")
    page = client.submit(CORRECT, status=422, reason="our slip", **{name: "take"})
    assert page.errors == ["That was taken out meanwhile. Leave it out, or write it as something new."]
