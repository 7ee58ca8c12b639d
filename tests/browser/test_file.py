"""What waits on a tablet can be saved to a file without wifi, and taken in elsewhere."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation.models import Change, Conversation, Entry, Priority, Proposal
from convo.conversation.rules import ChangeOutcome, State
from convo.db import Database
from convo.summary.models import Issue
from tests.browser.conftest import Visit
from tests.browser.test_family_without_wifi import kept, turn, turn_back
from tests.browser.test_store import applied_once, close, say, unsealed, without_wifi
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]
STATIONS = "**/{journal,notes,session}"
_FORGET = """() => new Promise((resolve) => {
  const going = indexedDB.deleteDatabase('convo')
  going.onsuccess = going.onerror = () => resolve()
})"""


def save_file(page: Any, folder: Path) -> Path:
    """Tap “Save to a file” at the head of the page, and return where the file went."""
    with page.expect_download() as download:
        page.locator(".stage-head button").tap()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_the_button_that_chooses_a_file_is_as_large_as_the_others(visit: Visit) -> None:
    page = visit("/take-in")
    drawn = page.locator("input[type=file]").evaluate(_BUTTON)
    assert drawn[0] >= 44
    assert drawn[1] == page.get_by_role("button", name="Take it in").evaluate(_EDGE)


_BUTTON = """input => {
  const { minHeight, borderTopColor } = getComputedStyle(input, '::file-selector-button')
  return [parseFloat(minHeight), borderTopColor]
}"""
_EDGE = "button => getComputedStyle(button).borderTopColor"


def take_in(page: Any, path: Path) -> str:
    page.goto("/take-in")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Take it in").tap()
    page.wait_for_selector("text=What came of the file")
    words: str = page.inner_text("main")
    return words


def test_what_was_typed_without_wifi_comes_in_from_a_file_when_the_tablet_is_lost(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database, tmp_path: Path
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    saved(page)
    page.context.route(STATIONS, lambda route: route.abort())
    say(page, "She reads every night")
    say(page, "وہ پڑھتی ہے")
    without_wifi(page, 8)
    path = save_file(page, tmp_path)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d unsent\.convo", path.name)
    assert "Only you can open it" in page.inner_text("[data-told]")
    assert not page.get_by_role("button", name="Undo").is_visible()
    content = json.loads(path.read_text())
    assert "reads" not in path.read_text()
    assert [sorted(content), len(content["changes"])] == [["changes", "conversation", "convo", "person"], 8]
    close(page)
    page.context.unroute(STATIONS)
    context = page.context
    other = context.new_page()
    other.route("**/tablet/signed-in.js*", lambda route: route.abort())  # else it sends what waits
    other.goto("/help")
    other.evaluate(_FORGET)
    assert "8 changes were taken in" in take_in(other, path)
    assert sorted(entry.text for entry in held(Entry)) == sorted(["She reads every night", "وہ پڑھتی ہے"])
    assert "8 changes were at school already" in take_in(other, path)
    applied_once(database)


def test_a_whole_hour_without_wifi_is_closed_from_its_file_with_what_the_family_tapped(
    visit: Visit, meeting: UUID, held: Held, tmp_path: Path, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore", service_workers="allow")
    kept(page)
    page.context.set_offline(True)
    say(page, "She reads every night")
    page.get_by_role("button", name="Next: Focus").tap()
    turn(page)
    page.locator(".answers .main").tap()
    turn_back(page)
    page.get_by_role("button", name="Yes, take it up").tap()
    page.locator('[data-go="review"]').first.tap()
    page.get_by_role("button", name="Finish now").tap()
    page.get_by_text("Agreed at").wait_for()
    until(page, lambda: unsealed(page)[-1]["thing"] == "seal", "the seal is on the tablet")
    path = save_file(page, tmp_path)
    close(page)
    desk = visit("/pupils")
    words = take_in(desk, path)
    assert "The conversation is closed, as you agreed it on the tablet" in words
    assert "Not taken in" not in words
    desk.get_by_role("link", name="Go to the copies").tap()
    desk.wait_for_url("**/summary")
    assert [priority.text for priority in held(Priority)] == ["She reads every night"]
    assert held(Conversation)[0].state is State.CLOSED
    assert "Nothing is changed." in take_in(desk, path)
    with database.reading() as session:
        [tap], [_] = (session.scalars(select(kind)).all() for kind in (Proposal, Issue))
    assert (tap.answer, tap.state) == ("this matters most", "confirmed")


def test_what_is_typed_after_the_file_was_saved_is_not_lost_when_both_arrive(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database, tmp_path: Path
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    saved(page)
    page.context.route(STATIONS, lambda route: route.abort())
    say(page, "She reads")
    without_wifi(page, 4)
    path = save_file(page, tmp_path)
    page.locator("[data-list=entry] textarea.voice").first.fill("She reads every night")
    without_wifi(page, 5)
    other = page.context.new_page()
    other.route("**/tablet/signed-in.js*", lambda route: route.abort())
    assert "4 changes were taken in" in take_in(other, path)
    assert [entry.text for entry in held(Entry)] == ["She reads"]
    page.context.unroute(STATIONS)
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]
    with database.reading() as session:
        outcomes = [change.outcome for change in session.scalars(select(Change))]
    assert outcomes == [ChangeOutcome.APPLIED] * 5


def test_a_page_that_keeps_nothing_on_the_tablet_saves_a_file_too(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, tmp_path: Path
) -> None:
    page = visit("/pupils")
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    page.goto(f"/conversations/{meeting}/explore")
    page.route(STATIONS, lambda route: route.abort())
    say(page, "She reads every night")
    until(page, lambda: "keep this page open" in page.inner_text("[data-saved]"), "it says so")
    path = save_file(page, tmp_path)
    assert "reads" not in path.read_text()
    other = page.context.new_page()
    assert "4 changes were taken in" in take_in(other, path)
    page.unroute(STATIONS)
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]
