"""A line that was reworded or taken out is found again from the hour, read, and brought back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.models import Entry
from tests.browser.conftest import Visit
from tests.browser.test_store import say, texts
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def page(visit: Visit, meeting: UUID, saved: Callable[[Any], None]) -> Any:
    """The hour with one line in it, at school."""
    page = visit(f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    saved(page)
    return page


def choose(page: Any, line: str) -> None:
    page.get_by_role("link", name="Reworded or taken out").tap()
    page.get_by_role("link", name=line).tap()
    page.get_by_role("heading", name="Earlier versions").wait_for()


def test_words_that_were_written_anew_come_back(page: Any, held: Callable[[type[Any]], list[Any]]) -> None:
    page.get_by_label("What was said").nth(1).fill("He counts")
    choose(page, "He counts")  # leaving waits until the school has it
    page.get_by_role("button", name="Bring this back").tap()
    page.locator("#stage-title").wait_for()
    assert texts(page) == ["She reads every night"]
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]


def test_a_line_that_was_taken_out_long_ago_comes_in_again(page: Any, saved: Callable[[Any], None]) -> None:
    row = page.locator("[data-list=entry] > li")
    row.get_by_text("More about this line").tap()
    row.get_by_role("button", name="Take out").tap()
    until(page, lambda: texts(page) == [], "it is out")
    saved(page)  # what is younger than half a second may go with the page
    page.reload()
    saved(page)
    assert not page.get_by_role("button", name="Undo").is_visible()
    choose(page, "She reads every night")
    page.get_by_role("button", name="Bring this back").tap()
    page.locator("#stage-title").wait_for()
    assert texts(page) == ["She reads every night"]
