"""A contact that changes asks, once; and siblings' carers are joined by a person only."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from convo.access.models import AuditEntry
from convo.kernel.errors import NotFound, Refused
from convo.people.joining import join_carers, joining_offers, tell_apart
from convo.people.models import Carer, ContactQuestion, KeptApart, Pupil, PupilCarer
from convo.people.reading import RollFile
from convo.people.roll import RollOutcome, apply_roll, read_import
from convo.people.roll.questions import answer_questions, count_open_questions, open_questions
from tests.support.people import NOW, People

ISLA, AMBER = "W873293122000", "K873259614001"
HEAD = (
    "UPN,Surname,Forename,DOB,Contact 1 Title,Contact 1 Forename,Contact 1 Surname,Contact 1 Relationship,"
    "Contact 1 Parental Responsibility,Contact 1 Email"
)
JO = "Mrs,Jo,Smith,Mother,Yes,jo@s.example"


def take(session: Session, people: People, *contacts: str) -> RollOutcome:
    rows = [
        f"{upn},Smith,{name},31/07/2019,{contact}"
        for (upn, name), contact in zip(((ISLA, "Isla"), (AMBER, "Amber")), contacts, strict=False)
    ]
    file = read_import(session, people.oyelaran, "\n".join([HEAD, *rows]).encode())
    assert isinstance(file, RollFile)
    return apply_roll(session, people.oyelaran, NOW, file, accept_good=False)


def pupil(session: Session, upn: str = ISLA) -> Pupil:
    return session.scalars(select(Pupil).where(Pupil.upn == upn)).one()


def carer(session: Session, upn: str = ISLA) -> Carer:
    return pupil(session, upn).carers[0].carer


def answer(session: Session, people: People, *, take_roll: bool) -> None:
    answer_questions(session, people.oyelaran, NOW, pupil(session).id, carer(session).id, take_roll=take_roll)


def test_a_contact_that_changes_asks_and_nothing_of_it_is_written(session, people):
    take(session, people, JO)
    outcome = take(session, people, "Mrs,Jo,Jones,Mother,No,jo@jones.example")
    assert (outcome.preview.unchanged, len(outcome.preview.questions)) == (1, 3)
    (asked,) = open_questions(session, people.oyelaran)
    assert asked.pupil.forename == "Isla"
    assert set(asked.differences) == {
        ("surname", "Smith", "Jones"),
        ("e-mail", "jo@s.example", "jo@jones.example"),
        ("parental responsibility", "yes", "no"),
    }
    assert carer(session).surname == "Smith"


def test_the_same_question_is_not_asked_twice(session, people):
    take(session, people, JO)
    for _ in range(3):
        take(session, people, JO.replace("jo@s", "jo@new"))
    assert session.scalar(select(func.count()).select_from(ContactQuestion)) == 1
    assert count_open_questions(session, people.oyelaran) == 1


@pytest.mark.parametrize(("take_roll", "email"), [(True, "jo@new.example"), (False, "jo@s.example")])
def test_an_answer_holds_until_the_roll_says_something_else(session, people, take_roll, email):
    take(session, people, JO)
    take(session, people, JO.replace("jo@s", "jo@new"))
    answer(session, people, take_roll=take_roll)
    assert carer(session).email == email
    again = take(session, people, JO.replace("jo@s", "jo@new"))
    assert (again.preview.unchanged, again.preview.questions) == (1, [])
    assert take(session, people, JO.replace("jo@s", "jo@third")).preview.questions
    with pytest.raises(NotFound):
        answer_questions(session, people.oyelaran, NOW, people.amina.id, people.mrs_khan.id, take_roll=True)


def test_parental_responsibility_taken_from_the_roll_is_set(session, people):
    take(session, people, JO)
    take(session, people, JO.replace("Yes", "No"))
    answer(session, people, take_roll=True)
    assert pupil(session).carers[0].parental_responsibility is False


def test_a_question_goes_when_the_roll_says_again_what_convo_holds(session, people):
    take(session, people, JO)
    take(session, people, JO.replace("jo@s", "jo@slip"))
    take(session, people, JO)
    assert open_questions(session, people.oyelaran) == []


def test_a_later_roll_replaces_an_open_question(session, people):
    take(session, people, JO)
    take(session, people, JO.replace("jo@s", "jo@slip"))
    take(session, people, JO.replace("jo@s", "jo@right"))
    (asked,) = open_questions(session, people.oyelaran)
    assert asked.differences == (("e-mail", "jo@s.example", "jo@right.example"),)


def test_a_new_contact_is_added_and_one_who_is_no_longer_named_stays(session, people):
    take(session, people, JO)
    outcome = take(session, people, "Mr,Lee,Brown,Father,Yes,lee@b.example")
    assert outcome.preview.changed[0].changes == (("New contact", "", "Mr Lee Brown (father)"),)
    assert outcome.preview.kept[0].changes == (("Contact", "Mrs Jo Smith (mother)", "no longer named"),)
    assert {link.carer.forename for link in pupil(session).carers} == {"Jo", "Lee"}


def test_siblings_carers_are_offered_and_become_one_when_somebody_joins_them(session, people):
    take(session, people, JO, JO)
    first, second = carer(session), carer(session, AMBER)
    second.reads, second.needs_interpreter, first.phone = "ur", True, "07700 900123"
    session.flush()
    (offer,) = joining_offers(session, people.oyelaran)
    assert (set(offer.carers), offer.reason) == ({first, second}, "the same e-mail")
    kept = join_carers(session, people.oyelaran, NOW, [first.id, second.id])
    assert (kept.reads, kept.needs_interpreter, kept.phone) == ("ur", True, "07700 900123")
    assert carer(session).id == carer(session, AMBER).id == kept.id
    assert joining_offers(session, people.oyelaran) == []
    assert session.scalar(select(func.count()).where(AuditEntry.note == "joined with 1 more")) == 2
    again = take(session, people, JO, JO)
    assert (again.preview.unchanged, again.preview.questions) == (2, [])


def test_who_is_kept_apart_stays_so_after_a_joining(session, people):
    take(session, people, JO, JO)
    first, second = carer(session), carer(session, AMBER)
    take(session, people, "Mr,Lee,Smith,Father,Yes,", "Mr,Lee,Smith,Father,Yes,")
    lee = pupil(session, AMBER).carers[1].carer
    low, high = sorted((second.id, lee.id))
    apart = KeptApart(
        school_id=people.school.id, pupil_id=pupil(session, AMBER).id, carer_id=low, other_id=high
    )
    session.add(apart)
    session.flush()
    kept = join_carers(session, people.oyelaran, NOW, [first.id, second.id])
    row = session.scalars(select(KeptApart).where(KeptApart.pupil_id == pupil(session, AMBER).id)).one()
    assert {row.carer_id, row.other_id} == {kept.id, lee.id}


def test_carers_whom_people_set_differently_are_not_joined(session, people):
    take(session, people, JO, JO)
    first, second = carer(session), carer(session, AMBER)
    first.reads, second.reads = "ur", "pa"
    session.flush()
    with pytest.raises(Refused, match="reads pa and ur"):
        join_carers(session, people.oyelaran, NOW, [first.id, second.id])
    with pytest.raises(Refused, match="never one person"):
        join_carers(session, people.oyelaran, NOW, [people.mrs_khan.id, people.mr_khan.id])
    with pytest.raises(NotFound):
        join_carers(session, people.oyelaran, NOW, [first.id])


def test_who_was_told_apart_is_not_offered_again(session, people):
    take(session, people, JO, JO)
    (offer,) = joining_offers(session, people.oyelaran)
    for _ in range(2):
        tell_apart(session, people.oyelaran, NOW, [one.id for one in offer.carers])
    assert joining_offers(session, people.oyelaran) == []


def three(session: Session, people: People) -> list[Carer]:
    """Three records called Jo Smith, each of a child of their own."""
    take(session, people, JO, JO)
    pupils = [pupil(session), pupil(session, AMBER)]
    third = Pupil(school_id=people.school.id, surname="Smith", forename="Ivy")
    again = Carer(school_id=people.school.id, forename="Jo", surname="Smith", email="jo@s.example")
    session.add_all([third, again])
    session.flush()
    session.add(PupilCarer(school_id=people.school.id, pupil_id=third.id, carer_id=again.id))
    session.flush()
    return [*(one.carers[0].carer for one in pupils), again]


def test_only_those_who_are_one_person_are_joined(session, people):
    first, second, third = three(session, people)
    (offer,) = joining_offers(session, people.oyelaran)
    assert set(offer.carers) == {first, second, third}
    kept = join_carers(session, people.oyelaran, NOW, [first.id, second.id])
    (offer,) = joining_offers(session, people.oyelaran)
    assert {one.id for one in offer.carers} == {kept.id, third.id}


def test_who_was_told_apart_stays_so_when_one_of_them_is_joined_with_another(session, people):
    first, second, third = three(session, people)
    tell_apart(session, people.oyelaran, NOW, [first.id, third.id])
    with pytest.raises(Refused, match="not one person"):
        join_carers(session, people.oyelaran, NOW, [first.id, second.id, third.id])
    second.reads = "ur"  # more is known of the second, so the first goes
    session.flush()
    assert join_carers(session, people.oyelaran, NOW, [first.id, second.id]).id == second.id
    assert joining_offers(session, people.oyelaran) == []


def test_a_joined_carer_is_asked_about_once_for_both_children(session, people):
    take(session, people, JO, JO)
    join_carers(session, people.oyelaran, NOW, [carer(session).id, carer(session, AMBER).id])
    new = JO.replace("jo@s", "jo@new")
    assert len(take(session, people, new, new).preview.questions) == 1
    answer(session, people, take_roll=False)
    assert take(session, people, new, new).preview.questions == []
