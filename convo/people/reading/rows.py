"""What reading a file gives: rows of plain values, and what was refused with its reason."""

from datetime import date
from typing import NamedTuple

# How the fields are called where a person reads them.
LABELS = {
    "upn": "UPN",
    "surname": "Surname",
    "forename": "Forename",
    "preferred_forename": "Preferred forename",
    "born_on": "Date of birth",
    "year_group": "Year group",
    "class_name": "Class",
    "home_language": "Home language",
    "sen_provision": "SEN provision",
    "sen_need": "SEN need",
    "fsm": "Free school meals",
    "key_teacher": "Key teacher",
    "sessions_possible": "Sessions possible",
    "sessions_attended": "Sessions attended",
    "contacts": "Contacts",
    "name": "Name",
    "email": "E-mail",
    "roles": "Roles",
    "languages": "Languages",
}
CONTACT_LABELS = {
    "title": "title",
    "forename": "forename",
    "surname": "surname",
    "relationship": "relationship",
    "parental_responsibility": "parental responsibility",
    "email": "e-mail",
}


def label(field: str) -> str:
    """Return what a field is called on screen: ``contact_1_email`` is "Contact 1 e-mail"."""
    if field.startswith("contact_"):
        _, order, part = field.split("_", 2)
        return f"Contact {order} {CONTACT_LABELS[part]}"
    return LABELS[field]


class ContactRow(NamedTuple):
    """An adult whom the roll names for a pupil. None says that the roll does not say."""

    order: int
    title: str | None
    forename: str
    surname: str
    relationship: str | None
    parental_responsibility: bool | None
    email: str | None


class RollRow(NamedTuple):
    """A pupil as the roll has them.

    ``row`` is the row in the spreadsheet, the heading's included; in a CTF the pupil's place in the file.
    ``year_group``: Nursery is -1, Reception 0. ``home_language`` is the census code. ``attendance`` is
    (sessions possible, sessions attended). ``present`` names the fields that the file speaks of for this
    pupil: for the others None means nothing.
    """

    row: int
    upn: str
    surname: str
    forename: str
    preferred_forename: str | None
    born_on: date
    year_group: int | None
    class_name: str | None
    home_language: str | None
    sen_provision: str | None
    sen_need: str | None
    fsm: bool | None
    key_teacher: str | None
    attendance: tuple[int, int] | None
    contacts: tuple[ContactRow, ...]
    present: frozenset[str]


class StaffRow(NamedTuple):
    """A member of staff; ``roles`` as in ``staff.ROLES``, ``languages`` as language tags."""

    row: int
    name: str
    email: str
    roles: tuple[str, ...]
    class_name: str | None
    languages: tuple[str, ...]


class Refusal(NamedTuple):
    """One thing wrong with a row: the field as a person calls it, and the reason in plain words."""

    row: int
    field: str
    reason: str


class RollFile(NamedTuple):
    """A roll: its good rows, what was refused, and the fields that the file carries at all.

    ``upns`` are those of all rows, refused ones included: who is refused is not missing.
    """

    rows: tuple[RollRow, ...]
    refused: tuple[Refusal, ...]
    present: frozenset[str]
    upns: frozenset[str]


class StaffFile(NamedTuple):
    """A staff list: its good rows and what was refused."""

    rows: tuple[StaffRow, ...]
    refused: tuple[Refusal, ...]


class UnknownHeading(NamedTuple):
    """A heading nobody has explained yet, with a few values from its column."""

    heading: str
    samples: tuple[str, ...]


class NeedsHeadings(NamedTuple):
    """The file can be read once a person says what some columns are.

    ``fields`` are what such a column may turn out to be; ``required`` are those among them without which
    the file cannot be read. The answer goes back into ``read_file`` as ``headings``: heading to field, or
    to ``""`` for a column to leave out.
    """

    kind: str
    unknown: tuple[UnknownHeading, ...]
    fields: tuple[str, ...]
    required: tuple[str, ...]


class Table(NamedTuple):
    """Cells as text under headings, every row as wide as the headings; None is a cell the file lacks.

    ``numbers`` are the rows' numbers as a person sees them. ``refused`` are the rows of a wrong width.
    """

    headings: tuple[str, ...]
    rows: list[tuple[str | None, ...]]
    numbers: list[int]
    refused: tuple[Refusal, ...]
