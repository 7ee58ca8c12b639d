"""Two versions of one text are settled on the page at once, with or without wifi."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.conversation.models import Change, Conversation, Entry, Participant
from convo.conversation.rules import ChangeOutcome, ParticipantKind
from convo.db import Database
from convo.plan.models import Action
from tests.browser.conftest import Visit
from tests.browser.test_store import say, texts
from tests.support.browser import until
from tests.support.full_hour import UNTIL_FRIDAY, UNTIL_MONDAY, FullHour, Tablet
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Saved = Callable[[Any], None]
Held = Callable[[type[Any]], list[Any]]
JOURNAL = "**/journal"
KEEP_IN_TOUCH = "How we keep in touch until then"
CHOICES = {
    "Keep the first": UNTIL_FRIDAY,
    "Keep the second": UNTIL_MONDAY,
    "Keep both": f"{UNTIL_FRIDAY}\n{UNTIL_MONDAY}",
}


def without_wifi(page: Any) -> Any:
    page.wait_for_load_state("networkidle")
    page.route(JOURNAL, lambda route: route.abort())
    return page


def waiting(session: Session) -> list[Change]:
    """Return the conflicts that nobody has settled."""
    conflict = (Change.outcome == ChangeOutcome.CONFLICT, Change.settled_at.is_(None))
    return list(session.scalars(select(Change).where(*conflict)))


@pytest.mark.parametrize("choice", CHOICES)
def test_two_versions_on_the_page_are_settled_without_wifi(
    visit: Visit, full: FullHour, saved: Saved, database: Database, choice: str
) -> None:
    page = without_wifi(visit(f"/conversations/{full.id}/review"))
    assert page.get_by_text("One text has two versions").count() == 1
    page.get_by_role("button", name=choice).tap()
    assert page.locator("[data-conflict]").count() == 0
    assert page.get_by_role("heading", name="Needs you: two versions").is_hidden()
    assert page.get_by_label(KEEP_IN_TOUCH).input_value() == CHOICES[choice]
    assert page.get_by_text("One text has two versions").count() == 0
    assert page.evaluate("document.activeElement !== document.body")
    page.unroute(JOURNAL)
    saved(page)
    with database.reading() as session:
        assert session.get_one(Conversation, full.id).keep_in_touch == CHOICES[choice]
        assert waiting(session) == []
    page.reload()
    assert page.locator("[data-conflict]").count() == 0


def test_what_is_typed_over_the_first_version_is_what_keeping_the_first_keeps(
    visit: Visit, full: FullHour, saved: Saved, database: Database
) -> None:
    page = without_wifi(visit(f"/conversations/{full.id}/review"))
    merged = f"{UNTIL_FRIDAY}, and a call if it is urgent"
    page.get_by_label(KEEP_IN_TOUCH).press("End")
    page.keyboard.type(merged.removeprefix(UNTIL_FRIDAY))
    card = page.locator("[data-conflict]")
    assert card.locator(".voice").all_inner_texts() == [merged, UNTIL_MONDAY]
    assert card.locator(".who").first.inner_text().startswith("Mr Okafor, ")
    card.get_by_role("button", name="Keep the first").tap()
    assert page.get_by_label(KEEP_IN_TOUCH).input_value() == merged
    page.unroute(JOURNAL)
    saved(page)
    with database.reading() as session:
        assert session.get_one(Conversation, full.id).keep_in_touch == merged
        assert waiting(session) == []


@pytest.fixture
def overtaken(database: Database, people: People, meeting: UUID) -> UUID:
    """A line that Mr Okafor worded anew after Ms Farrell had taken it out."""
    with database.write() as session:
        mine, theirs = (Tablet(session, actor, meeting) for actor in (people.okafor, people.farrell))
        people_here = select(Participant.id).where(Participant.conversation_id == meeting)
        mother = session.scalars(people_here.where(Participant.kind == ParticipantKind.CARER)).one()
        said = {"parent": mother, "readers": "all carers", "kind": "hope"}
        entry = mine.write("entry", text="She reads", position=1, **said)
        mine.write("entry", text="She counts", position=2, **said)
        theirs.write("entry", entry, removed=True)
        mine.write("entry", entry, text="She reads every night")
        return entry


def test_words_kept_of_a_line_that_was_taken_out_bring_the_line_back_without_wifi(
    visit: Visit, meeting: UUID, overtaken: UUID, held: Held, saved: Saved, database: Database
) -> None:
    page = without_wifi(visit(f"/conversations/{meeting}/explore"))
    texts = page.locator("[data-list=entry] > li > label textarea")
    assert texts.count() == 1
    page.get_by_role("button", name="Put it back").tap()
    assert [box.input_value() for box in texts.all()] == ["She reads every night", "She counts"]
    assert page.locator("[data-list=entry] [data-line]").first.inner_text() == "Mrs Nasreen Khan · hope"
    page.unroute(JOURNAL)
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["She reads every night", "She counts"]
    with database.reading() as session:
        assert waiting(session) == []
    page.reload()
    assert [box.input_value() for box in texts.all()] == ["She reads every night", "She counts"]


def test_the_first_of_a_line_that_was_taken_out_leaves_it_out(
    visit: Visit, meeting: UUID, overtaken: UUID, held: Held, saved: Saved, database: Database
) -> None:
    page = without_wifi(visit(f"/conversations/{meeting}/explore"))
    page.get_by_role("button", name="Leave it out").tap()
    assert texts(page) == ["She counts"]
    page.unroute(JOURNAL)
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["She counts"]
    with database.reading() as session:
        assert waiting(session) == []


def test_what_another_agreed_of_an_action_taken_out_here_is_left_out_and_holds_nothing_up(
    visit: Visit, full: FullHour, saved: Saved, database: Database, people: People
) -> None:
    page = visit(f"/conversations/{full.id}/review")
    page.get_by_role("button", name="Keep the first").tap()
    with database.write() as session:
        tablet = Tablet(session, people.okafor, full.id)
        action = tablet.write("action", what="Read together", position=9)
    row = page.locator(f'[data-readback][data-row="action:{action}"]')
    row.get_by_role("button", name="Take it out").tap()
    saved(page)
    with database.write() as session:
        Tablet(session, people.farrell, full.id).write("action", action, agreement="agreed")
    page.get_by_role("button", name="Leave it out").tap()
    saved(page)
    assert page.locator("[data-conflict], .error").count() == 0
    with database.reading() as session:
        assert waiting(session) == []
        assert session.get_one(Action, action).removed
    page.reload()
    assert page.locator("[data-conflict]").count() == 0


def test_what_another_tablet_took_out_meanwhile_is_kept_without_wifi(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database, people: People
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.fill("#say", "She reads")
    page.press("#say", "Enter")
    saved(page)
    with database.write() as session:
        [entry] = session.scalars(select(Entry.id).where(Entry.conversation_id == meeting))
        Tablet(session, people.farrell, meeting).write("entry", entry, removed=True)
    page.get_by_label("What was said").nth(1).fill("She reads every night")
    card = page.locator("[data-conflict]")
    card.wait_for()
    without_wifi(page)
    card.get_by_role("button", name="Put it back").tap()
    page.unroute(JOURNAL)
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]
    with database.reading() as session:
        assert waiting(session) == []
    until(page, lambda: card.count() == 0, "it is settled")


def test_a_line_put_back_and_taken_out_again_after_a_reload_is_no_conflict(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.fill("#say", "She reads")
    page.press("#say", "Enter")
    for _ in range(2):
        page.locator("[data-list=entry] > li").get_by_text("More about this line").tap()
        page.locator("[data-list=entry] > li").get_by_role("button", name="Take out").tap()
        page.get_by_role("button", name="Undo").tap()
        saved(page)
        page.reload()
    assert [entry.text for entry in held(Entry)] == ["She reads"]
    assert page.locator("[data-conflict]").count() == 0


def test_each_version_says_who_wrote_it_and_when_on_both_tablets(
    visit: Visit, meeting: UUID, saved: Saved
) -> None:
    mine = visit(f"/conversations/{meeting}/explore")
    say(mine, "She reads")
    saved(mine)
    hers = visit(f"/conversations/{meeting}/explore", "farrell")
    without_wifi(mine).get_by_label("What was said").nth(1).fill("She reads alone")
    hers.get_by_label("What was said").nth(1).fill("She reads every night")
    saved(hers)
    mine.unroute(JOURNAL)
    wrote = [r"Ms Farrell, \d\d:\d\d", "She reads every night", r"Mr Okafor, \d\d:\d\d", "She reads alone"]
    for page in (mine, hers):
        card = page.locator("[data-conflict]")
        card.wait_for()
        told = card.locator(".who, .voice").all_inner_texts()
        assert len(told) == len(wrote)
        assert all(map(re.fullmatch, wrote, told)), told
        page.reload()  # and as the school writes it
        assert all(map(re.fullmatch, wrote, card.locator(".who, .voice").all_inner_texts()))


def test_a_line_that_another_puts_back_while_something_waits_here_is_seen(
    visit: Visit, meeting: UUID, saved: Saved, database: Database, people: People
) -> None:
    with database.write() as session:
        hers = Tablet(session, people.farrell, meeting)
        entry = hers.write("entry", text="She counts", position=1)
        hers.write("entry", entry, removed=True)
    page = visit(f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    without_wifi(page)
    say(page, "She reads every night")
    with database.write() as session:
        Tablet(session, people.farrell, meeting).put_back("entry", entry)
    with page.expect_response("**/journal?after=*"):
        pass
    page.unroute(JOURNAL)
    saved(page)
    page.locator("[data-list=entry] textarea.voice").nth(1).wait_for()  # it is loaded again
    assert sorted(texts(page)) == ["She counts", "She reads every night"]


@pytest.mark.parametrize("drawn", ["by the tablet", "by the school"])
@pytest.mark.parametrize("choice", ["Keep it", "Take it out"])
def test_taking_out_what_was_reworded_meanwhile_asks_and_shows_the_new_words(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database, choice: str, drawn: str
) -> None:
    mine = visit(f"/conversations/{meeting}/explore")
    say(mine, "She reads every night")
    saved(mine)
    hers = visit(f"/conversations/{meeting}/explore", "farrell")
    without_wifi(mine)
    lines = mine.locator("[data-list=entry] > li")
    lines.get_by_text("More about this line").tap()
    lines.get_by_role("button", name="Take out").tap()
    assert lines.count() == 0
    hers.get_by_label("What was said").nth(1).fill("She reads at night when she may choose the book")
    saved(hers)
    mine.unroute(JOURNAL)
    for page in (mine, hers):
        page.locator("[data-conflict]").wait_for()
        if drawn == "by the school":
            page.reload()
            page.wait_for_load_state("networkidle")
        card = page.locator("[data-conflict]")
        until(page, lambda c=card: "Ms Farrell" in c.locator(".who").first.inner_text(), "who wrote it")  # type: ignore[misc]
        assert card.locator("p").first.inner_text().startswith("One of you took this out")
        assert card.locator(".voice").all_inner_texts() == [
            "She reads at night when she may choose the book",
            "Taken out",
        ]
        assert "Mr Okafor" in card.locator(".who").nth(1).inner_text()
        assert card.get_by_role("button").filter(visible=True).all_inner_texts() == ["Keep it", "Take it out"]
        assert page.locator("[data-list=entry] > li").count() == 1
        assert not page.get_by_role("button", name="Undo").is_visible(), "it is not taken out"
    mine.get_by_role("button", name=choice).tap()
    left = int(choice == "Keep it")
    assert lines.count() == left
    saved(mine)
    until(hers, lambda: hers.locator("[data-conflict]").count() == 0, "it is settled")
    assert hers.locator("[data-list=entry] > li").count() == left
    assert len(held(Entry)) == left
    with database.reading() as session:
        assert waiting(session) == []
    mine.reload()
    assert lines.count() == left


def test_two_versions_of_who_said_it_are_names_and_both_cannot_be_kept(
    visit: Visit, meeting: UUID, saved: Saved
) -> None:
    mine = visit(f"/conversations/{meeting}/explore")
    say(mine, "She reads every night")
    saved(mine)
    hers = visit(f"/conversations/{meeting}/explore", "farrell")
    without_wifi(mine)
    for page, name in ((hers, "Amina"), (mine, "Mr Okafor")):
        page.get_by_text("More about this line").tap()
        page.locator("[data-list=entry]").locator("select[name$=':parent']").select_option(name)
        if page is hers:
            saved(hers)
    mine.unroute(JOURNAL)
    card = mine.locator("[data-conflict]")
    for _ in range(2):
        card.wait_for()
        assert card.locator("p").first.inner_text() == "“She reads every night” · Who said it: two versions."
        assert card.locator(".voice").all_inner_texts() == ["Amina", "Mr Okafor"]
        assert not card.get_by_role("button", name="Keep both").is_visible()
        mine.reload()
        mine.wait_for_load_state("networkidle")
