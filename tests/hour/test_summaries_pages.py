"""The pages with which each carer's copy is looked at, given out, corrected and printed."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.models import AuditEntry
from convo.conversation.incoming import read_change
from convo.conversation.journal import apply_changes
from convo.conversation.models import Correction
from convo.db import Database
from convo.hour.finish import finish
from convo.kernel.errors import Refused
from convo.plan.models import Action
from convo.plan.rules import Agreement
from convo.summary.models import Issue
from convo.summary.operations import issue_first, record_delivery
from convo.summary.queries import issues_of
from convo.summary.rules import DeliveryWay
from tests.support.changes import change
from tests.support.client import PageClient
from tests.support.held import Held, hold
from tests.support.people import NOW, People

Visit = Callable[[str], PageClient]
LATE = NOW + timedelta(hours=1)  # after the closing


@pytest.fixture
def held(database: Database, people: People) -> Held:
    """The meeting, closed, with a copy for each parent."""
    with database.write() as session:
        held = hold(session, people)
        copies = [(people.mrs_khan.id, "ur", "side"), (people.mr_khan.id, "en", "side")]
        issue_first(session, people.okafor, NOW, held.meeting, copies)  # type: ignore[arg-type]
        return held


def issue_of(database: Database, held: Held, carer_id: object) -> Issue:
    """Return a carer's newest copy."""
    with database.reading() as session:
        return [issue for issue in issues_of(session, held.id) if issue.carer_id == carer_id][-1]


def steps(database: Database, held: Held, carer_id: object) -> list[DeliveryWay]:
    return [step.way for step in issue_of(database, held, carer_id).deliveries]


def test_closing_the_hour_makes_the_copies_of_those_ticked_and_shows_them(
    database: Database, people: People, as_person: Visit
) -> None:
    with database.write() as session:
        held = hold(session, people, close=False)
        held.meeting.guide = None
        made = finish(session, people.okafor, NOW, held.id)
    assert [(issue.carer_id, issue.language) for issue in made] == [(people.mrs_khan.id, "ur")]
    page = as_person("okafor").get(f"/conversations/{held.id}/summary")
    assert page.h1 == "What was agreed: Amina Khan"
    assert "Copy 1" in page.text
    assert "does not have it yet" in page.text


def test_the_hour_s_last_button_leads_to_the_copies(people: People, as_person: Visit) -> None:
    client = as_person("okafor")
    client.get(f"/pupils/{people.szymon.id}")
    rows = {"unique_ids", "links_and_buttons_say_something"}  # the hour holds empty rows as templates
    carer = {"carer": str(people.mrs_wojcik.id)}
    page = client.post(f"/pupils/{people.szymon.id}/start", carer, skip=rows)
    client.get(page.path.replace("/explore", "/review"), skip=rows)
    page = client.submit("Finish now: close with what is agreed")
    assert page.h1 == "What was agreed: Szymon Wójcik"
    assert page.path.endswith("/summary")
    assert "polski (Polish)" in page.text


def test_what_stops_the_closing_leaves_the_meeting_open(session: Session, people: People) -> None:
    held = hold(session, people, close=False)
    held.at_home.agreement = Agreement.DISCUSS
    with pytest.raises(Refused):
        finish(session, people.okafor, NOW, held.id)
    session.refresh(held.meeting)
    assert held.meeting.closed_at is None
    assert issues_of(session, held.id) == []
    assert len(finish(session, people.okafor, NOW, held.id, finish_now=True)) == 1


def test_a_copy_is_given_in_one_tap(database: Database, people: People, held: Held, as_person: Visit) -> None:
    client = as_person("okafor")
    client.get(f"/conversations/{held.id}/summary")
    page = client.submit("Printed and given now")
    assert "has it" in page.text
    assert "Printed and given" in page.text
    assert steps(database, held, people.mrs_khan.id) == [DeliveryWay.GIVEN]


