"""The colours and lines of the family's page: only what can be read is taken."""

import math

import pytest

from convo.access.face import (
    EASILY_READABLE,
    INK,
    OWN_HEADING,
    OWN_TINT,
    READABLE,
    WHITE,
    check_colours,
    contrast,
    fit_contact_lines,
    read_colour,
    read_contact_lines,
)
from convo.kernel.errors import Refused


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("000000", "FFFFFF", 21.0),
        ("FFFFFF", "FFFFFF", 1.0),
        # Understanding WCAG 2.2, 1.4.11: the figures of its examples, which are not rounded up
        ("E5E5E5", "6221EA", 5.6),
        ("949494", "FFFFFF", 3.0),
        ("FFF000", "FFFFFF", 1.1),
        # the greys on either side of the line of 1.4.3
        ("767676", "FFFFFF", 4.5),
        ("777777", "FFFFFF", 4.4),
    ],
)
def test_contrast_is_as_wcag_says(one: str, other: str, said: float) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert math.floor(contrast(one, other) * 10) / 10 == said


def test_convos_own_colours_can_be_read() -> None:
    check_colours("", "")
    assert contrast(OWN_HEADING, WHITE) >= READABLE
    assert contrast(OWN_HEADING, OWN_TINT) >= READABLE
    assert contrast(INK, OWN_TINT) >= EASILY_READABLE


@pytest.mark.parametrize(
    ("heading", "tint"), [("0B5D5E", "E3F0EF"), ("1F3F77", "F7F1E1"), ("767676", "FFFFFF"), ("", "FDF0DC")]
)
def test_colours_that_can_be_read_are_taken(heading: str, tint: str) -> None:
    check_colours(heading, tint)


@pytest.mark.parametrize(
    ("heading", "tint", "field", "says"),
    [
        ("777777", "", "heading_colour", "too light to be read on white paper"),
        ("FFC107", "FFFFFF", "heading_colour", "too light to be read on white paper"),
        ("", "7FA0A0", "tint_colour", "Text cannot be read easily"),
        ("", "000000", "tint_colour", "Text cannot be read easily"),
        ("767676", "", "heading_colour", "on the colour behind text"),
        ("767676", "EEEEEE", "tint_colour", "Headings cannot be read on this colour"),
    ],
)
def test_colours_that_cannot_be_read_are_refused_with_one_nearby_that_can(
    heading: str, tint: str, field: str, says: str
) -> None:
    with pytest.raises(Refused, match=says) as refused:
        check_colours(heading, tint)
    assert refused.value.field == field
    nearby = refused.value.message.partition("such as ")[2][:6]
    changed = {"heading": heading, "tint": tint, field.removesuffix("_colour"): nearby}
    check_colours(**changed)


@pytest.mark.parametrize("typed", ["0b5d5e", "#0B5D5E", " #0b5d5e ", "0B5D5E\n"])
def test_a_colour_is_read_however_it_is_written(typed: str) -> None:
    assert read_colour(typed) == "0B5D5E"
    assert read_colour("#fa0") == "FFAA00"


@pytest.mark.parametrize(
    "typed", ["", "teal", "0B5D5", "0B5D5EFF", "##0B5D5E", "0B5D5G", "٠١٢٣٤٥", "rgb(1,2,3)"]
)
def test_what_is_no_code_of_a_colour_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="six figures and letters"):
        read_colour(typed)


def test_contact_lines_are_cleaned_and_empty_ones_left_out() -> None:
    assert read_contact_lines("  1 Elm  Street \r\n\r\noffice@school.example\u202e\n") == [
        "1 Elm Street",
        "office@school.example",
    ]
    assert read_contact_lines("") == []


def test_at_most_three_contact_lines_of_eighty_characters() -> None:
    assert len(fit_contact_lines(["ي" * 80] * 3)) == 3
    with pytest.raises(Refused, match="at most 3 lines"):
        fit_contact_lines(["a", "b", "c", "d"])
    with pytest.raises(Refused, match="line 2 to 80 characters"):
        fit_contact_lines(["a", "b" * 81])
