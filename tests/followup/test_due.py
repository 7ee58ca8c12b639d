"""What counts as due, for whom, and in what order."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from convo.access.models import School, Term
from convo.conversation.models import Participant
from convo.conversation.rules import NotHeldReason, ParticipantKind, State
from convo.db import Database
from convo.followup.queries import choices, due, meetings_of_the_day, open_actions
from convo.followup.rules import Attempt, DueAction
from convo.kernel.clock import local_day
from convo.people.models import Pupil
from convo.plan.models import Action
from convo.plan.rules import ActionState, Doer, Outcome
from tests.followup.rows import EARLIER, TODAY, decide, meeting, promise
from tests.support.people import NOW, People


def words(actions: list[DueAction]) -> list[str]:
    return [action.what for action in actions]


def names(session: Session, people: People, today: date = TODAY) -> list[str]:
    return [pupil.pupil for pupil in due(session, people.farrell, today).no_conversation]


def test_actions_come_by_date_so_that_what_is_late_comes_first(session: Session, people: People) -> None:
    held = meeting(session, people.szymon, people.okafor)
    promise(session, held, "in a month", TODAY + timedelta(days=30))
    promise(session, held, "today", TODAY)
    promise(session, held, "last week", TODAY - timedelta(days=5))
    found = due(session, people.farrell, TODAY)
    assert [(action.what, action.days_late) for action in found.actions] == [
        ("last week", 5),
        ("today", 0),
        ("in a month", 0),
    ]
    assert words(found.late) == ["last week"]
    assert words(found.soon) == ["today"]
    first = found.actions[0]
    assert (first.pupil, first.class_name, first.key_teacher) == ("Szymon Wójcik", "5Oak", "Mr Okafor")
    assert first.target == "So that: last week"


def test_only_open_actions_are_due(session: Session, people: People) -> None:
    held = meeting(session, people.szymon, people.okafor)
    for state in ActionState:
        promise(session, held, state.value, TODAY, state=state)
    promise(session, held, "taken out", TODAY, state=ActionState.DRAFT, removed=True)
    assert words(open_actions(session, people.farrell, TODAY)) == ["open"]


@pytest.mark.parametrize(
    ("instant", "late"),
    [
        (datetime(2026, 7, 1, 22, 59, tzinfo=UTC), 0),  # 23:59 of 1 July in Fenmarket's summer time
        (datetime(2026, 7, 1, 23, 0, tzinfo=UTC), 1),  # 00:00 of 2 July
    ],
)
def test_an_action_is_late_from_midnight_at_the_school(
    session: Session, people: People, instant: datetime, late: int
) -> None:
    promise(session, meeting(session, people.szymon, people.okafor), "read", date(2026, 7, 1))
    today = local_day(instant, people.school.time_zone)
    assert [action.days_late for action in open_actions(session, people.farrell, today)] == [late]


def test_no_word_yet_is_what_home_or_pupil_promised_and_no_conversation_since_has_spoken_of(
    session: Session, people: People
) -> None:
    first = meeting(session, people.szymon, people.okafor)
    made = {
        name: promise(session, first, name, TODAY, by)
        for name, by in [
            ("school", Doer.SCHOOL),
            ("home, silent", Doer.HOME),
            ("pupil, silent", Doer.PUPIL),
            ("home, goes on", Doer.HOME),
            ("home, passed over", Doer.HOME),
            ("home, being talked about", Doer.HOME),
        ]
    }
    second = meeting(session, people.szymon, people.okafor, starts_at=EARLIER + timedelta(days=7))
    decide(session, made["home, goes on"], second, Outcome.CONTINUE)
    decide(session, made["home, passed over"], second, Outcome.NOT_TALKED_ABOUT)
    now_open = meeting(session, people.szymon, people.okafor, State.OPEN, NOW)
    decide(session, made["home, being talked about"], now_open, Outcome.CONTINUE)
    found = due(session, people.farrell, TODAY)
    assert words(found.of_school) == ["school"]
    assert words(found.goes_on) == ["home, goes on"]
    assert sorted(words(found.no_word)) == [
        "home, being talked about",
        "home, passed over",
        "home, silent",
        "pupil, silent",
    ]


def test_not_talked_about_holds_until_a_later_conversation_speaks_of_it(
    session: Session, people: People
) -> None:
    first = meeting(session, people.szymon, people.okafor)
    old, new = promise(session, first, "old", TODAY), promise(session, first, "new", TODAY)
    second = meeting(session, people.szymon, people.okafor, starts_at=EARLIER + timedelta(days=7))
    decide(session, old, second, Outcome.NOT_TALKED_ABOUT)
    decide(session, new, second, Outcome.CONTINUE)
    third = meeting(session, people.szymon, people.okafor, starts_at=EARLIER + timedelta(days=14))
    decide(session, old, third, Outcome.CONTINUE)
    decide(session, new, third, Outcome.NOT_TALKED_ABOUT)
    found = due(session, people.farrell, TODAY).not_talked_about
    assert [(action.what, action.passed_over_on) for action in found] == [
        ("new", (EARLIER + timedelta(days=14)).date())
    ]


def test_the_practice_pupil_and_leavers_are_never_counted(session: Session, people: People) -> None:
    session.get_one(Pupil, people.yusuf.id).left_on = date(2026, 11, 1)
    for pupil in (people.practice, people.yusuf):
        promise(session, meeting(session, pupil, people.whitaker, State.OPEN), "read", TODAY)
    found = due(session, people.farrell, TODAY)
    assert found.actions == ()
    assert [pupil.pupil for pupil in found.no_conversation] == [
        'Zoë <b>& O\'Brien "Łukasz"',
        "Amina Khan",
        "Szymon Wójcik",
    ]


def test_a_pupil_has_had_a_conversation_once_one_of_this_round_is_closed(
    session: Session, people: People
) -> None:
    meeting(session, people.amina, people.okafor)
    meeting(session, people.szymon, people.okafor, State.OPEN)
    meeting(session, people.yusuf, people.whitaker, round=2)
    meeting(session, people.zoe, people.whitaker, school_year=2025)
    assert names(session, people) == ["Yusuf Khan", 'Zoë <b>& O\'Brien "Łukasz"', "Szymon Wójcik"]


def test_the_round_follows_the_terms_that_the_school_has_set(session: Session, people: People) -> None:
    meeting(session, people.amina, people.okafor)
    assert due(session, people.farrell, date(2026, 12, 31)).round == 1
    assert due(session, people.farrell, date(2027, 1, 1)).round == 2
    assert "Amina Khan" in names(session, people, date(2027, 1, 1))
    session.query(Term).filter_by(school_id=people.school.id, number=1).update({"ends_on": TODAY})
    assert "Amina Khan" not in names(session, people, TODAY)
    assert "Amina Khan" in names(session, people, TODAY + timedelta(days=1))
    found = due(session, people.farrell, date(2027, 9, 1))  # no terms set: the usual ones
    assert (found.school_year, found.round, found.term) == (2027, 1, "Autumn")


def test_a_pupil_without_one_is_shown_with_what_is_planned_and_what_was_not_held(
    session: Session, people: People
) -> None:
    meeting(session, people.amina, people.okafor, State.NOT_HELD, not_held_reason=NotHeldReason.INTERPRETER)
    meeting(session, people.amina, people.okafor, State.PLANNED, NOW + timedelta(days=3))
    meeting(session, people.szymon, people.okafor, State.PLANNED, NOW - timedelta(days=3))
    meeting(session, people.zoe, people.whitaker, State.OPEN, NOW)
    waiting = {pupil.pupil_id: pupil for pupil in due(session, people.farrell, TODAY).no_conversation}
    amina = waiting[people.amina.id]
    assert amina.planned_on == date(2026, 11, 26)
    assert amina.attempts == (Attempt(EARLIER.date(), NotHeldReason.INTERPRETER),)
    assert waiting[people.szymon.id].planned_on == date(2026, 11, 20)
    assert waiting[people.zoe.id].opened_on == TODAY
    assert waiting[people.yusuf.id].planned_on is None


def test_a_teacher_sees_the_actions_of_meetings_they_may_read_and_no_others(
    session: Session, people: People
) -> None:
    promise(session, meeting(session, people.szymon, people.farrell), "own", TODAY)
    promise(session, meeting(session, people.zoe, people.farrell), "another's", TODAY)
    joined = meeting(session, people.yusuf, people.farrell)
    promise(session, joined, "taken part", TODAY)
    session.add(
        Participant(
            school_id=people.school.id,
            conversation_id=joined.id,
            kind=ParticipantKind.STAFF,
            person_id=people.okafor.person_id,
            name="Mr Okafor",
        )
    )
    session.flush()
    promise(session, meeting(session, people.yusuf, people.whitaker), "same pupil, another meeting", TODAY)
    assert sorted(words(open_actions(session, people.okafor, TODAY))) == ["own", "taken part"]
    mine = due(session, people.okafor, TODAY, pupils="mine")
    assert words(list(mine.actions)) == ["own"]
    assert [pupil.pupil for pupil in mine.no_conversation] == ["Amina Khan"]


def test_who_sees_every_pupil_but_not_what_is_due_reads_no_action(session: Session, people: People) -> None:
    promise(session, meeting(session, people.szymon, people.okafor), "read", TODAY)
    assert open_actions(session, people.oyelaran, TODAY) == []
    assert words(open_actions(session, people.lindqvist, TODAY)) == ["read"]


def test_schools_are_strangers(session: Session, people: People) -> None:
    promise(session, meeting(session, people.olu, people.stranger), "theirs", TODAY)
    promise(session, meeting(session, people.szymon, people.okafor), "ours", TODAY)
    found = due(session, people.farrell, TODAY)
    assert words(list(found.actions)) == ["ours"]
    assert "Olu Adeyemi" not in [pupil.pupil for pupil in found.no_conversation]
    assert people.stranger.person_id not in dict(choices(session, people.farrell).key_teachers)


def test_the_list_narrows_to_a_class_and_to_a_key_teacher(session: Session, people: People) -> None:
    session.get_one(Pupil, people.szymon.id).key_teacher_id = people.whitaker.person_id
    for pupil in (people.amina, people.szymon, people.zoe):
        promise(session, meeting(session, pupil, people.farrell, State.OPEN), pupil.forename, TODAY)
    of_class = due(session, people.farrell, TODAY, class_name="5Oak")
    assert sorted(words(list(of_class.actions))) == ["Amina", "Szymon"]
    assert [pupil.pupil for pupil in of_class.no_conversation] == ["Amina Khan", "Szymon Wójcik"]
    of_teacher = due(session, people.farrell, TODAY, key_teacher_id=people.whitaker.person_id)
    assert sorted(words(list(of_teacher.actions))) == ["Szymon", people.zoe.forename]
    assert {action.key_teacher for action in of_teacher.actions} == {"Mrs Whitaker"}
    found = choices(session, people.farrell)
    assert list(found.classes) == ["2Ash", "5Oak"]
    assert [name for _, name in found.key_teachers] == ["Mr Okafor", "Mrs Whitaker"]


def test_the_day_holds_its_meetings_and_those_that_nobody_has_finished(
    session: Session, people: People
) -> None:
    yesterday = NOW - timedelta(days=1)
    meeting(session, people.szymon, people.okafor, State.PLANNED, NOW)
    meeting(session, people.amina, people.okafor, State.CLOSED, NOW - timedelta(hours=3))
    meeting(session, people.amina, people.okafor, State.PLANNED, NOW + timedelta(days=1))
    meeting(session, people.szymon, people.okafor, State.OPEN, yesterday)
    meeting(session, people.szymon, people.okafor, State.CLOSED, yesterday)
    meeting(session, people.zoe, people.whitaker, State.PLANNED, NOW)
    today, unfinished = meetings_of_the_day(session, people.okafor, TODAY)
    assert [(row.pupil, row.state, row.may_open) for row in today] == [
        ("Amina Khan", State.CLOSED, True),
        ("Szymon Wójcik", State.PLANNED, True),
    ]
    assert [(row.pupil, row.state) for row in unfinished] == [("Szymon Wójcik", State.OPEN)]


def test_the_day_of_a_meeting_begins_at_midnight_at_the_school(session: Session, people: People) -> None:
    session.get_one(School, people.school.id).time_zone = "Asia/Brunei"  # eight hours ahead
    meeting(session, people.szymon, people.okafor, State.PLANNED, datetime(2026, 11, 22, 16, 0, tzinfo=UTC))
    meeting(session, people.amina, people.okafor, State.PLANNED, datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
    today, _ = meetings_of_the_day(session, people.okafor, TODAY)
    assert [row.pupil for row in today] == ["Szymon Wójcik"]


def test_fifty_pupils_cost_no_more_statements_than_five(database: Database, people: People) -> None:
    def statements() -> int:
        seen: list[str] = []
        with database.reading() as session:

            def note(*args: object) -> None:
                seen.extend([str(args[2])] if str(args[2]).startswith("SELECT") else [])

            event.listen(database.engine, "before_cursor_execute", note)
            due(session, people.farrell, TODAY)
            due(session, people.okafor, TODAY, pupils="mine")
            meetings_of_the_day(session, people.farrell, TODAY)
            event.remove(database.engine, "before_cursor_execute", note)
        return len(seen)

    def more(count: int) -> None:
        with database.write() as session:
            for number in range(count):
                pupil = Pupil(
                    school_id=people.school.id, forename=f"P{number}", surname="Many", class_name="5Oak"
                )
                session.add(pupil)
                session.flush()
                held = meeting(session, pupil, people.okafor)
                action: Action = promise(session, held, "read", TODAY)
                decide(session, action, held, Outcome.NOT_TALKED_ABOUT)
                meeting(session, pupil, people.okafor, State.PLANNED, NOW)

    more(5)
    few = statements()
    more(45)
    assert statements() == few == 7 + 7 + 2
