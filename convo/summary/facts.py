"""One line of the summary: facts beside each other, each a value and the word that says what it is. Pure."""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from unicodedata import east_asian_width

from convo.language.text import Text
from convo.summary.content import Side
from convo.summary.words import Twin

Look = Literal["plain", "strong", "soft", "warn"]
Kind = Literal["free", "fixed", "date"]
"""Free text says when it is not translated or a draft; a date needs the English one beside it."""

Column = Literal["english", "home"]
Columns = Sequence[Column]
"""The languages of a page: of two the first is the reader's, and each piece stands beside its twin."""

IN_A_COLUMN = 48
"""Characters that a line of one of two columns holds, about."""
_WIDE_LETTERS = {*map(chr, (*range(0x0B80, 0x0C00), *range(0x0D00, 0x0D80)))}
"""Tamil and Malayalam, whose letters are half as wide again as those of other alphabets."""


class Fact(NamedTuple):
    """A value, with the word that says what it is."""

    value: Twin
    label: Twin | None = None
    look: Look = "plain"
    kind: Kind = "free"
    tone: Side | None = None


Line = tuple[Fact, ...]
Row = tuple[Line, ...]


def fits_one_line(line: Line) -> bool:
    """Return whether a line can stand in both languages at once: hardly more than a date or a role."""
    said = [twin for fact in line for twin in (fact.label, fact.value) if twin is not None]
    length = sum(len(twin.english.text) + (0 if same(twin) else width_of(twin.home.text)) for twin in said)
    return length <= 80 or all(same(fact.value) for fact in line)


def leans_home(row: Row, column: Column, tag: str) -> bool:
    """Return whether a row's free text in a column is mostly in the reader's language, or there is none."""
    own = others = 0
    for line in row:
        for fact in line:
            if fact.kind == "free":
                text: Text = getattr(fact.value, column)
                if text.lang == tag:
                    own += len(text.text)
                elif text.lang != "und":
                    others += len(text.text)
    return own >= others


def in_home(leans: bool, line: Line, column: Column, tag: str) -> bool:
    """Return whether a line runs as the reader's language does, not as English.

    All lines of a row run as its free text does, which ``leans`` says, so that a reader's eye need not change
    sides; names and numbers alone go with their column.
    """
    if tag == "en" or not leans:
        return False
    if any(text.lang == tag for fact in line for text in texts_of(fact, column)):
        return True
    return column == "home" and all(
        fact.kind != "free" and fact.value.home.state != "missing" for fact in line
    )


def texts_of(fact: Fact, column: Column) -> list[Text]:
    """Return a fact's label, if it has one, and its value, in one language."""
    twins = [fact.value] if fact.label is None else [fact.label, fact.value]
    return [getattr(twin, column) for twin in twins]


def width_of(text: str) -> int:
    """Return how wide a text is in Latin letters, about: a Chinese one is as wide as two."""
    if text.isascii():
        return len(text)
    wide = sum(2 if east_asian_width(one) in "WF" else one in _WIDE_LETTERS for one in text)
    return len(text) + wide // 2


def same(twin: Twin) -> bool:
    """Return whether a piece says the same, in the same language, on both sides."""
    return twin.home[:3] == twin.english[:3]


def stands_once(row: Row) -> bool:
    """Return whether most of a row's free text would say the same twice; numbers and names do not count."""
    free = [fact.value for line in row for fact in line if fact.kind == "free"]
    twice = sum(len(twin.english.text) for twin in free if same(twin))
    return twice * 2 > sum(len(twin.english.text) for twin in free)


def missing(fact: Fact) -> bool:
    """Return whether this is free text with no translation: it stands in the language it was said in."""
    return fact.kind == "free" and fact.value.home.state == "missing"


def unchecked(fact: Fact) -> bool:
    """Return whether this is free text whose translation no person has checked: it is marked in its place."""
    return fact.kind == "free" and fact.value.home.state == "draft"


def lines_of(row: Row, column: Column, width: int) -> int:
    lines = 0
    for line in row:
        twins = [twin for fact in line for twin in (fact.label, fact.value) if twin is not None]
        lines += 1 + sum(width_of(getattr(twin, column).text) + 2 for twin in twins) // width
    return lines
