"""The family's side without wifi: made on the tablet, in their language, of what they may read alone."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation.models import Change, Priority, Proposal
from convo.conversation.rules import ProposalState, participant_id
from convo.db import Database
from tests.browser.conftest import Visit
from tests.browser.test_store import say, unsealed
from tests.browser.test_without_wifi import ready
from tests.support.browser import axe_violations, until
from tests.support.full_hour import NOTE, FullHour, Tablet
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Saved = Callable[[Any], None]
BACK = ".turned [data-hold]"


def kept(page: Any) -> None:
    """Wait until the tablet has the page and the kit."""
    ready(page)
    until(page, lambda: page.evaluate(_HAS_KIT), "the kit is kept")


_HAS_KIT = """() => new Promise((resolve) => {
  const opening = indexedDB.open('convo', 1)
  opening.onsuccess = () => {
    const keys = opening.result.transaction('pages').objectStore('pages').getAllKeys()
    keys.onsuccess = () => { opening.result.close(); resolve(keys.result.some(key => key[2] == 'kit')) }
  }
})"""


_CONTROLLED = "Boolean(navigator.serviceWorker.controller)"


def without_wifi(visit: Visit, path: str) -> Any:
    """Return a page of the hour that the tablet keeps, the wifi gone."""
    page = visit(path, service_workers="allow")
    kept(page)
    page.context.set_offline(True)
    return page


def turn(page: Any) -> None:
    page.get_by_role("link", name="Turn to the family").tap()
    page.locator(".turned h1").wait_for()


def turn_back(page: Any) -> None:
    page.hover(BACK)
    page.mouse.down()
    until(page, lambda: page.locator(".turned").count() == 0, "it is turned back")
    page.mouse.up()


def seen(page: Any) -> str:
    """Return all that is on the screen: what is not drawn, nobody sees, hears or finds."""
    return str(page.evaluate("document.title + ' ' + document.body.innerText"))


def reachable(page: Any) -> list[str]:
    """Return what stands in the accessibility tree outside the family's side."""
    return page.evaluate("""[...document.body.querySelectorAll('*')]
      .filter(e => e.checkVisibility() && !e.closest('.turned'))
      .map(e => e.outerHTML.slice(0, 80))""")


def tapped(page: Any) -> list[str]:
    return page.locator("[data-tapped] li p").locator("visible=true").all_inner_texts()


def test_a_family_sees_and_taps_in_polish_what_was_typed_without_wifi_and_it_arrives_once(
    visit: Visit, polish: UUID, saved: Saved, database: Database
) -> None:
    page = without_wifi(visit, f"/conversations/{polish}/focus")
    page.get_by_role("link", name="Explore").tap()
    say(page, "He reads every night")
    say(page, "He is shy at lunch")
    page.get_by_role("button", name="Next: Focus").tap()
    turn(page)
    assert page.url.endswith("/family/focus")
    assert page.locator(".turned").get_attribute("lang") == "pl"
    assert page.inner_text(".turned h1") == "Co jest najważniejsze"
    assert "He reads every night" in seen(page)
    page.locator(".pager .main").tap()
    assert "He is shy at lunch" in seen(page)
    page.locator(".answers .main").tap()
    page.get_by_text("Nauczyciel to zobaczy.").wait_for()
    page.locator("[name=undo]").tap()
    page.locator(".turned .notice.done").wait_for(state="hidden")
    page.locator(".answers .main").tap()
    both = lambda: len({each["thing_id"] for each in unsealed(page) if each["thing"] == "tap"}) == 2  # noqa: E731
    until(page, both, "both taps are on the tablet")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.locator(".turned h1").wait_for()
    assert "Szymon" in seen(page)
    turn_back(page)
    assert page.url.endswith(f"/{polish}/focus")
    assert tapped(page) == ["“He is shy at lunch”: this matters most"]
    page.reload()
    page.wait_for_selector("#stage-title")
    until(page, lambda: len(tapped(page)) == 1, "it is there after a reload, too")
    page.get_by_role("button", name="Yes, take it up").tap()
    assert tapped(page) == []
    assert page.locator("[data-list=priority] textarea").input_value() == "He is shy at lunch"
    until(page, lambda: any(each["field"] == "state" for each in unsealed(page)), "it is on the tablet")
    page.reload()
    until(page, lambda: page.locator("[data-list=priority] > li").count() == 1, "the priority is back")
    assert tapped(page) == []
    page.context.set_offline(False)
    saved(page)
    with database.reading() as session:
        [priority] = session.scalars(select(Priority))
        taps = session.scalars(select(Proposal)).all()
        changes = session.scalars(select(Change).where(Change.thing == "priority")).all()
    assert priority.text == "He is shy at lunch"
    assert [tap.state for tap in taps if tap.id == priority.id] == [ProposalState.CONFIRMED]
    assert {tap.state for tap in taps} <= {ProposalState.CONFIRMED, ProposalState.DISMISSED}
    assert len({change.field for change in changes}) == len(changes)
    page.reload()
    assert tapped(page) == []


