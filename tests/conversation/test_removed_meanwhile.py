"""Taking out what others worked on meanwhile: it is asked about, and nothing unseen goes."""

from uuid import UUID

from convo.conversation.models import Entry
from convo.db import Database
from convo.kernel.ids import new_id
from convo.plan.models import Action
from tests.conversation.conftest import Send
from tests.conversation.test_journal import one, waiting
from tests.support.changes import change
from tests.support.meeting import Meeting


def test_an_edit_of_what_was_removed_meanwhile_is_kept_as_a_conflict(
    database: Database, meeting: Meeting, send: Send
) -> None:
    entry = new_id()
    (first,) = send(change("entry", entry, "text", "one"))
    (gone,) = send(change("entry", entry, "removed", True))
    (edit,) = send(change("entry", entry, "text", "two", first.id), by=meeting.lowe)
    assert (edit.outcome, edit.value) == ("conflict", "one")
    (moved,) = send(change("entry", entry, "position", 3.0), by=meeting.lowe)
    assert moved.outcome == "applied", "a place in the list is nothing to ask a person about"
    (back,) = send(change("entry", entry, "removed", False, gone.id))
    assert back.outcome == "applied"
    (after,) = send(change("entry", entry, "text", "two", first.id), by=meeting.lowe)
    assert after.outcome == "applied"


def test_what_was_reworded_since_it_was_seen_is_not_taken_out_but_asked_about(
    database: Database, meeting: Meeting, send: Send
) -> None:
    entry = new_id()
    (first,) = send(change("entry", entry, "text", "one"))
    (second,) = send(change("entry", entry, "text", "two", first.id), by=meeting.lowe)
    (gone,) = send(change("entry", entry, "removed", True, first.id))
    assert (gone.outcome, gone.value) == ("conflict", False)
    assert one(database, Entry, entry).removed is False
    (seen,) = send(change("entry", entry, "removed", True, second.id))
    assert seen.outcome == "applied"
    (back,) = send(change("entry", entry, "removed", False, seen.id))
    (again,) = send(change("entry", entry, "removed", True, second.id), by=meeting.lowe)
    assert (back.outcome, again.outcome) == ("applied", "applied")
    assert one(database, Entry, entry).removed is True


def test_a_conflict_about_taking_out_ends_once_it_stands_as_its_author_wanted(
    database: Database, meeting: Meeting, send: Send
) -> None:
    entry = new_id()
    (first,) = send(change("entry", entry, "text", "one"))
    (second,) = send(change("entry", entry, "text", "two", first.id))
    (asked,) = send(change("entry", entry, "removed", True, first.id), by=meeting.lowe)
    assert waiting(database) == [asked.id]
    send(change("entry", entry, "removed", True, second.id))
    assert waiting(database) == []


def test_what_was_made_taken_out_and_put_back_before_any_of_it_was_sent_is_there(
    database: Database, meeting: Meeting, send: Send
) -> None:
    entry = new_id()
    made = change("entry", entry, "text", "one")
    answers = send(made, change("entry", entry, "removed", False, UUID(made["id"])))
    assert [answer.outcome for answer in answers] == ["applied", "applied"]
    send(change("entry", entry, "removed", True, UUID(made["id"])), by=meeting.lowe)
    (back,) = send(change("entry", entry, "removed", False, UUID(made["id"])))
    assert back.outcome == "conflict", "somebody else took it out meanwhile"


def test_what_was_reworded_and_taken_out_in_one_batch_is_out(
    database: Database, meeting: Meeting, send: Send
) -> None:
    action = new_id()
    made = change("action", action, "what", "Read")
    reworded = change("action", action, "what", "Read aloud", UUID(made["id"]))
    answers = send(made, reworded, change("action", action, "removed", True, UUID(reworded["id"])))
    assert [answer.outcome for answer in answers] == ["applied"] * 3
    assert one(database, Action, action).removed is True


def test_what_is_made_under_something_removed_is_kept_and_shown_as_a_conflict(
    database: Database, meeting: Meeting, send: Send
) -> None:
    target, action = new_id(), new_id()
    send(change("target", target, "text", "Reads aloud"), change("target", target, "removed", True))
    (child,) = send(change("action", action, "what", "Read each night", parent=target), by=meeting.lowe)
    assert child.outcome == "conflict"
    assert one(database, Action, action).what == "Read each night"
