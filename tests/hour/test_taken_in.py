"""A file brings what has its own address too: the family's taps, the seal, and that a concern was opened."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from convo.access.models import AuditEntry, ConcernAnswer, ConcernOpened
from convo.access.rules import Act
from convo.conversation.models import Change, Conversation, Entry, Priority, Proposal
from convo.conversation.rules import ChangeOutcome, NotHeldReason, State
from convo.db import Database
from convo.hour.finish import finish
from convo.settings import Settings
from convo.summary.models import Issue
from tests.hour.test_take_in import hand_in
from tests.support.changes import change
from tests.support.client import Page, PageClient
from tests.support.full_hour import Tablet
from tests.support.held import Held, hold
from tests.support.people import NOW, People
from tests.support.streams import answers, tap
from tests.support.tablet import unsent_file

Visit = Callable[[str], PageClient]
Take = Callable[..., Page]
THEN = NOW - timedelta(days=3)  # the file is taken in three days after the meeting
SEALED = THEN + timedelta(minutes=48)
RIGHT, NOT_MEANT, MATTERS = "that is right", "not what I meant", "this matters most"


@pytest.fixture
def held(database: Database, people: People) -> Held:
    """A meeting that is ready to be closed."""
    with database.write() as session:
        return hold(session, people, close=False, at=THEN)


@pytest.fixture
def take(okafor: PageClient, settings: Settings, people: People, held: Held) -> Take:
    """Return a function that takes in a file of Mr Okafor's with these changes."""

    def take_in(*changes: Any) -> Page:
        return hand_in(okafor, unsent_file(settings, people.okafor.person_id, held.id, *changes))

    return take_in


def seal(held: Held, finish: bool = False) -> Any:
    return change("seal", held.id, "sealed", {"at": SEALED.isoformat(), "finish": finish})


def said(held: Held, text: str) -> tuple[UUID, list[Any]]:
    entry = uuid4()
    parent = change("entry", entry, "parent", str(held.mother.id))
    return entry, [parent, change("entry", entry, "text", text)]


def whole_hour(held: Held) -> tuple[list[Any], UUID, UUID]:
    """Return what waits of an hour: a line, the family's taps on it, what was made of them, and the seal."""
    entry, line = said(held, "She sings all day")
    first, second, back = uuid4(), uuid4(), uuid4()
    pick = [
        change("priority", second, "text", "She sings all day"),
        change("priority", second, "entries", [str(entry)]),
    ]
    changes = [
        *line,
        tap(first, "answer", ("entry", entry, NOT_MEANT)),
        tap(first, "state", "dismissed"),
        tap(second, "answer", ("entry", entry, MATTERS)),
        *pick,
        tap(second, "state", "confirmed"),
        tap(back, "answer", ("action", held.at_home.id, RIGHT)),
        tap(back, "answer", None),
        seal(held),
    ]
    return changes, first, second


def all_of(database: Database, model: type[Any]) -> list[Any]:
    with database.reading() as session:
        return list(session.scalars(select(model)))


def taps(database: Database) -> dict[UUID, str]:
    return {each.id: each.state.value for each in all_of(database, Proposal)}


def closings(database: Database) -> int:
    with database.reading() as session:
        times = select(func.count()).select_from(AuditEntry).where(AuditEntry.act == Act.CLOSE)
        return session.scalar(times) or 0


def meeting_of(database: Database, held: Held) -> Conversation:
    with database.reading() as session:
        return session.get_one(Conversation, held.id)


def counts(database: Database) -> tuple[int, ...]:
    """Return how many rows there are of what a file can make."""
    models = (Change, Entry, Priority, Proposal, ConcernOpened, Issue)
    return (*(len(all_of(database, model)) for model in models), closings(database))


