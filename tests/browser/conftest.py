"""The app on loopback with Amina's meeting open, tablets signed in to it, and the hand that holds one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from convo.conversation.incoming import read_change
from convo.conversation.journal import apply_changes
from convo.conversation.models import Change, Conversation, Entry
from convo.conversation.operations import open_unplanned
from convo.conversation.queries import head_of
from convo.db import Database
from convo.people.models import Carer, Pupil
from convo.settings import Settings
from tests.support.browser import PATIENCE, TABLET, served, until
from tests.support.changes import change
from tests.support.client import PageClient
from tests.support.full_hour import FullHour, fill
from tests.support.meetings import guide
from tests.support.people import NOW, People

Visit = Callable[..., Any]
Hers = Callable[[str, Any], None]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The tablet sends sooner than in a school, so that tests need not wait."""
    return replace(settings, flush_milliseconds=60)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def meeting(database: Database, people: People) -> UUID:
    """Mr Okafor's meeting about Amina with her mother, open."""
    with database.write() as session:
        carers = (people.mrs_khan.id,)
        return open_unplanned(session, people.okafor, NOW, people.amina.id, guide(), carers).id


@pytest.fixture
def full(database: Database, people: People) -> FullHour:
    """Mr Okafor's second meeting about Amina, open, with something in every stage."""
    with database.write() as session:
        return fill(session, people)


@pytest.fixture
def visit(
    browser: Any, address: str, as_person: Callable[[str], PageClient], request: pytest.FixtureRequest
) -> Iterator[Visit]:
    """Return a tablet signed in as somebody, at an address: ``visit("/pupils", "farrell")``.

    Whatever else a test is about: a script that breaks, or that the security policy stops, fails it. There is
    no service worker unless ``service_workers="allow"``: requests may slip past it and a test's own hand.
    """
    contexts, faults, on_the_way = [], [], set()

    def watch(page: Any) -> None:
        def arrived(*_: Any) -> None:
            on_the_way.discard(page)

        page.on("request", lambda sent: sent.is_navigation_request() and on_the_way.add(page))
        page.on("requestfailed", lambda sent: sent.is_navigation_request() and arrived())
        page.on("load", arrived)
        page.on("download", arrived)

    def open_page(path: str, name: str = "okafor", size: tuple[int, int] = TABLET, **context: Any) -> Any:
        view = {"width": size[0], "height": size[1]}
        context.setdefault("service_workers", "block")
        contexts.append(
            browser.new_context(viewport=view, has_touch=True, is_mobile=True, base_url=address, **context)
        )
        sign_in(contexts[-1], as_person(name), address)
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: "Security Policy" in told.text and faults.append(told.text))
        watch(page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            # Chromium can hang for good when a page is closed that is on its way to another.
            page.wait_for_timeout(50)
            until(page, lambda page=page: page not in on_the_way, "the page has arrived")
        context.close()
    assert faults == []


def sign_in(context: Any, client: PageClient, address: str) -> None:
    """Give a browser the cookie of a visitor who has signed in."""
    cookie = client.flask.get_cookie("convo")
    assert cookie is not None
    context.add_cookies([{"name": "convo", "value": cookie.value, "url": address}])


@dataclass
class Hand:
    """A hand at a tablet, which counts its taps and the characters that it types."""

    page: Any
    taps: int = 0
    characters: int = 0

    def tap(self, selector: str) -> None:
        """Tap the one thing on the screen that a selector means."""
        self.page.locator(selector).locator("visible=true").tap()
        self.taps += 1

    def button(self, words: str, **more: Any) -> None:
        """Tap the button or link with these words."""
        found = self.page.get_by_role("button", name=words, exact=True)
        found.or_(self.page.get_by_role("link", name=words, exact=True)).locator("visible=true").tap()
        self.taps += 1

    def chip(self, words: str, within: str = "body") -> None:
        """Tap the chip with these words."""
        self.page.locator(f"{within} .choice", has_text=words).locator("visible=true").first.tap()
        self.taps += 1

    def type(self, words: str) -> None:
        """Type where the cursor stands."""
        self.page.keyboard.type(words)
        self.characters += len(words)


@pytest.fixture
def held(database: Database, meeting: UUID) -> Callable[[type[Any]], list[Any]]:
    """Return what the school holds of a kind of thing in the meeting, without what was taken out."""

    def rows(kind: type[Any]) -> list[Any]:
        with database.reading() as session:
            if kind is Conversation:
                return [session.get_one(Conversation, meeting)]
            here = select(kind).where(kind.conversation_id == meeting, ~kind.removed)
            return list(session.scalars(here.order_by(kind.position)))

    return rows


@pytest.fixture
def saved() -> Callable[[Any], None]:
    """Wait until a tablet has sent everything: its page says so, a moment later, and goes without asking."""

    def wait(page: Any) -> None:
        goes = "dispatchEvent(new Event('beforeunload', { cancelable: true }))"
        waits = "/^$|^On this tablet( · not at school yet)?$|^Not at school yet/"
        says = f"!{waits}.test(document.querySelector('[data-saved]')?.textContent)"
        until(page, lambda: page.evaluate(f"{goes} && {says}"), "everything is saved at school")

    return wait


@pytest.fixture
def begin(database: Database, people: People) -> Callable[[Pupil, Carer], UUID]:
    """Open Mr Okafor's meeting with a pupil's carer."""

    def opened(pupil: Pupil, carer: Carer) -> UUID:
        with database.write() as session:
            return open_unplanned(session, people.okafor, NOW, pupil.id, guide(), (carer.id,)).id

    return opened


@pytest.fixture
def polish(begin: Callable[[Pupil, Carer], UUID], people: People) -> UUID:
    """Mr Okafor's meeting with Mrs Wójcik, open."""
    return begin(people.szymon, people.mrs_wojcik)


@pytest.fixture
def hers(database: Database, people: People, meeting: UUID) -> Hers:
    """Return what lets Ms Farrell write a field of the first line, whose words she has read."""

    def write(field: str, value: Any) -> None:
        with database.write() as session:
            [entry, *_] = session.scalars(
                select(Entry.id).where(Entry.conversation_id == meeting).order_by(Entry.position)
            )
            head = head_of(session, Change, meeting, entry, "text")
            made = read_change(change("entry", entry, field, value, head))
            [answer] = apply_changes(session, people.farrell, NOW, meeting, [made])
            assert answer.outcome == "applied"

    return write
