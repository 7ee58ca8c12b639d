"""Many issues at once, stored without making each from a meeting: for tests of memory, time and names."""

from datetime import timedelta
from hashlib import sha256
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from convo.summary.content import to_json
from convo.summary.models import Delivery, Issue
from convo.summary.rules import DeliveryWay, IssueReason
from tests.support.people import NOW, People
from tests.support.summaries import summary


def store_many(
    session: Session,
    people: People,
    meeting_id: UUID,
    count: int,
    *,
    kilobytes: int = 10,
    documents: bytes | None = None,
    print_list: bool = False,
    actions: int = 5,
) -> list[UUID]:
    """Store so many issues of one meeting for Amina's mother and return their ids, the oldest first.

    Their documents are bytes of that size, no two the same, or the one given with a number behind it.
    """
    content, chance = to_json(summary("ur", "side", actions)), Random(1)
    made = []
    for number in range(1, count + 1):
        own = documents + str(number).encode() if documents else chance.randbytes(kilobytes * 1024)
        issue = Issue(
            school_id=people.school.id,
            conversation_id=meeting_id,
            carer_id=people.mrs_khan.id,
            number=number,
            reason=IssueReason.FIRST,
            language="ur",
            layout="side",
            document=own,
            sha256=sha256(own).hexdigest(),
            content=content,
            guide_version="usual 1",
            line_states={},
            issued_at=NOW + timedelta(seconds=number),
            issued_by_id=people.okafor.person_id,
        )
        session.add(issue)
        session.flush()
        made.append(issue.id)
        if print_list:
            session.add(
                Delivery(
                    school_id=people.school.id,
                    issue_id=issue.id,
                    way=DeliveryWay.PRINT_LIST,
                    recorded_at=NOW + timedelta(seconds=number),
                    recorded_by_id=people.okafor.person_id,
                )
            )
            session.flush()
        session.expunge_all()
    return made
