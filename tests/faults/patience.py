"""How long anything may take: the machine may be busy, and nothing that is well waits this long."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error

from tests.support import browser

PATIENCE = 60  # s


def until(page: Any, holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds; a page that loads itself anew meanwhile is asked again."""

    def holds_now() -> bool:
        try:
            return holds()
        except Error as fault:
            if "context was destroyed" not in fault.message:
                raise
            return False

    browser.until(page, holds_now, what, seconds=PATIENCE)
