"""Who is here changes on the page at once, with or without wifi, and the school holds the same in the end."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation.models import Change, Participant
from convo.conversation.operations import open_unplanned
from convo.conversation.rules import ChangeOutcome, ParticipantKind, colleague_id, participant_id
from convo.db import Database
from convo.people.models import KeptApart
from tests.browser.conftest import Visit
from tests.support.browser import until
from tests.support.meetings import guide
from tests.support.people import NOW, People, _carer, _link

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Saved = Callable[[Any], None]
JOURNAL = "**/journal"


@pytest.fixture
def meeting(database: Database, people: People) -> UUID:
    """Mr Okafor's meeting about Szymon with his mother, open; his father can be added."""
    with database.write() as session:
        carers = (people.mrs_wojcik.id,)
        return open_unplanned(session, people.okafor, NOW, people.szymon.id, guide(), carers).id


def at_the_table(page: Any) -> Any:
    """Return the page with Who is here open, everything it fetches fetched, and no wifi any more."""
    page.wait_for_load_state("networkidle")
    page.locator("#who > summary").tap()
    page.route(JOURNAL, lambda route: route.abort())
    return page


def chips(page: Any, part: str) -> list[str]:
    return page.locator(f"[{part}] .choice:has([type=radio])").all_inner_texts()


def names(page: Any) -> str:
    return page.inner_text("[data-names]")


def copies(page: Any) -> list[tuple[str, bool]]:
    """Return whose copies the Review lists, and whether each is ticked."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.copy:not([hidden])')].map(
             row => [row.querySelector('.chip').textContent, row.querySelector('[type=checkbox]').checked])"""
    )


def all_applied(database: Database) -> bool:
    with database.reading() as session:
        outcomes = set(session.scalars(select(Change.outcome)))
    return outcomes <= {ChangeOutcome.APPLIED, ChangeOutcome.SAME}


def test_a_carer_comes_without_wifi_and_everything_that_names_people_follows(
    visit: Visit, meeting: UUID, held: Callable[..., Any], saved: Saved, people: People, database: Database
) -> None:
    page = at_the_table(visit(f"/conversations/{meeting}/explore"))
    father = page.get_by_role("button", name="Mr Piotr Wójcik")
    father.tap()
    everyone = ["Szymon", "Mr Okafor", "Mrs Agnieszka Wójcik", "Mr Piotr Wójcik"]
    assert sorted(names(page).split(", ")) == sorted(everyone)
    assert chips(page, "data-voices") == names(page).split(", ")
    assert father.is_hidden()
    row = page.locator(".people > li").last
    assert row.get_by_label("Likes to talk in").input_value() == "pl"
    assert page.evaluate("document.activeElement.name").endswith(":present")
    page.locator("[data-voices] .choice", has_text="Piotr").tap()
    page.fill("#say", "He likes maps")
    page.get_by_role("button", name="Add", exact=True).tap()
    line = page.locator("[data-list=entry] [data-line]")
    until(page, lambda: line.inner_text() == "Mr Piotr Wójcik", "the line says whose it is")
    page.get_by_role("link", name="Plan").tap()
    assert chips(page, "data-doers") == names(page).split(", ")
    assert copies(page) == [["Mrs Agnieszka Wójcik", True], ["Mr Piotr Wójcik", True]]
    assert page.get_by_text("Not here today.").count() == 0
    page.unroute(JOURNAL)
    saved(page)
    found = {person.name: person for person in held(Participant)}
    piotr = found["Mr Piotr Wójcik"]
    assert piotr.id == participant_id(meeting, people.mr_wojcik.id)
    assert (piotr.kind, piotr.role, piotr.speaks) == (ParticipantKind.CARER, "father", "pl")
    assert all_applied(database)
    page.reload()
    assert copies(page) == [["Mrs Agnieszka Wójcik", True], ["Mr Piotr Wójcik", True]]


def test_somebody_is_taken_out_put_back_and_marked_as_gone_without_wifi(
    visit: Visit, meeting: UUID, held: Callable[..., Any], saved: Saved, database: Database
) -> None:
    page = at_the_table(visit(f"/conversations/{meeting}/explore"))
    page.fill("#say", "He likes maps")
    page.get_by_role("button", name="Add", exact=True).tap()
    mother = page.locator(".people > li", has_text="Agnieszka")
    mother.get_by_role("button", name="Remove").tap()
    assert "Agnieszka" not in names(page)
    assert ["Mrs Agnieszka Wójcik", True] not in copies(page)
    page.get_by_role("button", name="Undo").tap()
    assert "Agnieszka" in names(page)
    assert copies(page)[0] == ["Mrs Agnieszka Wójcik", True]
    mother.locator(".choice").tap()  # not here any more, and her words stay hers
    until(page, lambda: "Agnieszka" not in names(page), "the head follows")
    assert "Agnieszka" not in " ".join(chips(page, "data-voices"))
    assert copies(page)[0] == ["Mrs Agnieszka Wójcik", False]
    line = page.locator("[data-list=entry] [data-line]")
    assert line.inner_text() == "Mrs Agnieszka Wójcik"
    page.unroute(JOURNAL)
    saved(page)
    page.reload()
    assert line.inner_text() == "Mrs Agnieszka Wójcik"
    assert copies(page)[0] == ["Mrs Agnieszka Wójcik", False]
    page.locator("#who > summary").tap()
    mother.get_by_role("button", name="Remove").tap()  # again, after a removal that was undone
    saved(page)
    assert "Mrs Agnieszka Wójcik" not in [person.name for person in held(Participant)]
    assert all_applied(database)


