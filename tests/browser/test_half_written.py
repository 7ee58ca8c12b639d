"""Nothing half written goes without a word: it is kept on the tablet, told of, or the page stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation.models import Change
from convo.conversation.rules import ChangeOutcome
from convo.db import Database
from convo.hour.finish import finish
from tests.browser.conftest import Visit
from tests.browser.test_store import say
from tests.browser.test_tablet_full import _FULL
from tests.browser.test_without_wifi import keeping
from tests.support.browser import LANDSCAPE, until
from tests.support.full_hour import FullHour, Tablet
from tests.support.people import NOW, People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Saved = Callable[[Any], None]
JOURNAL = "**/journal"
INSTEAD = "Read two pages each night instead"
HALF = "They may have to move house in May"
STAYS = f"“{HALF}” is not added yet: under Explore"
_KEEPS_HALVES = """() => {
  const { delete: drop } = IDBObjectStore.prototype
  IDBObjectStore.prototype.delete = function (...what) {
    if (this.name != 'pages') return drop.apply(this, what)
  }
}"""
NOTHING_KEPT = "Object.defineProperty(window, 'indexedDB', { value: undefined })"


@pytest.fixture
def settled(database: Database, full: FullHour) -> FullHour:
    """The full hour, and nothing in it has two versions."""
    with database.write() as session:
        conflicts = session.scalars(select(Change).where(Change.outcome == ChangeOutcome.CONFLICT))
        for change in conflicts:
            change.settled_at, change.settled_by_id = change.received_at, change.author_id
    return full


def offered(page: Any) -> Any:
    """Return the box that offers the words of a promise that is to be changed."""
    return page.get_by_label("What will we do instead?").locator("visible=true")


def rewording(visit: Visit, full: FullHour) -> Any:
    """Return the page with a promise that is to be changed, whose new words are not used yet."""
    page = visit(f"/conversations/{full.id}/since-last-time")
    page.wait_for_load_state("networkidle")
    page.locator(".choice", has_text="Change").locator("visible=true").first.tap()
    offered(page).fill(INSTEAD)
    page.wait_for_timeout(500)  # it is kept as half a sentence
    return page


def quicker(page: Any, full: FullHour, database: Database, people: People) -> Callable[[], None]:
    """Return what lets Ms Farrell say first what is done instead of the promise on the page."""
    new = UUID(offered(page).get_attribute("name").split(":")[1])
    replaced = page.locator(f"[name='action:{new}:replaces']").input_value()

    def write() -> None:
        with database.write() as session:
            hers = Tablet(session, people.farrell, full.id)
            hers.write("action", new, replaces=replaced, what="Listen to a story")

    return write


def told(page: Any) -> str:
    return page.locator("[data-told] span").inner_text()


def in_sight(page: Any) -> bool:
    """Return whether what the page tells covers nothing of its head and foot, and is not covered."""
    return page.evaluate(
        """() => { const [told, head, foot] = ['[data-told]', '.head', '.foot'].map(
             part => document.querySelector(part).getBoundingClientRect())
           return told.top >= head.bottom && told.bottom <= foot.top }"""
    )


def test_what_is_done_instead_and_not_used_yet_comes_back_with_the_next_page(
    visit: Visit, settled: FullHour, saved: Saved
) -> None:
    page = rewording(visit, settled)
    saved(page)
    page.reload()
    until(page, lambda: offered(page).input_value() == INSTEAD, "it is back")
    page.locator(".choice", has_text="Continue").locator("visible=true").first.tap()
    saved(page)
    page.reload()
    page.wait_for_load_state("networkidle")
    assert "not added yet" not in page.inner_text("[data-saved]"), "nobody asks for words any more"
    page.locator(".choice", has_text="Change").locator("visible=true").first.tap()
    until(page, lambda: offered(page).input_value() == INSTEAD, "but they are there still")


def test_what_is_done_instead_and_not_used_yet_is_told_of_before_closing_and_signing_out(
    visit: Visit, settled: FullHour, saved: Saved
) -> None:
    page = rewording(visit, settled)
    page.locator('[data-go="review"]').first.tap()
    page.get_by_role("button", name="Finish now: close with what is agreed").tap()
    asked = page.inner_text("[data-sealed]")
    assert asked.startswith(f"“{INSTEAD}” is not added yet: under Since last time")
    assert asked.endswith("Use these words, or clear them.")
    saved(page)
    page.goto("/pupils")
    page.locator(".menu > summary").tap()
    page.get_by_role("button", name="Sign out", exact=True).tap()
    page.get_by_text(f"it could not be saved: “{INSTEAD}”").wait_for()


def test_what_is_done_instead_and_not_used_yet_is_kept_aside_when_another_tablet_closes(
    visit: Visit, settled: FullHour, database: Database, people: People
) -> None:
    page = rewording(visit, settled)
    with database.write() as session:
        finish(session, people.farrell, NOW + timedelta(minutes=40), settled.id, finish_now=True)
    page.get_by_role("heading", name="What you wrote came after it was closed").wait_for()
    assert INSTEAD in page.inner_text("[aria-labelledby=too-late]")


def test_what_is_done_instead_goes_on_as_an_action_when_a_colleague_was_quicker(
    visit: Visit, settled: FullHour, database: Database, people: People
) -> None:
    page = rewording(visit, settled)
    quicker(page, settled, database, people)()
    page.get_by_text("Instead: Listen to a story").wait_for()
    page.get_by_role("link", name="Plan").tap()
    assert page.input_value("#do") == INSTEAD
    page.wait_for_timeout(500)
    page.reload()
    until(page, lambda: page.input_value("#do") == INSTEAD, "it is kept there")


def test_what_is_done_instead_is_not_lost_where_a_colleague_was_quicker_while_nobody_looked(
    visit: Visit, settled: FullHour, database: Database, people: People
) -> None:
    page = rewording(visit, settled)
    she_writes = quicker(page, settled, database, people)
    page.goto("/help")
    she_writes()
    page.goto(f"/conversations/{settled.id}/plan")
    until(page, lambda: page.input_value("#do") == INSTEAD, "it goes on as an action")


@pytest.mark.parametrize("way", ["Reworded or taken out", "Earlier versions"])
def test_where_the_tablet_keeps_nothing_no_link_of_the_page_loses_half_a_sentence(
    visit: Visit, full: FullHour, way: str
) -> None:
    page = visit("/pupils", size=LANDSCAPE)
    page.add_init_script(NOTHING_KEPT)
    page.goto(f"/conversations/{full.id}/explore")
    page.locator("[data-keeps-nothing]").wait_for()
    page.wait_for_load_state("networkidle")
    page.fill("#say", HALF)
    page.get_by_role("link", name="Staff note").tap()
    link = page.get_by_role("link", name=way)
    link.tap()
    until(page, lambda: told(page).startswith(STAYS), "it says why it stays")
    assert in_sight(page), "however far down the page the link is"
    assert page.input_value("#say") == HALF
    page.fill("#say", "")
    link.tap()
    page.wait_for_url("**/history**")


def test_where_the_tablet_keeps_nothing_a_pause_leads_out_only_once_all_is_at_school(
    visit: Visit, meeting: UUID, saved: Saved
) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    page.on("dialog", lambda dialog: dialog.accept())
    page.evaluate(_FULL)
    page.context.set_offline(True)
    say(page, "She reads every night")
    page.locator("[data-keeps-nothing]").wait_for()
    page.get_by_role("button", name="Pause").tap()
    assert "keep this page open" in page.inner_text("dialog.pause")
    page.get_by_role("link", name="Leave for now").tap()
    until(page, lambda: "Stay here until the school answers." in told(page), "it says why it stays")
    assert page.locator("dialog.pause").count() == 0
    page.context.set_offline(False)
    saved(page)
    page.fill("#say", HALF)
    page.get_by_role("button", name="Pause").tap()
    page.get_by_role("link", name="Leave for now").tap()
    until(page, lambda: told(page).startswith(STAYS), "it says why it stays")
    page.press("#say", "Enter")
    saved(page)
    page.get_by_role("button", name="Pause").tap()
    assert "Everything that was written is kept." in page.inner_text("dialog.pause")
    page.get_by_role("link", name="Leave for now").tap()
    page.locator("h1:visible", has_text="Today").wait_for()


def test_half_a_sentence_is_kept_again_after_leaving_was_stopped(visit: Visit, meeting: UUID) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    page.once("dialog", lambda dialog: dialog.dismiss())  # "Leave site?": no
    page.context.set_offline(True)
    say(page, "She reads every night")
    page.get_by_role("button", name="Pause").tap()
    page.get_by_role("link", name="Leave for now").tap()
    page.wait_for_timeout(500)
    page.evaluate("dispatchEvent(new Event('focus'))")  # as Chrome does once the question is closed
    page.wait_for_timeout(500)
    page.keyboard.press("Escape")
    page.fill("#say", HALF)
    page.wait_for_timeout(800)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(f"/conversations/{meeting}/explore")
    until(page, lambda: page.input_value("#say") == HALF, "it is back")


def test_half_a_sentence_comes_back_though_another_line_says_the_same(
    visit: Visit, meeting: UUID, saved: Saved
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    say(page, "Maths")
    saved(page)
    page.fill("#say", "Maths")
    page.wait_for_timeout(500)
    page.reload()
    until(page, lambda: page.input_value("#say") == "Maths", "it is back")


def test_what_was_added_with_a_space_behind_it_does_not_come_back_as_half_a_sentence(
    visit: Visit, meeting: UUID, saved: Saved, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    page.fill("#say", "Maths ")
    page.wait_for_timeout(500)  # it is kept as half a sentence
    page.evaluate(_KEEPS_HALVES)  # the page goes before that is taken away
    page.press("#say", "Enter")
    saved(page)
    page.reload()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    assert page.input_value("#say") == ""
