"""Who is at the table: whom the tablet offers to add, and a colleague who joins."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select, update

from convo.access.models import Membership
from convo.conversation.models import Participant
from convo.conversation.operations import open_unplanned
from convo.conversation.rules import participant_id
from convo.db import Database
from convo.people.models import Carer, Pupil
from tests.support.client import PageClient
from tests.support.meetings import guide
from tests.support.people import NOW, People

Visit = Callable[[str], PageClient]


def test_a_carer_kept_apart_from_somebody_here_is_not_even_named_on_the_tablet(
    as_person: Visit, people: People, begin: Callable[[Pupil, Carer], UUID]
) -> None:
    meeting = begin(people.amina, people.mrs_khan)
    for stage in ("explore", "focus", "plan", "review"):
        page = as_person("okafor").get(f"/conversations/{meeting}/{stage}")
        assert "Nasreen" in page.html
        assert "Imran" not in page.html


def test_another_carer_is_added_in_two_taps(
    as_person: Visit, people: People, begin: Callable[[Pupil, Carer], UUID]
) -> None:
    meeting = begin(people.szymon, people.mrs_wojcik)
    visitor = as_person("okafor")
    page = visitor.get(f"/conversations/{meeting}/explore")
    assert "Mr Piotr Wójcik" in page.buttons
    here = visitor.submit("Mr Piotr Wójcik")
    assert here.html.count('data-kind="carer"') == 2
    father = f"remove:participant:{participant_id(meeting, people.mr_wojcik.id)}"
    visitor.post(f"/conversations/{meeting}/explore", {**here.form, "do": father})
    gone = visitor.get(f"/conversations/{meeting}/explore")
    assert gone.html.count('data-kind="carer"') == 1
    assert visitor.submit("Mr Piotr Wójcik").html.count('data-kind="carer"') == 2


def test_a_colleague_who_joins_may_open_the_hour(
    as_person: Visit, people: People, begin: Callable[[Pupil, Carer], UUID]
) -> None:
    meeting = begin(people.szymon, people.mrs_wojcik)
    as_person("whitaker").get(f"/conversations/{meeting}/explore", status=404)
    visitor = as_person("okafor")
    visitor.get(f"/conversations/{meeting}/colleagues")
    visitor.submit("Mrs Whitaker")
    page = as_person("whitaker").get(f"/conversations/{meeting}/explore")
    assert "Mrs Whitaker" in page.html
    visitor.post(
        f"/conversations/{meeting}/colleagues",
        {"person": str(people.whitaker.person_id)},
    )
    page = visitor.get(f"/conversations/{meeting}/explore")
    assert page.html.count('data-kind="staff"') == 2


def test_the_key_teacher_who_joins_is_called_that_as_when_it_was_planned(
    as_person: Visit, people: People, database: Database
) -> None:
    with database.write() as session:
        carers = (people.mrs_wojcik.id,)
        meeting = open_unplanned(session, people.farrell, NOW, people.szymon.id, guide(), carers).id
    visitor = as_person("farrell")
    kit = visitor.get(f"/conversations/{meeting}/kit").html
    assert kit.count('"key teacher"') == 1
    visitor.get(f"/conversations/{meeting}/colleagues")
    visitor.submit("Mr Okafor")
    with database.reading() as session:
        of_him = select(Participant.role).where(Participant.person_id == people.okafor.person_id)
        assert session.scalars(of_him).all() == ["key teacher"]


def test_somebody_who_has_left_the_school_cannot_join(
    as_person: Visit, people: People, begin: Callable[[Pupil, Carer], UUID], database: Database
) -> None:
    meeting = begin(people.szymon, people.mrs_wojcik)
    with database.write() as session:
        session.execute(
            update(Membership).where(Membership.person_id == people.whitaker.person_id).values(left_at=NOW)
        )
    visitor = as_person("okafor")
    page = visitor.get(f"/conversations/{meeting}/colleagues")
    assert "Mrs Whitaker" not in page.buttons
    person = {"person": str(people.whitaker.person_id)}
    visitor.post(f"/conversations/{meeting}/colleagues", person, status=404)
