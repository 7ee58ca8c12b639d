"""What is said in a meeting, sent to the journal as a tablet sends it, stage by stage."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.rules import Actor
from convo.conversation.incoming import read_change
from convo.conversation.journal import JOURNAL, NOTES, Stream, apply_changes
from convo.conversation.models import Conversation, Participant
from convo.conversation.queries import open_actions_of
from convo.conversation.rules import ChangeOutcome, StageName, decision_id
from convo.kernel.ids import new_id
from convo.plan.rules import Agreement

_Change = tuple[str, UUID, str, Any]  # thing, id, field, value
_STAGES = (StageName.SINCE, StageName.EXPLORE, StageName.FOCUS, StageName.PLAN, StageName.REVIEW)


def say_all(
    session: Session,
    actor: Actor,
    at: datetime,
    conversation_id: UUID,
    told: Mapping[str, Any],
    day: date,
    after: date | None,
) -> list[UUID]:
    """Write down what a meeting said, from the time on at which it began; return its actions' ids.

    ``after`` is the day of the next meeting where that is known; else the proposed one is agreed.
    """
    said = _Said(session, conversation_id, told, day, after)
    minutes = told.get("since_minutes", told.get("minutes", 60) - 6)
    stages = [stage for stage in _STAGES if stage in said.stages]
    for place, stage in enumerate(stages):
        then = at + timedelta(minutes=max(minutes - 4, 0) * place / len(stages))
        here = ("conversation", conversation_id, "stage", stage.value)
        _send(session, actor, then, conversation_id, [here, *said.stages[stage]])
    if "note" in told:
        _send(session, actor, at, conversation_id, [("note", new_id(), "text", told["note"])], NOTES)
    return said.actions


def _send(
    session: Session,
    actor: Actor,
    at: datetime,
    conversation_id: UUID,
    changes: list[_Change],
    stream: Stream = JOURNAL,
) -> None:
    sent = [
        read_change(
            {"v": 1, "id": str(new_id()), "thing": thing, "thing_id": str(thing_id), "field": name}
            | {"value": str(value) if isinstance(value, UUID | date) else value, "base": None}
            | {"at": at.isoformat()}
        )
        for thing, thing_id, name, value in changes
    ]
    for answer in apply_changes(session, actor, at, conversation_id, sent, stream):
        if answer.outcome not in (ChangeOutcome.APPLIED, ChangeOutcome.SAME):
            raise RuntimeError(f"the demo says something that convo does not take in: {answer}")


class _Said:
    """The changes of one meeting, by the stage in which they are made."""

    def __init__(
        self,
        session: Session,
        conversation_id: UUID,
        told: Mapping[str, Any],
        day: date,
        after: date | None,
    ) -> None:
        self.told, self.day = told, day
        self.meeting = session.get_one(Conversation, conversation_id)
        self.next_on = after or self.meeting.suggested_next_on
        found = session.scalars(select(Participant).where(Participant.conversation_id == conversation_id))
        self.people = {person.name: person.id for person in found}
        self.before = {
            item.action.what: item.action.id
            for item in open_actions_of(session, self.meeting.pupil_id, before=self.meeting)
        }
        self.entries = [new_id() for _ in told.get("entry", ())]
        self.priorities = [new_id() for _ in told.get("priority", ())]
        self.targets = [new_id() for _ in told.get("target", ())]
        self.actions = [new_id() for _ in told.get("action", ())]
        self.stages: dict[StageName, list[_Change]] = {}
        for stage, changes in (
            (StageName.SINCE, self._decisions()),
            (StageName.EXPLORE, self._entries()),
            (StageName.FOCUS, self._priorities()),
            (StageName.PLAN, self._plan()),
            (StageName.REVIEW, self._review()),
        ):
            self.stages[stage] = list(changes)
            if stage == told.get("stage"):
                break
        if not self.before:
            del self.stages[StageName.SINCE]

    def _decisions(self) -> Iterator[_Change]:
        for told in self.told.get("decision", ()):
            action = self._promised(told["of"])
            identifier = decision_id(self.meeting.id, action)
            yield "decision", identifier, "parent", action
            yield "decision", identifier, "outcome", told["outcome"]
            if "reason" in told:
                yield "decision", identifier, "reason", told["reason"]

    def _promised(self, beginning: str) -> UUID:
        return next(key for what, key in self.before.items() if what.startswith(beginning))

    def _entries(self) -> Iterator[_Change]:
        for place, (key, told) in enumerate(
            zip(self.entries, self.told.get("entry", ()), strict=True), start=1
        ):
            yield "entry", key, "text", told["text"]
            yield "entry", key, "parent", self.people[told["voice"]]
            yield "entry", key, "position", place
            for name in ("kind", "readers", "interpreted", "language"):
                if name in told:
                    yield "entry", key, name, told[name]

    def _priorities(self) -> Iterator[_Change]:
        for place, (key, told) in enumerate(
            zip(self.priorities, self.told.get("priority", ()), strict=True), start=1
        ):
            yield "priority", key, "text", told["text"]
            yield "priority", key, "position", place
            yield "priority", key, "entries", [str(self.entries[number - 1]) for number in told["entries"]]

    def _plan(self) -> Iterator[_Change]:
        for place, (key, told) in enumerate(
            zip(self.targets, self.told.get("target", ()), strict=True), start=1
        ):
            yield "target", key, "parent", self.priorities[told.get("priority", place) - 1]
            yield "target", key, "text", told["text"]
            yield "target", key, "position", place
            for name in ("area", "start", "aim"):
                if name in told:
                    yield "target", key, name, told[name]
            if self.next_on is not None:
                yield "target", key, "by_when", self.next_on
        for place, (key, told) in enumerate(
            zip(self.actions, self.told.get("action", ()), strict=True), start=1
        ):
            yield from self._action(place, key, told)

    def _action(self, place: int, key: UUID, told: Mapping[str, Any]) -> Iterator[_Change]:
        yield "action", key, "what", told["what"]
        yield "action", key, "position", place
        if "target" in told:
            yield "action", key, "parent", self.targets[told["target"] - 1]
        if "who" in told:
            yield "action", key, "who", told["who"]
            yield "action", key, "by_whom", told["by_whom"]
            if told["who"] in self.people:
                yield "action", key, "who_id", self.people[told["who"]]
        if "replaces" in told:
            yield "action", key, "replaces", self._promised(told["replaces"])
        if "weeks" in told:
            yield "action", key, "by_when", self.day + timedelta(weeks=told["weeks"])
        for name in ("how_often", "how_known"):
            if name in told:
                yield "action", key, name, told[name]

    def _review(self) -> Iterator[_Change]:
        for key, told in zip(self.actions, self.told.get("action", ()), strict=True):
            yield "action", key, "agreement", told.get("agreement", Agreement.AGREED.value)
            if "understood" in told:
                yield "action", key, "understood", told["understood"]
        for name, how in self.told.get("understood", {}).items():
            yield "participant", self.people[name], "understood", how
        for name, ticked in self.told.get("copy", {}).items():
            yield "participant", self.people[name], "copy", ticked
        here = "conversation", self.meeting.id
        for name in ("keep_in_touch", "next_time", "next_place"):
            if name in self.told:
                yield (*here, name, self.told[name])
        if self.next_on is not None:
            yield (*here, "next_on", self.next_on)
