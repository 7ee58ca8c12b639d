"""A phone: what stays in sight of the head, and text at twice its size within the width of the screen."""

from typing import Any
from uuid import UUID

import pytest

from convo.conversation.operations import open_unplanned
from convo.db import Database
from tests.browser.conftest import Visit
from tests.support.browser import PHONE, STAGES
from tests.support.full_hour import FullHour, Tablet
from tests.support.meetings import guide
from tests.support.people import NOW, People

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def polish(database: Database, people: People) -> UUID:
    """Mr Okafor's meeting with Mrs Wójcik, open, in which something was said and promised."""
    with database.write() as session:
        carers = (people.mrs_wojcik.id,)
        meeting = open_unplanned(session, people.okafor, NOW, people.szymon.id, guide(), carers)
        tablet = Tablet(session, people.okafor, meeting.id)
        tablet.write("entry", text="He reads every night with his older brother", position=1)
        tablet.write("action", what="Read together", by_whom="home", who="Mum", position=1)
        return meeting.id


def test_text_at_twice_its_size_is_no_wider_than_the_screen(
    visit: Visit, full: FullHour, polish: UUID
) -> None:
    page = visit("/pupils", size=PHONE)
    stages = [f"{full.id}/{slug}" for slug in STAGES]
    for path in [*stages, *[f"{id}/family/{slug}" for id in (full.id, polish) for slug in STAGES]]:
        page.goto(f"/conversations/{path}")
        page.wait_for_load_state("networkidle")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], path


def test_on_the_familys_side_no_word_of_the_heading_or_a_button_breaks(visit: Visit, polish: UUID) -> None:
    page = visit(f"/conversations/{polish}/family/focus", size=PHONE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for part in ("h1", ".answers .main"):
        assert "najważniejsze" in page.inner_text(part)
        assert page.locator(part).first.evaluate(_LINES_OF_THE_WORD) == 1


# On how many lines the word stands.
_LINES_OF_THE_WORD = """part => {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const node = walker.currentNode, at = node.data.indexOf('najważniejsze')
    if (at < 0) continue
    const range = document.createRange()
    range.setStart(node, at)
    range.setEnd(node, at + 'najważniejsze'.length)
    return range.getClientRects().length
  }
}"""


def test_name_state_cover_and_pause_stay_in_sight_and_over_nothing_that_has_the_focus(
    visit: Visit, full: FullHour
) -> None:
    page = visit(f"/conversations/{full.id}/review", size=PHONE)
    page.wait_for_load_state("networkidle")
    page.mouse.wheel(0, 2000)
    page.wait_for_function("scrollY > 1500")
    for part in (".child strong", "[data-saved]", "[data-cover]", ".hour-bar [data-pause]"):
        assert on_top(page, part), part
    bar = page.locator(".hour-bar").bounding_box()
    assert bar["y"] + bar["height"] < PHONE[1] / 7
    page.locator("#staff-note summary").focus()
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.closest('.hour-bar')"):
            return
        assert page.evaluate(_FOCUS_IS_UNDER_NOTHING), page.evaluate("document.activeElement.outerHTML")
    raise AssertionError("the way back did not lead to the bar")


def on_top(page: Any, part: str) -> bool:
    return bool(page.locator(part).first.evaluate(_ON_TOP))


_ON_TOP = """part => {
  const { left, top, width, height } = part.getBoundingClientRect()
  return part.contains(document.elementFromPoint(left + Math.min(width / 2, 8), top + height / 2))
}"""
_FOCUS_IS_UNDER_NOTHING = """() => {
  const bar = document.querySelector('.hour-bar').getBoundingClientRect()
  const { top, height } = document.activeElement.getBoundingClientRect()
  return !height || top >= bar.bottom - 1 || document.activeElement.className === 'unseen' ||
    top + height > innerHeight // higher than what is left of the screen
}"""
