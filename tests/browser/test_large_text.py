"""Text at twice its size, as a reader sets it in the browser: everything stays on the screen and in reach."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import Visit
from tests.support.browser import PHONE, STAGES, open_all, sticking_out
from tests.support.full_hour import FullHour

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def browser(browser_type: Any, browser_type_launch_args: dict[str, Any]) -> Iterator[Any]:
    """A browser whose reader has chosen text of 32 pixels where 16 is usual."""
    twice = "--blink-settings=defaultFontSize=32"
    arguments = [*browser_type_launch_args["args"], twice]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield browser
    browser.close()


def test_text_at_twice_its_size_stays_on_the_screen(visit: Visit, full: FullHour) -> None:
    page = visit("/")
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 32
    stages = [f"/conversations/{full.id}/{slug}" for slug in STAGES]
    families = [f"/conversations/{full.id}/family/{slug}" for slug in STAGES]
    for path in ["/", "/pupils", f"/conversations/{full.before}", *stages, *families]:
        page.goto(path)
        open_all(page)
        assert sticking_out(page) == [], path


def test_text_at_twice_its_size_leaves_room_to_write(visit: Visit, full: FullHour) -> None:
    """What stays at the top and at the foot leaves three quarters of the screen to the page itself."""
    page = visit(f"/conversations/{full.id}/explore")
    page.wait_for_load_state("networkidle")
    page.mouse.wheel(0, 2000)
    page.wait_for_function("scrollY > 500")
    kept = """() => [...document.querySelectorAll('.head, .foot')]
      .filter(e => getComputedStyle(e).position == 'sticky')
      .reduce((sum, e) => sum + e.getBoundingClientRect().height, 0) / innerHeight"""
    assert page.evaluate(kept) < 0.25


@pytest.mark.parametrize("path", ["explore", "family/explore"])
def test_text_at_twice_its_size_leaves_the_buttons_of_the_head_whole_on_a_phone(
    visit: Visit, full: FullHour, path: str
) -> None:
    page = visit(f"/conversations/{full.id}/{path}", size=PHONE)
    for button in page.locator(".bar .button").locator("visible=true").all():
        box = button.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]
