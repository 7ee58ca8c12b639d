"""An open hour with something of every kind in it: Amina's second meeting, after one that was closed.

Mrs Khan is at the table with Amina, Mr Okafor and an interpreter. Three actions are open from the meeting
before, of which one is decided. One text has two versions, one tap of the family waits, one line is only for
who said it, and there is a staff note.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.rules import Actor
from convo.conversation.incoming import read_change
from convo.conversation.journal import NOTES, apply_changes
from convo.conversation.models import Change, Conversation, Participant
from convo.conversation.operations import open_unplanned
from convo.conversation.proposals import propose
from convo.conversation.queries import head_of
from convo.conversation.rules import ParticipantKind, ProposalAnswer, decision_id
from convo.hour.finish import finish
from convo.plan.models import Action
from tests.support.changes import change
from tests.support.held import hold
from tests.support.meetings import guide
from tests.support.people import NOW, People

NOTE = "Staff only: ask about glasses"
ONLY_HERS = "We may have to move house"
UNTIL_FRIDAY, UNTIL_MONDAY = "A text each Friday", "A call each Monday"


@dataclass(frozen=True)
class FullHour:
    """The open meeting, the closed one before it, and the copy that was given after that."""

    id: UUID
    before: UUID
    issue: UUID


class Tablet:
    """Writes what a tablet would send into a meeting."""

    def __init__(self, session: Session, actor: Actor, meeting: UUID) -> None:
        self.session, self.actor, self.meeting = session, actor, meeting

    def write(self, thing: str, identifier: UUID | None = None, **fields: Any) -> UUID:
        """Send a change of each field; without an id it is a new thing. ``base`` is none."""
        identifier = identifier or uuid4()
        changes = [read_change(change(thing, identifier, *named)) for named in fields.items()]
        stream = {"stream": NOTES} if thing == "note" else {}
        answers = apply_changes(self.session, self.actor, NOW, self.meeting, changes, **stream)
        assert all(answer.outcome != "refused" for answer in answers), answers
        return identifier

    def put_back(self, thing: str, identifier: UUID) -> None:
        """Put back what was taken out."""
        gone = head_of(self.session, Change, self.meeting, identifier, "removed")
        back = read_change(change(thing, identifier, "removed", False, gone))
        [answer] = apply_changes(self.session, self.actor, NOW, self.meeting, [back])
        assert answer.outcome == "applied"


def fill(session: Session, people: People, entries: int = 4) -> FullHour:
    """Store the meeting, with so many things said, and return it."""
    earlier = NOW - timedelta(days=70)
    before = hold(session, people, close=False, at=earlier)
    [issue, *_] = finish(session, people.okafor, earlier + timedelta(minutes=50), before.id)
    meeting = open_unplanned(session, people.okafor, NOW, people.amina.id, guide(), (people.mrs_khan.id,))
    tablet = Tablet(session, people.okafor, meeting.id)
    voices = {
        kind: session.scalars(
            select(Participant.id).where(Participant.conversation_id == meeting.id, Participant.kind == kind)
        ).first()
        for kind in ParticipantKind
    }
    mother = voices[ParticipantKind.CARER]
    tablet.write("participant", name="Mrs Aziz", role="interpreter", kind="interpreter")
    first = tablet.write("entry", text="She goes quiet in class", parent=mother, kind="worry", position=1)
    tablet.write("entry", text=ONLY_HERS, parent=mother, readers="only who said it", position=2)
    for number in range(3, entries + 1):
        voice = voices[ParticipantKind.PUPIL] if number % 2 else mother
        tablet.write("entry", text=f"Line {number} of what was said", parent=voice, position=number)
    priority = tablet.write("priority", text="Speaking up", entries=[str(first)], position=1)
    target = tablet.write("target", parent=priority, text="Speaks up in class", area="communication")
    for number, (who, side) in enumerate(
        ((ParticipantKind.CARER, "home"), (ParticipantKind.STAFF, "school"), (ParticipantKind.PUPIL, "pupil"))
    ):
        person = session.get_one(Participant, voices[who])
        tablet.write(
            "action",
            what=f"A thing to do, at {side}",
            who_id=person.id,
            who=person.name,
            by_whom=side,
            parent=target if number else None,
            agreement="agreed" if number else "let's talk about this",
            position=number,
        )
    of_it = select(Action).where(Action.conversation_id == before.id).order_by(Action.position)
    promised = session.scalars(of_it).first()  # the first, on either database
    assert promised is not None
    tablet.write("decision", decision_id(meeting.id, promised.id), parent=promised.id, outcome="continue")
    tablet.write("note", text=NOTE)
    tablet.write("conversation", meeting.id, keep_in_touch=UNTIL_FRIDAY)
    Tablet(session, people.farrell, meeting.id).write("conversation", meeting.id, keep_in_touch=UNTIL_MONDAY)
    propose(session, NOW, session.get_one(Conversation, meeting.id), "entry", first, ProposalAnswer.MATTERS)
    return FullHour(meeting.id, before.id, issue.id)
