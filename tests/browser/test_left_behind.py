"""What a leaver had written on a tablet goes to the SENCO, through whoever signs in there next."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.access.staff import mark_left
from convo.conversation.models import Change, Entry, StaffNoteChange
from convo.conversation.rules import ChangeOutcome
from convo.db import Database
from tests.browser.conftest import Visit, sign_in
from tests.browser.test_store import close, say, waiting, without_wifi
from tests.support.browser import axe_violations, too_small, until
from tests.support.client import PageClient
from tests.support.people import NOW, People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]
STATIONS = "**/{journal,notes,session}"
_KEPT = """() => new Promise((resolve) => {
  const opening = indexedDB.open('convo', 1)
  opening.onsuccess = () => {
    const keys = opening.result.transaction('pages').objectStore('pages').getAllKeys()
    keys.onsuccess = () => { opening.result.close(); resolve(keys.result.map(key => key[0])) }
  }
})"""


def next_on_the_tablet(page: Any, client: PageClient, address: str) -> Any:
    """Return a page of who signs in on the tablet now, once it has done what it does by itself."""
    sign_in(page.context, client, address)
    page.goto("/pupils")
    page.wait_for_load_state("networkidle")
    return page


def test_what_a_leaver_had_written_goes_to_the_senco_and_from_the_tablet(
    visit: Visit,
    meeting: UUID,
    held: Held,
    saved: Saved,
    database: Database,
    people: People,
    address: str,
    as_person: Callable[[str], PageClient],
) -> None:
    theirs = visit(f"/conversations/{meeting}/explore")
    saved(theirs)
    context = theirs.context
    context.route(STATIONS, lambda route: route.abort())
    say(theirs, "She reads every night")
    theirs.get_by_role("link", name="Staff note").click()
    theirs.fill("#new-note", "Ask about glasses")
    theirs.fill("#say", "Half a sentence")
    without_wifi(theirs, 5)
    theirs.wait_for_timeout(400)  # half a second is what may be lost
    close(theirs)
    context.unroute(STATIONS)

    page, sent = context.new_page(), []
    page.on("request", lambda each: each.method == "POST" and sent.append(each.url))
    next_on_the_tablet(page, as_person("kaur"), address)
    before = waiting(page)
    assert len(before) == 5, "whoever wrote it has not left"
    assert sent == []

    with database.write() as session:
        mark_left(session, people.oyelaran, NOW, people.okafor.person_id)
    next_on_the_tablet(page, as_person("kaur"), address)
    until(page, lambda: waiting(page) == [], "the tablet lets go of it")
    until(page, lambda: people.okafor.person_id not in page.evaluate(_KEPT), "and of their pages")
    assert str(people.okafor.person_id) not in page.evaluate(_KEPT)
    assert [url.removeprefix(address) for url in sent] == ["/left-behind"]
    with database.reading() as session:
        kept = [*session.scalars(select(Change)), *session.scalars(select(StaffNoteChange))]
    assert sorted(str(each.id) for each in kept if each.thing != "half") == sorted(
        each["id"] for each in before
    )
    aside = [each for each in kept if each.outcome is ChangeOutcome.ASIDE]
    assert {each.author_id for each in aside} == {people.okafor.person_id}
    assert {"She reads every night", "Ask about glasses", "Half a sentence"} <= {each.value for each in aside}
    assert held(Entry) == []

    next_on_the_tablet(page, as_person("farrell"), address)
    page.goto("/kept-aside")
    assert "Half a sentence" in page.inner_text("main")
    assert axe_violations(page) == ""
    assert too_small(page, 44) == []
    page.get_by_role("button", name="Take up all").tap()
    page.wait_for_selector("text=are taken up")
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]
    assert sent.count(f"{address}/left-behind") == 1
