"""The database itself refuses what must never be false (DESIGN §5), by rules that have names."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import CheckConstraint, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from convo.access.models import AuditEntry, Person, School, Term
from convo.conversation.models import Change, Conversation, Entry, Participant, Stage
from convo.conversation.rules import NotHeldReason
from convo.db import Base, Database
from convo.people.models import ContactQuestion, KeptApart, Pupil, PupilCarer
from convo.plan.models import Action, Target
from convo.summary.models import Delivery, DeliveryWay, Issue
from convo.tables import metadata
from tests.support.people import NOW, People
from tests.support.sample import Sample, lay_out

Wrong = Callable[[Session, People, Sample], Any]


@pytest.fixture
def sample(database: Database, people: People) -> Sample:
    with database.write() as session:
        return lay_out(session, people)


def changed(model: type[Base], which: Callable[[People, Sample], Any], **values: Any) -> Wrong:
    """Return a step that changes one row past every operation."""

    def step(session: Session, people: People, sample: Sample) -> None:
        table: Any = model.__table__
        session.connection().execute(update(table).where(table.c.id == which(people, sample)).values(values))

    return step


def added(make: Callable[[People, Sample], Base]) -> Wrong:
    """Return a step that stores one row past every operation."""

    def step(session: Session, people: People, sample: Sample) -> None:
        session.add(make(people, sample))
        session.flush()

    return step


def closed(_: People, sample: Sample) -> Any:
    return sample.closed


def planned(_: People, sample: Sample) -> Any:
    return sample.planned


def home(_: People, sample: Sample) -> Any:
    return sample.held.at_home.id


def _pair(people: People, model: Any, **more: Any) -> Any:
    first, second = sorted((people.mrs_wojcik.id, people.mr_wojcik.id))
    return model(school_id=people.school.id, carer_id=second, other_id=first, **more)


def _change(people: People, sample: Sample, **more: Any) -> Change:
    values = {"outcome": "aside", "written": False, **more}
    return Change(
        school_id=people.school.id,
        conversation_id=sample.open,
        number=900,
        thing="entry",
        thing_id=uuid4(),
        field="text",
        received_at=NOW,
        author_id=people.okafor.person_id,
        **values,
    )


def _delivery(people: People, sample: Sample, way: DeliveryWay) -> Delivery:
    return Delivery(
        school_id=people.school.id,
        issue_id=sample.issue,
        way=way,
        recorded_at=NOW,
        recorded_by_id=people.okafor.person_id,
    )


def _issue(people: People, sample: Sample, **more: Any) -> Issue:
    values = {"conversation_id": sample.closed, "reason": "first", **more}
    return Issue(
        school_id=people.school.id,
        carer_id=people.mrs_khan.id,
        number=9,
        language="en",
        layout="side",
        document=b"",
        sha256="0" * 64,
        content="{}",
        guide_version="",
        line_states={},
        issued_at=NOW,
        issued_by_id=people.okafor.person_id,
        **values,
    )


# A rule's name (or the words of a key, which has none of its own) and a step that breaks it.
RULES: dict[str, Wrong] = {
    "lead_and_deputy_are_two_people": lambda s, p, w: changed(
        School, lambda p, _: p.school.id, safeguarding_deputy_id=p.farrell.person_id
    )(s, p, w),
    "lead_and_deputy_can_be_reached": changed(School, lambda p, _: p.school.id, safeguarding_lead_reach=""),
    "a_logo_is_small": changed(School, lambda p, _: p.school.id, logo=b"x" * 61_441),
    "a_colour_is_six_figures_or_none": changed(School, lambda p, _: p.school.id, tint_colour="ABC"),
    "three_terms_a_year": added(
        lambda p, _: Term(
            school_id=p.school.id,
            school_year=2030,
            number=4,
            name="x",
            starts_on=NOW,
            ends_on=NOW + timedelta(days=1),
        )
    ),
    "term_ends_after_it_starts": added(
        lambda p, _: Term(
            school_id=p.school.id, school_year=2030, number=1, name="x", starts_on=NOW, ends_on=NOW
        )
    ),
    "numbers_start_at_1": added(
        lambda p, _: AuditEntry(
            school_id=p.school.id, number=0, at=NOW, act="look", thing="pupil", hash="0" * 64
        )
    ),
    "year_group_is_a_dfe_year": changed(Pupil, lambda p, _: p.amina.id, year_group=14),
    "two_carers_in_the_order_of_their_ids": added(lambda p, _: _pair(p, KeptApart, pupil_id=p.szymon.id)),
    "answered_questions_say_how": lambda s, p, w: s.connection().execute(
        update(ContactQuestion.__table__).values(answered_at=NOW)  # type: ignore[arg-type]
    ),
    "round_is_1_to_3": changed(Conversation, closed, round=4),
    "length_is_20_to_60_minutes": changed(Conversation, closed, minutes=61),
    "closed_means_closed_at": changed(Conversation, closed, closed_at=None),
    "not_held_says_why": changed(Conversation, closed, not_held_reason=NotHeldReason.FAMILY),
    "begun_means_opened_at": changed(Conversation, closed, opened_at=None),
    "planned_means_not_opened": changed(Conversation, planned, opened_at=NOW),
    "a_carer_is_named_by_id": changed(Participant, lambda _, w: w.held.mother.id, carer_id=None),
    "staff_are_named_by_id": changed(Participant, lambda _, w: w.held.teacher.id, person_id=None),
    "time_used_is_not_negative": lambda s, p, w: s.connection().execute(
        update(Stage.__table__).values(used_seconds=-1)  # type: ignore[arg-type]
    ),
    "only_an_applied_or_conflicting_change_is_written": added(lambda p, w: _change(p, w, written=True)),
    "settled_says_by_whom": added(lambda p, w: _change(p, w, settled_at=NOW)),
    "an_open_action_has_someone_a_date_and_a_target": changed(Action, home, who=""),
    "a_removed_action_is_not_open": changed(Action, home, removed=True),
    "a_correction_issue_names_its_correction": added(lambda p, w: _issue(p, w, reason="correction")),
    "a_promise_has_a_date": added(lambda p, w: _delivery(p, w, DeliveryWay.PROMISED)),
    "explained_says_in_what_and_by_whom": added(lambda p, w: _delivery(p, w, DeliveryWay.EXPLAINED)),
}


def test_every_named_rule_stands_in_the_list() -> None:
    """Checks of stored enums belong to their column's type and are left out."""
    names = {
        str(check.name).removeprefix(f"ck_{table.name}_")
        for table in metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint) and not getattr(check, "_type_bound", False)
    }
    assert names == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_refuses_what_it_says(session: Session, people: People, sample: Sample, name: str) -> None:
    with pytest.raises(IntegrityError, match=name):
        RULES[name](session, people, sample)


