"""One of everything at Fenmarket, and the same at the other school, for tests over all routes.

Amina's meeting is closed and both her parents have a copy; Szymon's is open, planned and not held. None of
it is Mrs Whitaker's or Mrs Kaur's. At the other school Ms Rival holds every role.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy.orm import Session

from convo.access.models import School
from convo.access.rules import Actor, Role
from convo.access.sign_in import make_password_link
from convo.access.views.look import digest_of
from convo.conversation.closing import close_conversation
from convo.conversation.models import Proposal
from convo.conversation.operations import not_held, open_unplanned, plan
from convo.conversation.rules import NotHeldReason, ProposalAnswer
from convo.people.models import ContactQuestion, RollUpload
from convo.people.reading import open_table, packed
from convo.summary.operations import issue_first
from tests.support.held import Held, hold, say_so
from tests.support.meetings import fields, guide
from tests.support.people import NOW, People, add_carer, add_staff
from tests.support.pictures import file_of

LOGO, THEIR_LOGO = (file_of(Image.new("RGB", (8, 4), colour)) for colour in ("teal", "plum"))
ROLL = b"UPN,Surname,Forename,DOB\nA801200000001,Brook,Lena,01/02/2017\n"


@dataclass(frozen=True)
class Sample:
    """Ids by what they are. ``held`` is the closed meeting's rows."""

    held: Held
    closed: UUID
    open: UUID
    planned: UUID
    missed: UUID
    issue: UUID  # for Amina's mother
    upload: UUID
    proposal: UUID
    entry: UUID  # in the open meeting
    spare: UUID  # somebody of the staff without any part in anything
    link: str  # the token of a password link
    question: tuple[UUID, UUID]  # pupil and carer
    digest: str  # of the logo
    rival: Actor
    theirs: dict[str, Any]  # of the other school, by the name that routes give the id


def lay_out(session: Session, people: People) -> Sample:
    """Store it all and return the ids."""
    held = hold(session, people)
    copies: Any = [(people.mrs_khan.id, "ur", "side"), (people.mr_khan.id, "en", "side")]
    issue = issue_first(session, people.okafor, NOW, held.meeting, copies)[0]
    running = open_unplanned(session, people.okafor, NOW, people.szymon.id, guide(), (people.mrs_wojcik.id,))
    entry = say_so(session, running, running.participants[0], "He counts everything")
    proposal = Proposal(
        school_id=people.school.id,
        conversation_id=running.id,
        thing="entry",
        thing_id=entry.id,
        answer=ProposalAnswer.RIGHT,
        at=NOW,
    )
    planned = plan(session, people.okafor, NOW, people.szymon.id, fields(people.mrs_wojcik.id))
    missed = plan(session, people.okafor, NOW, people.szymon.id, fields(people.mr_wojcik.id))
    not_held(session, people.okafor, NOW, missed.id, NotHeldReason.FAMILY)
    question = ContactQuestion(
        school_id=people.school.id,
        pupil_id=people.szymon.id,
        carer_id=people.mrs_wojcik.id,
        field="title",
        held="Mrs",
        roll_says="Dr",
        asked_at=NOW,
    )
    session.get_one(School, people.school.id).logo = LOGO
    spare = add_staff(session, people.school, "Mr Spare", Role.TEACHER)
    upload = _upload(session, people.oyelaran)
    session.add_all([proposal, question])
    rival = add_staff(session, people.other_school, "Ms Rival", *Role)
    theirs = _at_the_other_school(session, people, rival)
    token = make_password_link(session, spare.person_id, NOW)
    return Sample(
        held=held,
        closed=held.id,
        open=running.id,
        planned=planned.id,
        missed=missed.id,
        issue=issue.id,
        upload=upload.id,
        proposal=proposal.id,
        entry=entry.id,
        spare=spare.person_id,
        link=token,
        question=(people.szymon.id, people.mrs_wojcik.id),
        digest=digest_of(LOGO),
        rival=rival,
        theirs=theirs,
    )


def _at_the_other_school(session: Session, people: People, rival: Actor) -> dict[str, Any]:
    school = session.get_one(School, people.other_school.id)
    school.logo = THEIR_LOGO
    school.safeguarding_lead_id, school.safeguarding_lead_reach = rival.person_id, "room 1"
    school.safeguarding_deputy_id, school.safeguarding_deputy_reach = people.stranger.person_id, "room 2"
    carer = add_carer(session, people.olu, "Mrs", "Folake", "Adeyemi", "mother")
    meeting = open_unplanned(session, rival, NOW, people.olu.id, guide(), (carer.id,))
    entry = say_so(session, meeting, meeting.participants[0], "He sings at home")
    proposal = Proposal(
        school_id=school.id,
        conversation_id=meeting.id,
        thing="entry",
        thing_id=entry.id,
        answer=ProposalAnswer.RIGHT,
        at=NOW,
    )
    session.add(proposal)
    over = open_unplanned(session, rival, NOW, people.olu.id, guide(), (carer.id,))
    close_conversation(session, rival, NOW, over.id)
    issue = issue_first(session, rival, NOW, over, [(carer.id, "en", "side")])[0]
    return {
        "issue_id": issue.id,
        "conversation_id": meeting.id,
        "pupil_id": people.olu.id,
        "carer_id": carer.id,
        "person_id": people.stranger.person_id,
        "proposal_id": proposal.id,
        "thing_id": entry.id,
        "upload_id": _upload(session, rival).id,
        "digest": digest_of(THEIR_LOGO),
    }


def _upload(session: Session, actor: Actor) -> RollUpload:
    upload = RollUpload(
        school_id=actor.school_id,
        person_id=actor.person_id,
        content=packed(open_table(ROLL, {}, 1_000_000), {}),
        at=NOW,
    )
    session.add(upload)
    session.flush()
    return upload
