"""What the roll's fields hold, as a person reads it beside what convo holds."""

from collections.abc import Mapping
from datetime import date

from convo.language.tags import census_name
from convo.people.reading.rows import CONTACT_LABELS, LABELS

PUPIL_NAMES = {**LABELS, "attendance": "Attendance"}
CONTACT_NAMES = CONTACT_LABELS
_YEARS = {-1: "Nursery", 0: "Reception"}
_SEN = {"N": "none", "K": "SEN support", "E": "EHC plan"}


def shown(name: str, value: object, staff: Mapping[str, str]) -> str:
    """Return a value of a field in words; "" where there is none. ``staff`` are names by id."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, tuple):
        possible, attended = value
        return f"{attended} of {possible} sessions"
    if isinstance(value, int):
        return _YEARS.get(value, f"Year {value}")
    text = str(value)
    if name == "key_teacher":
        return staff.get(text, "somebody who has left")
    if name == "home_language":
        return census_name(text) or text
    return _SEN.get(text, text) if name == "sen_provision" else text


def contact_name(title: str | None, forename: str, surname: str, relationship: str | None) -> str:
    """Return an adult as the preview names them: Mrs Joanne Smith (mother)."""
    name = " ".join(part for part in (title, forename, surname) if part)
    return f"{name} ({relationship})" if relationship else name
