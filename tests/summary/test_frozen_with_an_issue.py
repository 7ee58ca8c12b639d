"""All that an issue has to prove later is frozen with it, and does not move when the school does."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from convo.access.models import Person, School
from convo.frozen import RULES
from convo.people.models import Carer
from convo.plan.models import Action
from convo.summary.content import SummaryContent, from_json, to_json
from convo.summary.models import Delivery, Issue
from convo.summary.operations import record_delivery
from convo.summary.rules import DeliveryWay
from convo.summary.word import write_word
from convo.summary.words import Twin
from tests.summary.giving import LATER, issue
from tests.support.held import Held, hold
from tests.support.people import NOW, People

# What point by point is frozen, and where it stands.
KEPT = {
    "document",
    "sha256",
    "number",
    "carer_id",
    "issued_by_id",
    "issued_at",
    "language",
    "layout",
    "guide_version",
    "content",
    "line_states",
}
STATES = {"source", "checked", "draft", "missing"}


@pytest.fixture
def held(session: Session, people: People) -> Held:
    return hold(session, people)


@pytest.fixture
def hers(session: Session, people: People, held: Held) -> Issue:
    return issue(session, people, held, "mrs_khan")[0]


def test_each_thing_to_be_proved_has_a_column_that_never_changes(hers: Issue) -> None:
    columns = {column.name: column for column in inspect(Issue).columns}
    assert columns.keys() >= KEPT
    assert [name for name in KEPT if columns[name].nullable] == []
    assert {"issue", "delivery"} <= RULES.keys()


def test_bytes_number_who_when_language_and_guide_are_those_of_the_moment(
    session: Session, people: People, held: Held, hers: Issue
) -> None:
    assert hers.sha256 == sha256(hers.document).hexdigest()
    assert ZipFile(BytesIO(hers.document)).testzip() is None
    assert (hers.number, hers.carer_id, hers.conversation_id) == (1, people.mrs_khan.id, held.id)
    assert (hers.issued_by_id, hers.issued_at) == (people.okafor.person_id, NOW)
    assert (hers.language, hers.layout) == ("ur", "side")
    assert hers.guide_version == held.meeting.guide_version
    content = from_json(hers.content)
    assert (content.version, content.tag, content.layout, content.made_at) == (1, "ur", "side", NOW)
    assert (content.addressed, content.child) == ("Mrs Nasreen Khan", "Amina")


def test_the_content_is_canonical_and_makes_the_same_words_again(hers: Issue) -> None:
    content = from_json(hers.content)
    assert to_json(content) == hers.content
    sorted_keys = json.dumps(
        json.loads(hers.content), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert sorted_keys == hers.content
    with ZipFile(BytesIO(hers.document)) as given, ZipFile(BytesIO(write_word(content))) as again:
        assert given.read("word/document.xml") == again.read("word/document.xml")


def test_no_later_change_reaches_what_was_given_out(
    session: Session, people: People, held: Held, hers: Issue
) -> None:
    columns = [getattr(Issue, name) for name in sorted(KEPT)]
    before = tuple(session.execute(select(*columns).where(Issue.id == hers.id)).one())
    session.get_one(School, people.school.id).name = "Another School"
    session.get_one(Carer, people.mrs_khan.id).surname = "Else"
    session.get_one(Person, people.okafor.person_id).name = "Mr Else"
    session.get_one(Action, held.at_home.id).what = "Something else"
    held.meeting.guide_version = "another 2"
    session.flush()
    session.expire_all()
    assert tuple(session.execute(select(*columns).where(Issue.id == hers.id)).one()) == before


def twins(value: Any) -> Iterator[Twin]:
    """Yield every piece of a content that a family reads."""
    if isinstance(value, Twin):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from twins(each)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from twins(getattr(value, name))


def stored_twins(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and value.keys() == {"english", "home"}:
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from stored_twins(each)


def test_the_state_of_each_line_stands_beside_it_in_the_stored_content(hers: Issue) -> None:
    content: SummaryContent = from_json(hers.content)
    stored = list(stored_twins(json.loads(hers.content)))
    assert len(stored) == len(list(twins(content))) > 60
    for twin in stored:
        for side in ("english", "home"):
            assert twin[side]["state"] in STATES
            assert twin[side]["lang"]
    said = next(twin for twin in stored if twin["english"]["text"] == "She cries before school")
    assert said["home"]["state"] == "missing"
    assert said["home"]["lang"] == "en"  # nobody has translated it, and it does not claim otherwise


def test_the_counts_are_of_what_people_wrote_and_of_the_fixed_words_and_leave_out_names_and_days(
    hers: Issue,
) -> None:
    content = from_json(hers.content)
    free = Counter(twin.home.state for twin in content.free_texts())
    fixed = Counter(twin.home.state for twin in twins(content.words))
    assert hers.line_states == {"free": dict(free), "fixed": dict(fixed)}
    left_out = Counter(twin.home.state for twin in twins(content)) - free - fixed
    assert left_out.total() > 10  # roles, areas, days, who does it and whom to ring: in the content alone
    free_texts = {twin.english.text for twin in content.free_texts()}
    labels = {person.role.english.text for person in content.present}
    labels |= {action.by.english.text for action in content.actions}
    labels |= {content.ring.route.english.text}
    assert not labels & free_texts


def test_each_step_of_its_way_is_kept_with_who_and_when_and_none_is_changed(
    session: Session, people: People, hers: Issue
) -> None:
    due = NOW.date() + timedelta(days=3)
    record_delivery(session, people.okafor, NOW, hers.id, DeliveryWay.PROMISED, due_on=due)
    aloud = {"language": "ur", "by": "Mrs Aziz"}
    record_delivery(session, people.farrell, LATER, hers.id, DeliveryWay.EXPLAINED, **aloud)  # type: ignore[arg-type]
    steps = session.scalars(select(Delivery).where(Delivery.issue_id == hers.id)).all()
    told = {(s.way, s.due_on, s.language, s.by, s.recorded_at, s.recorded_by_id) for s in steps}
    assert told == {
        (DeliveryWay.PROMISED, due, "", "", NOW, people.okafor.person_id),
        (DeliveryWay.EXPLAINED, None, "ur", "Mrs Aziz", LATER, people.farrell.person_id),
    }
