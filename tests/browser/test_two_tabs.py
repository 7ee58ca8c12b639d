"""Two tabs of one person in one conversation: neither writes over what the other wrote unseen."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.models import Entry
from tests.browser.conftest import Visit
from tests.browser.test_store import close, say, texts
from tests.browser.test_taken_out import EVERY
from tests.browser.test_typing_on import IS_FULL
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]


# One tab sends at a time: while another is at it, for as long as the school takes, this one waits.
_OTHERS_WAIT = """meeting => new Promise(then =>
  navigator.locks.request(`convo ${sessionStorage.getItem('person')} ${meeting}`, () => {
    then()
    return new Promise(letGo => { window.letGo = letGo })
  }))"""


def one_that_waits(visit: Visit, meeting: UUID, saved: Saved) -> Any:
    """Return a tab with a line that is on the tablet and that nobody has begun to send."""
    page = visit(f"/conversations/{meeting}/explore")
    saved(page)
    page.evaluate(_OTHERS_WAIT, str(meeting))
    say(page, "She reads")
    page.wait_for_timeout(500)
    return page


def two_that_wait(visit: Visit, meeting: UUID, saved: Saved) -> tuple[Any, Any]:
    """Return two tabs that wait to send; the second was opened when the first had begun a line."""
    first = one_that_waits(visit, meeting, saved)
    second = first.context.new_page()
    second.goto(f"/conversations/{meeting}/explore")
    until(second, lambda: texts(second) == ["She reads"], "the second tab shows it")
    return first, second


def type_on(page: Any, letters: str) -> None:
    page.bring_to_front()
    line = page.locator("[data-list=entry] textarea.voice")
    line.fill(line.input_value() + letters)
    page.wait_for_timeout(500)


def test_who_types_on_in_both_is_asked_which_holds(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    first, second = two_that_wait(visit, meeting, saved)
    type_on(second, " aloud")
    type_on(first, " every night")
    first.evaluate("letGo()")
    first.locator("[data-conflict]").first.wait_for(timeout=20_000)
    card = first.locator("[data-conflict]").first.inner_text()
    assert "She reads aloud" in card
    assert "She reads every night" in card
    first.get_by_role("button", name="Keep both").first.tap()
    saved(first)
    assert sorted(held(Entry)[0].text.split("\n")) == ["She reads aloud", "She reads every night"]


def test_what_is_typed_on_in_the_first_is_shown_by_the_second(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    first, second = two_that_wait(visit, meeting, saved)
    type_on(first, " every night")
    first.evaluate("letGo()")
    saved(first)
    second.bring_to_front()
    until(second, lambda: texts(second) == ["She reads every night"], "the second tab follows")
    type_on(second, " and she counts")
    second.wait_for_timeout(EVERY)
    saved(second)
    assert [entry.text for entry in held(Entry)] == ["She reads every night and she counts"]


def test_a_page_of_a_tablet_that_is_full_by_now_shows_and_sends_what_waits(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    first = one_that_waits(visit, meeting, saved)
    second = first.context.new_page()
    second.add_init_script(f"({IS_FULL})()")
    second.goto(f"/conversations/{meeting}/explore")
    until(second, lambda: texts(second) == ["She reads"], "it is shown")
    close(first)
    until(second, lambda: [entry.text for entry in held(Entry)] == ["She reads"], "it is at school")
