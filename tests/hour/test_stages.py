"""The stages of the hour as pages and plain forms, without a browser."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select

from convo.access.models import AuditEntry, ConcernOpened
from convo.conversation.models import Change, Entry, Participant, Priority, StaffNote, StaffNoteChange
from convo.conversation.rules import ChangeOutcome, ParticipantKind
from convo.db import Database
from convo.plan.models import Decision
from tests.support.client import PageClient, filled_in
from tests.support.full_hour import FullHour, Tablet, fill
from tests.support.meetings import with_mrs_khan
from tests.support.people import People

STAGES = ("since-last-time", "explore", "focus", "plan", "review")
MOST_STATEMENTS = 14

AsPerson = Callable[[str], PageClient]


@pytest.fixture
def full(database: Database, people: People) -> FullHour:
    with database.write() as session:
        return fill(session, people)


@pytest.mark.parametrize("slug", STAGES)
def test_every_stage_holds_the_whole_hour_and_shows_itself(
    as_person: AsPerson, full: FullHour, slug: str
) -> None:
    page = as_person("okafor").get(f"/conversations/{full.id}/{slug}")
    sections = page.all("//section[@data-stage]")
    assert [section.get("data-stage").replace("_", "-") for section in sections] == list(STAGES)
    [shown] = [section for section in sections if section.get("hidden") is None]
    assert shown.get("data-stage").replace("_", "-") == slug
    assert page.title.startswith(page.h1)


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    engine = app.extensions["convo_database"].engine
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("entries", [2, 40])
def test_a_stage_costs_the_same_few_statements_however_much_was_said(
    app: Flask, as_person: AsPerson, database: Database, people: People, entries: int
) -> None:
    with database.write() as session:
        full = fill(session, people, entries)
    visitor = as_person("okafor")
    visitor.get(f"/conversations/{full.id}/explore")  # the first look at the pupil is written down once
    for slug in STAGES:
        with statements(app) as sent:
            visitor.get(f"/conversations/{full.id}/{slug}")
        assert len(sent) <= MOST_STATEMENTS, "\n".join(one.split("FROM")[1][:60] for one in sent)


def test_a_form_changes_what_differs_and_nothing_else(
    as_person: AsPerson, database: Database, full: FullHour
) -> None:
    visitor = as_person("okafor")
    page = visitor.get(f"/conversations/{full.id}/explore")
    with database.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.text == "She goes quiet in class")).one()
        before = session.scalars(select(Change.id).where(Change.conversation_id == full.id)).all()
    field = f"entry:{entry.id}:text"
    form = next(page.one(f"//textarea[@name='{field}']").iterancestors("form"))
    sent = {**filled_in(form), field: "She goes quiet in maths", "go": "explore"}
    for _ in range(2):  # a form sent twice changes once
        visitor.post(form.get("action"), sent)
    with database.reading() as session:
        made = select(Change).where(Change.conversation_id == full.id, Change.id.not_in(before))
        told = [(change.thing, change.field) for change in session.scalars(made)]
        assert session.get_one(Entry, entry.id).text == "She goes quiet in maths"
    assert [one for one in told if one != ("conversation", "stage")] == [("entry", "text")]


def test_a_staff_note_goes_into_its_own_stream(
    as_person: AsPerson, database: Database, full: FullHour
) -> None:
    visitor = as_person("okafor")
    page = visitor.get(f"/conversations/{full.id}/explore")
    blank = page.one("//textarea[@id='new-note']").get("name")
    visitor.submit("Save the note", **{blank: "Ask about sleep"})
    with database.reading() as session:
        assert "Ask about sleep" in session.scalars(select(StaffNote.text)).all()
        assert "Ask about sleep" in session.scalars(select(StaffNoteChange.value)).all()
        assert "Ask about sleep" not in session.scalars(select(Change.value)).all()


def test_a_decision_on_what_was_promised_is_kept(
    as_person: AsPerson, database: Database, full: FullHour
) -> None:
    visitor = as_person("okafor")
    page = visitor.get(f"/conversations/{full.id}/since-last-time")
    names = {control.get("name") for control in page.all("//input[@type='radio']")}
    undecided = [
        name
        for name in sorted(names)
        if name.endswith(":outcome") and not page.all(f"//input[@name='{name}' and @checked]")
    ]
    assert len(undecided) == 2
    visitor.submit("Save this page", **{undecided[0]: "done"})
    with database.reading() as session:
        outcomes = session.scalars(select(Decision.outcome)).all()
    assert sorted(str(outcome) for outcome in outcomes) == ["continue", "done"]


def test_pausing_over_a_worry_leaves_nothing_in_the_journal_or_the_trail(
    as_person: AsPerson, database: Database, full: FullHour
) -> None:
    visitor = as_person("okafor")
    visitor.get(f"/conversations/{full.id}/explore")
    before = _journal_and_trail(database)
    visitor.submit("Pause")
    assert "safety" not in visitor.page.text
    visitor.submit("Something else has come up")
    assert "Ms Farrell" in visitor.page.text
    assert "Mr Lindqvist" in visitor.page.text
    assert visitor.page.all("//main//textarea | //main//input[not(@type='hidden')]") == []
    visitor.submit("Opened by mistake")
    assert visitor.page.path.startswith(f"/conversations/{full.id}/")
    assert _journal_and_trail(database) == before
    with database.reading() as session:
        assert [concern.answer.value for concern in session.scalars(select(ConcernOpened))] == ["by mistake"]


def test_a_concern_opened_once_is_logged_once_however_often_the_page_is_loaded(
    as_person: AsPerson, database: Database, full: FullHour
) -> None:
    def logged() -> int:
        with database.reading() as session:
            return len(session.scalars(select(ConcernOpened)).all())

    okafor, path = as_person("okafor"), f"/conversations/{full.id}/pause"
    sent = filled_in(okafor.get(path).all("//main//form")[-1])
    for _ in range(2):  # a reload or a second tap sends the same form again
        page = okafor.post(path, sent)
        assert "Ms Farrell" in page.text
    assert logged() == 1
    assert okafor.submit("I will go to them").path.startswith(f"/conversations/{full.id}/")
    farrell = as_person("farrell")
    farrell.get(path)
    farrell.post(path, {"concern": sent["concern"]}, status=404)
    okafor.get(path)
    okafor.submit("Something else has come up")  # another time is another entry
    assert logged() == 2


def _journal_and_trail(database: Database) -> list[UUID]:
    with database.reading() as session:
        return [
            identifier
            for model in (Change, StaffNoteChange, AuditEntry)
            for identifier in session.scalars(select(model.id).order_by(model.id))
        ]


@pytest.mark.parametrize("slug", STAGES)
def test_a_stage_of_a_meeting_that_is_not_open_leads_to_the_meeting(
    as_person: AsPerson, database: Database, people: People, full: FullHour, slug: str
) -> None:
    with database.write() as session:
        planned = with_mrs_khan(session, people).id
    visitor = as_person("okafor")
    for meeting in (planned, full.before):
        visitor.get(f"/conversations/{meeting}/{slug}")
        assert f"/{slug}" not in visitor.page.path


@pytest.mark.parametrize("name", ["whitaker", "stranger"])
def test_a_colleague_with_no_part_in_it_and_a_stranger_find_nothing(
    as_person: AsPerson, full: FullHour, name: str
) -> None:
    visitor = as_person(name)
    for path in (*STAGES, "family/explore", "pause", "summary"):
        visitor.get(f"/conversations/{full.id}/{path}", status=404)
    visitor.post(f"/conversations/{full.id}/explore", {"op": str(full.id)}, status=404)


def test_of_two_versions_of_who_said_it_the_names_are_read_and_of_two_lists_the_lines(
    as_person: AsPerson, database: Database, people: People, full: FullHour
) -> None:
    with database.write() as session:
        entry = session.scalars(
            select(Entry).where(Entry.conversation_id == full.id, Entry.text == "She goes quiet in class")
        ).one()
        priority = session.scalars(select(Priority).where(Priority.conversation_id == full.id)).one()
        here = Participant.conversation_id == full.id
        of_staff = select(Participant.id).where(here, Participant.kind == ParticipantKind.STAFF)
        teacher = session.scalars(of_staff).one()
        farrell = Tablet(session, people.farrell, full.id)
        farrell.write("entry", entry.id, parent=teacher)
        farrell.write("priority", priority.id, entries=[])
    page = as_person("okafor").get(f"/conversations/{full.id}/explore")
    for words in (
        "Something said has two versions. Mr Okafor, 14:00Mrs Nasreen Khan Ms Farrell, 14:00Mr Okafor",
        "A priority has two versions. Mr Okafor, 14:00She goes quiet in class Ms Farrell, 14:00(empty)",
    ):
        assert words in page.text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", page.text)


def test_a_line_changed_by_one_and_taken_out_by_another_comes_back_with_the_change(
    as_person: AsPerson, database: Database, people: People, full: FullHour
) -> None:
    with database.write() as session:
        entry = session.scalars(
            select(Entry).where(Entry.conversation_id == full.id, Entry.text == "She goes quiet in class")
        ).one()
        line = entry.id
        Tablet(session, people.farrell, full.id).write("entry", line, removed=True)
        Tablet(session, people.okafor, full.id).write("entry", line, text="She goes quiet in maths")
        [conflict] = session.scalars(
            select(Change.id).where(Change.thing == "entry", Change.outcome == ChangeOutcome.CONFLICT)
        )
    visitor = as_person("okafor")
    page = visitor.get(f"/conversations/{full.id}/explore")
    form = next(page.one(f"//button[@value='settle:{conflict}:mine']").iterancestors("form"))
    visitor.post(form.get("action"), {**filled_in(form), "do": f"settle:{conflict}:mine"})
    with database.reading() as session:
        entry = session.get_one(Entry, line)
        assert (entry.text, entry.removed) == ("She goes quiet in maths", False)
        assert session.get_one(Change, conflict).settled_at is not None


def test_a_plain_form_takes_nothing_out_that_was_reworded_since_its_page_was_made(
    as_person: AsPerson, database: Database, people: People, full: FullHour
) -> None:
    line, words = "She goes quiet in class", "She goes quiet in maths, and nowhere else"
    mine, hers = as_person("okafor"), as_person("farrell")
    with database.reading() as session:
        here = (Entry.conversation_id == full.id, Entry.text == line)
        entry = session.scalars(select(Entry.id).where(*here)).one()
    path = f"/conversations/{full.id}/explore"
    remove = f"remove:entry:{entry}"

    def press(visitor: PageClient, page: Any, **more: str) -> Any:
        form = page.one("//form[@id='form-explore']")
        return visitor.post(path, {**filled_in(form), **more})

    page = mine.get(f"{path}?more={entry}")
    press(hers, hers.get(path), **{f"entry:{entry}:text": words})
    asked = press(mine, page, do=remove)
    assert "One of you took this out. Another reworded it, or put it back." in asked.text
    assert words in [voice.text for voice in asked.all("//*[@data-conflict]//p[@class='voice']")]
    page = mine.get(f"{path}?more={entry}")
    press(mine, page, do=remove, **{f"entry:{entry}:text": "Reworded and taken out at once"})
    with database.reading() as session:
        row = session.get_one(Entry, entry)
        assert (row.text, row.removed) == ("Reworded and taken out at once", True)
