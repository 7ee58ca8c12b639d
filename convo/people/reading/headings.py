"""Which column is which: headings of the common management systems, and those that a school explained."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from convo.kernel.text import folded
from convo.people.reading.rows import CONTACT_LABELS

# Of several columns for one field, the heading named first here wins: the legal name before the preferred.
ROLL_HEADINGS: dict[str, tuple[str, ...]] = {
    "upn": ("upn", "unique pupil number", "pupil upn", "student upn", "unique pupil no"),
    "surname": (
        "legal surname",
        "legal last name",
        "legal family name",
        "surname",
        "last name",
        "family name",
        "pupil surname",
        "student surname",
        "pupil last name",
        "student last name",
        "preferred surname",
        "preferred last name",
    ),
    "forename": (
        "legal forename",
        "legal first name",
        "legal given name",
        "forename",
        "first name",
        "given name",
        "forenames",
        "first names",
        "given names",
        "pupil forename",
        "student forename",
        "pupil first name",
        "student first name",
    ),
    "preferred_forename": (
        "preferred forename",
        "preferred first name",
        "preferred given name",
        "preferred name",
        "known as",
        "chosen name",
    ),
    "born_on": ("date of birth", "dob", "d o b", "birth date", "birthdate", "born", "born on"),
    "year_group": (
        "year group",
        "nc year actual",
        "nc year",
        "nc year group",
        "national curriculum year",
        "national curriculum year group",
        "curriculum year",
        "current year group",
        "yeargroup",
        "year",
        "yr",
    ),
    "class_name": (
        "registration group",
        "registration class",
        "registration form",
        "reg group",
        "reg form",
        "reg",
        "form group",
        "tutor group",
        "class name",
        "class",
        "form",
    ),
    "home_language": (
        "first language",
        "home language",
        "first language code",
        "home language code",
        "mother tongue",
        "language code",
        "language",
    ),
    "sen_provision": (
        "sen provision",
        "sen status",
        "send status",
        "current sen status",
        "sen stage",
        "sen code",
        "sen",
    ),
    "sen_need": (
        "sen primary need",
        "primary sen need",
        "primary need",
        "sen need",
        "sen need type",
        "primary need type",
        "primary sen type",
        "sen type",
    ),
    "fsm": (
        "fsm",
        "fsm eligible",
        "fsm eligibility",
        "eligible for fsm",
        "free school meals",
        "free school meal",
        "eligible for free school meals",
        "free school meal eligibility",
    ),
    "key_teacher": ("key teacher", "key worker", "keyworker", "key adult", "key person"),
    "sessions_possible": ("sessions possible", "possible sessions", "possible attendances"),
    "sessions_attended": ("sessions attended", "attended sessions", "sessions present"),
}
STAFF_HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("name", "full name", "staff name", "display name"),
    "email": ("email", "e mail", "email address", "e mail address", "work email", "staff email"),
    "roles": ("roles", "role", "convo roles", "convo role"),
    "class_name": ("class", "class taught", "class name", "registration group", "form", "tutor group"),
    "languages": ("languages", "language", "languages spoken", "speaks"),
}
_CONTACT_PARTS = {
    "title": "title",
    "salutation": "title",
    "forename": "forename",
    "first name": "forename",
    "given name": "forename",
    "legal forename": "forename",
    "surname": "surname",
    "last name": "surname",
    "family name": "surname",
    "legal surname": "surname",
    "relationship": "relationship",
    "relation": "relationship",
    "relationship to pupil": "relationship",
    "relationship to student": "relationship",
    "relationship type": "relationship",
    "parental responsibility": "parental_responsibility",
    "has parental responsibility": "parental_responsibility",
    "responsibility": "parental_responsibility",
    "pr": "parental_responsibility",
    "email": "email",
    "e mail": "email",
    "email address": "email",
    "e mail address": "email",
    "main email": "email",
    "primary email": "email",
    "home email": "email",
}
_PERSON = r"(?:priority |parental |pupil |student )?(?:contact|parent carer|parent|carer|guardian|priority)"
_CONTACT = re.compile(rf"{_PERSON} (?P<order>[1-9]) (?P<part>.+)|{_PERSON} (?P<part_>.+) (?P<order_>[1-9])")
_MAIL = re.compile(r"\be ?mail\b")
# Known, and left where they are. Homes first: convo keeps no address.
_LEFT_OUT = re.compile(
    r"\b(address|addresses|postcode|post code|postal|street|road|town|city|county|locality|district|house"
    r"|flat|apartment|building|uprn|paon|saon|phone|phones|telephone|tel|mobile|landline|fax"
    r"|sex|gender|ethnicity|ethnic|religion|nationality|admission|enrolment|uln|former upn|nhs|doctor|medical"
    r"|dietary|meal type|age|middle names?|initials|photo|pupil premium|looked after|in care)\b"
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Za-z])")
_NOT_WORD = re.compile(r"[\W_]+")

ROLL_REQUIRED = ("upn", "surname", "forename", "born_on")
STAFF_REQUIRED = ("name", "email", "roles")
CONTACT_FIELDS = tuple(f"contact_{order}_{part}" for order in range(1, 10) for part in CONTACT_LABELS)
# How many rows from the top may hold a report's title before the headings come.
HEADING_ROWS = 10
MOST_COLUMNS = 500


class Columns(NamedTuple):
    """Which column holds which field, and the columns nobody has explained."""

    of: dict[str, int]
    unknown: tuple[int, ...]


def _ranked(names: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, int]]:
    return {name: (field, rank) for field, all_ in names.items() for rank, name in enumerate(all_)}


_KNOWN = {"roll": _ranked(ROLL_HEADINGS), "staff": _ranked(STAFF_HEADINGS)}
# What is not the heading of a person's column but the field's own name, as a CTF and an answer give it.
_FIELDS = {"roll": frozenset((*ROLL_HEADINGS, *CONTACT_FIELDS)), "staff": frozenset(STAFF_HEADINGS)}


@lru_cache(maxsize=2048)
def plain(heading: str) -> str:
    """Return a heading for comparing: "Contact1Surname" and "contact 1 – SURNAME" are the same."""
    return _NOT_WORD.sub(" ", folded(_CAMEL.sub(" ", heading[:200]))).strip()


def _squeezed(heading: str) -> str:
    """Return a heading without its spaces: an answer may be kept folded, and "PupilRef" has then lost its."""
    return plain(heading).replace(" ", "")


def field_of(kind: str, heading: str) -> tuple[str, int] | None:
    """Return the field that a heading is known to mean in this kind of file, and its rank among its names."""
    if heading in _FIELDS[kind]:
        return heading, 0
    name = plain(heading)
    if known := _KNOWN[kind].get(name):
        return known
    if kind == "roll" and (match := _CONTACT.fullmatch(name)):
        part = _CONTACT_PARTS.get(match["part"] or match["part_"])
        if part:
            return f"contact_{match['order'] or match['order_']}_{part}", 0
    return None


def known_count(cells: Sequence[str], remembered: Mapping[str, str]) -> int:
    """Return how many of the cells are headings: how likely a row is the heading row."""
    explained = {_squeezed(heading) for heading in remembered}
    return sum(
        1
        for cell in cells[:MOST_COLUMNS]
        if cell and (field_of("roll", cell) or field_of("staff", cell) or _squeezed(cell) in explained)
    )


def kind_of(headings: Sequence[str], remembered: Mapping[str, str]) -> str | None:
    """Return "roll" or "staff", or None where too few headings are known to tell."""
    roll = set(match_columns("roll", headings, remembered).of)
    staff = set(match_columns("staff", headings, remembered).of)
    if roll & {"upn", "born_on"} and len(roll) > 1:
        return "roll"
    if len(staff & set(STAFF_REQUIRED)) > 1:
        return "staff"
    return "roll" if len(roll & set(ROLL_REQUIRED)) > 1 else None


def match_columns(kind: str, headings: Sequence[str], remembered: Mapping[str, str]) -> Columns:
    """Return the columns of a file of this kind.

    A heading that the school explained counts before any other; columns known to be left out are not
    among the unknown.
    """
    explained = {_squeezed(heading): field for heading, field in remembered.items()}
    best: dict[str, tuple[int, int]] = {}
    unknown = []
    for index, heading in enumerate(headings):
        answer = explained.get(_squeezed(heading))
        if answer == "" or not heading:
            continue
        found = (answer, -1) if answer in _FIELDS[kind] else field_of(kind, heading)
        if found is None:
            if not left_out(heading):
                unknown.append(index)
            continue
        field, rank = found
        if field not in best or rank < best[field][0]:
            best[field] = (rank, index)
    return Columns({field: index for field, (_, index) in best.items()}, tuple(unknown))


def left_out(heading: str) -> bool:
    """Say whether a heading is one that convo knows and does not keep, homes and telephones first."""
    name = plain(heading)
    return bool(_LEFT_OUT.search(name)) and not _MAIL.search(name)


def looks_like_homes(values: Iterable[str]) -> bool:
    """Say whether a column under an unknown heading holds postcodes: then it is left out and not shown."""
    return any(_POSTCODE.search(value) for value in values)
