"""The quiet clock: how long the meeting is, and until when one tap can say that there is time."""

from datetime import UTC, datetime, time, timedelta

import pytest

from convo.hour.clock import known_minutes, seconds_to_cover, until_choices

LONDON = "Europe/London"
OPENED = datetime(2026, 6, 9, 14, 35, tzinfo=UTC)  # 15:35 at the school


def offered(after: int, until: time | None = None) -> list[str]:
    now = OPENED + timedelta(minutes=after)
    return [choice.strftime("%H:%M") for choice in until_choices(OPENED, 45, until, now, LONDON)]


def test_the_quarter_hours_round_the_planned_end_are_offered() -> None:
    assert offered(0) == ["15:45", "16:00", "16:15", "16:30"]


def test_no_quarter_hour_that_is_past_is_offered_however_long_the_meeting_goes_on() -> None:
    assert offered(30) == ["16:15", "16:30", "16:45", "17:00"]
    assert offered(100) == ["17:30", "17:45", "18:00", "18:15"]


def test_the_time_that_was_chosen_stays_to_be_seen() -> None:
    assert offered(30, time(16, 0)) == ["16:00", "16:15", "16:30", "16:45", "17:00"]
    assert offered(0, time(16, 0)) == ["15:45", "16:00", "16:15", "16:30"]


@pytest.mark.parametrize(
    ("opened", "until", "minutes"),
    [
        (OPENED, None, 45),
        (OPENED, time(16, 0), 25),
        (OPENED, time(15, 30), 1),  # past already: the meeting is not of no length
        (datetime(2026, 6, 9, 22, 40, tzinfo=UTC), time(0, 15), 35),  # 23:40 at the school
    ],
)
def test_the_meeting_is_as_long_as_until_then(opened: datetime, until: time | None, minutes: int) -> None:
    assert known_minutes(opened, 45, until, LONDON) == minutes


@pytest.mark.parametrize(
    ("until", "after", "seconds"),
    [
        (None, 0, (45 + 1 + 15) * 60),
        (time(16, 0), 0, (25 + 1 + 15) * 60),
        (None, 50, (45 + 1 + 15 - 50) * 60),
        (None, 24 * 60, 0),  # left open since yesterday
    ],
)
def test_a_meeting_is_not_covered_before_a_quarter_of_an_hour_after_its_end(
    until: time | None, after: int, seconds: int
) -> None:
    now = OPENED + timedelta(minutes=after)
    assert seconds_to_cover(OPENED, 45, until, now, LONDON) == seconds
