"""Covering the screen: at one tap in any state, by itself after a while, and back without loss."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.models import Conversation
from convo.db import Database
from convo.kernel.clock import utc_now
from convo.settings import Settings
from tests.browser.conftest import Visit
from tests.browser.test_store import say, texts
from tests.browser.test_without_wifi import keeping, ready
from tests.support.browser import PHONE, TABLET, axe_violations, sticking_out, too_small, until
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINUTE = 60_000

# What is drawn at a grid of points over the screen.
DRAWN = """() => [...new Set([...Array(400).keys()].map(n => {
  const [across, down] = [n % 20, Math.floor(n / 20)].map(place => (place + .5) / 20)
  return document.elementFromPoint(across * innerWidth, down * innerHeight)?.closest('.cover')?.className
}))]"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Pages cover themselves after seven minutes."""
    return replace(settings, cover_minutes=7)


@pytest.fixture
def just_opened(database: Database, meeting: UUID) -> UUID:
    """The meeting, opened ten minutes ago for an hour."""
    with database.write() as session:
        session.get_one(Conversation, meeting).opened_at = utc_now() - timedelta(minutes=10)
    return meeting


def is_covered(page: Any) -> bool:
    return bool(page.locator(".cover").evaluate("cover => cover.open"))


def cover(page: Any) -> None:
    page.get_by_role("button", name="Cover the screen").last.tap()  # of what stands over the page
    assert is_covered(page)


def uncover(page: Any) -> None:
    page.get_by_role("button", name="Show the page").tap()
    assert not is_covered(page)


def wait(page: Any, minutes: float) -> None:
    page.clock.run_for(int(minutes * MINUTE))


@pytest.mark.parametrize("path", ["explore", "family/explore"])
@pytest.mark.parametrize("size", [TABLET, PHONE])
def test_one_tap_leaves_nothing_of_the_page_on_the_screen_or_under_the_keys(
    visit: Visit, meeting: UUID, path: str, size: tuple[int, int]
) -> None:
    page = visit(f"/conversations/{meeting}/{path}", size=size)
    page.wait_for_load_state("networkidle")
    title = page.title()
    page.context.set_offline(True)
    cover(page)
    assert page.evaluate(DRAWN) == ["cover"]
    background = "e => getComputedStyle(document.querySelector('.cover'), e).backgroundColor"
    assert page.evaluate(background, None) == page.evaluate(background, "::backdrop") == "rgb(227, 240, 239)"
    assert page.title() == "convo"
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.cover, body').className || 'none'") in (
            "cover",
            "none",  # the browser's own buttons
        )
    page.context.set_offline(False)
    assert axe_violations(page) == ""
    assert too_small(page, 44) == []
    assert sticking_out(page) == []
    uncover(page)
    assert page.title() == title


def test_what_stands_over_the_page_is_covered_and_comes_back(visit: Visit, meeting: UUID) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    page.get_by_role("button", name="Pause").tap()
    over = page.locator("dialog.pause")
    for words in ("Take a breath", "worried about a child’s safety"):
        over.get_by_text(words).wait_for()
        cover(page)
        assert page.evaluate(DRAWN) == ["cover"]
        uncover(page)
        if "breath" in words:
            over.get_by_role("button", name="Something else has come up").tap()
    over.get_by_role("button", name="Opened by mistake").tap()
    assert page.locator("#stage-title").is_visible()


@pytest.mark.parametrize("path", ["pause", "history", "guide", "colleagues"])
def test_each_page_of_the_hour_can_be_covered(visit: Visit, meeting: UUID, path: str) -> None:
    page = visit(f"/conversations/{meeting}/{path}")
    cover(page)
    assert page.evaluate(DRAWN) == ["cover"]
    uncover(page)


def test_escape_does_not_show_the_page(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    cover(page)
    for _ in range(4):
        page.keyboard.press("Escape")
        page.wait_for_timeout(50)
        assert is_covered(page)
        assert page.title() == "convo"


def test_half_a_sentence_is_there_again_with_the_cursor_in_it(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.locator("#say").tap()
    page.keyboard.type("Half a sen")
    cover(page)
    page.keyboard.type("not heard")
    uncover(page)
    page.keyboard.type("tence")
    assert page.input_value("#say") == "Half a sentence"


def test_a_page_loaded_again_is_still_covered(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    cover(page)
    page.reload()
    assert is_covered(page)
    uncover(page)
    page.reload()
    assert not is_covered(page)


def test_behind_ones_name_is_the_button_on_other_pages(visit: Visit, people: People) -> None:
    page = visit(f"/pupils/{people.amina.id}")
    page.locator(".menu summary").tap()
    assert too_small(page, 44) == []
    cover(page)
    uncover(page)


def test_without_scripts_there_is_no_button(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore", java_script_enabled=False)
    assert page.get_by_role("button", name="Cover the screen").count() == 0
    assert not page.locator(".cover").is_visible()


def test_a_page_that_nobody_touches_covers_itself(visit: Visit, people: People) -> None:
    page = visit("/health")
    page.clock.install()
    page.goto(f"/pupils/{people.amina.id}")
    wait(page, 6)
    page.locator("h1").tap()
    wait(page, 6.9)
    assert not is_covered(page)
    wait(page, 0.2)
    assert is_covered(page)
    uncover(page)
    wait(page, 6.9)
    assert not is_covered(page)


@pytest.mark.parametrize("path", ["explore", "family/explore", "pause", "guide"])
def test_an_open_meeting_is_left_alone_until_fifteen_minutes_after_its_end(
    visit: Visit, just_opened: UUID, path: str
) -> None:
    page = visit("/health")
    page.clock.install()
    page.goto(f"/conversations/{just_opened}/{path}")
    wait(page, 64.9)  # 50 to the end, and 15
    assert not is_covered(page)
    wait(page, 1.2)
    assert is_covered(page)


def test_a_meeting_that_goes_on_longer_is_left_alone_for_longer(visit: Visit, just_opened: UUID) -> None:
    page = visit("/health")
    page.clock.install()
    page.goto(f"/conversations/{just_opened}/explore")
    before = int(page.locator(".cover").get_attribute("data-minutes"))
    last = page.locator(".until input").last
    more = int(last.get_attribute("data-minutes")) - before
    assert more > 0
    page.locator(".until .choice").last.tap()
    wait(page, 64.9 + more)
    assert not is_covered(page)
    wait(page, 1.2)
    assert is_covered(page)


def test_a_page_that_the_tablet_kept_is_covered_as_any_other(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore", service_workers="allow")
    cover(page)
    page.reload()  # the page that is kept now is a covered one
    assert is_covered(page)
    ready(page)
    page.context.set_offline(True)
    page.reload()
    until(page, lambda: is_covered(page), "it comes back covered")
    assert page.evaluate(DRAWN) == ["cover"]
    uncover(page)
    say(page, "She reads every night")
    cover(page)
    assert page.evaluate(DRAWN) == ["cover"]
    uncover(page)
    assert texts(page) == ["She reads every night"]
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.set_offline(False)
