"""What one carer's summary says, as a pure value: the page, the Word file and the stored issue come from it.

Every piece that a family reads is a ``Twin``: the English and the reader's language. Where nobody has
translated free text, the home side holds the English text again with the state "missing".
"""

import json
import types
import typing
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any, Literal, NamedTuple

from convo.access.face import OWN_HEADING, OWN_TINT
from convo.summary.words import Twin, Words

FORMAT = 2
_READ = {1, 2}
"""Formats that are read. 1 had no face, no kinds of what was said, and fewer fixed words."""

Layout = Literal["side", "halves", "large", "pupil", "english", "record"]
Side = Literal["home", "school", "pupil"]
Voice = Literal["parent", "pupil", "school"]
Reason = Literal["first", "correction", "language"]
Outcome = Literal["done", "continue", "change", "stop", "not_talked_about"]
Understanding = Literal["own_language", "interpreter", "english"]
Said = Literal["strength", "hope", "worry", "what works", "the child's view"]


class Person(NamedTuple):
    """Someone who was there, by name, and what they are to the child or the school."""

    name: str
    role: Twin


class Contact(NamedTuple):
    """Whom the family rings: the route in words ("School office") and the number as the school writes it.

    ``lines`` are the school's address, e-mail and web address, as it writes them.
    """

    route: Twin
    phone: str
    lines: tuple[str, ...] = ()


class Logo(NamedTuple):
    """The school's logo: a PNG in base64, and its size in pixels."""

    png: str
    width: int
    height: int


def logo_of(png: bytes) -> Logo:
    """Return a PNG as the content holds it; its size stands in its first chunk."""
    return Logo(b64encode(png).decode(), int.from_bytes(png[16:20]), int.from_bytes(png[20:24]))


class Face(NamedTuple):
    """How the school's paper looks. Colours are RRGGBB: of headings, and of the ground under notes."""

    logo: Logo | None = None
    heading: str = OWN_HEADING
    tint: str = OWN_TINT


_CONVOS_OWN = Face()


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that someone does. ``target`` is the target's text, the same Twin as in ``targets``."""

    side: Side
    what: Twin
    who: Twin
    by: Twin
    how_often: Twin | None = None
    we_will_know: Twin | None = None
    target: Twin | None = None
    agreed: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """What we want to see for the pupil. ``area`` is in family words, never a code."""

    text: Twin
    area: Twin | None = None
    start: Twin | None = None
    aim: Twin | None = None
    by: Twin | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Something said that this carer may read; ``label`` names who said it.

    ``readers`` says on the school's own copy alone who else may read it.
    """

    voice: Voice
    label: Twin
    text: Twin
    through_interpreter: bool = False
    kind: Said | None = None
    readers: Twin | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of an earlier action; ``promised_by`` names who had promised it."""

    what: Twin
    promised_by: Twin
    outcome: Outcome
    reason: Twin | None = None


@dataclass(frozen=True, slots=True)
class NextMeeting:
    """The next meeting: a day, or a promise (with its date in it) to find one."""

    when: Twin | None = None
    where: Twin | None = None
    promise: Twin | None = None


