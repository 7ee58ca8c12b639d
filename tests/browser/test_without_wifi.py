"""Once a conversation was opened, its page comes back without wifi, with everything that was typed in it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation.models import Change, Entry
from convo.conversation.rules import ChangeOutcome
from convo.db import Database
from tests.browser.conftest import Visit, sign_in
from tests.browser.test_store import say, texts, unsealed, waiting
from tests.support.browser import too_small, until
from tests.support.client import PageClient
from tests.support.full_hour import NOTE, ONLY_HERS, FullHour, Tablet
from tests.support.people import People

AND_THE_LOCK = (
    "To leave this tablet now, lock it: nothing opens on it until the school answers, "
    "and you are then signed out."
)
pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]


def keeping(visit: Visit, path: str, **more: Any) -> Any:
    """Open a page of the hour on a tablet that keeps what it needs without wifi, and return it."""
    page = visit(path, service_workers="allow", **more)
    ready(page)
    return page


def ready(page: Any) -> None:
    """Wait until the tablet has what it needs without wifi."""
    keeps = """async () => (await navigator.serviceWorker.getRegistration())?.active?.state == 'activated'
        && Boolean(navigator.serviceWorker.controller)"""
    until(page, lambda: page.evaluate(keeps), "the service worker is there")
    mine = "sessionStorage.getItem('person')"
    until(page, lambda: page.evaluate(mine) in [of for of, *_ in page.evaluate(_PAGES)], "the page is kept")


_PAGES = """() => new Promise((resolve) => {
  const opening = indexedDB.open('convo', 1)
  opening.onsuccess = () => {
    const keys = opening.result.transaction('pages').objectStore('pages').getAllKeys()
    keys.onsuccess = () => { opening.result.close(); resolve(keys.result.filter(key => key[2] == 'hour')) }
  }
})"""


def reload(page: Any) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_selector("#stage-title")


def test_a_reload_without_wifi_shows_the_whole_hour_with_what_was_typed(
    visit: Visit, meeting: UUID, held: Held, saved: Saved, database: Database
) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    say(page, "Said with wifi")
    saved(page)
    page.context.set_offline(True)
    say(page, "Said without")
    page.fill("#say", "Half a sentence")
    until(page, lambda: len(waiting(page)) == 4, "it is on the tablet")
    page.wait_for_timeout(400)
    reload(page)
    until(page, lambda: texts(page) == ["Said with wifi", "Said without"], "all is back")
    until(page, lambda: page.input_value("#say") == "Half a sentence", "half a sentence is back")
    page.get_by_role("button", name="Next: Focus").tap()
    page.get_by_role("button", name="This matters most").first.tap()
    until(page, lambda: any(each["thing"] == "priority" for each in unsealed(page)), "it is on the tablet")
    reload(page)
    until(page, lambda: page.inner_text("h1").startswith("Focus"), "the same stage is back")
    until(page, lambda: page.locator("[data-list=priority] > li").count() == 1, "so is the priority")
    page.context.set_offline(False)
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["Said with wifi", "Said without"]
    with database.reading() as session:
        changes = session.scalars(select(Change)).all()
    assert {change.outcome for change in changes} == {ChangeOutcome.APPLIED}
    assert len({change.id for change in changes}) == len(changes)
    page.reload()
    assert texts(page) == ["Said with wifi", "Said without"]


def test_a_tab_opened_without_wifi_shows_nothing_of_what_was_said(visit: Visit, meeting: UUID) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    context = page.context
    page.goto("about:blank")
    page.close()
    context.set_offline(True)
    other = context.new_page()
    other.goto(f"/conversations/{meeting}/explore")
    other.locator("[data-says='sign in']").get_by_text("Nobody can read it until").wait_for()
    assert "Amina" not in other.content()
    context.set_offline(False)
    other.wait_for_selector("#stage-title")


def test_what_the_browser_caches_holds_nobodys_words(visit: Visit, full: FullHour) -> None:
    page = keeping(visit, f"/conversations/{full.id}/explore")
    text = page.evaluate("""async () => {
      let all = ''
      for (const name of await caches.keys()) {
        const cache = await caches.open(name)
        for (const each of await cache.keys()) all += each.url + await (await cache.match(each)).text()
      }
      return all
    }""")
    assert "The school does not answer" in text
    assert "Amina" not in text
    assert ONLY_HERS not in text
    assert NOTE not in text


def test_what_another_person_writes_is_seen_within_seconds(visit: Visit, meeting: UUID, saved: Saved) -> None:
    mine = visit(f"/conversations/{meeting}/explore", service_workers="allow")
    theirs = visit(f"/conversations/{meeting}/explore", "farrell")
    say(theirs, "She counts well")
    saved(theirs)
    until(mine, lambda: texts(mine) == ["She counts well"], "it is here")
    mine.locator("[data-list=entry] textarea.voice").fill("She counts very well")
    saved(mine)
    until(theirs, lambda: texts(theirs) == ["She counts very well"], "the correction is there")
    assert mine.locator("[data-conflict]").count() == theirs.locator("[data-conflict]").count() == 0
    row = theirs.locator("[data-list=entry] > li")
    row.get_by_text("More about this line").tap()
    row.get_by_role("button", name="Take out").tap()
    until(mine, lambda: texts(mine) == [], "it is gone here too")
    theirs.get_by_role("button", name="Undo").tap()
    until(mine, lambda: texts(mine) == ["She counts very well"], "and back")


def test_what_is_done_instead_still_belongs_to_its_target_after_a_reload_without_wifi(
    visit: Visit, full: FullHour, saved: Saved
) -> None:
    page = keeping(visit, f"/conversations/{full.id}/since-last-time")
    promise = page.locator("section:not([hidden]) li.card").filter(has=page.locator("[data-blank]")).last
    promise.locator(".choice").filter(has_text="Change").tap()
    blank = promise.locator("[data-blank]")
    action = blank.get_attribute("data-blank")
    blank.get_by_label("What will we do instead?").fill("Choose a comic to bring on Fridays")
    blank.get_by_role("button", name="Use these words").tap()
    page.locator(".stages a[data-go=focus]").tap()
    page.get_by_label("Or in new words").fill("Reading with her friends")
    page.get_by_role("button", name="Add as a priority").tap()
    page.locator(".stages a[data-go=plan]").tap()
    page.get_by_role("button", name="Make this a target").tap()
    target = page.locator("[data-list=target] > li").last.get_attribute("data-row").split(":")[1]
    belongs_to = page.locator(f'[name="{action}:parent"]').first
    page.locator(f'[data-list=action] [data-row="{action}"] details.more > summary').tap()
    belongs_to.select_option(target)
    saved(page)
    page.context.set_offline(True)
    reload(page)
    belongs_to.wait_for(state="attached")
    until(page, lambda: belongs_to.input_value() == target, "it belongs to its target")
    page.context.set_offline(False)


def test_what_the_school_told_before_it_took_new_words_does_not_bring_back_the_old(
    visit: Visit, meeting: UUID, saved: Saved, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    asked: list[Any] = []
    page.route("**/journal?*", lambda route: asked.append(route))
    say(page, "She reads")
    saved(page)
    until(page, lambda: len(asked) == 1, "what others do is asked for")
    told = asked[0].fetch()
    line = page.locator("[data-list=entry] textarea.voice")
    line.fill("She reads every night")
    saved(page)
    asked[0].fulfill(response=told)
    until(page, lambda: len(asked) == 2, "the answer has come, after the new words")
    assert texts(page) == ["She reads every night"]
    line.fill("She reads to her brother every night")
    saved(page)
    with database.reading() as session:
        assert set(session.scalars(select(Change.outcome))) == {ChangeOutcome.APPLIED}
    page.unroute_all(behavior="ignoreErrors")


def test_two_versions_are_shown_on_both_tablets_and_go_when_one_has_chosen(
    visit: Visit, meeting: UUID, saved: Saved
) -> None:
    mine = visit(f"/conversations/{meeting}/review")
    theirs = visit(f"/conversations/{meeting}/review", "farrell", service_workers="allow")
    ready(theirs)
    box = "How we keep in touch until then"
    theirs.context.set_offline(True)
    mine.get_by_label(box).fill("A call each Monday")
    saved(mine)
    theirs.get_by_label(box).fill("A text each Friday")
    theirs.wait_for_timeout(400)
    theirs.context.set_offline(False)
    theirs.locator("[data-conflict]").wait_for()
    mine.locator("[data-conflict]").wait_for()
    assert mine.locator("[data-conflict] .voice").all_inner_texts() == [
        "A call each Monday",
        "A text each Friday",
    ]
    mine.get_by_role("button", name="Keep both").tap()
    until(theirs, lambda: theirs.locator("[data-conflict]").count() == 0, "settled there too")
    both = "A call each Monday\nA text each Friday"
    until(theirs, lambda: theirs.get_by_label(box).input_value() == both, "both are there")


def test_a_killed_server_and_a_server_that_hangs_lose_nothing(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    page.context.route("**/journal", lambda route: None)  # an answer that never comes
    say(page, "She reads every night")
    until(page, lambda: "not at school yet" in page.inner_text("[data-saved]"), "it says so")
    page.context.unroute("**/journal")
    saved(page)
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]


def test_the_next_person_without_wifi_sees_nothing_of_the_first(
    visit: Visit, meeting: UUID, as_person: Callable[[str], PageClient], address: str
) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    sign_in(page.context, as_person("farrell"), address)
    page.goto("/pupils")
    hers = page.context.new_page()
    hers.goto("/pupils")
    page.context.set_offline(True)
    hers.goto(f"/conversations/{meeting}/explore")
    hers.locator("h1:visible", has_text="The school does not answer").wait_for()
    assert "She reads" not in hers.content()
    page.context.set_offline(False)


def test_without_wifi_signing_out_locks_the_tablet_until_the_school_answers(
    visit: Visit, meeting: UUID, held: Held, as_person: Callable[[str], PageClient], address: str
) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    home = page.context.new_page()
    home.goto("/pupils")
    page.context.set_offline(True)
    say(page, "She reads every night")
    until(page, lambda: len(waiting(page)) == 4, "it is on the tablet")
    page.on("dialog", lambda dialog: dialog.accept())
    home.locator(".menu > summary").tap()
    home.get_by_role("button", name="Sign out").tap()
    home.get_by_role("button", name="Lock this tablet").wait_for()
    told = home.locator(".menu [role=status]").inner_text().split("\n")
    assert [line for line in told if line] == [
        "Something you wrote is not at school yet. Stay signed in until the school answers, then sign out.",
        AND_THE_LOCK,
        "Lock this tablet",
    ]
    home.get_by_role("button", name="Lock this tablet").tap()
    for each in (home, page):  # the other tab goes there by itself
        each.get_by_role("heading", name="This tablet is locked").wait_for()
    page.goto(f"/conversations/{meeting}/explore")
    page.get_by_role("heading", name="This tablet is locked").wait_for()
    assert "She reads" not in page.content()
    assert "Amina" not in home.content()
    page.context.set_offline(False)
    for each in (home, page):  # one that is closed on its way elsewhere can hang for good
        each.wait_for_url("**/sign-in")
    assert held(Entry) == []
    assert len(waiting(home)) == 4
    page.close()
    sign_in(home.context, as_person("okafor"), address)
    home.goto("/pupils")
    until(home, lambda: [entry.text for entry in held(Entry)] == ["She reads every night"], "it is sent")


def test_what_was_half_written_and_then_added_does_not_come_back(
    visit: Visit, meeting: UUID, saved: Saved
) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    page.fill("#say", "She reads every night")
    page.wait_for_timeout(500)  # it is kept as half a sentence
    page.press("#say", "Enter")
    saved(page)
    page.wait_for_timeout(500)
    reload(page)
    until(page, lambda: texts(page) == ["She reads every night"], "it is there")
    page.wait_for_timeout(500)  # in which the half would be brought
    assert page.input_value("#say") == ""


def test_without_wifi_a_link_to_a_page_at_school_says_why_it_waits(
    visit: Visit, meeting: UUID, saved: Callable[[Any], None]
) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    page.context.set_offline(True)
    say(page, "She reads every night")
    page.get_by_role("link", name="Reworded or taken out").tap()
    page.get_by_text("That page is at school").wait_for()
    assert page.locator("#stage-title").is_visible()
    page.context.set_offline(False)
    saved(page)
    page.get_by_role("link", name="Reworded or taken out").tap()
    page.get_by_role("heading", name="Reworded or taken out").wait_for()


def test_two_tabs_that_begin_with_the_same_kept_page_add_two_lines(
    visit: Visit, meeting: UUID, held: Held, saved: Saved
) -> None:
    page = visit(f"/conversations/{meeting}/explore", service_workers="allow")
    page.on("dialog", lambda dialog: dialog.accept())
    ready(page)
    page.context.set_offline(True)
    with page.expect_popup() as opened:
        page.evaluate("window.open(location.href)")
    other = opened.value
    other.wait_for_selector("#say")
    for each in (page, other):
        each.reload()
        each.wait_for_selector("#say")
        each.wait_for_timeout(500)
    say(page, "She reads every night")
    say(other, "She is shy")
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    until(page, lambda: len(held(Entry)) == 2, "both are at school")
    assert sorted(entry.text for entry in held(Entry)) == ["She is shy", "She reads every night"]
    assert page.locator("[data-conflict]").count() == 0


def test_the_page_without_wifi_leads_back_to_the_hour_and_locks_the_tablet(
    visit: Visit, meeting: UUID, saved: Saved
) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    say(page, "She reads every night")
    saved(page)
    page.context.set_offline(True)
    page.goto("/pupils")
    page.locator("h1:visible", has_text="The school does not answer").wait_for()
    assert too_small(page, 44) == []
    page.get_by_role("button", name="Go back").tap()
    page.wait_for_selector("#stage-title")
    until(page, lambda: texts(page) == ["She reads every night"], "the hour is back")
    page.goto("/pupils")
    page.get_by_role("button", name="Lock this tablet").tap()
    page.get_by_role("heading", name="This tablet is locked").wait_for()
    assert not page.get_by_role("button", name="Lock this tablet").is_visible()
    page.goto(f"/conversations/{meeting}/explore")
    page.get_by_role("heading", name="This tablet is locked").wait_for()
    page.context.set_offline(False)
    page.wait_for_url("**/sign-in")


def test_without_wifi_the_familys_address_leads_neither_back_nor_to_a_lock(
    visit: Visit, meeting: UUID
) -> None:
    page = visit("/pupils", service_workers="allow")
    until(page, lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)"), "it is there")
    page.context.set_offline(True)
    page.goto(f"/conversations/{meeting}/family/explore?n=1")
    page.locator("h1:visible", has_text="The school does not answer").wait_for()
    page.wait_for_timeout(300)
    assert page.get_by_role("button").count() == 0
    page.context.set_offline(False)


def test_the_page_that_came_last_is_kept_also_where_the_tablets_clock_was_put_back(
    visit: Visit, meeting: UUID, database: Database, people: People
) -> None:
    page = keeping(visit, f"/conversations/{meeting}/explore")
    page.goto("about:blank")
    with database.write() as session:
        Tablet(session, people.farrell, meeting).write(
            "entry", text="She counts", readers="all carers", position=1
        )
    page.add_init_script("const now = Date.now; Date.now = () => now() - 24 * 3600 * 1000")
    page.goto(f"/conversations/{meeting}/explore")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    page.context.set_offline(True)
    reload(page)
    until(page, lambda: texts(page) == ["She counts"], "what the last page held")
