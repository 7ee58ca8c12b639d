"""The head of the staff's pages: one row on a tablet, whoever is signed in."""

from collections.abc import Callable
from typing import Any

import pytest

from convo.access.models import Membership, Person, School
from convo.access.rules import Role
from convo.db import Database
from tests.support.browser import LANDSCAPE, PHONE, TABLET, axe_violations, sticking_out, too_small
from tests.support.full_hour import FullHour
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., Any]


@pytest.fixture
def _who_does_everything(database: Database, people: People) -> None:
    """Ms Farrell holds every role, and has a name that no header was made for, at a school like it."""
    with database.write() as session:
        person = session.get_one(Person, people.farrell.person_id)
        person.name = "Mrs Featherstonehaugh-Cholmondeley"
        school = session.get_one(School, people.school.id)
        school.name = "St Bartholomew-the-Great Church of England Voluntary Aided Primary School"
        for role in set(Role) - {Role.SENCO}:
            session.add(Membership(school_id=school.id, person_id=person.id, role=role, languages=[]))


@pytest.mark.usefixtures("_who_does_everything")
@pytest.mark.parametrize("size", [TABLET, LANDSCAPE])
def test_the_head_is_one_row_on_a_tablet_with_every_page_in_it(visit: Visit, size: tuple[int, int]) -> None:
    page = visit("/pupils", "farrell", size=size)
    links = page.locator(".bar nav a")
    assert links.count() == 7
    assert len({box["y"] for box in (link.bounding_box() for link in links.all())}) == 1
    assert page.locator(".bar").bounding_box()["height"] < 80
    assert too_small(page, 44) == []
    assert sticking_out(page) == []


@pytest.mark.usefixtures("_who_does_everything")
@pytest.mark.parametrize("size", [TABLET, PHONE])
def test_behind_ones_name_are_school_account_help_and_signing_out(
    visit: Visit, size: tuple[int, int]
) -> None:
    page = visit("/pupils", "farrell", size=size)
    assert not page.get_by_role("button", name="Sign out").is_visible()
    page.locator(".menu summary").click()
    for shown in ("St Bartholomew", "Your account", "Help"):
        assert page.locator(f".menu >> text={shown}").is_visible()
    box = page.locator(".menu .card").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size[0]
    assert too_small(page, 44) == []
    assert axe_violations(page) == ""
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", level=1, name="Sign in").wait_for()


@pytest.mark.parametrize("size", [TABLET, PHONE])
def test_the_head_of_the_hour_stays_as_high_whatever_it_says_of_saving(
    visit: Visit, full: FullHour, size: tuple[int, int]
) -> None:
    page = visit(f"/conversations/{full.id}/explore", size=size)
    page.get_by_role("button", name="Cover the screen").wait_for()
    heights = set()
    for words in ("", "Saved at school 14:03", "On this tablet · not at school yet"):
        page.locator("[data-saved]").evaluate("(says, words) => { says.textContent = words }", words)
        heights.add(page.locator(".hour-bar").bounding_box()["height"])
    assert len(heights) == 1
    cover = page.get_by_role("button", name="Cover the screen").bounding_box()
    pause = page.get_by_role("button", name="Pause").bounding_box()
    assert cover["y"] == pause["y"]
    assert min(cover["width"], pause["width"]) >= 44