@dataclass(frozen=True, slots=True)
class SummaryContent:
    """Everything the summary for one carer says, nothing that this carer may not read.

    ``held_on`` and ``starts_at`` are local; ``made_at`` is an aware instant and becomes the file's date.
    ``when`` is the day and hour of the meeting as the family reads it. A reader kept apart from someone who
    was there gets none of the three, and a ``made_at`` that tells only the month.
    """

    tag: str
    layout: Layout
    words: Words
    addressed: str
    child: str
    school: str
    ring: Contact
    held_on: date | None
    starts_at: time | None
    when: Twin | None
    made_at: datetime
    present: tuple[Person, ...] = ()
    version: int = 1
    reason: Reason = "first"
    changes: tuple[Twin, ...] = ()
    actions: tuple[Action, ...] = ()
    next_meeting: NextMeeting = NextMeeting()
    keep_in_touch: Twin | None = None
    priorities: tuple[Twin, ...] = ()
    targets: tuple[Target, ...] = ()
    entries: tuple[Entry, ...] = ()
    decisions: tuple[Decision, ...] = ()
    understood: Understanding | None = None
    signature: bool = False
    face: Face = _CONVOS_OWN

    @property
    def shown_as(self) -> Layout:
        """The layout that can be filled: English for who reads it, or where nothing is in their language.

        Where only what people said is untranslated, the labels, days and names still stand in both
        languages, and what was said stands once across the page: a mother sees who does what by when.
        """
        if self.layout not in {"side", "halves"}:
            return self.layout
        return self.layout if self.in_two_languages else "english"

    @property
    def in_two_languages(self) -> bool:
        """Whether the copy stands in the reader's language beside English."""
        if self.tag == "en" or self.layout in {"english", "record"}:
            return False
        return self.words_are_known or not self.mostly_untranslated

    @property
    def words_are_known(self) -> bool:
        """Whether at least half of the fixed words have a text in the reader's language."""
        states = self.words.states()
        return states.count("missing") * 2 <= len(states)

    @property
    def mostly_untranslated(self) -> bool:
        """Whether more than half of what people said and wrote has no text in the reader's language."""
        texts = [twin.home for twin in self.free_texts()]
        return sum(text.state == "missing" or text.lang == "und" for text in texts) * 2 > len(texts)

    def free_texts(self) -> Iterator[Twin]:
        """Yield what people said and wrote: no fixed words, names or dates."""
        yield from self.changes
        yield from self.priorities
        for action in self.actions:
            yield from _given(action.what, action.how_often, action.we_will_know)
        for target in self.targets:
            yield from _given(target.text, target.start, target.aim)
        for entry in self.entries:
            yield entry.text
        for decision in self.decisions:
            yield from _given(decision.what, decision.reason)
        yield from _given(self.keep_in_touch)


def _given(*twins: Twin | None) -> Iterator[Twin]:
    return (twin for twin in twins if twin is not None)


def to_json(content: SummaryContent) -> str:
    """Return the content as canonical JSON: the same content always gives the same characters."""
    stored = {"format": FORMAT, "content": _plain(content)}
    return json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(stored: str) -> SummaryContent:
    """Return the content that ``to_json`` wrote. ValueError if it was written by a later convo."""
    read = json.loads(stored)
    if read["format"] not in _READ:
        raise ValueError(
            f"This summary was stored in format {read['format']}; this convo reads up to {FORMAT}."
        )
    content: SummaryContent = _typed(SummaryContent, read["content"])
    return content


def _plain(value: Any) -> Any:
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return [_plain(item) for item in value]
    if is_dataclass(value) or isinstance(value, tuple):
        kind: Any = type(value)
        return {name: _plain(getattr(value, name)) for name in _shape(kind)}
    if isinstance(value, date | time):
        return value.isoformat()
    return value


def _typed(kind: Any, value: Any) -> Any:
    origin = typing.get_origin(kind)
    if value is None or origin is Literal:
        return value
    if origin in {types.UnionType, typing.Union}:
        return _typed(next(arm for arm in typing.get_args(kind) if arm is not types.NoneType), value)
    if origin is tuple:
        item = typing.get_args(kind)[0]
        return tuple(_typed(item, one) for one in value)
    if kind in {date, time, datetime}:
        return kind.fromisoformat(value)
    if is_dataclass(kind) or hasattr(kind, "_fields"):
        known = {name: part for name, part in _shape(kind).items() if name in value}
        return kind(**{name: _typed(part, value[name]) for name, part in known.items()})
    return value


@cache
def _shape(kind: Any) -> dict[str, Any]:
    """Return a class's fields and their types; read once a class, because resolving them is slow."""
    hints = typing.get_type_hints(kind)
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else list(kind._fields)
    return {name: hints[name] for name in names}
