"""What was typed and is not at school yet waits on the tablet: for its owner, and once each."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation.models import Change, Entry, StaffNote
from convo.conversation.rules import ChangeOutcome
from convo.db import Database
from tests.browser.conftest import Visit, sign_in
from tests.support.browser import until
from tests.support.client import PageClient

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]
JOURNAL = "**/journal"

_WAITING = """() => new Promise((resolve) => {
  const opening = indexedDB.open('convo', 1)
  opening.onsuccess = () => {
    const all = opening.result.transaction('waiting').objectStore('waiting').getAll()
    const text = bytes => String.fromCharCode(...bytes)
    all.onsuccess = () => { opening.result.close(); resolve(all.result.map(each =>
      ({ ...each, iv: text(each.iv), data: text(each.data), flying: Boolean(each.flying) }))) }
  }
})"""


def waiting(page: Any) -> list[dict[str, Any]]:
    """What the tablet's database holds."""
    found: list[dict[str, Any]] = page.evaluate(_WAITING)
    return found


_UNSEALED = """async records => {
  const bytes = text => Uint8Array.from(text, char => char.charCodeAt(0))
  const raw = bytes(atob(sessionStorage.getItem('key')))
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt'])
  return Promise.all(records.map(async ({ iv, data }) => {
    const said = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes(iv) }, key, bytes(data))
    return JSON.parse(new TextDecoder().decode(said))
  }))
}"""


def unsealed(page: Any) -> list[dict[str, Any]]:
    """What waits on the tablet, as the person whose page it is can read it."""
    found: list[dict[str, Any]] = page.evaluate(_UNSEALED, waiting(page))
    return found


def say(page: Any, words: str) -> None:
    page.fill("#say", words)
    page.press("#say", "Enter")


def texts(page: Any) -> list[str]:
    # All at one moment: a row may go between two questions.
    return page.eval_on_selector_all("[data-list=entry] textarea.voice", "all => all.map(box => box.value)")


def close(page: Any) -> None:
    """Close a tab whose wifi is still gone: closed at once, its last request slips past the test."""
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    page.close()


def without_wifi(page: Any, fields: int) -> None:
    """Wait until this many changes are written to the tablet."""
    until(page, lambda: len(waiting(page)) == fields, "it is on the tablet")


def applied_once(database: Database) -> None:
    with database.reading() as session:
        changes = session.scalars(select(Change)).all()
    assert {change.outcome for change in changes} == {ChangeOutcome.APPLIED}
    assert len({(change.thing_id, change.field) for change in changes}) == len(changes)


def sent_again(page: Any, said: list[str], database: Database) -> None:
    """See that the next page sends what still stands on the tablet, and that it is the same."""
    again = page.context.new_page()
    again.goto(page.url)
    until(again, lambda: waiting(again) == [], "the tablet is empty")
    assert texts(again) == said
    applied_once(database)


