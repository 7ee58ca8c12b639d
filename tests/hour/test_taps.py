"""The stream of what the family taps and what the teacher makes of it: each made once, in whatever order."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from lxml.html import fragment_fromstring
from sqlalchemy import select

from convo.conversation.models import Change, Entry, Priority, Proposal
from convo.conversation.operations import open_unplanned
from convo.conversation.rules import ChangeOutcome, ProposalState
from convo.db import Database
from convo.plan.models import Action
from convo.plan.rules import Agreement
from tests.support.client import Page, PageClient
from tests.support.full_hour import ONLY_HERS, FullHour, Tablet, fill
from tests.support.held import hold
from tests.support.meetings import guide
from tests.support.people import NOW, People
from tests.support.streams import answers, tap

Visit = Callable[[str], PageClient]
RIGHT, NOT_MEANT = "that is right", "not what I meant"
LINE = "Line 4 of what was said"


@pytest.fixture
def full(database: Database, people: People) -> FullHour:
    with database.write() as session:
        return fill(session, people)


@pytest.fixture
def okafor(as_person: Visit) -> PageClient:
    return as_person("okafor")


@pytest.fixture
def action(database: Database, full: FullHour) -> UUID:
    """The first action of the meeting, not agreed yet."""
    with database.reading() as session:
        mine = select(Action.id).where(Action.conversation_id == full.id).order_by(Action.position)
        return session.scalars(mine).first() or uuid4()


def states(database: Database, thing: UUID) -> dict[UUID, str]:
    """Return how each tap on a thing stands, by its id."""
    with database.reading() as session:
        mine = select(Proposal).where(Proposal.thing_id == thing)
        return {proposal.id: proposal.state.value for proposal in session.scalars(mine)}


def outcomes(told: Any) -> list[str]:
    return [answer["outcome"] for answer in told]


def test_a_tap_waits_for_the_teacher_once_however_often_it_comes(
    okafor: PageClient, database: Database, full: FullHour, action: UUID
) -> None:
    proposal, sent = uuid4(), []
    sent.append(tap(proposal, "answer", ("action", action, RIGHT)))
    for _ in range(2):
        assert outcomes(answers(okafor, full.id, *sent)) == ["applied"]
    assert states(database, action) == {proposal: "waiting"}
    with database.reading() as session:
        assert session.get_one(Action, action).agreement is not Agreement.AGREED  # a tap changes nothing


def test_another_tap_on_the_same_thing_replaces_it_and_the_first_never_comes_back(
    okafor: PageClient, database: Database, full: FullHour, action: UUID
) -> None:
    first, second = uuid4(), uuid4()
    sent = [
        tap(first, "answer", ("action", action, RIGHT)),
        tap(second, "answer", ("action", action, NOT_MEANT)),
    ]
    answers(okafor, full.id, *sent)
    assert states(database, action) == {first: "dismissed", second: "waiting"}
    answers(okafor, full.id, sent[0])  # an answer that was lost: it is sent again
    assert states(database, action) == {first: "dismissed", second: "waiting"}


def test_a_tap_of_another_question_replaces_nothing(
    okafor: PageClient, database: Database, full: FullHour
) -> None:
    with database.reading() as session:
        [before] = session.scalars(select(Proposal))  # that this matters most
    answers(okafor, full.id, tap(uuid4(), "answer", ("entry", before.thing_id, NOT_MEANT)))
    right = uuid4()
    answers(okafor, full.id, tap(right, "answer", ("entry", before.thing_id, RIGHT)))
    left = states(database, before.thing_id)
    assert {tap for tap, state in left.items() if state == "waiting"} == {before.id, right}


def test_of_a_line_that_is_right_the_teacher_takes_note_on_the_schools_page(
    okafor: PageClient, database: Database, full: FullHour
) -> None:
    with database.reading() as session:
        [before] = session.scalars(select(Proposal))
    answers(okafor, full.id, tap(uuid4(), "answer", ("entry", before.thing_id, RIGHT)))
    page = okafor.get(f"/conversations/{full.id}/plan")
    assert page.all("//li[@data-answer='that is right']//button/text()") == ["Noted", "Leave it"]


def test_a_tap_that_is_taken_back_stays_so(
    okafor: PageClient, database: Database, full: FullHour, action: UUID
) -> None:
    proposal = uuid4()
    made, back = tap(proposal, "answer", ("action", action, RIGHT)), tap(proposal, "answer", None)
    assert outcomes(answers(okafor, full.id, made, back, made)) == ["applied"] * 3
    assert states(database, action) == {proposal: "dismissed"}
    assert outcomes(answers(okafor, full.id, tap(uuid4(), "answer", None))) == ["applied"]  # never came here


def test_what_the_teacher_made_of_it_first_is_what_holds(
    okafor: PageClient, as_person: Visit, database: Database, full: FullHour, action: UUID
) -> None:
    proposal = uuid4()
    made, taken = tap(proposal, "answer", ("action", action, RIGHT)), tap(proposal, "state", "confirmed")
    [_, answer] = answers(okafor, full.id, made, taken)
    assert (answer["outcome"], answer["value"]) == ("applied", "confirmed")
    [late] = answers(as_person("farrell"), full.id, tap(proposal, "state", "dismissed"))
    assert (late["outcome"], late["value"]) == ("applied", "confirmed")
    answers(okafor, full.id, tap(proposal, "answer", None))
    assert states(database, action) == {proposal: "confirmed"}


def test_what_the_family_is_not_shown_cannot_be_tapped(
    okafor: PageClient, database: Database, full: FullHour, people: People
) -> None:
    with database.write() as session:
        elsewhere = hold(session, people, close=False).hers.id
        secret = session.scalars(
            select(Entry.id).where(Entry.text == ONLY_HERS, Entry.conversation_id == full.id)
        ).one()
    for hidden in (elsewhere, secret):  # her child is here
        [answer] = answers(okafor, full.id, tap(uuid4(), "answer", ("entry", hidden, RIGHT)))
        assert answer["outcome"] == "refused"
        assert answer["message"] == "What was tapped is not shown to the family any more. Ask them again."


def test_one_refused_tap_does_not_stop_the_others(
    okafor: PageClient, database: Database, full: FullHour, action: UUID
) -> None:
    proposal = uuid4()
    told = answers(
        okafor,
        full.id,
        tap(uuid4(), "answer", ("action", uuid4(), RIGHT)),
        tap(uuid4(), "answer", {"thing": "action"}),
        tap(uuid4(), "state", "confirmed"),
        tap(proposal, "state", "waiting"),
        tap(proposal, "answer", ("action", action, RIGHT)),
        tap(proposal, "answer", ("action", action, NOT_MEANT)),
    )
    assert outcomes(told) == ["refused", "refused", "refused", "refused", "applied", "refused"]
    assert told[-1]["message"] == "Something else was tapped here before. Tap it again."
    assert states(database, action) == {proposal: "waiting"}


def test_a_tap_of_another_meeting_is_left_alone(
    okafor: PageClient, database: Database, full: FullHour, people: People
) -> None:
    with database.write() as session:
        other = hold(session, people, close=False)
        waiting = session.scalars(select(Proposal.id).where(Proposal.conversation_id == full.id)).one()
    for sent in (tap(waiting, "state", "dismissed"), tap(waiting, "answer", None)):
        assert outcomes(answers(okafor, other.id, sent)) == ["refused"]
    with database.reading() as session:
        assert session.get_one(Proposal, waiting).state is ProposalState.WAITING


def test_after_the_closing_no_tap_is_kept(okafor: PageClient, database: Database, full: FullHour) -> None:
    with database.reading() as session:
        entry = session.scalars(select(Entry.id).where(Entry.conversation_id == full.before)).first()
    [late] = answers(okafor, full.before, tap(uuid4(), "answer", ("entry", entry, RIGHT)))
    assert late["message"] == "This conversation is closed. What was tapped after that is not kept."
    assert states(database, entry or uuid4()) == {}


def test_who_may_not_write_in_the_meeting_taps_nothing(
    as_person: Visit, full: FullHour, action: UUID
) -> None:
    answers(as_person("whitaker"), full.id, tap(uuid4(), "answer", ("action", action, RIGHT)), status=404)


def test_a_tap_of_what_was_not_meant_is_answered_the_same_from_the_school_and_on_the_tablet(
    okafor: PageClient, full: FullHour, action: UUID
) -> None:
    answers(okafor, full.id, tap(uuid4(), "answer", ("action", action, NOT_MEANT)))
    page = okafor.get(f"/conversations/{full.id}/plan")
    here = page.one("//section[@data-tapped]//li[@data-answer='not what I meant']")
    assert here.xpath(".//button/text()") == ["We have talked about it", "Leave it"]
    assert here.xpath(".//p[@class='hint']/text()") == ["Ask what they meant, and put it right together."]
    others = page.all("//section[@data-tapped]//li[@data-answer!='not what I meant']//button/text()")
    assert others == ["Yes, take it up", "Leave it"]
    kit = okafor.get(f"/conversations/{full.id}/kit").html
    made = fragment_fromstring(kit.split('id="row-tap-wrong">')[1].split("</template>")[0])
    for part in (".//button/text()", ".//p[@class='hint']/text()"):
        assert made.xpath(part) == here.xpath(part)


def wish(okafor: PageClient, database: Database, full: FullHour) -> UUID:
    """Let the family tap that a line matters most of which nothing is chosen yet, and return the tap's id."""
    proposal = uuid4()
    with database.reading() as session:
        line = select(Entry.id).where(Entry.text == LINE, Entry.conversation_id == full.id)
        about = session.scalars(line).one()
    answers(okafor, full.id, tap(proposal, "answer", ("entry", about, "this matters most")))
    return proposal


