"""The only place that asks what time it is; everything else is given ``now``."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """Return the present instant, in UTC."""
    return datetime.now(UTC)


def local(instant: datetime, time_zone: str) -> datetime:
    """Return the instant as the school's clock shows it."""
    return instant.astimezone(ZoneInfo(time_zone))


def local_day(instant: datetime, time_zone: str) -> date:
    """Return the school's calendar day of an instant: what "today" and "by when" are compared with."""
    return local(instant, time_zone).date()


def date_in_words(text: str) -> str:
    """Return a text that is a date in figures, as JSON has it, in words; any other text as it is."""
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-11-23") else None
    except ValueError:
        return text
    return f"{day:%-d %B} {day.year}" if day else text


def instant_of(day: date, hour: int, minute: int, time_zone: str) -> datetime:
    """Return the UTC instant of a wall-clock time at the school.

    A time that the spring change leaves out is read as the time after it; one that the autumn change
    repeats is read as the first.
    """
    wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(time_zone))
    return wall.astimezone(UTC)
