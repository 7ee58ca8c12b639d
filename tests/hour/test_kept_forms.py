"""The forms of the hour that are sent after the session has ended: what was typed is saved all the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from convo.access.kept_forms import KEPT
from convo.conversation.models import Conversation, Correction, Participant
from convo.db import Database
from tests.support.client import PageClient
from tests.support.held import hold
from tests.support.people import PASSWORD, People

Visit = Callable[[str], PageClient]


@pytest.fixture
def come_back(clock: time_machine.Traveller) -> Callable[..., None]:
    """Return a function that sends a form after three hours, signs in again and saves it."""

    def send(client: PageClient, path: str, form: dict[str, Any]) -> None:
        clock.shift(timedelta(hours=3))
        page = client.post(path, form, status=401)
        assert KEPT in page.text
        client.submit("Sign in", email="okafor@fenmarket.example", password=PASSWORD)
        client.submit("Save it")

    return send


def test_a_correction_that_took_too_long_to_type_is_made(
    as_person: Visit, database: Database, people: People, come_back: Callable[..., None]
) -> None:
    with database.write() as session:
        meeting = hold(session, people).id
    client = as_person("okafor")
    page = client.get(f"/conversations/{meeting}/correct")
    line = page.one("//textarea[starts-with(@name, 'action:')]/@name")
    typed = {"reason": "our slip", "note": "Typed for\nten minutes", line: "ہر روز پڑھنا"}
    reason = page.one("//input[@name='reason']/@value")
    come_back(client, f"/conversations/{meeting}/correct", {**page.form, **typed, "reason": reason})
    with database.reading() as session:
        [made] = session.scalars(select(Correction))
        assert made.note == "Typed for\nten minutes"
        assert made.made_by_id == people.okafor.person_id
    assert "ہر روز پڑھنا" in client.get(f"/conversations/{meeting}/correct").html


def test_a_conversation_that_was_being_planned_is_planned(
    as_person: Visit, database: Database, people: People, come_back: Callable[..., None]
) -> None:
    client = as_person("okafor")
    path = f"/pupils/{people.amina.id}/plan"
    page = client.get(path)
    form = {**page.form, "on": "2026-12-02", "at": "15:30", "carers": [str(people.mrs_khan.id)]}
    come_back(client, path, form)
    with database.reading() as session:
        [planned] = session.scalars(select(Conversation).where(Conversation.pupil_id == people.amina.id))
        asked = select(Participant.carer_id).where(Participant.conversation_id == planned.id)
        assert set(session.scalars(asked)) >= {people.mrs_khan.id}
    assert client.page is not None
    assert client.page.path == f"/conversations/{planned.id}"