def test_taps_and_the_seal_come_in_the_order_of_the_file_and_twice_changes_nothing(
    take: Take, database: Database, held: Held
) -> None:
    changes, first, second = whole_hour(held)
    page = take(*changes)
    assert f"{len(changes)} changes were taken in." in page.text
    assert "The conversation is closed, as you agreed it on the tablet" in page.text
    assert page.links["Go to the copies"] == f"/conversations/{held.id}/summary"
    states = taps(database)
    assert (states.pop(first), states.pop(second), list(states.values())) == (
        "dismissed",
        "confirmed",
        ["dismissed"],
    )
    assert (meeting_of(database, held).state, meeting_of(database, held).closed_at) == (State.CLOSED, SEALED)
    with database.reading() as session:
        [content] = session.scalars(select(Issue.content))
    assert "She sings all day" in content
    before = counts(database)
    page = take(*changes)
    assert f"{len(changes)} changes were at school already.Nothing is changed." in page.text
    assert "as you agreed it" not in page.text
    assert page.links["Go to the conversation"] == f"/conversations/{held.id}"
    assert counts(database) == before


@pytest.mark.parametrize("reached", [2, 4, 7, 11])
def test_what_the_tablet_has_sent_meanwhile_is_not_done_again(
    okafor: PageClient, take: Take, database: Database, held: Held, reached: int
) -> None:
    changes, first, second = whole_hour(held)
    send(okafor, held, changes[:reached])
    page = take(*changes)
    left = len(changes) - reached
    assert f"{'One change was' if left == 1 else f'{left} changes were'} taken in." in page.text or not left
    assert closings(database) == len(all_of(database, Issue)) == 1
    before, states = counts(database), taps(database)
    assert (states[first], states[second]) == ("dismissed", "confirmed")
    send(okafor, held, changes)  # the tablet is found again, and sends what it never heard of
    assert (counts(database), taps(database)) == (before, states)


def send(visitor: PageClient, held: Held, changes: list[Any]) -> None:
    """Send changes as the tablet does: each to its address."""
    visitor.token = visitor.token or visitor.flask.get("/session").get_json()["csrf"]
    for each in changes:
        if each["thing"] in ("tap", "seal"):
            told = answers(visitor, held.id, each)
        else:
            told = visitor.send_json(f"/conversations/{held.id}/journal", {"changes": [each]})["answers"]
        assert told[0]["outcome"] in ("applied", "same")


def test_what_stops_the_closing_is_told_and_all_before_it_is_kept(
    take: Take, database: Database, people: People, held: Held
) -> None:
    with database.write() as session:
        draft = Tablet(session, people.farrell, held.id).write("action", what="Ring the nurse")
    changes, _, second = whole_hour(held)
    page = take(*changes)
    assert "The conversation is not closed yet. “Ring the nurse” has no one who does it." in page.text
    assert f"{len(changes) - 1} changes were taken in." in page.text
    assert (meeting_of(database, held).state, closings(database)) == (State.OPEN, 0)
    assert taps(database)[second] == "confirmed"
    assert "She sings all day" in [entry.text for entry in all_of(database, Entry)]
    with database.write() as session:
        Tablet(session, people.farrell, held.id).write("action", draft, removed=True)
    assert "One change was taken in." in take(*changes).text  # once nothing stops it, the same file closes it
    assert meeting_of(database, held).closed_at == SEALED


def test_after_somebody_else_has_closed_it_nothing_of_it_changes(
    take: Take, database: Database, people: People, held: Held
) -> None:
    closed_at = THEN + timedelta(hours=2)
    with database.write() as session:
        finish(session, people.farrell, closed_at, held.id)
    changes, _, _ = whole_hour(held)
    page = take(*changes)
    assert "The conversation is closed. 4 changes are kept aside" in page.text
    assert page.text.count("What was tapped after that is not kept.") == 3
    assert "Reload the page" not in page.text  # what was made of a tap that is not kept is no more to be told
    for shown in (RIGHT, NOT_MEANT, MATTERS):
        assert shown in page.text
    assert {row.outcome for row in all_of(database, Change)} == {ChangeOutcome.ASIDE}
    assert taps(database) == {}
    assert meeting_of(database, held).closed_at == closed_at
    assert closings(database) == len(all_of(database, Issue)) == 1


