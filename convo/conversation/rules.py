"""The words of a conversation, and what may be when."""

import enum
from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from convo.kernel.clock import instant_of, local, local_day

SHORTEST, LONGEST = 20, 60  # minutes of a meeting
A_CHILD_INTERPRETS = (
    "A child of the family should not interpret: they may not know the words, and they may be what is being"
    " talked about. Ask for an interpreter by phone if nobody can come."
)


class State(enum.StrEnum):
    """Where a meeting stands."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    NOT_HELD = "not_held"


class StageName(enum.StrEnum):
    """The parts of the hour. Since last time opens it wherever there are open actions."""

    SINCE = "since_last_time"
    EXPLORE = "explore"
    FOCUS = "focus"
    PLAN = "plan"
    REVIEW = "review"


class Way(enum.StrEnum):
    """How people meet."""

    SCHOOL = "school"
    PHONE = "phone"
    VIDEO = "video"
    HOME = "home visit"


class PupilPart(enum.StrEnum):
    """What part the child takes (SEND Code of Practice 6.70: in person for all or part, or views before)."""

    ALL = "all"
    PART = "part"
    VIEWS = "views gathered before"


class Interpreter(enum.StrEnum):
    """Whether and how someone interprets."""

    NONE = "none"
    ROOM = "in the room"
    PHONE = "by phone"
    VIDEO = "by video"


class NotHeldReason(enum.StrEnum):
    """Why a planned meeting did not happen; it does not use up the round."""

    FAMILY = "family could not"
    NO_ANSWER = "no answer"
    INTERPRETER = "no interpreter"
    SCHOOL = "school"


class ParticipantKind(enum.StrEnum):
    """Who somebody at the table is."""

    CARER = "carer"
    PUPIL = "pupil"
    STAFF = "staff"
    INTERPRETER = "interpreter"
    OTHER = "other"


class EntryKind(enum.StrEnum):
    """What kind of thing was said."""

    STRENGTH = "strength"
    HOPE = "hope"
    WORRY = "worry"
    WHAT_WORKS = "what works"
    CHILDS_VIEW = "the child's view"


class Readers(enum.StrEnum):
    """Who of the family may read an entry."""

    PRESENT = "those present"
    ALL_CARERS = "all carers"
    SPEAKER = "only who said it"


class ChangeOutcome(enum.StrEnum):
    """What became of a change when it reached the school."""

    APPLIED = "applied"
    SAME = "same"  # the field held that value already
    CONFLICT = "conflict"  # another had changed the field meanwhile: both are kept
    ASIDE = "aside"  # too late, or from who may not write any more: kept for a person


# Where the meeting stood on a tablet: kept aside like anything else, but no person has to decide on it.
NOTHING_TO_DECIDE = {("conversation", "stage")}


class ProposalState(enum.StrEnum):
    """Whether the teacher has taken up what the family tapped. One that they took back is dismissed too."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class ProposalAnswer(enum.StrEnum):
    """What the family can tap on the turned tablet."""

    RIGHT = "that is right"
    NOT_MEANT = "not what I meant"
    MATTERS = "this matters most"

    def same_question(self) -> set["ProposalAnswer"]:
        """Return the answers that are offered together with this one: of them the last holds.

        The tablet goes by the same, in static/hour/taps.js.
        """
        matters = {ProposalAnswer.MATTERS}
        return matters if self in matters else set(ProposalAnswer) - matters


class CorrectionReason(enum.StrEnum):
    """Why an agreement was changed after it was closed."""

    OUR_SLIP = "our slip"
    FAMILY_ASKED = "the family asked"
    AGREED_SINCE = "agreed since by phone"


LONGEST_VISIT = 3 * 3600  # seconds: a tablet left open overnight did not talk all night


def believed(said: datetime | None, since: datetime | None, now: datetime) -> datetime:
    """Return when a tablet says that something was done, or now where that cannot be: its clock is wrong.

    It can be from ``since``, when the meeting was opened, until now.
    """
    return said if said is not None and since is not None and since <= said <= now else now


def seconds_spent(entered: datetime | None, now: datetime) -> int:
    """Return how long a stage has been running since it was entered, for its clock."""
    return min(max(int((now - entered).total_seconds()), 0), LONGEST_VISIT) if entered else 0


def decision_id(conversation_id: UUID, action_id: UUID) -> UUID:
    """Return the id of what a meeting decides on an action: on every tablet the same, so that it is one."""
    return uuid5(conversation_id, f"decision {action_id}")


def participant_id(conversation_id: UUID, carer_id: UUID) -> UUID:
    """Return the id of a carer's place in a meeting: on every tablet the same, so that two add one."""
    return uuid5(conversation_id, f"carer {carer_id}")


def colleague_id(conversation_id: UUID, person_id: UUID) -> UUID:
    """Return the id of the place of a colleague who joins a meeting: on every tablet the same, too."""
    return uuid5(conversation_id, f"colleague {person_id}")


def same_time_next_week(starts_at: datetime, now: datetime, time_zone: str) -> datetime:
    """Return the next instant with the same weekday and wall-clock time, a week or more after the meeting."""
    there = local(starts_at, time_zone)
    day = there.date() + timedelta(days=7)
    while day <= local_day(now, time_zone):
        day += timedelta(days=7)
    return instant_of(day, there.hour, there.minute, time_zone)


def apart_pair(
    carer_ids: Collection[UUID], kept_apart: Collection[frozenset[UUID]]
) -> frozenset[UUID] | None:
    """Return two of these carers who are kept apart from each other, or None."""
    return next((pair for pair in kept_apart if pair <= set(carer_ids)), None)


def day_problem(on: date, today: date) -> str | None:
    """Return in one sentence why a meeting cannot be planned for a day, or None."""
    if on < today:
        return "That day has passed. Choose today or a later day."
    if on > today + timedelta(days=366):
        return "That is more than a year away. Check the date."
    return None
