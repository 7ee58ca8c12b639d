"""Review on the tablet: kinds and understandings, a staff note in two versions, and actions that move."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation.models import Entry, StaffNote
from convo.db import Database
from convo.plan.models import Action
from tests.browser.conftest import Visit
from tests.support.browser import until
from tests.support.full_hour import NOTE, FullHour, fill
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Saved = Callable[[Any], None]
WORDS = "(boxes) => boxes.filter((box) => box.name.endsWith(':what')).map((box) => box.value)"


def say(page: Any, words: str) -> None:
    page.fill("#say", words)
    page.press("#say", "Enter")


def test_the_kind_of_each_line_is_given_at_the_review_and_stands_in_explore(
    visit: Visit, meeting: UUID, held: Callable[[type[Any]], list[Any]], saved: Saved
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    saved(page)
    page.reload()  # a line as the school writes it, and one made since
    say(page, "She goes quiet in class")
    page.locator('[data-go="review"]').first.tap()
    kinds = page.locator("[data-kinds]")
    kinds.get_by_text("What kind of thing each was").tap()
    kinds.get_by_label("She reads every night").select_option("strength")
    kinds.get_by_label("She goes quiet in class").select_option("worry")
    saved(page)
    assert [entry.kind.value for entry in held(Entry)] == ["strength", "worry"]
    assert kinds.get_by_label("She reads every night").input_value() == "strength"
    page.locator('[data-go="explore"]').first.tap()
    lines = page.locator(".heard [data-row] [data-line]").all_inner_texts()
    assert lines == ["Mrs Nasreen Khan · strength", "Mrs Nasreen Khan · worry"]


def test_with_nothing_said_there_is_nothing_to_say_the_kind_of(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/review")
    until(page, lambda: page.locator(".check li").count() == 2, "the check stands")
    assert page.locator("[data-kinds]").is_hidden()


def test_what_stops_the_closing_says_so_in_a_word(visit: Visit, full: FullHour) -> None:
    for scripts in (True, False):
        page = visit(f"/conversations/{full.id}/review", java_script_enabled=scripts)
        page.locator(".check .stops").first.wait_for()
        items = page.get_by_role("listitem").filter(has_text="has no date").first
        assert "Needed: " in items.aria_snapshot()
    assert "Needed" not in page.locator(".check li:not(.stops)").first.aria_snapshot()


@pytest.fixture
def full(database: Database, people: People) -> FullHour:
    with database.write() as session:
        return fill(session, people)


def actions(database: Database, full: FullHour) -> list[Action]:
    with database.reading() as session:
        mine = select(Action).where(Action.conversation_id == full.id)
        return list(session.scalars(mine.order_by(Action.position)))


def test_how_one_action_was_understood_saves_itself(
    visit: Visit, database: Database, full: FullHour, saved: Saved
) -> None:
    page = visit(f"/conversations/{full.id}/review")
    row = page.locator(".readback").nth(1)
    row.get_by_label("How it was understood").select_option("through the interpreter")
    saved(page)
    said = [action.understood and action.understood.value for action in actions(database, full)]
    assert said == [None, "through the interpreter", None]
    page.reload()
    chosen = page.get_by_label("How it was understood")
    assert [chosen.nth(n).input_value() for n in range(3)] == ["", "through the interpreter", ""]


def test_actions_move_under_their_priority_and_stand_so_after_a_reload(
    visit: Visit, database: Database, full: FullHour, saved: Saved
) -> None:
    def order() -> tuple[list[str], list[str]]:
        plan, read = ('[data-list="action"] .action', '[data-list="readback"] .readback')
        return tuple(  # type: ignore[return-value]
            [text.rpartition(" ")[2] for text in page.locator(f"{rows} textarea").evaluate_all(WORDS)]
            for rows in (plan, read)
        )

    page = visit(f"/conversations/{full.id}/plan")
    first = page.locator(".action").filter(has=page.locator("textarea")).first
    assert order() == (["school", "pupil", "home"], ["home", "school", "pupil"])
    first.get_by_role("button", name="More").tap()
    first.get_by_role("button", name="Move up").tap()  # at the edge of its group: nothing above it
    assert order() == (["school", "pupil", "home"], ["home", "school", "pupil"])
    first.get_by_role("button", name="Move down").tap()
    assert order() == (["pupil", "school", "home"], ["home", "pupil", "school"])
    saved(page)
    page.reload()
    assert order() == (["pupil", "school", "home"], ["home", "pupil", "school"])


def test_a_staff_note_written_on_two_tablets_shows_both_beside_the_note_until_one_is_chosen(
    visit: Visit, database: Database, full: FullHour, saved: Saved
) -> None:
    mine, theirs = (
        visit(f"/conversations/{full.id}/explore"),
        visit(f"/conversations/{full.id}/explore", "farrell"),
    )
    for page in (mine, theirs):
        page.locator("#staff-note summary").tap()
    old = mine.locator("#staff-note textarea").first
    theirs.locator("#staff-note textarea").first.fill("Glasses are ordered")
    saved(theirs)
    old.fill("No glasses yet")
    waiting = mine.locator("#staff-note [data-conflict]")
    waiting.wait_for()
    for _ in range(2):  # as it comes, and after a reload
        assert waiting.locator(".voice").all_inner_texts() == ["Glasses are ordered", "No glasses yet"]
        assert NOTE not in mine.inner_text("body")
        mine.reload()
        assert mine.locator("#staff-note summary").inner_text() == "Staff note · 1 · two versions"
        mine.locator("#staff-note summary").tap()
    waiting.get_by_role("button", name="Keep the second").tap()
    assert waiting.count() == 0
    assert mine.locator("#staff-note summary").inner_text() == "Staff note · 1"
    saved(mine)
    with database.reading() as session:
        notes = session.scalars(select(StaffNote.text).where(StaffNote.conversation_id == full.id)).all()
    assert notes == ["No glasses yet"]