def test_a_concern_goes_to_the_leads_log_alone_once_and_the_page_has_no_word_of_it(
    take: Take, okafor: PageClient, database: Database, people: People, held: Held
) -> None:
    concern, mistaken = uuid4(), uuid4()
    at = (THEN + timedelta(minutes=20)).isoformat()
    changes = [
        change("concern", concern, "opened", True, at=at),
        change("concern", concern, "answer", "going to the lead"),
        change("concern", mistaken, "opened", True, at=at),
        change("concern", mistaken, "answer", "by mistake"),
    ]
    told = len(all_of(database, AuditEntry))
    answers(okafor, held.id, *changes[:2])
    for _ in range(2):
        page = take(*changes, change("concern", uuid4(), "answer", "by mistake"))
        for word in ("concern", "lead", "mistake", "opened"):
            assert word not in page.text.lower()
        log = {entry.id: entry for entry in all_of(database, ConcernOpened)}
        assert {each.at for each in log.values()} == {THEN + timedelta(minutes=20)}
        assert {key: each.answer for key, each in log.items()} == {
            concern: ConcernAnswer.GOING_TO_LEAD,
            mistaken: ConcernAnswer.BY_MISTAKE,
        }
        assert {each.person_id for each in log.values()} == {people.okafor.person_id}
    assert all_of(database, Change) == []
    assert len(all_of(database, AuditEntry)) == told


def test_what_cannot_be_taken_in_among_them_holds_up_nothing(
    take: Take, database: Database, held: Held
) -> None:
    good = uuid4()
    page = take(
        tap(uuid4(), "answer", ("entry", uuid4(), NOT_MEANT)),
        change("tap", uuid4(), "answer", ["that is right"]),
        change("tap", uuid4(), "weather", "Rain"),
        change("concern", uuid4(), "answer", {"by": "mistake"}),
        change("seal", uuid4(), "sealed", {"at": SEALED.isoformat(), "finish": True}),
        change("seal", held.id, "sealed", None),
        change(["tap"], uuid4(), "answer", None),  # type: ignore[arg-type]
        tap(good, "answer", ("action", held.at_home.id, RIGHT)),
    )
    assert "One change was taken in." in page.text
    for shown in (NOT_MEANT, "Rain", "Ask them again."):
        assert shown in page.text
    assert taps(database) == {good: "waiting"}
    assert meeting_of(database, held).state is State.OPEN


def test_what_somebody_brings_after_taking_themself_out_of_the_meeting_is_kept_aside(
    as_person: Visit, settings: Settings, database: Database, people: People, held: Held
) -> None:
    with database.write() as session:
        place = Tablet(session, people.okafor, held.id).write(
            "participant", person=people.whitaker.person_id, name="Mrs Whitaker"
        )
    changes = [
        tap(uuid4(), "answer", ("action", held.at_home.id, RIGHT)),
        change("participant", place, "removed", True),
        tap(uuid4(), "answer", ("action", held.at_school.id, RIGHT)),
        seal(held),
    ]
    file = unsent_file(settings, people.whitaker.person_id, held.id, *changes)
    page = hand_in(as_person("whitaker"), file)
    assert "2 changes were taken in." in page.text
    assert "You are not part of this meeting any more. What you wrote is kept for the SENCO." in page.text
    assert "2 changes are kept aside" in page.text
    assert "Go to the conversation" not in page.links
    assert len(taps(database)) == 1
    assert meeting_of(database, held).state is State.OPEN
    kept = [row for row in all_of(database, Change) if row.outcome is ChangeOutcome.ASIDE]
    assert {row.thing for row in kept} == {"tap", "seal"}
    page = hand_in(as_person("whitaker"), file)
    assert "4 changes were at school already.Nothing is changed." in page.text


def test_a_file_of_a_meeting_that_was_recorded_as_not_held_is_kept_aside_whole(
    take: Take, database: Database, people: People, held: Held
) -> None:
    with database.write() as session:
        meeting = session.get_one(Conversation, held.id)
        meeting.state, meeting.not_held_reason = State.NOT_HELD, NotHeldReason.FAMILY
    changes, _, _ = whole_hour(held)
    page = take(*changes)
    assert "This meeting was recorded as not held. What you wrote is kept for the SENCO." in page.text
    assert (
        f"{len(changes)} changes are kept aside: nothing of it changes until somebody decides." in page.text
    )
    assert "Not taken in" not in page.text
    assert page.links["Go to the conversation"] == f"/conversations/{held.id}"
    assert taps(database) == {}
    assert (meeting_of(database, held).state, closings(database)) == (State.NOT_HELD, 0)
