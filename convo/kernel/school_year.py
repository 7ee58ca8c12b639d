"""The school year and its three rounds of conversations.

A school year is named by the calendar year in which it starts, as the DfE does ("AcademicYear 2026" is
2026/27), and runs from 1 September.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

ROUNDS = (1, 2, 3)


class TermDates(NamedTuple):
    """A term of a school year; its number is the round of conversations that is held in it."""

    number: int
    name: str
    starts_on: date
    ends_on: date


def school_year_of(day: date) -> int:
    """Return the calendar year in which the school year of that day starts."""
    return day.year if day.month >= 9 else day.year - 1


def school_year_label(school_year: int) -> str:
    """Return the year as schools write it: 2026/27."""
    return f"{school_year}/{(school_year + 1) % 100:02d}"


def usual_terms(school_year: int) -> tuple[TermDates, ...]:
    """Return the three terms that a school starts from before it sets its own dates."""
    following = school_year + 1
    return (
        TermDates(1, "Autumn", date(school_year, 9, 1), date(school_year, 12, 31)),
        TermDates(2, "Spring", date(following, 1, 1), date(following, 4, 10)),
        TermDates(3, "Summer", date(following, 4, 11), date(following, 8, 31)),
    )


def next_meeting_day(day: date, terms: Iterable[TermDates]) -> date:
    """Return a day to propose for the next conversation: the same weekday, five weeks into the next term.

    Where no later term is known it is fifteen weeks on, about a term.
    """
    later = min((term.starts_on for term in terms if term.starts_on > day), default=None)
    if later is None:
        return day + timedelta(weeks=15)
    return later + timedelta(weeks=5, days=(day.weekday() - later.weekday()) % 7)


def round_of(day: date, terms: Iterable[TermDates]) -> int:
    """Return the round that a day belongs to: its term's, or in a holiday the next term's."""
    ordered = sorted(terms, key=lambda term: term.starts_on)
    for term in ordered:
        if day <= term.ends_on:
            return term.number
    return ordered[-1].number if ordered else 1
