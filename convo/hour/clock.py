"""The quiet clock: minutes planned, used and left in each part of the hour. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from convo.conversation.guide import Guide, minutes_of, replan, shares_of
from convo.conversation.rules import StageName, seconds_spent


@dataclass(frozen=True)
class StageTime:
    """One part of the hour as the clock shows it; minutes are whole."""

    name: StageName
    share: int  # of the meeting, from which a tablet works out the same
    planned: int
    used: int
    state: str  # "past", "now", "coming"


def stage_times(
    guide: Guide,
    minutes: int,
    used_seconds: Mapping[StageName, int],
    current: StageName,
    entered_at: datetime | None,
    now: datetime,
) -> list[StageTime]:
    """Return the parts of the hour in order. ``minutes`` is how long the meeting is known to be by now."""
    order = list(used_seconds)
    shares = shares_of(guide, StageName.SINCE in used_seconds)
    plan = minutes_of(guide, minutes, StageName.SINCE in used_seconds)
    running = seconds_spent(entered_at, now)
    used = {
        name: (seconds + (running if name is current else 0)) // 60 for name, seconds in used_seconds.items()
    }
    left = max(minutes - sum(used.values()), 0)
    planned = replan(
        {name: plan[name] for name in order},
        {name: used[name] for name in order},
        left,
        current,
    )
    place = order.index(current)
    return [
        StageTime(
            name,
            shares[name],
            planned[name],
            used[name],
            "now" if number == place else "past" if number < place else "coming",
        )
        for number, name in enumerate(order)
    ]


def known_minutes(opened_at: datetime, minutes: int, until: time | None, time_zone: str) -> int:
    """Return how long the meeting is known to be: its planned length, or to the "we have until …" time."""
    if until is None:
        return minutes
    start = opened_at.astimezone(ZoneInfo(time_zone))
    end = start.replace(hour=until.hour, minute=until.minute, second=0, microsecond=0)
    if end < start - timedelta(hours=12):  # it goes on past midnight
        end += timedelta(days=1)
    return max(int((end - start).total_seconds() // 60), 1)


def seconds_to_cover(
    opened_at: datetime, minutes: int, until: time | None, now: datetime, time_zone: str
) -> int:
    """Return for how long an open meeting's page does not cover itself: to 15 minutes after its end."""
    known = known_minutes(opened_at, minutes, until, time_zone) + 1  # it is rounded down to whole minutes
    end = opened_at + timedelta(minutes=known)
    return max(ceil((end + timedelta(minutes=15) - now).total_seconds()), 0)


def until_choices(
    opened_at: datetime, minutes: int, until: time | None, now: datetime, time_zone: str
) -> list[time]:
    """Return the quarter hours round the planned end: one tap says until when there is time.

    None is past, however long the meeting goes on, but for the one that was chosen.
    """
    zone, quarter = ZoneInfo(time_zone), timedelta(minutes=15)
    end = (opened_at + timedelta(minutes=minutes)).astimezone(zone)
    first = max(_quarter(end) - 2 * quarter, _quarter(now.astimezone(zone)) + quarter)
    choices = [(first + step * quarter).time() for step in range(4)]
    return choices if until is None or until in choices else [until, *choices]


def _quarter(instant: datetime) -> datetime:
    return instant.replace(minute=instant.minute // 15 * 15, second=0, microsecond=0)
