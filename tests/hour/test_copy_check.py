"""The page that says whether a Word file is a copy of ours tells the facts to who may see the pupil only."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.models import AuditEntry
from convo.conversation.models import Conversation
from convo.db import Database
from convo.hour import copy_check
from convo.kernel.errors import Refused
from convo.people.models import Carer
from convo.settings import Settings
from convo.summary import checking
from convo.summary.checking import LIMIT, find_copy, known_of
from convo.summary.models import Issue
from convo.summary.operations import record_delivery, take_language
from convo.summary.queries import document_of, issue_of_file
from convo.summary.rules import DeliveryWay
from tests.summary.giving import LATER, issue
from tests.support.client import Page, PageClient
from tests.support.held import Held, hold
from tests.support.people import NOW, People

Visit = Callable[[str], PageClient]

HIDDEN = "It is a copy of this school, of somebody whose page you may not see."


@pytest.fixture
def held(database: Database, people: People) -> Held:
    """The meeting, closed; her copy was explained aloud and then made anew in Polish, his was given."""
    with database.write() as session:
        held = hold(session, people)
        hers, his = issue(session, people, held, "mrs_khan", "mr_khan")
        aloud = {"language": "ur", "by": "Mrs Aziz"}
        record_delivery(session, people.okafor, NOW, hers.id, DeliveryWay.EXPLAINED, **aloud)  # type: ignore[arg-type]
        record_delivery(session, people.farrell, LATER, his.id, DeliveryWay.GIVEN)
        take_language(session, people.okafor, LATER, held.id, people.mrs_khan.id, "pl")
        return held


def file_of(database: Database, carer_id: object, number: int = 1) -> bytes:
    with database.reading() as session:
        found = select(Issue.id).where(Issue.carer_id == carer_id, Issue.number == number)
        return document_of(session, session.scalars(found).one())


def show(client: PageClient, file: bytes, *, status: int = 200) -> Page:
    client.get("/copies/check")
    return client.submit("Look at it", file=(BytesIO(file), "anything.docx"), status=status)


def facts(page: Page) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for part in page.all("//dl[@class='facts']/*"):
        if part.tag == "dt":
            label = part.text
        else:
            told[label] = [line.text for line in part]
    return told


def last_entry(database: Database) -> AuditEntry:
    with database.reading() as session:
        return session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()


def test_a_copy_that_was_replaced_is_told_with_all_that_is_known_of_it(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    page = show(as_person("okafor"), file_of(database, people.mrs_khan.id))
    assert "This file is exactly copy 1 for Mrs Nasreen Khan about Amina Khan." in page.text
    assert facts(page) == {
        "Made": ["Monday 23 November 2026, 14:00"],
        "Made by": ["Mr Okafor"],
        "Why": ["The first copy"],
        "Language": ["English and Urdu"],
        "Layout": ["Side by side"],
        "Guide": ["usual 1"],
        "Does it still count": [
            "No: it was withdrawn on Monday 23 November 2026, 16:00.",
            "It was replaced by copy 2, made on Monday 23 November 2026, 16:00.",
        ],
        "How it reached the family": [
            "Explained aloud in Urdu by Mrs Aziz. Monday 23 November 2026, 14:00, Mr Okafor"
        ],
    }
    assert page.links["What was agreed"] == f"/conversations/{held.id}/summary"
    entry = last_entry(database)
    assert (entry.act, entry.thing, entry.pupil_id, entry.note) == (
        "look",
        "issue",
        people.amina.id,
        "as a file",
    )


def test_the_newest_copy_holds(database: Database, people: People, held: Held, as_person: Visit) -> None:
    client = as_person("farrell")
    second = facts(show(client, file_of(database, people.mrs_khan.id, 2)))
    assert second["Why"] == ["The same agreement, in another language"]
    assert second["Does it still count"] == ["Yes: it is the newest for this carer."]
    assert second["How it reached the family"] == ["Nothing is written down."]
    his = facts(show(client, file_of(database, people.mr_khan.id)))
    assert his["Language"] == ["English"]
    assert his["How it reached the family"] == [
        "Printed and given. Monday 23 November 2026, 16:00, Ms Farrell"
    ]


def test_who_sees_that_meetings_were_held_is_not_led_to_what_was_said(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    page = show(as_person("oyelaran"), file_of(database, people.mr_khan.id))
    assert "copy 1 for Mr Imran Khan" in page.text
    assert f"/pupils/{people.amina.id}" in page.links.values()
    assert "What was agreed" not in page.links


@pytest.mark.parametrize("name", ["whitaker", "kaur"])
def test_of_a_pupil_whom_one_may_not_see_it_says_no_more_than_that(
    database: Database, people: People, held: Held, as_person: Visit, name: str
) -> None:
    page = show(as_person(name), file_of(database, people.mrs_khan.id))
    assert HIDDEN in page.text
    for hidden in ("Khan", "Amina", "Nasreen", "Urdu", "Okafor", "23 November", str(held.id)):
        assert hidden not in page.html
    entry = last_entry(database)
    assert (entry.thing, entry.pupil_id, entry.note) == ("file", None, "of a pupil whom they may not see")


def test_what_is_not_ours_or_was_changed_is_told_in_one_sentence(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    client, file = as_person("okafor"), file_of(database, people.mrs_khan.id)
    for other in (file + b" ", file[:-1], b"PK", "ا".encode()):
        page = show(client, other)
        assert "This file is not a copy that this school gave out, or it was changed since." in page.text
        assert "Opening and saving it in Word changes it too." in page.text
        assert facts(page) == {}
    assert (last_entry(database).thing, last_entry(database).note) == ("file", "not a copy of ours")


def test_a_copy_of_another_school_is_none_of_ours(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    page = show(as_person("stranger"), file_of(database, people.mrs_khan.id))
    assert "This file is not a copy that this school gave out" in page.text


def test_no_file_and_too_large_a_file_are_refused_in_a_sentence(
    session: Session, people: People, held: Held, as_person: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused) as refused:
        find_copy(session, people.school, b"x" * (LIMIT + 1))
    session.rollback()
    said = "This file has more than 5 MB, and no copy of ours is so large. Choose another."
    assert refused.value.message == said
    client = as_person("okafor")
    client.get("/copies/check")
    assert client.submit("Look at it", status=422).errors == ["Choose a file."]
    for module in (checking, copy_check):
        monkeypatch.setattr(module, "LIMIT", 1000)
    assert show(client, b"x" * 1000).errors == []
    (error,) = show(client, b"x" * 1001, status=422).errors
    assert error == said.replace("5 MB", "0 MB")


def test_the_file_is_kept_nowhere(
    settings: Settings, database: Database, people: People, held: Held, as_person: Visit
) -> None:
    client, mark = as_person("okafor"), b"MARKEDFILE" * 5
    show(client, mark)
    show(client, file_of(database, people.mrs_khan.id))
    stored = [path for path in Path(settings.data).rglob("*") if path.is_file()]
    assert stored or database.url.startswith("postgresql")
    assert [path.name for path in stored if mark in path.read_bytes()] == []
    with database.reading() as session:
        assert session.query(Issue).count() == 3


def test_it_is_found_from_the_print_list_and_the_help(held: Held, as_person: Visit) -> None:
    for name, start in (("oyelaran", "/print-list"), ("farrell", "/print-list"), ("okafor", "/help")):
        client = as_person(name)
        client.get(start)
        assert client.follow("Is this a copy of ours?").h1 == "Is this a copy of ours?"


def test_the_name_on_the_copy_is_told_also_where_the_carer_is_called_otherwise_now(
    session: Session, people: People, held: Held
) -> None:
    found = issue_of_file(session, people.school.id, session.scalars(select(Issue.document).limit(1)).one())
    assert found is not None
    before = known_of(session, people.school, found, "x.docx").sentence
    session.get_one(Carer, found.carer.id).surname = "Else"
    session.get_one(Conversation, held.id).pupil.surname = "خان"
    session.flush()
    after = known_of(session, people.school, found, "x.docx").sentence
    assert after == before.replace("Amina Khan", "\u2068Amina خان\u2069")
