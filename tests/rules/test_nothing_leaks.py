"""What must not reach a family, or the other carer, looked for in every byte that does.

Amina's parents are kept apart. Her mother was at the meeting; her father gets a copy of it. Words that nobody
else may read are marked with a word of their own, so that they are found wherever they turn up.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast, get_args
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.models import School
from convo.conversation.closing import close_conversation
from convo.conversation.corrections import Wanted
from convo.conversation.models import StaffNote
from convo.conversation.operations import open_unplanned
from convo.conversation.rules import CorrectionReason, ParticipantKind, Readers
from convo.db import Database
from convo.plan.models import Target
from convo.plan.rules import Doer
from convo.summary.build import content_for
from convo.summary.content import Layout
from convo.summary.files import file_name
from convo.summary.models import Issue
from convo.summary.operations import correct, issue_first
from convo.summary.queries import issues_of
from convo.summary.word import write_word
from tests.support.client import PageClient
from tests.support.held import Held, begin, hold, join, promise, say_so
from tests.support.meetings import guide
from tests.support.people import NOW, People

Visit = Callable[[str], PageClient]

LAYOUTS = cast("tuple[Layout, ...]", get_args(Layout))
# Of what the mother's copy may hold, what the father's must not: who was there, when, and how to reach her.
OF_HER = (
    "Nasreen",
    "Mrs Khan",
    "07700 900123",
    "Aziz",  # who came with her to interpret
    "23 November",
    "2026-11-23",
    "25 January",
    "2027-01-25",
    "15:30",
    "14:00",
    "Room 4",
    "cries before school",
)
OF_HIM = ("Imran", "Mr Khan", "07700 900456", "PAPA", "14 October", "2026-10-14")
OF_NOBODY = ("NOTETOSTAFF", "SECRETWORD", "Staff only", "move house", "Szymon", "Wójcik", "OTHERFAMILY")


@dataclass(frozen=True)
class Told:
    """The meeting with her, with both copies, and what came before."""

    held: Held
    before: UUID


@pytest.fixture
def told(database: Database, people: People) -> Told:
    """His meeting, then hers, then a correction; copies of hers for both."""
    with database.write() as session:
        before = meeting_with_him(session, people)
        held = hold(session, people, close=False)
        add_secrets(session, people, held)
        close_conversation(session, people.okafor, NOW + timedelta(minutes=50), held.id, finish_now=True)
        copies: Any = [(people.mrs_khan.id, "ur", "side"), (people.mr_khan.id, "en", "side")]
        issue_first(session, people.okafor, NOW, held.meeting, copies)
        other_family(session, people)
    with database.write() as session:
        wanted = [
            Wanted("entry", held.secret.id, "text", "SECRETWORD again"),
            Wanted("entry", held.hers.id, "text", "She cries before school on Mondays"),
            Wanted("conversation", held.id, "next_on", "2027-01-26"),
            Wanted("conversation", held.id, "keep_in_touch", "Text Mrs Khan on 07700 900123"),
            Wanted("action", held.at_school.id, "how_known", "He helps at the gate"),
        ]
        correct(session, people.okafor, NOW, held.id, CorrectionReason.FAMILY_ASKED, "NOTETOSTAFF", wanted)
    return Told(held, before)


def meeting_with_him(session: Session, people: People) -> UUID:
    then = NOW - timedelta(days=40)
    meeting = begin(session, people.okafor, people.amina, then)
    father = join(session, meeting, people.mr_khan, "father", reads="en")
    say_so(session, meeting, father, "PAPA sees her on Saturdays", readers=Readers.ALL_CARERS)
    target = Target(
        school_id=meeting.school_id,
        pupil_id=meeting.pupil_id,
        conversation_id=meeting.id,
        text="Swims",
        created_at=then,
    )
    session.add(target)
    session.flush()
    promise(session, meeting, target, "Swimming on Saturdays", Doer.HOME, father, by_when=date(2026, 12, 1))
    close_conversation(session, people.okafor, then, meeting.id)
    return meeting.id


def add_secrets(session: Session, people: People, held: Held) -> None:
    for voice in (held.mother, held.child, held.teacher):
        say_so(session, held.meeting, voice, f"SECRETWORD of {voice.name}", readers=Readers.SPEAKER)
    say_so(session, held.meeting, held.mother, "SECRETWORD taken out", removed=True)
    session.add(
        StaffNote(
            school_id=held.meeting.school_id,
            conversation_id=held.id,
            author_id=people.okafor.person_id,
            text="NOTETOSTAFF",
            created_at=NOW,
        )
    )


def other_family(session: Session, people: People) -> None:
    meeting = begin(session, people.okafor, people.szymon, NOW)
    mother = join(session, meeting, people.mrs_wojcik, "mother")
    say_so(session, meeting, mother, "OTHERFAMILY speaks", readers=Readers.ALL_CARERS)


def readable(name: str, data: bytes) -> str:
    """Return a file's bytes as text, with those of every member of a Word file, and its members' dates."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return f"{name}\n{data.decode('utf-8', errors='replace')}"
    pieces = [name]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            day = "{:04}-{:02}-{:02}".format(*member.date_time[:3])
            text = archive.read(member).decode("utf-8", errors="replace")
            pieces += [member.filename, day, text, "".join(_without_tags(text))]
        pieces.append(archive.comment.decode("utf-8", errors="replace"))
    return "\n".join(pieces)


