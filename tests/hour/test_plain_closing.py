"""Without JavaScript, too, a meeting closes on what stood on the page, and on nothing that came after it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from convo.access.models import AuditEntry
from convo.access.rules import Act
from convo.conversation.models import Conversation
from convo.conversation.rules import StageName, State
from convo.db import Database
from convo.summary.models import Issue
from tests.hour.test_plain_forms import press
from tests.support.client import Page, PageClient, filled_in
from tests.support.full_hour import Tablet
from tests.support.held import Held, hold, with_part
from tests.support.meetings import guide
from tests.support.people import People

UNSEEN = "Ms Farrell changed something that this tablet did not show yet. Look at it, and close again."
REWORDED = "Pack the bag and the lunch"


@pytest.fixture
def held(database: Database, people: People) -> Held:
    """A meeting that is ready to be closed."""
    with database.write() as session:
        held = hold(session, people, close=False)
        held.meeting.guide = guide().to_json()
        for name in (StageName.EXPLORE, StageName.FOCUS, StageName.PLAN, StageName.REVIEW):
            with_part(session, held.meeting, name)
        return held


def review(visitor: PageClient, held: Held) -> Page:
    return visitor.get(f"/conversations/{held.id}/review")


def reword(database: Database, people: People, held: Held, by: str = "farrell", **fields: Any) -> None:
    with database.write() as session:
        tablet = Tablet(session, people.actor(by), held.id)
        tablet.write("action", held.at_home.id, **(fields or {"what": REWORDED}))


def state(database: Database, meeting: UUID) -> State:
    with database.reading() as session:
        return session.get_one(Conversation, meeting).state


@pytest.mark.parametrize("button", ["close", "finish"])
def test_what_another_wrote_after_the_page_was_made_is_shown_before_it_closes(
    okafor: PageClient, database: Database, people: People, held: Held, button: str
) -> None:
    page = review(okafor, held)
    reword(database, people, held)
    shown = press(okafor, page, "form-review", do=button)
    assert state(database, held.id) is State.OPEN
    assert UNSEEN in shown.text
    assert REWORDED in shown.text
    press(okafor, shown, "form-review", do=button)
    assert state(database, held.id) is State.CLOSED
    with database.reading() as session:
        [note] = session.scalars(select(AuditEntry.note).where(AuditEntry.act == Act.CLOSE))
        assert note == "", "no tablet sealed it"
        assert REWORDED in session.scalars(select(Issue.content)).one()


def test_what_one_types_oneself_on_this_page_or_another_stops_no_closing(
    okafor: PageClient, database: Database, people: People, held: Held
) -> None:
    page = review(okafor, held)
    reword(database, people, held, by="okafor")
    keep = f"conversation:{held.id}:keep_in_touch"
    press(okafor, page, "form-review", **{keep: "A note in her reading record"}, do="close")
    assert state(database, held.id) is State.CLOSED
    with database.reading() as session:
        assert session.get_one(Conversation, held.id).keep_in_touch == "A note in her reading record"


def test_what_is_typed_with_a_closing_that_is_stopped_is_kept(
    okafor: PageClient, database: Database, people: People, held: Held
) -> None:
    page = review(okafor, held)
    reword(database, people, held)
    keep = f"conversation:{held.id}:keep_in_touch"
    shown = press(okafor, page, "form-review", **{keep: "A note in her reading record"}, do="close")
    assert UNSEEN in shown.text
    assert "A note in her reading record" in shown.text
    assert state(database, held.id) is State.OPEN


@pytest.mark.parametrize("seen", [None, "", "9" * 40, "yesterday"])
def test_a_page_that_says_nothing_of_what_it_showed_is_taken_as_before(
    okafor: PageClient, database: Database, people: People, held: Held, seen: str | None
) -> None:
    form = filled_in(review(okafor, held).one("//form[@id='form-review']"))
    assert form.pop("seen")
    reword(database, people, held)
    more = {} if seen is None else {"seen": seen}
    okafor.post(f"/conversations/{held.id}/review", {**form, "do": "close", **more})
    assert state(database, held.id) is State.CLOSED
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Issue)) == 1
