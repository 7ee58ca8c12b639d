"""The days of the fictional school, all told from today, so that it looks as if it were running now."""

from collections.abc import Sequence
from datetime import date, timedelta

from convo.kernel.school_year import TermDates, school_year_of

_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)


def terms_of_year(school_year: int) -> tuple[TermDates, ...]:
    """Return the terms of a school year as English schools have them, holidays left out."""
    following = school_year + 1
    return (
        TermDates(1, "Autumn", date(school_year, 9, 2), date(school_year, 12, 19)),
        TermDates(2, "Spring", date(following, 1, 5), date(following, 3, 27)),
        TermDates(3, "Summer", date(following, 4, 13), date(following, 7, 21)),
    )


class Calendar:
    """The school days around a day: the year before it, its own and the next."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.year = school_year_of(today)
        self.years = (self.year - 1, self.year, self.year + 1)
        self._terms = [term for year in self.years for term in terms_of_year(year)]

    def on_or_before(self, day: date) -> date:
        """Return the last school day up to a day."""
        while self._term_of(day) is None:
            day -= _DAY
        return day

    def on_or_after(self, day: date) -> date:
        """Return the first school day from a day on."""
        while self._term_of(day) is None:
            day += _DAY
        return day

    def days_of(self, weeks_ago: Sequence[int | None]) -> list[date]:
        """Return the day of each of a pupil's meetings, which are told in their order.

        0 is today; None is the round before that of the meeting that follows, else of today.
        """
        days: list[date] = []
        for weeks in reversed(weeks_ago):
            if weeks == 0:
                days.append(self.today)
            elif weeks is not None:
                days.append(self.on_or_before(self.today - weeks * _WEEK))
            else:
                days.append(self._a_round_earlier(days[-1] if days else self.today))
        return days[::-1]

    def born_on(self, birthday: str, year_group: int) -> date:
        """Return the birth date of a child in a year group whose birthday is written ``dd/mm``."""
        day, month = map(int, birthday.split("/"))
        # Year 1 turns six between September and August; Reception is year 0.
        return date(self.year - 5 - year_group + (0 if month >= 9 else 1), month, day)

    def _a_round_earlier(self, later: date) -> date:
        """Return a school day well inside the last term that was over before a day's own began."""
        own = self._term_of(self.on_or_before(later))
        assert own is not None
        before = max(
            (term for term in self._terms if term.ends_on < own.starts_on), key=lambda term: term.ends_on
        )
        day = max(later - 15 * _WEEK, before.starts_on + 2 * _WEEK)
        return self.on_or_before(min(day, before.ends_on - 3 * _WEEK))

    def _term_of(self, day: date) -> TermDates | None:
        """Return the term that a school day lies in; None for a weekend or a holiday."""
        if day.weekday() > 4:
            return None
        return next((term for term in self._terms if term.starts_on <= day <= term.ends_on), None)
