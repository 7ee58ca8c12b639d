"""Review: kinds, how each action was understood, nothing agreed; and a staff note in two versions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from convo.conversation.models import Entry, Participant, StaffNote, StaffNoteChange
from convo.conversation.rules import ChangeOutcome, EntryKind
from convo.db import Database
from convo.hour.finish import finish
from convo.people.models import Carer, Pupil
from convo.plan.models import Action
from convo.plan.rules import Understood
from tests.support.client import Page, PageClient, filled_in
from tests.support.full_hour import NOTE, FullHour, Tablet, fill
from tests.support.held import hold
from tests.support.page_rules import words_of
from tests.support.people import NOW, People

Visit = Callable[[str], PageClient]


@pytest.fixture
def full(database: Database, people: People) -> FullHour:
    with database.write() as session:
        return fill(session, people)


def send(visitor: PageClient, page: Page, about: str, **more: Any) -> Page:
    """Send the form that holds what an XPath means, with some fields changed."""
    form = next(page.one(about).iterancestors("form"))
    return visitor.post(form.get("action"), {**filled_in(form), **more})


def actions(database: Database, full: FullHour) -> list[Action]:
    with database.reading() as session:
        mine = select(Action).where(Action.conversation_id == full.id)
        return list(session.scalars(mine.order_by(Action.position)))


def test_the_kind_of_each_line_can_be_given_at_the_review(
    as_person: Visit, database: Database, full: FullHour
) -> None:
    visitor = as_person("okafor")
    page = visitor.get(f"/conversations/{full.id}/review")
    assert page.all("//section[@data-stage='review']//select[contains(@name, ':kind')]") == []
    page = visitor.submit("Show what was said")
    kinds = "//section[@data-stage='review']//label[select[contains(@name, ':kind')]]"
    assert page.one(kinds).findtext("span") == "She goes quiet in class"
    worry, other, *_ = [label.find("select").get("name") for label in page.all(kinds)]
    assert page.one(f"//select[@name='{worry}']/option[@selected]").get("value") == "worry"
    send(visitor, page, f"//select[@name='{other}']", **{other: "hope", "go": "review"})
    with database.reading() as session:
        held = {str(entry.id): entry.kind for entry in session.scalars(select(Entry))}
    assert held[worry.split(":")[1]] is EntryKind.WORRY
    assert held[other.split(":")[1]] is EntryKind.HOPE


def test_nothing_is_asked_about_kinds_where_nothing_was_said(
    as_person: Visit, people: People, begin: Callable[[Pupil, Carer], UUID]
) -> None:
    meeting = begin(people.szymon, people.mrs_wojcik)
    page = as_person("okafor").get(f"/conversations/{meeting}/review")
    assert page.one("//details[@data-kinds]").get("hidden") is not None


def test_how_one_action_was_understood_is_kept_and_the_others_go_by_what_each_person_says(
    as_person: Visit, database: Database, people: People, full: FullHour
) -> None:
    visitor = as_person("okafor")
    first, second, _ = actions(database, full)
    page = visitor.get(f"/conversations/{full.id}/review")
    with database.reading() as session:
        mother = session.scalars(
            select(Participant.id).where(
                Participant.conversation_id == full.id, Participant.carer_id == people.mrs_khan.id
            )
        ).one()
    name = f"action:{second.id}:understood"
    said = {name: "in English", f"participant:{mother}:understood": "through the interpreter"}
    send(visitor, page, f"//select[@name='{name}']", **said, go="review")
    assert [one.understood for one in actions(database, full)] == [None, Understood.ENGLISH, None]
    page = visitor.get(f"/conversations/{full.id}/review")
    assert page.one(f"//select[@name='{name}']/option[@selected]").get("value") == "in English"
    assert page.all(f"//select[@name='action:{first.id}:understood']/option[@selected]") == []
    lines = {
        line.findtext("p/strong"): words_of(line)
        for line in visitor.get(f"/conversations/{full.id}/summary").all("//section[h2[@id='agreed']]//li")
    }
    assert lines["A thing to do, at school"].endswith("understood in English")
    assert lines["A thing to do, at pupil"].endswith("understood: Mrs Nasreen Khan through the interpreter")
    assert "A thing to do, at home" not in lines  # they still want to talk about it


def test_an_understanding_that_convo_does_not_know_is_refused_in_a_sentence(
    as_person: Visit, database: Database, full: FullHour
) -> None:
    visitor = as_person("okafor")
    name = f"action:{actions(database, full)[0].id}:understood"
    page = visitor.get(f"/conversations/{full.id}/review")
    page = send(visitor, page, f"//select[@name='{name}']", **{name: "by telepathy", "go": "review"})
    assert "That is not one of the choices. Choose again." in page.errors[0]


def test_finishing_with_nothing_agreed_says_so_before_and_after_and_to_the_family(
    as_person: Visit, database: Database, people: People
) -> None:
    with database.write() as session:
        held = hold(session, people, close=False)
        held.meeting.guide = None
        tablet = Tablet(session, people.okafor, held.id)
        for action in (held.at_home, held.at_school, held.by_child):
            tablet.write("action", action.id, agreement="let's talk about this")
        meeting = held.id
    visitor = as_person("okafor")
    summary = f"/conversations/{meeting}/summary"
    assert "No action is agreed yet. A copy made now would say so." in visitor.get(summary).text
    with database.write() as session:
        [issue, *_] = finish(session, people.okafor, NOW, meeting, finish_now=True)
    assert "No action was agreed, and the copies say so." in visitor.get(summary).text
    preview = visitor.get(f"{summary}/preview/{people.mrs_khan.id}?issue={issue.number}")
    assert "We have not agreed anything to do yet." in preview.text
    assert "ہم نے ابھی یہ طے نہیں کیا" in preview.text


def test_the_closing_check_of_the_page_says_that_nothing_is_agreed(
    as_person: Visit, people: People, begin: Callable[[Pupil, Carer], UUID]
) -> None:
    meeting = begin(people.szymon, people.mrs_wojcik)
    page = as_person("okafor").get(f"/conversations/{meeting}/review")
    assert page.one("//ul[@class='check']/li[1]").text == (
        "No action from today is agreed, so the copies will hold no new one."
    )


def note_in_two_versions(database: Database, people: People, full: FullHour) -> UUID:
    """Let Ms Farrell write into the staff note without having seen it; return its id."""
    with database.write() as session:
        note = session.scalars(select(StaffNote.id).where(StaffNote.conversation_id == full.id)).one()
        Tablet(session, people.farrell, full.id).write("note", note, text="Glasses are ordered")
    return note


def test_a_staff_note_in_two_versions_waits_beside_the_note_until_a_person_chooses(
    as_person: Visit, database: Database, people: People, full: FullHour
) -> None:
    note = note_in_two_versions(database, people, full)
    visitor = as_person("okafor")
    page = visitor.get(f"/conversations/{full.id}/explore")
    waiting = page.all("//*[@id='staff-note']//*[@data-conflict]//p[@class='voice']")
    assert [text.text for text in waiting] == [NOTE, "Glasses are ordered"]
    assert len(page.all("//*[@data-needs-you]//*[@data-conflict]")) == 1  # the head shows no note
    assert "versions. Choose one, or keep both." in page.text  # nor does the meeting close over it
    with database.reading() as session:
        conflict = session.scalars(
            select(StaffNoteChange.id).where(StaffNoteChange.outcome == ChangeOutcome.CONFLICT)
        ).one()
    button = f"settle:{conflict}:both"
    page = send(visitor, page, f"//button[@value='{button}']", do=button)
    assert page.all("//*[@id='staff-note']//*[@data-conflict]") == []
    with database.reading() as session:
        assert session.get_one(StaffNote, note).text == f"{NOTE}\nGlasses are ordered"
        assert session.get_one(StaffNoteChange, conflict).settled_at is not None


def test_no_turned_page_shows_a_staff_note_in_either_version(
    as_person: Visit, database: Database, people: People, full: FullHour
) -> None:
    note_in_two_versions(database, people, full)
    visitor = as_person("okafor")
    for slug in ("explore", "focus", "plan", "review"):
        html = visitor.get(f"/conversations/{full.id}/family/{slug}").html
        assert NOTE not in html
        assert "Glasses are ordered" not in html


@pytest.mark.parametrize(
    ("verb", "place", "order"),
    [
        ("up", 1, ["home", "school", "pupil"]),  # the first under its priority: above it is another group
        ("down", 0, ["home", "school", "pupil"]),  # the only one under none
        ("down", 1, ["home", "pupil", "school"]),
        ("up", 2, ["home", "pupil", "school"]),
    ],
)
def test_an_action_moves_among_those_under_its_priority(
    as_person: Visit, database: Database, full: FullHour, verb: str, place: int, order: list[str]
) -> None:
    action = actions(database, full)[place]
    form = {"op": str(uuid4()), "do": f"{verb}:action:{action.id}"}
    visitor = as_person("okafor")
    visitor.get(f"/conversations/{full.id}/plan")
    visitor.post(f"/conversations/{full.id}/plan", form)
    assert [one.what.rpartition(" ")[2] for one in actions(database, full)] == order
