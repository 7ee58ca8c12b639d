"""What a page sends that is older than the school's convo: taken for as long as version 1 of a change is.

``week_old.json`` holds such changes letter for letter, by the stream that they are sent to; what stands in
angle brackets is an id of the test's own meeting. A tablet may hold them for days, a saved file for longer.
So the file only grows: a line of it that is not taken any more is a change lost in a school. What has another
shape one day is version 2, beside this one.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from convo.access.models import ConcernOpened
from convo.conversation.fields import FIELDS
from convo.conversation.models import Change, Conversation, Entry, Participant, Proposal, StaffNote
from convo.conversation.rules import State, decision_id, participant_id
from convo.db import Database
from convo.plan.models import Action, Decision
from tests.support.client import PageClient
from tests.support.full_hour import FullHour, fill
from tests.support.people import People

_FILE = Path(__file__).parent / "week_old.json"
Batches = dict[str, list[dict[str, Any]]]


@pytest.fixture
def full(database: Database, people: People) -> FullHour:
    with database.write() as session:
        return fill(session, people)


@pytest.fixture
def batches(database: Database, people: People, full: FullHour) -> Batches:
    """The changes, with the ids of this meeting."""
    with database.reading() as session:
        here = Participant.conversation_id == full.id
        mother = session.scalars(select(Participant.id).where(here, Participant.carer_id.is_not(None))).one()
        before = Action.conversation_id == full.before
        promised = session.scalars(select(Action.id).where(before).order_by(Action.position)).all()[1]
        entry = session.scalars(select(Entry.id).where(Entry.text == "She goes quiet in class")).one()
        of_field = select(Change.id).where(Change.field == "keep_in_touch").order_by(Change.number)
        version, other = session.scalars(of_field)
    text = _FILE.read_text("utf-8")
    for name, identifier in {
        "conversation": full.id,
        "mother": mother,
        "father": people.mr_khan.id,
        "father's place": participant_id(full.id, people.mr_khan.id),
        "colleague": people.whitaker.person_id,
        "open action": promised,
        "decision": decision_id(full.id, promised),
        "entry": entry,
        "version": version,
        "other version": other,
    }.items():
        text = text.replace(f"<{name}>", str(identifier))
    assert "<" not in text
    found: Batches = json.loads(text)
    return found


def test_each_change_of_an_older_page_is_taken_and_again_when_it_comes_twice(
    batches: Batches,
    full: FullHour,
    as_person: Callable[[str], PageClient],
    database: Database,
    clock: time_machine.Traveller,
) -> None:
    client = as_person("okafor")
    clock.shift(3600)
    client.get("/pupils")
    for _ in range(2):
        for stream, changes in batches.items():
            answers = client.send_json(f"/conversations/{full.id}/{stream}", {"changes": changes})["answers"]
            told = [
                (change["thing"], change["field"], answer)
                for change, answer in zip(changes, answers, strict=True)
                if answer["outcome"] not in ("applied", "same")
            ]
            assert told == [], stream
    with database.reading() as session:
        meeting = session.get_one(Conversation, full.id)
        assert meeting.state is State.CLOSED
        assert meeting.keep_in_touch == "A text each Friday\nA call each Monday"
        assert "Ask about her glasses" in session.scalars(select(StaffNote.text)).all()
        assert len(session.scalars(select(ConcernOpened)).all()) == 2
        assert len(session.scalars(select(Proposal)).all()) == 4
        assert session.scalars(select(Decision.reason).where(Decision.reason != "")).all() == ["It helped"]


def test_every_field_that_a_tablet_sends_stands_there(batches: Batches) -> None:
    """A new field is written down here on the day on which pages begin to send it."""
    held = {(change["thing"], change["field"]) for change in batches["journal"] + batches["notes"]}
    assert held == {(thing, field) for thing, fields in FIELDS.items() for field in fields}
