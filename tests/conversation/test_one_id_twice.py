"""One id that two tabs of a tablet send with different words: neither is lost, and each is taken in once."""

from uuid import UUID

import pytest
from sqlalchemy import select, update

from convo.conversation.models import Change, Conversation, Entry
from convo.conversation.rules import State
from convo.db import Database
from convo.kernel.ids import new_id
from tests.conversation.conftest import Send
from tests.support.changes import change
from tests.support.meeting import NOW, Meeting


def log(database: Database) -> list[tuple[str, bool]]:
    """Return what the log holds, and whether it was written."""
    with database.reading() as session:
        rows = session.execute(select(Change.value, Change.written).order_by(Change.number))
        return [(value, written) for value, written in rows]


def text(database: Database, entry: UUID) -> str:
    with database.reading() as session:
        return session.get_one(Entry, entry).text


@pytest.mark.parametrize("together", [False, True])
def test_other_words_under_a_known_id_are_taken_in_behind_it_once(
    database: Database, send: Send, together: bool
) -> None:
    entry = new_id()
    first = change("entry", entry, "text", "She reads")
    other = {**first, "value": "She reads every night"}
    one, two = send(first, other) if together else [*send(first), *send(other)]
    assert (one.outcome, one.value) == ("applied", "She reads")
    assert (two.id, two.outcome, two.value) == (one.id, "applied", "She reads every night")
    assert text(database, entry) == "She reads every night"
    assert send(other) == [two]
    assert send(first, other, other) == [one, two, two]
    assert send(other, first) == [two, one]
    assert log(database) == [("She reads", True), ("She reads every night", True)]


def test_what_differs_only_before_it_is_cleaned_is_the_same_words(database: Database, send: Send) -> None:
    first = change("entry", new_id(), "text", "She reads\nand sings")
    [answer] = send(first)
    assert send({**first, "value": "  She reads\r\nand sings "}) == [answer]
    assert len(log(database)) == 1


def test_where_another_has_written_since_the_other_words_wait_beside_theirs(
    database: Database, meeting: Meeting, send: Send
) -> None:
    entry = new_id()
    first = change("entry", entry, "text", "She reads")
    [answer] = send(first)
    send(change("entry", entry, "text", "She sings", answer.id), by=meeting.lowe)
    other = {**first, "value": "She reads every night"}
    [conflict] = send(other)
    assert (conflict.id, conflict.outcome, conflict.value) == (answer.id, "conflict", "She sings")
    assert send(other) == [conflict]
    assert log(database)[2:] == [("She reads every night", False)]
    assert text(database, entry) == "She sings"


def test_other_words_that_come_after_the_closing_are_kept_aside(database: Database, send: Send) -> None:
    first = change("entry", new_id(), "text", "She reads")
    [answer] = send(first)
    with database.write() as session:
        session.execute(update(Conversation).values(state=State.CLOSED, opened_at=NOW, closed_at=NOW))
    other = {**first, "value": "She reads every night"}
    [late] = send(other)
    assert late.outcome == "aside"
    assert send(other, first) == [late, answer]
    assert log(database) == [("She reads", True), ("She reads every night", False)]
