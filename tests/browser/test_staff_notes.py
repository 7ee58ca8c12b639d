"""Staff notes of several people, or of several pages, stand on one page, and each keeps its own words."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation.models import StaffNote
from convo.db import Database
from tests.browser.conftest import Visit
from tests.browser.test_store import close
from tests.browser.test_without_wifi import keeping
from tests.support.browser import until
from tests.support.full_hour import Tablet
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Saved = Callable[[Any], None]
HIS, HERS = "Ask the SENCO about glasses", "Mum has asked for an evening meeting"
# A kept page takes a moment to catch up with what the tablet has: here it takes until the test says so.
_HELD_UP = """
const decrypt = SubtleCrypto.prototype.decrypt
SubtleCrypto.prototype.decrypt = async function (...about) {
  while (document.querySelector('#hour') && !globalThis.mayGoOn) await new Promise(go => setTimeout(go, 20))
  return decrypt.apply(this, about)
}"""


def begin_note(page: Any, words: str) -> None:
    page.get_by_role("link", name="Staff note").tap()
    page.wait_for_function("document.activeElement.id === 'new-note'")
    page.keyboard.type(words)


def at_school(database: Database) -> list[tuple[str, str]]:
    """Return who wrote each note, and its words."""
    with database.reading() as session:
        notes = session.scalars(select(StaffNote)).all()
        return sorted((note.author.name, note.text) for note in notes if not note.removed)


def test_a_colleagues_note_comes_beside_the_one_that_is_being_typed(
    visit: Visit, meeting: UUID, saved: Saved, database: Database, people: People
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    begin_note(page, HIS[:20])
    saved(page)
    with database.write() as session:
        Tablet(session, people.farrell, meeting).write("note", text=HERS)
    hers = page.get_by_role("textbox", name=re.compile(r"^Ms Farrell, \d\d:\d\d$"))
    hers.wait_for()
    assert page.input_value("#new-note") == HIS[:20]
    assert page.evaluate("document.activeElement.id") == "new-note"
    page.keyboard.type(HIS[20:])
    saved(page)
    assert at_school(database) == [("Mr Okafor", HIS), ("Ms Farrell", HERS)]
    assert hers.input_value() == HERS
    hers.press("End")
    page.keyboard.type(", on a Monday")
    saved(page)
    assert at_school(database) == [("Mr Okafor", HIS), ("Ms Farrell", f"{HERS}, on a Monday")]
    page.reload()
    page.get_by_role("link", name="Staff note").tap()
    assert hers.input_value() == f"{HERS}, on a Monday"


def test_a_note_that_waited_comes_beside_one_that_was_begun_before_it_was_back(
    visit: Visit, meeting: UUID, saved: Saved, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.context.route("**/notes", lambda route: route.abort())
    begin_note(page, HIS)
    page.wait_for_timeout(600)  # it is on the tablet
    close(page)
    page.context.unroute("**/notes")
    again = page.context.new_page()
    slow: list[Any] = []
    again.context.route("**/follows.js*", lambda route: slow.append(route))
    again.goto(f"/conversations/{meeting}/explore")
    until(again, lambda: bool(slow), "it is asked for")
    begin_note(again, HERS[:20])
    for route in slow:
        route.continue_()
    again.get_by_role("textbox", name=re.compile("^Mr Okafor, ")).wait_for()
    again.keyboard.type(HERS[20:])
    saved(again)
    assert at_school(database) == [("Mr Okafor", HIS), ("Mr Okafor", HERS)]
    assert again.input_value("#new-note") == HERS


def test_a_note_begun_before_a_kept_page_has_caught_up_is_one_note(
    visit: Visit, meeting: UUID, saved: Saved, database: Database
) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    page.on("dialog", lambda dialog: dialog.accept())
    page.add_init_script(_HELD_UP)
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("#stage-title")
    begin_note(page, HIS[:20])
    page.evaluate("globalThis.mayGoOn = true")
    page.wait_for_timeout(1500)  # it catches up
    page.keyboard.type(HIS[20:])
    page.context.set_offline(False)
    saved(page)
    assert at_school(database) == [("Mr Okafor", HIS)]
