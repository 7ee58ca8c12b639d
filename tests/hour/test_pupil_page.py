"""The list of pupils, a pupil's page, and what staff set about the adults around a child."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from convo.access.models import AuditEntry
from convo.conversation.models import Conversation
from convo.conversation.operations import not_held
from convo.conversation.rules import NotHeldReason
from convo.db import Database
from convo.people.models import Carer, ClassTeacher, KeptApart, MayReceive, PupilCarer
from tests.support.client import PageClient
from tests.support.meetings import open_action, with_mrs_khan
from tests.support.people import NOW, People

Visit = Callable[[str], PageClient]


def held(database: Database, carer: Carer) -> Carer:
    with database.reading() as session:
        return session.get_one(Carer, carer.id)


def test_the_list_holds_whom_one_may_see_and_is_searched(as_person: Visit, people: People) -> None:
    page = as_person("okafor").get("/pupils")
    assert {"Amina Khan", "Szymon Wójcik"} <= set(page.links)
    assert "Yusuf Khan" not in page.links
    client = as_person("farrell")
    client.get("/pupils")
    page = client.submit("Find", name="khan", **{"class": "2Ash"})
    assert "Yusuf Khan" in page.links
    assert "Amina Khan" not in page.links
    page = client.get("/pupils?name=nobody")
    assert "No pupil here has that name." in page.text
    assert "Amina Khan" in client.follow("Show all").links


def test_somebody_without_pupils_is_told_why(as_person: Visit, people: People, database: Database) -> None:
    assert "You have no pupils here yet." in as_person("kaur").get("/pupils").text


def test_an_awkward_name_comes_out_as_it_went_in(as_person: Visit, people: People) -> None:
    page = as_person("whitaker").get(f"/pupils/{people.zoe.id}")
    assert page.h1 == 'Zoë <b>& O\'Brien "Łukasz"'
    assert "Mrs Maeve O'Brien, grandmother" in page.text
    assert "no parental responsibility" in page.text


@pytest.mark.parametrize("name", ["whitaker", "kaur", "stranger"])
def test_a_pupil_one_may_not_see_is_not_found(as_person: Visit, people: People, name: str) -> None:
    client = as_person(name)
    for path in ("", "/plan", "/carers/new", f"/carers/{people.mrs_khan.id}"):
        client.get(f"/pupils/{people.amina.id}{path}", status=404)


def test_who_is_kept_apart_stands_plainly_on_the_page(as_person: Visit, people: People) -> None:
    page = as_person("okafor").get(f"/pupils/{people.amina.id}")
    assert "Kept apart from Mr Imran Khan." in page.text
    assert "Kept apart from Mrs Nasreen Khan." in page.text
    assert "before giving anything: check with the office" in page.text


def test_what_a_carer_reads_is_asked_and_kept_in_one_tap(
    as_person: Visit, people: People, database: Database
) -> None:
    client = as_person("okafor")
    page = client.get(f"/pupils/{people.szymon.id}")
    question, why = (
        "Which language do you like to read in?",
        "the school’s roll says the family speaks Polish",
    )
    assert f"{question} Not asked yet · {why}" in page.text
    assert page.text.count("Not asked yet") == 1  # of four answers about two parents one is missing
    page = client.submit("polski (Polish)")
    assert "Not asked yet" not in page.text
    assert held(database, people.mr_wojcik).reads == "pl"
    with database.reading() as session:
        notes = list(session.scalars(select(AuditEntry.note).where(AuditEntry.act == "change")))
    assert notes == ["languages"]


def test_a_carer_is_changed_and_kept_apart_from_another(
    as_person: Visit, people: People, database: Database
) -> None:
    client = as_person("okafor")
    client.get(f"/pupils/{people.szymon.id}/carers/{people.mr_wojcik.id}")
    page = client.submit(
        "Keep changes",
        speaks="pl",
        reads="en",
        large_print=True,
        parental_responsibility="no",
        may_receive="no",
        phone="07700 900789",
        kept_apart=[str(people.mrs_wojcik.id)],
    )
    assert page.text.count("Kept apart from") == 2
    assert "is given nothing" in page.text
    carer = held(database, people.mr_wojcik)
    assert (carer.reads, carer.large_print, carer.phone) == ("en", True, "07700 900789")
    with database.reading() as session:
        link = session.scalars(select(PupilCarer).where(PupilCarer.carer_id == carer.id)).one()
        pair = session.scalars(select(KeptApart).where(KeptApart.pupil_id == people.szymon.id)).one()
    assert (link.parental_responsibility, link.may_receive) == (False, MayReceive.NO)
    assert pair.carer_id < pair.other_id
    client.get(f"/pupils/{people.szymon.id}/carers/{people.mr_wojcik.id}")
    assert "Kept apart from" not in client.submit("Keep changes", kept_apart=[]).text


def test_a_wrong_address_is_refused_and_nothing_is_kept(
    as_person: Visit, people: People, database: Database
) -> None:
    client = as_person("okafor")
    client.get(f"/pupils/{people.szymon.id}/carers/{people.mr_wojcik.id}")
    page = client.submit("Keep changes", status=422, phone="07700 900789", email="at home")
    assert page.errors == ["Write the e-mail address as name@example.org, or leave it empty."]
    assert held(database, people.mr_wojcik).phone == ""


def test_a_carer_of_several_children_says_so(as_person: Visit, people: People) -> None:
    page = as_person("farrell").get(f"/pupils/{people.amina.id}/carers/{people.mrs_khan.id}")
    assert "hold for Yusuf Khan too" in page.text
    page = as_person("okafor").get(f"/pupils/{people.amina.id}/carers/{people.mrs_khan.id}")
    assert "Yusuf" not in page.text  # not one of his


def test_a_pupil_without_carers_leads_on_to_adding_one(
    as_person: Visit, people: People, database: Database
) -> None:
    client = as_person("farrell")
    page = client.get(f"/pupils/{people.practice.id}")
    assert "a conversation needs one" in page.text
    assert "Plan a conversation" not in page.links
    client.follow("Add a parent or carer")
    client.submit("Add", status=422)
    page = client.submit("Add", surname="Pupil", title="Ms", relationship="Mother", speaks="so", reads="so")
    assert "Ms Pupil, mother" in page.text
    assert "Plan a conversation" in page.links


def test_the_year_shows_each_round_attempts_and_what_is_open(
    as_person: Visit, people: People, database: Database
) -> None:
    with database.write() as session:
        meeting = with_mrs_khan(session, people)
        open_action(session, meeting, "Rings every Friday", date(2026, 11, 20))
        open_action(session, meeting, "Lends a reading book", date(2026, 12, 1))
        missed = with_mrs_khan(session, people, round=2)
        not_held(session, people.okafor, NOW, missed.id, NotHeldReason.FAMILY, "Grandmother is ill")
    page = as_person("okafor").get(f"/pupils/{people.amina.id}")
    assert "not held: family could not" in page.text
    assert "Grandmother is ill" in page.text
    assert page.text.index("Rings every Friday") < page.text.index("Lends a reading book")
    assert "Friday 20 November 2026 late" in page.text
    assert "Go to this conversation" in page.links


def test_a_data_manager_sees_that_a_meeting_was_planned_and_nothing_of_what_was_said(
    as_person: Visit, people: People, database: Database
) -> None:
    with database.write() as session:
        meeting = with_mrs_khan(session, people)
        open_action(session, meeting, "Rings every Friday", date(2026, 11, 20))
        missed = with_mrs_khan(session, people)
        not_held(session, people.okafor, NOW, missed.id, NotHeldReason.FAMILY, "Grandmother is ill")
    page = as_person("oyelaran").get(f"/pupils/{people.amina.id}")
    assert "Monday 30 November 2026, 15:30" in page.text
    assert "Rings every Friday" not in page.html
    assert "Grandmother is ill" not in page.html
    assert f"/conversations/{meeting.id}" not in page.html
    assert "Start one now" not in page.html


def test_a_data_manager_does_not_plan(as_person: Visit, people: People, database: Database) -> None:
    client = as_person("oyelaran")
    client.get(f"/pupils/{people.amina.id}/plan", status=404)
    client.get(f"/pupils/{people.amina.id}")
    client.post(f"/pupils/{people.amina.id}/start", {"carer": str(people.mrs_khan.id)}, status=404)
    with database.reading() as session:
        assert session.scalars(select(Conversation)).all() == []


def test_the_practice_pupil_is_made_from_its_page(
    as_person: Visit, people: People, database: Database
) -> None:
    page = as_person("oyelaran").get("/pupils/practice")
    assert "Go to the practice pupil" in page.links
    with database.write() as session:
        session.execute(ClassTeacher.__table__.delete())
    okafor = as_person("okafor")
    assert "You have no pupils here yet." in okafor.get("/pupils").text
    assert okafor.follow("Go to the practice pupil").h1 == "Practice Pupil"
