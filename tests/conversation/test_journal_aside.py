"""Taking in changes: who may write, and what is kept aside of what comes too late."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from convo.access.rules import Role
from convo.conversation.journal import NOTES
from convo.conversation.models import (
    Change,
    Conversation,
    Entry,
    Participant,
    StaffNote,
)
from convo.conversation.rules import NotHeldReason, ParticipantKind, State
from convo.db import Database
from convo.kernel.errors import NotFound
from convo.kernel.ids import new_id
from tests.conversation.conftest import Send
from tests.conversation.test_journal import one
from tests.support.changes import change
from tests.support.meeting import NOW, Meeting


def test_what_reaches_a_closed_meeting_is_kept_aside(
    database: Database, meeting: Meeting, send: Send
) -> None:
    entry = new_id()
    (first,) = send(change("entry", entry, "text", "one"))
    with database.write() as session:
        session.execute(
            update(Conversation)
            .where(Conversation.id == meeting.conversation)
            .values(state=State.CLOSED, closed_at=NOW)
        )
    late = change("entry", entry, "text", "two", first.id)
    (answer,) = send(late)
    assert (answer.outcome, answer.value) == ("aside", "one")
    assert one(database, Entry, entry).text == "one"
    assert one(database, Change, answer.id).value == "two"
    assert send(late) == [answer]


def test_only_who_holds_the_meeting_and_the_senco_may_write(
    database: Database, meeting: Meeting, send: Send
) -> None:
    for outsider in (meeting.bello, meeting.stranger):
        with pytest.raises(NotFound):
            send(change("entry", new_id(), "text", "one"), by=outsider)
    assert send(change("entry", new_id(), "text", "one"), by=meeting.lowe)[0].outcome == "applied"
    helper = new_id()
    send(change("participant", helper, "person", str(meeting.bello.person_id)))
    assert one(database, Participant, helper).kind is ParticipantKind.STAFF
    assert send(change("entry", new_id(), "text", "two"), by=meeting.bello)[0].outcome == "applied"
    send(change("participant", helper, "removed", True))
    assert send(change("entry", new_id(), "text", "three"), by=meeting.bello)[0].outcome == "aside"


def test_what_comes_from_who_was_taken_out_is_kept_aside_and_shows_them_nothing_of_others(
    database: Database, meeting: Meeting, send: Send
) -> None:
    helper, entry = new_id(), new_id()
    send(change("participant", helper, "person", str(meeting.bello.person_id)))
    early = change("entry", entry, "text", "He reads")
    [mine] = send(early, by=meeting.bello)
    send(
        change("entry", entry, "text", "He reads aloud", mine.id),
        change("participant", helper, "removed", True),
    )
    late = [
        change("entry", entry, "text", "He reads at night", mine.id),
        change("conversation", meeting.conversation, "stage", "focus"),
    ]
    answers = send(early, *late, by=meeting.bello)
    assert [answer.outcome for answer in answers] == ["applied", "aside", "aside"]
    told = {(answer.value, answer.head, answer.by, answer.at) for answer in answers[1:]}
    assert told == {(None, None, "", None)}
    sentence = "You are not part of this meeting any more. What you wrote is kept for the SENCO."
    assert {answer.message for answer in answers[1:]} == {sentence}
    assert one(database, Entry, entry).text == "He reads aloud"
    assert (one(database, Change, answers[1].id).value, one(database, Change, answers[1].id).settled_at) == (
        "He reads at night",
        None,
    )
    assert (
        one(database, Change, answers[2].id).settled_at is not None
    )  # where they stood is nothing to decide
    assert send(early, *late, by=meeting.bello) == answers
    [note] = send(change("note", new_id(), "text", "Ask"), by=meeting.bello, stream=NOTES)
    assert (note.outcome, note.message) == ("aside", sentence)
    with database.reading() as session:
        assert session.scalars(select(StaffNote)).all() == []


def test_who_holds_no_conversations_any_more_changes_nothing_but_loses_nothing(
    database: Database, meeting: Meeting, send: Send
) -> None:
    now_assistant = replace(meeting.carter, roles=frozenset({Role.ASSISTANT}))
    [answer] = send(change("entry", new_id(), "text", "one"), by=now_assistant)
    assert answer.outcome == "aside"
    assert one(database, Change, answer.id).author_id == meeting.carter.person_id


def test_what_reaches_a_meeting_that_was_recorded_as_not_held_is_kept_aside(
    database: Database, meeting: Meeting, send: Send
) -> None:
    with database.write() as session:
        not_held = {"state": State.NOT_HELD, "not_held_reason": NotHeldReason.FAMILY}
        of_it = Conversation.id == meeting.conversation
        session.execute(update(Conversation).where(of_it).values(**not_held))
    entry = new_id()
    [answer] = send(change("entry", entry, "text", "one"))
    assert answer.outcome == "aside"
    assert answer.message == "This meeting was recorded as not held. What you wrote is kept for the SENCO."
    assert one(database, Entry, entry) is None
    assert one(database, Change, answer.id).value == "one"
    with pytest.raises(NotFound):
        send(change("entry", new_id(), "text", "one"), by=meeting.bello)
