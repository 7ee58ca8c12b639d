"""The session runs out in the middle of the hour: one signs in over the page, and on it goes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pyotp
import pytest
from sqlalchemy import delete, select

from convo.access.models import Person, SignIn
from convo.conversation.models import Change, Conversation
from convo.conversation.rules import State
from convo.db import Database
from tests.browser.conftest import Visit, sign_in
from tests.browser.test_saving import said, say
from tests.support.browser import PHONE, TABLET, axe_violations, open_all, sticking_out, too_small, until
from tests.support.client import PageClient
from tests.support.people import NOW, PASSWORD, People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]
JOURNAL = "**/journal"
SIGNED_OUT = "You have been signed out. What you type waits on this tablet."
NOT_RIGHT = "That is not the password"


@pytest.fixture
def page(visit: Visit, meeting: UUID, database: Database) -> Any:
    """Mr Okafor's page after his session has run out, with a line that he said since."""
    return signed_out(visit(f"/conversations/{meeting}/explore"), database)


def signed_out(page: Any, database: Database) -> Any:
    page.wait_for_load_state("networkidle")
    end_sign_ins(database)
    say(page, "She reads every night")
    until(page, lambda: bar(page) == SIGNED_OUT, "the bar says so")
    return page


def end_sign_ins(database: Database) -> None:
    with database.write() as session:
        session.execute(delete(SignIn))


def bar(page: Any) -> str:
    found: str = page.inner_text("[data-signed-out] [role=status]")
    return found


def is_over_the_page(page: Any) -> bool:
    return bool(page.locator(".sign-in").count())


def begin(page: Any) -> None:
    page.get_by_role("button", name="Sign in").tap()
    assert is_over_the_page(page)


def give(page: Any, password: str) -> None:
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def wrong(page: Any) -> str:
    return " ".join(page.locator(".sign-in [role=alert]").all_inner_texts()).strip()


def signed_in(database: Database) -> list[UUID]:
    with database.reading() as session:
        return list(session.scalars(select(SignIn.person_id)))


def test_the_right_password_goes_on_with_nothing_lost_and_the_cursor_where_it_was(
    page: Any, held: Held, saved: Saved, database: Database, people: People
) -> None:
    page.fill("#say", "She shy")
    page.evaluate("document.querySelector('#say').setSelectionRange(4, 4)")
    begin(page)
    email = page.get_by_label("E-mail address")
    assert (email.input_value(), email.is_editable()) == ("okafor@fenmarket.example", False)
    assert page.evaluate("document.activeElement.name") == "password"
    give(page, PASSWORD)
    until(page, lambda: not is_over_the_page(page), "on it goes")
    page.keyboard.type("is ")
    assert page.input_value("#say") == "She is shy"
    saved(page)
    assert said(held) == ["She reads every night"]
    assert page.inner_text("[data-saved]") == "On this tablet · not added yet"
    assert bar(page) == ""
    assert page.get_by_role("button", name="Sign in").is_hidden()
    say(page, "She counts well")
    saved(page)
    with database.reading() as session:
        assert set(session.scalars(select(Change.author_id))) == {people.okafor.person_id}
    assert signed_in(database) == [people.okafor.person_id]


def test_a_wrong_password_says_so_of_what_can_be_typed_there_and_the_next_one_is_taken(
    page: Any, held: Held, saved: Saved
) -> None:
    begin(page)
    page.keyboard.press("Enter")
    assert wrong(page) == "Type your password."
    give(page, "wrong wrong wrong")
    until(page, lambda: NOT_RIGHT in wrong(page), "it says so")
    assert "address" not in wrong(page)
    box = page.get_by_label("Password")
    assert (box.input_value(), box.get_attribute("aria-invalid")) == ("", "true")
    assert box.evaluate("box => box === document.activeElement")
    assert said(held) == []
    give(page, PASSWORD)
    saved(page)
    assert said(held) == ["She reads every night"]


def test_after_many_wrong_tries_a_sentence_asks_to_wait(page: Any, held: Held) -> None:
    begin(page)
    for _ in range(5):
        give(page, "wrong wrong wrong")
        until(page, lambda: NOT_RIGHT in wrong(page), "it says so")
    give(page, PASSWORD)
    until(page, lambda: "wait 15 minutes" in wrong(page), "it says so")
    assert is_over_the_page(page)
    assert said(held) == []


