"""Something is taken out on one tablet, and reworded, kept or put back on another meanwhile."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from convo.conversation.models import Entry
from convo.db import Database
from convo.plan.models import Action, Target
from tests.browser.conftest import Hers, Visit
from tests.browser.test_second_tap import slowly
from tests.browser.test_store import close, say, texts
from tests.browser.test_undo import with_target
from tests.browser.test_versions import waiting, without_wifi
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Saved = Callable[[Any], None]
Held = Callable[[type[Any]], list[Any]]
JOURNAL = "**/journal"
ASKED = "**/journal?after=*"
LINE = "She reads every night"
EVERY = 3500  # ms: longer than between two questions of a page to the school


def with_line(visit: Visit, meeting: UUID, saved: Saved, **more: Any) -> Any:
    """Return the hour's page with one line, which is at school."""
    page = visit(f"/conversations/{meeting}/explore", **more)
    say(page, LINE)
    saved(page)
    return page


def take_out(page: Any, place: int = 0) -> None:
    line = page.locator("[data-list=entry] > li").nth(place)
    if not line.get_by_role("button", name="Take out").is_visible():
        line.get_by_text("More about this line").tap()
    line.get_by_role("button", name="Take out").tap()


def asks(page: Any, *voices: str) -> Any:
    """Wait for one card with these two versions."""
    card = page.locator("[data-conflict]")
    until(page, lambda: card.locator(".voice").all_inner_texts() == [*voices], f"a card: {voices}")
    return card


def test_the_new_words_stand_on_the_page_also_when_they_came_before_the_answer(
    visit: Visit, meeting: UUID, saved: Saved, held: Held, hers: Hers
) -> None:
    page = with_line(visit, meeting, saved)
    without_wifi(page)
    page.get_by_label("What was said").nth(1).fill("His own words")
    take_out(page)
    hers("text", "Her words")
    for _ in range(2):
        with page.expect_response(ASKED):
            pass
    page.unroute(JOURNAL)
    until(page, lambda: page.locator("[data-conflict]").count() == 2, "two questions")
    until(page, lambda: texts(page) == ["Her words"], "her words")
    page.get_by_role("button", name="Keep it").tap()
    box = page.locator("[data-list=entry] textarea.voice")
    box.press("End")
    page.keyboard.type(" and more")
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["Her words and more"]
    assert page.get_by_text("What was said: two versions.").is_visible(), "his are not lost"
    assert page.get_by_role("button", name="Keep the second").is_visible()


def test_of_words_that_came_after_the_question_it_is_asked_again(
    visit: Visit, meeting: UUID, saved: Saved, held: Held, hers: Hers, database: Database
) -> None:
    page = with_line(visit, meeting, saved)
    without_wifi(page)
    take_out(page)
    hers("text", "Second words")
    page.unroute(JOURNAL)
    asks(page, "Second words", "Taken out")
    page.route(lambda url: "/journal" in url, lambda route: route.abort())
    hers("text", "Third words")
    page.get_by_role("button", name="Take it out").tap()
    page.unroute_all()
    card = asks(page, "Third words", "Taken out")
    assert [entry.text for entry in held(Entry)] == ["Third words"]
    card.get_by_role("button", name="Take it out").tap()
    until(page, lambda: held(Entry) == [], "they are read now")
    with database.reading() as session:
        assert waiting(session) == []


def test_two_who_answer_differently_at_once_are_asked_once_more_with_the_words_in_sight(
    visit: Visit, meeting: UUID, saved: Saved, held: Held
) -> None:
    mine = with_line(visit, meeting, saved)
    hers = visit(f"/conversations/{meeting}/explore", "farrell")
    without_wifi(mine)
    take_out(mine)
    hers.get_by_label("What was said").nth(1).fill("She reads at night")
    saved(hers)
    mine.unroute(JOURNAL)
    for page in (mine, hers):
        page.locator("[data-conflict]").wait_for()
    without_wifi(mine)
    mine.get_by_role("button", name="Keep it").tap()
    hers.get_by_role("button", name="Take it out").tap()
    saved(hers)
    mine.unroute(JOURNAL)
    for page in (mine, hers):
        card = asks(page, "Taken out", "She reads at night")
        assert [who.split(",")[0] for who in card.locator(".who").all_inner_texts()] == [
            "Ms Farrell",
            "Mr Okafor",
        ]
    hers.reload()
    asks(hers, "Taken out", "She reads at night").get_by_role("button", name="Keep it").tap()
    for page in (mine, hers):
        until(page, lambda p=page: texts(p) == ["She reads at night"], "it is kept")  # type: ignore[misc]
    assert [entry.text for entry in held(Entry)] == ["She reads at night"]


def test_nobody_is_asked_any_more_once_the_other_takes_it_out_too(
    visit: Visit, meeting: UUID, saved: Saved, hers: Hers
) -> None:
    page = with_line(visit, meeting, saved)
    without_wifi(page)
    take_out(page)
    hers("text", "Second words")
    page.unroute(JOURNAL)
    card = asks(page, "Second words", "Taken out")
    hers("removed", True)
    until(page, lambda: card.count() == 0 and texts(page) == [], "it is out")


