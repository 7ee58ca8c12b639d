"""The clock of the hour without wifi: it goes on, and stands right after a reload and at school."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from time_machine import Traveller

from convo.conversation.models import Stage
from convo.db import Database
from tests.browser.conftest import Visit
from tests.browser.test_without_wifi import ready
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINUTE = 60_000  # ms


@pytest.fixture
def page(visit: Visit, meeting: UUID) -> Any:
    """A tablet without wifi whose time a test can move, a day before the school's."""
    page = visit("/health", service_workers="allow")
    page.clock.install(time=page.evaluate("Date.now()") - 86_400_000)
    page.goto(f"/conversations/{meeting}/explore")
    ready(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.set_offline(True)
    return page


def shown(page: Any) -> list[str]:
    """Return what the clock says of the stages up to the one that runs."""
    bars = page.locator("[data-stage-time]:is(.past, .now)").all_inner_texts()
    return [" ".join(bar.split()) for bar in bars]


def test_it_goes_on_through_stages_and_a_reload_and_the_school_books_the_same(
    page: Any, meeting: UUID, database: Database, saved: Callable[[Any], None], clock: Traveller
) -> None:
    page.clock.fast_forward(7 * MINUTE)
    page.get_by_role("button", name="Next: Focus").tap()
    until(page, lambda: shown(page)[:1] == ["Explore 7 min"], "the first took seven")
    page.clock.fast_forward(5 * MINUTE)
    for _ in range(2):
        page.reload()
        until(
            page,
            lambda: len(shown(page)) == 2 and shown(page)[1].startswith("Focus 5 of "),
            "Focus took five",
        )
        assert shown(page)[0] == "Explore 7 min"
    page.clock.fast_forward(2 * MINUTE)
    page.get_by_role("button", name="Next: Plan").tap()
    clock.shift(timedelta(minutes=20))
    page.context.set_offline(False)
    saved(page)
    with database.reading() as session:
        stages = session.scalars(select(Stage).where(Stage.conversation_id == meeting))
        used = {stage.name.value: stage.used_seconds // 60 for stage in stages if stage.used_seconds}
    assert used == {"explore": 7, "focus": 7}


def test_a_page_left_open_overnight_shows_no_more_than_is_booked_also_after_a_reload(page: Any) -> None:
    page.clock.fast_forward(15 * 60 * MINUTE)
    for _ in range(2):
        until(page, lambda: "".join(shown(page)).startswith("Explore 180 of "), "three hours are the most")
        page.reload()


def test_until_when_there_is_time_outlives_a_reload_and_the_clock_stands_still_once_agreed(
    page: Any,
) -> None:
    before = page.locator("[data-stage-time]").last.inner_text()
    page.locator(".until .choice").last.tap()
    later = page.locator("[data-stage-time]").last
    until(page, lambda: later.inner_text() != before, "there is more time")
    longer = later.inner_text()
    page.wait_for_timeout(400)
    page.reload()
    until(page, lambda: later.inner_text() == longer, "so it is after a reload")
    page.get_by_role("button", name="Finish now").tap()
    page.get_by_role("button", name="Finish now: close").tap()
    stood = shown(page)
    page.clock.fast_forward(9 * MINUTE)
    page.wait_for_timeout(200)
    assert shown(page) == stood


def all_bars(page: Any) -> list[str]:
    return [" ".join(bar.split()) for bar in page.locator("[data-stage-time]").all_inner_texts()]


def test_it_says_at_every_moment_what_the_schools_page_says(
    visit: Visit, meeting: UUID, saved: Callable[[Any], None], clock: Traveller
) -> None:
    """In stages left early and overrun, with another end, and on a tablet that comes in the middle of one."""

    def tablet(slug: str) -> Any:
        page = visit("/health")
        page.clock.install()
        page.goto(f"/conversations/{meeting}/{slug}")
        page.locator("#stage-title").wait_for()
        return page

    def passes(page: Any, minutes: int, seconds: int = 0) -> None:
        clock.shift(timedelta(minutes=minutes, seconds=seconds))
        page.clock.fast_forward(minutes * MINUTE + seconds * 1000)
        school.goto(page.url)
        until(page, lambda: all_bars(page) == all_bars(school), f"{all_bars(school)} is said")

    school = visit("/health", java_script_enabled=False)
    first = tablet("explore")
    passes(first, 2, seconds=20)
    for stage, minutes in (("Focus", 0), ("Plan", 31)):
        first.get_by_role("button", name=f"Next: {stage}").tap()
        saved(first)
        passes(first, minutes)
    first.locator(".until .choice").last.tap()
    saved(first)
    passes(first, 1)
    second = tablet("plan")
    passes(second, 1)
    second.get_by_role("button", name="Next: Review").tap()
    saved(second)
    passes(second, 2)
    third = tablet("review")
    passes(third, 1)
    passes(third, 4)
