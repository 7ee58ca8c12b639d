"""What the hour's page leaves out at first, and how it is had: the guide's words, and a row's "More"."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from convo.conversation import operations
from convo.conversation.guide import load_guide
from convo.conversation.incoming import read_change
from convo.conversation.journal import apply_changes
from convo.conversation.models import Entry
from convo.conversation.rules import EntryKind
from convo.db import Database
from convo.settings import SHIPPED_GUIDES
from tests.support.client import PageClient
from tests.support.people import People

Visit = Callable[[str], PageClient]
ENTRY = UUID(int=7)


@pytest.fixture
def meeting(database: Database, people: People, now: datetime) -> UUID:
    """A meeting in which somebody has said something."""
    with database.write() as session:
        guide, carers = load_guide(SHIPPED_GUIDES), (people.mrs_khan.id,)
        held = operations.open_unplanned(session, people.okafor, now, people.amina.id, guide, carers)
        voice = next(person.id for person in held.participants if person.carer_id)
        said = {
            "parent": str(voice),
            "text": "She reads every night",
            "kind": "hope",
            "readers": "all carers",
        }
        raw = {"v": 1, "thing": "entry", "thing_id": str(ENTRY), "base": None}
        changes = [{**raw, "id": str(uuid4()), "field": field, "value": said[field]} for field in said]
        apply_changes(session, people.okafor, now, held.id, [read_change(change) for change in changes])
        return held.id


def test_the_guide_is_a_page_of_its_own_with_a_card_for_each_stage(as_person: Visit, meeting: UUID) -> None:
    visitor = as_person("okafor")
    page = visitor.get(f"/conversations/{meeting}/explore")
    assert "Listen for" not in page.html
    guide = visitor.get(f"/conversations/{meeting}/guide")
    for stage in ("explore", "focus", "plan", "review"):
        assert f'href="/conversations/{meeting}/guide" data-guide="{stage}"' in page.html
        assert f'data-guide="{stage}"' in guide.html
    assert "Amina" in guide.html
    as_person("whitaker").get(f"/conversations/{meeting}/guide", status=404)


def test_more_about_a_line_is_asked_for_and_what_it_held_is_not_changed_by_asking(
    as_person: Visit, database: Database, meeting: UUID
) -> None:
    visitor = as_person("okafor")
    name = f'name="entry:{ENTRY}:kind"'
    assert name not in visitor.get(f"/conversations/{meeting}/explore").html
    page = visitor.submit("More about this line", **{f"entry:{ENTRY}:text": "She reads a lot"})
    assert f"more={ENTRY}" in page.path
    assert name in page.html
    assert '<option value="hope" selected>' in page.html
    with database.reading() as session:
        entry = session.get_one(Entry, ENTRY)
        assert (entry.text, entry.kind) == ("She reads a lot", EntryKind.HOPE)
        assert entry.readers is not None
        assert entry.readers.value == "all carers"
