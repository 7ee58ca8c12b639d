"""Who works at a school: lists from a file, roles, leaving, and people of several schools."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access import queries, staff
from convo.access.models import Membership, Person
from convo.access.rules import Role
from convo.access.staff import StaffLine
from convo.db import Database
from convo.kernel.errors import NotFound, Refused
from tests.support.client import PageClient
from tests.support.people import People

AsPerson = Callable[[str], PageClient]
LIST = [
    StaffLine("Mrs Hughes", "Hughes@fenmarket.example", [Role.TEACHER]),
    StaffLine("Mr Siddiqui", "siddiqui@fenmarket.example", [Role.ASSISTANT, Role.TEACHER], ["ur"]),
    StaffLine("Ms F. Farrell", "farrell@fenmarket.example", [Role.SENCO]),
    StaffLine("Mrs Kaur", "kaur@fenmarket.example", [Role.ASSISTANT], ["pa", "ur"]),
]


def names(found: list[Person]) -> list[str]:
    return [person.name for person in found]


def test_a_list_adds_people_and_roles_and_says_what_it_did(
    session: Session, people: People, now: datetime
) -> None:
    taken = staff.take_staff(session, people.oyelaran, now, LIST)
    assert names([joined.person for joined in taken.new]) == ["Mrs Hughes", "Mr Siddiqui"]
    assert all(joined.link_token for joined in taken.new)
    assert names(taken.changed) == ["Mrs Kaur"]
    assert names(taken.unchanged) == ["Ms Farrell"]  # the name set here stays
    kaur = queries.staff_member(session, people.school.id, people.kaur.person_id)
    assert kaur.languages == ("pa", "hi", "ur")


def test_the_same_list_again_changes_nothing(session: Session, people: People, now: datetime) -> None:
    staff.take_staff(session, people.oyelaran, now, LIST)
    again = staff.take_staff(session, people.oyelaran, now, LIST)
    assert (again.new, again.changed, again.left) == ([], [], [])
    assert len(again.unchanged) == len(LIST)


def test_a_list_takes_nobody_off_and_brings_nobody_back(
    session: Session, people: People, now: datetime
) -> None:
    staff.mark_left(session, people.oyelaran, now, people.kaur.person_id)
    taken = staff.take_staff(session, people.oyelaran, now, LIST)
    assert names(taken.left) == ["Mrs Kaur"]
    assert queries.staff_member(session, people.school.id, people.kaur.person_id).roles == ()
    assert queries.staff_member(session, people.school.id, people.okafor.person_id).roles == (Role.TEACHER,)


def test_a_person_of_another_school_keeps_password_name_and_address(
    session: Session, people: People, now: datetime
) -> None:
    row = StaffLine("Someone else", "stranger@otherbridge.example", [Role.TEACHER])
    joined = staff.add_staff(session, people.oyelaran, now, row)
    assert (joined.person.name, joined.link_token) == ("Ms Stranger", None)
    with pytest.raises(Refused, match="also works at another school"):
        staff.new_link(session, people.oyelaran, now, joined.person.id)
    with pytest.raises(Refused, match="also works at another school"):
        staff.lost_phone(session, people.oyelaran, now, joined.person.id)
    with pytest.raises(Refused, match="also works at another school"):
        staff.edit_staff(session, people.oyelaran, now, joined.person.id, row)


@pytest.mark.parametrize("act", [staff.new_link, staff.lost_phone, staff.mark_left])
def test_a_stranger_cannot_be_touched(  # type: ignore[no-untyped-def]
    session: Session, people: People, now: datetime, act
) -> None:
    with pytest.raises(NotFound):
        act(session, people.oyelaran, now, people.stranger.person_id)


def test_a_school_always_has_a_data_manager(session: Session, people: People, now: datetime) -> None:
    with pytest.raises(Refused, match="data manager"):
        staff.mark_left(session, people.oyelaran, now, people.oyelaran.person_id)
    row = StaffLine("Mrs Oyelaran", "oyelaran@fenmarket.example", [Role.TEACHER])
    with pytest.raises(Refused, match="data manager"):
        staff.edit_staff(session, people.oyelaran, now, people.oyelaran.person_id, row)


def test_the_safeguarding_lead_is_replaced_before_leaving(
    session: Session, people: People, now: datetime
) -> None:
    with pytest.raises(Refused, match="safeguarding"):
        staff.mark_left(session, people.oyelaran, now, people.farrell.person_id)


def test_a_new_colleague_gets_a_link_that_is_shown_once(
    as_person: AsPerson, client: PageClient, database: Database
) -> None:
    oyelaran = as_person("oyelaran")
    oyelaran.get("/staff")
    oyelaran.follow("Add somebody")
    page = oyelaran.submit("Save", name="Miss Patel", email="nonsense", roles=None, status=422)
    assert "Choose at least one role." in page.errors
    page = oyelaran.submit("Save", email="patel@fenmarket.example", roles=["teacher"])
    assert page.h1 == "Password link"
    link = page.one("//code").text
    assert client.get(link.removeprefix("http://localhost")).h1 == "Set your password"
    assert link not in oyelaran.get("/staff").html
    with database.reading() as session:
        patel = session.scalars(select(Person).where(Person.email == "patel@fenmarket.example")).one()
        assert patel.password_hash is None


def test_roles_changed_on_the_page_hold_at_the_next_request(as_person: AsPerson, people: People) -> None:
    whitaker, oyelaran = as_person("whitaker"), as_person("oyelaran")
    whitaker.get("/school", status=404)
    oyelaran.get(f"/staff/{people.whitaker.person_id}")
    oyelaran.submit("Save", roles=["teacher", "senco"])
    assert whitaker.get("/school").h1 == "School"
    oyelaran.get(f"/staff/{people.whitaker.person_id}")
    oyelaran.submit("Save", roles=["teacher"])
    whitaker.get("/school", status=404)


def test_somebody_who_left_can_come_back_with_the_history_they_have(
    as_person: AsPerson, people: People, database: Database
) -> None:
    oyelaran = as_person("oyelaran")
    oyelaran.get(f"/staff/{people.kaur.person_id}")
    oyelaran.follow("Mark as left")
    oyelaran.submit("Mark as left")
    page = oyelaran.follow("Mrs Kaur")
    assert "This person has left" in page.text
    oyelaran.submit("Save", roles=["assistant"], languages=["pa"])
    with database.reading() as session:
        row = session.scalars(select(Membership).where(Membership.person_id == people.kaur.person_id)).one()
        assert (row.left_at, row.languages) == (None, ["pa"])


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/staff", {"oyelaran"}),
        ("/school", {"oyelaran", "farrell"}),
        ("/school/terms", {"oyelaran", "farrell"}),
        ("/audit", {"oyelaran", "farrell"}),
        ("/concerns", {"farrell"}),
        ("/account", {"okafor", "farrell", "oyelaran", "lindqvist", "kaur", "stranger"}),
    ],
)
def test_each_page_opens_to_those_who_may_and_is_not_there_for_others(
    as_person: AsPerson, address: str, allowed: set[str]
) -> None:
    for name in ("okafor", "farrell", "oyelaran", "lindqvist", "kaur", "stranger"):
        as_person(name).get(address, status=200 if name in allowed else 404)
