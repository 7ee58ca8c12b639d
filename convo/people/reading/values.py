"""How one cell becomes a value, or the plain reason why it cannot."""

import re
from collections.abc import Callable
from datetime import date, datetime
from operator import mul
from typing import Generic, TypeVar

from convo.kernel.text import clean_line, folded
from convo.language.tags import census_code

T = TypeVar("T")

CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
LONGEST_NAME = 100
# As the columns for a class and for a relationship hold them.
LONGEST_SHORT_NAME = 40


class CellError(ValueError):
    """A cell that cannot be read; its message is the reason, for the person who made the file."""


class Bad:
    """Stands in a column for a cell that could not be read."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason


class Reader(dict[str | None, "T | Bad | None"], Generic[T]):
    """Reads the cells of one column, each distinct text once: rolls repeat themselves.

    ``parse`` gets the text and the field's label. A cell that is empty or absent is None, or bad where
    the field is required.
    """

    def __init__(self, parse: Callable[[str, str], T], label: str, *, required: bool = False) -> None:
        super().__init__()
        self.parse = parse
        self.label = label
        self.required = required
        self.any_bad = False

    def __missing__(self, text: str | None) -> "T | Bad | None":
        value: T | Bad | None
        try:
            if text and not text.isspace():
                value = self.parse(text, self.label)
            elif self.required:
                raise CellError(f"{self.label} is missing.")
            else:
                value = None
        except CellError as wrong:
            self.any_bad = True
            value = Bad(str(wrong))
        self[text] = value
        return value


# --- Text -------------------------------------------------------------------------------------------

_DAMAGED = re.compile("[?\ufffd]")
_FORMULA = ("=", "+", "@", "\t")
_SPREADSHEET_ERRORS = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})


def _quoted(text: str) -> str:
    line = clean_line(text)
    return line if len(line) <= 40 else line[:39] + "…"


def _is_damaged(text: str) -> bool:
    """Say whether letters were lost or doubled by a wrong encoding: D?browska, DÄ…browska."""
    if _DAMAGED.search(text):
        return True
    if text.isascii():
        return False
    try:
        text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return False
    return True


def read_name(text: str, label: str) -> str:
    """Return a name as text. SQL or HTML in it is only text; a formula or lost letters are refused."""
    name = clean_line(text)
    if not name:
        raise CellError(f"{label} is missing.")
    if name in _SPREADSHEET_ERRORS:
        raise CellError(f"{label} is the spreadsheet error {name}. Write the value itself.")
    if text.startswith(_FORMULA) or name.startswith(_FORMULA):
        raise CellError(f"{label} starts like a spreadsheet formula. Write the name itself.")
    if _is_damaged(name):
        raise CellError(f"{label} {_quoted(name)} looks damaged: save the file as UTF-8 and import it again.")
    if len(name) > LONGEST_NAME:
        raise CellError(f"{label} is longer than {LONGEST_NAME} letters. Check the column.")
    return name


def read_short_name(text: str, label: str) -> str:
    """Return the name of a class, or a relationship, as ``read_name`` does."""
    name = read_name(text, label)
    if len(name) > LONGEST_SHORT_NAME:
        raise CellError(f"{label} is longer than {LONGEST_SHORT_NAME} letters. Check the column.")
    return name


_PLAIN_EMAIL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._%+'-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def read_email(text: str, label: str) -> str:
    """Return an e-mail address as written."""
    address = text if _PLAIN_EMAIL.fullmatch(text) else clean_line(text)
    if len(address) > 254 or not _PLAIN_EMAIL.fullmatch(address):
        raise CellError(
            f"{label} {_quoted(text)} is not an e-mail address. Correct it, or leave the cell empty."
        )
    return address


# --- Numbers and codes ------------------------------------------------------------------------------

_UPN = re.compile("[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")
_VALUES = bytes.maketrans(b"0123456789" + CHECK_LETTERS.encode(), bytes((*range(10), *range(23))))


def check_letter(rest: str) -> str:
    """Return the check letter of the twelve characters after it (DfE, common basic data set).

    A temporary UPN ends in a letter, which counts as its place in the alphabet of check letters.
    """
    return CHECK_LETTERS[sum(map(mul, rest.encode().translate(_VALUES), range(2, 14))) % 23]


def read_upn(text: str, label: str) -> str:
    """Return a unique pupil number, its check letter verified."""
    upn = text if _UPN.fullmatch(text) else clean_line(text).replace(" ", "").upper()
    if not _UPN.fullmatch(upn):
        raise CellError(
            f"{label} {_quoted(text)} is not a UPN: a letter and twelve digits, as in A123456789012."
        )
    if check_letter(upn[1:]) != upn[0]:
        raise CellError(f"{label} {upn} has the wrong check letter: one of its characters is mistyped.")
    return upn


_DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?:[ T]00:00(?::00)?)?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00)?(?:\.0+)?Z?)?")
_WORD_DATES = ("%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%B-%Y", "%d-%b-%y", "%d %b %y")


def _date(text: str) -> date | None:
    try:
        if match := _DATE.fullmatch(text):
            day, month, year = (int(part) for part in match.groups())
            return date(year + 2000 if year < 100 else year, month, day)
        if match := _ISO_DATE.fullmatch(text):
            year, month, day = (int(part) for part in match.groups())
            return date(year, month, day)
    except ValueError:
        return None
    for pattern in _WORD_DATES:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a calendar day has no zone
        except ValueError:
            continue
    return None


def read_birth_date(text: str, label: str) -> date:
    """Return a date of birth, written the British way (day first), as ISO or with the month as a word."""
    day = _date(clean_line(text))
    if day is None:
        raise CellError(f"{label} {_quoted(text)} is not a date. Write it like 31/01/2019, day first.")
    if not 1990 <= day.year < 2100:
        raise CellError(f"{label} {_quoted(text)} cannot be a pupil's. Check the year.")
    return day


_YEAR = re.compile(r"(?:national curriculum |nc )?(?:year ?|yr ?|y ?)?(\d{1,2})(?: years?)?")
_NAMED_YEARS = {
    **dict.fromkeys(("nursery", "n", "n1", "n2", "nursery 1", "nursery 2", "year n", "-1", "e1", "e2"), -1),
    **dict.fromkeys(("reception", "rec", "r", "yr", "year r", "reception year", "foundation 2", "f2"), 0),
}


def read_year_group(text: str, label: str) -> int | None:
    """Return -1 for Nursery, 0 for Reception, 1 to 13; None for X, a pupil of no national curriculum year."""
    name = folded(text)
    if name in _NAMED_YEARS:
        return _NAMED_YEARS[name]
    if name == "x":
        return None
    match = _YEAR.fullmatch(name)
    if match is None or int(match[1]) > 13:
        raise CellError(
            f"{label} {_quoted(text)} is not one convo knows. Write Nursery, Reception or Year 1 to Year 13."
        )
    return int(match[1])


def read_home_language(text: str, label: str) -> str:
    """Return the census code of a language given by code, by name, or as "URD - Urdu"."""
    line = clean_line(text)
    for said in (line, *line.split(" - ", 1)):
        if code := census_code(said):
            return code
    raise CellError(
        f"{label} {_quoted(text)} is no language convo knows. "
        "Write its census code or its English name, or leave the cell empty."
    )


_SEN_PROVISION = {
    **dict.fromkeys(
        ("n", "none", "no", "no sen", "no special educational need", "no special educational needs"), "N"
    ),
    **dict.fromkeys(("k", "sen support", "send support"), "K"),
    **dict.fromkeys(
        (
            "e",
            "ehcp",
            "ehc plan",
            "education health and care plan",
            "education, health and care plan",
            "education, health and care plan (ehcp)",
        ),
        "E",
    ),
}
_OLD_SEN_PROVISION = {
    **dict.fromkeys(("s", "statement", "statemented"), "S (statement)"),
    **dict.fromkeys(("a", "school action", "early years action"), "A (school action)"),
    **dict.fromkeys(("p", "school action plus", "early years action plus"), "P (school action plus)"),
}
_SEN_NEEDS = {
    "SPLD": "specific learning difficulty",
    "MLD": "moderate learning difficulty",
    "SLD": "severe learning difficulty",
    "PMLD": "profound and multiple learning difficulty",
    "SEMH": "social, emotional and mental health",
    "SLCN": "speech, language and communication needs",
    "HI": "hearing impairment",
    "VI": "vision impairment",
    "MSI": "multi-sensory impairment",
    "PD": "physical disability",
    "ASD": "autistic spectrum disorder",
    "OTH": "other difficulty/disability",
    "NSA": "sen support but no specialist assessment of type of need",
    "DS": "down syndrome",
}
_NEED_BY_NAME = {
    **{name: code for code, name in _SEN_NEEDS.items()},
    "visual impairment": "VI",
    "autism": "ASD",
    "autism spectrum disorder": "ASD",
    "other": "OTH",
    "other difficulty or disability": "OTH",
    "other difficulty": "OTH",
}


def _code_or_words(text: str) -> tuple[str, ...]:
    """Return what a cell may say, folded: itself, and code and words of "K - SEN support"."""
    line = folded(text)
    return (line, *(part.strip() for part in line.split(" - ", 1))) if " - " in line else (line,)


def read_sen_provision(text: str, label: str) -> str:
    """Return N (none), K (SEN support) or E (education, health and care plan)."""
    for said in _code_or_words(text):
        if said in _SEN_PROVISION:
            return _SEN_PROVISION[said]
        if said in _OLD_SEN_PROVISION:
            raise CellError(
                f"{label} {_quoted(text)} is an old code, {_OLD_SEN_PROVISION[said]}. "
                "Write N for none, K for SEN support or E for an EHC plan."
            )
    raise CellError(
        f"{label} {_quoted(text)} is not known. Write N for none, K for SEN support or E for an EHC plan."
    )


def read_sen_need(text: str, label: str) -> str | None:
    """Return the DfE's code of the primary need."""
    for said in _code_or_words(text):
        if said.upper() in _SEN_NEEDS:
            return said.upper()
        if said in _NEED_BY_NAME:
            return _NEED_BY_NAME[said]
        if said in {"none", "n/a"}:
            return None
        if said in {"besd", "behaviour, emotional and social difficulties"}:
            raise CellError(f"{label} BESD is an old code. Write SEMH, or the need that took its place.")
    raise CellError(f"{label} {_quoted(text)} is not known. Write one of {', '.join(_SEN_NEEDS)}.")


_YES = frozenset({"y", "yes", "t", "true", "1", "eligible"})
_NO = frozenset({"n", "no", "f", "false", "0", "not eligible"})


def read_yes_or_no(text: str, label: str) -> bool:
    """Return True or False for yes and no as files write them."""
    said = folded(text)
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise CellError(
        f"{label} {_quoted(text)} is neither yes nor no. Write Yes or No, or leave the cell empty."
    )


def read_count(text: str, label: str) -> int:
    """Return a number of sessions."""
    said = clean_line(text)
    if not re.fullmatch("[0-9]{1,4}", said):
        raise CellError(f"{label} {_quoted(text)} is not a number of sessions. Write it in figures.")
    return int(said)


# A CTF gives codes, a report words; both come out as the same words, so that neither changes the other's.
_RELATIONSHIPS = {"pam": "mother", "paf": "father", "mum": "mother", "dad": "father"}


def read_relationship(text: str, label: str) -> str:
    """Return the relationship in words, in lower case: "mother" for PAM, Mother and Mum."""
    words = read_short_name(text, label).lower()
    return _RELATIONSHIPS.get(words, words)
