"""A school without https: the browser neither encrypts nor locks nor goes on without wifi, and says so."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from convo.conversation.models import Entry
from tests.browser.conftest import sign_in
from tests.browser.test_store import say, texts
from tests.support.browser import PATIENCE, TABLET, until
from tests.support.client import PageClient

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME = "convo.fenmarket.test"


@pytest.fixture
def page(
    playwright: Any,
    browser_type_launch_args: dict[str, Any],
    address: str,
    as_person: Callable[[str], PageClient],
) -> Iterator[Any]:
    """A page of a browser that finds the school by a name: to it plain http is safe on this machine only."""
    found = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    arguments = {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], found]}
    here = f"http://{NAME}:{urlsplit(address).port}"
    faults: list[str] = []
    browser = playwright.chromium.launch(**arguments)
    view = {"width": TABLET[0], "height": TABLET[1]}
    context = browser.new_context(viewport=view, has_touch=True, is_mobile=True, base_url=here)
    sign_in(context, as_person("okafor"), here)
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    browser.close()
    assert faults == []


def test_over_plain_http_the_page_says_that_it_keeps_nothing_and_saves_at_school(
    page: Any, meeting: UUID, held: Callable[[type[Any]], list[Any]], saved: Callable[[Any], None]
) -> None:
    page.goto(f"/conversations/{meeting}/explore")
    assert not page.evaluate("isSecureContext || Boolean(crypto.subtle) || Boolean(navigator.locks)")
    page.locator("[data-keeps-nothing]").wait_for()
    say(page, "Said over plain http")
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["Said over plain http"]
    page.context.set_offline(True)
    say(page, "Said without wifi")
    until(page, lambda: "keep this page open" in page.inner_text("[data-saved]"), "it says what to do")
    page.locator("[data-save-file]").locator("visible=true").tap()
    until(page, lambda: "cannot encrypt" in page.inner_text("[data-told]"), "it makes no open file")
    page.context.set_offline(False)
    saved(page)
    assert (
        texts(page) == [entry.text for entry in held(Entry)] == ["Said over plain http", "Said without wifi"]
    )


def test_over_plain_http_one_signs_out_and_the_tablet_is_called_unfit_in_words(
    page: Any, meeting: UUID, saved: Callable[[Any], None]
) -> None:
    page.goto("/tablet")
    until(page, lambda: "not ready" in page.inner_text("[data-sum]"), "it says so")
    assert "a safe connection" in page.inner_text("[data-sum]")
    page.goto(f"/conversations/{meeting}/explore")
    say(page, "Said before I go")
    saved(page)
    page.goto("/pupils")
    page.locator(".menu > summary").tap()
    page.get_by_role("button", name="Sign out").tap()
    page.wait_for_url("**/sign-in*")
