"""A second tap does no harm: while the first is on its way, or where another button came to stand."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.models import Conversation, Priority
from convo.conversation.rules import State
from convo.plan.models import Target
from tests.browser.conftest import Visit
from tests.browser.test_store import say
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]


@pytest.mark.parametrize(
    ("stage", "button", "kind"),
    [("focus", "This matters most", Priority), ("plan", "Make this a target", Target)],
)
def test_a_second_tap_while_the_rest_of_the_page_is_on_its_way_makes_one(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, stage: str, button: str, kind: type[Any]
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    if stage == "plan":
        page.locator('[data-go="focus"]').first.tap()
        page.get_by_role("button", name="This matters most").first.tap()
    saved(page)
    slow = visit("/pupils")
    late: list[Any] = []
    slow.context.route("**/kit", lambda route: late.append(route))
    slow.goto(f"/conversations/{meeting}/{stage}")
    until(slow, lambda: bool(late), "the rest is asked for")
    for _ in range(2):
        slow.get_by_role("button", name=button).first.tap()
    for route in late:
        route.continue_()
    until(slow, lambda: len(held(kind)) > 0, "it is made")
    saved(slow)
    assert len(held(kind)) == 1


def test_two_taps_on_next_do_not_close_the_meeting(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    page = visit(f"/conversations/{meeting}/plan")
    page.wait_for_load_state("networkidle")
    box = page.get_by_role("button", name="Next: Review").bounding_box()
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.touchscreen.tap(*place)
    page.wait_for_timeout(250)  # as quick as a double tap
    page.touchscreen.tap(*place)
    page.wait_for_timeout(800)
    assert page.inner_text("[data-sealed]") == ""
    saved(page)
    assert held(Conversation)[0].state is State.OPEN
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Close and give copies").tap()
    page.wait_for_url("**/summary")
