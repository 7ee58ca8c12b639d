"""What cannot be read and reaches a closed meeting is kept aside whole: no page is left to mend it on."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from convo.conversation.models import Entry
from convo.db import Database
from convo.settings import Settings
from tests.hour.test_kept_aside import all_of, close, waiting
from tests.hour.test_no_part_any_more import send_each
from tests.hour.test_plain_forms import press
from tests.hour.test_take_in import hand_in
from tests.support.changes import change
from tests.support.client import PageClient
from tests.support.held import Held, hold
from tests.support.people import People
from tests.support.tablet import unsent_file

Visit = Callable[[str], PageClient]
LONG, TOO_LONG = "She counts. " * 1000, "That is 11,999 characters. Keep it under 10,000."


@pytest.fixture
def held(database: Database, people: People) -> Held:
    """A meeting that is closed."""
    with database.write() as session:
        return hold(session, people)


def late(held: Held) -> list[Any]:
    return [
        change("entry", held.hers.id, "text", LONG),
        change("action", held.at_home.id, "by_when", "2206-01-25"),
        change("note", uuid4(), "text", LONG),
    ]


def nonsense(held: Held) -> list[Any]:
    return [
        change("weather", uuid4(), "text", "Rain"),
        change("entry", held.hers.id, "weather", "Rain"),
        change("entry", held.hers.id, "text", {"words": LONG}),
        change("entry", held.hers.id, "text", True),
        change("entry", held.hers.id, "removed", 7),
        {**change("entry", held.hers.id, "text", LONG), "v": 2},
        {**change("entry", held.hers.id, "text", LONG), "id": "mine"},
    ]


def test_it_is_kept_whole_and_the_tablet_is_told_so_however_often_it_sends_it(
    as_person: Visit, database: Database, held: Held
) -> None:
    sent, client = late(held), as_person("okafor")
    for _ in range(2):
        told = send_each(client, held.id, *sent)
        assert [(answer["outcome"], answer["message"]) for answer in told] == [("aside", "")] * 3
    assert sorted(row.value for row in waiting(database)) == sorted([LONG, LONG, "2206-01-25"])
    told = send_each(client, held.id, *nonsense(held))
    assert {answer["outcome"] for answer in told} == {"refused"}
    assert all(answer["message"] for answer in told)
    assert len(waiting(database)) == 3


def test_while_the_meeting_is_open_it_is_refused_for_its_writer_to_put_right(
    as_person: Visit, database: Database, meeting: UUID
) -> None:
    [told] = send_each(as_person("okafor"), meeting, change("entry", uuid4(), "text", LONG))
    assert (told["outcome"], told["message"]) == ("refused", TOO_LONG)
    assert waiting(database) == []


def test_every_page_that_tells_of_it_bears_it_and_taking_it_up_says_what_is_wrong(
    as_person: Visit, database: Database, held: Held
) -> None:
    send_each(as_person("okafor"), held.id, *late(held))
    kept = {row.field: row for row in waiting(database) if row.thing != "note"}
    client = as_person("farrell")
    here = f"/conversations/{held.id}"
    for address in ("", "/summary", "/history", f"/history/entry/{held.hers.id}"):
        assert client.get(f"{here}{address}").status == 200
    page = client.get("/kept-aside")
    assert page.text.count(LONG.strip()) == 2
    assert "By when: 25 January 2206" in page.text
    page = client.submit("Take it up")
    assert f"Not all could be taken up: {TOO_LONG} (“She counts." in page.text
    for field, words, sentence in (
        ("text", LONG.strip(), TOO_LONG),
        ("by_when", "25 January 2206", "That year cannot be right. Choose a date between 2000 and 2100."),
    ):
        assert words in client.get(f"{here}/correct").text
        form = {f"aside:{kept[field].id}": "take", "reason": "our slip"}
        page = client.submit("Correct it and make new copies", status=422, **form)
        assert page.errors == [sentence]
    assert len(waiting(database)) == 3


def test_a_file_brings_it_too(
    as_person: Visit, database: Database, settings: Settings, people: People, held: Held
) -> None:
    file = unsent_file(settings, people.okafor.person_id, held.id, *late(held), *nonsense(held)[:3])
    client = as_person("okafor")
    page = hand_in(client, file)
    assert "The conversation is closed. 3 changes are kept aside" in page.text
    assert len(page.all("//section[h2='Not taken in']//li")) == 3
    assert len(waiting(database)) == 3
    assert "3 changes were at school already.Nothing is changed." in hand_in(client, file).text
    assert len(waiting(database)) == 3


def test_a_plain_form_that_was_open_brings_it_too(
    as_person: Visit, database: Database, meeting: UUID
) -> None:
    client = as_person("okafor")
    page = client.get(f"/conversations/{meeting}/explore")
    box = page.one("//textarea[@id='say']").get("name")
    close(database, meeting)
    for _ in range(2):
        shown = press(client, page, "form-explore", **{box: LONG}, go="explore")
        assert shown.path == f"/conversations/{meeting}"
        assert "What you wrote came after it was closed" in shown.text
    assert LONG in [row.value for row in waiting(database)]
    assert all_of(database, Entry) == []
