"""Each carer's copy holds what they may read, and nothing else."""

import ast
import re
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from convo.conversation.closing import close_conversation
from convo.conversation.models import Participant
from convo.conversation.rules import ParticipantKind, Readers, StageName
from convo.kernel.errors import NotFound
from convo.people.models import Carer
from convo.plan.models import Decision
from convo.plan.rules import ActionState, Agreement, Outcome
from convo.summary import build
from convo.summary.build import content_for
from convo.summary.content import SummaryContent, to_json
from convo.summary.word import write_word
from tests.support.held import NEXT, Held, begin, hold, join, say_so, with_part
from tests.support.people import NOW, People


def content(session: Session, people: People, held: Held, carer: Carer, **more: object) -> SummaryContent:
    return content_for(session, people.school, held.meeting, carer.id, now=NOW, **more)  # type: ignore[arg-type]


def everything_in(document: bytes) -> str:
    """Return every part of a Word file as one text: words, properties, settings."""
    with zipfile.ZipFile(BytesIO(document)) as package:
        parts = [package.read(name).decode("utf-8", "ignore") for name in package.namelist()]
        return "".join(re.sub(r"</w:t>.*?<w:t[^>]*>", "", part, flags=re.DOTALL) for part in parts)


def heard(summary: SummaryContent) -> set[str]:
    return {entry.text.english.text for entry in summary.entries}


@pytest.mark.parametrize("readers", list(Readers))
@pytest.mark.parametrize("voice", ["mother", "grandmother", "teacher", "pupil"])
def test_who_may_read_what_was_said(session: Session, people: People, voice: str, readers: Readers) -> None:
    meeting = begin(session, people.okafor, people.zoe, NOW)
    mother = join(session, meeting, people.ms_obrien, "mother")
    teacher = Participant(
        school_id=meeting.school_id,
        conversation_id=meeting.id,
        kind=ParticipantKind.STAFF,
        person_id=people.okafor.person_id,
        name="Mr Okafor",
    )
    child = Participant(
        school_id=meeting.school_id, conversation_id=meeting.id, kind=ParticipantKind.PUPIL, name="Zoë"
    )
    session.add_all([teacher, child])
    session.flush()
    gran = join(session, meeting, people.gran, "grandmother", present=False)
    voices = {"mother": mother, "grandmother": gran, "teacher": teacher, "pupil": child}
    say_so(session, meeting, voices[voice], "It was said", readers=readers)
    read_by = {
        name
        for name, carer in (("mother", people.ms_obrien), ("grandmother", people.gran))
        if content_for(session, people.school, meeting, carer.id, now=NOW).entries
    }
    expected = {
        Readers.PRESENT: {"mother"},
        Readers.ALL_CARERS: {"mother", "grandmother"},
        Readers.SPEAKER: set(),
    }[readers]
    assert read_by == expected | ({voice} & {"mother", "grandmother"})


def test_the_mother_reads_all_that_was_said_in_her_presence(session: Session, people: People) -> None:
    held = hold(session, people)
    hers = content(session, people, held, people.mrs_khan)
    assert heard(hers) == {
        "She cries before school",
        "I like the library best",
        "She helps others",
        "We may have to move house",
    }
    assert [entry.through_interpreter for entry in hers.entries] == [True, False, False, False]
    assert [person.name for person in hers.present] == [
        "Mrs Nasreen Khan",
        "Mr Okafor",
        "Amina",
        "Mrs Aziz",
    ]
    assert hers.tag == "ur"
    assert hers.understood == "interpreter"
    assert hers.next_meeting.when is not None
    assert "25 January 2027" in hers.next_meeting.when.english.text
    assert [action.who.english.text for action in hers.actions] == ["Mrs Nasreen Khan", "Mr Okafor", "Amina"]
    assert hers.ring.phone == "01632 960123"


def test_what_a_mother_typed_in_her_own_letters_is_hers_and_nobody_calls_it_english(
    session: Session, people: People
) -> None:
    held = hold(session, people)
    held.hers.text = "وہ اسکول سے پہلے روتی ہے"
    session.flush()
    for reads, lang in (("ur", "ur"), ("pl", "und")):
        [text] = [
            entry.text
            for entry in content(session, people, held, people.mrs_khan, language=reads).entries
            if entry.text.english.text == held.hers.text
        ]
        assert text.english == text.home
        assert (text.home.lang, text.home.dir, text.home.state) == (lang, "rtl", "source")