def wrong_rows(people: People, sample: Sample) -> dict[str, tuple[type[Base], Any, dict[str, Any]]]:
    """Return changes of one row that a foreign key or a unique key refuses, by what they would mean."""
    return {
        "an action about another child": (Action, sample.held.at_home.id, {"pupil_id": people.szymon.id}),
        "a target of another child": (Target, sample.held.target.id, {"pupil_id": people.szymon.id}),
        "a voice from another meeting": (
            Entry,
            sample.held.hers.id,
            {"conversation_id": sample.open},
        ),
        "a meeting of another school's child": (Conversation, sample.closed, {"pupil_id": people.olu.id}),
        "a carer of another school": (
            PupilCarer,
            None,
            {"carer_id": sample.theirs["carer_id"]},
        ),
        "a meeting rebooked twice": (Conversation, None, {"rebooked_from_id": sample.missed}),
        "two people with one address": (Person, None, {"email": "one@fenmarket.example"}),
    }


@pytest.mark.parametrize(
    "what",
    [
        "an action about another child",
        "a target of another child",
        "a voice from another meeting",
        "a meeting of another school's child",
        "a carer of another school",
        "a meeting rebooked twice",
        "two people with one address",
    ],
)
def test_no_row_points_out_of_its_school_its_meeting_or_its_child(
    session: Session, people: People, sample: Sample, what: str
) -> None:
    model, identifier, values = wrong_rows(people, sample)[what]
    table: Any = model.__table__
    change = update(table).values(values)
    with pytest.raises(IntegrityError):
        session.connection().execute(change if identifier is None else change.where(table.c.id == identifier))


def test_no_issue_is_of_another_schools_meeting(session: Session, people: People, sample: Sample) -> None:
    session.add(_issue(people, sample, conversation_id=sample.theirs["conversation_id"]))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        session.flush()


def test_a_school_has_one_practice_pupil(session: Session, people: People) -> None:
    def practice(school: School) -> Pupil:
        return Pupil(school_id=school.id, surname="Practice", forename="Sam", practice=True)

    session.add(practice(people.other_school))
    session.flush()
    session.add(practice(people.school))  # beside the one that is there
    with pytest.raises(IntegrityError, match=r"one_practice_pupil|pupil.school_id"):
        session.flush()


def test_a_carer_has_one_place_in_a_meeting(session: Session, people: People, sample: Sample) -> None:
    taken_out = {"removed": True, "name": "", "role": "", "kind": "carer", "school_id": people.school.id}
    for removed in (True, True, False):
        again = Participant(
            conversation_id=sample.closed, carer_id=people.mrs_khan.id, **{**taken_out, "removed": removed}
        )
        session.add(again)
        if removed:
            session.flush()
    with pytest.raises(IntegrityError, match=r"a_carer_has_one_place|participant.conversation_id"):
        session.flush()