def take_up(client: PageClient, meeting: UUID, proposal: UUID) -> Page:
    """Press "Yes, take it up" on a page without a script."""
    client.get("/account")
    return client.post(f"/conversations/{meeting}/proposals/{proposal}", {"answer": "confirmed"})


def state_of(database: Database, proposal: UUID) -> str:
    with database.reading() as session:
        return session.get_one(Proposal, proposal).state.value


def chosen(database: Database) -> dict[UUID, str]:
    with database.reading() as session:
        return {row.id: row.text for row in session.scalars(select(Priority).where(~Priority.removed))}


def test_a_tap_that_is_taken_up_without_a_script_is_the_priority_that_a_tablet_makes_of_it(
    okafor: PageClient, database: Database, full: FullHour
) -> None:
    proposal, before = wish(okafor, database, full), chosen(database)
    for _ in range(2):  # the second time nothing waits
        take_up(okafor, full.id, proposal)
        assert chosen(database) == before | {proposal: LINE}
        assert state_of(database, proposal) == "confirmed"


def test_with_three_priorities_a_tap_goes_on_waiting_and_the_page_says_why(
    okafor: PageClient, database: Database, full: FullHour, people: People
) -> None:
    proposal = wish(okafor, database, full)
    with database.write() as session:
        tablet = Tablet(session, people.okafor, full.id)
        for number in range(2):
            tablet.write("priority", text=f"Another {number}", position=9 + number)
        here = select(Priority).where(Priority.conversation_id == full.id)
        before = [priority.id for priority in session.scalars(here)]
        assert len(before) == 3
    page = take_up(okafor, full.id, proposal)
    assert "Three are chosen already. Take one out first, or leave this." in page.text
    assert (proposal in chosen(database), state_of(database, proposal)) == (False, "waiting")
    with database.write() as session:
        Tablet(session, people.okafor, full.id).write("priority", before[0], removed=True)
    take_up(okafor, full.id, proposal)
    assert (proposal in chosen(database), state_of(database, proposal)) == (True, "confirmed")


