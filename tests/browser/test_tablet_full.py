"""The tablet fills up in the middle of an hour: the page says so, and nothing is lost or doubled."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.models import Entry
from convo.db import Database
from tests.browser.conftest import Visit, sign_in
from tests.browser.test_store import say, sent_again, texts, waiting
from tests.support.browser import until
from tests.support.client import PageClient

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
    sent_again(page, ["Said before", "Said after"], database)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that is soon full."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=60m,mode=777", "tmpfs", str(place)]
    as_root = ["sudo", "-n"] if os.geteuid() else []  # as tests/run has it for what it installs
    subprocess.run([*as_root, *mount], check=True)
    yield place
    subprocess.run([*as_root, "umount", "-l", str(place)], check=True)


def test_an_hour_goes_on_while_the_disk_under_the_browser_is_full(
    playwright: Any,
    browser_type_launch_args: dict[str, Any],
    small_disk: Path,
    address: str,
    as_person: Callable[[str], PageClient],
    meeting: UUID,
    held: Held,
    saved: Saved,
) -> None:
    profile = str(small_disk / "profile")
    with playwright.chromium.launch_persistent_context(
        profile, base_url=address, **browser_type_launch_args
    ) as context:
        sign_in(context, as_person("okafor"), address)
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"/conversations/{meeting}/explore")
        say(page, "Said before")
        saved(page)
        with suppress(OSError), (small_disk / "photos").open("wb", buffering=0) as photos:
            while True:
                photos.write(os.urandom(512))
        context.set_offline(True)
        lines = [f"{number} " + "It goes on and on. " * 200 for number in range(8)]
        for line in lines:
            say(page, line)
        page.locator("[data-keeps-nothing]").wait_for()
        until(page, lambda: "keep this page open" in page.inner_text("[data-saved]"), "it says what to do")
        context.set_offline(False)
        saved(page)
    assert [entry.text.strip() for entry in held(Entry)] == ["Said before", *(line.strip() for line in lines)]