def test_a_father_kept_apart_learns_nothing_of_the_mother(session: Session, people: People) -> None:
    held = hold(session, people)
    held.priority.text = held.hers.text  # chosen word for word
    session.flush()
    his = content(session, people, held, people.mr_khan, language="en")
    file = everything_in(write_word(his)) + to_json(his)
    for hidden in (
        "Nasreen",
        "Mrs Khan",
        "Aziz",
        "mother",
        "Mother",
        "She cries",
        "move house",
        "07700",
        "900123",
        "23 November",
        "2026-11-23",
        "14:00",
        "25 January",
        "2027-01-25",
        "15:30",
        "Room 4",
        "Fridays",
        "Staff only",
    ):
        assert hidden not in file, hidden
    hers = everything_in(write_word(content(session, people, held, people.mrs_khan, language="en")))
    for told in (
        "Nasreen",
        "Aziz",
        "She cries",
        "move house",
        "07700",
        "23 November",
        "25 January",
        "Room 4",
    ):
        assert told in hers, told
    assert [person.name for person in his.present] == ["Mr Okafor", "Amina"]
    assert heard(his) == {"I like the library best", "She helps others"}
    assert [action.what.english.text for action in his.actions] == [
        "Pack the bag together",
        "Meet her at the gate",
        "Choose a book to bring",
    ]
    assert [action.who.english.text for action in his.actions] == ["At home", "Mr Okafor", "Amina"]
    assert his.actions[0].by.english.text == "January 2027"
    assert [target.text.english.text for target in his.targets] == ["Comes in happily"]


def test_a_father_kept_apart_gets_the_same_silence_in_every_language(
    session: Session, people: People
) -> None:
    held = hold(session, people)
    for tag in ("ur", "pl", "ti"):
        his = content(session, people, held, people.mr_khan, language=tag)
        file = everything_in(write_word(his))
        assert "Nasreen" not in file
        assert "2027-01-25" not in file
        told = [twin.home.text for action in his.actions for twin in (action.by, action.who)]
        assert not re.search(rf"\b{NEXT.day}\b", " ".join(told))


def test_the_child_s_mother_learns_nothing_new_from_his_copy_being_made(
    session: Session, people: People
) -> None:
    held = hold(session, people)
    before = content(session, people, held, people.mrs_khan)
    join(session, held.meeting, people.mr_khan, "father", present=False, copy=True)
    after = content(session, people, held, people.mrs_khan)
    assert before == after
    assert "Imran" not in to_json(after)


def test_a_name_typed_without_choosing_a_person_is_not_shown_to_who_is_kept_apart(
    session: Session, people: People
) -> None:
    held = hold(session, people)
    held.at_home.who, held.at_home.who_id = "Mum", None
    held.at_school.who, held.at_school.who_id = "Mr Okafor and Mrs Khan", None
    session.flush()
    his = content(session, people, held, people.mr_khan)
    assert [action.who.english.text for action in his.actions][:2] == ["At home", "At school"]


def test_a_target_made_word_for_word_of_hidden_words_says_what_it_is_about(
    session: Session, people: People
) -> None:
    held = hold(session, people)
    held.target.text = "  she CRIES before school"
    session.flush()
    his = content(session, people, held, people.mr_khan)
    assert [target.text.english.text for target in his.targets] == ["Coming to school"]
    assert {action.target.english.text for action in his.actions if action.target} == {"Coming to school"}
    hers = content(session, people, held, people.mrs_khan)
    assert "she CRIES before school" in hers.targets[0].text.english.text


def test_words_that_a_present_family_chose_as_their_priority_reach_a_carer_who_was_not_there(
    session: Session, people: People
) -> None:
    meeting = begin(session, people.okafor, people.zoe, NOW)
    mother = join(session, meeting, people.ms_obrien, "mother")
    held = hold(session, people)
    shared = say_so(session, meeting, mother, "Reading for joy")
    alone = say_so(session, meeting, mother, "I cannot read well", readers=Readers.SPEAKER)
    for entry in (shared, alone):
        session.add(
            type(held.priority)(school_id=meeting.school_id, conversation_id=meeting.id, text=entry.text)
        )
    session.flush()
    grans = content_for(session, people.school, meeting, people.gran.id, now=NOW)
    assert [twin.english.text for twin in grans.priorities] == ["Reading for joy"]
    assert grans.entries == ()


