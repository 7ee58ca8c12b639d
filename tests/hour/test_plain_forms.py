"""Plain forms, sent without JavaScript: nothing typed is lost, nothing is done twice or unseen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation.models import Change, Conversation, Participant, Priority, Stage
from convo.conversation.rules import ChangeOutcome, StageName
from convo.db import Database
from convo.plan.models import Action, Target
from tests.support.client import Page, PageClient, filled_in
from tests.support.full_hour import Tablet
from tests.support.page_rules import words_of
from tests.support.people import NOW, People

Write = Callable[..., UUID]

# Fields that no change had written before: an action's agreement, and what a planned carer reads.
LEFT_OUT = [
    ("action", {"what": "Read together"}, {"agreement": "agreed"}),
    ("participant", {}, {"reads": "pl"}),
]


@pytest.fixture
def write(database: Database, people: People, meeting: UUID) -> Write:
    """Return a function that writes into the meeting as somebody's tablet does."""

    def write(thing: str, identifier: UUID | None = None, by: str = "okafor", **fields: Any) -> UUID:
        with database.write() as session:
            return Tablet(session, getattr(people, by), meeting).write(thing, identifier, **fields)

    return write


def press(visitor: PageClient, page: Page, form_id: str, **more: Any) -> Page:
    """Send a form of a page that may have been made a while ago, with some of it changed."""
    form = page.one(f"//form[@id='{form_id}']")
    return visitor.post(form.get("action"), {**filled_in(form), **more})


def texts(database: Database, model: type[Any]) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(model.text).where(~model.removed)))


def test_a_line_picked_on_two_pages_is_one_priority_and_becomes_one_target(
    okafor: PageClient, database: Database, meeting: UUID, write: Write
) -> None:
    entry = write("entry", text="Maps")
    for page in [okafor.get(f"/conversations/{meeting}/focus") for _ in range(2)]:
        press(okafor, page, "form-focus", do=f"pick:{entry}")
    assert texts(database, Priority) == ["Maps"]
    with database.reading() as session:
        priority = session.scalars(select(Priority.id)).one()
    for page in [okafor.get(f"/conversations/{meeting}/plan") for _ in range(2)]:
        press(okafor, page, "form-plan", do=f"target:{priority}")
    assert texts(database, Target) == ["Maps"]


def test_a_page_left_open_overnight_shows_the_minutes_that_are_booked(
    okafor: PageClient, database: Database, meeting: UUID
) -> None:
    with database.write() as session:
        session.get_one(Conversation, meeting).stage_entered_at = NOW - timedelta(hours=15)
    page = okafor.get(f"/conversations/{meeting}/explore")
    explore = page.one("//*[@data-stage-time='explore']")
    assert explore.get("data-used") == str(3 * 3600)
    assert "180 of" in " ".join(explore.itertext())
    press(okafor, page, "form-explore", go="focus")
    with database.reading() as session:
        booked = select(Stage.used_seconds).where(Stage.name == StageName.EXPLORE)
        assert session.scalars(booked).one() == 3 * 3600


@pytest.mark.parametrize(("thing", "fields", "later"), LEFT_OUT)
def test_what_was_changed_of_something_taken_out_meanwhile_can_be_left_out(
    okafor: PageClient,
    database: Database,
    meeting: UUID,
    voice: UUID,
    write: Write,
    thing: str,
    fields: dict[str, str],
    later: dict[str, str],
) -> None:
    row = write(thing, voice if thing == "participant" else None, **fields)
    write(thing, row, removed=True)
    write(thing, row, by="farrell", **later)
    page = okafor.get(f"/conversations/{meeting}/review")
    shown = [words_of(card) for card in page.all("//*[@data-conflict]//p[@class='voice']")]
    assert "(empty)" not in shown
    page = okafor.submit("Leave it out")
    assert page.errors == []
    assert page.all("//*[@data-conflict]") == []
    with database.reading() as session:
        [kept] = session.scalars(select(Change).where(Change.outcome == ChangeOutcome.CONFLICT))
        assert kept.settled_at is not None
        assert session.get_one({"action": Action, "participant": Participant}[thing], row).removed
