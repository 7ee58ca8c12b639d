"""The pages around a meeting, visited as the staff do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy import select

from convo.access.models import AuditEntry, School
from convo.conversation.models import Conversation
from convo.conversation.rules import State
from convo.db import Database
from tests.support.client import PageClient
from tests.support.people import People

Visit = Callable[[str], PageClient]


def plan_with_mrs_khan(client: PageClient, people: People, **changed: Any) -> str:
    """Plan the usual meeting through the form, and return the address of its page."""
    client.get(f"/pupils/{people.amina.id}/plan")
    values = {"on": "2026-11-30", "at": "15:30", "carers": [str(people.mrs_khan.id)], **changed}
    client.submit("Plan it", **values)
    assert client.page is not None
    return client.page.path


def the_meeting(database: Database) -> Conversation:
    with database.reading() as session:
        return session.scalars(select(Conversation).order_by(Conversation.starts_at.desc())).first()  # type: ignore[return-value]


def test_a_meeting_is_planned_on_one_page(as_person: Visit, people: People) -> None:
    client = as_person("okafor")
    client.get(f"/pupils/{people.amina.id}")
    page = client.follow("Plan a conversation")
    assert page.h1 == "Plan a conversation"
    assert page.form["minutes"] == "60"
    page = client.submit(
        "Plan it",
        on="2026-11-30",
        at="15:30",
        minutes="45",
        way="video",
        carers=[str(people.mrs_khan.id)],
        pupil_part="part",
        interpreter="by phone",
        interpreter_name="Mrs Aziz",
        interpreter_number="01632 960777",
        staff=[str(people.kaur.person_id)],
    )
    assert page.h1 == "Conversation 1: Amina Khan"
    for words in (
        "Monday 30 November 2026, 15:30, 45 minutes",
        "By video",
        "Mrs Nasreen Khan, mother",
        "Mrs Kaur, assistant",
        "By phone: Mrs Aziz, 01632 960777",
    ):
        assert words in page.text
    assert "Open the conversation" in page.buttons


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(
    as_person: Visit, people: People
) -> None:
    client = as_person("okafor")
    client.get(f"/pupils/{people.amina.id}/plan")
    page = client.submit("Plan it", status=422, on="2026-11-30", pupil_views="I like <maths>")
    assert page.errors == ["Choose the time.", "Say who of the family is asked."]
    assert page.form["pupil_views"].strip() == "I like <maths>"
    page = client.submit(
        "Plan it", status=422, at="15:30", carers=[str(people.mrs_khan.id), str(people.mr_khan.id)]
    )
    assert len(page.errors) == 1
    assert page.errors[0].endswith("are kept apart. Plan two conversations, one with each.")


def test_no_carer_is_ticked_beforehand_where_some_are_kept_apart(as_person: Visit, people: People) -> None:
    client = as_person("okafor")
    assert "carers" not in client.get(f"/pupils/{people.amina.id}/plan").form
    both = client.get(f"/pupils/{people.szymon.id}/plan").form["carers"]
    assert sorted(both) == sorted([str(people.mrs_wojcik.id), str(people.mr_wojcik.id)])


def test_a_child_as_interpreter_is_warned_about_on_the_page(as_person: Visit, people: People) -> None:
    client = as_person("okafor")
    plan_with_mrs_khan(client, people, interpreter="in the room", interpreter_is_child=True)
    assert client.page is not None
    assert "A child of the family should not interpret" in client.page.text


def test_changing_the_plan_starts_from_what_is_planned(as_person: Visit, people: People) -> None:
    client = as_person("okafor")
    plan_with_mrs_khan(client, people, round="2", pupil_views="I like maths")
    page = client.follow("Change the plan")
    assert (page.form["on"], page.form["at"], page.form["round"]) == ("2026-11-30", "15:30", ["2"])
    page = client.submit("Keep changes", at="16:00")
    assert "16:00" in page.text
    assert "I like maths" in page.text


def test_opening_leads_into_the_hour_and_a_second_tap_too(
    as_person: Visit, people: People, database: Database
) -> None:
    client = as_person("okafor")
    address = plan_with_mrs_khan(client, people)
    for _ in range(2):
        response = client.flask.post(f"{address}/open", data={"csrf_token": client.token})
        assert (response.status_code, response.location) == (302, f"{address}/explore")
    page = client.get(address)
    assert page.links["Go on with the conversation"] == f"{address}/explore"


def test_an_unplanned_meeting_starts_in_one_tap_with_one_of_two_who_are_kept_apart(
    as_person: Visit, people: People, database: Database
) -> None:
    client = as_person("okafor")
    page = client.get(f"/pupils/{people.amina.id}")
    assert "Start one now with Mr Imran Khan" in page.buttons
    assert "Start one now" not in page.buttons
    form = page.one("//button[contains(., 'now with Mrs Nasreen Khan')]/ancestor::form")
    sent = {item.get("name"): item.get("value") for item in form.xpath(".//input")}
    response = client.flask.post(form.get("action"), data=sent)
    meeting = the_meeting(database)
    assert response.location == f"/conversations/{meeting.id}/explore"
    assert meeting.state is State.OPEN
    assert sent["carer"] == str(people.mrs_khan.id)


def test_an_hour_without_safeguarding_lead_is_refused_in_words(
    as_person: Visit, people: People, database: Database
) -> None:
    client = as_person("okafor")
    address = plan_with_mrs_khan(client, people)
    with database.write() as session:
        session.get_one(School, people.school.id).safeguarding_lead_id = None
    page = client.post(f"{address}/open", status=422)
    assert "safeguarding lead and deputy" in page.text
    assert the_meeting(database).state is State.PLANNED


def test_not_held_and_planned_again_in_one_tap_stay_on_the_childs_record(
    as_person: Visit, people: People
) -> None:
    client = as_person("okafor")
    plan_with_mrs_khan(client, people)
    client.follow("It was not held")
    page = client.submit("Keep this", status=422)
    assert page.errors == ["Say why."]
    page = client.submit("Keep this", reason="no answer", note="Rang twice")
    assert "Not held. No answer." in page.text
    page = client.submit("Plan it again for Monday 7 December 2026, 15:30")
    assert "Monday 7 December 2026, 15:30" in page.text
    page = client.follow("Amina Khan")
    assert "not held: no answer" in page.text
    assert "Rang twice" in page.text
    page = client.follow("Monday 30 November 2026, 15:30")
    assert "It was planned again." in page.text
    assert "Choose another time" not in page.links


def test_another_time_can_be_chosen(as_person: Visit, people: People) -> None:
    client = as_person("okafor")
    plan_with_mrs_khan(client, people)
    client.follow("It was not held")
    client.submit("Keep this", reason="school")
    page = client.follow("Choose another time")
    assert (page.form["on"], page.form["at"]) == ("2026-12-07", "15:30")
    page = client.submit("Plan it again", status=422, on="2026-11-01")
    assert page.errors == ["That day has passed. Choose today or a later day."]
    page = client.submit("Plan it again", on="2026-12-03", at="09:00")
    assert "Thursday 3 December 2026, 09:00" in page.text


def test_a_paper_hour_is_typed_in_under_its_day(as_person: Visit, people: People, database: Database) -> None:
    client = as_person("okafor")
    client.get(f"/pupils/{people.szymon.id}")
    client.follow("Type in a paper hour")
    form = client.page.form if client.page else {}
    response = client.flask.post(
        f"/pupils/{people.szymon.id}/paper", data={**form, "on": "2026-10-05", "at": "15:30"}
    )
    meeting = the_meeting(database)
    assert response.location == f"/conversations/{meeting.id}/explore"
    assert (
        "Monday 5 October 2026, 15:30, 60 minutes (held on paper)"
        in client.get(f"/conversations/{meeting.id}").text
    )


def test_who_may_not_read_a_meeting_finds_nothing_there(as_person: Visit, people: People) -> None:
    client = as_person("okafor")
    address = plan_with_mrs_khan(client, people)
    for name in ("whitaker", "lindqvist", "oyelaran", "kaur", "stranger"):
        as_person(name).get(address, status=404)
        as_person(name).get(f"{address}/change", status=404)
    assert as_person("farrell").get(address).h1 == "Conversation 1: Amina Khan"


def test_who_only_takes_part_sees_the_plan_without_its_buttons(as_person: Visit, people: People) -> None:
    client = as_person("okafor")
    address = plan_with_mrs_khan(client, people, staff=[str(people.kaur.person_id)])
    page = as_person("kaur").get(address)
    assert "Open the conversation" not in page.buttons
    assert "Change the plan" not in page.links


def test_the_first_look_at_a_pupil_is_in_the_trail_once_a_sign_in(
    as_person: Visit, people: People, database: Database, clock: time_machine.Traveller
) -> None:
    client = as_person("okafor")
    address = plan_with_mrs_khan(client, people)
    client.get(address)
    clock.shift(timedelta(minutes=5))
    client.get(f"/pupils/{people.amina.id}")
    as_person("farrell").get(address)
    with database.reading() as session:
        looks = session.scalars(
            select(AuditEntry.person_id).where(AuditEntry.act == "look").order_by(AuditEntry.number)
        ).all()
    assert looks == [people.okafor.person_id, people.farrell.person_id]
