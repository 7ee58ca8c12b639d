"""What the tests of the hour share."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.conversation import operations
from convo.conversation.guide import load_guide
from convo.conversation.models import Participant
from convo.db import Database
from convo.people.models import Carer, Pupil
from convo.settings import SHIPPED_GUIDES
from tests.support.client import PageClient
from tests.support.people import People


@pytest.fixture
def begin(database: Database, people: People, now: datetime) -> Callable[[Pupil, Carer], UUID]:
    """Return a function that opens a meeting led by Mr Okafor and returns its id."""

    def open_meeting(pupil: Pupil, carer: Carer) -> UUID:
        with database.write() as session:
            guide = load_guide(SHIPPED_GUIDES)
            meeting = operations.open_unplanned(session, people.okafor, now, pupil.id, guide, (carer.id,))
            return meeting.id

    return open_meeting


@pytest.fixture
def meeting(begin: Callable[[Pupil, Carer], UUID], people: People) -> UUID:
    """Return an open meeting about Amina with her mother."""
    return begin(people.amina, people.mrs_khan)


@pytest.fixture
def voice(database: Database, meeting: UUID) -> UUID:
    """Return the place of Amina's mother in it."""
    with database.reading() as session:
        of_it = Participant.conversation_id == meeting
        return session.scalars(select(Participant.id).where(of_it, Participant.carer_id.is_not(None))).one()


@pytest.fixture
def okafor(as_person: Callable[[str], PageClient]) -> PageClient:
    """Return Mr Okafor's browser."""
    return as_person("okafor")
