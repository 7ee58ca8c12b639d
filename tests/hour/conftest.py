"""What the tests of the hour share."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest

from convo.conversation import operations
from convo.conversation.guide import load_guide
from convo.db import Database
from convo.people.models import Carer, Pupil
from convo.settings import SHIPPED_GUIDES
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
