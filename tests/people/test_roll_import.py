"""A roll comes in: what is new, changed, missing and refused, and that what people set in convo stays."""

from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.models import AuditEntry
from convo.kernel.errors import NotAllowed
from convo.people.models import Carer, KeptApart, Pupil, PupilCarer, RollImport
from convo.people.reading import RollFile
from convo.people.roll import RollOutcome, apply_roll, preview_roll, read_import
from tests.support.people import NOW, People

SAMPLES = Path(__file__).parent / "samples"
ISLA = "W873293122000"
HEADINGS = "UPN,Surname,Forename,DOB,Class,Key Teacher"


def take(session: Session, people: People, roll: str | bytes, *, accept_good: bool = False) -> RollOutcome:
    content = (SAMPLES / roll).read_bytes() if isinstance(roll, str) else roll
    file = read_import(session, people.oyelaran, content)
    assert isinstance(file, RollFile)
    return apply_roll(session, people.oyelaran, NOW, file, accept_good=accept_good)


def counts(outcome: RollOutcome) -> tuple[int, ...]:
    return tuple(outcome.preview.counts.values())


def isla(session: Session) -> Pupil:
    return session.scalars(select(Pupil).where(Pupil.upn == ISLA)).one()


def everything(session: Session) -> list[tuple[object, ...]]:
    return [
        tuple(row)
        for model in (Pupil, Carer, PupilCarer)
        for row in session.execute(select(*model.__table__.c).order_by(model.__table__.c.id))
    ]


def test_a_roll_makes_pupils_and_their_carers_and_leaves_their_languages_unset(session, people):
    outcome = take(session, people, "roll.csv")
    assert outcome.applied
    assert counts(outcome) == (40, 0, 0, 0, 0)
    pupil = isla(session)
    assert (pupil.full_name, pupil.class_name, pupil.year_group, pupil.home_language) == (
        "Isla Smith",
        "3Oak",
        3,
        "ENG",
    )
    (link,) = pupil.carers
    assert (link.carer.full_name, link.relationship, link.parental_responsibility) == (
        "Mrs Joanne Smith",
        "mother",
        True,
    )
    assert link.carer.email == "joanne.smith0@family.example"
    speaks = select(func.count()).where(
        Carer.imported != {}, Carer.speaks.is_not(None) | Carer.reads.is_not(None)
    )
    assert session.scalar(speaks) == 0


def test_the_same_file_again_changes_nothing(session, people):
    take(session, people, "roll.csv")
    before = everything(session)
    assert counts(take(session, people, "roll.csv")) == (0, 0, 40, 0, 0)
    assert everything(session) == before


def test_the_ctf_after_the_csv_changes_only_what_it_adds(session, people):
    take(session, people, "roll.csv")
    outcome = take(session, people, "roll.ctf.xml")
    assert counts(outcome) == (0, 0, 30, 10, 0)
    assert (outcome.preview.kept, outcome.preview.questions) == ([], [])


def test_what_people_set_in_convo_stays(session, people):
    take(session, people, "roll.csv")
    pupil = session.scalars(select(Pupil).where(Pupil.upn == "D873235016004")).one()
    mother, father = (link.carer for link in pupil.carers)
    pupil.key_teacher_id = people.okafor.person_id
    pupil.preferred_forename = "Ozzy"
    pupil.class_name = ""
    mother.reads, mother.speaks, mother.email, mother.forename = "ur", "pa", "new@home.example", "Emmeline"
    pupil.carers[0].parental_responsibility = False
    first, second = sorted((mother.id, father.id))
    session.add(KeptApart(school_id=pupil.school_id, pupil_id=pupil.id, carer_id=first, other_id=second))
    session.flush()
    before = everything(session)
    outcome = take(session, people, "roll.csv")
    assert counts(outcome) == (0, 0, 40, 0, 0)
    assert everything(session) == before
    assert (
        session.scalar(select(func.count()).select_from(KeptApart).where(KeptApart.pupil_id == pupil.id)) == 1
    )
    (kept,) = outcome.preview.kept
    assert {change.field for change in kept.changes} == {"Preferred forename", "Class", "Key teacher"}


def test_what_the_roll_set_and_nobody_touched_follows_the_roll(session, people):
    take(session, people, "roll.csv")
    content = (SAMPLES / "roll.csv").read_bytes().replace(b"Year 3,3Oak", b"Year 4,4Oak", 1)
    outcome = take(session, people, content)
    assert counts(outcome) == (0, 1, 39, 0, 0)
    assert outcome.preview.changed[0].changes == (
        ("Year group", "Year 3", "Year 4"),
        ("Class", "3Oak", "4Oak"),
    )
    assert isla(session).class_name == "4Oak"


