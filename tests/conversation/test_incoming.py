"""A batch as it comes over the wire: what cannot be read holds up nothing that was written after it."""

from uuid import UUID, uuid4

import pytest

from convo.conversation.incoming import base_behind, read_changes
from tests.support.changes import change

TOO_LONG = "She counts. " * 1000


def test_what_was_written_after_words_that_are_too_long_starts_from_where_they_did() -> None:
    entry, head = uuid4(), uuid4()
    first = change("entry", entry, "text", TOO_LONG, head)
    second = change("entry", entry, "text", TOO_LONG, UUID(first["id"]))
    third = change("entry", entry, "text", "She counts", UUID(second["id"]))
    readable, wrong = read_changes([first, second, third])
    assert [bool(message) for message in wrong] == [True, True, False]
    assert [each.base for each in readable] == [head]


@pytest.mark.parametrize("base", [None, "12", 7, ["a"], {"a": 1}])
def test_a_base_that_nothing_was_skipped_of_stays(base: object) -> None:
    assert base_behind(base, {"a": "b"}) == base


def test_ids_that_name_each_other_end() -> None:
    assert base_behind("a", {"a": "b", "b": "a"}) == "a"
