"""What a leaver had written on a tablet goes to the SENCO, through whoever signs in there next."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.access.models import Membership
from convo.access.rules import Actor, Role
from convo.access.staff import mark_left
from convo.conversation.models import Change, Entry, StaffNoteChange
from convo.conversation.operations import not_held
from convo.conversation.rules import ChangeOutcome, NotHeldReason, colleague_id
from convo.db import Database
from tests.browser.conftest import Visit, sign_in
from tests.browser.test_store import close, say, waiting, without_wifi
from tests.support.browser import axe_violations, too_small, until
from tests.support.client import PageClient
from tests.support.full_hour import Tablet
from tests.support.people import NOW, People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Held = Callable[[type[Any]], list[Any]]
Saved = Callable[[Any], None]
STATIONS = "**/{journal,notes,session}"
_KEPT = """() => new Promise((resolve) => {
  const opening = indexedDB.open('convo', 1)
  opening.onsuccess = () => {
    const keys = opening.result.transaction('pages').objectStore('pages').getAllKeys()
    keys.onsuccess = () => { opening.result.close(); resolve(keys.result.map(key => key[0])) }
  }
})"""


def next_on_the_tablet(page: Any, client: PageClient, address: str) -> Any:
    """Return a page of who signs in on the tablet now, once it has done what it does by itself."""
    sign_in(page.context, client, address)
    page.goto("/pupils")
    page.wait_for_load_state("networkidle")
    return page


def test_what_a_leaver_had_written_goes_to_the_senco_and_from_the_tablet(
    visit: Visit,
    meeting: UUID,
    held: Held,
    saved: Saved,
    database: Database,
    people: People,
    address: str,
    as_person: Callable[[str], PageClient],
) -> None:
    theirs = visit(f"/conversations/{meeting}/explore")
    saved(theirs)
    context = theirs.context
    context.route(STATIONS, lambda route: route.abort())
    say(theirs, "She reads every night")
    theirs.get_by_role("link", name="Staff note").click()
    theirs.fill("#new-note", "Ask about glasses")
    theirs.fill("#say", "Half a sentence")
    without_wifi(theirs, 5)
    theirs.wait_for_timeout(400)  # half a second is what may be lost
    close(theirs)
    context.unroute(STATIONS)

    page, sent = context.new_page(), []
    page.on("request", lambda each: each.method == "POST" and sent.append(each.url))
    next_on_the_tablet(page, as_person("kaur"), address)
    before = waiting(page)
    assert len(before) == 5, "whoever wrote it has not left"
    assert sent == []

    with database.write() as session:
        mark_left(session, people.oyelaran, NOW, people.okafor.person_id)
    next_on_the_tablet(page, as_person("kaur"), address)
    until(page, lambda: waiting(page) == [], "the tablet lets go of it")
    until(page, lambda: str(people.okafor.person_id) not in page.evaluate(_KEPT), "and of their pages")
    assert str(people.okafor.person_id) not in page.evaluate(_KEPT)
    assert [url.removeprefix(address) for url in sent] == ["/left-behind"]
    with database.reading() as session:
        kept = [*session.scalars(select(Change)), *session.scalars(select(StaffNoteChange))]
    assert sorted(str(each.id) for each in kept if each.thing != "half") == sorted(
        each["id"] for each in before
    )
    aside = [each for each in kept if each.outcome is ChangeOutcome.ASIDE]
    assert {each.author_id for each in aside} == {people.okafor.person_id}
    assert {"She reads every night", "Ask about glasses", "Half a sentence"} <= {each.value for each in aside}
    assert held(Entry) == []

    next_on_the_tablet(page, as_person("farrell"), address)
    page.goto("/kept-aside")
    assert "Half a sentence" in page.inner_text("main")
    assert axe_violations(page) == ""
    assert too_small(page, 44) == []
    page.get_by_role("button", name="Take up all").tap()
    page.wait_for_selector("text=are taken up")
    assert [entry.text for entry in held(Entry)] == ["She reads every night"]
    assert sent.count(f"{address}/left-behind") == 1


@pytest.mark.parametrize("lost", ["taken out", "not held", "another school"])
def test_who_may_not_write_it_any_more_signs_out_and_nothing_of_the_hour_is_lost(
    visit: Visit,
    as_actor: Callable[[Actor], PageClient],
    address: str,
    meeting: UUID,
    held: Held,
    database: Database,
    people: People,
    lost: str,
) -> None:
    place = colleague_id(meeting, people.whitaker.person_id)
    with database.write() as session:
        Tablet(session, people.okafor, meeting).write(
            "participant", place, person=people.whitaker.person_id, name="Mrs Whitaker", present=True
        )
    name = "whitaker" if lost == "taken out" else "okafor"
    them = people.actor(name)
    page = visit(f"/conversations/{meeting}/explore", name)
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.route(STATIONS, lambda route: route.abort())
    say(page, "She reads every night")
    without_wifi(page, 4)
    with database.write() as session:
        if lost == "taken out":
            Tablet(session, people.okafor, meeting).write("participant", place, removed=True)
        elif lost == "not held":
            not_held(session, people.farrell, NOW, meeting, NotHeldReason.FAMILY)
        else:
            there = people.other_school.id
            session.add(
                Membership(school_id=there, person_id=them.person_id, role=Role.TEACHER, languages=[])
            )
    page.goto("about:blank")  # the hour would go somewhere by itself
    if lost == "another school":
        them = replace(them, school_id=people.other_school.id)
        page = next_on_the_tablet(page, as_actor(them), address)
    page.context.unroute(STATIONS)
    page.goto("/pupils")
    until(page, lambda: not waiting(page), "it is all at school")
    page.locator(".menu > summary").tap()
    page.get_by_role("button", name="Sign out").tap()
    page.wait_for_url("**/sign-in")
    with database.reading() as session:
        theirs = (Change.author_id == them.person_id, Change.thing == "entry")
        kept = session.scalars(select(Change).where(*theirs)).all()
    wanted = ChangeOutcome.APPLIED if lost == "another school" else ChangeOutcome.ASIDE
    assert [(row.outcome, row.settled_at) for row in kept] == [(wanted, None)] * 4
    assert [row.text for row in held(Entry)] == ["She reads every night"] * (lost == "another school")
