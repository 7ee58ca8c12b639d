"""The hour without the school in a second engine, WebKitGTK: nothing is lost, and nothing is there twice."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from selenium.webdriver.common.keys import Keys
from sqlalchemy import select

from convo.conversation.models import Change, Conversation, Entry, Priority, StaffNote
from convo.conversation.rules import ChangeOutcome
from convo.db import Database
from convo.plan.models import Action, Target
from convo.plan.rules import Agreement
from tests.support.browser import served
from tests.support.people import PASSWORD
from tests.support.webkit import webkit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:selenium.*"),  # it warns of its own ways
]

Held = Callable[[type[Any]], list[Any]]


class School:
    """The school's server, which goes away and comes back at the same address."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._open = ExitStack()
        self.address = self._open.enter_context(served(app))

    def goes_away(self) -> None:
        self._open.close()

    def comes_back(self) -> None:
        self._open.enter_context(served(self.app, urlsplit(self.address).port or 0))


@pytest.fixture
def school(app: Flask) -> Iterator[School]:
    school = School(app)
    yield school
    school.goes_away()


class Tablet:
    """A tablet with WebKit, and what a hand does at it."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def js(self, text: str, *arguments: Any) -> Any:
        return self.driver.execute_script(text, *arguments)

    def later(self, text: str) -> Any:
        """Return what a promise resolves to."""
        return self.driver.execute_async_script(
            f"const tell = arguments[0]; ({text}).then(tell, (fault) => tell(String(fault)))"
        )

    def until(self, holds: Callable[[], Any], what: str, seconds: float = 15) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"{what}: not so after {seconds} s"
            time.sleep(0.05)

    def find(self, selector: str, words: str = "") -> Any:
        """Return the first thing on the screen that a selector means and whose words begin so."""
        seen = """return [...document.querySelectorAll(arguments[0])].find(each =>
          each.checkVisibility() && each.textContent.trim().startsWith(arguments[1]))"""
        self.until(lambda: self.js(seen, selector, words), f"{selector} {words} is on the screen")
        return self.js(seen, selector, words)

    def tap(self, selector: str, words: str = "") -> None:
        found = self.find(selector, words)
        self.js("arguments[0].scrollIntoView({ block: 'center' })", found)
        takes = "return getComputedStyle(arguments[0]).pointerEvents !== 'none'"
        self.until(lambda: self.js(takes, found), "a tap there is taken")
        found.click()

    def button(self, words: str) -> None:
        self.tap("button, a", words)

    def type(self, selector: str, words: str) -> None:
        self.tap(selector)
        self.find(selector).send_keys(words)

    def state(self) -> str:
        said: str = self.js("return document.querySelector('[data-saved]')?.textContent ?? ''")
        return said

    def texts(self) -> list[str]:
        found: list[str] = self.js(
            "return [...document.querySelectorAll('[data-list=entry] textarea.voice')].map(e => e.value)"
        )
        return found

    def reload_without_school(self) -> None:
        """Load the page again, once half a second has passed since the last key: that much may be lost."""
        time.sleep(0.5)
        self.driver.refresh()
        self.find("#stage-title")
        assert self.js("return 'kept' in document.body.dataset"), "the tablet shows the page that it kept"


@pytest.fixture
def tablet(tmp_path: Path) -> Iterator[Tablet]:
    with webkit(str(tmp_path / "profile")) as driver:
        yield Tablet(driver)


_READY = """(async () => {
  const worker = await navigator.serviceWorker.getRegistration()
  if (worker?.active?.state != 'activated' || !navigator.serviceWorker.controller) return false
  const opening = indexedDB.open('convo', 1)
  await new Promise(done => { opening.onsuccess = done })
  const keys = opening.result.transaction('pages').objectStore('pages').getAllKeys()
  await new Promise(done => { keys.onsuccess = done })
  opening.result.close()
  return ['hour', 'kit'].every(kind => keys.result.some(key => key[2] == kind))
})()"""


def open_hour(tablet: Tablet, school: School, meeting: UUID) -> None:
    tablet.driver.get(f"{school.address}/conversations/{meeting}/explore")
    tablet.type("[name=email]", "okafor@fenmarket.example")
    tablet.type("[name=password]", PASSWORD)
    tablet.button("Sign in")
    tablet.find("#stage-title")
    tablet.until(lambda: tablet.later(_READY) is True, "the tablet has what it needs")


def test_an_hour_whose_school_is_gone_in_the_middle_is_there_after_each_reload_and_arrives_once(
    tablet: Tablet, school: School, meeting: UUID, held: Held, database: Database
) -> None:
    open_hour(tablet, school, meeting)
    tablet.type("#say", "Said with wifi" + Keys.ENTER)
    tablet.until(lambda: tablet.state().startswith("Saved at school"), "it is saved")

    school.goes_away()
    tablet.type("#say", "She reads to her brother" + Keys.ENTER)
    tablet.tap("[data-voices] .choice", "Amina")
    tablet.type("#say", "I like the funny book & “اردو” é" + Keys.ENTER)
    tablet.button("Staff note")
    tablet.type("#new-note", "Ask about glasses")
    tablet.type("#say", "Half a sentence")
    tablet.until(lambda: "not at school yet" in tablet.state(), "it says where it stands")
    tablet.reload_without_school()
    said = ["Said with wifi", "She reads to her brother", "I like the funny book & “اردو” é"]
    tablet.until(lambda: tablet.texts() == said, "all is back")
    assert tablet.find("#say").get_property("value") == "Half a sentence"
    assert tablet.js("return document.querySelector('#new-note').value") == "Ask about glasses"

    tablet.button("Next: Focus")
    tablet.button("This matters most")
    tablet.button("Next: Plan")
    tablet.button("Make this a target")
    tablet.type("#do", "Read together")
    tablet.tap("[data-doers] .choice", "Mrs Nasreen Khan")
    tablet.tap("[data-add]", "Add")
    tablet.button("Next: Review")
    tablet.tap(".readback .choice", "Agreed")
    tablet.reload_without_school()
    tablet.until(lambda: tablet.find("#stage-title").text.startswith("Review"), "the stage is there again")
    agreed = "return document.querySelector('.readback :checked')?.value"
    tablet.until(lambda: tablet.js(agreed) == Agreement.AGREED, "what they agreed is there again")

    school.comes_back()
    all_but_half = "On this tablet · not added yet"
    tablet.until(lambda: tablet.state() == all_but_half, "the rest is at school", seconds=40)
    assert [entry.text for entry in held(Entry)] == said
    [priority], [target], [action] = held(Priority), held(Target), held(Action)
    assert (target.priority_id, action.target_id) == (priority.id, target.id)
    assert (action.what, action.who, action.agreement) == (
        "Read together",
        "Mrs Nasreen Khan",
        Agreement.AGREED,
    )
    assert held(Conversation)[0].stage.value == "review"
    with database.reading() as session:
        assert [note.text for note in session.scalars(select(StaffNote))] == ["Ask about glasses"]
        changes = session.scalars(select(Change)).all()
    assert {change.outcome for change in changes} == {ChangeOutcome.APPLIED}
    told = [(change.thing_id, change.field, change.value) for change in changes]
    assert len(told) == len({str(each) for each in told})
    tablet.driver.get(f"{school.address}/conversations/{meeting}/explore")
    assert tablet.texts() == said


def test_signing_out_sends_first_and_leaves_nothing_in_this_engine_either(
    tablet: Tablet, school: School, meeting: UUID, held: Held
) -> None:
    open_hour(tablet, school, meeting)
    school.goes_away()
    tablet.type("#say", "She reads every night" + Keys.ENTER)
    tablet.until(lambda: "not at school yet" in tablet.state(), "it says where it stands")
    time.sleep(0.5)
    school.comes_back()
    tablet.driver.get(f"{school.address}/pupils")
    tablet.tap(".menu > summary")
    tablet.button("Sign out")
    tablet.find("[name=email]")
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]
    left = """(async () => [
      (await indexedDB.databases()).length, (await caches.keys()).length, sessionStorage.length,
      (await navigator.serviceWorker.getRegistrations()).length
    ])()"""
    assert tablet.later(left) == [0, 0, 0, 0]
    tablet.driver.back()
    tablet.find("[name=email]")
    assert "Amina" not in tablet.driver.page_source
