"""A meeting about Amina as it stands at the end of the hour, closed or about to be.

Mrs Khan is at the table with her interpreter, Mr Okafor and Amina; Mr Khan is kept apart from her and was not
there. ``hold(session, people)`` stores it; ``close=False`` leaves it open.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from convo.access.rules import Actor
from convo.conversation.closing import close_conversation
from convo.conversation.models import Conversation, Entry, Participant, Priority, StaffNote, Stage
from convo.conversation.rules import ParticipantKind, Readers, StageName, State
from convo.people.models import Carer, Pupil
from convo.plan.models import Action, Target
from convo.plan.rules import Agreement, Area, Doer, Understood
from tests.support.people import NOW, People

NEXT = date(2027, 1, 25)
DUE = date(2026, 12, 18)


@dataclass
class Held:
    """The meeting's rows, by what they are."""

    meeting: Conversation
    mother: Participant
    teacher: Participant
    child: Participant
    interpreter: Participant
    hers: Entry
    childs: Entry
    schools: Entry
    secret: Entry
    priority: Priority
    target: Target
    at_home: Action
    at_school: Action
    by_child: Action

    @property
    def id(self) -> UUID:
        return self.meeting.id


def hold(session: Session, people: People, *, close: bool = True, at: datetime = NOW) -> Held:
    """Store the meeting and return it."""
    meeting = begin(session, people.okafor, people.amina, at)
    mother = join(session, meeting, people.mrs_khan, "mother", reads="ur", understood=Understood.INTERPRETER)
    teacher = _at_table(
        session,
        meeting,
        ParticipantKind.STAFF,
        "Mr Okafor",
        "key teacher",
        person_id=people.okafor.person_id,
    )
    child = _at_table(session, meeting, ParticipantKind.PUPIL, "Amina", "pupil")
    interpreter = _at_table(session, meeting, ParticipantKind.INTERPRETER, "Mrs Aziz", "interpreter")
    hers = say_so(session, meeting, mother, "She cries before school", interpreted=True)
    childs = say_so(session, meeting, child, "I like the library best", readers=Readers.ALL_CARERS)
    schools = say_so(session, meeting, teacher, "She helps others", readers=Readers.ALL_CARERS)
    secret = say_so(session, meeting, mother, "We may have to move house", readers=Readers.SPEAKER)
    priority = _row(session, meeting, Priority, text="Calm mornings", entries=[str(hers.id)])
    target = _row(
        session,
        meeting,
        Target,
        pupil_id=meeting.pupil_id,
        priority_id=priority.id,
        text="Comes in happily",
        area=Area.ATTENDANCE,
        start="Two mornings a week",
        aim="Every morning",
        by_when=NEXT,
        created_at=at,
    )
    at_home = promise(
        session, meeting, target, "Pack the bag together", Doer.HOME, mother, how_often="every evening"
    )
    at_school = promise(session, meeting, target, "Meet her at the gate", Doer.SCHOOL, teacher, by_when=DUE)
    by_child = promise(session, meeting, target, "Choose a book to bring", Doer.PUPIL, child, by_when=DUE)
    session.add(
        StaffNote(
            school_id=meeting.school_id,
            conversation_id=meeting.id,
            author_id=people.okafor.person_id,
            text="Staff only: ask about the move",
            created_at=at,
        )
    )
    meeting.next_on, meeting.next_time, meeting.next_place = NEXT, time(15, 30), "Room 4"
    meeting.keep_in_touch = "Text Mrs Khan on 07700 900123 on Fridays"
    session.flush()
    if close:
        close_conversation(session, people.okafor, at + timedelta(minutes=50), meeting.id)
    return Held(
        meeting,
        mother,
        teacher,
        child,
        interpreter,
        hers,
        childs,
        schools,
        secret,
        priority,
        target,
        at_home,
        at_school,
        by_child,
    )


def begin(session: Session, lead: Actor, pupil: Pupil, at: datetime) -> Conversation:
    """Store an open meeting with nobody in it."""
    meeting = Conversation(
        school_id=lead.school_id,
        pupil_id=pupil.id,
        school_year=2026,
        round=1,
        state=State.OPEN,
        starts_at=at,
        opened_at=at,
        stage_entered_at=at,
        lead_id=lead.person_id,
        guide_version="usual 1",
    )
    session.add(meeting)
    session.flush()
    return meeting


def with_part(session: Session, meeting: Conversation, name: StageName) -> None:
    """Give an open meeting a part of the hour, as it gets when it is opened."""
    here = {"school_id": meeting.school_id, "conversation_id": meeting.id}
    session.add(Stage(**here, name=name, planned_minutes=5))
    session.flush()


def ended(session: Session, lead: Actor, pupil: Pupil, at: datetime, until: datetime) -> Conversation:
    """Store a meeting with nobody in it that was closed."""
    meeting = begin(session, lead, pupil, at)
    meeting.state, meeting.closed_at, meeting.stage_entered_at = State.CLOSED, until, None
    session.flush()
    return meeting


def join(session: Session, meeting: Conversation, carer: Carer, role: str, **more: Any) -> Participant:
    """Let a carer take part."""
    return _at_table(
        session, meeting, ParticipantKind.CARER, carer.full_name, role, carer_id=carer.id, **more
    )


def say_so(session: Session, meeting: Conversation, voice: Participant, text: str, **more: Any) -> Entry:
    """Store something said."""
    return _row(session, meeting, Entry, voice_id=voice.id, text=text, **more)


def promise(
    session: Session,
    meeting: Conversation,
    target: Target,
    what: str,
    by_whom: Doer,
    who: Participant,
    **more: Any,
) -> Action:
    """Store an agreed action."""
    return _row(
        session,
        meeting,
        Action,
        pupil_id=meeting.pupil_id,
        target_id=target.id,
        what=what,
        by_whom=by_whom,
        who=who.name,
        who_id=who.id,
        agreement=Agreement.AGREED,
        created_at=meeting.starts_at,
        **more,
    )


def _at_table(
    session: Session, meeting: Conversation, kind: ParticipantKind, name: str, role: str, **more: Any
) -> Participant:
    return _row(session, meeting, Participant, kind=kind, name=name, role=role, **more)


_places = iter(range(1, 1_000_000))


def _row(session: Session, meeting: Conversation, model: Any, **values: Any) -> Any:
    row = model(
        school_id=meeting.school_id, conversation_id=meeting.id, position=float(next(_places)), **values
    )
    session.add(row)
    session.flush()
    return row
