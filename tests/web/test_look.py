"""The sample pages in Chromium, at tablet and phone size, in both directions."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.support.browser import (
    PHONE,
    TABLET,
    axe_violations,
    not_mirrored,
    served,
    sticking_out,
    too_small,
)
from tests.web.sample import pages

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    app.register_blueprint(pages)
    with served(app) as address:
        yield address


def visit(browser: Any, address: str, size: tuple[int, int]) -> Any:
    view = {"width": size[0], "height": size[1]}
    page = browser.new_page(viewport=view, has_touch=True, is_mobile=True)
    page.goto(address)
    return page


def wrong_form(page: Any) -> None:
    page.fill("#child", "a" * 41)
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector(".summary")


def test_axe_finds_nothing_wrong(browser: Any, address: str) -> None:
    for path in ("/", "/ur", "/meeting", "/nowhere"):
        page = visit(browser, address + path, TABLET)
        assert axe_violations(page) == "", path
        if path == "/meeting":
            wrong_form(page)
            assert axe_violations(page) == "", f"{path} refused"


@pytest.mark.parametrize("path", ["/", "/ur", "/meeting"])
def test_nothing_sticks_out_on_a_phone_nor_at_twice_the_text_size(
    browser: Any, address: str, path: str
) -> None:
    page = visit(browser, address + path, PHONE)
    assert sticking_out(page) == []
    page.evaluate("document.documentElement.style.fontSize = '225%'")
    assert sticking_out(page) == []


@pytest.mark.parametrize("path", ["/", "/meeting"])
def test_what_is_tapped_is_large_enough_for_a_thumb(browser: Any, address: str, path: str) -> None:
    page = visit(browser, address + path, TABLET)
    assert too_small(page, 48) == []


def test_a_right_to_left_page_is_the_mirror_of_the_other(browser: Any, address: str) -> None:
    """The same English page, laid out in each direction: every box has to stand at the mirrored place."""
    page = visit(browser, f"{address}/", TABLET)
    assert not_mirrored(page) == []


def test_a_keyboard_reaches_a_chip_and_shows_where_it_is(browser: Any, address: str) -> None:
    page = visit(browser, f"{address}/meeting", TABLET)
    page.focus("#minutes")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == "phone"
    outline = page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle")
    assert outline == "solid"


def test_after_a_refusal_the_reader_starts_at_the_summary(browser: Any, address: str) -> None:
    page = visit(browser, f"{address}/meeting", TABLET)
    wrong_form(page)
    assert page.evaluate("document.activeElement.className") == "summary"
    page.click("text=Choose how you meet")
    assert page.evaluate("document.activeElement.id") == "way-0"
