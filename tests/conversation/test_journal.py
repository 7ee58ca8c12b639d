"""Taking in changes: what is written, what is kept beside it, and what is refused."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from convo.access.models import AuditEntry
from convo.conversation.journal import NOTES
from convo.conversation.models import (
    Change,
    Conversation,
    Entry,
    Participant,
    Priority,
    StaffNote,
    StaffNoteChange,
    Stage,
)
from convo.conversation.rules import ChangeOutcome, ParticipantKind, StageName, State, decision_id
from convo.db import Database
from convo.kernel.errors import NotFound, Refused
from convo.kernel.ids import new_id
from convo.plan.models import Action, Decision, Target
from tests.conversation.conftest import Send
from tests.support.changes import change
from tests.support.meeting import NOW, Meeting


def one(database: Database, model: Any, identifier: UUID) -> Any:
    with database.reading() as session:
        return session.get(model, identifier)


def test_the_first_change_of_a_row_makes_it_and_later_ones_change_it(
    database: Database, meeting: Meeting, send: Send
) -> None:
    entry = new_id()
    (first,) = send(change("entry", entry, "text", "She reads to her brother", parent=meeting.mother))
    assert (first.outcome, first.number, first.head) == ("applied", 1, first.id)
    (second,) = send(change("entry", entry, "text", "She reads to her brother every night", first.id))
    assert (second.outcome, second.number) == ("applied", 2)
    row = one(database, Entry, entry)
    assert (row.text, row.voice_id) == ("She reads to her brother every night", meeting.mother)


def test_rows_that_hang_together_come_in_one_batch(database: Database, meeting: Meeting, send: Send) -> None:
    person, entry, priority, target, action = (new_id() for _ in range(5))
    answers = send(
        change("participant", person, "name", "Nadia"),
        change("entry", entry, "text", "Loud rooms frighten her", parent=person),
        change("priority", priority, "text", "A calm start"),
        change("priority", priority, "entries", [str(entry)]),
        change("target", target, "text", "Comes in with a smile", parent=priority),
        change("target", target, "by_when", "2026-12-11"),
        change("action", action, "what", "Meet at the side door", parent=target),
        change("action", action, "who_id", str(person)),
        change("action", action, "by_whom", "school"),
    )
    assert {answer.outcome for answer in answers} == {"applied"}
    assert [answer.number for answer in answers] == list(range(1, 10))
    assert one(database, Priority, priority).entries == [str(entry)]
    assert one(database, Target, target).by_when == date(2026, 12, 11)
    row = one(database, Action, action)
    assert (row.target_id, row.who_id, row.by_whom) == (target, person, "school")


def test_a_change_sent_again_gets_its_first_answer_and_is_not_applied_again(
    database: Database, meeting: Meeting, send: Send
) -> None:
    entry = new_id()
    first = change("entry", entry, "text", "She likes maths")
    (answer,) = send(first)
    (after,) = send(change("entry", entry, "text", "She likes maths a lot", answer.id))
    assert send(first) == [answer]
    assert send(first, first) == [answer, answer]
    assert one(database, Entry, entry).text == "She likes maths a lot"
    with database.reading() as session:
        assert len(session.scalars(select(Change.id)).all()) == 2
    assert after.number == 2


def test_a_repeated_conflict_gets_the_same_answer_whatever_came_after(meeting: Meeting, send: Send) -> None:
    entry = new_id()
    (first,) = send(change("entry", entry, "text", "one"))
    theirs = change("entry", entry, "text", "two")
    (conflict,) = send(theirs, by=meeting.lowe)
    send(change("entry", entry, "text", "three", first.id))
    assert send(theirs, by=meeting.lowe) == [conflict]


def test_of_two_people_who_change_one_field_both_texts_are_kept(
    database: Database, meeting: Meeting, send: Send
) -> None:
    entry = new_id()
    (first,) = send(change("entry", entry, "text", "He sleeps badly"))
    (carters,) = send(change("entry", entry, "text", "He sleeps badly on Sundays", first.id))
    (lowes,) = send(change("entry", entry, "text", "He wakes at four", first.id), by=meeting.lowe)
    assert (lowes.outcome, lowes.head, lowes.value) == ("conflict", carters.id, "He sleeps badly on Sundays")
    assert lowes.by == "Ms Carter"
    assert one(database, Entry, entry).text == "He sleeps badly on Sundays"
    kept = one(database, Change, lowes.id)
    assert (kept.value, kept.written, kept.settled_at) == ("He wakes at four", False, None)


def test_a_person_settles_a_conflict_by_writing_what_holds(
    database: Database, meeting: Meeting, send: Send
) -> None:
    entry = new_id()
    (first,) = send(change("entry", entry, "text", "one"))
    (conflict,) = send(change("entry", entry, "text", "two"), by=meeting.lowe)
    stale = change("entry", entry, "text", "four", new_id(), settles=[str(conflict.id)])
    (again,) = send(stale)
    assert again.outcome == "conflict"
    assert one(database, Change, conflict.id).settled_at is None, "what was not written settles nothing"
    (chosen,) = send(
        change("entry", entry, "text", "two", first.id, settles=[str(conflict.id), str(first.id)])
    )
    assert chosen.outcome == "applied"
    settled = one(database, Change, conflict.id)
    assert (settled.settled_at, settled.settled_by_id) == (NOW, meeting.carter.person_id)
    assert one(database, Change, first.id).settled_at is None


def test_the_same_value_from_two_people_is_no_conflict_and_each_may_go_on(
    database: Database, meeting: Meeting, send: Send
) -> None:
    entry = new_id()
    (first,) = send(change("entry", entry, "text", "He is kind"))
    (same,) = send(change("entry", entry, "text", "He is kind"), by=meeting.lowe)
    assert same.outcome == "same"
    (onward,) = send(change("entry", entry, "text", "He is kind to Ada", first.id))
    assert onward.outcome == "applied"


def test_a_field_that_no_change_has_written_yet_is_changed_without_a_base(
    database: Database, meeting: Meeting, send: Send
) -> None:
    (answer,) = send(change("participant", meeting.mother, "reads", "ur"))
    assert answer.outcome == "applied"
    assert one(database, Participant, meeting.mother).reads == "ur"
    (unseen,) = send(change("participant", meeting.mother, "reads", "pl"), by=meeting.lowe)
    assert (unseen.outcome, unseen.value) == ("conflict", "ur")


def test_the_last_position_received_wins(database: Database, send: Send) -> None:
    entry = new_id()
    send(change("entry", entry, "text", "one"), change("entry", entry, "position", 1.0))
    (answer,) = send(change("entry", entry, "position", 0.5))
    assert answer.outcome == "applied"
    assert one(database, Entry, entry).position == 0.5


def test_who_goes_on_from_words_that_were_kept_beside_is_asked_about_the_last_of_them(
    database: Database, meeting: Meeting, send: Send
) -> None:
    entry = new_id()
    (first,) = send(change("entry", entry, "text", "one"))
    send(change("entry", entry, "text", "two", first.id))
    (mine,) = send(change("entry", entry, "text", "three", first.id), by=meeting.lowe)
    (more,) = send(change("entry", entry, "text", "three and more", mine.id), by=meeting.lowe)
    assert waiting(database) == [more.id]
    (theirs,) = send(change("entry", entry, "text", "four", mine.id))
    assert waiting(database) == [more.id, theirs.id], "what somebody else wrote does not answer it"


def waiting(database: Database) -> list[UUID]:
    """Return the conflicts that nobody has settled."""
    with database.reading() as session:
        asked = select(Change.id).where(Change.outcome == ChangeOutcome.CONFLICT, Change.settled_at.is_(None))
        return list(session.scalars(asked.order_by(Change.number)))


def test_a_meeting_that_is_not_open_yet_takes_nothing(
    database: Database, meeting: Meeting, send: Send
) -> None:
    with database.write() as session:
        session.execute(update(Conversation).values(state=State.PLANNED, opened_at=None, closed_at=None))
    with pytest.raises(Refused, match="Open it first"):
        send(change("entry", new_id(), "text", "one"))


def test_an_id_that_somebody_else_has_used_does_not_exist(meeting: Meeting, send: Send) -> None:
    first = change("entry", new_id(), "text", "one")
    send(first)
    with pytest.raises(NotFound):
        send(first, by=meeting.lowe)
    with pytest.raises(NotFound):
        send(first, to=meeting.bens_conversation)


def test_things_of_another_meeting_or_school_do_not_exist(
    database: Database, meeting: Meeting, send: Send
) -> None:
    for foreign in (meeting.bens_entry, meeting.far_entry):
        with pytest.raises(NotFound):
            send(change("entry", foreign, "text", "mine now"))
    for other in (meeting.bens_conversation, meeting.far_conversation, new_id()):
        with pytest.raises(NotFound):
            send(change("conversation", other, "keep_in_touch", "mine now"))
    with pytest.raises(NotFound):
        send(change("note", new_id(), "text", "in the wrong stream"))
    assert one(database, Entry, meeting.bens_entry).text == "Likes maths"
    assert one(database, Entry, meeting.far_entry).text == "Sleeps badly"


def test_pointing_out_of_the_meeting_is_refused_and_the_rest_of_the_batch_goes_through(
    database: Database, meeting: Meeting, send: Send
) -> None:
    fine, target = new_id(), new_id()
    *bad, good = send(
        change("priority", new_id(), "entries", [str(meeting.bens_entry)]),
        change("priority", new_id(), "entries", [str(new_id())]),
        change("participant", new_id(), "carer", str(meeting.bens_carer)),
        change("participant", new_id(), "person", str(meeting.stranger.person_id)),
        change("entry", new_id(), "text", "x", parent=new_id()),
        change("action", target, "replaces", str(target)),
        change("entry", fine, "text", "still here"),
    )
    assert {answer.outcome for answer in bad} == {"refused"}
    assert len({answer.message for answer in bad}) == 1, (
        "one answer to what is not there and what is another's"
    )
    assert good.outcome == "applied"
    assert one(database, Entry, fine).text == "still here"
    with database.reading() as session:
        assert len(session.scalars(select(Change.id)).all()) == 1


def test_a_refused_change_says_where_its_field_stands_and_stores_nothing(
    database: Database, meeting: Meeting, send: Send
) -> None:
    first = change("participant", meeting.mother, "carer", str(meeting.carer))
    (same,) = send(first)
    assert same.outcome == "same"
    (refused,) = send(change("participant", meeting.mother, "carer", None, same.id))
    assert (refused.outcome, refused.head, refused.value) == ("refused", same.id, str(meeting.carer))
    assert "Choose which carer" in refused.message
    assert one(database, Participant, meeting.mother).carer_id == meeting.carer


def test_naming_a_carer_or_staff_says_what_they_are(database: Database, meeting: Meeting, send: Send) -> None:
    carer, staff, nobody, pupil = (new_id() for _ in range(4))
    send(change("participant", meeting.mother, "removed", True))
    answers = send(
        change("participant", carer, "carer", str(meeting.carer)),
        change("participant", carer, "kind", "carer"),
        change("participant", staff, "person", str(meeting.lowe.person_id)),
        change("participant", nobody, "kind", "carer"),
        change("participant", pupil, "kind", "pupil"),
    )
    assert [answer.outcome for answer in answers] == ["applied", "same", "applied", "refused", "applied"]
    assert one(database, Participant, carer).kind is ParticipantKind.CARER
    assert one(database, Participant, staff).kind is ParticipantKind.STAFF
    assert one(database, Participant, nobody) is None


def test_two_tablets_decide_on_an_action_in_one_row(database: Database, meeting: Meeting, send: Send) -> None:
    decision = decision_id(meeting.conversation, meeting.promise)
    (done,) = send(change("decision", decision, "outcome", "done", parent=meeting.promise))
    assert done.outcome == "applied"
    (other,) = send(change("decision", decision, "outcome", "stop", parent=meeting.promise), by=meeting.lowe)
    assert (other.outcome, other.value) == ("conflict", "done")
    answers = send(
        change("decision", new_id(), "outcome", "stop", parent=meeting.promise),
        change("decision", new_id(), "outcome", "stop"),
        change("decision", decision, "parent", None),
    )
    assert {answer.outcome for answer in answers} == {"refused"}
    with database.reading() as session:
        assert [row.outcome for row in session.scalars(select(Decision))] == ["done"]


def test_moving_on_books_the_minutes_of_the_stage_that_was_left(
    database: Database, meeting: Meeting, send: Send
) -> None:
    def used() -> dict[StageName, int]:
        with database.reading() as session:
            stages = session.scalars(select(Stage).where(Stage.conversation_id == meeting.conversation))
            return {stage.name: stage.used_seconds for stage in stages if stage.used_seconds}

    go = "conversation", meeting.conversation, "stage"
    send(change(*go, "focus"), later=60)
    assert used() == {StageName.EXPLORE: 60}
    send(change(*go, "plan"), later=90)
    send(change(*go, "focus"), change(*go, "review"), later=100)
    assert used() == {StageName.EXPLORE: 60, StageName.FOCUS: 30, StageName.PLAN: 10}
    send(change(*go, "plan"), later=100 + 24 * 3600)
    assert used()[StageName.REVIEW] == 3 * 3600, "a tablet left open overnight did not talk all night"
    row = one(database, Conversation, meeting.conversation)
    assert (row.stage, row.stage_entered_at) == (StageName.PLAN, NOW + timedelta(seconds=100 + 24 * 3600))


def test_a_part_that_the_meeting_has_not_is_none_to_go_to(
    database: Database, meeting: Meeting, send: Send
) -> None:
    go = "conversation", meeting.conversation, "stage"
    with database.write() as session:
        since = (Stage.conversation_id == meeting.conversation, Stage.name == StageName.SINCE)
        session.execute(delete(Stage).where(*since))
    (refused, *_), (moved, *_) = send(change(*go, "since_last_time")), send(change(*go, "focus"))
    assert (refused.outcome, moved.outcome) == ("refused", ChangeOutcome.APPLIED)
    assert one(database, Conversation, meeting.conversation).stage is StageName.FOCUS


def test_staff_notes_go_into_a_stream_of_their_own(database: Database, meeting: Meeting, send: Send) -> None:
    note = new_id()
    (answer,) = send(change("note", note, "text", "Ask about the inhaler"), stream=NOTES)
    assert (answer.outcome, answer.number) == ("applied", 1)
    assert one(database, StaffNote, note).author_id == meeting.carter.person_id
    assert one(database, StaffNoteChange, answer.id).value == "Ask about the inhaler"
    with database.reading() as session:
        assert session.scalars(select(Change.id)).all() == []


def test_every_batch_is_in_the_audit_trail_without_what_was_said(
    database: Database, meeting: Meeting, send: Send
) -> None:
    entry = new_id()
    first = change("entry", entry, "text", "a secret")
    send(first, change("entry", entry, "position", 2))
    send(first)  # a repeat is no act
    with database.reading() as session:
        (line,) = session.scalars(select(AuditEntry))
    assert (line.thing_id, line.person_id, line.note) == (
        meeting.conversation,
        meeting.carter.person_id,
        "2 changes",
    )
