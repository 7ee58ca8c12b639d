"""What was taken out can be taken back, and what hangs on it stays."""

from typing import Any
from uuid import UUID

import pytest

from convo.plan.models import Action
from tests.browser.conftest import Visit
from tests.browser.test_saving import Held, Saved, said, say
from tests.support.browser import too_small, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_what_was_taken_out_comes_back_with_undo(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    say(page, "She is shy")
    page.fill("#say", "Half a sentence")
    row = page.locator("[data-list=entry] > li").first
    row.get_by_text("More about this line").tap()
    row.get_by_role("button", name="Take out").tap()
    saved_texts = page.locator("[data-list=entry] textarea")
    until(page, lambda: saved_texts.count() == 1, "it is taken out")
    until(page, lambda: said(held) == ["She is shy"], "it is taken out at school")
    page.get_by_role("button", name="Undo").tap()
    until(page, lambda: saved_texts.first.input_value() == "She reads every night", "it is back")
    assert page.input_value("#say") == "Half a sentence"
    until(page, lambda: said(held) == ["She reads every night", "She is shy"], "it is back at school")


def with_target(visit: Visit, meeting: UUID) -> Any:
    """Return the Plan stage with a target made of its one priority."""
    page = visit(f"/conversations/{meeting}/focus")
    page.fill("#matters", "Reading aloud")
    page.press("#matters", "Enter")
    page.get_by_role("button", name="Next: Plan").tap()
    page.get_by_role("button", name="Make this a target").tap()
    return page


def test_taking_out_a_priority_leaves_its_target_and_its_actions(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    page = with_target(visit, meeting)
    page.fill("#do", "Read together")
    page.press("#do", "Enter")
    page.get_by_role("link", name="Focus").tap()
    page.get_by_role("button", name="Take out").tap()
    page.get_by_role("button", name="Undo").wait_for()
    others = page.locator("[data-other-actions]")
    left = ["Reading aloud", "Read together"]
    assert [
        box.input_value() for box in others.locator("textarea[name$=':text'], textarea[name$=':what']").all()
    ] == left
    page.get_by_role("button", name="Undo").tap()
    page.get_by_role("link", name="Plan").tap()
    assert others.is_hidden()
    assert page.locator("[data-priority] [data-row^='action:']").count() == 1
    saved(page)
    assert held(Action)[0].target_id is not None


@pytest.mark.parametrize("way", ["another stage", "something typed", "its button"])
def test_what_was_taken_out_is_told_until_something_else_is_done(
    visit: Visit, meeting: UUID, saved: Saved, way: str
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    row = page.locator("[data-list=entry] > li")
    row.get_by_text("More about this line").tap()
    row.get_by_role("button", name="Take out").tap()
    says = page.locator("[data-told]")
    until(page, lambda: "Taken out." in says.inner_text(), "it says so")
    assert too_small(page, 44) == []
    if way == "another stage":
        page.get_by_role("button", name="Next: Focus").tap()
    elif way == "something typed":
        page.fill("#say", "She")
    else:
        says.get_by_role("button", name="Close").tap()
    until(page, says.is_hidden, "it has gone")
    assert page.evaluate("document.activeElement !== document.body")
    saved(page)


def test_an_action_whose_target_was_taken_out_is_told_of_before_the_meeting_is_agreed(
    visit: Visit, meeting: UUID, saved: Saved
) -> None:
    page = with_target(visit, meeting)
    page.fill("#do", "Read together")
    page.press("#do", "Enter")
    saved(page)
    page.reload()
    target = page.locator("[data-row^='target:']")
    target.locator("button.more, summary").first.tap()
    target.get_by_role("button", name="Take out").tap()
    page.get_by_role("link", name="Review").tap()
    lacks = page.locator("[data-check]").get_by_text("“Read together” belongs to no target yet.")
    until(page, lacks.is_visible, "it is told")
