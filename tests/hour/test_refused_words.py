"""What a plain form cannot keep is shown with what was typed; the rest is kept."""

from collections.abc import Callable
from uuid import UUID, uuid4

from sqlalchemy import select

from convo.conversation.models import Conversation, Entry
from convo.db import Database
from convo.people.models import Carer, Pupil
from tests.support.client import PageClient
from tests.support.people import People


def test_words_that_are_too_long_come_back_and_the_rest_of_the_form_is_kept(
    as_person: Callable[[str], PageClient],
    people: People,
    database: Database,
    begin: Callable[[Pupil, Carer], UUID],
) -> None:
    meeting, entry = begin(people.szymon, people.mrs_wojcik), uuid4()
    visitor = as_person("okafor")
    address = f"/conversations/{meeting}/explore"
    visitor.get(address)
    page = visitor.post(
        address,
        {
            "op": str(uuid4()),
            "new": f"entry:{entry}",
            f"entry:{entry}:text": "Łukasz & friends " * 700,
            f"entry:{entry}:interpreted": "1",
            f"conversation:{meeting}:keep_in_touch": "A note in the reading record",
        },
    )
    assert "That is 11,899 characters. Keep it under 10,000." in page.text
    assert page.text.count("Łukasz & friends") == 700
    with database.reading() as session:
        assert session.scalars(select(Entry)).all() == []
        assert session.get_one(Conversation, meeting).keep_in_touch == "A note in the reading record"


def test_of_a_choice_that_is_there_no_more_no_id_is_shown_as_what_was_typed(
    as_person: Callable[[str], PageClient],
    people: People,
    begin: Callable[[Pupil, Carer], UUID],
) -> None:
    meeting, entry, nobody = begin(people.szymon, people.mrs_wojcik), uuid4(), uuid4()
    visitor = as_person("okafor")
    address = f"/conversations/{meeting}/explore"
    visitor.get(address)
    page = visitor.post(
        address,
        {
            "op": str(uuid4()),
            "new": f"entry:{entry}",
            f"entry:{entry}:text": "He likes maths",
            f"entry:{entry}:parent": str(nobody),
        },
    )
    assert "That belongs to something that is not in this conversation." in page.text
    assert str(nobody) not in page.text
