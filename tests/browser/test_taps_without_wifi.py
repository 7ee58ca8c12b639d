"""What the family taps on a tablet without wifi: each tap stands once, and answers its own question."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation.models import Priority, Proposal
from convo.conversation.rules import ProposalState
from convo.db import Database
from tests.browser.conftest import Visit
from tests.browser.test_family_without_wifi import kept, tapped, turn, turn_back, without_wifi
from tests.browser.test_store import say
from tests.support.browser import until
from tests.support.full_hour import FullHour

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Saved = Callable[[Any], None]


def test_next_stays_where_it_is_when_the_family_taps(visit: Visit, full: FullHour) -> None:
    for size in ((820, 1180), (390, 844)):
        page = visit(f"/conversations/{full.id}/explore", size=size)
        until(
            page,
            lambda page=page: page.evaluate("Boolean(document.querySelector('link[data-kept]'))"),
            "the kit is here",
        )
        page.locator("[data-turn]").scroll_into_view_if_needed()
        page.wait_for_timeout(100)  # the lines that come into sight are as high as they are only then
        turn(page)
        assert page.evaluate("scrollY") == 0  # what leads back is in sight
        for _ in ("the tablet's", "the school's"):
            stood = page.locator(".pager .main").evaluate(_PLACE)
            page.locator(".answers .main").tap()
            page.locator(".notice.done").last.wait_for()
            assert page.locator(".pager .main").evaluate(_PLACE) == stood
            page.locator("[name=undo]").tap()
            page.locator(".notice.done").last.wait_for(state="hidden")
            assert page.locator(".pager .main").evaluate(_PLACE) == stood
            page.goto(f"/conversations/{full.id}/family/explore")


def test_a_tap_in_explore_leaves_what_was_tapped_on_the_same_line_in_focus(
    visit: Visit, polish: UUID, saved: Saved, database: Database
) -> None:
    page = without_wifi(visit, f"/conversations/{polish}/focus")
    page.get_by_role("link", name="Explore").tap()
    say(page, "He reads every night")
    page.get_by_role("button", name="Next: Focus").tap()
    turn(page)
    page.locator(".answers .main").tap()
    page.locator(".turned .notice.done").wait_for()
    turn_back(page)
    page.get_by_role("link", name="Explore").tap()
    turn(page)
    assert not page.locator(".turned .notice.done").is_visible()
    assert not page.locator("[name=undo]").is_visible()
    for _ in range(2):
        page.locator(".answers .main").tap()
        page.locator(".turned .notice.done").wait_for()
        page.locator("[name=undo]").tap()
        page.locator(".turned .notice.done").wait_for(state="hidden")
    page.locator(".answers .main").tap()
    turn_back(page)
    said = "“He reads every night”"
    assert tapped(page) == [f"{said}: this matters most", f"{said}: that is right"]
    page.get_by_role("button", name="Noted").tap()
    page.get_by_role("button", name="Yes, take it up").tap()
    page.context.set_offline(False)
    saved(page)
    with database.reading() as session:
        taps = session.scalars(select(Proposal)).all()
    # What they took back at once may never have left the tablet.
    stands = [(tap.answer.value, tap.state.value) for tap in taps if tap.state != ProposalState.DISMISSED]
    assert sorted(stands) == [("that is right", "confirmed"), ("this matters most", "confirmed")]


def test_with_three_priorities_a_tap_goes_on_waiting_and_the_page_says_why(
    visit: Visit, polish: UUID, saved: Saved, database: Database
) -> None:
    page = without_wifi(visit, f"/conversations/{polish}/focus")
    page.get_by_role("link", name="Explore").tap()
    for words in ("He reads every night", "He is shy at lunch", "He likes maps", "He sleeps badly"):
        say(page, words)
    page.get_by_role("button", name="Next: Focus").tap()
    turn(page)
    page.locator(".answers .main").tap()
    turn_back(page)
    for _ in range(3):
        page.locator("[value^='pick:']").locator("visible=true").last.tap()
    page.get_by_role("button", name="Yes, take it up").tap()
    told = "Three are chosen already. Take one out first, or leave this."
    page.get_by_text(told).wait_for()
    assert tapped(page) == ["“He reads every night”: this matters most"]
    page.locator("[data-list=priority] [value^='remove:']").last.tap()
    page.get_by_role("button", name="Yes, take it up").tap()
    assert tapped(page) == []
    page.context.set_offline(False)
    saved(page)
    with database.reading() as session:
        kept = session.scalars(
            select(Priority.text).where(~Priority.removed).order_by(Priority.position)
        ).all()
        [made] = session.scalars(select(Proposal))
    assert kept == ["He sleeps badly", "He likes maps", "He reads every night"]
    assert made.state is ProposalState.CONFIRMED


_PLACE = "next => [next.getBoundingClientRect().left + scrollX, next.getBoundingClientRect().top + scrollY]"


def test_what_another_tablet_got_tapped_can_be_taken_up_on_both_and_is_one_priority(
    visit: Visit, polish: UUID, saved: Saved, database: Database
) -> None:
    mine = visit(f"/conversations/{polish}/focus", service_workers="allow")
    theirs = visit(f"/conversations/{polish}/focus", "farrell")
    kept(mine)
    theirs.get_by_role("link", name="Explore").tap()
    say(theirs, "He reads every night")
    theirs.get_by_role("button", name="Next: Focus").tap()
    turn(theirs)
    theirs.locator(".answers .main").tap()
    turn_back(theirs)
    until(mine, lambda: len(tapped(mine)) == 1, "it is here")
    mine.context.set_offline(True)
    mine.get_by_role("button", name="Yes, take it up").tap()
    theirs.get_by_role("button", name="Yes, take it up").tap()
    saved(theirs)
    mine.context.set_offline(False)
    saved(mine)
    with database.reading() as session:
        assert [priority.text for priority in session.scalars(select(Priority))] == ["He reads every night"]
        assert [tap.state for tap in session.scalars(select(Proposal))] == [ProposalState.CONFIRMED]
    until(mine, lambda: tapped(mine) == [], "nothing waits")
    assert mine.locator("[data-conflict]").count() == 0


def test_a_tap_that_the_teacher_leaves_without_wifi_is_left_at_school(
    visit: Visit, full: FullHour, saved: Saved, database: Database
) -> None:
    page = without_wifi(visit, f"/conversations/{full.id}/plan")
    turn(page)
    page.locator(".answers .button").nth(1).tap()
    turn_back(page)
    assert tapped(page)[1].endswith("not what I meant")
    page.get_by_role("button", name="Leave it").first.tap()
    page.get_by_text("Ask what they meant").wait_for()
    page.get_by_role("button", name="We have talked about it").tap()
    page.context.set_offline(False)
    saved(page)
    with database.reading() as session:
        states = {tap.answer.value: tap.state for tap in session.scalars(select(Proposal))}
    assert states == {
        "this matters most": ProposalState.DISMISSED,
        "not what I meant": ProposalState.CONFIRMED,
    }
