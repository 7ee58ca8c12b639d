"""What is due at a school as plain values: open actions, and pupils without a conversation in this round."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from convo.conversation.rules import Interpreter, NotHeldReason, State, Way
from convo.plan.rules import Doer

SOON = timedelta(days=14)


@dataclass(frozen=True)
class DueAction:
    """An action that somebody still has to do."""

    id: UUID
    pupil_id: UUID
    pupil: str
    class_name: str
    key_teacher: str  # empty when nobody is
    what: str
    by_whom: Doer
    who: str
    by_when: date
    days_late: int  # 0 on the day itself and before
    target: str
    heard: bool  # whether a closed conversation since has said what became of it
    passed_over_on: date | None  # the day of the last conversation, when that one did not talk about it

    @property
    def no_word(self) -> bool:
        """Return whether home or the pupil promised it and nobody has heard of it since."""
        return self.by_whom is not Doer.SCHOOL and not self.heard


@dataclass(frozen=True)
class Attempt:
    """A meeting of this round that was planned and not held."""

    on: date
    reason: NotHeldReason


@dataclass(frozen=True)
class NoConversation:
    """A pupil with whose family no conversation has been closed in this round."""

    pupil_id: UUID
    pupil: str
    class_name: str
    key_teacher: str
    planned_on: date | None  # the next planned day, else the last one that passed without a word
    opened_on: date | None  # a meeting that has been opened and is not closed
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True)
class Due:
    """What is due on one day, in one round of the school year."""

    today: date
    school_year: int
    round: int
    term: str
    pupils: int  # how many were looked at
    actions: tuple[DueAction, ...]  # the earliest date first, so that what is late comes first
    no_conversation: tuple[NoConversation, ...]  # by class and name

    @property
    def late(self) -> list[DueAction]:
        """Return the actions whose day has passed."""
        return [action for action in self.actions if action.days_late]

    @property
    def soon(self) -> list[DueAction]:
        """Return the actions that fall due today or in the two weeks after."""
        return [action for action in self.actions if self.today <= action.by_when <= self.today + SOON]

    @property
    def of_school(self) -> list[DueAction]:
        """Return what the school promised."""
        return [action for action in self.actions if action.by_whom is Doer.SCHOOL]

    @property
    def no_word(self) -> list[DueAction]:
        """Return what home and the pupils promised and nobody has heard of since."""
        return [action for action in self.actions if action.no_word]

    @property
    def goes_on(self) -> list[DueAction]:
        """Return what home and the pupils promised and a conversation since has said goes on."""
        return [action for action in self.actions if action.by_whom is not Doer.SCHOOL and action.heard]

    @property
    def not_talked_about(self) -> list[DueAction]:
        """Return the actions that the last conversation passed over."""
        return [action for action in self.actions if action.passed_over_on]


@dataclass(frozen=True)
class Meeting:
    """A conversation as it stands in somebody's day."""

    id: UUID
    pupil_id: UUID
    pupil: str
    class_name: str
    practice: bool
    lead: str
    state: State
    stage: str
    starts_at: datetime
    way: Way
    interpreter: Interpreter
    may_open: bool  # whether the person looking answers for it


def days_late(by_when: date, today: date) -> int:
    """Return how many days a date has passed; 0 when it is today or still to come."""
    return max((today - by_when).days, 0)
