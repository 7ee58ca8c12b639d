"""What is typed saves itself: without wifi, with two tablets, after signing out, and once each time."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.access.models import SignIn
from convo.conversation.models import Change, Conversation, Entry, StaffNote
from convo.conversation.rules import ChangeOutcome
from convo.db import Database
from tests.browser.conftest import Visit, sign_in
from tests.support.browser import until
from tests.support.client import PageClient
from tests.support.full_hour import FullHour
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]
JOURNAL = "**/journal"
KEEP_IN_TOUCH = "How we keep in touch until then"


def say(page: Any, words: str) -> None:
    page.fill("#say", words)
    page.press("#say", "Enter")


def said(held: Held) -> list[str]:
    return [entry.text for entry in held(Entry)]


def told(page: Any) -> str:
    return page.inner_text("[data-saved]")


def asks_before_leaving(page: Any) -> bool:
    return page.evaluate("() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))")


def test_without_wifi_typing_goes_on_and_arrives_once_and_in_order(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.route(JOURNAL, lambda route: route.abort())
    say(page, "She reads every night")
    until(page, lambda: "On this tablet · not at school yet" in told(page), "the tablet says so")
    say(page, "She is shy")
    page.get_by_label("What was said").nth(1).fill("She reads to her brother every night")
    assert asks_before_leaving(page)
    assert said(held) == []
    page.unroute(JOURNAL)
    saved(page)
    assert said(held) == ["She reads to her brother every night", "She is shy"]
    assert "Saved at school" in told(page)
    with database.reading() as session:
        changes = session.scalars(select(Change).order_by(Change.number)).all()
    assert [change.outcome for change in changes if change.outcome != ChangeOutcome.APPLIED] == []
    assert len({change.id for change in changes}) == len(changes)


def test_an_answer_that_is_lost_on_its_way_changes_nothing_twice(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    lost = []

    def lose(route: Any) -> None:
        route.fetch()
        lost.append(route)
        route.abort()

    page.route(JOURNAL, lose, times=1)
    say(page, "She reads every night")
    saved(page)
    assert len(lost) == 1
    assert said(held) == ["She reads every night"]
    with database.reading() as session:
        texts = session.scalars(select(Change).where(Change.field == "text")).all()
    assert [(change.outcome, change.value) for change in texts] == [
        (ChangeOutcome.APPLIED, "She reads every night")
    ]


def test_two_tablets_write_the_same_field_and_both_are_kept_until_a_person_chooses(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    mine = visit(f"/conversations/{meeting}/review")
    theirs = visit(f"/conversations/{meeting}/review", "farrell")
    theirs.get_by_label(KEEP_IN_TOUCH).fill("A text each Friday")
    saved(theirs)
    mine.get_by_label(KEEP_IN_TOUCH).fill("A call each Monday")
    card = mine.locator("[data-conflict]")
    card.wait_for()
    assert card.locator(".who").all_inner_texts()[0].startswith("Ms Farrell")
    assert card.locator(".who").all_inner_texts()[1].startswith("Mr Okafor")
    assert card.locator(".voice").all_inner_texts() == ["A text each Friday", "A call each Monday"]
    assert mine.get_by_text("One text has two versions").count() == 1
    theirs.reload()
    again = theirs.locator("[data-conflict] .voice").all_inner_texts()
    assert again == ["A text each Friday", "A call each Monday"]
    card.get_by_role("button", name="Keep both").tap()
    assert mine.locator("[data-conflict]").count() == 0
    saved(mine)
    both = "A text each Friday\nA call each Monday"
    assert mine.get_by_label(KEEP_IN_TOUCH).input_value() == both
    assert held(Conversation)[0].keep_in_touch == both


def test_a_conflict_takes_nothing_away_that_is_being_typed(visit: Visit, meeting: UUID, saved: Saved) -> None:
    mine = visit(f"/conversations/{meeting}/explore")
    say(mine, "She reads every night")
    saved(mine)
    theirs = visit(f"/conversations/{meeting}/explore", "farrell")
    theirs.get_by_label("What was said").nth(1).fill("She reads to her brother")
    saved(theirs)
    mine.get_by_label("What was said").nth(1).fill("She reads aloud every night")
    mine.fill("#say", "Half a sen")
    mine.locator("[data-conflict]").wait_for()
    assert mine.input_value("#say") == "Half a sen"
    mine.get_by_role("button", name="Keep the second").tap()
    assert mine.input_value("#say") == "Half a sen"
    assert mine.get_by_label("What was said").nth(1).input_value() == "She reads aloud every night"


def test_two_tablets_write_different_fields_and_a_reload_shows_both(
    visit: Visit, meeting: UUID, saved: Saved
) -> None:
    mine = visit(f"/conversations/{meeting}/explore")
    say(mine, "She reads every night")
    saved(mine)
    theirs = visit(f"/conversations/{meeting}/explore", "farrell")
    say(theirs, "She counts well")
    row = mine.locator('[data-row^="entry:"]').first
    row.get_by_text("More about this line").tap()
    row.get_by_label("What kind of thing is it?").select_option("strength")
    saved(mine)
    saved(theirs)
    mine.reload()
    assert mine.locator(".heard [data-line]").first.inner_text() == "Mrs Nasreen Khan · strength"
    texts = mine.locator("[data-list=entry] textarea")
    assert [texts.nth(n).input_value() for n in (0, 1)] == ["She reads every night", "She counts well"]
    assert mine.locator("[data-conflict]").count() == 0


def test_after_the_sign_in_has_ended_nothing_typed_is_lost(
    visit: Visit,
    meeting: UUID,
    held: Held,
    saved: Saved,
    database: Database,
    people: People,
    as_person: Callable[[str], PageClient],
    address: str,
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    _end_sign_ins(database)
    say(page, "She reads every night")
    until(page, lambda: "sign in again" in told(page), "the tablet says so")
    assert page.get_by_text("You have been signed out.").is_visible()
    say(page, "She is shy")
    sign_in(page.context, as_person("farrell"), address)
    until(page, lambda: "sign in as yourself" in told(page), "what is mine is not sent in her name")
    assert said(held) == []
    sign_in(page.context, as_person("okafor"), address)
    saved(page)
    assert said(held) == ["She reads every night", "She is shy"]
    assert page.get_by_role("button", name="Sign in").is_hidden()
    with database.reading() as session:
        authors = set(session.scalars(select(Change.author_id)))
    assert authors == {people.okafor.person_id}


def _end_sign_ins(database: Database) -> None:
    with database.write() as session:
        for row in session.scalars(select(SignIn)):
            session.delete(row)


def test_leaving_with_something_unsent_asks_first(visit: Visit, meeting: UUID, saved: Saved) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    assert not asks_before_leaving(page)
    page.fill("#say", "Half a sentence")
    assert not asks_before_leaving(page)  # it is kept on the tablet
    page.route(JOURNAL, lambda route: route.abort())
    say(page, "She reads every night")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("setTimeout(() => location.reload())")
    until(page, lambda: asked == ["beforeunload"], "the browser asks")
    page.unroute(JOURNAL)
    saved(page)


def test_turning_to_the_family_and_back_keeps_half_a_sentence(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.fill("#say", "Half a sentence")
    page.get_by_role("link", name="Turn to the family").tap()
    page.wait_for_url("**/family/explore")
    page.wait_for_timeout(500)  # what is older than that is never lost
    page.goto(f"/conversations/{meeting}/explore")
    until(page, lambda: page.input_value("#say") == "Half a sentence", "it is back")
    keys = "Object.keys(sessionStorage).sort().join()"
    until(page, lambda: page.evaluate(keys) == "key,person", "nothing else is kept")


def test_words_that_the_page_offers_are_no_half_sentence_until_they_are_changed(
    visit: Visit, full: FullHour, database: Database
) -> None:
    page = visit(f"/conversations/{full.id}/since-last-time")
    with database.write() as session:
        conflicts = session.scalars(select(Change).where(Change.outcome == ChangeOutcome.CONFLICT))
        for change in conflicts:
            change.settled_at, change.settled_by_id = change.received_at, change.author_id
    page.reload()
    until(page, lambda: told(page).startswith("Saved at school"), "nothing is half written")
    page.locator(".choice", has_text="Change").locator("visible=true").first.tap()
    page.locator("[data-blank][data-row] textarea").locator("visible=true").first.fill(
        "Read two pages instead"
    )
    until(page, lambda: told(page) == "On this tablet · not added yet", "it tells of it")


def test_a_refused_date_says_why_and_the_next_one_is_taken(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    page = visit(f"/conversations/{meeting}/review")
    box = page.get_by_label("Next meeting")
    box.fill("0202-05-04")
    until(page, lambda: page.evaluate("document.querySelector(':invalid') != null"), "it is refused")
    box.fill("2027-05-04")
    saved(page)
    assert str(held(Conversation)[0].next_on) == "2027-05-04"
    assert page.evaluate("document.querySelector(':invalid')") is None
    assert page.locator("[data-conflict]").count() == 0


def test_a_staff_note_saves_itself_and_comes_back(
    visit: Visit, meeting: UUID, saved: Saved, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.get_by_role("link", name="Staff note").tap()
    page.fill("#new-note", "Ask the SENCO about glasses")
    saved(page)
    with database.reading() as session:
        assert [note.text for note in session.scalars(select(StaffNote))] == ["Ask the SENCO about glasses"]
    until(page, lambda: told(page).startswith("Saved at school"), "nothing is left to add")
    page.reload()
    assert page.get_by_role("textbox", name="Mr Okafor, 14:00").input_value() == "Ask the SENCO about glasses"


def test_somebody_added_at_the_table_can_be_quoted_at_once(visit: Visit, meeting: UUID, held: Held) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.fill("#say", "Half a sentence")
    page.locator("#who > summary").tap()
    page.get_by_label("Name").fill("Auntie Samina")
    page.get_by_role("button", name="Add this person").tap()
    page.locator("[data-voices] .choice", has_text="Auntie Samina").tap()
    page.get_by_role("button", name="Add", exact=True).tap()
    until(page, lambda: said(held) == ["Half a sentence"], "it is saved")
    assert page.locator("[data-list=entry] [data-line]").inner_text() == "Auntie Samina"


def test_a_pause_after_a_space_takes_no_space_away(visit: Visit, meeting: UUID, saved: Saved) -> None:
    page = visit(f"/conversations/{meeting}/review")
    page.wait_for_load_state("networkidle")
    box = page.get_by_label(KEEP_IN_TOUCH)
    box.tap()
    page.keyboard.type("A text each ")
    saved(page)
    with page.expect_response("**/journal?after=*"):  # the school tells what it has
        pass
    page.wait_for_timeout(300)
    page.keyboard.type("Friday\n")
    saved(page)
    with page.expect_response("**/journal?after=*"):
        pass
    page.wait_for_timeout(300)
    page.keyboard.type("A call")
    assert box.input_value() == "A text each Friday\nA call"


def test_words_that_are_too_long_stay_on_the_tablet_until_they_are_shortened(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    words = "What she wrote at home " * 450  # pasted
    say(page, words)
    until(page, lambda: told(page) == "Needs you: some words cannot be saved", "it is not called saved")
    page.reload()
    line = page.get_by_label("What was said").nth(1)
    until(page, lambda: line.input_value() == words, "they are back")
    assert "Keep it under 10,000" in line.evaluate("box => box.validationMessage")
    until(page, lambda: told(page) == "Needs you: some words cannot be saved", "it is said again")
    line.fill("She reads every night")
    until(page, lambda: said(held) == ["She reads every night"], "the school has it")
    until(page, lambda: told(page).startswith("Saved at school"), "nothing is left")
    page.reload()
    page.wait_for_load_state("networkidle")
    assert line.input_value() == "She reads every night"


def test_while_the_school_hangs_nothing_is_called_saved(visit: Visit, meeting: UUID, saved: Saved) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    say(page, "She is shy")
    until(page, lambda: told(page).startswith("Saved at school"), "it is saved")
    hangs: list[Any] = []
    page.route(JOURNAL, lambda route: hangs.append(route))
    say(page, "She reads every night")
    until(page, lambda: told(page) == "On this tablet", "it is not at school yet")
    for route in hangs:
        route.continue_()
    page.unroute(JOURNAL)
    until(page, lambda: told(page).startswith("Saved at school"), "now it is")


def test_what_is_typed_and_not_added_is_not_called_saved(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    until(page, lambda: told(page).startswith("Saved at school"), "the page says how it stands")
    page.fill("#say", "She reads")
    assert told(page) == "On this tablet · not added yet"
    page.fill("#say", "")
    assert told(page).startswith("Saved at school")


def test_a_way_elsewhere_that_was_stopped_leaves_half_a_sentence_safe(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    late: list[Any] = []
    page.context.route("**/history", lambda route: late.append(route))  # the school is slow
    page.get_by_role("link", name="Reworded or taken out").tap()
    until(page, lambda: bool(late), "it is asked for")
    page.context.new_cdp_session(page).send("Page.stopLoading")
    page.fill("#say", "Half a sentence")
    page.wait_for_timeout(500)
    page.context.unroute("**/history")
    page.reload()
    until(page, lambda: page.input_value("#say") == "Half a sentence", "it is back")
