"""The tablet fills up in the middle of an hour: the page says so, and nothing is lost or doubled."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.models import Entry
from convo.db import Database
from tests.browser.conftest import Visit
from tests.browser.test_store import applied_once, say, texts, waiting
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]
JOURNAL = "**/journal"
# Chromium lets small writes through whatever quota a test sets, so the writes themselves are refused.
_FULL = (
    "IDBObjectStore.prototype.put = function () { throw new DOMException('full', 'QuotaExceededError') }; 0"
)


def test_a_tablet_that_fills_up_in_the_hour_says_so_and_loses_nothing(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.context.route(JOURNAL, lambda route: route.abort())
    say(page, "Said before")
    until(page, lambda: len(waiting(page)) == 4, "it is on the tablet")
    assert page.locator("[data-keeps-nothing]").is_hidden()
    page.evaluate(_FULL)
    say(page, "Said after")
    page.locator("[data-keeps-nothing]").wait_for()
    until(page, lambda: "keep this page open" in page.inner_text("[data-saved]"), "it says so there, too")
    assert texts(page) == ["Said before", "Said after"]
    page.context.unroute(JOURNAL)
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["Said before", "Said after"]
    # What stood on the tablet from before is sent again by the next page, and is the same.
    again = page.context.new_page()
    again.goto(f"/conversations/{meeting}/explore")
    until(again, lambda: waiting(again) == [], "the tablet is empty")
    assert texts(again) == ["Said before", "Said after"]
    applied_once(database)
