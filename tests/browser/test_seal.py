"""A meeting is closed on the tablet without wifi, and at the school when it is reached again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from convo.conversation.models import Change, Conversation
from convo.conversation.rules import ChangeOutcome, State
from convo.db import Database
from convo.hour.finish import finish
from convo.summary.models import Issue
from tests.browser.conftest import Visit
from tests.browser.test_family_without_wifi import kept, turn, turn_back
from tests.browser.test_store import say, unsealed, waiting
from tests.browser.test_without_wifi import keeping, ready
from tests.support.browser import until
from tests.support.full_hour import FullHour, Tablet
from tests.support.people import NOW, People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Saved = Callable[[Any], None]
CLOSE = "Close and give copies"


@pytest.fixture
def page(visit: Visit, meeting: UUID) -> Any:
    """A tablet at the review of the meeting, which keeps what it needs without wifi."""
    page = keeping(visit, f"/conversations/{meeting}/review")
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def close(page: Any, words: str = CLOSE) -> None:
    page.get_by_role("button", name=words, exact=True).tap()


def bar(page: Any) -> str:
    return page.inner_text("[data-sealed]")


def is_agreed(page: Any) -> bool:
    """Whether the page says that it is agreed, and nothing on it can be changed."""
    open_still = page.locator("main :is(textarea, select):enabled, .foot button:enabled")
    return bar(page).startswith("Agreed at ") and open_still.count() == 0


def agree_without_wifi(page: Any) -> None:
    page.context.set_offline(True)
    close(page)
    until(page, lambda: is_agreed(page), "it is agreed")


def sealed(page: Any) -> bool:
    return bool(waiting(page)) and unsealed(page)[-1]["thing"] == "seal"


def closed(database: Database, meeting: UUID) -> tuple[State, int]:
    """Return how the meeting stands at school, and how many copies were made."""
    with database.reading() as session:
        copies = select(func.count()).select_from(Issue).where(Issue.conversation_id == meeting)
        return session.get_one(Conversation, meeting).state, session.scalar(copies) or 0


def draft(database: Database, people: People, meeting: UUID) -> None:
    """Let Ms Farrell begin an action on another tablet."""
    with database.write() as session:
        Tablet(session, people.farrell, meeting).write("action", uuid4(), what="Ring the nurse")


def test_closed_without_wifi_it_says_so_stays_so_and_closes_at_school_when_that_answers(
    page: Any, meeting: UUID, database: Database
) -> None:
    page.context.set_offline(True)
    page.get_by_label("How we keep in touch until then").fill("A text each Friday")
    close(page)
    until(page, lambda: is_agreed(page), "it is agreed")
    assert "The copies for the family are made by themselves as soon as the school answers" in bar(page)
    assert page.evaluate("document.activeElement.id") == "stage-title"
    assert page.locator("section:not([hidden]) :is(textarea, input[type=date])").evaluate_all(_EDGES) == [
        "rgba(0, 0, 0, 0)"
    ]  # nothing looks as if one could type there
    until(page, lambda: sealed(page), "it is on the tablet")
    page.reload()
    until(page, lambda: is_agreed(page), "it is still agreed after a reload")
    page.get_by_role("link", name="Explore").tap()
    assert page.locator("#say").is_disabled()
    assert [record["field"] for record in unsealed(page)] == ["keep_in_touch", "sealed"]
    assert closed(database, meeting) == (State.OPEN, 0)
    page.context.set_offline(False)
    page.wait_for_url("**/summary")
    assert closed(database, meeting) == (State.CLOSED, 1)
    until(page, lambda: waiting(page) == [], "nothing waits any more")
    with database.reading() as session:
        held = session.get_one(Conversation, meeting)
        assert held.keep_in_touch == "A text each Friday"


_EDGES = "all => [...new Set(all.map(box => getComputedStyle(box).borderTopColor))]"


def test_a_tab_closed_without_wifi_and_opened_when_the_school_answers_closes_it(
    page: Any, meeting: UUID, database: Database
) -> None:
    context = page.context
    context.set_offline(True)
    close(page)
    until(page, lambda: sealed(page), "it is on the tablet")
    page.goto("about:blank")
    page.close()  # what it sends last may reach the school, whose answer it does not hear
    context.set_offline(False)
    other = context.new_page()
    other.goto(f"/conversations/{meeting}/explore")
    told = other.get_by_text("the copies are there").or_(other.get_by_role("heading", name="What was agreed"))
    told.first.wait_for()
    assert closed(database, meeting) == (State.CLOSED, 1)
    until(other, lambda: waiting(other) == [], "nothing waits any more")


def test_whoever_is_on_another_page_is_told_there_and_stays(
    page: Any, meeting: UUID, database: Database
) -> None:
    context = page.context
    context.set_offline(True)
    close(page)
    until(page, lambda: sealed(page), "it is on the tablet")
    page.goto("about:blank")
    context.set_offline(False)
    page.goto("/pupils")
    page.get_by_text("is closed at school, and the copies are there").wait_for()
    assert page.url.endswith("/pupils")
    assert closed(database, meeting) == (State.CLOSED, 1)
    page.get_by_role("link", name="Go to the copies").tap()
    page.wait_for_url("**/summary")


def test_closed_without_wifi_there_is_a_way_to_the_page_of_today_and_nothing_is_lost_on_it(
    visit: Visit, meeting: UUID, database: Database
) -> None:
    page = keeping(visit, f"/conversations/{meeting}/review")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    agree_without_wifi(page)
    page.get_by_role("link", name="Go to Today").tap()
    page.locator("h1:visible", has_text="The school does not answer").wait_for()
    assert asked == []
    page.context.set_offline(False)
    until(page, lambda: closed(database, meeting) == (State.CLOSED, 1), "it is closed")


def test_what_another_tablet_added_meanwhile_opens_the_page_again_with_what_stops_it(
    page: Any, meeting: UUID, database: Database, people: People
) -> None:
    agree_without_wifi(page)
    draft(database, people, meeting)
    page.context.set_offline(False)
    wanted = "Not closed yet. “Ring the nurse” has no one who does it."
    until(page, lambda: bar(page) == wanted, "it says what stops it")
    assert closed(database, meeting) == (State.OPEN, 0)
    stops = page.locator("[data-check] .stops")
    until(page, lambda: stops.count() > 0, "what was added is here")
    assert page.locator("textarea:visible").first.is_enabled()
    close(page, "Finish now: close with what is agreed")
    page.wait_for_url("**/summary")
    assert closed(database, meeting) == (State.CLOSED, 1)


def test_what_another_wrote_meanwhile_is_looked_at_before_it_is_agreed(
    page: Any, meeting: UUID, database: Database, people: People
) -> None:
    agree_without_wifi(page)
    with database.write() as session:
        tablet = Tablet(session, people.farrell, meeting)
        tablet.write("conversation", meeting, keep_in_touch="Ring on Fridays")
    page.context.set_offline(False)
    wanted = (
        "Not closed yet. Ms Farrell changed something that this tablet did not show yet."
        " Look at it, and close again."
    )
    until(page, lambda: bar(page) == wanted, "it says why")
    assert closed(database, meeting) == (State.OPEN, 0)
    hers = page.get_by_label("How we keep in touch until then")
    until(page, lambda: hers.input_value() == "Ring on Fridays", "her words are shown")
    close(page)
    page.wait_for_url("**/summary")
    assert closed(database, meeting) == (State.CLOSED, 1)


def test_what_another_put_back_and_this_page_never_had_is_looked_at_before_it_is_agreed(
    visit: Visit, meeting: UUID, database: Database, people: People
) -> None:
    with database.write() as session:
        hers = Tablet(session, people.farrell, meeting)
        entry = hers.write("entry", text="She counts", position=1)
        hers.write("entry", entry, removed=True)
    page = keeping(visit, f"/conversations/{meeting}/review")
    page.route("**/journal", lambda route: route.abort())  # something waits, so that the page stays
    page.get_by_label("How we keep in touch until then").fill("Ring on Fridays")
    page.wait_for_timeout(500)
    with database.write() as session:
        Tablet(session, people.farrell, meeting).put_back("entry", entry)
    with page.expect_response("**/journal?after=*"):
        page.wait_for_timeout(3500)
    page.context.set_offline(True)
    page.unroute("**/journal")
    close(page)
    until(page, lambda: is_agreed(page), "it is agreed")
    page.context.set_offline(False)
    until(page, lambda: bar(page).startswith("Not closed yet. Ms Farrell changed something"), "it says why")
    assert closed(database, meeting) == (State.OPEN, 0)


def test_a_refusal_is_told_on_another_page_too(
    page: Any, meeting: UUID, database: Database, people: People
) -> None:
    context = page.context
    context.set_offline(True)
    close(page)
    until(page, lambda: sealed(page), "it is on the tablet")
    draft(database, people, meeting)
    page.goto("about:blank")
    context.set_offline(False)
    page.goto("/pupils")
    page.get_by_text("is not closed yet. “Ring the nurse” has no one who does it.").wait_for()
    page.get_by_role("link", name="Go to it").tap()
    page.wait_for_url("**/review")
    until(page, lambda: page.locator("textarea:visible").first.is_enabled(), "it can be changed")


def test_the_check_runs_on_the_tablet_and_stops_what_is_not_ready(
    visit: Visit, meeting: UUID, database: Database, people: People
) -> None:
    draft(database, people, meeting)
    page = keeping(visit, f"/conversations/{meeting}/review")
    page.context.set_offline(True)
    close(page)
    assert bar(page) == "“Ring the nurse” has no one who does it."
    assert waiting(page) == []
    page.get_by_label("How we keep in touch until then").fill("A text each Friday")
    assert bar(page) == ""
    close(page, "Finish now: close with what is agreed")
    until(page, lambda: is_agreed(page), "to finish now, it is agreed")
    page.context.set_offline(False)
    page.wait_for_url("**/summary")
    assert closed(database, meeting) == (State.CLOSED, 1)


def test_another_tab_of_the_conversation_is_agreed_too(page: Any, meeting: UUID, database: Database) -> None:
    other = page.context.new_page()
    other.goto(f"/conversations/{meeting}/explore")
    ready(other)
    page.context.set_offline(True)
    close(page)
    until(other, lambda: is_agreed(other), "it is agreed there too")
    assert other.locator("#say").is_disabled()
    page.context.set_offline(False)
    page.wait_for_url("**/summary")
    other.wait_for_url("**/summary")
    assert closed(database, meeting) == (State.CLOSED, 1)


def test_an_answer_that_was_lost_closes_it_once(
    visit: Visit, meeting: UUID, database: Database, saved: Saved
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    saved(page)
    lost = []

    def lose(route: Any) -> None:
        if not lost:
            lost.append(route.fetch())
            route.abort()
        else:
            route.fallback()

    page.route("**/seal", lose)
    page.locator('[data-go="review"]').first.tap()
    close(page)
    page.wait_for_url("**/summary")
    assert lost[0].json()["answers"][0]["outcome"] == "applied"
    assert closed(database, meeting) == (State.CLOSED, 1)


def test_what_is_typed_and_not_added_is_not_left_behind(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.fill("#say", "She reads every night")
    page.locator('[data-go="review"]').first.tap()
    close(page)
    title = page.locator('section[data-stage="explore"]').get_attribute("data-title")
    assert bar(page) == f"“She reads every night” is not added yet: under {title}. Add it, or clear it."
    page.get_by_role("link", name="Explore").tap()
    page.press("#say", "Enter")
    page.locator('[data-go="review"]').first.tap()
    close(page)
    page.wait_for_url("**/summary")


def test_the_familys_side_stays_when_the_school_closes_and_takes_no_more_taps(
    visit: Visit, full: FullHour, database: Database
) -> None:
    page = visit(f"/conversations/{full.id}/review", service_workers="allow")
    kept(page)
    page.locator("[data-conflict]").get_by_role("button", name="Keep both").tap()
    page.context.set_offline(True)
    close(page, "Finish now: close with what is agreed")
    until(page, lambda: is_agreed(page), "it is agreed")
    turn(page)
    assert page.locator(".turned [name=answer]").first.is_disabled()
    page.context.set_offline(False)
    until(page, lambda: closed(database, full.id)[0] is State.CLOSED, "the school closes it")
    page.wait_for_timeout(4000)  # longer than until the tablet asks what it has missed
    assert page.url.endswith("/family/review")
    turn_back(page)
    page.wait_for_url("**/summary")


def test_the_copies_are_waited_for_however_long_they_take(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/review")
    on_its_way: list[Any] = []
    page.route("**/summary", lambda route: on_its_way.append(route))
    close(page)
    until(page, lambda: bool(on_its_way), "the copies are asked for")
    with page.expect_response("**/journal?after=*"):
        pass  # meanwhile the page hears that the meeting is closed
    page.wait_for_timeout(500)
    on_its_way[0].continue_()
    page.wait_for_url("**/summary")


def test_half_a_sentence_is_kept_aside_when_another_tablet_closes(
    visit: Visit, meeting: UUID, database: Database, people: People
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    page.fill("#say", "They may have to move house in May")
    with database.write() as session:
        finish(session, people.farrell, NOW + timedelta(minutes=40), meeting, finish_now=True)
    page.get_by_role("heading", name="What you wrote came after it was closed").wait_for()
    assert page.locator("[aria-labelledby=too-late] li").all_inner_texts() == [
        "They may have to move house in May"
    ]
    with database.reading() as session:
        aside = session.scalars(select(Change.value).where(Change.outcome == ChangeOutcome.ASIDE)).all()
    assert "They may have to move house in May" in aside
