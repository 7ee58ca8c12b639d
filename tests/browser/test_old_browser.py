"""A browser that is too old for the hour's scripts says what it cannot do, and saves by plain forms."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.models import Entry
from tests.browser.conftest import Visit
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
SAYS = "This browser cannot save by itself"


def saves_by_its_forms(page: Any, held: Held) -> None:
    page.get_by_text(SAYS).wait_for()
    page.locator("#say").fill("She reads every night")
    page.get_by_role("button", name="Add", exact=True).tap()
    until(page, lambda: [entry.text for entry in held(Entry)] == ["She reads every night"], "it is at school")
    page.get_by_label("What was said").nth(1).fill("She reads to her brother")
    page.get_by_role("button", name="Save this page").tap()
    until(page, lambda: held(Entry)[0].text == "She reads to her brother", "the line is changed")


def test_without_scripts_the_page_says_so_and_its_forms_save(visit: Visit, meeting: UUID, held: Held) -> None:
    saves_by_its_forms(visit(f"/conversations/{meeting}/explore", java_script_enabled=False), held)


def test_a_browser_that_does_not_know_the_scripts_says_so_and_its_forms_save(
    visit: Visit, meeting: UUID, held: Held
) -> None:
    page = visit("/pupils")
    page.context.route(
        "**/hour/hour.js*", lambda route: route.fulfill(body="", content_type="text/javascript")
    )
    page.goto(f"/conversations/{meeting}/explore")
    saves_by_its_forms(page, held)


@pytest.mark.parametrize(
    "lacks",
    ["delete Array.prototype.findLast", "delete AbortSignal.timeout", "delete globalThis.BroadcastChannel"],
)
def test_a_browser_that_lacks_what_the_scripts_need_says_so_and_its_forms_save(
    visit: Visit, meeting: UUID, held: Held, lacks: str
) -> None:
    page = visit("/pupils").context.new_page()
    page.add_init_script(lacks)
    page.goto(f"/conversations/{meeting}/explore")
    saves_by_its_forms(page, held)


def test_what_it_says_leaves_no_hole_before_it_says_it(visit: Visit, meeting: UUID) -> None:
    page = visit("/pupils")
    page.context.route(
        "**/hour/hour.js*", lambda route: route.fulfill(body="", content_type="text/javascript")
    )
    page.goto(f"/conversations/{meeting}/explore")
    page.get_by_text(SAYS).wait_for()
    said, unsaid = page.evaluate(_HEIGHTS)
    assert said > unsaid + 100
    page.evaluate("for (const part of document.querySelectorAll('[data-plain]')) part.remove()")
    assert page.evaluate("document.body.scrollHeight") == unsaid


# How high the page is with what it says, and with its waiting begun again.
_HEIGHTS = """() => {
  const said = document.body.scrollHeight
  for (const part of document.querySelectorAll('[data-plain]')) {
    part.style.animation = 'none'
    part.getBoundingClientRect()
    part.style.animation = ''
  }
  return [said, document.body.scrollHeight]
}"""


def test_where_all_is_there_the_page_does_not_speak_of_it(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    until(page, lambda: page.locator("[data-plain]").count() == 0, "they are gone")
