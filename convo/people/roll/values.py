"""The roll's fields beside the columns that hold them, and the JSON that remembers what the roll said."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from convo.people.reading import ContactRow

# What belongs to the adult, and what to how they stand to one pupil.
ADULT_FIELDS = ("title", "forename", "surname", "email")
LINK_FIELDS = ("relationship", "parental_responsibility")


def called(pupil: Any) -> str:
    """Return the name of a pupil's row, of the roll or of the table."""
    return f"{pupil.preferred_forename or pupil.forename} {pupil.surname}"


def current(held: Row[Any]) -> dict[str, Any]:
    """Return what a pupil's row holds, under the roll's names; the key teacher is the id as text."""
    attended = held.sessions_possible is not None
    return {
        "surname": held.surname,
        "forename": held.forename,
        "preferred_forename": held.preferred_forename,
        "born_on": held.born_on,
        "year_group": held.year_group,
        "class_name": held.class_name,
        "home_language": held.home_language,
        "sen_provision": held.sen_provision,
        "sen_need": held.sen_need,
        "fsm": held.free_meals,
        "key_teacher": str(held.key_teacher_id) if held.key_teacher_id else None,
        "attendance": (held.sessions_possible, held.sessions_attended) if attended else None,
    }


def columns_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values under the roll's names as columns."""
    possible, attended = values["attendance"] or (None, None)
    return {
        "surname": values["surname"],
        "forename": values["forename"],
        "preferred_forename": values["preferred_forename"] or "",
        "born_on": values["born_on"],
        "year_group": values["year_group"],
        "class_name": values["class_name"] or "",
        "home_language": values["home_language"],
        "sen_provision": values["sen_provision"],
        "sen_need": values["sen_need"],
        "free_meals": values["fsm"],
        "sessions_possible": possible,
        "sessions_attended": attended,
        "key_teacher_id": UUID(values["key_teacher"]) if values["key_teacher"] else None,
    }


def stored(imported: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the roll said as JSON holds it."""
    plain = dict(imported)
    if plain.get("born_on"):
        plain["born_on"] = plain["born_on"].isoformat()
    if plain.get("attendance"):
        plain["attendance"] = list(plain["attendance"])
    return plain


def read_back(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the roll said before, as it is compared."""
    imported = dict(plain)
    if imported.get("born_on"):
        imported["born_on"] = date.fromisoformat(imported["born_on"])
    if imported.get("attendance"):
        imported["attendance"] = tuple(imported["attendance"])
    return imported


def said(contact: ContactRow, names: tuple[str, ...]) -> dict[str, Any]:
    """Return what a contact says in these fields, without those that it leaves empty."""
    values = {name: getattr(contact, name) for name in names}
    return {name: value for name, value in values.items() if value is not None and value != ""}
