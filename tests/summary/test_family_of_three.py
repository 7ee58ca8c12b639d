"""Three carers of one child: each copy made at the closing is its reader's own, in every part of the file.

Amina's mother reads Urdu and needs large print; her aunt sits beside her and reads English; her father is
kept apart from her mother, was not there, and gets a copy too. Ms Farrell closes the meeting.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from convo.conversation.closing import close_conversation
from convo.conversation.corrections import Wanted
from convo.conversation.models import StaffNote
from convo.conversation.rules import EntryKind, Readers
from convo.hour.finish import finish
from convo.people.models import Carer
from convo.plan.models import Decision
from convo.plan.rules import Outcome
from convo.summary.build import record_for
from convo.summary.content import SummaryContent, from_json, to_json
from convo.summary.files import file_name
from convo.summary.models import Issue
from convo.summary.operations import correct
from convo.summary.outline import outline
from convo.summary.pupil import for_the_pupil, pupil_page
from convo.summary.readers import reader_of
from convo.summary.record import load_record
from convo.summary.word import write_word
from tests.summary.giving import ASKED
from tests.summary.test_build import everything_in
from tests.summary.test_page import html
from tests.summary.typed import examples, summaries
from tests.support.held import Held, begin, hold, join, promise, say_so
from tests.support.people import NOW, People, add_carer

NOTE = "Xylophonic"  # stands in staff notes alone
MOTHERS = ("07700 900123", "teapot@home.example")
FATHERS = ("07700 900456", "imran@home.example")
AUNTS = ("+44 (0)7700 900789", "zubaida@home.example")
STAFF = ("Farrell", "Whitaker", "Lindqvist", "Kaur", "Oyelaran", "okafor@", "farrell@", "fenmarket.example")


@dataclass
class Family:
    """The three, and what was made for each at the closing."""

    held: Held
    mother: Issue
    father: Issue
    aunt: Issue


@pytest.fixture
def family(session: Session, people: People) -> Family:
    """The meeting, closed, and a copy for each of the three."""
    held = hold(session, people, close=False)
    mother = session.get_one(Carer, people.mrs_khan.id)
    mother.large_print, mother.email = True, MOTHERS[1]
    father = session.get_one(Carer, people.mr_khan.id)
    father.email = FATHERS[1]
    aunt = add_carer(session, people.amina, "Mrs", "Zubaida", "Malik", "aunt")
    aunt.reads, aunt.phone, aunt.email = "en", *AUNTS
    her = join(session, held.meeting, aunt, "aunt")
    his = join(session, held.meeting, father, "father", present=False, copy=True)
    say_so(session, held.meeting, her, "I lost my own brother", readers=Readers.SPEAKER)
    say_so(session, held.meeting, her, "She can read a clock", kind=EntryKind.STRENGTH)
    say_so(session, held.meeting, his, "He wrote that he misses her", readers=Readers.ALL_CARERS)
    say_so(session, held.meeting, held.mother, "A calm home", kind=EntryKind.HOPE)
    say_so(session, held.meeting, held.teacher, "A friend for lunch", kind=EntryKind.HOPE)
    say_so(session, held.meeting, held.child, "A rabbit", kind=EntryKind.HOPE)
    promise(session, held.meeting, held.target, "Walk to the park", held.at_home.by_whom, her)
    held.meeting.keep_in_touch = f"Text Mrs Khan on {MOTHERS[0]} on Fridays\nThe school office knows"
    session.add(
        StaffNote(
            school_id=held.meeting.school_id,
            conversation_id=held.id,
            author_id=people.okafor.person_id,
            text=f"{NOTE}: ask about the move",
            created_at=NOW,
        )
    )
    session.flush()
    made = finish(session, people.farrell, NOW + timedelta(minutes=50), held.id)
    by_carer = {issue.carer_id: issue for issue in made}
    assert len(made) == 3
    return Family(held, by_carer[mother.id], by_carer[father.id], by_carer[aunt.id])


def everything(content: SummaryContent, document: bytes | None = None) -> str:
    """Return all that a copy tells: every part of the file raw and as words, page, stored content, name."""
    document = document or write_word(content)
    with ZipFile(BytesIO(document)) as package:
        raw = "".join(package.read(name).decode("utf-8", "ignore") for name in package.namelist())
        raw += " ".join(package.namelist()) + package.comment.decode()
    page = html(content)
    words = re.sub(r"<[^>]+>", "", page)
    return "\n".join([raw, everything_in(document), page, words, to_json(content), file_name(content)])


def told(issue: Issue) -> str:
    return everything(from_json(issue.content), issue.document)


def none_of(hidden: tuple[str, ...], text: str) -> None:
    squeezed = re.sub(r"[^0-9]", "", re.sub(r"<[^>]+>", "", text))
    for one in hidden:
        assert one.lower() not in text.lower(), one
        digits = re.sub(r"\D", "", one)
        assert len(digits) < 9 or digits[-9:] not in squeezed, one


def test_each_is_addressed_to_its_reader_in_their_language_and_layout(family: Family) -> None:
    made = {
        (from_json(issue.content).addressed, issue.language, issue.layout)
        for issue in (family.mother, family.father, family.aunt)
    }
    assert made == {
        ("Mrs Nasreen Khan", "ur", "large"),
        ("Mr Imran Khan", "en", "english"),
        ("Mrs Zubaida Malik", "en", "english"),
    }
    assert "Mrs Nasreen Khan" in everything_in(family.mother.document)
    assert "Mrs Zubaida Malik" in everything_in(family.aunt.document)


def test_the_mother_s_copy_holds_what_she_may_read_and_nothing_of_the_father(family: Family) -> None:
    hers = told(family.mother)
    none_of(("Imran", "Mr Khan", "father", *FATHERS, *AUNTS, "my own brother", "misses her"), hers)
    for said in ("She cries before school", "We may have to move house", "read a clock", MOTHERS[0], "Malik"):
        assert said in hers, said


def test_the_aunt_s_copy_tells_neither_parent_s_number_nor_what_is_theirs_alone(family: Family) -> None:
    hers = told(family.aunt)
    none_of((*MOTHERS, *FATHERS, "move house"), hers)
    for said in ("She cries before school", "my own brother", "The school office knows", "Mrs Nasreen Khan"):
        assert said in hers, said


def test_the_father_s_copy_tells_nothing_of_the_mother_in_any_part(family: Family) -> None:
    his = told(family.father)
    none_of(("Nasreen", "Mrs Khan", "mother", "Aziz", "Urdu", *MOTHERS, *AUNTS), his)
    none_of(("She cries", "move house", "calm home", "own brother", "office knows"), his)
    none_of(("23 November", "2026-11-23", "14:00", "25 January", "2027-01-25", "15:30", "Room 4"), his)
    assert "He wrote that he misses her" in his


def test_no_copy_tells_of_a_staff_note_an_account_or_staff_who_were_not_there(
    family: Family, session: Session, people: People
) -> None:
    copies = [from_json(issue.content) for issue in (family.mother, family.father, family.aunt)]
    documents = [family.mother.document, family.father.document, family.aunt.document]
    papers = [everything(*pair) for pair in zip(copies, documents, strict=True)]
    papers += [everything(for_the_pupil(content)) for content in copies]
    papers.append(everything(record_for(session, people.school, family.held.meeting, NOW)))
    for paper in papers:
        none_of((NOTE, "Staff only", *STAFF), paper)
    for document in documents:
        with ZipFile(BytesIO(document)) as package:
            properties = package.read("docProps/core.xml") + package.read("docProps/app.xml")
        none_of(("Okafor", "Khan", "Amina", "Malik"), properties.decode())


def test_no_file_s_name_holds_a_surname(family: Family, session: Session, people: People) -> None:
    copies = [from_json(issue.content) for issue in (family.mother, family.father, family.aunt)]
    copies += [for_the_pupil(content) for content in copies]
    copies.append(record_for(session, people.school, family.held.meeting, NOW))
    for content in copies:
        none_of(("Khan", "Malik", "Okafor"), file_name(content))


def test_a_correction_tells_nobody_another_s_number(family: Family, session: Session, people: People) -> None:
    now_said = f"Ring {FATHERS[0]} or 0044 7700 900 123\nOr write to {AUNTS[1]}."
    wanted = [
        Wanted("conversation", family.held.id, "keep_in_touch", now_said),
        Wanted("action", family.held.at_school.id, "how_often", "every day"),
    ]
    later = NOW + timedelta(days=1)
    made = correct(session, people.farrell, later, family.held.id, ASKED, "On the phone", wanted)
    by_carer = {issue.carer_id: told(issue) for issue in made}
    assert len(by_carer) == 3
    none_of((*FATHERS, AUNTS[1], "0044"), by_carer[family.mother.carer_id])
    none_of((*FATHERS, *MOTHERS), by_carer[family.aunt.carer_id])
    assert AUNTS[1] in by_carer[family.aunt.carer_id]
    none_of((*MOTHERS, *AUNTS), by_carer[family.father.carer_id])


def test_words_that_tell_how_to_reach_one_kept_apart_are_found_as_their_name_is(
    family: Family, session: Session
) -> None:
    his, hers = (
        reader_of(load_record(session, family.held.meeting), issue.carer_id)
        for issue in (family.father, family.aunt)
    )
    for words in ("Ring +44 7700-900-123 at noon", f"Write to <{MOTHERS[1].upper()}>, please"):
        assert his.names_in(words) == ["Mrs Nasreen Khan"]
        assert hers.names_in(words) == []
    for words in (
        "Ring the office on 01632 960123",
        f"Ring {FATHERS[0]} or {AUNTS[0]}",
        "Mornings, 23.11. 2026 at 15:30",
    ):
        assert his.names_in(words) == []


def test_a_number_that_two_carers_share_is_hidden_from_neither(
    family: Family, session: Session, people: People
) -> None:
    mother, aunt = (session.get_one(Carer, issue.carer_id) for issue in (family.mother, family.aunt))
    aunt.phone = mother.phone
    session.flush()
    record = load_record(session, family.held.meeting)
    for carer in (mother, aunt):
        assert reader_of(record, carer.id).arranged(f"Ring {MOTHERS[0]}") == f"Ring {MOTHERS[0]}"


def test_the_child_s_page_says_nothing_that_the_carer_s_copy_does_not(family: Family) -> None:
    for issue in (family.mother, family.father, family.aunt):
        content = from_json(issue.content)
        read = {
            fact.value
            for section in outline(content).sections
            for group in section.groups
            for row in group.rows
            for line in row
            for fact in line
        }
        for cue in pupil_page(for_the_pupil(content)):
            for row in cue.rows:
                assert {fact.value for line in row for fact in line} <= read
    none_of(("Nasreen", "Mrs Khan", *MOTHERS), everything(for_the_pupil(from_json(family.father.content))))


def test_under_i_would_like_stand_the_child_s_own_words(family: Family) -> None:
    content = for_the_pupil(from_json(family.mother.content))
    cues = {cue.heading.english.text: said_in(cue.rows) for cue in pupil_page(content)}
    assert cues["I would like"] == ["A rabbit"]
    assert cues["What I said"] == ["I like the library best"]
    assert cues["I am good at"] == ["She can read a clock"]


def said_in(rows: object) -> list[str]:
    return [fact.value.english.text for row in rows for line in row for fact in line]  # type: ignore[attr-defined]


@pytest.mark.parametrize("tag", ["en", "ar"])
@examples(15)
@given(data=st.data())
def test_no_word_is_put_into_the_child_s_mouth(tag: str, data: st.DataObject) -> None:
    content = data.draw(summaries(tag, "pupil", most=6))
    mine = {entry.text for entry in content.entries if entry.voice == "pupil"}
    for cue in pupil_page(content):
        if cue.heading in (content.words.would_like, content.words.my_words):
            assert {fact.value for row in cue.rows for line in row for fact in line} <= mine


def readers_of(content: SummaryContent) -> dict[str, str | None]:
    """Return what the school's copy says beside each entry about who may read it."""
    return {one.text.english.text: one.readers and one.readers.english.text for one in content.entries}


