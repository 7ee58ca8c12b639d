"""A meeting's life around its hour."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from convo.access.models import AuditEntry, Membership, School, Term
from convo.conversation.incoming import read_change
from convo.conversation.journal import JOURNAL, NOTES, apply_changes
from convo.conversation.models import Conversation, Entry, Participant, Stage
from convo.conversation.operations import (
    change_plan,
    not_held,
    open_conversation,
    open_unplanned,
    plan,
    rebook,
    type_in_later,
)
from convo.conversation.plans import plan_of, plan_warnings
from convo.conversation.queries import open_actions_of
from convo.conversation.rules import (
    Interpreter,
    NotHeldReason,
    ParticipantKind,
    PupilPart,
    StageName,
    State,
    decision_id,
    same_time_next_week,
)
from convo.kernel.errors import NotAllowed, NotFound, Refused
from convo.people.models import Carer
from tests.support.changes import change
from tests.support.held import ended
from tests.support.meetings import fields, guide, open_action, with_mrs_khan
from tests.support.people import NOW, People


def asked(meeting: Conversation) -> list[tuple[str, str]]:
    return [(person.name, person.role) for person in meeting.participants]


def refusal(act: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.message, caught.value.field


def test_a_plan_says_when_where_and_who_is_asked(session: Session, people: People) -> None:
    meeting = with_mrs_khan(
        session,
        people,
        staff_ids=(people.farrell.person_id,),
        interpreter=Interpreter.PHONE,
        interpreter_name="Mrs Aziz",
        interpreter_number="01632 960777",
    )
    assert meeting.state is State.PLANNED
    assert meeting.starts_at == datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    assert (meeting.school_year, meeting.round) == (2026, 1)
    assert asked(meeting) == [
        ("Mrs Nasreen Khan", "mother"),
        ("Amina", "pupil"),
        ("Mr Okafor", "key teacher"),
        ("Ms Farrell", "teacher for extra help"),
        ("Mrs Aziz", "interpreter by phone"),
    ]


def test_wall_clock_time_in_summer_is_stored_an_hour_earlier(session: Session, people: People) -> None:
    meeting = with_mrs_khan(session, people, on=date(2027, 6, 14))
    assert meeting.starts_at == datetime(2027, 6, 14, 14, 30, tzinfo=UTC)
    assert meeting.round == 3


def test_the_round_follows_the_schools_own_terms_and_can_be_changed(session: Session, people: People) -> None:
    autumn = session.scalars(select(Term).where(Term.school_id == people.school.id, Term.number == 1)).one()
    autumn.ends_on = date(2026, 11, 27)
    session.flush()
    assert with_mrs_khan(session, people).round == 2
    assert with_mrs_khan(session, people, round=1).round == 1


def test_a_pupil_whose_views_were_gathered_before_is_not_asked_in(session: Session, people: People) -> None:
    meeting = with_mrs_khan(
        session, people, pupil_part=PupilPart.VIEWS, pupil_views="I like <b>maths</b>\u202e"
    )
    assert meeting.pupil_views == "I like <b>maths</b>"
    assert ParticipantKind.PUPIL not in {person.kind for person in meeting.participants}


@pytest.mark.parametrize(
    ("changed", "sentence", "field"),
    [
        ({"minutes": 19}, "Choose a length from 20 to 60 minutes.", "minutes"),
        ({"minutes": 61}, "Choose a length from 20 to 60 minutes.", "minutes"),
        ({"on": date(2026, 11, 22)}, "That day has passed. Choose today or a later day.", "on"),
        ({"on": date(2028, 1, 10)}, "That is more than a year away. Check the date.", "on"),
        ({"round": 4}, "Choose conversation 1, 2 or 3 of the year.", "round"),
        ({"carer_ids": ()}, "Say who of the family is asked.", "carers"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_beside_its_field(
    session: Session, people: People, changed: dict[str, Any], sentence: str, field: str
) -> None:
    assert refusal(lambda: with_mrs_khan(session, people, **changed)) == (sentence, field)


def test_carers_kept_apart_are_not_asked_to_one_meeting(session: Session, people: People) -> None:
    together = fields(people.mrs_khan.id, people.mr_khan.id)
    sentence, field = refusal(lambda: plan(session, people.okafor, NOW, people.amina.id, together))
    assert field == "carers"
    assert sentence.endswith("are kept apart. Plan two conversations, one with each.")
    assert {"Mrs Nasreen Khan", "Mr Imran Khan"} <= set(sentence.replace(" are kept", " and ").split(" and "))
    plan(session, people.okafor, NOW, people.amina.id, fields(people.mr_khan.id))


def test_somebody_elses_carer_and_staff_of_another_school_cannot_be_asked(
    session: Session, people: People
) -> None:
    other = fields(people.mrs_wojcik.id)
    assert refusal(lambda: plan(session, people.okafor, NOW, people.amina.id, other))[1] == "carers"
    stranger = people.stranger.person_id
    assert refusal(lambda: with_mrs_khan(session, people, staff_ids=(stranger,)))[1] == "staff"
    assert refusal(lambda: with_mrs_khan(session, people, lead_id=stranger))[1] == "lead"
    assert refusal(lambda: with_mrs_khan(session, people, lead_id=people.kaur.person_id))[1] == "lead"


def test_a_child_as_interpreter_is_warned_about_and_not_refused(session: Session, people: People) -> None:
    meeting = with_mrs_khan(session, people, interpreter=Interpreter.ROOM, interpreter_is_child=True)
    (warning,) = plan_warnings(meeting.pupil, meeting)
    assert warning.startswith("A child of the family should not interpret")


def test_a_carer_who_needs_an_interpreter_is_named_while_none_is_planned(
    session: Session, people: People
) -> None:
    meeting = with_mrs_khan(session, people)
    assert plan_warnings(meeting.pupil, meeting) == [
        "Mrs Nasreen Khan needs an interpreter, and none is planned."
    ]


def test_who_may_plan(session: Session, people: People) -> None:
    wanted = fields(people.mrs_khan.id)
    plan(session, people.farrell, NOW, people.amina.id, wanted)
    with pytest.raises(NotFound):
        plan(session, people.whitaker, NOW, people.amina.id, wanted)
    with pytest.raises(NotAllowed):
        plan(session, people.oyelaran, NOW, people.amina.id, wanted)
    led_by_another = fields(people.mrs_khan.id, lead_id=people.okafor.person_id)
    assert refusal(lambda: plan(session, people.lindqvist, NOW, people.amina.id, led_by_another))[1] == "lead"
    assert plan(session, people.farrell, NOW, people.amina.id, led_by_another).lead_id == (
        people.okafor.person_id
    )


def test_changing_a_plan_keeps_the_rows_of_who_stays_asked(session: Session, people: People) -> None:
    meeting = with_mrs_khan(session, people, staff_ids=(people.kaur.person_id,))
    before = {person.name: person.id for person in meeting.participants}
    changed = fields(people.mrs_khan.id, at=time(16), staff_ids=(people.farrell.person_id,))
    meeting = change_plan(session, people.okafor, NOW, meeting.id, changed)
    after = {person.name: person.id for person in meeting.participants}
    assert meeting.starts_at.hour == 16
    assert set(after) == {"Mrs Nasreen Khan", "Amina", "Mr Okafor", "Ms Farrell"}
    assert after["Mrs Nasreen Khan"] == before["Mrs Nasreen Khan"]
    assert session.scalar(select(func.count()).select_from(Participant)) == 4


def test_who_only_takes_part_reads_the_plan_but_does_not_change_it(session: Session, people: People) -> None:
    meeting = with_mrs_khan(session, people, staff_ids=(people.whitaker.person_id,))
    with pytest.raises(NotAllowed):
        change_plan(session, people.whitaker, NOW, meeting.id, fields(people.mrs_khan.id))
    with pytest.raises(NotFound):
        not_held(session, people.lindqvist, NOW, meeting.id, NotHeldReason.SCHOOL)


def test_opening_pins_the_guide_and_shares_out_the_minutes(session: Session, people: People) -> None:
    meeting = with_mrs_khan(session, people, minutes=30, on=NOW.date(), at=time(14))
    opened = open_conversation(session, people.okafor, NOW, meeting.id, guide())
    assert (opened.state, opened.stage, opened.opened_at, opened.stage_entered_at) == (
        State.OPEN,
        StageName.EXPLORE,
        NOW,
        NOW,
    )
    assert (opened.guide_version, opened.guide_fingerprint) == (guide().version, guide().fingerprint)
    assert opened.guide == guide().to_json()
    planned = {row.name: row.planned_minutes for row in session.scalars(select(Stage))}
    assert list(planned) == [StageName.EXPLORE, StageName.FOCUS, StageName.PLAN, StageName.REVIEW]
    assert sum(planned.values()) == 30


def test_open_actions_put_since_last_time_first(session: Session, people: People) -> None:
    before = NOW - timedelta(days=70)
    first = ended(session, people.okafor, people.amina, before, before + timedelta(hours=1))
    action = open_action(session, first, "Reads with Amina on Mondays", date(2026, 12, 14))
    second = with_mrs_khan(session, people, on=NOW.date())
    opened = open_conversation(session, people.okafor, NOW, second.id, guide())
    assert opened.stage is StageName.SINCE
    assert StageName.SINCE in set(session.scalars(select(Stage.name)))
    assert [item.action.id for item in open_actions_of(session, people.amina.id, opened)] == [action.id]
    assert open_actions_of(session, people.amina.id, first) == []


def test_what_a_carer_said_since_of_their_languages_is_taken_in_at_opening(
    session: Session, people: People
) -> None:
    meeting = with_mrs_khan(session, people)
    session.get_one(Carer, people.mrs_khan.id).reads = "en"
    opened = open_conversation(session, people.okafor, NOW, meeting.id, guide())
    mother = next(person for person in opened.participants if person.carer_id == people.mrs_khan.id)
    assert (mother.speaks, mother.reads, mother.present) == ("ur", "en", True)


def test_a_meeting_opened_on_another_day_stands_under_the_day_it_was_held(
    session: Session, people: People
) -> None:
    meeting = with_mrs_khan(session, people)
    opened = open_conversation(session, people.okafor, NOW, meeting.id, guide())
    assert opened.starts_at == NOW


def test_no_hour_opens_without_safeguarding_lead_and_deputy(session: Session, people: People) -> None:
    meeting = with_mrs_khan(session, people)
    session.get_one(School, people.school.id).safeguarding_deputy_id = None
    session.flush()
    sentence, _ = refusal(lambda: open_conversation(session, people.okafor, NOW, meeting.id, guide()))
    assert "safeguarding lead and deputy" in sentence
    refusal(
        lambda: open_unplanned(session, people.okafor, NOW, people.amina.id, guide(), (people.mrs_khan.id,))
    )


def test_a_meeting_is_opened_once(session: Session, people: People) -> None:
    meeting = with_mrs_khan(session, people)
    open_conversation(session, people.okafor, NOW, meeting.id, guide())
    refusal(lambda: open_conversation(session, people.okafor, NOW, meeting.id, guide()))
    refusal(lambda: change_plan(session, people.okafor, NOW, meeting.id, fields(people.mrs_khan.id)))


def test_an_unplanned_meeting_opens_at_once(session: Session, people: People) -> None:
    opened = open_unplanned(session, people.okafor, NOW, people.amina.id, guide(), (people.mrs_khan.id,))
    assert (opened.state, opened.starts_at, opened.lead_id) == (State.OPEN, NOW, people.okafor.person_id)
    assert [name for name, _ in asked(opened)] == ["Mrs Nasreen Khan", "Amina", "Mr Okafor"]


def test_not_held_keeps_the_attempt_and_rebooking_copies_it(session: Session, people: People) -> None:
    meeting = with_mrs_khan(
        session, people, staff_ids=(people.kaur.person_id,), minutes=40, interpreter=Interpreter.ROOM
    )
    later = NOW + timedelta(days=7)
    not_held(session, people.okafor, later, meeting.id, NotHeldReason.NO_ANSWER, "rang twice")
    again = rebook(
        session,
        people.okafor,
        later,
        meeting.id,
        same_time_next_week(meeting.starts_at, later, "Europe/London"),
    )
    assert (meeting.state, meeting.not_held_note) == (State.NOT_HELD, "rang twice")
    assert (again.state, again.rebooked_from_id) == (State.PLANNED, meeting.id)
    assert again.starts_at == datetime(2026, 12, 7, 15, 30, tzinfo=UTC)
    zone = "Europe/London"
    assert plan_of(again, zone) == plan_of(meeting, zone).__class__(
        **{**vars(plan_of(meeting, zone)), "on": date(2026, 12, 7)}
    )
    assert "already" in refusal(lambda: rebook(session, people.okafor, later, meeting.id, again.starts_at))[0]


@pytest.mark.parametrize(
    ("thing", "field", "words"),
    [
        ("note", "text", "Mrs Khan was in tears"),
        ("conversation", "keep_in_touch", "A text on Fridays"),
        ("conversation", "pupil_views", "I like the library"),
        ("decision", "reason", "Grandmother was ill"),
    ],
)
def test_a_meeting_in_which_something_was_written_is_not_recorded_as_not_held(
    session: Session, people: People, thing: str, field: str, words: str
) -> None:
    earlier = ended(session, people.okafor, people.amina, NOW - timedelta(days=70), NOW - timedelta(days=69))
    action = open_action(session, earlier, "Listen to her read", date(2026, 12, 4))
    opened = open_unplanned(session, people.okafor, NOW, people.amina.id, guide(), (people.mrs_khan.id,))
    about = {"conversation": opened.id, "decision": decision_id(opened.id, action.id)}.get(thing, uuid4())
    named = {"parent": str(action.id)} if thing == "decision" else {}
    sent = [read_change(change(thing, about, *each)) for each in {**named, field: words}.items()]
    apply_changes(session, people.okafor, NOW, opened.id, sent, NOTES if thing == "note" else JOURNAL)
    assert (
        "Something was written"
        in refusal(lambda: not_held(session, people.okafor, NOW, opened.id, NotHeldReason.FAMILY))[0]
    )


def test_rebooking_leaves_out_staff_who_have_left(session: Session, people: People) -> None:
    meeting = with_mrs_khan(session, people, staff_ids=(people.kaur.person_id,))
    not_held(session, people.okafor, NOW, meeting.id, NotHeldReason.SCHOOL)
    for person in (people.kaur, people.okafor):
        session.scalars(
            select(Membership).where(Membership.person_id == person.person_id)
        ).one().left_at = NOW
    session.flush()
    again = rebook(session, people.farrell, NOW, meeting.id, meeting.starts_at)
    assert again.lead_id == people.farrell.person_id
    assert people.kaur.person_id not in {person.person_id for person in again.participants}


def test_only_what_was_not_held_is_rebooked(session: Session, people: People) -> None:
    meeting = with_mrs_khan(session, people)
    refusal(lambda: rebook(session, people.okafor, NOW, meeting.id, meeting.starts_at))


def test_a_meeting_opened_while_waiting_is_not_held_until_somebody_wrote_in_it(
    session: Session, people: People
) -> None:
    meeting = with_mrs_khan(session, people)
    open_conversation(session, people.okafor, NOW, meeting.id, guide())
    entry = Entry(school_id=meeting.school_id, conversation_id=meeting.id, text="She reads well")
    session.add(entry)
    session.flush()
    refusal(lambda: not_held(session, people.okafor, NOW, meeting.id, NotHeldReason.NO_ANSWER))
    entry.removed = True
    session.flush()
    held = not_held(session, people.okafor, NOW, meeting.id, NotHeldReason.NO_ANSWER)
    assert held.state is State.NOT_HELD


def test_a_paper_hour_is_typed_in_under_its_true_date(session: Session, people: People) -> None:
    on_paper = fields(people.mrs_khan.id, on=date(2026, 10, 5))
    meeting = type_in_later(session, people.okafor, NOW, people.amina.id, on_paper, guide())
    assert meeting.typed_in_later
    assert meeting.state is State.OPEN
    assert meeting.starts_at == meeting.opened_at == datetime(2026, 10, 5, 14, 30, tzinfo=UTC)
    tomorrow = fields(people.mrs_khan.id, on=date(2026, 11, 24))
    sentence, field = refusal(
        lambda: type_in_later(session, people.okafor, NOW, people.amina.id, tomorrow, guide())
    )
    assert (sentence, field) == ("That day has not come yet. Give the day on which you met.", "on")


def test_the_same_time_next_week_keeps_the_wall_clock_over_the_change_of_clocks() -> None:
    before = datetime(2027, 3, 22, 15, 30, tzinfo=UTC)  # summer time begins on 28 March 2027
    assert same_time_next_week(before, before, "Europe/London") == datetime(2027, 3, 29, 14, 30, tzinfo=UTC)
    long_after = before + timedelta(days=30)
    assert same_time_next_week(before, long_after, "Europe/London") == datetime(
        2027, 4, 26, 14, 30, tzinfo=UTC
    )


def test_every_step_is_in_the_trail(session: Session, people: People) -> None:
    meeting = with_mrs_khan(session, people)
    change_plan(session, people.okafor, NOW, meeting.id, fields(people.mrs_khan.id, minutes=30))
    not_held(session, people.okafor, NOW, meeting.id, NotHeldReason.FAMILY, "grandmother is ill")
    again = rebook(session, people.okafor, NOW, meeting.id, meeting.starts_at)
    open_conversation(session, people.okafor, NOW, again.id, guide())
    notes = list(session.scalars(select(AuditEntry.note).order_by(AuditEntry.number)))
    assert notes == ["planned", "plan changed", "not held: family could not", "rebooked", "opened"]