def test_two_tablets_without_wifi_add_the_same_colleague_once(
    visit: Visit, meeting: UUID, held: Callable[..., Any], saved: Saved, people: People, database: Database
) -> None:
    pages = [visit(f"/conversations/{meeting}/explore", name) for name in ("okafor", "farrell")]
    for page in pages:
        at_the_table(page)
        page.get_by_role("link", name="A colleague").tap()
        buttons = page.locator("[data-colleague-list] button:visible")
        assert "Mr Okafor" not in buttons.all_inner_texts()  # he is here already
        page.get_by_role("button", name="Mrs Whitaker").tap()
        assert "Mrs Whitaker" in names(page)
        assert "Mrs Whitaker" not in buttons.all_inner_texts()
    for page in pages:
        page.unroute(JOURNAL)
        saved(page)
    joined = [person for person in held(Participant) if person.person_id == people.whitaker.person_id]
    assert [person.id for person in joined] == [colleague_id(meeting, people.whitaker.person_id)]
    assert (joined[0].role, joined[0].kind) == ("teacher", ParticipantKind.STAFF)
    assert all_applied(database)


def test_who_was_taken_out_before_the_page_came_can_be_added_again_without_wifi(
    visit: Visit, meeting: UUID, held: Callable[..., Any], saved: Saved, database: Database
) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    for _ in range(2):
        at_the_table(page)
        page.get_by_role("button", name="Mr Piotr Wójcik").tap()
        page.get_by_role("link", name="A colleague").tap()
        page.get_by_role("button", name="Mrs Whitaker").tap()
        page.unroute(JOURNAL)
        saved(page)
        assert {"Mr Piotr Wójcik", "Mrs Whitaker"} <= {person.name for person in held(Participant)}
        for name in ("Piotr", "Whitaker"):
            page.locator(".people > li", has_text=name).get_by_role("button", name="Remove").tap()
        saved(page)
        assert len(held(Participant)) == 3
        page.reload()
    assert all_applied(database)


def test_an_interpreter_who_comes_brings_their_tick_and_is_no_voice(
    visit: Visit, meeting: UUID, held: Callable[..., Any], saved: Saved
) -> None:
    page = at_the_table(visit(f"/conversations/{meeting}/explore"))
    through = page.locator("[data-voices]").get_by_text("through the interpreter")
    assert through.is_hidden()
    page.locator("#who .choice", has_text="Interpreter").tap()
    page.get_by_label("Name").fill("Mrs Nowak")
    page.get_by_label("Who they are").fill("interpreter by phone")
    page.get_by_role("button", name="Add this person").tap()
    assert page.get_by_label("Name").input_value() == ""
    assert names(page).endswith("Mrs Nowak")
    assert "Mrs Nowak" not in chips(page, "data-voices")
    assert through.is_visible()
    row = page.locator(".people > li").last
    assert row.get_by_label("Likes to talk in").is_hidden()
    page.unroute(JOURNAL)
    saved(page)
    last = held(Participant)[-1]
    assert (last.name, last.role, last.kind.value) == ("Mrs Nowak", "interpreter by phone", "interpreter")


def test_adding_a_carer_takes_one_who_is_kept_apart_from_them_off_the_page(
    visit: Visit, database: Database, people: People, meeting: UUID
) -> None:
    with database.write() as session:
        aunt = _carer(session, people.school, "Ms", "Halina", "Zielińska", speaks="pl", reads="pl")
        gran = _carer(session, people.school, "Mrs", "Danuta", "Wójcik", speaks="pl", reads="pl")
        for carer, how in ((aunt, "aunt"), (gran, "grandmother")):
            _link(session, people.szymon, carer, how, 3)
        first, second = sorted((people.mr_wojcik.id, aunt.id))
        session.add(
            KeptApart(school_id=people.school.id, pupil_id=people.szymon.id, carer_id=first, other_id=second)
        )
    page = at_the_table(visit(f"/conversations/{meeting}/explore"))
    assert page.get_by_role("button", name="Halina").is_visible()
    page.get_by_role("button", name="Piotr").tap()
    everything = "document.documentElement.innerHTML"
    assert "Halina" not in page.evaluate(everything)
    assert page.get_by_role("button", name="Danuta").is_visible()
    assert [name for name, _ in copies(page)] == [
        "Mrs Agnieszka Wójcik",
        "Mr Piotr Wójcik",
        "Mrs Danuta Wójcik",
    ]
