"""What waits reaches the school in an order that it can follow: nothing is named before it is there."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.models import Entry, Priority
from tests.browser.conftest import Visit
from tests.browser.test_store import JOURNAL, say
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]


def test_a_priority_made_without_an_answer_takes_in_what_was_said_after_it(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.evaluate("AbortSignal.timeout = () => new AbortController().signal")  # as long as the hand needs
    hanging: list[Any] = []
    page.route(JOURNAL, lambda route: hanging.append(route), times=1)
    say(page, "She reads every night")
    until(page, lambda: bool(hanging), "a first batch is on its way and gets no answer")
    page.get_by_role("button", name="Next: Focus").tap()
    page.get_by_role("button", name="This matters most").tap()
    page.locator(".stages a[data-go=explore]").tap()
    say(page, "She reads to her brother")
    page.get_by_role("button", name="Next: Focus").tap()
    page.get_by_role("button", name="Goes with 1").tap()
    hanging[0].abort()
    saved(page)
    [priority] = held(Priority)
    assert sorted(priority.entries) == sorted(str(entry.id) for entry in held(Entry))
    assert len(priority.entries) == 2
