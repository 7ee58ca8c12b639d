"""After closing, a person changes what was agreed; new issues say what changed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.models import AuditEntry
from convo.conversation.closing import close_conversation
from convo.conversation.corrections import Wanted, is_slip
from convo.conversation.incoming import read_change
from convo.conversation.journal import apply_changes
from convo.conversation.kept_aside import leave_out
from convo.conversation.models import Change, Correction
from convo.conversation.queries import asides_of
from convo.conversation.rules import CorrectionReason
from convo.kernel.errors import NotAllowed, NotFound, Refused
from convo.plan.models import Action
from convo.plan.rules import ActionState, Agreement
from convo.summary.content import from_json
from convo.summary.operations import (
    correct,
    record_agreed,
    record_delivery,
)
from convo.summary.rules import DeliveryWay, IssueReason
from tests.summary.giving import ASKED, LATER, SINCE, SLIP, change, issue, said_changes
from tests.support import changes
from tests.support.held import DUE, Held, hold
from tests.support.people import NOW, People


@pytest.fixture
def held(session: Session, people: People) -> Held:
    return hold(session, people)


def test_a_correction_withdraws_what_was_not_given_out_and_says_what_changed(
    session: Session, people: People, held: Held
) -> None:
    first = issue(session, people, held, "mrs_khan")[0]
    bytes_before = first.document
    new = correct(
        session,
        people.okafor,
        LATER,
        held.id,
        ASKED,
        "She rang",
        [change(held, "how_often", "every school evening")],
    )
    assert [(row.number, row.reason, row.language) for row in new] == [(2, IssueReason.CORRECTION, "ur")]
    assert first.withdrawn_at == LATER
    assert first.document == bytes_before
    assert said_changes(new[0]) == [
        "Pack the bag together\nHow often\nBefore: every evening\nNow: every school evening"
    ]
    twin = from_json(new[0].content).changes[0]
    assert "every school evening" in twin.home.text
    action = next(
        row for row in from_json(new[0].content).actions if row.what.english.text.startswith("Pack")
    )
    assert not action.agreed
    correction = session.scalars(select(Correction)).one()
    assert correction.changes == [
        {
            "thing": "action",
            "thing_id": str(held.at_home.id),
            "field": "how_often",
            "was": "every evening",
            "now": "every school evening",
        }
    ]


def test_a_new_issue_tells_all_that_changed_since_the_paper_the_family_holds(
    session: Session, people: People, held: Held
) -> None:
    first = issue(session, people, held, "mrs_khan")[0]
    record_delivery(session, people.okafor, NOW, first.id, DeliveryWay.GIVEN)
    second = correct(
        session, people.okafor, LATER, held.id, ASKED, "", [change(held, "what", "Pack it alone")]
    )[0]
    third = correct(
        session, people.okafor, LATER, held.id, ASKED, "", [change(held, "how_often", "on Mondays")]
    )[0]
    assert second.withdrawn_at == LATER
    assert len(said_changes(third)) == 2
    record_delivery(session, people.okafor, LATER, third.id, DeliveryWay.SENT)
    fourth = correct(
        session, people.okafor, LATER, held.id, ASKED, "", [change(held, "how_often", "on Fridays")]
    )[0]
    assert said_changes(fourth) == ["Pack it alone\nHow often\nBefore: on Mondays\nNow: on Fridays"]


def test_a_carer_whose_copy_says_the_same_gets_no_new_one(
    session: Session, people: People, held: Held
) -> None:
    issue(session, people, held, "mrs_khan", "mr_khan")
    new = correct(
        session,
        people.okafor,
        LATER,
        held.id,
        SLIP,
        "",
        [
            Wanted("entry", held.secret.id, "text", "We may move house"),
            Wanted("conversation", held.id, "next_time", "16:00"),
            Wanted("conversation", held.id, "keep_in_touch", "Ring Mrs Khan"),
        ],
    )
    assert [row.carer_id for row in new] == [people.mrs_khan.id]
    assert len(said_changes(new[0])) == 3


def test_words_taken_from_a_carer_s_sight_make_a_new_copy_for_them(
    session: Session, people: People, held: Held
) -> None:
    issue(session, people, held, "mr_khan")
    hide = Wanted("entry", held.schools.id, "readers", "those present")
    new = correct(session, people.okafor, LATER, held.id, SLIP, "", [hide])
    assert len(new) == 1
    assert "She helps others" not in new[0].content


def test_what_changed_for_the_mother_is_not_told_to_who_is_kept_apart(
    session: Session, people: People, held: Held
) -> None:
    issue(session, people, held, "mr_khan")
    new = correct(
        session,
        people.okafor,
        LATER,
        held.id,
        ASKED,
        "",
        [
            change(held, "who", "Nasreen Khan"),
            change(held, "by_when", "2027-01-11"),
            Wanted("conversation", held.id, "next_on", "2027-02-01"),
            Wanted("entry", held.hers.id, "text", "She weeps"),
        ],
    )
    assert len(new) == 1
    assert "Nasreen" not in new[0].content
    assert "February" not in new[0].content
    assert "weeps" not in new[0].content
    assert [line.split("\n")[-1] for line in said_changes(new[0])] == ["Now: Monday, 11 January 2027"]


@pytest.mark.parametrize(
    ("reason", "field", "value", "agreed"),
    [
        (ASKED, "what", "Pack the bag alone", False),
        (ASKED, "how_known", "She finds her things", True),  # how we will know binds nobody
        (ASKED, "by_when", "2026-12-11", False),
        (SLIP, "what", "Pack the bags together", True),
        (SLIP, "what", "Pack 2 bags together", False),
        (SLIP, "by_when", "2026-12-11", False),
        (SLIP, "who", "Mr Khan", False),
        (SINCE, "what", "Pack the bag alone", True),
        (SINCE, "by_when", "2026-12-11", True),
    ],
)
def test_a_changed_agreement_is_not_yet_agreed_unless_nothing_but_its_spelling_changed(
    session: Session,
    people: People,
    held: Held,
    reason: CorrectionReason,
    field: str,
    value: str,
    agreed: bool,
) -> None:
    correct(session, people.okafor, LATER, held.id, reason, "", [change(held, field, value)])
    assert held.at_home.agreement is (Agreement.AGREED if agreed else Agreement.NOT_YET)
    assert held.at_home.state is ActionState.OPEN


def test_spelling_is_told_from_meaning() -> None:
    assert is_slip("Reed togehter", "Read together")
    assert not is_slip("Read 4 days", "Read 14 days")
    assert not is_slip("Read at home", "Read at school")
    assert not is_slip("Read", "Read daily")
    assert not is_slip("", "Read")


def test_it_is_written_down_that_a_change_was_agreed_and_a_new_copy_says_so(
    session: Session, people: People, held: Held
) -> None:
    issue(session, people, held, "mrs_khan")
    correct(session, people.okafor, LATER, held.id, ASKED, "", [change(held, "how_often", "on Mondays")])
    with pytest.raises(Refused, match="how it was agreed"):
        record_agreed(session, people.okafor, LATER, held.id, [held.at_home.id], "  ")
    with pytest.raises(Refused, match="Tick"):
        record_agreed(session, people.okafor, LATER, held.id, [held.at_school.id], "by phone")
    new = record_agreed(session, people.okafor, LATER, held.id, [held.at_home.id], "by phone with Mrs Khan")
    assert held.at_home.agreement is Agreement.AGREED
    assert said_changes(new[0])[-1] == "Agreed now: Pack the bag together"
    assert all(action.agreed for action in from_json(new[0].content).actions)
    notes = session.scalars(select(Correction.note).order_by(Correction.made_at, Correction.id)).all()
    assert "by phone with Mrs Khan" in notes


def test_an_action_is_added_and_another_taken_out(session: Session, people: People, held: Held) -> None:
    issue(session, people, held, "mrs_khan")
    new_id = uuid4()
    fields = {
        "parent": str(held.target.id),
        "what": "Walk in with a friend",
        "who": "Amina",
        "by_whom": "pupil",
        "by_when": DUE.isoformat(),
    }
    new = correct(
        session,
        people.okafor,
        LATER,
        held.id,
        ASKED,
        "",
        [Wanted("action", new_id, name, value) for name, value in fields.items()]
        + [change(held, "removed", True, held.at_school)],
    )
    made = session.get_one(Action, new_id)
    assert (made.state, made.agreement, made.who_id) == (ActionState.OPEN, Agreement.NOT_YET, held.child.id)
    assert (held.at_school.removed, held.at_school.state) == (True, ActionState.STOPPED)
    assert set(said_changes(new[0])) == {"New: Walk in with a friend", "Taken out: Meet her at the gate"}
    correct(
        session, people.okafor, LATER, held.id, SINCE, "", [change(held, "removed", False, held.at_school)]
    )
    assert held.at_school.state is ActionState.OPEN


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("action", "at_home", "what", "Pack the bag together")], "Nothing is different"),
        ([], "Nothing is different"),
        ([("action", "at_home", "what", "")], "no words"),
        ([("action", "at_home", "who", "")], "no one who does it"),
        ([("action", "at_home", "agreement", "agreed")], "cannot be changed after"),
        ([("target", "target", "removed", True)], "still has actions"),
        ([("action", "at_home", "by_when", "soon")], "not a date"),
    ],
)
def test_what_cannot_be_put_right_is_refused_in_a_sentence(
    session: Session, people: People, held: Held, changes: list[tuple[str, str, str, object]], message: str
) -> None:
    wanted = [Wanted(thing, getattr(held, row).id, field, value) for thing, row, field, value in changes]
    with pytest.raises(Refused, match=message):
        correct(session, people.okafor, LATER, held.id, ASKED, "", wanted)
    session.rollback()


def test_nothing_of_another_meeting_or_by_another_person_is_changed(
    session: Session, people: People, held: Held
) -> None:
    other = hold(session, people, close=False, at=NOW + timedelta(days=1))
    close_conversation(session, people.okafor, LATER, other.id, finish_now=True)
    wanted = [change(other, "what", "Something else")]
    with pytest.raises(NotFound):
        correct(session, people.okafor, LATER, held.id, ASKED, "", wanted)
    with pytest.raises(NotFound):
        correct(session, people.whitaker, LATER, other.id, ASKED, "", wanted)
    with pytest.raises(NotFound):
        correct(session, people.stranger, LATER, other.id, ASKED, "", wanted)
    session.add(
        type(held.mother)(
            school_id=other.meeting.school_id,
            conversation_id=other.id,
            kind="staff",
            person_id=people.kaur.person_id,
            name="Mrs Kaur",
        )
    )
    session.flush()
    with pytest.raises(NotAllowed):
        correct(session, people.kaur, LATER, other.id, ASKED, "", wanted)


def send_late(session: Session, people: People, held: Held, value: str) -> Change:
    """Let a tablet's change arrive after the closing."""
    raw = changes.change("action", held.at_home.id, "what", value)
    apply_changes(session, people.okafor, LATER, held.id, [read_change(raw)])
    return asides_of(session, held.id)[-1]


def test_a_change_that_came_too_late_is_taken_in_by_a_person(
    session: Session, people: People, held: Held
) -> None:
    issue(session, people, held, "mrs_khan")
    late = send_late(session, people, held, "Pack the bag alone")
    assert held.at_home.what == "Pack the bag together"
    taken = change(held, late.field, late.value)
    new = correct(session, people.okafor, LATER, held.id, ASKED, "", [taken], taken_in=[late.id])
    assert held.at_home.what == "Pack the bag alone"
    assert len(new) == 1
    assert asides_of(session, held.id) == []
    with pytest.raises(Refused, match="dealt with"):
        leave_out(session, people.okafor, LATER, held.meeting, [late.id])


def test_a_change_that_came_too_late_can_be_left_out(session: Session, people: People, held: Held) -> None:
    late = send_late(session, people, held, "Pack the bag alone")
    leave_out(session, people.farrell, LATER, held.meeting, [late.id])
    assert asides_of(session, held.id) == []
    assert session.get_one(Change, late.id).settled_by_id == people.farrell.person_id
    notes = session.scalars(select(AuditEntry.note).where(AuditEntry.thing_id == held.id))
    assert "left out, was aside" in list(notes)
    assert held.at_home.what == "Pack the bag together"