def test_who_has_no_part_in_the_meeting_takes_no_tap_from_the_page_of_who_leads_it(
    okafor: PageClient, as_person: Visit, database: Database, people: People
) -> None:
    with database.write() as session:
        carers = (people.mrs_khan.id,)
        meeting = open_unplanned(session, people.farrell, NOW, people.amina.id, guide(), carers).id
        entry = Tablet(session, people.farrell, meeting).write("entry", text="She likes maps")
    farrell, proposal = as_person("farrell"), uuid4()
    answers(farrell, meeting, tap(proposal, "answer", ("entry", entry, "this matters most")))
    page = take_up(okafor, meeting, proposal)  # her key teacher, who may read along
    assert "What you wrote is kept for the SENCO." in page.text
    about = {"about": f"entry:{entry}", "answer": NOT_MEANT}
    okafor.post(f"/conversations/{meeting}/family/explore", about)
    assert states(database, entry) == {proposal: "waiting"}
    assert chosen(database) == {}
    with database.reading() as session:
        aside = session.scalars(select(Change).where(Change.outcome == ChangeOutcome.ASIDE)).all()
    assert {(each.thing, each.field) for each in aside} == {
        *(("priority", field) for field in ("entries", "text", "position")),
        ("tap", "state"),
        ("tap", "answer"),
    }
    take_up(farrell, meeting, proposal)
    assert chosen(database) == {proposal: "She likes maps"}
