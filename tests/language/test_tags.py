"""Languages are found however a school writes them, and each can be put on paper."""

import csv
from pathlib import Path

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from convo.kernel.errors import Refused
from convo.kernel.text import folded
from convo.language.languages import ROWS
from convo.language.tags import LANGUAGES, census_name, find_language, from_census, language

FAMILY_TAGS = ("ur", "pl", "bn", "ar", "ro", "pa", "so", "zh-Hant", "ti")


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("ur", "ur"),
        ("URD", "ur"),
        ("urdu", "ur"),
        (" Urdu ", "ur"),
        ("اردو", "ur"),
        ("Punjabi", "pa"),
        ("Panjabi (Gurmukhi)", "pa"),
        ("pnjg", "pa"),
        ("BNGS", "syl"),
        ("Farsi", "fa"),
        ("zh_hant", "zh-Hant"),
        ("prs", "fa-AF"),
        ("polski", "pl"),
        ("Romana", "ro"),
        ("Türkçe", "tr"),
        ("phr", "phr"),
        ("PRS", "fa"),
    ],
)
def test_a_language_is_found_by_tag_name_own_name_or_census_code(written: str, tag: str) -> None:
    found = find_language(written)
    assert found is not None
    assert found.tag == tag


@pytest.mark.parametrize("written", ["", " ", "ZZZ", "Klingon", "NOT", "REF", "OTB"])
def test_what_names_no_language_finds_none(written: str) -> None:
    assert find_language(written) is None


@given(st.text(max_size=20))
def test_looking_up_any_text_never_fails(written: str) -> None:
    assert find_language(written) is None or find_language(written) in LANGUAGES.values()


def test_an_unknown_tag_is_refused_in_one_sentence() -> None:
    with pytest.raises(Refused, match="does not know the language “tlh”"):
        language("tlh")


def test_no_two_languages_share_a_name_or_a_spelling() -> None:
    spellings = [
        spelling
        for row in ROWS
        for spelling in {folded(each) for each in (row.tag, row.name, row.own_name, *row.also)}
    ]
    assert sorted(spellings) == sorted(set(spellings))


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_tag_finds_its_own_language(tag: str) -> None:
    assert find_language(tag) is LANGUAGES[tag]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_has_a_font_and_babel_agrees_on_its_direction(tag: str) -> None:
    known = language(tag)
    assert known.own_name
    # Word refuses a font name of more than 31 characters.
    assert 0 < len(known.word_font) <= 31
    assert 0 < len(known.font_alt) <= 31
    assert known.read_instead is None or known.read_instead in LANGUAGES
    if known.locale:
        assert Locale.parse(known.locale).text_direction == known.direction


def test_urdu_is_written_in_nastaliq_and_arabic_is_not() -> None:
    assert language("ur").word_font == "Urdu Typesetting"
    assert language("ur").line_height > language("ar").line_height


def test_dari_which_babel_calls_unknown_is_persian_as_written_in_afghanistan() -> None:
    dari = from_census("PRSD")
    assert dari is not None
    assert (dari.tag, dari.locale, dari.own_name, dari.direction) == ("fa-AF", "fa_AF", "دری", "rtl")


@pytest.mark.parametrize(
    ("code", "read"), [("BNGS", "bn"), ("PNJM", "ur"), ("PNJP", "ur"), ("CHIC", "zh-Hant")]
)
def test_a_language_that_is_spoken_but_not_read_says_what_is_read_instead(code: str, read: str) -> None:
    spoken = from_census(code)
    assert spoken is not None
    assert spoken.read_instead == read


ORDINARY = "ENG URD PNJG BNG SOM ARA POL RUM POR GUJ TAM TUR LIT UKR CHI TGR YOR PHR PAS KUR"


@pytest.mark.parametrize("code", ORDINARY.split())
def test_every_code_of_an_ordinary_roll_suggests_a_language(code: str) -> None:
    found = from_census(code)
    assert found is not None
    assert code in found.census_codes


def test_persian_pashto_and_kurdish_codes_of_an_ordinary_roll_suggest_those() -> None:
    assert [found.tag for code in ("PHR", "PAS", "KUR") if (found := from_census(code))] == ["fa", "ps", "ku"]


def test_a_code_has_a_name_even_where_it_suggests_no_language() -> None:
    assert census_name("pnjg") == "Panjabi (Gurmukhi)"
    assert census_name("ACL") == "Acholi"
    assert from_census("ACL") is None
    assert census_name("ZZZ") is None


def test_the_census_table_names_only_languages_that_convo_knows() -> None:
    path = Path(__file__).parents[2] / "convo" / "language" / "census.tsv"
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    read = list(csv.reader(rows, delimiter="\t"))
    assert {len(row) for row in read} == {3}
    assert {row[2] for row in read} - {""} <= set(LANGUAGES)
    assert len({row[0] for row in read}) == len(read)
