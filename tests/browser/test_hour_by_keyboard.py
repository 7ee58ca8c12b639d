"""A whole conversation by keyboard alone: the focus is always seen, and never lost."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation.models import Conversation, Entry
from convo.conversation.rules import State
from convo.db import Database
from convo.plan.models import Action
from tests.browser.conftest import Visit
from tests.support.browser import until
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_FOCUS = """() => {
  const at = document.activeElement
  const words = [...(at.labels ?? [])].map(label => label.textContent).join(' ') || at.textContent
  const shown = at.matches('.choice input') ? at.nextElementSibling : at
  const box = shown.getBoundingClientRect()
  const foot = document.querySelector('.foot')
  const end = foot && !foot.contains(at) ? foot.getBoundingClientRect().top : innerHeight
  const head = document.querySelector('.head')
  const start = head && at.closest('main') ? Math.max(0, head.getBoundingClientRect().bottom) : 0
  const inside = box.bottom > start && box.top < end && box.width > 0
  const ring = getComputedStyle(shown).outlineStyle
  const fault = `${ring} ${box.top} to ${box.bottom} of ${start} to ${end}`
  return [at.tagName, words.trim(), inside && ring == 'solid' ? '' : fault]
}"""


class Keys:
    """Two hands on a keyboard. After every key the focus has to be on something, and to be seen."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, *keys: str) -> str:
        """Press keys one after the other and return the words of what then has the focus."""
        words = ""
        for key in keys:
            self.page.keyboard.press(key)
            words = self.at(key)
        return words

    def at(self, after: str) -> str:
        """Return the words of what has the focus."""
        tag, words, fault = self.page.evaluate(_FOCUS)
        assert tag != "BODY", f"the focus is lost after {after}"
        assert not fault, f"nobody sees that the focus is on {tag} “{words}” after {after}: {fault}"
        return words

    def go_to(self, words: str, key: str = "Tab") -> None:
        """Press Tab until the focus is on something with these words."""
        for _ in range(120):
            if self.press(key) == words:
                return
        raise AssertionError(f"no Tab leads to “{words}”")

    def choose(self, words: str) -> None:
        """Choose a chip with the arrow keys, from the one that has the focus."""
        for _ in range(12):
            if self.press("ArrowRight") == words:
                return
        raise AssertionError(f"no arrow leads to “{words}”")


def test_a_conversation_is_held_by_keyboard_alone(visit: Visit, database: Database, people: People) -> None:
    page = visit(f"/pupils/{people.amina.id}")
    keys = Keys(page)
    keys.go_to("Start one now with Mrs Nasreen Khan")
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore")

    keys.go_to("What was said")
    page.keyboard.type("She goes quiet in class")
    assert keys.press("Enter") == "What was said"
    page.keyboard.type("I like the funny book")
    keys.press("Tab")
    keys.choose("Amina")
    keys.go_to("Add")
    assert keys.press("Enter") == "What was said"

    keys.go_to("Next: Focus")
    assert keys.press("Enter") == "Focus: what matters most"
    keys.go_to("This matters most")
    assert keys.press("Enter") == "This matters most"  # of the next line
    keys.go_to("Next: Plan")
    keys.press("Enter")
    keys.go_to("Make this a target")
    assert keys.press("Enter").startswith("More")
    keys.go_to("What will somebody do?")
    page.keyboard.type("Read together")
    keys.press("Tab")
    keys.press("Space")
    keys.go_to("Add")
    assert keys.press("Enter") == "What will somebody do?"
    page.keyboard.type("Read with one friend first")
    keys.press("Tab")
    keys.choose("Mr Okafor")
    keys.go_to("Add")
    keys.press("Enter")
    keys.go_to("Next: Review")
    keys.press("Enter")
    keys.go_to("Agreed")
    keys.press("Space")
    keys.go_to("Agreed")
    keys.press("Space")
    page.locator("[data-next-choices] button").first.focus()
    keys.press("Enter")
    keys.go_to("Close and give copies")
    page.keyboard.press("Enter")
    page.wait_for_url("**/summary")
    with database.reading() as session:
        assert session.scalars(select(Conversation)).one().state is State.CLOSED
        said = session.scalars(select(Entry).order_by(Entry.position)).all()
        done = session.scalars(select(Action).order_by(Action.position)).all()
    assert [entry.text for entry in said] == ["She goes quiet in class", "I like the funny book"]
    assert [(action.what, action.who) for action in done] == [
        ("Read together", "Mrs Nasreen Khan"),
        ("Read with one friend first", "Mr Okafor"),
    ]


def test_the_way_back_through_a_long_page_is_never_under_its_head(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    keys = Keys(page)
    keys.go_to("What was said")
    for line in range(12):
        page.keyboard.type(f"She reads on day {line}")
        keys.press("Enter")
    page.locator("#staff-note summary").focus()
    assert page.evaluate("scrollY") > 300
    keys.go_to("Pause", "Shift+Tab")


def test_taking_out_and_undoing_keep_the_focus(
    visit: Visit, meeting: UUID, held: Callable[[type[Any]], list[Any]]
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    keys = Keys(page)
    keys.go_to("What was said")
    page.keyboard.type("She reads every night")
    keys.press("Enter")
    keys.go_to("More about this line")
    keys.press("Enter")
    keys.go_to("Take out")
    assert keys.press("Enter") == "Undo"
    until(page, lambda: held(Entry) == [], "the line is taken out")
    keys.press("Enter")
    until(page, lambda: len(held(Entry)) == 1, "the line is back")


def test_moving_a_line_keeps_the_focus_on_its_button(
    visit: Visit, meeting: UUID, held: Callable[[type[Any]], list[Any]]
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    keys = Keys(page)
    keys.go_to("What was said")
    for words in ("First", "Second"):
        page.keyboard.type(words)
        keys.press("Enter")
    keys.go_to("More about this line")
    keys.press("Enter")
    keys.go_to("Move down")
    assert keys.press("Enter") == "Move down"
    until(page, lambda: [entry.text for entry in held(Entry)] == ["Second", "First"], "it has moved")
    texts = page.locator("[data-list=entry] textarea")
    assert [texts.nth(n).input_value() for n in (0, 1)] == ["Second", "First"]