def test_before_closing_only_what_is_agreed_stands_and_afterwards_no_draft(
    session: Session, people: People
) -> None:
    held = hold(session, people, close=False)
    held.at_home.agreement = Agreement.DISCUSS
    session.flush()
    assert len(content(session, people, held, people.mrs_khan).actions) == 2
    close_conversation(session, people.okafor, NOW, held.id, finish_now=True)
    closed = content(session, people, held, people.mrs_khan)
    assert [action.what.english.text for action in closed.actions] == [
        "Meet her at the gate",
        "Choose a book to bring",
    ]


def test_what_was_promised_before_shows_what_became_of_it_and_goes_on(
    session: Session, people: People
) -> None:
    held = hold(session, people)
    later = begin(session, people.okafor, people.amina, NOW + timedelta(days=63))
    with_part(session, later, StageName.SINCE)
    join(session, later, people.mrs_khan, "mother")
    for action, outcome in (
        (held.at_home, Outcome.CONTINUE),
        (held.at_school, Outcome.DONE),
        (held.by_child, Outcome.NOT_TALKED_ABOUT),
    ):
        session.add(
            Decision(
                school_id=later.school_id,
                action_id=action.id,
                conversation_id=later.id,
                outcome=outcome,
                reason="It helps" if outcome is Outcome.CONTINUE else "",
                by_when=NEXT if outcome is Outcome.CONTINUE else None,
                decided_at=NOW,
            )
        )
    session.flush()
    close_conversation(session, people.okafor, NOW + timedelta(days=63), later.id)
    hers = content_for(session, people.school, later, people.mrs_khan.id, now=NOW)
    assert [(d.what.english.text, d.outcome) for d in hers.decisions] == [
        ("Pack the bag together", "continue"),
        ("Meet her at the gate", "done"),
        ("Choose a book to bring", "not_talked_about"),
    ]
    assert [action.what.english.text for action in hers.actions] == ["Pack the bag together"]
    his = content_for(session, people.school, later, people.mr_khan.id, now=NOW)
    assert [d.promised_by.english.text for d in his.decisions] == ["At home", "Mr Okafor", "Amina"]
    assert [d.reason for d in his.decisions] == [None, None, None]
    # The meeting before still shows what was agreed in it, whatever has become of it since.
    assert held.at_school.state is ActionState.DONE
    assert len(content(session, people, held, people.mrs_khan).actions) == 3


def test_the_language_is_that_of_the_copy_then_what_they_read_then_english(
    session: Session, people: People
) -> None:
    held = hold(session, people)
    assert content(session, people, held, people.mrs_khan).tag == "ur"
    held.mother.copy_language = "pa"
    session.flush()
    assert content(session, people, held, people.mrs_khan).tag == "pa"
    assert content(session, people, held, people.mr_khan).tag == "en"
    meeting = begin(session, people.okafor, people.szymon, NOW)
    assert content_for(session, people.school, meeting, people.mr_wojcik.id, now=NOW).tag == "en"


def test_free_text_stands_in_its_own_language_and_says_that_nobody_translated_it(
    session: Session, people: People
) -> None:
    held = hold(session, people)
    held.hers.text, held.hers.language = "وہ روتی ہے", "ur"
    session.flush()
    hers = content(session, people, held, people.mrs_khan)
    assert (hers.entries[0].text.home.lang, hers.entries[0].text.home.state) == ("ur", "source")
    assert {twin.home.state for twin in hers.priorities} == {"missing"}


def test_somebody_who_is_no_carer_of_the_pupil_has_no_copy(session: Session, people: People) -> None:
    held = hold(session, people)
    for stranger in (people.ms_obrien, people.mrs_wojcik):
        with pytest.raises(NotFound):
            content(session, people, held, stranger)


def test_no_module_of_the_summary_names_staff_notes() -> None:
    for path in Path(build.__file__).parent.glob("*.py"):
        names = {
            node.id for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)
        }
        assert not {name for name in names if name.startswith("StaffNote")}, path.name


def test_the_signature_line_is_the_school_s_setting(session: Session, people: People) -> None:
    held = hold(session, people)
    school = session.get_one(type(people.school), people.school.id)
    assert not content(session, people, held, people.mrs_khan).signature
    school.signature_line = True
    assert content_for(session, school, held.meeting, people.mrs_khan.id, now=NOW).signature