def languages_of(page: Any) -> str:
    """Return in what language, direction and letters each piece of a card stands."""
    return str(page.locator(".family-card [data-part]").evaluate_all(_LANGUAGES))


_LANGUAGES = """all => all.map(piece => {
  const { direction, fontFamily, lineHeight } = getComputedStyle(piece)
  return [piece.dataset.part, piece.lang, piece.dir, direction, fontFamily, lineHeight]
})"""


def of_the_school(page: Any, address: str) -> list[str]:
    """Return what the school's page shows of each card, in the order of the cards."""
    found = []
    for number in range(1, 20):
        page.goto(f"{address}?n={number}")
        text = page.inner_text("main") + languages_of(page)
        if found and text == found[-1]:
            break
        found.append(text)
    return [text.replace(_UNDO, "") for text in found]


_READS = "\u0648\u06c1 TV \u0646\u06c1\u06cc\u06ba \u062f\u06cc\u06a9\u06be\u062a\u06cc"
_UNDO = "\u0648\u0627\u067e\u0633 \u0644\u06cc\u06ba\n"


def of_the_tablet(page: Any) -> list[str]:
    found = [page.inner_text(".turned main") + languages_of(page)]
    while page.locator("[data-step='1']").count():
        page.locator("[data-step='1']").tap()
        found.append(page.inner_text(".turned main") + languages_of(page))
    return [text.replace(_UNDO, "") for text in found]


@pytest.mark.parametrize("slug", ["since-last-time", "explore", "focus", "plan", "review"])
def test_the_tablet_makes_in_urdu_what_the_school_makes(
    visit: Visit, full: FullHour, slug: str, people: People, database: Database
) -> None:
    with database.write() as session:
        tablet = Tablet(session, people.okafor, full.id)
        dated = {"who": "Mum", "by_whom": "home", "how_often": "Each day", "by_when": "2026-12-24"}
        tablet.write("action", what="Read aloud", position=8, agreement="agreed", **dated)
        tablet.write("action", what="Ask Imran for the book", position=9, agreement="agreed", by_whom="home")
        tablet.write("action", what=_READS, position=10, how_often="Each day", agreement="agreed")
        tablet.write("entry", text="Nobody said who", position=9)
        tablet.write("entry", text=_READS, position=9)
        gone = {"carer": people.mr_khan.id, "kind": "carer", "name": "Mr Imran Khan", "present": False}
        father = tablet.write("participant", participant_id(full.id, people.mr_khan.id), **gone)
        tablet.write("entry", text="He said this before she came", parent=father, position=10)
    school = visit(f"/conversations/{full.id}/{slug}")
    page = without_wifi(visit, f"/conversations/{full.id}/{slug}")
    turn(page)
    made = of_the_tablet(page)
    assert made == of_the_school(school, f"/conversations/{full.id}/family/{slug}")
    assert page.locator(".turned").get_attribute("dir") == "rtl"
    assert "Nastaliq" in page.evaluate("getComputedStyle(document.querySelector('.turned')).fontFamily")
    assert "Imran" not in "".join(made)
    assert "before she came" not in "".join(made)
    assert len(made) > 1
    page.context.set_offline(False)


