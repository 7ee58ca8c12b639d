"""Who of the staff may see which pupil, and who may read which conversation (DESIGN §5.4)."""

from datetime import date

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from convo.access.models import AuditEntry, Membership
from convo.access.rules import Role
from convo.conversation.models import Participant
from convo.conversation.queries import conversation_for, conversations_of
from convo.kernel.errors import NotAllowed, NotFound
from convo.people.models import ClassTeacher, Pupil
from convo.people.operations import make_practice_pupil
from convo.people.queries import key_teacher_of, pupil_for, reach, visible_pupils
from tests.support.meetings import with_mrs_khan
from tests.support.people import NOW, People

PUPILS = ("amina", "yusuf", "szymon", "zoe", "practice", "olu")
EVERYBODY = {"amina", "yusuf", "szymon", "zoe", "practice"}
SEES = {
    "okafor": {"amina", "szymon", "practice"},
    "whitaker": {"yusuf", "zoe", "practice"},
    "farrell": EVERYBODY,
    "oyelaran": EVERYBODY,
    "lindqvist": EVERYBODY,
    "kaur": set(),
    "stranger": set(),
}


@pytest.mark.parametrize("name", SEES)
def test_each_sees_only_the_pupils_they_have_a_reason_to(session: Session, people: People, name: str) -> None:
    actor = people.actor(name)
    seen = set()
    for child in PUPILS:
        try:
            pupil_for(session, actor, getattr(people, child).id)
        except NotFound:
            continue
        seen.add(child)
    assert seen == SEES[name]
    listed = {pupil.id for pupil in visible_pupils(session, actor)}
    assert listed == {getattr(people, child).id for child in SEES[name]}


def test_who_takes_part_in_a_conversation_sees_the_pupil_until_they_are_taken_out(
    session: Session, people: People
) -> None:
    with_mrs_khan(session, people, staff_ids=(people.kaur.person_id,))
    assert [pupil.id for pupil in visible_pupils(session, people.kaur)] == [people.amina.id]
    row = session.scalars(select(Participant).where(Participant.person_id == people.kaur.person_id)).one()
    row.removed = True
    session.flush()
    assert visible_pupils(session, people.kaur) == []


def test_a_class_teacher_does_not_see_a_pupil_with_another_key_teacher(
    session: Session, people: People
) -> None:
    amina = session.get_one(Pupil, people.amina.id)
    amina.key_teacher_id = people.whitaker.person_id
    session.flush()
    assert people.amina.id in {pupil.id for pupil in visible_pupils(session, people.whitaker)}
    with pytest.raises(NotFound):
        pupil_for(session, people.okafor, people.amina.id)


def test_a_class_teacher_of_another_school_with_the_same_class_sees_nobody_here(
    session: Session, people: People
) -> None:
    session.add(
        ClassTeacher(school_id=people.other_school.id, class_name="5Oak", person_id=people.stranger.person_id)
    )
    session.flush()
    assert [pupil.id for pupil in visible_pupils(session, people.stranger)] == [people.olu.id]


def test_key_teacher_is_the_pupils_own_before_the_classs(session: Session, people: People) -> None:
    amina = pupil_for(session, people.farrell, people.amina.id)
    found = key_teacher_of(session, amina)
    assert found is not None
    assert found.id == people.okafor.person_id
    amina.key_teacher_id = people.whitaker.person_id
    session.flush()
    session.expire(amina)
    found = key_teacher_of(session, amina)
    assert found is not None
    assert found.id == people.whitaker.person_id
    assert key_teacher_of(session, pupil_for(session, people.farrell, people.practice.id)) is None


def test_the_practice_pupil_and_those_who_left_are_not_counted(session: Session, people: People) -> None:
    assert reach(session, people.farrell) == {"2Ash": 2, "5Oak": 2}
    session.get_one(Pupil, people.zoe.id).left_on = date(2026, 10, 1)
    session.flush()
    assert reach(session, people.farrell) == {"2Ash": 1, "5Oak": 2}
    assert people.zoe.id not in {pupil.id for pupil in visible_pupils(session, people.farrell)}
    assert pupil_for(session, people.farrell, people.zoe.id).id == people.zoe.id


def test_a_name_is_found_without_accents_case_or_order(session: Session, people: People) -> None:
    def names(text: str) -> list[str]:
        return [pupil.forename for pupil in visible_pupils(session, people.farrell, name=text)]

    assert names("wojcik SZY") == ["Szymon"]
    assert names("khan") == ["Amina", "Yusuf"]
    assert names("nobody") == []
    assert [p.forename for p in visible_pupils(session, people.farrell, class_name="2Ash", name="khan")] == [
        "Yusuf"
    ]


def test_each_question_about_pupils_is_one_statement(session: Session, people: People) -> None:
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    engine = session.get_bind()
    session.scalar(select(func.count()).select_from(Pupil))
    event.listen(engine, "before_cursor_execute", counted)
    for ask in (
        lambda: visible_pupils(session, people.okafor),
        lambda: reach(session, people.okafor),
        lambda: [link.carer.full_name for link in pupil_for(session, people.okafor, people.amina.id).carers],
    ):
        count = 0
        ask()
        assert count == 1
    event.remove(engine, "before_cursor_execute", counted)


READS = {
    "okafor": True,
    "whitaker": False,
    "farrell": True,
    "oyelaran": False,
    "lindqvist": False,
    "kaur": True,
    "stranger": False,
}


@pytest.mark.parametrize("name", READS)
def test_a_conversation_is_read_by_those_in_it_the_key_teacher_and_the_senco(
    session: Session, people: People, name: str
) -> None:
    meeting = with_mrs_khan(session, people, staff_ids=(people.kaur.person_id,))
    actor = people.actor(name)
    try:
        conversation_for(session, actor, meeting.id)
    except NotFound:
        readable = False
    else:
        readable = True
    assert readable is READS[name]


def test_the_head_sees_that_a_conversation_is_planned_but_may_not_open_it(
    session: Session, people: People
) -> None:
    meeting = with_mrs_khan(session, people)
    listed = conversations_of(session, people.lindqvist, people.amina.id)
    assert [(item.conversation.id, item.readable) for item in listed] == [(meeting.id, False)]


def test_the_practice_pupil_is_made_once_and_only_by_who_may_edit_people(
    session: Session, people: People
) -> None:
    session.delete(session.get_one(Pupil, people.practice.id))
    session.flush()
    with pytest.raises(NotAllowed):
        make_practice_pupil(session, people.kaur, NOW)
    made = make_practice_pupil(session, people.farrell, NOW)
    assert make_practice_pupil(session, people.okafor, NOW).id == made.id
    assert sum(reach(session, people.farrell).values()) == 4
    trail = session.scalars(select(AuditEntry).where(AuditEntry.pupil_id == made.id)).all()
    assert [entry.note for entry in trail] == ["practice pupil made"]


def test_someone_with_two_roles_has_the_reach_of_both(session: Session, people: People) -> None:
    session.add(Membership(school_id=people.school.id, person_id=people.okafor.person_id, role=Role.SENCO))
    both = type(people.okafor)(
        people.okafor.person_id, "Mr Okafor", people.school.id, frozenset({Role.TEACHER, Role.SENCO})
    )
    assert len(visible_pupils(session, both)) == 5
