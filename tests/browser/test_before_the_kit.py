"""The kit may come late: until then nothing breaks, and what needs it is shown with it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation.models import Conversation, Entry
from convo.conversation.proposals import propose
from convo.conversation.rules import ProposalAnswer
from convo.db import Database
from tests.browser.conftest import Hers, Visit
from tests.browser.test_store import say
from tests.browser.test_versions import without_wifi
from tests.support.browser import until
from tests.support.full_hour import Tablet
from tests.support.people import NOW, People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Saved = Callable[[Any], None]
KIT = "**/kit"


def late(visit: Visit) -> tuple[Any, list[str]]:
    """Return a page whose kit does not come, and what broke on it."""
    page = visit("/health")
    page.context.route(KIT, lambda route: route.abort())
    broke: list[str] = []
    page.on("pageerror", lambda error: broke.append(str(error)))
    return page, broke


def test_one_of_two_taps_can_be_taken_up(
    visit: Visit, meeting: UUID, saved: Saved, database: Database, people: People
) -> None:
    with database.write() as session:
        hers = Tablet(session, people.farrell, meeting)
        held = session.get_one(Conversation, meeting)
        for words in ("She reads", "She counts"):
            entry = hers.write("entry", text=words, readers="those present")
            propose(session, NOW, held, "entry", entry, ProposalAnswer.RIGHT)
    page, broke = late(visit)
    page.goto(f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Noted").first.tap()
    until(page, lambda: page.locator("[data-tap]").count() == 1, "the other stays")
    saved(page)
    assert broke == []


def test_two_versions_are_asked_about_once_it_is_here(
    visit: Visit, meeting: UUID, saved: Saved, hers: Hers, database: Database
) -> None:
    page, broke = late(visit)
    page.goto(f"/conversations/{meeting}/explore")
    say(page, "She reads")
    saved(page)
    without_wifi(page)
    page.get_by_label("What was said").nth(1).fill("She reads aloud")
    hers("text", "She reads to Gran")
    page.unroute("**/journal")
    page.wait_for_timeout(4000)
    assert page.locator("[data-conflict]").count() == 0
    page.context.unroute(KIT)
    page.locator("[data-conflict]").wait_for()
    assert broke == []
    with database.reading() as session:
        assert session.scalars(select(Entry.text)).all() == ["She reads to Gran"]
