"""What is given out is frozen and numbered, and how it reaches the family is written down."""

from datetime import date, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.models import AuditEntry
from convo.kernel.errors import NotFound, Refused
from convo.people.models import MayReceive, PupilCarer
from convo.summary.content import from_json
from convo.summary.operations import (
    correct,
    record_delivery,
    take_language,
)
from convo.summary.queries import issue_of_file, issues_of, waiting_issues
from convo.summary.rules import DeliveryWay, IssueReason
from tests.summary.giving import ASKED, LATER, change, issue
from tests.support.held import Held, hold
from tests.support.people import NOW, People


@pytest.fixture
def held(session: Session, people: People) -> Held:
    return hold(session, people)


def test_each_ticked_carer_gets_a_frozen_numbered_issue(session: Session, people: People, held: Held) -> None:
    made = issue(session, people, held, "mrs_khan", "mr_khan")
    assert [(row.number, row.reason, row.language) for row in made] == [
        (1, IssueReason.FIRST, "ur"),
        (1, IssueReason.FIRST, "en"),
    ]
    for row in made:
        assert row.sha256 == sha256(row.document).hexdigest()
        assert row.document.startswith(b"PK")
        assert from_json(row.content).version == 1
    assert made[0].line_states["free"]["missing"] > 0
    assert made[0].guide_version == "usual 1"
    assert issue(session, people, held, "mrs_khan") == []
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.thing == "issue")).all()
    assert acts == ["issue", "issue"]


def test_a_carer_who_is_not_to_be_given_copies_gets_none(
    session: Session, people: People, held: Held
) -> None:
    link = session.scalars(
        select(PupilCarer).where(
            PupilCarer.carer_id == people.mr_khan.id, PupilCarer.pupil_id == people.amina.id
        )
    ).one()
    link.may_receive = MayReceive.NO
    session.flush()
    with pytest.raises(Refused, match="not to be given copies"):
        issue(session, people, held, "mr_khan")
    assert issues_of(session, held.id) == []


def test_what_the_family_still_waits_for_goes_over_to_the_new_issue(
    session: Session, people: People, held: Held
) -> None:
    first = issue(session, people, held, "mrs_khan")[0]
    due = date(2026, 11, 26)
    record_delivery(session, people.okafor, NOW, first.id, DeliveryWay.PRINT_LIST)
    record_delivery(session, people.okafor, NOW, first.id, DeliveryWay.PROMISED, due_on=due)
    new = correct(session, people.okafor, LATER, held.id, ASKED, "", [change(held, "what", "Pack it alone")])
    waits = waiting_issues(session, people.school.id)
    assert [row.issue for row in waits] == new
    assert waits[0].waits == (True, due)


def test_what_was_given_out_is_not_withdrawn(session: Session, people: People, held: Held) -> None:
    first = issue(session, people, held, "mrs_khan")[0]
    record_delivery(session, people.okafor, NOW, first.id, DeliveryWay.GIVEN)
    correct(session, people.okafor, LATER, held.id, ASKED, "", [change(held, "what", "Pack it alone")])
    assert first.withdrawn_at is None


def test_explained_aloud_is_not_paper_in_hand(session: Session, people: People, held: Held) -> None:
    first = issue(session, people, held, "mrs_khan")[0]
    record_delivery(
        session,
        people.okafor,
        NOW,
        first.id,
        DeliveryWay.EXPLAINED,
        language="ur",
        by="Mrs Aziz",
    )
    correct(session, people.okafor, LATER, held.id, ASKED, "", [change(held, "what", "Pack it alone")])
    assert first.withdrawn_at == LATER


def test_the_same_agreement_in_another_language_is_no_change(
    session: Session, people: People, held: Held
) -> None:
    first = issue(session, people, held, "mrs_khan")[0]
    second = take_language(session, people.okafor, LATER, held.id, people.mrs_khan.id, "pl")
    content = from_json(second.content)
    assert (second.number, second.reason, second.correction_id) == (2, IssueReason.TRANSLATION, None)
    assert (content.reason, content.changes) == ("language", ())
    assert first.withdrawn_at == LATER
    with pytest.raises(Refused, match="Polish already"):
        take_language(session, people.okafor, LATER, held.id, people.mrs_khan.id, "pl")
    with pytest.raises(Refused, match="no copy yet"):
        take_language(session, people.okafor, LATER, held.id, people.mr_khan.id, "pl")


def test_how_it_reaches_them_is_written_down_and_the_office_sees_what_waits(
    session: Session, people: People, held: Held
) -> None:
    hers, his = issue(session, people, held, "mrs_khan", "mr_khan")
    today = date(2026, 11, 23)
    record_delivery(session, people.okafor, NOW, hers.id, DeliveryWay.PRINT_LIST)
    record_delivery(
        session, people.okafor, NOW, his.id, DeliveryWay.PROMISED, due_on=today + timedelta(days=3)
    )
    waiting = waiting_issues(session, people.school.id)
    assert [row.issue for row in waiting] == [his, hers]
    assert waiting[0].waits is not None
    assert waiting[0].waits.late(today + timedelta(days=4))
    assert not waiting[0].waits.late(today)
    record_delivery(session, people.oyelaran, LATER, hers.id, DeliveryWay.SENT)
    assert [row.issue for row in waiting_issues(session, people.school.id)] == [his]
    with pytest.raises(NotFound):  # it waits no longer, and what was said is not for the office
        record_delivery(session, people.oyelaran, LATER, hers.id, DeliveryWay.SENT)
    record_delivery(
        session, people.okafor, LATER, his.id, DeliveryWay.EXPLAINED, language="ur", by=" Mrs  Aziz "
    )
    assert waiting_issues(session, people.school.id) == []
    assert [step.by for step in his.deliveries] == ["", "Mrs Aziz"]


@pytest.mark.parametrize(
    ("way", "more", "message"),
    [
        (DeliveryWay.PROMISED, {}, "by which day"),
        (DeliveryWay.PROMISED, {"due_on": date(2026, 11, 22)}, "has passed"),
        (DeliveryWay.EXPLAINED, {"language": "xx", "by": "Mrs Aziz"}, "does not know the language"),
        (DeliveryWay.EXPLAINED, {"language": "ur"}, "who explained"),
    ],
)
def test_a_step_that_says_too_little_is_refused(
    session: Session, people: People, held: Held, way: DeliveryWay, more: dict[str, object], message: str
) -> None:
    row = issue(session, people, held, "mrs_khan")[0]
    with pytest.raises(Refused, match=message):
        record_delivery(session, people.okafor, NOW, row.id, way, **more)  # type: ignore[arg-type]


def test_a_withdrawn_version_is_not_given_out(session: Session, people: People, held: Held) -> None:
    first = issue(session, people, held, "mrs_khan")[0]
    correct(session, people.okafor, LATER, held.id, ASKED, "", [change(held, "what", "Pack it alone")])
    with pytest.raises(Refused, match="withdrawn"):
        record_delivery(session, people.okafor, LATER, first.id, DeliveryWay.GIVEN)


def test_a_file_is_known_again_to_the_byte_and_only_in_its_school(
    session: Session, people: People, held: Held
) -> None:
    row = issue(session, people, held, "mrs_khan")[0]
    found = issue_of_file(session, people.school.id, row.document)
    assert found is not None
    assert found.issue is row
    assert issue_of_file(session, people.school.id, row.document + b" ") is None
    assert issue_of_file(session, people.other_school.id, row.document) is None
    assert audit.verify(session, people.school.id) == []
