"""The page that tests a tablet: what it says in a browser that can do everything, and in one that cannot."""

import re
from typing import Any

import pytest

from tests.browser.conftest import Visit
from tests.support.browser import axe_violations, sticking_out, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WITHOUT = """
Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })
Object.defineProperty(window, 'indexedDB', { get: () => undefined })
"""
NOT_READY = "This tablet is not ready for a conversation. Missing: "


def told(page: Any) -> dict[str, str]:
    """Return what each line says, once the page has summed up."""
    until(page, lambda: page.locator("[data-sum]").text_content(), "the page sums up")
    lines = "lines => Object.fromEntries(lines.map(line => [line.dataset.test, line.textContent]))"
    return page.locator("[data-test]").evaluate_all(lines)


def summed_up(page: Any) -> str:
    return page.get_by_role("status").locator("strong").text_content()


def test_a_tablet_that_can_do_everything_is_told_so_in_words(visit: Visit) -> None:
    page = visit("/tablet", "kaur", service_workers="allow")
    lines = told(page)
    assert len(lines) == 7
    assert [line for line in lines.values() if not line.startswith("Yes: ")] == []
    assert re.fullmatch(r"Yes: in \d+\.\d seconds\.", lines["school"])
    assert re.fullmatch(r"Yes: there are \d+\.\d GB for convo\.", lines["room"])
    assert "crypt" not in page.locator("main").inner_text()
    assert summed_up(page) == "This tablet can hold a conversation."
    assert axe_violations(page) == ""
    assert sticking_out(page) == []
    assert page.evaluate("indexedDB.databases()") == []


def test_what_a_browser_lacks_is_named_with_what_to_do(visit: Visit) -> None:
    page = visit("/health", service_workers="allow")
    page.add_init_script(WITHOUT)
    page.goto("/tablet")
    lines = told(page)
    assert {name for name, line in lines.items() if line.startswith("No: ")} == {"keep", "turns"}
    assert "use another browser" in lines["keep"]
    assert summed_up(page) == f"{NOT_READY}a place on the tablet for what is typed, two pages open at once."


def test_a_school_that_does_not_answer_is_missing(visit: Visit) -> None:
    page = visit("/help")
    page.route("**/health", lambda route: route.abort())
    page.goto("/tablet")
    assert told(page)["school"].startswith("No: the school does not answer.")
    assert summed_up(page) == f"{NOT_READY}an answer from the school."


def test_a_tablet_with_little_room_or_that_says_nothing_of_it_is_told_apart(visit: Visit) -> None:
    page = visit("/help")
    page.add_init_script("StorageManager.prototype.estimate = async () => ({ quota: 9e6, usage: 4e6 })")
    page.goto("/tablet")
    assert told(page)["room"].startswith("No: there are only 5 MB")
    assert summed_up(page) == f"{NOT_READY}room on the tablet."
    page.add_init_script("delete StorageManager.prototype.estimate")
    page.goto("/tablet")
    assert told(page)["room"].startswith("No answer: ")
    assert summed_up(page) == "This tablet can hold a conversation."


def test_a_browser_without_scripts_says_what_that_means(visit: Visit) -> None:
    page = visit("/tablet", java_script_enabled=False)
    words = page.locator("noscript p")  # Playwright finds no text in a noscript, only the element
    assert words.is_visible()
    assert words.inner_text().startswith("This browser runs no scripts, so nothing is kept on the tablet")
