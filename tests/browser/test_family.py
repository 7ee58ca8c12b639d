"""The tablet turned to the family: what they tap, and how the teacher takes it back."""

from typing import Any
from uuid import UUID

import pytest

from tests.browser.conftest import Visit
from tests.browser.test_saving import say
from tests.support.browser import until
from tests.support.full_hour import FullHour

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BACK = "[data-hold]"


@pytest.fixture
def turned(visit: Visit, meeting: UUID) -> Any:
    return visit(f"/conversations/{meeting}/family/explore")


def test_a_short_tap_stays_and_says_what_to_do(turned: Any) -> None:
    turned.tap(BACK)
    turned.tap(BACK)
    assert turned.url.endswith("/family/explore")
    assert "Keep holding" in turned.inner_text("[data-hold-hint]")


def test_a_press_that_is_held_goes_back(turned: Any) -> None:
    turned.hover(BACK)
    turned.mouse.down()
    until(turned, lambda: "/family/" not in turned.url, "the page goes back")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_key_that_is_held_goes_back_and_a_short_one_does_not(turned: Any, key: str) -> None:
    turned.focus(BACK)
    turned.keyboard.press(key)
    turned.wait_for_timeout(1000)
    assert turned.url.endswith("/family/explore")
    turned.keyboard.down(key)
    until(turned, lambda: "/family/" not in turned.url, "the page goes back")


def test_a_screen_reader_that_cannot_hold_presses_twice(turned: Any) -> None:
    turned.evaluate("document.querySelector('[data-hold]').click()")
    assert "press twice" in turned.inner_text("[data-hold-hint]")
    turned.evaluate("document.querySelector('[data-hold]').click()")
    until(turned, lambda: "/family/" not in turned.url, "the page goes back")


def test_what_the_family_taps_waits_for_the_teacher(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    page.get_by_role("link", name="Turn to the family").tap()
    page.wait_for_url("**/family/explore**")
    page.locator(".answers .main").tap()
    page.locator(".turned .notice.done").wait_for()
    page.goto(f"/conversations/{meeting}/explore")
    tapped = page.locator("section[aria-labelledby=tapped]")
    until(page, lambda: "that is right" in tapped.inner_text(), "the teacher sees it")
    page.get_by_role("button", name="Noted").tap()
    until(page, lambda: not page.locator("section[aria-labelledby=tapped]").is_visible(), "it is noted")


@pytest.mark.parametrize(("number", "words"), [(1, "She goes quiet in class"), (2, "Line 3")])
def test_who_said_it_stands_in_the_colour_of_their_card(
    visit: Visit, full: FullHour, number: int, words: str
) -> None:
    page = visit(f"/conversations/{full.id}/family/explore?n={number}")
    page.get_by_text(words).wait_for()
    colours = """card => [
      getComputedStyle(card.querySelector('.tag')).color, getComputedStyle(card).borderInlineStartColor,
    ]"""
    name, edge = page.locator(".family-card").evaluate(colours)
    assert name == edge
