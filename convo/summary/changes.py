"""What a correction changed, in the words of one carer's copy: a new issue says it on its first page."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from convo.conversation.models import Correction, Entry, Participant, Priority
from convo.language.catalogue import say
from convo.language.dates import clock_time
from convo.language.tags import language
from convo.language.text import State, Text
from convo.plan.models import Action, Decision, Target
from convo.plan.rules import Agreement, Area, Doer
from convo.summary.build import View
from convo.summary.words import Twin, Words, fixed_words, named

Frame = Callable[[Text, str], Text]

_ROWS: dict[str, Any] = {
    "participant": Participant,
    "entry": Entry,
    "priority": Priority,
    "target": Target,
    "action": Action,
    "decision": Decision,
}
_MAIN = {"entry": "text", "priority": "text", "target": "text", "action": "what"}
_FROM_WORST: tuple[State, ...] = ("missing", "draft", "checked", "source")


def changes_for(session: Session, view: View, correction: Correction) -> tuple[Twin, ...]:
    """Return the lines that say what changed, only those that this carer may read, in both languages."""
    by_thing: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for change in correction.changes:
        by_thing.setdefault((change["thing"], change["thing_id"]), []).append(change)
    teller = _Teller(view)
    lines: list[Twin] = []
    for (thing, identifier), changes in by_thing.items():
        row = session.get(_ROWS[thing], UUID(identifier)) if thing in _ROWS else view.record.meeting
        if row is not None:
            lines.extend(teller.about(thing, row, changes))
    return tuple(lines)


class _Teller:
    def __init__(self, view: View) -> None:
        self.view, self.reader = view, view.reader
        self.words: Words = fixed_words(view.tag)

    def about(self, thing: str, row: Any, changes: Sequence[dict[str, Any]]) -> Iterator[Twin]:
        """Yield what changed in one thing."""
        if not self._may_hear(thing, row):
            return
        fields = {change["field"]: change for change in changes}
        head = self._head(thing, row)
        if thing == "participant" and "present" in fields:
            yield self._framed(head, _new if row.present else _taken_out)
            return
        if thing == "action" and fields.get("agreement", {}).get("now") == Agreement.AGREED:
            yield self._framed(head, _agreed_now)
            return
        if "removed" in fields:
            yield self._framed(head, _taken_out if row.removed else _new)
            return
        main = fields.get(_MAIN.get(thing, ""))
        if main is not None and main["was"] in (None, ""):
            yield self._framed(head, _new)
            return
        for change in changes:
            yield from self._field(thing, row, head, change)

    def _may_hear(self, thing: str, row: Any) -> bool:
        if thing == "entry":
            return self.reader.may_read(row)
        if thing == "priority":
            return self.reader.may_read_words(row.text)
        if thing == "participant":
            return not self.reader.is_kept_from(row)
        if thing == "decision":
            return not self.reader.meeting_hidden
        return True

    def _head(self, thing: str, row: Any) -> Twin:
        """Return the line by which a thing is known on the paper."""
        if thing == "participant":
            return named(row.name)
        if thing == "target":
            return self.view.target_words(row) or self.words.want_to_see
        if thing in _MAIN:
            return self.view.said(getattr(row, _MAIN[thing]), getattr(row, "language", None) or "en")
        return self.words.since_last_time

    def _field(self, thing: str, row: Any, head: Twin, change: dict[str, Any]) -> Iterator[Twin]:
        label = self._labels(thing).get(change["field"])
        if label is None:
            return
        was, now = (self._value(thing, row, change["field"], change[side]) for side in ("was", "now"))
        if was == now:
            return
        first = () if thing == "conversation" or change["field"] == _MAIN.get(thing) else (head,)
        told = [*first, label]
        told += [self._framed(value, frame) for value, frame in ((was, _before), (now, _now)) if value]
        yield self._joined(*told)

    def _labels(self, thing: str) -> dict[str, Twin]:
        """Return the fields that a family reads, with what stands beside them on the paper."""
        words = self.words
        if thing == "conversation" and self.reader.meeting_hidden:
            return {}
        return {
            "conversation": {
                "next_on": words.next_meeting,
                "next_time": words.next_meeting,
                "next_place": words.next_meeting,
                "next_promise_on": words.next_meeting,
                **({"keep_in_touch": words.keep_in_touch} if self.reader.may_keep_in_touch() else {}),
                **({"pupil_views": words.heard} if self.reader.present else {}),
            },
            "participant": {"name": words.who_was_there},
            "entry": {"text": words.heard},
            "priority": {"text": words.matters_most},
            "target": {
                "text": words.want_to_see,
                "area": words.area,
                "start": words.start,
                "aim": words.aim,
                "by_when": words.by,
            },
            "action": {
                "what": words.what_each_does,
                "who": words.who,
                "by_whom": words.who,
                "by_when": words.by,
                "how_often": words.how_often,
                "how_known": words.we_will_know,
            },
            "decision": {"reason": words.reason, "by_when": words.by},
        }[thing]

    def _value(self, thing: str, row: Any, field: str, value: Any) -> Twin | None:
        """Return a value as the paper prints it, or None where there was nothing or it is not for them."""
        if value in (None, ""):
            return None
        if field in {"by_when", "next_on", "next_promise_on"}:
            return self.view.day(date.fromisoformat(value))
        if field == "next_time":
            clock = time.fromisoformat(value)
            return Twin(*(clock_time(clock.hour, clock.minute, tag) for tag in ("en", self.view.tag)))
        if field == "area":
            return self.view.area(Area(value))
        if field == "by_whom":
            return self.view.side(Doer(value), self.words)
        if field == "who":
            hidden = self.reader.apart and (not self.reader.may_name(row) or self.reader.names_in(value))
            return self.view.side(row.by_whom, self.words) if hidden else named(value)
        if thing == "participant":
            return named(value)
        if field == "keep_in_touch":
            return self.view.keep_in_touch(value)
        if not self.reader.may_read_words(value):
            return None
        return self.view.said(value, getattr(row, "language", None) or "en")

    def _framed(self, value: Twin, frame: Frame) -> Twin:
        home = frame(value.home, self.view.tag)
        return Twin(frame(value.english, "en"), home._replace(state=_worst([home, value.home])))

    def _joined(self, *twins: Twin) -> Twin:
        return Twin(
            _as_one([twin.english for twin in twins], "en"),
            _as_one([twin.home for twin in twins], self.view.tag),
        )


def _as_one(pieces: Sequence[Text], tag: str) -> Text:
    """Return pieces under each other as one text, no better translated than the worst of them."""
    lang = tag if any(piece.lang == tag for piece in pieces) else pieces[0].lang
    return Text("\n".join(piece.text for piece in pieces), lang, language(lang).direction, _worst(pieces))


def _worst(pieces: Sequence[Text]) -> State:
    states = {piece.state for piece in pieces}
    return next(state for state in _FROM_WORST if state in states)


def _before(value: Text, tag: str) -> Text:
    return say("Before: {was}", tag, was=value)


def _now(value: Text, tag: str) -> Text:
    return say("Now: {now}", tag, now=value)


def _new(value: Text, tag: str) -> Text:
    return say("New: {line}", tag, line=value)


def _taken_out(value: Text, tag: str) -> Text:
    return say("Taken out: {line}", tag, line=value)


def _agreed_now(value: Text, tag: str) -> Text:
    return say("Agreed now: {line}", tag, line=value)
