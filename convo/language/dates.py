"""Dates, times, quantities and lists in the family's language, from CLDR through Babel.

Dates are always Gregorian with Latin digits, so that they match the English beside them, and always in full:
Babel's short formats put the month first in Tigrinya, Akan and Filipino. What CLDR has no data for comes back
as English in the state "missing".
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

from babel.dates import format_date, format_skeleton, get_date_format, get_day_names
from babel.lists import format_list
from babel.units import format_unit

from convo.language.tags import language
from convo.language.text import Text, missing, plain, put_into

Unit = Literal["minute", "hour", "day", "week", "month"]
_Length = Literal["long", "short"]
_LENGTHS: tuple[_Length, ...] = ("long", "short")

# Their units in CLDR are abbreviations, their own or English ones.
_THIN_UNITS = {"yo", "ckb", "pa-Arab", "mt", "ga"}
# Their lists in CLDR are the bare root pattern or, in Yoruba, missing; in Welsh "a(c)" cannot be read aloud.
_THIN_LISTS = {"yo", "ckb", "pa-Arab", "cy"}


def long_date(day: date, tag: str) -> Text:
    """Return weekday, day, month as a word and year. Always put the English date beside it.

    In Tigrinya and Amharic the month's name may be read in the Ethiopian calendar, which is another day.
    """
    known = language(tag)
    if not known.locale:
        return missing(str(format_date(day, "full", locale="en_GB")))
    return plain(str(format_date(day, "full", locale=known.locale)), tag)


class DateWords(NamedTuple):
    """What a long date is put together from, where there is a language but no CLDR: on a tablet without wifi.

    ``form`` has slots for the weekday, the day of one or two digits, the day of always two, month and year.
    """

    form: str  # "{w}, {d} {m} {y}"
    weekdays: list[str]  # from Sunday, as browsers count them
    months: list[str]


def date_words(tag: str) -> DateWords:
    """Return what ``long_date`` is put together from; a test compares every day of a year."""
    locale = language(tag).locale or "en_GB"
    weekdays: list[str] = []
    months: list[str] = []

    def slot(found: re.Match[str]) -> str:
        field = found[1]
        match field[0]:
            case "E" | "c":
                weekdays[:] = [str(format_date(date(2023, 1, day), field, locale)) for day in range(1, 8)]
                return "{w}"
            case "M" | "L":
                months[:] = [str(format_date(date(2023, m, 1), field, locale)) for m in range(1, 13)]
                return "{m}"
            case "d":
                return f"{{{field}}}"
            case "y":
                return "{y}"
        return str(format_date(date(2023, 1, 1), field, locale))  # the era

    form = re.sub(r"%\((\w+)\)s", slot, str(get_date_format("full", locale).format))
    return DateWords(form, weekdays, months)


def month_of(day: date, tag: str) -> Text:
    """Return the month and year of a day: January 2027."""
    known = language(tag)
    written = str(format_skeleton("yMMMM", day, locale=known.locale or "en_GB"))
    return plain(written, tag) if known.locale else missing(written)


def clock_time(hour: int, minute: int, tag: str) -> Text:
    """Return a time of day as the school's clock shows it: 15:45, the same in every language.

    Not CLDR's form: "3:45 GD" (Somali) and "3:45 ድ.ቀ." (Tigrinya, where the clock may be read six hours
    later) leave a family to guess; the same digits on both sides of the page do not.
    """
    return plain(f"{hour:02}:{minute:02}", tag)


def weekday(number: int, tag: str) -> Text:
    """Return the weekday's name standing alone; Monday is 0, as in `date.weekday()`."""
    known = language(tag)
    names = get_day_names("wide", context="stand-alone", locale=known.locale or "en_GB")
    return plain(str(names[number]), tag) if known.locale else missing(str(names[number]))


def weekdays(tag: str) -> tuple[Text, ...]:
    """Return the seven weekdays' names, from Monday."""
    return tuple(weekday(number, tag) for number in range(7))


def quantity(number: int, unit: Unit, tag: str) -> Text:
    """Return "10 minutes" in that language, or the English where CLDR has no proper word for the unit.

    Babel 2.18 prints "3 duration-minute" for the long form wherever CLDR only points to the short one (Babel
    issue 1217), so the short form is tried next. The number may be inside the word: Arabic has a dual.
    """
    known = language(tag)
    if known.locale and tag not in _THIN_UNITS:
        for length in _LENGTHS:
            written = _unit(number, unit, length, known.locale)
            if _is_a_word(written, number, unit, length, known.script):
                return plain(written, tag)
    return missing(_unit(number, unit, "long", "en_GB"))


def _unit(number: int, unit: Unit, length: _Length, locale: str) -> str:
    return str(format_unit(number, f"duration-{unit}", length, locale=locale))


def _is_a_word(written: str, number: int, unit: Unit, length: _Length, script: str) -> bool:
    """Tell a real word from Babel's key, a fraction-like sign ("3/ኣዋርሕ") and an English abbreviation."""
    if "duration-" in written or "/" in written:
        return False
    if script != "Latn":
        return not any(unicodedata.name(char, "").startswith("LATIN") for char in written)
    return length == "long" or written != _unit(number, unit, "short", "root")


def listing(names: Sequence[str], tag: str) -> Text:
    """Return names in one line, joined by the language's "and"; each is isolated where it could move.

    Where CLDR has no proper list the names are joined by commas; a layout with room puts one on a line.
    """
    known = language(tag)
    if not known.locale:
        return missing(str(format_list([put_into(name, "en") for name in names], locale="en_GB")))
    parts = [put_into(name, tag) for name in names]
    if tag in _THIN_LISTS:
        return plain(", ".join(parts), tag)
    return plain(str(format_list(parts, locale=known.locale)), tag)