def test_a_question_that_came_since_the_page_was_kept_outlives_a_reload_without_wifi(
    visit: Visit, meeting: UUID, saved: Saved, hers: Hers
) -> None:
    page = with_line(visit, meeting, saved, service_workers="allow")
    page.reload()
    until(page, lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)"), "the worker is there")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    take_out(page)
    hers("text", "Second words")
    page.context.set_offline(False)
    asks(page, "Second words", "Taken out")
    page.on("dialog", lambda dialog: dialog.accept())
    page.wait_for_timeout(4000)  # what she wrote has been heard of
    page.context.set_offline(True)
    page.reload()
    asks(page, "Second words", "Taken out")
    assert page.get_by_text("One text has two versions. Choose one, or keep both.").count() == 1
    page.context.set_offline(False)


def test_a_target_that_was_taken_out_does_not_come_back_with_its_priority(
    visit: Visit, meeting: UUID, saved: Saved, held: Held
) -> None:
    page = with_target(visit, meeting)
    saved(page)
    hers = visit(f"/conversations/{meeting}/focus", "farrell")
    without_wifi(page)
    page.get_by_role("link", name="Focus").tap()
    page.get_by_role("button", name="Take out").tap()
    page.get_by_role("link", name="Plan").tap()
    target = page.locator("[data-other-actions] [data-row^='target:']")
    target.locator("button.more, summary").first.tap()
    target.get_by_role("button", name="Take out").tap()
    hers.locator("[data-list=priority] textarea").fill("Reading aloud at home")
    saved(hers)
    page.unroute(JOURNAL)
    asks(page, "Reading aloud at home", "Taken out").get_by_role("button", name="Keep it").tap()
    saved(page)
    assert held(Target) == []
    assert page.locator("[data-row^='target:']").count() == 0


def test_a_target_that_comes_back_has_its_actions_again(
    visit: Visit, meeting: UUID, saved: Saved, held: Held
) -> None:
    page = with_target(visit, meeting)
    page.fill("#do", "Read together")
    page.press("#do", "Enter")
    saved(page)
    target = page.locator("[data-row^='target:']")
    target.locator("button.more, summary").first.tap()
    target.get_by_role("button", name="Take out").tap()
    others = page.locator("[data-other-actions] [data-row^='action:']")
    until(page, lambda: others.count() == 1, "it stands by itself")
    page.get_by_role("button", name="Undo").tap()
    until(page, lambda: page.locator("[data-priority] [data-row^='action:']").count() == 1, "it is back")
    assert others.count() == 0
    towards = page.locator("[data-priority] select[name$=':parent'] option:checked")
    assert towards.text_content() == "Reading aloud"
    page.get_by_role("link", name="Review").tap()
    assert page.get_by_text("belongs to no target yet").count() == 0
    saved(page)
    assert [action.target_id for action in held(Action)] == [target.id for target in held(Target)]


def test_taking_out_undoing_and_rewording_by_one_person_asks_nothing(
    visit: Visit, meeting: UUID, saved: Saved, held: Held, database: Database
) -> None:
    page = with_line(visit, meeting, saved)
    without_wifi(page)
    take_out(page)
    page.get_by_role("button", name="Undo").tap()
    page.get_by_label("What was said").nth(1).fill("She reads aloud")
    take_out(page)
    page.unroute(JOURNAL)
    saved(page)
    assert held(Entry) == []
    with database.reading() as session:
        assert waiting(session) == []


