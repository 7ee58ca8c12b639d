"""The child's own page: few words, each heading with a picture. Word and the web page both draw this.

No word is put into the child's mouth: what the child is good at may be said by anybody who was there, but
"I would like" and "What I said" hold the child's own words alone. Where there are none, what all want to see
stands under its own heading.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import convo
from convo.summary.content import Entry, SummaryContent
from convo.summary.facts import Fact, Row
from convo.summary.words import Twin, Words, fixed_words

PICTURES = Path(convo.__file__).parent / "static" / "pictures"
_OWN_WORDS = (
    "my_page", "good_at", "would_like", "my_words", "my_part", "who_helps", "meet_again",
    "star", "flag", "pencil", "hand", "people", "calendar",
)  # fmt: skip
MOST = 3
"""Lines under a heading: a page that a child reads alone."""


class Cue(NamedTuple):
    """A heading, the picture beside it (a file in static/pictures, and in words), and its lines."""

    heading: Twin
    picture: str
    alt: Twin
    rows: tuple[Row, ...]


def for_the_pupil(content: SummaryContent) -> SummaryContent:
    """Return a carer's content in the child's layout; an older issue gets the fixed words of today for it."""
    words = content.words
    if words.my_page is None:
        now = fixed_words(content.tag, school=content.school)
        late = {name: getattr(now, name) for name in _OWN_WORDS}
        words = replace(words, **late)
    return replace(content, layout="pupil", words=words)


def pupil_page(content: SummaryContent) -> tuple[Cue, ...]:
    """Return what stands on the child's page, in order, without anything that is empty."""
    words = content.words
    own = [entry for entry in content.entries if entry.voice == "pupil"]
    strengths = sorted(
        (entry for entry in content.entries if entry.kind == "strength"), key=lambda entry: entry not in own
    )
    hopes = [entry for entry in own if entry.kind == "hope"]
    said = [entry for entry in own if entry not in strengths + hopes]
    wishes = _cue(words.would_like, "flag", words.flag, _texts(hopes))
    cues = [
        _cue(words.good_at, "star", words.star, _texts(strengths)),
        wishes or _cue(words.want_to_see, "flag", words.flag, [_line(one.text) for one in content.targets]),
        _cue(words.my_words, "pencil", words.pencil, _texts(said)),
        _cue(words.my_part, "hand", words.hand, _actions(content, words)),
        _cue(words.who_helps, "people", words.people, _helpers(content)),
        _cue(words.meet_again, "calendar", words.calendar, _next(content)),
    ]
    return tuple(cue for cue in cues if cue is not None)


@cache
def picture_bytes(name: str) -> bytes:
    """Return the PNG of a cue's picture; ``make_pictures.py`` draws them."""
    return (PICTURES / f"{name}.png").read_bytes()


def _cue(heading: Twin | None, picture: str, alt: Twin | None, rows: Iterable[Row]) -> Cue | None:
    kept = tuple(rows)[:MOST]
    return Cue(heading, picture, alt, kept) if kept and heading is not None and alt is not None else None


def _line(*twins: Twin | None) -> Row:
    return (tuple(Fact(twin) for twin in twins if twin is not None),)


def _texts(entries: Iterable[Entry]) -> list[Row]:
    return [_line(entry.text) for entry in entries]


def _actions(content: SummaryContent, words: Words) -> list[Row]:
    return [
        _line(action.what, action.how_often)
        if action.agreed
        else ((Fact(words.not_yet_agreed, look="warn", kind="fixed"),), *_line(action.what, action.how_often))
        for action in content.actions
        if action.side == "pupil"
    ]


def _helpers(content: SummaryContent) -> list[Row]:
    return [
        ((Fact(action.who, look="strong"), Fact(action.what)),)
        for action in content.actions
        if action.side != "pupil" and action.agreed
    ]


def _next(content: SummaryContent) -> list[Row]:
    when = content.next_meeting.when or content.next_meeting.promise
    return [((Fact(when, look="strong", kind="date"),),)] if when is not None else []