def _without_tags(xml: str) -> Iterator[str]:
    """Yield the text between tags: a word may be cut up by runs."""
    for piece in xml.split("<"):
        yield piece.partition(">")[2]


def copies_of(session: Session, people: People, told: Told, carer_id: UUID) -> Iterator[str]:
    """Yield all that a carer gets: issues as they were made, and every form and language as it stands."""
    for issue in issues_of(session, told.held.id):
        if issue.carer_id == carer_id:
            row = session.execute(select(Issue.document, Issue.content).where(Issue.id == issue.id)).one()
            yield readable("issue", row.document)
            yield row.content
    school = session.get_one(School, people.school.id)
    for tag in ("en", "ur", "pl"):
        for layout in LAYOUTS:
            content = content_for(
                session, school, told.held.meeting, carer_id, language=tag, layout=layout, now=NOW
            )
            yield readable(file_name(content), write_word(content))


def found_in(texts: Iterator[str] | list[str], words: tuple[str, ...]) -> set[str]:
    texts = list(texts)
    assert texts
    return {word for word in words for text in texts if word in text}


def test_the_fathers_copies_tell_nothing_of_the_mother(session: Session, people: People, told: Told) -> None:
    copies = list(copies_of(session, people, told, people.mr_khan.id))
    assert found_in(copies, OF_HER + OF_NOBODY) == set()
    assert "Meet her at the gate" in copies[0]


def test_the_mothers_copies_tell_nothing_of_the_father(session: Session, people: People, told: Told) -> None:
    copies = list(copies_of(session, people, told, people.mrs_khan.id))
    hers = tuple(word for word in OF_NOBODY if word not in {"SECRETWORD", "move house"})
    assert found_in(copies, OF_HIM + hers) == set()
    assert found_in(copies, ("SECRETWORD of Amina", "SECRETWORD of Mr Okafor", "SECRETWORD taken")) == set()
    assert found_in(copies, ("SECRETWORD of Mrs",)) != set()  # her own words are hers


def test_the_web_page_of_each_copy_tells_no_more_than_the_file(
    people: People, told: Told, as_person: Visit
) -> None:
    client = as_person("okafor")
    for carer, hidden in ((people.mr_khan, OF_HER), (people.mrs_khan, OF_HIM)):
        for query in ("", "?issue=1", "?layout=halves&language=pl"):
            page = client.get(f"/conversations/{told.held.id}/summary/preview/{carer.id}{query}")
            shown = "\n".join(page.one("//main").itertext())
            assert found_in([shown], tuple(word for word in hidden if word not in NAMES_OF_THE_PAGE)) == set()
            assert found_in([shown], ("NOTETOSTAFF", "OTHERFAMILY", "SECRETWORD of Amina")) == set()


# The page warns its reader, who is of the staff, whom the copy must not name.
NAMES_OF_THE_PAGE = {"Nasreen", "Mrs Khan", "Imran", "Mr Khan"}


def test_the_turned_tablet_tells_nothing_of_the_father_nor_of_the_staff(
    database: Database, people: People, told: Told, as_person: Visit
) -> None:
    with database.write() as session:
        meeting = open_unplanned(session, people.okafor, NOW, people.amina.id, guide(), (people.mrs_khan.id,))
        here = {person.kind: person for person in meeting.participants}
        child, mother = here[ParticipantKind.PUPIL], here[ParticipantKind.CARER]
        say_so(session, meeting, child, "SECRETWORD of mine", readers=Readers.SPEAKER)
        say_so(session, meeting, mother, "She reads more")
        session.add(
            StaffNote(
                school_id=meeting.school_id,
                conversation_id=meeting.id,
                author_id=people.okafor.person_id,
                text="NOTETOSTAFF",
                created_at=NOW,
            )
        )
    client = as_person("okafor")
    pages = []
    for slug in ("since-last-time", "explore", "focus", "plan", "review"):
        for number in range(1, 7):
            page = client.get(f"/conversations/{meeting.id}/family/{slug}?n={number}")
            pages.append(page.html)
    hidden = ("NOTETOSTAFF", "SECRETWORD", "Staff only", "OTHERFAMILY", "Imran", "Mr Khan", "07700")
    assert found_in(pages, hidden) == set()
    assert found_in(pages, ("She reads more", "Swimming on Saturdays")) != set()
