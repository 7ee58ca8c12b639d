"""A change may name its base by the base's number in the meeting, which is shorter on a page than its id."""

from typing import Any

import pytest

from convo.conversation.incoming import read_base, read_change
from convo.conversation.journal import apply_changes
from convo.conversation.models import Entry
from convo.conversation.rules import ChangeOutcome
from convo.db import Database
from convo.kernel.errors import Refused
from convo.kernel.ids import new_id
from tests.support.meeting import NOW, lay_out


def test_a_base_named_by_its_number_is_the_change_of_that_number_in_this_meeting(database: Database) -> None:
    entry = new_id()
    with database.write() as session:
        meeting = lay_out(session)

        def send(value: str, base: Any) -> ChangeOutcome | str:
            raw = {"v": 1, "id": str(new_id()), "thing": "entry", "thing_id": str(entry), "field": "text"}
            change = read_change({**raw, "value": value, "base": base})
            [answer] = apply_changes(session, meeting.carter, NOW, meeting.conversation, [change])
            numbers.append(answer.number)
            return answer.outcome

        numbers: list[int | None] = []
        assert send("She reads", None) == ChangeOutcome.APPLIED
        assert send("She reads every night", str(numbers[0])) == ChangeOutcome.APPLIED
        assert send("She reads aloud", str(numbers[0])) == ChangeOutcome.CONFLICT
        assert send("She reads to me", "999") == ChangeOutcome.CONFLICT
        assert send("She reads to her brother", numbers[1] and str(numbers[1])) == ChangeOutcome.APPLIED
    with database.reading() as session:
        assert session.get_one(Entry, entry).text == "She reads to her brother"


@pytest.mark.parametrize("base", ["1234567890", "-1", "1.5", "٣", True, 7, ["1"]])
def test_what_is_neither_a_number_of_the_journal_nor_an_id_is_refused(base: Any) -> None:
    with pytest.raises(Refused):
        read_base(base)
