"""Somebody types on while what they wrote is on its way, or before the page has taken up what waits."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.models import Entry
from convo.settings import Settings
from tests.browser.conftest import Hers, Visit
from tests.browser.test_store import close, say, texts
from tests.browser.test_taken_out import ASKED, EVERY, JOURNAL, goes_on, with_line
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Saved = Callable[[Any], None]
Held = Callable[[type[Any]], list[Any]]
LONG = "What she wrote at home " * 450

_TYPES = """const types = letters => {
  const box = document.querySelector('[data-list=entry] textarea.voice')
  box.value += letters
  box.dispatchEvent(new Event('input', { bubbles: true }))
}"""

# One key comes while the tablet reads what it will send, the next as soon as that has left.
_TYPES_MEANWHILE = f"""() => {{
  {_TYPES}
  const {{ getAll }} = IDBIndex.prototype
  IDBIndex.prototype.getAll = function (...range) {{
    IDBIndex.prototype.getAll = getAll
    const reading = getAll.apply(this, range)
    reading.addEventListener('success', () => types(' she'))
    return reading
  }}
  const {{ fetch }} = window
  window.fetch = (...what) => {{
    window.fetch = fetch
    types(' counts')
    return new Promise(then => setTimeout(then, 800)).then(() => fetch(...what))
  }}
}}"""

# What the tablet has it keeps, and nothing new.
IS_FULL = """() => {
  IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }
}"""

# The tablet takes its time to read what waits.
_READS_SLOWLY = """(() => {
  const { getAll } = IDBIndex.prototype
  IDBIndex.prototype.getAll = function (...range) {
    const until = performance.now() + 2500
    const again = () => { if (performance.now() < until) this.objectStore.count().onsuccess = again }
    again()
    return getAll.apply(this, range)
  }
})()"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The tablet waits a second before it sends, as in a school."""
    return replace(settings, flush_milliseconds=1000)


def words(held: Held) -> list[str]:
    return [entry.text for entry in held(Entry)]


def test_nobody_has_a_conflict_with_themselves_while_they_type(
    visit: Visit, meeting: UUID, saved: Saved, held: Held
) -> None:
    page = with_line(visit, meeting, saved)
    page.evaluate(_TYPES_MEANWHILE)
    goes_on(page, " and")
    page.wait_for_timeout(2500)
    saved(page)
    until(page, lambda: words(held) == ["She reads every night and she counts"], "all is at school")
    assert texts(page) == ["She reads every night and she counts"]
    assert page.locator("[data-conflict]").count() == 0


def test_an_answer_that_was_lost_hides_nothing_that_another_wrote_after_it(
    visit: Visit, meeting: UUID, saved: Saved, held: Held, hers: Hers
) -> None:
    page = with_line(visit, meeting, saved)
    lost: list[Any] = []

    def lose(route: Any) -> None:
        if not lost:
            route.fetch()
        lost.append(route)
        route.abort()

    page.route(JOURNAL, lose)
    page.get_by_label("What was said").nth(1).fill("She reads aloud")
    until(page, lambda: words(held) == ["She reads aloud"], "the school has it")
    hers("text", "She reads aloud to Gran")
    with page.expect_response(ASKED):  # she is heard of before it is sent again
        page.wait_for_timeout(EVERY)
    page.unroute(JOURNAL)
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, lambda: texts(page) == ["She reads aloud to Gran"], "her words are shown")
    saved(page)
    assert page.locator("[data-conflict]").count() == 0


def test_what_a_tablet_kept_before_it_was_full_is_not_shown_over_what_was_sent(
    visit: Visit, meeting: UUID, saved: Saved, held: Held
) -> None:
    page = with_line(visit, meeting, saved)
    goes_on(page, " and")
    page.wait_for_timeout(500)  # it is on the tablet, and not sent yet
    page.evaluate(IS_FULL)
    page.keyboard.type(" counts")
    page.locator("[data-keeps-nothing]").wait_for()
    until(page, lambda: words(held) == ["She reads every night and counts"], "the school has it")
    saved(page)
    page.wait_for_timeout(300)
    again = page.context.new_page()
    close(page)
    again.goto(f"/conversations/{meeting}/explore")
    saved(again)
    again.wait_for_timeout(EVERY)
    assert texts(again) == ["She reads every night and counts"]


def test_what_was_refused_before_is_not_shown_over_what_is_typed_at_once(
    visit: Visit, meeting: UUID, saved: Saved, held: Held
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    saved(page)
    page.get_by_label("What was said").nth(1).fill(LONG)
    page.get_by_text("Needs you: some words cannot be saved").wait_for()
    close(page)
    again = page.context.new_page()
    again.add_init_script(_READS_SLOWLY)
    again.goto(f"/conversations/{meeting}/explore")
    goes_on(again, " and counts")
    saved(again)
    assert texts(again) == words(held) == ["She reads every night and counts"]
    again.reload()
    saved(again)
    assert texts(again) == ["She reads every night and counts"]


# A store that says that nothing waits any more, while something is written and put down.
_WRITES_AT_THE_END = """async () => {
  const { Journal } = await import('/static/hour/journal.js')
  const rows = []
  const store = {
    async save(change) { rows.push({ ...change }) },
    async all() { return [] },
    async claim() {
      const found = [...rows]
      if (!found.length && sent.length === 1) {
        journal.write('entry', 'e', 'text', 'two')
        await journal.keep()
      }
      return found
    },
    async drop(ids) { for (const id of ids) rows.splice(rows.findIndex(row => row.id === id), 1) },
    async keepLog() {},
  }
  const sent = []
  window.fetch = async (_, { body }) => {
    const { changes } = JSON.parse(body)
    sent.push(...changes.map(({ value }) => value))
    const answers = changes.map(({ id }) => ({ id, outcome: 'applied', number: sent.length, head: id }))
    return { ok: true, json: async () => ({ answers }) }
  }
  const about = { conversation: 'c', person: 'p', pause: 60000, token: 't', now: () => '' }
  const journal = new Journal({ store: Promise.resolve(store), ...about })
  const states = []
  journal.addEventListener('state', ({ detail }) => states.push(detail))
  journal.write('entry', 'e', 'text', 'one')
  const all = await journal.flush()
  return { all, pending: journal.pending, states, sent }
}"""


def test_what_is_written_at_the_end_of_a_sending_is_not_called_saved(visit: Visit) -> None:
    page = visit("/health")
    said = page.evaluate(_WRITES_AT_THE_END)
    assert (said["all"], said["pending"]) == (False, 1)
    assert "saved" not in said["states"]
