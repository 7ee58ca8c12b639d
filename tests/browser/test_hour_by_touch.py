"""A whole conversation held on the tablet, by touch."""

from typing import Any

import pytest
from sqlalchemy import select

from convo.conversation.models import Conversation, Entry, Participant, Priority
from convo.conversation.rules import State
from convo.db import Database
from convo.plan.models import Action, Target
from convo.plan.rules import ActionState, Agreement, Doer
from tests.browser.conftest import Hand
from tests.support.browser import LANDSCAPE, TABLET
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_TAPS, MOST_CHARACTERS = 50, 650

SAID = [
    ("Mrs Nasreen Khan", "She reads to her little brother every night"),
    ("Amina", "I like it when we read the funny book"),
    ("Mr Okafor", "She asks good questions in science"),
    ("Mrs Nasreen Khan", "I worry that she goes quiet in class"),
    ("Amina", "I do not like reading out loud to all"),
    ("Mr Okafor", "She reads well with one friend"),
]
WILL_DO = [
    ("Mrs Nasreen Khan", "Listen to Amina read for ten minutes"),
    ("Mr Okafor", "Let Amina read with one friend first"),
    ("Amina", "Choose a book for Friday"),
]


@pytest.mark.parametrize("size", [TABLET, LANDSCAPE], ids=["upright", "landscape"])
def test_a_conversation_of_25_minutes_takes_few_taps_and_little_typing(
    visit: Any,
    database: Database,
    people: People,
    size: tuple[int, int],
    capsys: Any,
) -> None:
    hand = Hand(visit(f"/pupils/{people.amina.id}", size=size))
    page = hand.page
    hand.button("Start one now with Mrs Nasreen Khan")
    page.wait_for_url("**/explore")

    hand.tap("#say")
    for voice, words in SAID:
        hand.type(words)
        hand.chip(voice, "[data-voices]")
        hand.button("Add")
    hand.button("Next: Focus")
    hand.tap(f'[data-pickable]:has-text("{SAID[3][1]}") button')
    hand.button("Next: Plan")
    hand.button("Make this a target")
    hand.tap("#do")
    for who, what in WILL_DO:
        hand.type(what)
        hand.chip(who, "[data-doers]")
        hand.button("Add")
    hand.button("Next: Review")
    for number in range(1, len(WILL_DO) + 1):
        hand.chip("Agreed", f".readback:nth-child({number})")
    hand.tap("[data-next-choices] button:first-child")
    assert page.locator("[data-check] .stops").count() == 0
    hand.button("Close and give copies")
    page.wait_for_url("**/summary")

    with capsys.disabled():
        print(f"\n{size}: {hand.taps} taps, {hand.characters} characters")
    assert hand.taps <= MOST_TAPS
    assert hand.characters <= MOST_CHARACTERS
    _holds_what_was_said(database)


def _holds_what_was_said(database: Database) -> None:
    with database.reading() as session:
        meeting = session.scalars(select(Conversation)).one()
        assert meeting.state is State.CLOSED
        assert meeting.next_on == meeting.suggested_next_on
        names = {person.id: person.name for person in session.scalars(select(Participant))}
        entries = session.scalars(select(Entry).order_by(Entry.position)).all()
        assert [(names[entry.voice_id], entry.text) for entry in entries] == SAID
        priority = session.scalars(select(Priority)).one()
        assert (priority.text, priority.entries) == (SAID[3][1], [str(entries[3].id)])
        target = session.scalars(select(Target)).one()
        assert (target.text, target.priority_id) == (SAID[3][1], priority.id)
        actions = session.scalars(select(Action).order_by(Action.position)).all()
        assert [(action.who, action.what) for action in actions] == WILL_DO
        assert [action.by_whom for action in actions] == [Doer.HOME, Doer.SCHOOL, Doer.PUPIL]
        assert {action.target_id for action in actions} == {target.id}
        assert {action.agreement for action in actions} == {Agreement.AGREED}
        assert {action.state for action in actions} == {ActionState.OPEN}
        assert {action.by_when for action in actions} == {meeting.next_on}
