"""A meeting, and a tablet that sends its changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from convo.access.rules import Actor
from convo.conversation.incoming import read_change
from convo.conversation.journal import JOURNAL, Answer, Stream, apply_changes
from convo.db import Database
from tests.support.meeting import NOW, Meeting, lay_out

Send = Callable[..., list[Answer]]


@pytest.fixture
def meeting(database: Database) -> Meeting:
    with database.write() as session:
        return lay_out(session)


@pytest.fixture
def send(database: Database, meeting: Meeting) -> Send:
    """Send a batch in a transaction of its own, as Ms Carter unless somebody else is named."""

    def send(
        *changes: dict[str, Any],
        by: Actor = meeting.carter,
        to: UUID = meeting.conversation,
        stream: Stream = JOURNAL,
        later: int = 0,
    ) -> list[Answer]:
        with database.write() as session:
            now = NOW + timedelta(seconds=later)
            return apply_changes(session, by, now, to, [read_change(raw) for raw in changes], stream)

    return send
