"""A file closes no meeting over words that it could not bring into it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from convo.conversation.rules import State
from convo.db import Database
from convo.hour.finish import finish
from tests.hour.test_taken_in import THEN, Take, closings, held, meeting_of, seal, take
from tests.support.changes import change
from tests.support.client import PageClient
from tests.support.held import Held
from tests.support.people import People
from tests.support.streams import answers

__all__ = ["held", "take"]

MISSING = (
    "The conversation is not closed yet. Something that you wrote could not be taken in."
    " Write it in the conversation as it should be, then close it there."
)
LONG = "x" * 10_001


def refused(held: Held) -> list[Any]:
    """Return changes none of which can be taken in."""
    return [
        change("action", held.at_home.id, "what", LONG),
        change("action", held.at_home.id, "by_when", "2206-01-25"),
        change("note", uuid4(), "text", LONG),
        change("entry", uuid4(), "text", "She sings", parent=uuid4()),
    ]


@pytest.mark.parametrize("which", range(4))
def test_a_seal_that_comes_with_words_that_were_refused_closes_nothing_and_says_what_to_do(
    take: Take, okafor: PageClient, database: Database, held: Held, which: int
) -> None:
    words = refused(held)[which]
    for _ in range(2):
        page = take(words, change("entry", uuid4(), "text", "She reads"), seal(held))
        assert MISSING in page.text
        assert words["value"].replace("2206-01-25", "25 January 2206") in page.text
        assert "One change was taken in." in page.text
        assert (meeting_of(database, held).state, closings(database)) == (State.OPEN, 0)
        assert page.links["Go to the conversation"] == f"/conversations/{held.id}"
    answers(okafor, held.id, seal(held))
    assert meeting_of(database, held).state is State.CLOSED


def test_words_that_were_shortened_before_the_seal_do_not_stop_it(
    take: Take, database: Database, held: Held
) -> None:
    long = change("action", held.at_home.id, "what", LONG)
    short = change("action", held.at_home.id, "what", "Pack the bag", UUID(long["id"]))
    again = change("action", held.at_home.id, "what", LONG, UUID(short["id"]))
    assert MISSING in take(long, short, again, seal(held)).text
    assert "The conversation is closed" in take(long, short, seal(held)).text
    assert meeting_of(database, held).state is State.CLOSED


def test_of_a_meeting_that_is_closed_already_nothing_says_that_it_is_not(
    take: Take, database: Database, people: People, held: Held
) -> None:
    with database.write() as session:
        finish(session, people.farrell, THEN + timedelta(hours=2), held.id)
    page = take(change("action", held.at_home.id, "what", LONG), seal(held))
    assert "not closed" not in page.text
    assert closings(database) == 1
