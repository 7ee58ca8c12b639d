"""The office gets all that waits in one file; taking it ticks nothing, and the trail tells of it."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from convo.access import audit
from convo.access.models import AuditEntry
from convo.db import Database
from convo.summary.naming import LAYOUT_NAMES
from convo.summary.operations import record_delivery
from convo.summary.queries import document_of, waiting_ids
from convo.summary.rules import DeliveryWay
from tests.summary.giving import issue
from tests.support.client import PageClient
from tests.support.held import Held, hold
from tests.support.people import NOW, People

Visit = Callable[[str], PageClient]
ALL = "/print-list/all"


@pytest.fixture
def held(database: Database, people: People) -> Held:
    """The meeting, closed; both parents' copies wait."""
    with database.write() as session:
        held = hold(session, people)
        for made in issue(session, people, held, "mrs_khan", "mr_khan"):
            record_delivery(session, people.okafor, NOW, made.id, DeliveryWay.PRINT_LIST)
        return held


def test_all_that_waits_comes_as_one_file_and_waits_on(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    office = as_person("oyelaran")
    page = office.get("/print-list")
    assert "2 copies wait to be printed." in page.text
    assert page.links["Get all Word files"] == ALL
    with office.flask.get(ALL) as answer:
        assert (
            answer.headers["Content-Disposition"] == 'attachment; filename="Print list 23 November 2026.zip"'
        )
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Content-Length" not in answer.headers  # it is sent while it is made
        package = answer.data
    with database.reading() as session:
        waiting = waiting_ids(session, people.school.id)
        assert len(waiting) == 2
        documents = {document_of(session, issue_id) for issue_id in waiting}
        trail = session.scalars(select(AuditEntry).where(AuditEntry.act == "download")).all()
        assert audit.verify(session, people.school.id) == []
    with ZipFile(BytesIO(package)) as opened:
        assert {opened.read(name) for name in opened.namelist()} == documents
        assert all(name.startswith("5Oak/Amina ") and "Khan" not in name for name in opened.namelist())
    assert {entry.thing_id for entry in trail} == set(waiting)
    assert {(entry.person_id, entry.pupil_id, entry.note) for entry in trail} == {
        (people.oyelaran.person_id, people.amina.id, "print list")
    }
    assert "2 copies wait" in office.get("/print-list").text


def test_what_went_home_is_in_it_no_more(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    office = as_person("oyelaran")
    page = office.get("/print-list")
    first, *_ = page.all("//input[@name='issue']/@value")
    page = office.submit("Save the ticks", issue=[first])
    assert "One copy waits to be printed." in page.text
    with office.flask.get(ALL) as answer, ZipFile(BytesIO(answer.data)) as opened:
        assert len(opened.namelist()) == 1


def test_a_layout_without_a_name_breaks_neither_the_list_nor_the_check_of_its_file(
    database: Database, people: People, held: Held, as_person: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(LAYOUT_NAMES, "side")
    office = as_person("oyelaran")
    assert ", side." in office.get("/print-list").text
    with database.reading() as session:
        file = document_of(session, waiting_ids(session, people.school.id)[0])
    office.get("/copies/check")
    assert "Layout side" in office.submit("Look at it", file=(BytesIO(file), "x.docx")).text


def test_where_nothing_waits_the_file_leads_back_to_the_list(as_person: Visit) -> None:
    page = as_person("oyelaran").get(ALL)
    assert page.path == "/print-list"
    assert "Get all Word files" not in page.links


def test_who_has_no_print_list_gets_no_file_and_leaves_no_trace(
    database: Database, people: People, held: Held, as_person: Visit
) -> None:
    for name in ("okafor", "whitaker", "lindqvist", "kaur"):
        as_person(name).get(ALL, status=404)
    with as_person("stranger").flask.get(ALL) as answer:
        assert answer.status_code in {302, 404}
    with database.reading() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.act == "download")).all() == []
