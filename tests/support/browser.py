"""What browser tests share: the app served on loopback, and what a laid out page must never show."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

TABLET, LANDSCAPE, PHONE = (820, 1180), (1180, 820), (390, 844)
# Debian's Chromium instead of Playwright's own.
LAUNCH: dict[str, Any] = {
    "executable_path": "/usr/bin/chromium",
    "args": [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
}
PATIENCE = 20  # seconds, for what should be there within one or two: a machine may be busy
STAGES = ("since-last-time", "explore", "focus", "plan", "review")


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Say nothing of each request: a test's output is what fails."""


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve an app from a thread of this process and give its address. Without a port it is a free one."""

    def whole(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        # A page that closes in the middle of an answer would leave its file open.
        answer = app(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            getattr(answer, "close", lambda: None)()

    server = make_server("127.0.0.1", port, whole, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def until(page: Any, holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until something holds. The page goes on living meanwhile, and so does its server."""
    for _ in range(int(seconds * 20)):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{what}: not so after {seconds} s")


def open_all(page: Any) -> None:
    """Open everything on the page that opens."""
    page.wait_for_load_state("networkidle")  # the guide's words come once the page stands
    page.evaluate("document.querySelectorAll('main details, .menu').forEach(part => { part.open = true })")


def sticking_out(page: Any) -> list[str]:
    """Return the elements that reach over either side of the screen, as if all of it were laid out."""
    page.evaluate(
        """() => { const all = new CSSStyleSheet()
           all.replaceSync('* { content-visibility: visible !important }')
           document.adoptedStyleSheets = [all] }"""
    )
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(e => {
             const box = e.getBoundingClientRect(), style = getComputedStyle(e)
             return box.width > 1 && style.position != 'absolute' && !e.closest('.unseen') &&
               (box.right > innerWidth + 1 || box.left < -1)
           }).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 30))"""
    )


def too_small(page: Any, least: int) -> list[str]:
    """Return what can be tapped and is smaller than so many pixels either way."""
    return page.evaluate(
        """least => [...document.querySelectorAll(
             '.button, .chip, .tap, .nav a, .stages a, .home-link, summary, select, textarea, .field > input'
           )]
           .filter(e => e.checkVisibility() && !e.classList.contains('unseen'))
           .map(e => [e, e.getBoundingClientRect()])
           .filter(([e, box]) => box.height < least || box.width < least)
           .map(([e, box]) => e.tagName + ' ' + e.textContent.trim() + ' ' + box.width + 'x' + box.height)""",
        least,
    )


# Both directions are measured at one moment: the page's own script may still be drawing.
_BOXES = """() => {
  document.querySelectorAll('[dir]').forEach(e => e.removeAttribute('dir'))
  // Words of a line keep the order of their language, so what stands inline among them does too.
  const inline = e => getComputedStyle(e).display == 'inline'
  const placed = e => e.offsetWidth && !e.classList.contains('unseen') && !inline(e)
  const boxes = direction => {
    document.documentElement.dir = direction
    const all = document.querySelectorAll('main, main *:not(option), .bar, .bar *, .foot, .foot *')
    return [...all].filter(placed).map(e => {
      const box = e.getBoundingClientRect(), style = getComputedStyle(e), flip = direction == 'rtl'
      const pair = name => [style[name + 'Left'], style[name + 'Right']]
      const sides = ['padding', 'margin'].flatMap(name => flip ? pair(name).reverse() : pair(name))
      const start = flip ? innerWidth - box.right : box.left
      return [e.tagName + '.' + e.className, Math.round(start), Math.round(box.width), ...sides]
    })
  }
  return [boxes('ltr'), boxes('rtl')]
}"""


def not_mirrored(page: Any) -> list[tuple[Any, Any]]:
    """Return the boxes that, with the page turned right to left, do not stand at the mirrored place."""
    pairs = zip(*page.evaluate(_BOXES), strict=True)
    return [(ltr, rtl) for ltr, rtl in pairs if not _same_place(ltr, rtl)]


def _same_place(ltr: list[Any], rtl: list[Any]) -> bool:
    return abs(ltr[1] - rtl[1]) <= 1 and abs(ltr[2] - rtl[2]) <= 1 and ltr[3:] == rtl[3:]


def axe_violations(page: Any) -> str:
    """Return what axe-core finds wrong with the page as it stands, as a report; empty when nothing is."""
    from axe_playwright_python.sync_playwright import Axe

    result = Axe().run(page)
    return result.generate_report() if result.violations_count else ""
