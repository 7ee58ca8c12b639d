"""Pause over the page, and what to do about a concern for a child's safety, with and without wifi."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.access.models import ConcernAnswer, ConcernOpened
from convo.conversation.models import Change
from convo.db import Database
from tests.browser.conftest import Visit
from tests.browser.test_store import unsealed, waiting
from tests.browser.test_without_wifi import keeping
from tests.support.browser import LANDSCAPE, PHONE, TABLET, axe_violations, sticking_out, too_small, until
from tests.support.people import NOW

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Saved = Callable[[Any], None]


def standing(visit: Visit, meeting: UUID, **more: Any) -> Any:
    """Return a tablet at the meeting that has its kit."""
    page = keeping(visit, f"/conversations/{meeting}/explore", **more)
    page.wait_for_load_state("networkidle")
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def press(page: Any, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).or_(
        page.get_by_role("link", name=words, exact=True)
    ).tap()


def log(database: Database) -> list[tuple[ConcernAnswer, bool]]:
    """Return how each was left, and whether it has the time at which it was opened."""
    with database.reading() as session:
        opened = session.scalars(select(ConcernOpened)).all()
        return [(entry.answer, NOW <= entry.at < NOW + timedelta(minutes=5)) for entry in opened]


def test_without_wifi_a_pause_and_what_is_behind_it_come_from_the_tablet(
    visit: Visit, meeting: UUID, database: Database, saved: Saved
) -> None:
    page = standing(visit, meeting)
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("#stage-title")
    page.wait_for_timeout(300)
    page.fill("#say", "Half a sentence")
    press(page, "Pause")
    page.get_by_role("heading", name="Pause").wait_for()
    assert "safety" not in page.locator("dialog.pause").inner_html()
    press(page, "Something else has come up")
    heading = "If you are worried about a child’s safety"
    page.get_by_role("heading", name=heading).wait_for()
    assert page.evaluate("document.activeElement.innerText") == heading
    assert "room 4, extension 204" in page.inner_text("dialog.pause")
    assert page.locator("dialog.pause :is(input, textarea)").count() == 0
    press(page, "I will go to them")
    until(page, lambda: page.locator("dialog.pause").count() == 0, "it is gone")
    assert page.input_value("#say") == "Half a sentence"
    until(page, lambda: [record["field"] for record in unsealed(page)] == ["opened", "answer"], "it is kept")
    assert "opened" not in json.dumps(waiting(page)), "nor does the tablet tell that it was opened"
    assert log(database) == []
    page.reload()
    page.wait_for_selector("#stage-title")
    page.context.set_offline(False)
    until(
        page, lambda: log(database) == [(ConcernAnswer.GOING_TO_LEAD, True)], "the lead sees it", seconds=15
    )
    until(page, lambda: waiting(page) == [], "nothing waits any more")
    with database.reading() as session:
        assert session.scalars(select(Change)).all() == []


def test_going_on_after_a_pause_tells_nobody_anything(
    visit: Visit, meeting: UUID, database: Database, saved: Saved
) -> None:
    page = standing(visit, meeting)
    page.focus("#say")
    press(page, "Pause")
    press(page, "Go on")
    press(page, "Pause")
    page.keyboard.press("Escape")
    until(page, lambda: page.locator("dialog.pause").count() == 0, "it is gone")
    assert page.url.endswith("/explore")
    saved(page)
    assert log(database) == []


def test_with_wifi_each_time_is_an_entry_of_its_own(
    visit: Visit, meeting: UUID, database: Database, saved: Saved
) -> None:
    page = standing(visit, meeting)
    for answer in ("Opened by mistake", "I will go to them"):
        press(page, "Pause")
        press(page, "Something else has come up")
        press(page, answer)
    saved(page)
    until(page, lambda: len(log(database)) == 2, "both are at school")
    assert {left for left, _ in log(database)} == {ConcernAnswer.BY_MISTAKE, ConcernAnswer.GOING_TO_LEAD}


def test_the_closing_of_the_meeting_takes_the_page_away_only_when_the_pause_is_over(
    visit: Visit, meeting: UUID, database: Database
) -> None:
    page = standing(visit, meeting)
    page.locator('[data-go="review"]').first.tap()
    page.context.set_offline(True)
    press(page, "Close and give copies")
    press(page, "Pause")
    press(page, "Something else has come up")
    page.context.set_offline(False)
    until(page, lambda: page.inner_text("[data-sealed]").endswith("are there."), "it is closed")
    page.wait_for_timeout(4000)  # longer than until the tablet asks what it has missed
    assert page.get_by_role("heading", name="If you are worried").is_visible()
    press(page, "I will go to them")
    page.wait_for_url("**/summary")
    until(page, lambda: log(database) == [(ConcernAnswer.GOING_TO_LEAD, True)], "how it was left is kept")


@pytest.mark.parametrize("size", [TABLET, LANDSCAPE, PHONE])
def test_both_screens_are_laid_out_for_every_width(
    visit: Visit, meeting: UUID, size: tuple[int, int]
) -> None:
    page = standing(visit, meeting, size=size)
    press(page, "Pause")
    for words in ("Go on", "I will go to them"):
        assert page.get_by_role("button", name=words).is_visible()
        assert sticking_out(page) == []
        assert too_small(page, 44) == []
        assert axe_violations(page) == ""
        if words == "Go on":
            press(page, "Something else has come up")


@pytest.mark.parametrize("wifi", [True, False])
def test_a_pause_leads_out_of_the_hour_with_and_without_wifi(
    visit: Visit, meeting: UUID, saved: Saved, wifi: bool
) -> None:
    page = standing(visit, meeting)
    page.fill("#say", "Half a sentence")
    page.wait_for_timeout(300)
    page.context.set_offline(not wifi)
    press(page, "Pause")
    page.get_by_role("link", name="Leave for now").tap()
    name = "Today" if wifi else "The school does not answer"
    page.locator("h1:visible", has_text=name).wait_for()
    assert wifi or page.get_by_role("button", name="Lock this tablet").is_visible()
    page.go_back()
    until(page, lambda: page.input_value("#say") == "Half a sentence", "and back")
    page.context.set_offline(False)
