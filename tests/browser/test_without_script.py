"""A stage read and saved through plain forms, with scripts switched off."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.models import Conversation, Entry, Priority
from convo.plan.models import Action, Target
from convo.plan.rules import Agreement, Doer
from tests.browser.conftest import Visit
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]


def test_a_meeting_goes_from_explore_to_review_through_plain_forms(
    visit: Visit, meeting: UUID, held: Held
) -> None:
    page = visit(f"/conversations/{meeting}/explore", java_script_enabled=False)
    page.locator("#say").fill("She reads every night")
    page.locator("[data-voices] .choice", has_text="Amina").tap()
    page.get_by_role("button", name="Add", exact=True).tap()
    line = page.get_by_label("What was said").nth(1)
    assert line.input_value() == "She reads every night"
    line.fill("She reads to her brother every night")
    page.get_by_role("button", name="Save this page").tap()
    changed = ["She reads to her brother every night"]
    until(page, lambda: [entry.text for entry in held(Entry)] == changed, "the line is changed")
    page.get_by_role("button", name="Next: Focus").tap()
    page.get_by_role("button", name="This matters most").tap()
    page.get_by_text("In priority 1").wait_for()
    assert [priority.text for priority in held(Priority)] == changed
    assert not page.get_by_role("button", name="This matters most").is_visible()
    page.get_by_role("button", name="Next: Plan").tap()
    page.get_by_role("button", name="Make this a target").tap()
    page.locator("#do").fill("Read together")
    page.locator("[data-doers] .choice", has_text="Mrs Nasreen Khan").tap()
    page.get_by_role("button", name="Add", exact=True).tap()
    page.get_by_role("button", name="Next: Review").tap()
    page.locator(".readback .choice", has_text="Agreed").tap()
    page.get_by_role("button", name="Save this page").tap()
    until(page, lambda: held(Action)[0].agreement is Agreement.AGREED, "the action is agreed")
    [target], [action] = held(Target), held(Action)
    assert (action.what, action.who, action.by_whom) == ("Read together", "Mrs Nasreen Khan", Doer.HOME)
    assert action.target_id == target.id
    assert held(Conversation)[0].stage.value == "review"


def test_a_form_that_another_has_overtaken_keeps_both_and_shows_them(
    visit: Visit, meeting: UUID, held: Held
) -> None:
    mine = visit(f"/conversations/{meeting}/review", java_script_enabled=False)
    theirs = visit(f"/conversations/{meeting}/review", "farrell", java_script_enabled=False)
    for page, words in ((theirs, "A text each Friday"), (mine, "A call each Monday")):
        page.get_by_label("How we keep in touch until then").fill(words)
        with page.expect_navigation():
            page.get_by_role("button", name="Save this page").tap()
    assert mine.locator("[data-conflict] .voice").all_inner_texts() == [
        "A text each Friday",
        "A call each Monday",
    ]
    with mine.expect_navigation():
        mine.get_by_role("button", name="Keep both").tap()
    assert mine.locator("[data-conflict]").count() == 0
    assert held(Conversation)[0].keep_in_touch == "A text each Friday\nA call each Monday"


def test_a_pause_keeps_what_was_typed(visit: Visit, meeting: UUID, held: Held) -> None:
    page = visit(f"/conversations/{meeting}/review", java_script_enabled=False)
    page.get_by_label("How we keep in touch until then").fill("A text each Friday")
    page.get_by_role("button", name="Pause").tap()
    page.get_by_text("What you saved is at school.").wait_for()
    assert held(Conversation)[0].keep_in_touch == "A text each Friday"
    page.get_by_role("link", name="Go on").tap()
    page.wait_for_url("**/conversations/*/*")


def test_what_is_taken_out_can_be_put_back_at_once(visit: Visit, meeting: UUID, held: Held) -> None:
    page = visit(f"/conversations/{meeting}/explore", java_script_enabled=False)
    page.locator("#say").fill("She reads every night")
    page.get_by_role("button", name="Add", exact=True).tap()
    page.get_by_role("button", name="More about this line").tap()
    page.get_by_role("button", name="Take out").tap()
    page.get_by_text("Taken out.").wait_for()
    assert held(Entry) == []
    page.get_by_role("button", name="Undo").locator("visible=true").tap()
    page.get_by_label("What was said").nth(1).wait_for()
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]
    assert not page.get_by_text("Taken out.").is_visible()


def test_the_way_back_from_the_family_is_a_link_that_works(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/family/focus", java_script_enabled=False)
    page.get_by_role("link", name="Hold to go back").tap()
    page.wait_for_url("**/focus")
    assert page.get_by_role("heading", level=1).inner_text() == "Focus: what matters most"
