"""Dates, times, quantities and lists come from CLDR, and its gaps become honest English."""

from datetime import date, timedelta

import pytest

from convo.language.dates import clock_time, date_words, listing, long_date, quantity, weekday, weekdays
from convo.language.tags import LANGUAGES
from convo.language.text import FSI, PDI, Text

DAY = date(2026, 9, 14)
UNITS = ("minute", "hour", "day", "week", "month")


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("en", "Monday, 14 September 2026"),
        ("ur", "پیر، 14 ستمبر، 2026"),
        ("pl", "poniedziałek, 14 września 2026"),
        ("zh-Hant", "2026年9月14日 星期一"),
        ("ti", "ሰኑይ፣ 14 መስከረም 2026"),
        ("fa-AF", "دوشنبه 14 سپتمبر 2026"),
    ],
)
def test_a_date_is_written_out_with_its_weekday_and_latin_digits(tag: str, written: str) -> None:
    text = long_date(DAY, tag)
    assert text == Text(written, tag, LANGUAGES[tag].direction, "source")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_date_begins_with_a_numeric_month_or_uses_other_digits(tag: str) -> None:
    text = long_date(DAY, tag).text
    assert "2026" in text
    assert "14" in text
    assert "9/14" not in text


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_tablet_without_wifi_puts_every_day_of_a_year_together_as_cldr_writes_it(tag: str) -> None:
    form, weekdays, months = date_words(tag)
    for day in (DAY + timedelta(days=number) for number in range(366)):
        slots = {"d": day.day, "dd": f"{day:%d}", "m": months[day.month - 1], "y": day.year}
        assert form.format(w=weekdays[day.isoweekday() % 7], **slots) == long_date(day, tag).text


def test_a_language_that_cldr_does_not_know_gets_an_english_date_marked_missing() -> None:
    assert long_date(DAY, "rom") == Text("Monday, 14 September 2026", "en", "ltr", "missing")
    assert weekday(0, "syl") == Text("Monday", "en", "ltr", "missing")
    assert quantity(3, "day", "syl") == Text("3 days", "en", "ltr", "missing")


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("number", [1, 2, 5, 11, 21])
def test_babels_unit_keys_and_foreign_abbreviations_are_never_printed(tag: str, number: int) -> None:
    for unit in UNITS:
        text = quantity(number, unit, tag)
        assert "duration" not in text.text
        if text.state == "missing":
            assert text.lang == "en"
            assert text.text in {f"{number} {unit}", f"{number} {unit}s"}
        elif LANGUAGES[tag].script != "Latn":
            assert not any(char.isascii() and char.isalpha() for char in text.text)


def test_the_nine_family_languages_say_minutes_hours_days_and_weeks() -> None:
    for tag in ("ur", "pl", "bn", "ar", "ro", "pa", "so", "zh-Hant", "ti"):
        for unit in ("minute", "hour", "day", "week"):
            assert quantity(10, unit, tag).lang == tag


def test_quantities_follow_the_grammar_of_the_language() -> None:
    assert [quantity(n, "minute", "pl").text for n in (1, 2, 5)] == ["1 minuta", "2 minuty", "5 minut"]
    assert quantity(21, "minute", "ro").text == "21 de minute"
    assert quantity(3, "minute", "ur").text == "3 منٹ"


def test_two_latin_names_in_an_urdu_list_cannot_change_places() -> None:
    text = listing(["Amina (Y4)", "Mrs O'Brien"], "ur")
    assert text.text == f"{FSI}Amina (Y4){PDI} اور {FSI}Mrs O'Brien{PDI}"
    assert (text.lang, text.dir) == ("ur", "rtl")


def test_lists_are_joined_by_the_languages_and_or_by_commas_where_there_is_none() -> None:
    assert listing(["Amina", "Ola", "Jan"], "pl").text == "Amina, Ola i Jan"
    assert listing(["Amina", "Ola"], "yo").text == "Amina, Ola"
    assert listing([], "pl").text == ""
    assert listing(["Amina", "Ola"], "rom") == Text("Amina and Ola", "en", "ltr", "missing")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_clock_time_has_the_same_digits_in_every_language(tag: str) -> None:
    assert clock_time(15, 45, tag).text == "15:45"
    assert clock_time(9, 5, tag).text == "09:05"


def test_the_week_begins_on_monday() -> None:
    assert [day.text for day in weekdays("en")][::6] == ["Monday", "Sunday"]
    assert weekday(0, "ti").text == "ሰኑይ"
