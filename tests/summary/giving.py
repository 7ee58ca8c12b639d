"""How the tests of issues give copies out and change what was agreed."""

from datetime import timedelta

from sqlalchemy.orm import Session

from convo.conversation.corrections import Wanted
from convo.conversation.rules import CorrectionReason
from convo.plan.models import Action
from convo.summary.content import from_json
from convo.summary.models import Issue
from convo.summary.operations import issue_first
from tests.support.held import Held
from tests.support.people import NOW, People

LATER = NOW + timedelta(hours=2)
SLIP, ASKED, SINCE = CorrectionReason.OUR_SLIP, CorrectionReason.FAMILY_ASKED, CorrectionReason.AGREED_SINCE


def issue(session: Session, people: People, held: Held, *carers: str) -> list[Issue]:
    copies = [(getattr(people, name).id, "ur" if name == "mrs_khan" else "en", "side") for name in carers]
    return issue_first(session, people.okafor, NOW, held.meeting, copies)  # type: ignore[arg-type]


def change(held: Held, field: str, value: object, action: Action | None = None) -> Wanted:
    return Wanted("action", (action or held.at_home).id, field, value)


def said_changes(issue: Issue) -> list[str]:
    return [twin.english.text for twin in from_json(issue.content).changes]