def test_the_school_s_copy_holds_every_entry_with_its_readers_and_every_decision(
    family: Family, session: Session, people: People
) -> None:
    held = family.held
    later = begin(session, people.okafor, people.amina, NOW + timedelta(days=63))
    her = join(session, later, people.mrs_khan, "mother")
    say_so(session, later, her, "Only for me", readers=Readers.SPEAKER)
    session.add(
        StaffNote(
            school_id=later.school_id,
            conversation_id=later.id,
            author_id=people.okafor.person_id,
            text=NOTE,
            created_at=NOW,
        )
    )
    before = {held.at_home: Outcome.CHANGE, held.at_school: Outcome.DONE, held.by_child: Outcome.STOP}
    for action in load_record(session, held.meeting).actions:
        before.setdefault(action, Outcome.NOT_TALKED_ABOUT)
    for action, outcome in before.items():
        session.add(
            Decision(
                school_id=later.school_id,
                action_id=action.id,
                conversation_id=later.id,
                outcome=outcome,
                reason=f"Because of {action.what}",
                decided_at=NOW,
            )
        )
    session.flush()
    close_conversation(session, people.okafor, NOW + timedelta(days=63), later.id)
    content = record_for(session, people.school, later, NOW)
    assert {(said.what.english.text, said.outcome) for said in content.decisions} == {
        (action.what, outcome.value.replace(" ", "_")) for action, outcome in before.items()
    }
    assert [
        (entry.text.english.text, entry.readers and entry.readers.english.text) for entry in content.entries
    ] == [("Only for me", "only for who said it")]
    paper = everything(content)
    none_of((NOTE, "Staff only", *STAFF), paper)
    for said in ("only for who said it", *(f"Because of {action.what}" for action in before)):
        assert said in everything_in(write_word(content)), said
        assert said in html(content), said


def test_of_the_first_meeting_the_school_s_copy_tells_who_may_read_what(
    family: Family, session: Session, people: People
) -> None:
    marks = readers_of(record_for(session, people.school, family.held.meeting, NOW))
    assert marks["We may have to move house"] == marks["I lost my own brother"] == "only for who said it"
    assert marks["He wrote that he misses her"] == "for all carers"
    assert marks["She cries before school"] is None
    assert len(marks) == 10
