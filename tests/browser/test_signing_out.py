"""A tablet that is passed on: what signing out, and somebody else signing in, leave on it and take away."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from convo.access.models import SignIn
from convo.conversation.models import Change, Entry
from convo.conversation.operations import not_held
from convo.conversation.rules import ChangeOutcome, NotHeldReason, colleague_id
from convo.db import Database
from tests.browser.conftest import Visit, sign_in
from tests.browser.test_store import say, waiting, without_wifi
from tests.browser.test_without_wifi import keeping, ready
from tests.support.browser import axe_violations, until
from tests.support.client import PageClient
from tests.support.full_hour import Tablet
from tests.support.people import NOW, PASSWORD, People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]
JOURNAL = "**/journal"
HALF = "They may have to move house in May"


def sign_out(page: Any) -> None:
    page.locator(".menu > summary").tap()
    page.get_by_role("button", name="Sign out", exact=True).tap()


def passed_on(page: Any, database: Database, who: str) -> None:
    """A session runs out, and somebody else signs in in the same tab."""
    with database.write() as session:
        session.execute(delete(SignIn))
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/pupils")
    page.get_by_label("E-mail address").fill(f"{who}@fenmarket.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").tap()
    page.locator("[data-signed-in]").wait_for(state="attached")
    until(page, lambda: page.evaluate("sessionStorage.getItem('key')") is None, "the tab has let go")


def test_the_next_person_in_the_same_tab_sees_nothing_of_the_first_without_wifi(
    visit: Visit, meeting: UUID, saved: Saved, database: Database
) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    saved(page)
    passed_on(page, database, "whitaker")  # who may not read of Amina
    page.context.set_offline(True)
    page.evaluate(f"location = '/conversations/{meeting}/explore'")
    page.get_by_text("Sign in once the school answers").or_(
        page.locator("[data-says]:visible")
    ).first.wait_for()
    assert "She reads" not in page.content()
    page.context.set_offline(False)


def test_what_the_next_person_types_in_the_same_tab_goes_in_no_other_name(
    visit: Visit, meeting: UUID, saved: Saved, database: Database, people: People
) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    passed_on(page, database, "farrell")
    page.goto(f"/conversations/{meeting}/explore")
    ready(page)
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("#say")
    say(page, "Said by Ms Farrell")
    until(page, lambda: len(waiting(page)) == 4, "it is on the tablet")
    page.context.set_offline(False)
    saved(page)
    with database.reading() as session:
        wrote = select(Change.author_id).where(Change.field == "text")
        assert session.scalars(wrote).all() == [people.farrell.person_id]


def test_signing_out_on_a_page_that_was_left_over_takes_away_nothing_that_waits(
    visit: Visit, meeting: UUID, as_person: Callable[[str], PageClient], address: str, held: Held
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.context.route(JOURNAL, lambda route: route.abort())
    old = page.context.new_page()
    old.goto("/pupils")
    say(page, "She reads every night")
    without_wifi(page, 4)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    sign_in(page.context, as_person("farrell"), address)  # in another tab, after his session has run out
    page.context.unroute(JOURNAL)
    with old.expect_navigation():
        sign_out(old)
    assert old.locator(".menu > summary").inner_text() == "Ms Farrell", "it is her page now"
    assert len(waiting(old)) == 4
    sign_in(page.context, as_person("okafor"), address)
    old.goto("/pupils")
    until(old, lambda: [entry.text for entry in held(Entry)] == ["She reads every night"], "his words arrive")


def test_signing_out_tells_what_was_typed_and_never_added(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    page.fill("#say", HALF)
    page.wait_for_timeout(500)  # it is kept as half a sentence
    page.goto("/pupils")
    sign_out(page)
    asked = f"You did not add this, or it could not be saved: “{HALF}”. If you sign out, it is deleted."
    page.get_by_text(asked).wait_for()
    page.goto(f"/conversations/{meeting}/explore")
    until(page, lambda: page.input_value("#say") == HALF, "it is there still")
    page.goto("/pupils")
    sign_out(page)
    page.get_by_role("button", name="Sign out all the same").tap()
    page.wait_for_url("**/sign-in")
    assert page.evaluate("indexedDB.databases()") == []


@pytest.mark.parametrize("shared", [False, True])
def test_words_of_a_meeting_that_the_school_does_not_have_any_more_are_asked_about(
    visit: Visit, meeting: UUID, shared: bool, as_person: Callable[[str], PageClient], address: str
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.context.route(JOURNAL, lambda route: route.fulfill(status=404, body="{}"))
    say(page, "She reads every night")
    page.get_by_text("Needs you: reload this page").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/pupils")
    if shared:  # and somebody else's words wait there, too
        sign_in(page.context, as_person("farrell"), address)
        page.goto(f"/conversations/{meeting}/explore")
        say(page, "She counts")
        page.get_by_text("Needs you: reload this page").wait_for()
        sign_in(page.context, as_person("okafor"), address)
        page.goto("/pupils")
    sign_out(page)
    page.get_by_text("You did not add this, or it could not be saved: “She reads every night”.").wait_for()
    page.get_by_role("button", name="Sign out all the same").tap()
    page.wait_for_url("**/sign-in")
    if shared:
        assert len(waiting(page)) == 4, "hers wait still"
    else:
        assert page.evaluate("indexedDB.databases()") == []


def test_signing_out_in_one_tab_leaves_no_page_of_a_child_in_another(visit: Visit, people: People) -> None:
    page = visit(f"/pupils/{people.amina.id}")
    other = page.context.new_page()
    other.goto("/pupils")
    sign_out(other)
    page.wait_for_url("**/sign-in")
    assert "Amina" not in page.content()


def test_who_was_taken_out_of_the_meeting_is_told_so_and_can_sign_out(
    visit: Visit, meeting: UUID, database: Database, people: People
) -> None:
    place = colleague_id(meeting, people.whitaker.person_id)
    with database.write() as session:
        comes = {"person": people.whitaker.person_id, "name": "Mrs Whitaker", "present": True}
        Tablet(session, people.okafor, meeting).write("participant", place, **comes)
    page = visit(f"/conversations/{meeting}/explore", "whitaker")
    page.context.route(JOURNAL, lambda route: route.abort())
    say(page, "She reads every night")
    without_wifi(page, 4)
    with database.write() as session:
        Tablet(session, people.okafor, meeting).write("participant", place, removed=True)
    page.context.unroute(JOURNAL)
    page.get_by_text("You are not part of this meeting any more").wait_for()
    sign_out(page)
    page.wait_for_url("**/sign-in")
    assert kept_aside(database) == ["She reads every night"]


def test_an_hour_that_was_called_not_held_meanwhile_is_kept_aside(
    visit: Visit, meeting: UUID, database: Database, people: People
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.context.route(JOURNAL, lambda route: route.abort())
    say(page, "She reads every night")
    without_wifi(page, 4)
    with database.write() as session:  # at her desk nothing was written in it
        not_held(session, people.farrell, NOW, meeting, NotHeldReason.FAMILY)
    page.context.unroute(JOURNAL)
    page.get_by_text("This meeting was recorded as not held").wait_for()
    page.goto(f"/conversations/{meeting}")
    page.get_by_role("heading", name="What you wrote came after it was called not held").wait_for()
    sign_out(page)
    page.wait_for_url("**/sign-in")
    assert kept_aside(database) == ["She reads every night"]


def kept_aside(database: Database) -> list[str]:
    """Return the words of entries that are kept aside."""
    with database.reading() as session:
        aside = (Change.outcome == ChangeOutcome.ASIDE, Change.field == "text")
        return [str(value) for value in session.scalars(select(Change.value).where(*aside))]


_LISTS_NOTHING = """globalThis.listed = indexedDB.databases.bind(indexedDB)
delete IDBFactory.prototype.databases"""
# The limit of 8 s is kept, in quicker seconds.
_SILENT = """() => {
  IDBFactory.prototype.open = () => ({})
  const wait = setTimeout
  globalThis.setTimeout = (then, pause) => wait(then, pause / 8)
}"""
_ASKS = "This tablet does not say whether all that you wrote is at school."


def test_a_browser_that_does_not_list_its_databases_sends_first_and_keeps_what_is_of_others(
    visit: Visit, meeting: UUID, as_person: Callable[[str], PageClient], address: str, held: Held
) -> None:
    page = visit("/pupils")
    page.context.add_init_script(_LISTS_NOTHING)
    page = waits_of_both(page, meeting, as_person, address)
    page.context.unroute(JOURNAL)
    answer = signed_out(page)
    assert [entry.text for entry in held(Entry)] == ["She counts"], "hers is sent first"
    assert answer == '"cache"'
    assert len(waiting(page)) == 4, "his waits still"
    sign_in(page.context, as_person("okafor"), address)
    page.goto("/pupils")
    until(page, lambda: waiting(page) == [], "a page that he opens later sends it")
    assert "She reads every night" in [entry.text for entry in held(Entry)]
    assert signed_out(page) == '"cache", "storage"'
    assert page.evaluate("listed()") == []


def test_a_browser_that_does_not_list_its_databases_is_given_none_by_asking(visit: Visit) -> None:
    page = visit("/pupils")
    page.context.add_init_script(_LISTS_NOTHING)
    page.goto("/pupils")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("listed()") == []
    assert signed_out(page) == '"cache", "storage"'
    assert page.evaluate("listed()") == []


def test_a_browser_without_any_database_is_signed_out_without_a_question(visit: Visit) -> None:
    page = visit("/pupils")
    page.context.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    page.goto("/pupils")
    assert signed_out(page) == '"cache", "storage"'


def test_a_tablet_whose_database_is_silent_asks_before_it_signs_out_and_wipes_nothing(
    visit: Visit, meeting: UUID, as_person: Callable[[str], PageClient], address: str, held: Held
) -> None:
    page = waits_of_both(visit("/pupils"), meeting, as_person, address)
    page.evaluate(_SILENT)
    sign_out(page)
    page.get_by_text(_ASKS).wait_for()
    assert page.locator("[data-lock]").is_hidden()
    assert axe_violations(page) == ""
    with page.expect_response("**/sign-out") as answered:
        page.get_by_role("button", name="Sign out all the same").tap()
    page.wait_for_url("**/sign-in")
    assert answered.value.header_value("clear-site-data") == '"cache"'
    assert len(waiting(page)) == 8, "hers and his wait still"
    page.context.unroute(JOURNAL)
    sign_in(page.context, as_person("farrell"), address)
    page.goto("/pupils")
    until(page, lambda: len(waiting(page)) == 4, "hers are sent when she comes back")
    assert [entry.text for entry in held(Entry)] == ["She counts"]


def waits_of_both(page: Any, meeting: UUID, as_person: Callable[[str], PageClient], address: str) -> Any:
    """Return a page of Ms Farrell's: her words wait on this tablet, and those of Mr Okafor."""
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.route(JOURNAL, lambda route: route.abort())
    for fields, (name, words) in ((4, ("okafor", "She reads every night")), (8, ("farrell", "She counts"))):
        sign_in(page.context, as_person(name), address)
        page.goto(f"/conversations/{meeting}/explore")
        say(page, words)
        without_wifi(page, fields)
        page.goto("/pupils")
        page.wait_for_load_state("networkidle")
    return page


def signed_out(page: Any) -> str | None:
    """Sign out, and return what the school asks the browser to forget."""
    with page.expect_response("**/sign-out") as answered:
        sign_out(page)
    page.wait_for_url("**/sign-in")
    told: str | None = answered.value.header_value("clear-site-data")
    return told
