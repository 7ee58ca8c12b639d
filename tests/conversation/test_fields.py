"""Reading the values that the journal carries: a sentence for what cannot be, never a traceback."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.conversation.fields import FIELDS
from convo.conversation.incoming import read_change
from convo.kernel.errors import Refused
from convo.kernel.ids import new_id

NUMBERED = {"v": 1, "id": str(new_id()), "thing_id": str(new_id())}
ANY_FIELD = st.sampled_from([(thing, name) for thing, fields in FIELDS.items() for name in fields])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


def read(thing: str, field: str, value: Any, **more: Any) -> Any:
    return read_change({**NUMBERED, "thing": thing, "field": field, "value": value, **more}).read


@pytest.mark.parametrize(
    ("thing", "field", "value", "sentence"),
    [
        ("entry", "text", 7, "not text"),
        ("entry", "text", "x" * 10_001, "Keep it under"),
        ("action", "who", "x" * 301, "Keep it under"),
        ("entry", "kind", "rumour", "Choose again"),
        ("entry", "kind", [], "Choose again"),
        ("entry", "language", "", "Choose the language"),
        ("entry", "language", ["en"], "does not know that language"),
        ("participant", "reads", "klingon", "does not know that language"),
        ("participant", "present", "yes", "yes or no"),
        ("action", "by_when", "2026-02-30", "not a date"),
        ("action", "by_when", "0026-02-03", "cannot be right"),
        ("action", "by_when", 20261005, "not a date"),
        ("conversation", "until", "half past", "not a time"),
        ("entry", "position", float("nan"), "place in the list"),
        ("entry", "position", 10**400, "place in the list"),
        ("entry", "position", True, "place in the list"),
        ("priority", "entries", "abc", "not a list"),
        ("priority", "entries", ["abc"], "Reload"),
        ("priority", "entries", ["x"] * 301, "not a list"),
        ("entry", "secret", "x", "older than convo"),
        ("secret", "text", "x", "older than convo"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_a_sentence(
    thing: str, field: str, value: Any, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        read(thing, field, value)


def test_values_are_read_into_what_their_columns_hold() -> None:
    assert read("entry", "text", " she’s\r\nhere\x00\u202e ") == "she’s\nhere"
    assert read("action", "who", "Sana\n Khan") == "Sana Khan"
    assert read("action", "by_when", "2026-12-11") == date(2026, 12, 11)
    assert read("action", "by_when", "") is None
    assert read("conversation", "until", "15:30:59") == time(15, 30)
    assert read("participant", "reads", "ur") == "ur"


@pytest.mark.parametrize("raw", [{"v": 2}, {"id": "x"}, {"thing_id": None}, {"base": 7}, {"parent": "x"}])
def test_a_change_of_another_shape_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        read("entry", "text", "x", **raw)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "yesterday", 7, None, "2026-10-05T10:00:00"])
def test_what_the_tablet_believed_the_time_to_be_refuses_nothing(at: Any) -> None:
    raw = {**NUMBERED, "thing": "entry", "field": "text", "value": "x", "at": at}
    assert read_change(raw).at is None
    raw["at"] = "2026-10-05T10:00:00+01:00"
    assert read_change(raw).at == datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


@given(ANY_FIELD, ANY_JSON, ANY_JSON)
def test_whatever_a_tablet_sends_is_read_or_refused(place: tuple[str, str], value: Any, other: Any) -> None:
    thing, field = place
    raw = {**NUMBERED, "thing": thing, "field": field, "value": value, "settles": other, "at": other}
    try:
        change = read_change(raw)
        again = read_change({**raw, "value": change.value})
    except Refused:
        return
    assert again.read == change.read, "a value as the journal keeps it reads as itself"
