"""Languages: their tags, names, direction and fonts, and the Department for Education's census codes.

Spoken is not read: a Sylheti speaker usually reads Bengali and a Mirpuri speaker Urdu. ``read_instead`` says
so, and ``from_census`` therefore only ever suggests; what a carer reads is for a person to set.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, cast

from convo.kernel.errors import Refused
from convo.kernel.text import folded
from convo.language.languages import ROWS

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True)
class Language:
    """A language as convo writes it.

    ``word_font`` goes into all four font slots of a Word run, ``font_alt`` into the font table;
    ``line_height`` is a multiple of the font size; ``script`` is an ISO 15924 code; ``locale`` is the name
    Babel knows it by, empty where CLDR has nothing; ``read_instead`` is the tag of the language that its
    speakers usually read; ``census_codes`` are the DfE codes that suggest it.
    """

    tag: str
    name: str
    own_name: str
    direction: Direction
    script: str
    word_font: str
    font_alt: str
    line_height: float
    census_codes: tuple[str, ...]
    locale: str
    read_instead: str | None


class _CensusCode(NamedTuple):
    code: str
    name: str
    tag: str


@cache
def _census() -> dict[str, _CensusCode]:
    """Return the DfE's language codes: census.tsv, three columns, the tag empty where none is suggested."""
    lines = (Path(__file__).parent / "census.tsv").read_text(encoding="utf-8").splitlines()
    rows = (_CensusCode(*line.split("\t")) for line in lines if not line.startswith("#"))
    return {row.code: row for row in rows}


def _languages() -> dict[str, Language]:
    codes: dict[str, list[str]] = {}
    for row in _census().values():
        codes.setdefault(row.tag, []).append(row.code)
    return {
        row.tag: Language(
            tag=row.tag,
            name=row.name,
            own_name=row.own_name,
            direction=cast("Direction", row.script.direction),
            script=row.script.code,
            word_font=row.script.word_font,
            font_alt=row.script.font_alt,
            line_height=row.script.line_height,
            census_codes=tuple(codes.get(row.tag, ())),
            locale=row.locale,
            read_instead=row.read_instead,
        )
        for row in ROWS
    }


LANGUAGES: dict[str, Language] = _languages()
_TAGS_LIKE_CODES = {"phr": "phr", "prs": "fa-AF"}


def language(tag: str) -> Language:
    """Return the language of a BCP 47 tag as convo spells it ("ur", "zh-Hant"), or raise Refused."""
    try:
        return LANGUAGES[tag]
    except KeyError:
        raise Refused(f"convo does not know the language “{tag}”. Choose one from the list.") from None


@cache
def _spellings() -> dict[str, str]:
    """Return folded spelling -> tag; where two rows claim a spelling, the one named first here keeps it."""
    found: dict[str, str] = {}
    for row in ROWS:
        for spelling in (row.tag, row.tag.replace("-", "_"), row.name, row.own_name, *row.also):
            found.setdefault(folded(spelling), row.tag)
    for listed in _census().values():
        if listed.tag:
            found.setdefault(folded(listed.name), listed.tag)
    return found


def find_language(text: str) -> Language | None:
    """Return the language meant by a tag, an English or own name, or a census code, in any case; or None.

    The letters' case decides in two places only: "phr" and "prs" are the tags of Pahari and Dari, "PHR" and
    "PRS" census codes for Persian.
    """
    if text.strip() in _TAGS_LIKE_CODES:
        return LANGUAGES[_TAGS_LIKE_CODES[text.strip()]]
    by_code = from_census(text)
    if by_code:
        return by_code
    tag = _spellings().get(folded(text))
    return LANGUAGES[tag] if tag else None


def from_census(code: str) -> Language | None:
    """Return the language that a DfE code suggests, or None: for an unknown code and for one without."""
    row = _census().get(code.strip().upper())
    return LANGUAGES[row.tag] if row and row.tag else None


def census_name(code: str) -> str | None:
    """Return what the DfE calls the code ("PNJG": "Panjabi (Gurmukhi)"), or None when it is no such code."""
    row = _census().get(code.strip().upper())
    return row.name if row else None


def census_code(text: str) -> str | None:
    """Return the DfE code that a code or a language's name means, in any case; or None.

    A name that the DfE itself uses gives its code, also where convo suggests no language for it; another
    name of a language gives the language's most general, that is shortest, code.
    """
    if census_name(text):
        return text.strip().upper()
    name = folded(text)
    for row in _census().values():
        if folded(row.name) == name:
            return row.code
    known = find_language(text)
    return min(known.census_codes, key=len, default=None) if known else None