def test_the_languages_stand_in_one_order_and_the_one_that_is_shown_is_marked(
    visit: Visit, full: FullHour
) -> None:
    school = visit(f"/conversations/{full.id}/family/explore")
    page = visit(f"/conversations/{full.id}/explore")
    until(
        page, lambda: page.evaluate("Boolean(document.querySelector('link[data-kept]'))"), "the kit is here"
    )
    turn(page)
    for each in (school, page):
        links = each.locator("nav[aria-label=Language] a")
        assert [link.inner_text() for link in links.all()] == ["\u0627\u0631\u062f\u0648", "English"]
        first, second = (link.bounding_box()["x"] for link in links.all())
        assert first > second  # from right to left
        marks = links.evaluate_all("all => all.map(a => getComputedStyle(a).textDecorationLine)")
        assert marks == ["underline", "none"]


def test_nothing_but_the_familys_side_is_there_and_no_way_of_the_browser_leads_out(
    visit: Visit, full: FullHour
) -> None:
    page = visit("/pupils", service_workers="allow")
    until(page, lambda: page.evaluate(_CONTROLLED), "the service worker is there")
    page.goto(f"/conversations/{full.id}/explore")
    kept(page)
    page.context.set_offline(True)
    turn(page)
    assert reachable(page) == []
    assert axe_violations(page) == ""
    for private in (NOTE, "Staff note", "Mr Okafor", "two versions", "Imran"):
        assert private not in seen(page)
    for key in ("Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Escape"):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.closest('.turned, body').className || 'body'") in (
            "turned",
            "body",
        )
    for _ in range(3):
        page.go_back()
        assert reachable(page) == []
        assert page.url.endswith("/family/explore")
    page.on("dialog", lambda dialog: dialog.accept())
    page.add_init_script(_NOTES_A_GLIMPSE)
    for _ in range(2):
        page.reload()
        page.locator(".turned h1").wait_for()
        assert reachable(page) == []
    assert page.evaluate("sessionStorage.glimpsed") is None
    page.context.set_offline(False)
    page.evaluate("history.go(-history.length + 2)")
    page.locator(".turned h1").wait_for()
    until(page, lambda: page.url.endswith("/family/explore"), "from a page of the staff it comes back")
    turn_back(page)
    assert page.inner_text("h1").startswith("Explore")
    until(page, lambda: page.evaluate("sessionStorage.glimpsed") == "yes", "what is noted can be seen")


# Whether the teacher's page is drawn, if only for a moment.
_NOTES_A_GLIMPSE = """
  const look = () => {
    if (document.querySelector('#stage-title')?.checkVisibility()) sessionStorage.glimpsed = 'yes'
    requestAnimationFrame(look)
  }
  look()"""


def test_a_word_for_its_speaker_alone_goes_from_sight_while_anybody_else_is_there(
    visit: Visit, polish: UUID
) -> None:
    page = without_wifi(visit, f"/conversations/{polish}/explore")

    def shown() -> bool:
        turn(page)
        found = "move house" in seen(page)
        assert found or page.locator(".turned [data-part=nothing]").count() == 1
        turn_back(page)
        return found

    say(page, "We may have to move house")
    row = page.locator("[data-list=entry] > li")
    row.get_by_text("More about this line").tap()
    row.get_by_label("Who of the family may read it").select_option("only who said it")
    assert not shown()
    page.locator(".who-is-here > summary").tap()
    page.locator("[data-list=participant] > [data-kind=pupil] label").tap()
    assert shown()
    page.get_by_role("button", name="Mr Piotr Wójcik").tap()
    assert not shown()
