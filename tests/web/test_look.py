"""The sample pages in Chromium, at tablet and phone size, in both directions."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.web.sample import pages

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TABLET, PHONE = (820, 1180), (390, 844)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    app.register_blueprint(pages)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def visit(browser: Any, address: str, size: tuple[int, int]) -> Any:
    view = {"width": size[0], "height": size[1]}
    page = browser.new_page(viewport=view, has_touch=True, is_mobile=True)
    page.goto(address)
    return page


def wrong_form(page: Any) -> None:
    page.fill("#child", "a" * 41)
    page.click("text=Save")
    page.wait_for_selector(".summary")


def test_axe_finds_nothing_wrong(browser: Any, address: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for path in ("/", "/ur", "/meeting", "/nowhere"):
        page = visit(browser, address + path, TABLET)
        result = Axe().run(page)
        assert result.violations_count == 0, f"{path}: {result.generate_report()}"
        if path == "/meeting":
            wrong_form(page)
            result = Axe().run(page)
            assert result.violations_count == 0, f"{path} refused: {result.generate_report()}"


@pytest.mark.parametrize("path", ["/", "/ur", "/meeting"])
def test_nothing_sticks_out_on_a_phone_nor_at_twice_the_text_size(
    browser: Any, address: str, path: str
) -> None:
    page = visit(browser, address + path, PHONE)
    assert overflow(page) == []
    page.evaluate("document.documentElement.style.fontSize = '225%'")
    assert overflow(page) == []


def overflow(page: Any) -> list[str]:
    """Return the elements that reach over either side of the screen."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(e => {
             const box = e.getBoundingClientRect(), style = getComputedStyle(e)
             return box.width > 1 && style.position != 'absolute' &&
               (box.right > innerWidth + 1 || box.left < -1)
           }).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 30))"""
    )


@pytest.mark.parametrize("path", ["/", "/meeting"])
def test_what_is_tapped_is_large_enough_for_a_thumb(browser: Any, address: str, path: str) -> None:
    page = visit(browser, address + path, TABLET)
    small = page.evaluate(
        """() => [...document.querySelectorAll(
             '.button, .chip, .nav a, .home-link, summary, select, textarea, .field > input')]
           .filter(e => { const box = e.getBoundingClientRect(); return box.height < 48 || box.width < 48 })
           .map(e => e.tagName + ' ' + e.textContent)"""
    )
    assert small == []


def test_a_right_to_left_page_is_the_mirror_of_the_other(browser: Any, address: str) -> None:
    """The same English page, laid out in each direction: every box has to stand at the mirrored place."""
    page = visit(browser, f"{address}/", TABLET)
    page.evaluate("document.querySelectorAll('[dir]').forEach(e => e.removeAttribute('dir'))")
    boxes = """direction => {
      document.documentElement.dir = direction
      const all = document.querySelectorAll('main, main *:not(option), .bar, .bar *')
      return [...all].filter(e => e.offsetWidth).map(e => {
        const box = e.getBoundingClientRect(), style = getComputedStyle(e), flip = direction == 'rtl'
        const pair = name => [style[name + 'Left'], style[name + 'Right']]
        const sides = ['padding', 'margin'].flatMap(name => flip ? pair(name).reverse() : pair(name))
        const start = flip ? innerWidth - box.right : box.left
        return [e.tagName + '.' + e.className, Math.round(start), Math.round(box.width), ...sides]
      })
    }"""
    for left, right in zip(page.evaluate(boxes, "ltr"), page.evaluate(boxes, "rtl"), strict=True):
        close = abs(left[1] - right[1]) <= 1 and abs(left[2] - right[2]) <= 1
        assert close, (left, right)
        assert left[3:] == right[3:]


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
