"""The family's side without wifi: made on the tablet, in their language, of what they may read and nothing else."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation.models import Change, Priority, Proposal
from convo.conversation.operations import open_unplanned
from convo.conversation.rules import ProposalState
from convo.db import Database
from convo.people.models import Carer, Pupil
from tests.browser.conftest import Visit
from tests.browser.test_store import say, waiting
from tests.browser.test_without_wifi import ready
from tests.support.browser import until
from tests.support.full_hour import NOTE, FullHour
from tests.support.meetings import guide
from tests.support.people import NOW, People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Saved = Callable[[Any], None]
BACK = ".turned [data-hold]"


def kept(page: Any) -> None:
    """Wait until the tablet has the page and the kit."""
    ready(page)
    until(page, lambda: page.evaluate(_HAS_KIT), "the kit is kept")


_HAS_KIT = """() => new Promise((resolve) => {
  const opening = indexedDB.open('convo', 1)
  opening.onsuccess = () => {
    const keys = opening.result.transaction('pages').objectStore('pages').getAllKeys()
    keys.onsuccess = () => { opening.result.close(); resolve(keys.result.some(key => key[2] == 'kit')) }
  }
})"""


def turn(page: Any) -> None:
    page.get_by_role("link", name="Turn to the family").tap()
    page.locator(".turned h1").wait_for()


def turn_back(page: Any) -> None:
    page.hover(BACK)
    page.mouse.down()
    until(page, lambda: page.locator(".turned").count() == 0, "it is turned back")
    page.mouse.up()


def seen(page: Any) -> str:
    """Return all that is on the screen: what is not drawn, nobody sees, hears or finds."""
    return str(page.evaluate("document.title + ' ' + document.body.innerText"))


def reachable(page: Any) -> list[str]:
    """Return what stands in the accessibility tree outside the family's side."""
    return page.evaluate("""[...document.body.querySelectorAll('*')]
      .filter(e => e.checkVisibility() && !e.closest('.turned'))
      .map(e => e.outerHTML.slice(0, 80))""")


def tapped(page: Any) -> list[str]:
    return page.locator("[data-tapped] li p").locator("visible=true").all_inner_texts()


def test_urdu(visit: Visit, full: FullHour) -> None:
    page = visit(f"/conversations/{full.id}/explore", service_workers="allow")
    kept(page)
    page.context.set_offline(True)
    turn(page)
    page.screenshot(path="/tmp/ur1.png")
    assert reachable(page) == []
    print(seen(page))
