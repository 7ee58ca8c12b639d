"""A new version of the scripts comes to the tablet between conversations, never in one."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from convo.conversation.models import Entry
from tests.browser.conftest import Visit
from tests.browser.test_store import say, texts
from tests.browser.test_without_wifi import ready
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]

_WAITS = "async () => Boolean((await navigator.serviceWorker.getRegistration()).waiting)"
_ASK = "async () => (await navigator.serviceWorker.getRegistration()).waiting.postMessage(undefined)"
_UPDATE = "async () => { await (await navigator.serviceWorker.getRegistration()).update() }"

_RUNS = "performance.getEntriesByType('resource').some(each => each.name.includes('/follows.js'))"


@pytest.fixture
def app(app: Flask, tmp_path: Path) -> Flask:
    """The app with scripts of its own, which a test may change."""
    assert app.static_folder is not None
    shutil.copytree(app.static_folder, tmp_path / "static")
    app.static_folder = str(tmp_path / "static")
    for script in ("hour", "follows"):  # made short before a tablet waits for it
        app.test_client().get(f"/static/hour/{script}.js")
    return app


@pytest.fixture
def install(app: Flask) -> Callable[[], None]:
    """Install a newer version at the school: its hour says that it is newer."""

    def newer() -> None:
        with Path(app.static_folder or "", "hour/hour.js").open("a", encoding="utf-8") as script:
            script.write('document.documentElement.dataset.newer = "";\n')

    return newer


def is_newer(page: Any) -> bool:
    return bool(page.evaluate("'newer' in document.documentElement.dataset"))


def load_again(page: Any) -> None:
    page.reload()
    page.wait_for_selector("#stage-title")
    until(page, lambda: page.evaluate(_RUNS), "the scripts run")


def kept(page: Any) -> list[str]:
    """The caches of this tablet: one for each version that is kept."""
    found: list[str] = page.evaluate("caches.keys()")
    return found


def test_an_open_hour_goes_on_in_the_version_in_which_it_began(
    visit: Visit, meeting: UUID, install: Callable[[], None], held: Held, saved: Saved
) -> None:
    page = visit(f"/conversations/{meeting}/explore", service_workers="allow")
    page.on("dialog", lambda dialog: dialog.accept())
    ready(page)
    [before] = kept(page)
    say(page, "Said before")
    saved(page)
    install()
    page.evaluate(_UPDATE)
    until(page, lambda: page.evaluate(_WAITS), "the new version is here and waits")
    other = page.context.new_page()
    other.goto("/pupils")
    other.evaluate(_ASK)
    say(page, "Said after")
    saved(page)
    for _ in range(2):
        load_again(page)
        assert not is_newer(page)
        until(page, lambda: texts(page) == ["Said before", "Said after"], "all is there")
        page.context.set_offline(True)
    say(page, "Said without wifi")
    page.context.set_offline(False)
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["Said before", "Said after", "Said without wifi"]
    assert page.evaluate(_WAITS)
    assert before in kept(page)

    page.goto("/pupils")
    until(page, lambda: len(kept(page)) == 1 and before not in kept(page), "the new version has taken over")
    page.goto(f"/conversations/{meeting}/explore")
    page.wait_for_selector("#stage-title")
    assert is_newer(page)
    assert texts(page) == ["Said before", "Said after", "Said without wifi"]


def test_the_first_hour_after_an_update_is_kept_in_its_own_version(
    visit: Visit, meeting: UUID, install: Callable[[], None]
) -> None:
    page = visit("/pupils", service_workers="allow")
    until(page, lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)"), "the worker is there")
    [before] = kept(page)
    install()
    page.goto(f"/conversations/{meeting}/explore")
    page.wait_for_selector("#stage-title")
    assert is_newer(page)
    ready(page)
    until(page, lambda: len(kept(page)) == 1 and before not in kept(page), "the new version has taken over")
    say(page, "She reads every night")
    page.context.set_offline(True)
    page.on("dialog", lambda dialog: dialog.accept())
    page.wait_for_timeout(500)
    load_again(page)
    assert is_newer(page)
    until(page, lambda: texts(page) == ["She reads every night"], "it is there again")
    page.context.set_offline(False)