def test_without_an_answer_of_the_school_the_password_stays_and_is_tried_again(
    page: Any, held: Held, saved: Saved
) -> None:
    begin(page)
    page.route("**/session", lambda route: route.abort())
    give(page, PASSWORD)
    until(page, lambda: "cannot be reached just now" in wrong(page), "it says so")
    assert page.get_by_label("Password").input_value() == PASSWORD
    page.unroute("**/session")
    page.locator(".sign-in").get_by_role("button", name="Sign in").tap()
    saved(page)
    assert said(held) == ["She reads every night"]


def test_an_answer_that_is_lost_on_its_way_is_asked_for_again(page: Any, held: Held, saved: Saved) -> None:
    begin(page)

    def lose(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/session", lose)
    give(page, PASSWORD)
    saved(page)
    until(page, lambda: not is_over_the_page(page), "on it goes")
    assert said(held) == ["She reads every night"]


def test_the_code_is_asked_for_where_the_person_has_one(
    page: Any, held: Held, saved: Saved, database: Database, people: People
) -> None:
    secret = pyotp.random_base32()
    with database.write() as session:
        session.get_one(Person, people.okafor.person_id).second_factor_secret = secret
    begin(page)
    box = page.get_by_label("Code from your app")
    assert box.is_hidden()
    give(page, PASSWORD)
    until(page, lambda: wrong(page) == "Type the code that your app shows now.", "it is asked for")
    assert box.get_attribute("aria-invalid") == "false"
    assert box.evaluate("box => box === document.activeElement")
    box.fill("12")
    page.keyboard.press("Enter")
    until(page, lambda: "This code is not right" in wrong(page), "it says so")
    assert page.get_by_label("Password").input_value() == PASSWORD
    box.fill(pyotp.TOTP(secret).at(NOW))
    page.keyboard.press("Enter")
    saved(page)
    assert said(held) == ["She reads every night"]
    until(page, lambda: not is_over_the_page(page), "what was typed there is gone")


def test_what_another_person_knows_changes_nothing(page: Any, held: Held, database: Database) -> None:
    begin(page)
    page.locator(".sign-in [name=email]").evaluate("box => { box.value = 'farrell@fenmarket.example' }")
    give(page, PASSWORD)
    until(page, lambda: "This page belongs to somebody else" in wrong(page), "it says so")
    assert is_over_the_page(page)
    assert bar(page) == SIGNED_OUT
    assert said(held) == []
    assert signed_in(database) == []


def test_while_somebody_else_is_signed_in_the_page_waits_for_its_own_person(
    page: Any,
    held: Held,
    saved: Saved,
    database: Database,
    people: People,
    as_person: Callable[[str], PageClient],
    address: str,
) -> None:
    sign_in(page.context, as_person("farrell"), address)
    waits = "Somebody else is signed in here. What is yours waits on this tablet."
    until(page, lambda: bar(page) == waits, "the bar says so")
    say(page, "She is shy")
    page.wait_for_timeout(300)
    assert said(held) == []
    begin(page)
    give(page, PASSWORD)
    saved(page)
    assert said(held) == ["She reads every night", "She is shy"]
    with database.reading() as session:
        assert set(session.scalars(select(Change.author_id))) == {people.okafor.person_id}
        ended = select(SignIn.person_id).where(SignIn.ended_at.is_not(None))
        assert list(session.scalars(ended)) == [people.farrell.person_id]


def test_a_plain_form_asks_to_sign_in_first_though_nothing_waits(
    visit: Visit, meeting: UUID, database: Database
) -> None:
    path = f"/conversations/{meeting}/review"
    page = visit(path)
    page.wait_for_load_state("networkidle")
    end_sign_ins(database)
    send_until(page)
    until(page, lambda: bar(page) == SIGNED_OUT, "the bar says so")
    stays_signed_out(page, path)
    begin(page)
    give(page, PASSWORD)
    until(page, lambda: bar(page) == "", "on it goes")
    with page.expect_navigation():
        send_until(page)
    assert "/sign-in" not in page.url


def test_what_is_agreed_after_the_session_ran_out_closes_once_one_has_signed_in(
    visit: Visit, meeting: UUID, database: Database, people: People
) -> None:
    path = f"/conversations/{meeting}/review"
    page = visit(path)
    page.wait_for_load_state("networkidle")
    end_sign_ins(database)
    page.get_by_text("Close and give copies", exact=True).tap()
    until(page, lambda: bar(page) == SIGNED_OUT, "the bar says so")
    stays_signed_out(page, path)
    begin(page)
    give(page, PASSWORD)
    page.wait_for_url(f"**/conversations/{meeting}/summary")
    with database.reading() as session:
        closed = session.get_one(Conversation, meeting)
        assert (closed.state, closed.closed_by_id) == (State.CLOSED, people.okafor.person_id)


def send_until(page: Any) -> None:
    """Send "We have until", a plain form."""
    page.evaluate("document.querySelector('#form-until').requestSubmit()")


def stays_signed_out(page: Any, path: str) -> None:
    page.evaluate("dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(200)
    assert page.url.endswith(path)
    assert bar(page) == SIGNED_OUT


def test_not_now_leaves_the_page_as_it_was_and_nothing_in_the_password(page: Any) -> None:
    page.fill("#say", "Half a sen")
    for way in ("Not now", "Escape"):
        begin(page)
        page.get_by_label("Password").fill("half")
        if way == "Escape":
            page.keyboard.press("Escape")
        else:
            page.get_by_role("button", name=way).tap()
        until(page, lambda: not is_over_the_page(page), "it is closed")
        until(page, lambda: page.evaluate("document.activeElement.id") == "say", "the focus is back")
    assert page.input_value("#say") == "Half a sen"
    assert bar(page) == SIGNED_OUT


def test_by_keyboard_the_focus_goes_back_to_the_page(page: Any, saved: Saved) -> None:
    page.focus(".stages a >> nth=-1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert is_over_the_page(page)
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    saved(page)
    until(page, lambda: not is_over_the_page(page), "on it goes")
    until(page, lambda: "Review" in page.evaluate("document.activeElement.innerText"), "the focus is back")


def test_over_the_page_the_screen_can_be_covered_too(page: Any) -> None:
    begin(page)
    page.get_by_label("Password").fill("half")
    page.locator(".sign-in").get_by_role("button", name="Cover the screen").tap()
    page.get_by_role("button", name="Show the page").tap()
    page.keyboard.type(" a password")
    assert page.get_by_label("Password").input_value() == "half a password"


def test_a_browser_that_keeps_nothing_asks_to_keep_the_page_open(
    visit: Visit, meeting: UUID, database: Database
) -> None:
    page = visit("/health")
    page.add_init_script("delete Navigator.prototype.locks")
    page.goto(f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    end_sign_ins(database)
    page.fill("#say", "She reads every night")
    page.press("#say", "Enter")
    until(page, lambda: "waits in this page: keep it open" in bar(page), "the bar says so")
    page.on("dialog", lambda dialog: dialog.accept())


@pytest.mark.parametrize("size", [TABLET, PHONE])
def test_the_bar_and_the_dialog_shut_nobody_out(
    visit: Visit, meeting: UUID, database: Database, people: People, size: tuple[int, int]
) -> None:
    page = signed_out(visit(f"/conversations/{meeting}/explore", size=size), database)
    open_all(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.get_by_role("button", name="Sign in").evaluate(
        "b => { const { x, y } = b.getBoundingClientRect();"
        " return document.elementFromPoint(x + 5, y + 5) === b }"
    )
    assert (axe_violations(page), too_small(page, 44), sticking_out(page)) == ("", [], [])
    begin(page)
    with database.write() as session:
        session.get_one(Person, people.okafor.person_id).second_factor_secret = pyotp.random_base32()
    give(page, PASSWORD)
    page.get_by_label("Code from your app").fill("1")
    page.keyboard.press("Enter")
    until(page, lambda: "not right" in wrong(page), "it says so")
    assert (axe_violations(page), too_small(page, 44), sticking_out(page)) == ("", [], [])
    page.evaluate("document.documentElement.style.fontSize = '225%'")
    assert sticking_out(page) == []
    boxes = page.locator(".sign-in .field input").evaluate_all("all => all.map(b => b.autocomplete)")
    assert boxes == ["username", "current-password", "one-time-code"]
