"""One school with an open meeting, for tests of what happens inside an hour.

Hill Road: Ms Carter leads the meeting about Ada Khan, Mr Bello is a teacher with no part in it, Mrs Lowe is
the SENCO. Ada's mother Sana Khan is at the table. Ben Okoro is another pupil, with a meeting of his own. Far
Lane is another school, a stranger to this one, with a pupil and a meeting too.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from convo.access.models import Membership, Person, School
from convo.access.rules import Actor, Role
from convo.conversation.models import Conversation, Entry, Participant, Stage
from convo.conversation.rules import ParticipantKind, StageName, State
from convo.kernel.ids import new_id
from convo.people.models import Carer, Pupil, PupilCarer
from convo.plan.models import Action, Target
from convo.plan.rules import ActionState, Doer

NOW = datetime(2026, 10, 6, 15, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Meeting:
    """Who and what is there. Ids are of Hill Road unless they say otherwise."""

    carter: Actor  # leads the meeting
    bello: Actor  # a teacher who has nothing to do with it
    lowe: Actor  # SENCO
    stranger: Actor  # SENCO of Far Lane
    conversation: UUID
    mother: UUID  # the participant
    carer: UUID  # the same person among the pupil's carers
    promise: UUID  # an action that is open from Ada's last meeting
    bens_conversation: UUID
    bens_entry: UUID
    bens_carer: UUID
    far_conversation: UUID
    far_entry: UUID


def lay_out(session: Session) -> Meeting:
    """Put the school in and return who and what is there."""
    hill, far = School(name="Hill Road", created_at=NOW), School(name="Far Lane", created_at=NOW)
    session.add_all([hill, far])
    session.flush()
    carter = _staff(session, hill, "Ms Carter", Role.TEACHER)
    bello = _staff(session, hill, "Mr Bello", Role.TEACHER)
    lowe = _staff(session, hill, "Mrs Lowe", Role.SENCO)
    stranger = _staff(session, far, "Miss Far", Role.SENCO)

    ada, mother = _pupil(session, hill, "Ada", "Khan", "Sana")
    before = _conversation(session, hill, ada, carter, State.CLOSED)
    open_now = _conversation(session, hill, ada, carter, State.OPEN)
    session.add_all(
        Stage(school_id=hill.id, conversation_id=open_now.id, name=name, planned_minutes=10)
        for name in StageName
    )
    target = Target(
        school_id=hill.id, pupil_id=ada.id, conversation_id=before.id, text="Reads aloud", created_at=NOW
    )
    session.add(target)
    session.flush()
    promise = Action(
        school_id=hill.id,
        pupil_id=ada.id,
        conversation_id=before.id,
        target_id=target.id,
        what="Listen to Ada read",
        who="Sana Khan",
        by_whom=Doer.HOME,
        by_when=date(2026, 10, 1),
        state=ActionState.OPEN,
        created_at=NOW,
    )
    at_table = Participant(
        school_id=hill.id,
        conversation_id=open_now.id,
        kind=ParticipantKind.CARER,
        carer_id=mother.id,
        name="Sana Khan",
    )
    session.add_all([promise, at_table])

    ben, bens_carer = _pupil(session, hill, "Ben", "Okoro", "Joy")
    bens = _conversation(session, hill, ben, carter, State.OPEN)
    bens_entry = Entry(school_id=hill.id, conversation_id=bens.id, text="Likes maths")
    cy, _ = _pupil(session, far, "Cy", "Lund", "Eva")
    fars = _conversation(session, far, cy, stranger, State.OPEN)
    far_entry = Entry(school_id=far.id, conversation_id=fars.id, text="Sleeps badly")
    session.add_all([bens_entry, far_entry])
    session.flush()
    return Meeting(
        carter=carter,
        bello=bello,
        lowe=lowe,
        stranger=stranger,
        conversation=open_now.id,
        mother=at_table.id,
        carer=mother.id,
        promise=promise.id,
        bens_conversation=bens.id,
        bens_entry=bens_entry.id,
        bens_carer=bens_carer.id,
        far_conversation=fars.id,
        far_entry=far_entry.id,
    )


def _staff(session: Session, school: School, name: str, role: Role) -> Actor:
    person = Person(name=name, email=f"{new_id().hex}@example.org", created_at=NOW)
    session.add(person)
    session.flush()
    session.add(Membership(school_id=school.id, person_id=person.id, role=role))
    return Actor(person.id, name, school.id, frozenset({role}))


def _pupil(session: Session, school: School, forename: str, surname: str, carer: str) -> tuple[Pupil, Carer]:
    pupil = Pupil(school_id=school.id, forename=forename, surname=surname)
    adult = Carer(school_id=school.id, forename=carer, surname=surname)
    session.add_all([pupil, adult])
    session.flush()
    session.add(PupilCarer(school_id=school.id, pupil_id=pupil.id, carer_id=adult.id))
    return pupil, adult


def _conversation(session: Session, school: School, pupil: Pupil, lead: Actor, state: State) -> Conversation:
    meeting = Conversation(
        school_id=school.id,
        pupil_id=pupil.id,
        school_year=2026,
        round=1,
        state=state,
        starts_at=NOW,
        lead_id=lead.person_id,
        opened_at=NOW,
        stage_entered_at=NOW if state is State.OPEN else None,
        closed_at=NOW if state is State.CLOSED else None,
    )
    session.add(meeting)
    session.flush()
    return meeting
