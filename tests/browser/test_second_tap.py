"""A second tap does no harm: while the first is on its way, or where another button came to stand."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.models import Conversation, Participant, Priority
from convo.conversation.rules import ParticipantKind, State
from convo.plan.models import Target
from tests.browser.conftest import Visit
from tests.browser.test_store import say
from tests.support.browser import until
from tests.support.full_hour import FullHour

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]


def slowly(visit: Visit, path: str) -> tuple[Any, list[Any]]:
    """Return a page whose rest is still on its way, and what brings it."""
    page = visit("/pupils")
    late: list[Any] = []
    page.context.route("**/kit", lambda route: late.append(route))
    page.goto(path)
    until(page, lambda: bool(late), "the rest is asked for")
    return page, late


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
    slow, late = slowly(visit, f"/conversations/{meeting}/{stage}")
    for _ in range(2):
        slow.get_by_role("button", name=button).first.tap()
    for route in late:
        route.continue_()
    until(slow, lambda: len(held(kind)) > 0, "it is made")
    saved(slow)
    assert len(held(kind)) == 1


def test_two_who_come_while_the_rest_of_the_page_is_on_its_way_are_two(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    page, late = slowly(visit, f"/conversations/{meeting}/explore")
    page.locator("#who > summary").tap()
    for name in ("Gran", "Gran", "Uncle Tom"):
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("button", name="Add this person").tap()
    page.get_by_label("Name", exact=True).fill("Auntie Sam")
    for route in late:
        route.continue_()
    until(page, lambda: page.inner_text("[data-names]").endswith("Gran, Uncle Tom"), "both are here")
    assert page.get_by_label("Name", exact=True).input_value() == "Auntie Sam"
    assert page.evaluate("document.activeElement.value") == "Auntie Sam"
    saved(page)
    came = [person.name for person in held(Participant) if person.kind is ParticipantKind.OTHER]
    assert came == ["Gran", "Uncle Tom"]
    page.get_by_role("button", name="Add this person").tap()
    until(page, lambda: page.inner_text("[data-names]").endswith("Uncle Tom, Auntie Sam"), "she, too")
    assert page.get_by_label("Name", exact=True).input_value() == ""


def test_new_words_used_twice_while_the_rest_of_the_page_is_on_its_way_are_one_action(
    visit: Visit, full: FullHour, saved: Saved
) -> None:
    page, late = slowly(visit, f"/conversations/{full.id}/since-last-time")
    page.locator(".choice", has_text="Change").locator("visible=true").first.tap()
    page.get_by_label("What will we do instead?").locator("visible=true").fill("Read two pages")
    for _ in range(2):
        page.get_by_role("button", name="Use these words").locator("visible=true").tap()
    for route in late:
        route.continue_()
    page.get_by_text("Instead: Read two pages").wait_for()
    of_it = "all => all.filter(box => box.value === 'Read two pages').length"
    assert page.eval_on_selector_all("[data-list=action] textarea", of_it) == 1
    assert page.eval_on_selector_all("[data-list=readback] textarea", of_it) == 1
    assert page.input_value("#do") == ""


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
