"""Text put into other text: nothing changes places, nothing is turned round, nothing is lost."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.kernel.errors import Refused
from convo.language.text import (
    FSI,
    LRM,
    PDI,
    Text,
    english,
    in_latin_letters,
    isolate,
    ltr_mark,
    numbers_held,
    plain,
    put_into,
    text_hash,
    typed,
)


def marked(token: str) -> str:
    return f"{LRM}{token}{LRM}"


@pytest.mark.parametrize(
    "token",
    [
        "0117 496 0123",
        "+44 117 496 0123",
        "(0117) 496 0123",
        "+44 (0)117 496 0123",
        "01632-960-123",
        "07700 900123",
        "496 0123",
        "4960123",
        "£1.50",
        "£1,250",
        "€ 20",
        "95%",
        "12.5 %",
        "office@fenmarket.example",
        "a.kaur+1@school.sch.uk",
        "https://school.example/a?b=1",
        "www.school.example",
    ],
)
def test_phone_numbers_money_percentages_and_addresses_are_marked_in_right_to_left_text(token: str) -> None:
    assert ltr_mark(f"ہمیں {token} پر بتائیں۔") == f"ہمیں {marked(token)} پر بتائیں۔"
    assert ltr_mark(f"ہمیں {token}۔") == f"ہمیں {marked(token)}۔"
    assert ltr_mark(token) == marked(token)


@pytest.mark.parametrize(
    "text",
    [
        "2026 - 3:45",
        "پیر، 14 ستمبر، 2026 - 3:45 PM",
        "14 ستمبر 2026",
        "3:45 سے 4:15",
        "2026/27",
        "10 منٹ، ہفتے میں 4 دن",
        "9 - 10 - 11 - 12 - 2026",
        "4, 10, 20, 30",
        "D999200600123x",
    ],
)
def test_a_date_beside_a_time_is_not_taken_for_a_phone_number(text: str) -> None:
    assert ltr_mark(text) == text


def test_the_full_stop_after_an_address_stays_outside_the_marks() -> None:
    assert ltr_mark("www.school.example/a.") == marked("www.school.example/a") + "."
    assert ltr_mark("a@b.example.") == marked("a@b.example") + "."


def test_a_number_is_marked_without_the_one_that_follows_it_as_a_word() -> None:
    assert ltr_mark("0117 496 0123 5pm") == marked("0117 496 0123") + " 5pm"
    assert ltr_mark("0117 496 0123 50%") == marked("0117 496 0123") + " " + marked("50%")


def test_marking_a_very_long_number_does_not_take_for_ever() -> None:
    assert ltr_mark("0" * 20_000 + "x") == "0" * 20_000 + "x"


def test_marking_what_is_no_address_does_not_take_for_ever() -> None:
    """Ten times as long takes ten times as long, about, and not a hundred times."""

    def seconds(length: int) -> float:
        said, times = "1" + "%" * length, []
        for _ in range(5):
            begun = process_time()
            assert ltr_mark(said) == marked("1%") + "%" * (length - 1)
            times.append(process_time() - begun)
        return min(times)

    assert seconds(10_000) < 40 * max(seconds(1000), 1e-4)


def test_a_number_behind_a_name_in_arabic_letters_is_held_also_in_an_english_line() -> None:
    assert numbers_held(english("Ring آمنہ 0117 496 0123")) == f"Ring آمنہ {marked('0117 496 0123')}"
    assert numbers_held(english("Ring Amina 0117 496 0123")) == "Ring Amina 0117 496 0123"
    assert numbers_held(plain("07700 900123", "ar")) == marked("07700 900123")


PIECES = [
    "0117 496 0123",
    "+44 117",
    "£1.50",
    "£0",
    "95%",
    "a@b.example",
    "www.b.example",
    "2026",
    "-",
    "3:45",
    "(",
    ")",
]
PIECES += ["ب", "a", "،", ".", "\n", LRM]


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(["", " "]))
def test_marking_adds_nothing_but_marks(pieces: list[str], joint: str) -> None:
    text = joint.join(pieces)
    assert ltr_mark(text).replace(LRM, "") == text.replace(LRM, "")


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_marking_twice_changes_nothing(pieces: list[str]) -> None:
    once = ltr_mark(" ".join(pieces))
    assert ltr_mark(once) == once


def test_an_isolate_cannot_be_closed_by_the_value_inside_it() -> None:
    assert isolate("Amina") == f"{FSI}Amina{PDI}"
    assert isolate(f"Ami{PDI}na") == f"{FSI}Amina{PDI}"
    assert isolate(f"Ami{FSI}na") == f"{FSI}Amina{PDI}"
    assert isolate(f"a {FSI}b{PDI}") == f"{FSI}a {FSI}b{PDI}{PDI}"


def test_each_line_of_a_value_is_isolated_because_a_line_break_ends_an_isolate() -> None:
    assert isolate("one\ntwo") == f"{FSI}one{PDI}\n{FSI}two{PDI}"


def test_values_are_isolated_only_where_they_could_move() -> None:
    assert put_into("Amina", "pl") == "Amina"
    assert put_into("آمنہ", "en") == f"{FSI}آمنہ{PDI}"
    assert put_into("Amina", "bn") == f"{FSI}Amina{PDI}"
    assert put_into(3, "bn") == "3"
    assert put_into(3, "ar") == f"{FSI}3{PDI}"
    assert put_into(plain("آمنہ", "ur"), "ur") == "آمنہ"
    assert put_into(english("tea"), "ur") == f"{FSI}tea{PDI}"


def test_text_knows_its_language_and_direction() -> None:
    assert english("Who") == Text("Who", "en", "ltr", "source")
    assert plain("کون", "ur") == Text("کون", "ur", "rtl", "source")
    with pytest.raises(Refused):
        plain("?", "tlh")


def test_hashes_are_of_cleaned_text() -> None:
    assert text_hash("cafe\u0301\r\n") == text_hash("caf\u00e9\n")
    assert text_hash("will do") != text_hash("will not do")


@pytest.mark.parametrize(
    "text",
    [
        "She reads every night",
        "Nigdy się nie boi, że przyjdzie późno",
        "Waxay akhridaa habeen kasta",
        "Ó ń ka ìwé ní gbogbo alẹ́",
        "She says اچھا very often",
    ],
)
def test_what_is_mostly_in_latin_letters_may_be_english(text: str) -> None:
    assert in_latin_letters(text)


@pytest.mark.parametrize(
    "text",
    [
        "وہ رات کو کہانی پڑھتی ہے۔",
        "وہ TV نہیں دیکھتی",
        "ਉਹ ਹਰ ਰਾਤ ਪੜ੍ਹਦੀ ਹੈ",
        "Вона читає щовечора",
        "她每晚都看書",
        "ንባብ",
        "7 + 7 = 14",
        "",
    ],
)
def test_what_is_in_other_letters_or_none_is_not_english(text: str) -> None:
    assert not in_latin_letters(text)


@pytest.mark.parametrize(
    ("text", "reads", "lang", "direction"),
    [
        ("She reads at night", "ur", "en", "ltr"),
        ("07700 900123", "ur", "en", "ltr"),
        ("وہ رات کو پڑھتی ہے", "ur", "ur", "rtl"),
        ("وہ BookBug پڑھتی ہے", "ur", "ur", "rtl"),
        ("وہ رات کو پڑھتی ہے", "pl", "und", "rtl"),
        ("وہ رات کو پڑھتی ہے", "en", "und", "rtl"),
        ("সে রাতে পড়ে", "bn", "bn", "ltr"),
        ("সে রাতে পড়ে", "ur", "und", "ltr"),
        ("她晚上看书", "zh-Hans", "zh-Hans", "ltr"),
    ],
)
def test_what_was_typed_is_in_the_readers_language_where_its_letters_are_theirs(
    text: str, reads: str, lang: str, direction: str
) -> None:
    found = typed(text, reads)
    assert (found.text, found.lang, found.dir, found.state) == (text, lang, direction, "source")
