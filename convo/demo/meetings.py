"""How a conversation told in TOML comes about: planned, opened, said, closed, handed over, corrected."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.models import School
from convo.access.rules import Actor
from convo.conversation.corrections import Wanted
from convo.conversation.guide import Guide
from convo.conversation.models import Conversation
from convo.conversation.operations import not_held, open_conversation, plan, rebook
from convo.conversation.plans import PlanFields
from convo.conversation.rules import CorrectionReason, Interpreter, NotHeldReason, PupilPart, Way
from convo.demo.calendar import Calendar
from convo.demo.saying import say_all
from convo.hour.finish import finish
from convo.kernel.clock import instant_of, local, local_day
from convo.people.models import Pupil, PupilCarer
from convo.summary.operations import correct, record_delivery
from convo.summary.queries import issues_of, latest_of
from convo.summary.rules import DeliveryWay

_DAY = timedelta(days=1)


class Cast(NamedTuple):
    """Who works at the school, and its pupils, by name."""

    staff: Mapping[str, Actor]
    pupils: Mapping[str, Pupil]


class Step(NamedTuple):
    """Something that happened at an instant."""

    at: datetime
    take: Callable[[datetime], object]


def steps_of(
    session: Session,
    cast: Cast,
    calendar: Calendar,
    guide: Guide,
    now: datetime,
    meetings: Sequence[Mapping[str, Any]],
) -> Iterator[Step]:
    """Yield what happens in all these meetings. Those of one pupil are told in their order."""
    of_pupil: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for told in meetings:
        of_pupil[told["pupil"]].append(told)
    for name, held in of_pupil.items():
        pupil = cast.pupils[name]
        past = [told for told in held if "in_days" not in told]
        days = calendar.days_of([told.get("weeks_ago") for told in past])
        days += [calendar.on_or_after(calendar.today + told["in_days"] * _DAY) for told in held[len(past) :]]
        following: list[date | None] = [*days[1:], None]
        for told, day, after in zip(held, days, following, strict=True):
            actor = cast.staff[told["lead"]]
            yield from _Meeting(session, cast, calendar, guide, now, told, pupil, actor, day, after).steps()


@dataclass
class _Meeting:
    """One meeting while it comes about."""

    session: Session
    cast: Cast
    calendar: Calendar
    guide: Guide
    now: datetime
    told: Mapping[str, Any]
    pupil: Pupil
    actor: Actor
    day: date
    after: date | None  # the day of the pupil's next meeting, where there is one
    conversation_id: UUID = field(init=False)
    actions: list[UUID] = field(default_factory=list)

    def steps(self) -> Iterator[Step]:
        state = self.told["state"]
        if state == "open":  # long enough ago for the hour to have come to where it is
            starts_at = self.now - timedelta(minutes=self.told["since_minutes"])
            self.day = local_day(starts_at, self._zone)
        else:
            starts_at = self._instant(self.day, self.told["at"])
        yield Step(min(self._instant(self.day - 9 * _DAY, "16:05"), self.now), self._plan)
        if state == "not held":
            yield Step(starts_at + timedelta(minutes=15), self._not_held)
            if "rebook_in_days" in self.told:
                yield Step(starts_at + timedelta(minutes=25), self._rebook)
        if state not in ("open", "closed"):
            return
        yield Step(starts_at, self._open)
        yield Step(starts_at + timedelta(minutes=2), self._say)
        if state == "closed":
            yield Step(starts_at + timedelta(minutes=self.told.get("minutes", 60) - 3), self._finish)
            for given in self.told.get("delivery", ()):
                yield self._later(given, partial(self._deliver, given))
            for put_right in self.told.get("correction", ()):
                yield self._later(put_right, partial(self._correct, put_right))

    @property
    def _zone(self) -> str:
        return self.session.get_one(School, self.actor.school_id).time_zone

    def _instant(self, day: date, clock: str) -> datetime:
        at = time.fromisoformat(clock)
        return instant_of(day, at.hour, at.minute, self._zone)

    def _later(self, told: Mapping[str, Any], take: Callable[[datetime], object]) -> Step:
        days = told.get("days_later", 0)
        starts_at = self._instant(self.day, self.told["at"])
        return Step(starts_at + timedelta(days=days, minutes=58 + told.get("minutes_later", 0)), take)

    def _plan(self, at: datetime) -> None:
        told = self.told
        interpreter = told.get("interpreter", {})
        clock = time.fromisoformat(told["at"]) if "at" in told else self._clock_of_open()
        fields = PlanFields(
            on=self.day,
            at=clock,
            carer_ids=tuple(self._carer(name) for name in told["carers"]),
            minutes=told.get("minutes", 60),
            way=Way(told.get("way", Way.SCHOOL)),
            staff_ids=tuple(self.cast.staff[name].person_id for name in told.get("staff", ())),
            pupil_part=PupilPart(told.get("pupil_part", PupilPart.ALL)),
            pupil_views=told.get("pupil_views", ""),
            interpreter=Interpreter(interpreter.get("how", Interpreter.NONE)),
            interpreter_name=interpreter.get("name", ""),
            interpreter_number=interpreter.get("number", ""),
        )
        self.conversation_id = plan(self.session, self.actor, at, self.pupil.id, fields).id

    def _clock_of_open(self) -> time:
        there = local(self.now - timedelta(minutes=self.told["since_minutes"]), self._zone)
        return time(there.hour, there.minute)

    def _carer(self, name: str) -> UUID:
        for link in self.session.scalars(select(PupilCarer).where(PupilCarer.pupil_id == self.pupil.id)):
            if link.carer.full_name == name:
                return link.carer_id
        raise LookupError(f"{self.pupil.full_name} has no carer called {name}")

    def _not_held(self, at: datetime) -> None:
        reason = NotHeldReason(self.told["reason"])
        not_held(self.session, self.actor, at, self.conversation_id, reason, self.told.get("why", ""))

    def _rebook(self, at: datetime) -> None:
        day = self.calendar.on_or_after(self.calendar.today + self.told["rebook_in_days"] * _DAY)
        rebook(self.session, self.actor, at, self.conversation_id, self._instant(day, self.told["at"]))

    def _open(self, at: datetime) -> None:
        open_conversation(self.session, self.actor, at, self.conversation_id, self.guide)

    def _say(self, at: datetime) -> None:
        self.actions = say_all(
            self.session, self.actor, at, self.conversation_id, self.told, self.day, self.after
        )

    def _finish(self, at: datetime) -> None:
        finish(
            self.session,
            self.actor,
            at,
            self.conversation_id,
            finish_now=self.told.get("finish_now", False),
        )

    def _deliver(self, given: Mapping[str, Any], at: datetime) -> None:
        latest = latest_of(issues_of(self.session, self.conversation_id))
        due_in = given.get("due_in_days")
        record_delivery(
            self.session,
            self.actor,
            at,
            latest[self._carer(given["to"])].id,
            DeliveryWay(given["way"]),
            due_on=self.day + due_in * _DAY if due_in else None,
            language=given.get("language", ""),
            by=given.get("by", ""),
        )

    def _correct(self, told: Mapping[str, Any], at: datetime) -> None:
        meeting = self.session.get_one(Conversation, self.conversation_id)
        changes = [
            Wanted("action", self.actions[change["action"] - 1], change["field"], change["value"])
            if "action" in change
            else Wanted("conversation", meeting.id, change["field"], change["value"])
            for change in told["change"]
        ]
        reason = CorrectionReason(told["reason"])
        correct(self.session, self.actor, at, meeting.id, reason, told.get("note", ""), changes)
