"""All that a copy says can be seen: in convo's colours, and in any that a school may choose."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.access.face import check_colours
from convo.kernel.errors import Refused
from convo.summary.content import Face, Layout
from convo.summary.word import write_word
from convo.summary.words import translated
from tests.summary.typed import examples
from tests.support.documents import problems
from tests.support.summaries import LAYOUTS, TAGS, summary

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


def towards(colour: tuple[int, ...], end: int, steps: int) -> str:
    return bytes(round(channel + (end - channel) * steps / 60) for channel in colour).hex().upper()


def faintest(heading: tuple[int, ...], tint: tuple[int, ...]) -> Face:
    """Return the first pair that a school may choose, on the way from these two to black and to white."""
    for steps in range(61):
        face = Face(heading=towards(heading, 0, steps), tint=towards(tint, 255, steps))
        try:
            check_colours(face.heading, face.tint)
        except Refused:
            continue
        return face
    raise AssertionError


@pytest.mark.parametrize("layout", LAYOUTS)
@examples(8)
@given(tag=st.sampled_from(TAGS), heading=COLOURS, tint=COLOURS)
def test_every_word_can_be_seen_in_the_faintest_colours_a_school_may_choose(
    layout: Layout, tag: str, heading: tuple[int, ...], tint: tuple[int, ...]
) -> None:
    content = replace(
        summary(tag, layout, agreed=False),
        face=faintest(heading, tint),
        reason="correction",
        changes=(translated("Mondays", "Mondays", tag, "draft"),),
    )
    assert problems(write_word(content)) == []