def test_every_way_to_the_family_is_recorded(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    client = as_person("okafor")
    for button, fields in (
        ("Put on the office’s print list", {}),
        ("Promise it by this day", {"due_on": "2026-11-26"}),
        ("It was explained aloud", {"language": "ur", "by": "Mrs Aziz"}),
        ("Collected", {}),
    ):
        client.get(f"/conversations/{held.id}/summary")
        client.submit(button, **fields)
    assert steps(database, held, people.mrs_khan.id) == [
        DeliveryWay.PRINT_LIST,
        DeliveryWay.PROMISED,
        DeliveryWay.EXPLAINED,
        DeliveryWay.COLLECTED,
    ]
    page = client.get(f"/conversations/{held.id}/summary")
    assert "Promised by Thursday 26 November 2026" in page.text
    assert "Explained aloud in Urdu by Mrs Aziz" in page.text


def test_a_promise_without_a_day_is_refused_on_the_page(held: Held, as_person: Visit) -> None:
    client = as_person("okafor")
    client.get(f"/conversations/{held.id}/summary")
    assert client.submit("Promise it by this day", status=422).errors == ["Say by which day."]
    client.get(f"/conversations/{held.id}/summary")
    refused = client.submit("Promise it by this day", status=422, due_on="soon")
    assert refused.errors == ["Write the date as day, month and year."]


def test_the_preview_is_of_one_carer_only(people: People, held: Held, as_person: Visit) -> None:
    client = as_person("okafor")
    client.get(f"/conversations/{held.id}/summary")
    hers = client.get(f"/conversations/{held.id}/summary/preview/{people.mrs_khan.id}?issue=1")
    assert hers.h1 == "Copy 1 for Mrs Nasreen Khan"
    assert "She cries before school" in hers.text
    assert hers.one("//article/@lang") == "ur"
    his = client.get(f"/conversations/{held.id}/summary/preview/{people.mr_khan.id}?issue=1")
    for hidden in ("Nasreen", "She cries", "Aziz", "25 January"):
        assert hidden not in his.html
    client.get(f"/conversations/{held.id}/summary/preview/{people.mrs_khan.id}?issue=9", status=404)
    client.get(f"/conversations/{held.id}/summary/preview/{people.ms_obrien.id}", status=404)


def test_a_name_of_someone_kept_apart_in_the_words_is_pointed_out_to_staff(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    with database.write() as session:
        session.get_one(Action, held.at_school.id).what = "Ring Mrs Khan when she cries"
    client = as_person("okafor")
    assert "names Mrs Khan, who is kept apart" in client.get(f"/conversations/{held.id}/summary").text
    preview = client.get(f"/conversations/{held.id}/summary/preview/{people.mr_khan.id}")
    assert "These words name Mrs Khan" in preview.text


def test_the_word_file_is_that_of_the_issue_named_without_the_surname_and_in_the_trail(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    issue = issue_of(database, held, people.mrs_khan.id)
    answer = as_person("okafor").flask.get(f"/issues/{issue.id}/word")
    with database.reading() as session:
        assert answer.data == session.get_one(Issue, issue.id).document
        trail = session.scalars(select(AuditEntry).where(AuditEntry.act == "download")).all()
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="Amina 23 November 2026 summary 1 Urdu.docx"'
    )
    assert [(entry.thing_id, entry.pupil_id) for entry in trail] == [(issue.id, people.amina.id)]
    his = issue_of(database, held, people.mr_khan.id)
    named = as_person("okafor").flask.get(f"/issues/{his.id}/word").headers["Content-Disposition"]
    assert "Amina November 2026 summary 1 English.docx" in named


@pytest.mark.parametrize("name", ["whitaker", "oyelaran", "lindqvist", "kaur", "stranger"])
def test_who_has_no_part_in_it_finds_no_copy(
    database: Database, people: People, held: Held, as_person: Visit, name: str
) -> None:
    issue = issue_of(database, held, people.mrs_khan.id)
    client = as_person(name)
    for path in (
        f"/conversations/{held.id}/summary",
        f"/conversations/{held.id}/summary/preview/{people.mrs_khan.id}",
        f"/conversations/{held.id}/correct",
        f"/issues/{issue.id}/word",
    ):
        client.get(path, status=404)
    client.get("/help")
    client.post(f"/issues/{issue.id}/delivery", {"way": "given"}, status=404)


def test_the_office_prints_what_waits_and_ticks_it(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    hers, his = (issue_of(database, held, carer.id) for carer in (people.mrs_khan, people.mr_khan))
    office = as_person("oyelaran")
    assert "Nothing waits to be printed" in office.get("/print-list").text
    with database.write() as session:
        record_delivery(session, people.okafor, NOW, hers.id, DeliveryWay.PRINT_LIST)
        record_delivery(
            session, people.okafor, NOW, his.id, DeliveryWay.PROMISED, due_on=NOW.date() + timedelta(days=2)
        )
    page = office.get("/print-list")
    assert page.text.index("Mr Imran Khan") < page.text.index("Mrs Nasreen Khan")
    assert "promised by Wednesday 25 November 2026" in page.text
    assert office.flask.get(f"/issues/{hers.id}/word").status_code == 200
    page = office.submit("Save the ticks", issue=[str(hers.id)])
    assert "Mrs Nasreen Khan" not in page.text
    assert steps(database, held, people.mrs_khan.id)[-1] is DeliveryWay.SENT
    assert office.flask.get(f"/issues/{hers.id}/word").status_code == 404
    as_person("okafor").get("/print-list", status=404)


def test_a_promise_not_kept_is_shown_as_late(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    hers, his = (issue_of(database, held, carer.id) for carer in (people.mrs_khan, people.mr_khan))
    promised = NOW - timedelta(days=3)
    with database.write() as session:
        for issue, due in ((hers, NOW), (his, NOW - timedelta(days=1))):
            record_delivery(
                session, people.okafor, promised, issue.id, DeliveryWay.PROMISED, due_on=due.date()
            )
    page = as_person("oyelaran").get("/print-list")
    assert page.text.count("late:") == 1
    assert "late: promised by Sunday 22 November 2026" in page.text


def test_a_line_is_corrected_agreed_since_and_given_in_another_language(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    client = as_person("okafor")
    client.get(f"/conversations/{held.id}/summary")
    page = client.follow("Correct what was agreed")
    key = f"action:{held.at_home.id}:what"
    assert client.submit("Correct it and make new copies", status=422, **{key: "Pack it alone"}).errors == [
        "Say why it changes."
    ]
    assert client.page is not None
    assert client.page.one(f"//textarea[@name='{key}']").text.strip() == "Pack it alone"
    page = client.submit("Correct it and make new copies", reason="the family asked")
    assert "Copy 2" in page.text
    assert "withdrawn" in page.text
    assert "Not yet agreed" in page.text
    page = client.submit(
        "Record that it was agreed", action=[str(held.at_home.id)], how="by phone with Mrs Khan"
    )
    assert "Not yet agreed" not in page.text
    page = client.submit("Make this copy", language="pl")
    assert "same agreement, new language" in page.text
    with database.reading() as session:
        assert session.get_one(Action, held.at_home.id).agreement is Agreement.AGREED
        assert len(session.scalars(select(Correction)).all()) == 2


def test_a_new_action_is_written_on_the_correction_page(
    database: Database, held: Held, as_person: Visit
) -> None:
    client = as_person("okafor")
    page = client.get(f"/conversations/{held.id}/correct")
    new = page.form["new"]
    fields = {
        f"action:{new}:what": "Walk in with a friend",
        f"action:{new}:who": "Amina",
        f"action:{new}:by_whom": "pupil",
        f"action:{new}:by_when": "2026-12-18",
        f"action:{new}:parent": str(held.target.id),
        f"action:{held.at_school.id}:removed": ["1"],
    }
    client.submit("Correct it and make new copies", reason="our slip", **fields)
    with database.reading() as session:
        made = session.scalars(select(Action).where(Action.what == "Walk in with a friend")).one()
        assert made.agreement is Agreement.NOT_YET
        assert session.get_one(Action, held.at_school.id).removed


def test_a_change_that_came_after_the_closing_is_shown_with_its_author_and_decided(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    with database.write() as session:
        for thing, row, field, value in (
            ("action", held.at_home, "what", "Pack the bag alone"),
            ("entry", held.childs, "text", "I like the hall best"),
        ):
            apply_changes(
                session, people.okafor, LATE, held.id, [read_change(change(thing, row.id, field, value))]
            )
    client = as_person("farrell")
    page = client.get(f"/conversations/{held.id}/summary")
    assert "2 changes reached us after the closing" in page.text
    page = client.follow("Decide")
    assert "Mr Okafor, Monday 23 November 2026, 15:00, sent after the closing: what" in page.text
    names = [name for name in page.form if name.startswith("aside:")]
    client.submit(
        "Correct it and make new copies",
        reason="our slip",
        **{names[0]: "take", names[1]: "leave"},
    )
    with database.reading() as session:
        assert session.get_one(Action, held.at_home.id).what == "Pack the bag alone"
        assert session.get_one(type(held.childs), held.childs.id).text == "I like the library best"
    assert "reached us after the closing" not in client.get(f"/conversations/{held.id}/summary").text


def test_a_late_change_of_who_said_it_is_shown_by_name_and_one_from_before_the_closing_not_as_late(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    with database.write() as session:
        for thing, row, field, value in (
            ("entry", held.childs, "parent", str(held.mother.id)),
            ("priority", held.priority, "entries", [str(held.childs.id), str(uuid4())]),
            ("action", held.at_home, "who_id", str(uuid4())),
        ):
            sent = [read_change(change(thing, row.id, field, value))]
            apply_changes(session, people.okafor, NOW, held.id, sent)
    client = as_person("farrell")
    assert "3 changes were kept aside." in client.get(f"/conversations/{held.id}/summary").text
    page = client.follow("Decide")
    when = "Mr Okafor, Monday 23 November 2026, 14:00"
    assert f"{when}: who said it {held.mother.name}" in page.text
    assert f"{when}: made from I like the library best Take it in" in page.text
    assert f"{when}: who (no longer known)" in page.text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", page.text)


def test_two_people_do_not_correct_over_each_other(held: Held, as_person: Visit) -> None:
    first, second = as_person("okafor"), as_person("farrell")
    for client in (first, second):
        client.get(f"/conversations/{held.id}/correct")
    key = f"action:{held.at_home.id}:how_often"
    first.submit("Correct it and make new copies", reason="our slip", **{key: "on Mondays"})
    refused = second.submit(
        "Correct it and make new copies", status=422, reason="our slip", **{key: "on Fridays"}
    )
    assert refused.errors[0].startswith("Somebody has corrected this meanwhile")


def test_a_carer_who_got_none_at_closing_gets_a_copy_later(
    database: Database, people: People, as_person: Visit
) -> None:
    with database.write() as session:
        held = hold(session, people)
    client = as_person("okafor")
    page = client.get(f"/conversations/{held.id}/summary")
    assert "No copy was made." in page.text
    client.submit("Make a copy", language="ur")
    assert issue_of(database, held, people.mrs_khan.id).language == "ur"