def test_what_waits_outlives_a_reload_and_is_shown_again(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.on("dialog", lambda dialog: dialog.accept())
    page.route(JOURNAL, lambda route: route.abort())
    say(page, "She reads every night")
    say(page, "She is shy")
    without_wifi(page, 8)
    page.reload()
    until(page, lambda: texts(page) == ["She reads every night", "She is shy"], "they are back")
    assert held(Entry) == []
    page.locator("[data-list=entry] textarea.voice").first.fill("She reads to her brother every night")
    page.unroute(JOURNAL)
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["She reads to her brother every night", "She is shy"]
    assert waiting(page) == []
    with database.reading() as session:
        outcomes = {change.outcome for change in session.scalars(select(Change))}
    assert outcomes == {ChangeOutcome.APPLIED}
    page.reload()
    assert texts(page) == ["She reads to her brother every night", "She is shy"]


def test_what_a_closed_tab_held_is_sent_by_the_next_one_of_the_same_person(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.context.route(JOURNAL, lambda route: route.abort())
    say(page, "She reads every night")
    without_wifi(page, 4)
    page.fill("#say", "Half a sentence")
    page.wait_for_timeout(400)  # half a second is what may be lost
    close(page)
    page.context.unroute(JOURNAL)
    again = page.context.new_page()
    again.goto(f"/conversations/{meeting}/explore")
    until(again, lambda: again.input_value("#say") == "Half a sentence", "half a sentence is back")
    saved(again)
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]
    applied_once(database)


def test_an_answer_lost_before_a_reload_changes_nothing_twice(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.on("dialog", lambda dialog: dialog.accept())
    lost = []

    def lose(route: Any) -> None:
        route.fetch()
        lost.append(route)
        route.abort()

    page.route(JOURNAL, lose)
    say(page, "She reads every night")
    until(page, lambda: bool(lost), "the school has it")
    assert {change["flying"] for change in waiting(page)} == {True}
    page.reload()
    page.unroute(JOURNAL)
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]
    applied_once(database)


def test_what_changes_while_it_is_on_its_way_is_a_change_after_it(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    on_the_way: list[Any] = []
    page.route(JOURNAL, lambda route: on_the_way.append(route), times=1)
    say(page, "She reads")
    until(page, lambda: bool(on_the_way), "it is on its way")
    page.locator("[data-list=entry] textarea.voice").first.fill("She reads aloud")
    page.wait_for_timeout(400)
    on_the_way[0].continue_()
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["She reads aloud"]
    with database.reading() as session:
        said = session.scalars(select(Change).where(Change.field == "text").order_by(Change.number)).all()
    assert [(change.value, change.outcome) for change in said] == [
        ("She reads", ChangeOutcome.APPLIED),
        ("She reads aloud", ChangeOutcome.APPLIED),
    ]


def test_what_another_tab_is_sending_stays_as_it_was_sent(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database
) -> None:
    first = visit(f"/conversations/{meeting}/explore")
    second = first.context.new_page()
    second.goto(f"/conversations/{meeting}/explore")
    on_the_way: list[Any] = []
    second.route(JOURNAL, lambda route: on_the_way.append(route), times=2)
    say(second, "She is shy")
    until(second, lambda: bool(on_the_way), "the second tab is sending")
    say(first, "She reads")
    without_wifi(first, 8)
    on_the_way[0].continue_()
    until(second, lambda: len(on_the_way) == 2, "it sends what the first tab wrote, too")
    first.locator("[data-list=entry] textarea.voice").first.fill("She reads aloud")
    until(first, lambda: not all(each["flying"] for each in waiting(first)), "it is a change after that")
    on_the_way[1].continue_()
    saved(first)
    assert sorted(entry.text for entry in held(Entry)) == ["She is shy", "She reads aloud"]


def test_two_tabs_of_a_person_send_what_waits_once(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database
) -> None:
    first = visit(f"/conversations/{meeting}/explore")
    first.context.route(JOURNAL, lambda route: route.abort())
    second = first.context.new_page()
    second.goto(f"/conversations/{meeting}/explore")
    say(first, "She reads every night")
    say(second, "She is shy")
    without_wifi(first, 8)
    first.context.unroute(JOURNAL)
    saved(first)
    saved(second)
    assert sorted(entry.text for entry in held(Entry)) == ["She is shy", "She reads every night"]
    applied_once(database)
    assert waiting(first) == []


def test_nothing_on_the_tablet_can_be_read_and_nobody_else_sends_it(
    visit: Visit,
    meeting: UUID,
    held: Held,
    saved: Saved,
    database: Database,
    as_person: Callable[[str], PageClient],
    address: str,
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.context.route(JOURNAL, lambda route: route.abort())
    say(page, "She reads every night")
    page.fill("#say", "Half a sentence")
    without_wifi(page, 4)
    page.wait_for_timeout(400)
    assert "reads" not in json.dumps(waiting(page))
    in_the_clear = {"v", "id", "n", "base", "person", "conversation", "flying"}
    assert {name for record in waiting(page) for name in record} == in_the_clear | {"iv", "data"}
    assert page.evaluate("Object.keys(sessionStorage).sort().join()") == "key,person"  # gone with the tab
    assert page.evaluate("Object.keys(localStorage)") == []
    close(page)
    sign_in(page.context, as_person("farrell"), address)
    page.context.unroute(JOURNAL)
    hers = page.context.new_page()
    hers.goto(f"/conversations/{meeting}/explore")
    say(hers, "Good morning")
    saved(hers)
    assert texts(hers) == ["Good morning"]
    assert hers.input_value("#say") == ""
    assert [entry.text for entry in held(Entry)] == ["Good morning"]
    assert len(waiting(hers)) == 4
    hers.close()
    sign_in(page.context, as_person("okafor"), address)
    mine = page.context.new_page()
    mine.goto(f"/conversations/{meeting}/explore")
    both = ["Good morning", "She reads every night"]
    until(mine, lambda: sorted(entry.text for entry in held(Entry)) == both, "it is sent in his name")


def test_a_staff_note_outlives_a_reload(
    visit: Visit, meeting: UUID, saved: Saved, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/notes", lambda route: route.abort())
    page.get_by_role("link", name="Staff note").tap()
    page.fill("#new-note", "Ask about glasses")
    without_wifi(page, 1)
    page.reload()
    until(page, lambda: page.input_value("#new-note") == "Ask about glasses", "it is back")
    page.unroute("**/notes")
    saved(page)
    with database.reading() as session:
        assert [note.text for note in session.scalars(select(StaffNote))] == ["Ask about glasses"]


@pytest.mark.parametrize(
    "taken",
    [
        "Object.defineProperty(window, 'indexedDB', { value: undefined })",
        "Object.defineProperty(navigator, 'locks', { value: undefined })",
        "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }",
    ],
)
def test_where_the_browser_keeps_nothing_the_page_says_so_and_saves_at_school(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, taken: str
) -> None:
    page = visit("/pupils")
    page.add_init_script(taken)
    page.goto(f"/conversations/{meeting}/explore")
    page.route(JOURNAL, lambda route: route.abort())
    say(page, "She reads every night")
    until(page, lambda: "keep this page open" in page.inner_text("[data-saved]"), "it says so")
    assert page.locator("[data-keeps-nothing]").is_visible()
    page.unroute(JOURNAL)
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]


def test_any_page_of_the_same_person_sends_what_waits(
    visit: Visit, meeting: UUID, held: Held, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.context.route(JOURNAL, lambda route: route.abort())
    say(page, "She reads every night")
    without_wifi(page, 4)
    close(page)
    page.context.unroute(JOURNAL)
    other = page.context.new_page()
    other.goto("/pupils")
    until(other, lambda: waiting(other) == [], "it is sent")
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]
    applied_once(database)


def test_signing_out_sends_first_and_then_leaves_nothing_on_the_tablet(
    visit: Visit, meeting: UUID, held: Held
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.context.route(JOURNAL, lambda route: route.abort())
    say(page, "She reads every night")
    without_wifi(page, 4)
    close(page)
    other = page.context.new_page()
    other.goto("/pupils")
    other.locator(".menu > summary").tap()
    other.get_by_role("button", name="Sign out").tap()
    other.get_by_text("Something you wrote is not at school yet").wait_for()
    assert len(waiting(other)) == 4
    page.context.unroute(JOURNAL)
    other.get_by_role("button", name="Sign out").tap()
    other.wait_for_url("**/sign-in")
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]
    assert other.evaluate("indexedDB.databases()") == []


def test_signing_out_takes_nothing_away_that_waits_of_somebody_else(
    visit: Visit, meeting: UUID, held: Held, as_person: Callable[[str], PageClient], address: str
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.context.route(JOURNAL, lambda route: route.abort())
    say(page, "She reads every night")
    without_wifi(page, 4)
    close(page)
    sign_in(page.context, as_person("farrell"), address)
    page.context.unroute(JOURNAL)
    hers = page.context.new_page()
    hers.goto("/pupils")
    hers.locator(".menu > summary").tap()
    hers.get_by_role("button", name="Sign out").tap()
    hers.wait_for_url("**/sign-in")
    assert len(waiting(hers)) == 4
    assert held(Entry) == []


def test_half_a_sentence_that_was_added_does_not_come_back_however_soon_the_page_went(
    visit: Visit, meeting: UUID
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.on("dialog", lambda dialog: dialog.accept())
    page.route(JOURNAL, lambda route: route.abort())
    page.fill("#say", "She reads every night")
    page.wait_for_timeout(400)  # half a second is what may be lost
    page.evaluate("IDBObjectStore.prototype.delete = () => ({})")  # what is kept of it outlives the page
    page.press("#say", "Enter")
    without_wifi(page, 4)
    page.reload()
    until(page, lambda: texts(page) == ["She reads every night"], "it is back, as it was added")
    page.wait_for_timeout(400)
    assert page.input_value("#say") == ""
