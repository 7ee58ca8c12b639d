"""What the school does not take stays in sight: nothing closes without it, and no question is lost."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from convo.conversation.models import Change, Conversation
from convo.conversation.rules import ChangeOutcome, State
from convo.db import Database
from tests.browser.conftest import Visit
from tests.browser.test_seal import agree_without_wifi, bar, close
from tests.browser.test_store import say
from tests.browser.test_versions import KEEP_IN_TOUCH, waiting, without_wifi
from tests.browser.test_without_wifi import keeping
from tests.support.browser import until
from tests.support.full_hour import UNTIL_FRIDAY, FullHour, Tablet
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]
JOURNAL = "**/journal"
REFUSED = "Needs you: some words cannot be saved"
TOO_FAR = "2206-05-04"
NOT_ALL = "Not closed yet. Some words are not at school yet."


def told(page: Any) -> str:
    return page.inner_text("[data-saved]")


def state(held: Held, meeting: UUID) -> State:
    [found] = [each for each in held(Conversation) if each.id == meeting]
    return found.state


def agreed_with_a_date_that_is_refused(visit: Visit, meeting: UUID) -> Any:
    """Return a tablet without wifi on which a meeting was agreed; the school will not take its next date."""
    page = keeping(visit, f"/conversations/{meeting}/review")
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.set_offline(True)
    page.get_by_label("Next meeting").fill(TOO_FAR)
    page.get_by_label("Next meeting").blur()
    agree_without_wifi(page)
    return page


def test_what_the_school_refuses_keeps_a_meeting_open_that_was_agreed_without_wifi(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    page = agreed_with_a_date_that_is_refused(visit, meeting)
    page.context.set_offline(False)
    until(page, lambda: bar(page).startswith(NOT_ALL), "it says why")
    assert state(held, meeting) is State.OPEN
    assert told(page) == REFUSED
    page.get_by_label("Next meeting").fill("2027-02-01")
    saved(page)
    close(page)
    page.wait_for_url("**/summary")
    assert state(held, meeting) is State.CLOSED


def test_whoever_is_on_another_page_is_told_that_what_was_refused_keeps_it_open(
    visit: Visit, meeting: UUID, held: Held
) -> None:
    page = agreed_with_a_date_that_is_refused(visit, meeting)
    page.get_by_role("link", name="Go to Today").tap()
    page.context.set_offline(False)
    page.goto("/")
    page.get_by_text("A conversation that you closed without wifi is not closed yet.").wait_for()
    assert "Some words are not at school yet." in page.locator(".notice").first.inner_text()
    assert state(held, meeting) is State.OPEN


def test_an_answer_to_two_versions_that_is_too_long_settles_them_once_it_is_shortened(
    visit: Visit, full: FullHour, saved: Saved, database: Database
) -> None:
    page = without_wifi(visit(f"/conversations/{full.id}/review"))
    page.get_by_label(KEEP_IN_TOUCH).fill(f"{UNTIL_FRIDAY} " + "and call " * 1200)
    page.get_by_role("button", name="Keep both").tap()
    page.unroute(JOURNAL)
    until(page, lambda: told(page) == REFUSED, "the school does not take it")
    page.get_by_label(KEEP_IN_TOUCH).fill(f"{UNTIL_FRIDAY}, and call")
    saved(page)
    with database.reading() as session:
        assert session.get_one(Conversation, full.id).keep_in_touch == f"{UNTIL_FRIDAY}, and call"
        assert waiting(session) == []


def test_what_is_refused_and_folded_away_is_opened_and_says_so_after_a_reload(
    visit: Visit, meeting: UUID, database: Database, people: People
) -> None:
    with database.write() as session:
        hers = Tablet(session, people.farrell, meeting)
        hers.write("action", uuid4(), what="Read together", position=1)
    page = visit(f"/conversations/{meeting}/plan")
    page.wait_for_load_state("networkidle")
    row = page.locator("[data-row^='action:']").first
    row.locator("button.more").tap()
    row.locator("input[type=date]").fill(TOO_FAR)
    until(page, lambda: told(page) == REFUSED, "the school does not take it")
    page.reload()
    error = row.locator("p.error")
    until(page, error.is_visible, "it stands beside its field")
    assert row.locator("input[type=date]").input_value() == TOO_FAR
    row.locator("input[type=date]").fill("2027-02-01")
    until(page, lambda: told(page).startswith("Saved at school"), "it is taken")
    with database.reading() as session:
        assert {each.outcome for each in session.query(Change)} == {ChangeOutcome.APPLIED}


def test_once_one_tab_has_put_it_right_the_other_has_nothing_refused_any_more(
    visit: Visit, meeting: UUID, saved: Saved
) -> None:
    first = visit(f"/conversations/{meeting}/explore")
    say(first, "She reads " * 1200)
    until(first, lambda: told(first) == REFUSED, "the school does not take it")
    second = first.context.new_page()
    second.goto(f"/conversations/{meeting}/explore")
    until(second, lambda: told(second) == REFUSED, "so the other says")
    first.bring_to_front()
    first.get_by_label("What was said").nth(1).fill("She reads")
    saved(first)
    second.bring_to_front()
    say(second, "She counts")
    until(second, lambda: told(second).startswith("Saved at school"), "all is at school")
