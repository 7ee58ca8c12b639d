"""What the browser's profile on disk tells of a meeting: no word of it, and after signing out nothing."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.browser.conftest import sign_in
from tests.browser.test_store import say, waiting
from tests.browser.test_without_wifi import ready
from tests.support.browser import until
from tests.support.client import PageClient

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAID, NOTED, HALF = "Zebrafish sleeps badly", "Marmalade staff note", "Halibut and a half"


def found_on_disk(profile: Path, words: str) -> list[str]:
    """Return the files of a profile in which words stand, in UTF-8 or in UTF-16."""
    wanted = (words.encode(), words.encode("utf-16-le"))
    files = [Path(folder, name) for folder, _, names in os.walk(profile) for name in names]
    return [str(file) for file in files if any(each in file.read_bytes() for each in wanted)]


def test_words_never_stand_on_the_disk_and_signing_out_leaves_nothing(
    playwright: Any,
    browser_type_launch_args: dict[str, Any],
    tmp_path: Path,
    meeting: UUID,
    address: str,
    as_person: Callable[[str], PageClient],
) -> None:
    profile = tmp_path / "profile"

    def browser() -> Any:
        return playwright.chromium.launch_persistent_context(
            str(profile), base_url=address, **browser_type_launch_args
        )

    with browser() as context:
        sign_in(context, as_person("okafor"), address)
        page = context.new_page()
        page.goto(f"/conversations/{meeting}/explore")
        ready(page)
        context.set_offline(True)
        page.evaluate("localStorage.setItem('control', 'Walrus, which must be found')")
        say(page, SAID)
        page.get_by_role("link", name="Staff note").click()
        page.fill("#new-note", NOTED)
        page.fill("#say", HALF)
        until(page, lambda: len(waiting(page)) == 5, "all is on the tablet")
        page.wait_for_timeout(600)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto("about:blank")
    assert found_on_disk(profile, "Walrus, which must be found"), "the search finds what is not encrypted"
    for words in (SAID, NOTED, HALF, "Amina"):
        assert found_on_disk(profile, words) == []

    with browser() as context:
        sign_in(context, as_person("okafor"), address)
        page = context.new_page()
        page.goto("/pupils")
        page.locator(".menu > summary").click()
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.get_by_text(f"could not be saved: “{HALF}”").wait_for()
        page.get_by_role("button", name="Sign out all the same").click()
        page.wait_for_url("**/sign-in")
        left = """async () => [
          (await indexedDB.databases()).length, (await caches.keys()).length, localStorage.length,
          sessionStorage.length, (await navigator.serviceWorker.getRegistrations()).length
        ]"""
        assert page.evaluate(left) == [0, 0, 0, 0, 0]
    for words in (SAID, NOTED, HALF):
        assert found_on_disk(profile, words) == []
    databases = list((profile / "Default/IndexedDB").glob("*127.0.0.1*"))
    assert databases == []
