"""The hour goes on where the tablet's database fails, or holds what cannot be opened any more."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.models import Entry
from convo.db import Database
from tests.browser.conftest import Visit
from tests.browser.test_store import applied_once, close, say, sent_again, texts, without_wifi
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]
JOURNAL = "**/journal"

# As if the school had come by another secret key: what lies here was encrypted under one that is gone.
_UNDER_ANOTHER_KEY = """() => new Promise((resolve) => {
  const opening = indexedDB.open('convo', 1)
  opening.onsuccess = () => {
    const transaction = opening.result.transaction('waiting', 'readwrite')
    const waiting = transaction.objectStore('waiting')
    waiting.getAll().onsuccess = ({ target }) => target.result.forEach(each => {
      each.data[0] ^= 1
      waiting.put(each)
    })
    transaction.oncomplete = () => { opening.result.close(); resolve() }
  }
})"""
_FAILS = "name => { IDBObjectStore.prototype[name] = () => { throw new DOMException('no', 'UnknownError') } }"
_TELLS = "cannot be opened any more"


@pytest.fixture
def unreadable(visit: Visit, meeting: UUID) -> Any:
    """A tablet on which something of this meeting waits that nobody can open."""
    page = visit(f"/conversations/{meeting}/explore")
    page.context.route(JOURNAL, lambda route: route.abort())
    say(page, "Said before")
    without_wifi(page, 4)
    page.evaluate(_UNDER_ANOTHER_KEY)
    close(page)
    page.context.unroute(JOURNAL)
    return page.context


def test_what_cannot_be_opened_any_more_holds_nothing_up_and_the_page_tells_of_it(
    unreadable: Any, meeting: UUID, held: Held, saved: Saved, database: Database
) -> None:
    page = unreadable.new_page()
    page.goto(f"/conversations/{meeting}/explore")
    page.get_by_text(_TELLS).wait_for()
    say(page, "Said after")
    saved(page)
    assert texts(page) == [entry.text for entry in held(Entry)] == ["Said after"]
    assert page.locator("[data-keeps-nothing]").is_hidden()  # the tablet goes on keeping what is typed
    applied_once(database)


def test_what_cannot_be_opened_any_more_does_not_keep_anybody_from_signing_out(
    unreadable: Any, meeting: UUID, held: Held
) -> None:
    page = unreadable.new_page()
    page.goto("/pupils")
    page.locator(".menu > summary").tap()
    page.get_by_role("button", name="Sign out").tap()
    page.wait_for_url("**/sign-in")
    assert page.evaluate("indexedDB.databases()") == []
    assert held(Entry) == []


@pytest.mark.parametrize("does", ["put", "delete"])
def test_a_tablet_whose_database_fails_between_typing_and_sending_still_sends(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database, does: str
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.context.route(JOURNAL, lambda route: route.abort())
    say(page, "Said before")
    without_wifi(page, 4)
    page.evaluate(_FAILS, does)
    page.context.unroute(JOURNAL)
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, lambda: [entry.text for entry in held(Entry)] == ["Said before"], "it is at school")
    say(page, "Said after")
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["Said before", "Said after"]
    sent_again(page, ["Said before", "Said after"], database)


_NEVER_ANSWERS = ["IDBFactory.prototype.open = () => ({})", "IDBObjectStore.prototype.put = () => ({})"]


@pytest.mark.parametrize("never", _NEVER_ANSWERS, ids=["open", "put"])
def test_a_tablet_whose_database_never_answers_saves_at_school(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, never: str
) -> None:
    page = visit("/pupils")
    page.add_init_script(never)
    page.goto(f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    page.locator("[data-keeps-nothing]").wait_for()  # 8 s are given to the database
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]


def test_where_nothing_is_kept_and_the_wifi_drops_at_once_the_rest_of_the_script_is_fetched_later(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    page = visit("/pupils")
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    dropped: list[Any] = []

    def drop(route: Any) -> None:
        dropped.append(route)
        route.abort()

    page.route("**/follows.js*", drop)
    page.goto(f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    until(page, lambda: len(dropped) > 2, "it was asked for in vain")
    page.unroute("**/follows.js*")
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]


def test_a_tablet_whose_database_never_answers_lets_its_person_sign_out(
    visit: Visit, meeting: UUID, saved: Saved
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    saved(page)
    page.add_init_script("IDBFactory.prototype.open = IDBFactory.prototype.deleteDatabase = () => ({})")
    page.goto("/pupils")
    page.locator(".menu > summary").tap()
    page.get_by_role("button", name="Sign out", exact=True).tap()
    page.get_by_role("button", name="Sign out all the same").tap()  # it asks after 8 s
    page.wait_for_url("**/sign-in", timeout=25000)  # 8 s for what waits, and as long for the taking away