def test_a_pupil_missing_from_the_roll_is_listed_and_never_removed(session, people):
    take(session, people, "roll.csv")
    lines = (SAMPLES / "roll.csv").read_bytes().splitlines(keepends=True)
    outcome = take(session, people, lines[0] + b"".join(lines[2:]))
    assert counts(outcome) == (0, 0, 39, 1, 0)
    assert [line.name for line in outcome.preview.missing] == ["Isla Smith"]
    assert isla(session).left_on is None
    assert "Practice Pupil" not in str(outcome.preview.missing)


def test_a_refused_row_stops_the_whole_file_unless_the_good_rows_are_accepted(session, people):
    take(session, people, "roll.csv")
    before = everything(session)
    outcome = take(session, people, "roll-messy.csv")
    assert not outcome.applied
    assert everything(session) == before
    assert session.scalar(select(func.count()).select_from(RollImport)) == 1
    assert "Isla Smith" not in {line.name for line in outcome.preview.missing}
    assert take(session, people, "roll-messy.csv", accept_good=True).applied


def test_a_pupil_whose_row_is_refused_is_not_missing(session, people):
    take(session, people, "roll.csv")
    content = (SAMPLES / "roll.csv").read_bytes().replace(b"31/07/2019", b"31/02/2019", 1)
    outcome = take(session, people, content)
    assert outcome.preview.missing == []


def test_a_key_teacher_is_found_by_name_and_an_unknown_one_is_a_note(session, people):
    roll = f"{HEADINGS}\n{ISLA},Smith,Isla,31/07/2019,3Oak,mr OKAFOR\n".encode()
    assert take(session, people, roll).preview.notes == {}
    assert isla(session).key_teacher_id == people.okafor.person_id
    later = roll.replace(b"mr OKAFOR", b"Mrs Fox")
    outcome = take(session, people, later)
    assert list(outcome.preview.notes) == ["No member of staff is called Mrs Fox: import the staff first."]
    assert counts(outcome) == (0, 0, 1, 0, 0)
    assert isla(session).key_teacher_id == people.okafor.person_id


def test_a_child_with_a_new_upn_is_pointed_out(session, people):
    take(session, people, f"{HEADINGS}\n{ISLA},Smith,Isla,31/07/2019,3Oak,\n".encode())
    outcome = take(session, people, f"{HEADINGS}\nK873259614001,Smith,Isla,31/07/2019,3Oak,\n".encode())
    assert "If this is one child" in next(iter(outcome.preview.notes))


def test_carers_of_two_pupils_are_never_taken_for_one(session, people):
    head = "UPN,Surname,Forename,DOB,Contact 1 Forename,Contact 1 Surname,Contact 1 Email"
    rows = [
        f"{upn},Smith,{name},31/07/2019,Jo,Smith,jo@s.example"
        for upn, name in ((ISLA, "Isla"), ("K873259614001", "Amber"))
    ]
    take(session, people, "\n".join([head, *rows]).encode())
    assert session.scalar(select(func.count()).select_from(Carer).where(Carer.email == "jo@s.example")) == 2


def test_the_import_is_in_the_trail_and_only_the_data_manager_may(session, people):
    take(session, people, "roll.csv")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "import")).one()
    assert entry.note == "40 new, 0 changed, 0 unchanged, 0 missing, 0 refused, 0 questions"
    assert audit.verify(session, people.school.id) == []
    with pytest.raises(NotAllowed):
        read_import(session, people.okafor, (SAMPLES / "roll.csv").read_bytes())


def test_pupils_of_another_school_are_neither_changed_nor_missing(session, people):
    take(session, people, "roll.csv")
    session.add(
        Pupil(school_id=people.other_school.id, upn=ISLA, surname="Other", forename="One", imported={})
    )
    session.flush()
    assert counts(take(session, people, "roll.csv")) == (0, 0, 40, 0, 0)


def test_a_preview_and_an_import_need_the_same_few_statements_for_any_number_of_pupils(session, people):
    def statements(content: bytes) -> int:
        seen: list[str] = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *args: seen.append(args[2]))
        take(session, people, content)
        return len(seen)

    lines = (SAMPLES / "roll.csv").read_bytes().splitlines(keepends=True)
    few = statements(b"".join(lines[:3]))
    before = everything(session)
    file = read_import(session, people.oyelaran, (SAMPLES / "roll.csv").read_bytes())
    assert isinstance(file, RollFile)
    preview_roll(session, people.oyelaran, NOW, file)
    assert everything(session) == before
    assert statements(b"".join(lines)) <= few * 2