def test_the_way_back_for_another_line_stays_when_one_comes_back_by_itself(
    visit: Visit, meeting: UUID, saved: Saved, hers: Hers
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    for line in (LINE, "She counts"):
        say(page, line)
    saved(page)
    page.route(lambda url: "/journal" in url, lambda route: route.abort())
    hers("text", "She reads at night")
    for _ in range(2):
        take_out(page)
    page.unroute_all()
    page.locator("[data-conflict]").wait_for()
    page.get_by_role("button", name="Undo").tap()
    until(page, lambda: texts(page) == ["She reads at night", "She counts"], "both are there")


def test_who_takes_out_a_line_that_was_too_long_is_not_stuck_with_it(
    visit: Visit, meeting: UUID, saved: Saved, held: Held
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    say(page, "What she wrote at home " * 450)
    page.get_by_text("Needs you: some words cannot be saved").wait_for()
    take_out(page)
    saved(page)
    page.get_by_role("button", name="Undo").tap()
    page.get_by_text("Needs you: some words cannot be saved").wait_for()
    take_out(page)
    saved(page)
    page.reload()
    saved(page)
    assert texts(page) == []


def test_a_second_tab_shows_what_the_first_wrote_and_goes_on_from_there(
    visit: Visit, meeting: UUID, saved: Saved, held: Held
) -> None:
    first = with_line(visit, meeting, saved)
    second = first.context.new_page()
    second.goto(f"/conversations/{meeting}/explore")
    second.wait_for_load_state("networkidle")
    first.get_by_label("What was said").nth(1).fill("She reads aloud")
    saved(first)
    until(second, lambda: texts(second) == ["She reads aloud"], "it is shown")
    second.locator("[data-list=entry] textarea.voice").press("End")
    second.keyboard.type(" to her brother")
    saved(second)
    assert [entry.text for entry in held(Entry)] == ["She reads aloud to her brother"]


def test_without_wifi_a_kept_page_shows_what_was_written_since_the_question(
    visit: Visit, meeting: UUID, saved: Saved, held: Held, hers: Hers
) -> None:
    page = with_line(visit, meeting, saved, service_workers="allow")
    page.reload()
    until(page, lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)"), "the worker is there")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.locator("[data-list=entry] textarea.voice").fill("His words")
    hers("text", "Her words")
    page.context.set_offline(False)
    asks(page, "Her words", "His words")
    goes_on(page, " and more")
    until(page, lambda: [entry.text for entry in held(Entry)] == ["Her words and more"], "it is at school")
    saved(page)
    page.wait_for_timeout(EVERY)
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.set_offline(True)
    page.reload()
    asks(page, "Her words and more", "His words")
    page.wait_for_timeout(500)
    assert texts(page) == ["Her words and more"]
    goes_on(page, " at night")
    page.context.set_offline(False)
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["Her words and more at night"]


def test_what_is_typed_while_a_question_waits_for_the_rest_of_the_page_goes_over_nobodys_words(
    visit: Visit, meeting: UUID, saved: Saved, held: Held, hers: Hers
) -> None:
    with_line(visit, meeting, saved)
    page, late = slowly(visit, f"/conversations/{meeting}/explore")
    hers("text", "Her words")
    box = page.locator("[data-list=entry] textarea.voice")
    box.fill("His words")
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["Her words"]
    goes_on(page, " and more")
    saved(page)
    for route in late:
        route.continue_()
    asks(page, "Her words", "His words and more")
    assert texts(page) == [entry.text for entry in held(Entry)] == ["Her words"]


def lost_answer(page: Any, held: Held, words: str) -> None:
    """Reword the first line: the school has it, and the page is closed before it hears so."""

    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route(JOURNAL, lose)
    page.get_by_label("What was said").nth(1).fill(words)
    until(page, lambda: [entry.text for entry in held(Entry)] == [words], "the school has it")
    page.unroute(JOURNAL)
    without_wifi(page)
    close(page)


def goes_on(page: Any, words: str) -> None:
    page.locator("[data-list=entry] textarea.voice").press("End")
    page.keyboard.type(words)


def test_words_whose_answer_was_lost_do_not_hide_what_another_wrote_after_them(
    visit: Visit, meeting: UUID, saved: Saved, held: Held, hers: Hers
) -> None:
    page = with_line(visit, meeting, saved)
    lost_answer(page, held, "She reads aloud")
    hers("text", "She reads aloud to Gran")
    again = page.context.new_page()
    again.goto(f"/conversations/{meeting}/explore")
    saved(again)
    until(again, lambda: texts(again) == ["She reads aloud to Gran"], "what the school holds")
    goes_on(again, " each night")
    wanted = ["She reads aloud to Gran each night"]
    until(again, lambda: [entry.text for entry in held(Entry)] == wanted, "it goes on from hers")
    assert again.locator("[data-conflict]").count() == 0


@pytest.mark.parametrize("hers_stands", [True, False])
def test_what_is_typed_before_the_page_shows_what_waits_is_not_lost(
    visit: Visit, meeting: UUID, saved: Saved, held: Held, hers: Hers, hers_stands: bool
) -> None:
    page = with_line(visit, meeting, saved)
    if hers_stands:
        lost_answer(page, held, "She reads aloud")
        hers("text", "She reads aloud to Gran")
    else:
        without_wifi(page)
        page.get_by_label("What was said").nth(1).fill("She reads aloud")
        page.wait_for_timeout(600)
        close(page)
    again = page.context.new_page()
    slow: list[Any] = []
    again.context.route("**/follows.js*", lambda route: slow.append(route))
    again.goto(f"/conversations/{meeting}/explore")
    until(again, lambda: bool(slow), "it is asked for")
    goes_on(again, " at night")
    again.wait_for_timeout(600)
    for route in slow:
        route.continue_()
    saved(again)
    if hers_stands:
        until(again, lambda: texts(again) == ["She reads aloud to Gran at night"], "it stands")
        again.wait_for_timeout(EVERY)
        assert texts(again) == ["She reads aloud to Gran at night"] == [entry.text for entry in held(Entry)]
        assert again.locator("[data-conflict]").count() == 0
    else:
        asks(again, "She reads aloud", f"{LINE} at night")
