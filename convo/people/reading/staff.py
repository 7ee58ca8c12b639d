"""A table of staff becomes rows of a staff list."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from convo.kernel.errors import Refused
from convo.kernel.text import clean_line, folded
from convo.language.tags import find_language
from convo.people.reading.headings import STAFF_REQUIRED
from convo.people.reading.rows import Refusal, StaffFile, StaffRow, Table, label
from convo.people.reading.values import Bad, CellError, Reader, read_email, read_name, read_short_name

ROLES = ("teacher", "senco", "head", "data manager", "assistant")
_ROLE_NAMES = {
    **{role: role for role in ROLES},
    **dict.fromkeys(("class teacher", "key teacher"), "teacher"),
    **dict.fromkeys(("sendco", "inclusion lead"), "senco"),
    **dict.fromkeys(("headteacher", "head teacher", "principal"), "head"),
    "data officer": "data manager",
    **dict.fromkeys(("bilingual assistant", "teaching assistant", "ta"), "assistant"),
}
_SEPARATOR = re.compile(r"[;,/|\n]")


def _parts(text: str) -> list[str]:
    return [part for part in map(clean_line, _SEPARATOR.split(text)) if part]


def read_roles(text: str, label: str) -> tuple[str, ...]:
    """Return the roles of a list parted by semicolons, each once, in the order written."""
    found: dict[str, None] = {}
    for part in _parts(text):
        role = _ROLE_NAMES.get(folded(part))
        if role is None:
            raise CellError(
                f"{label}: “{part[:40]}” is not a role. Write {', '.join(ROLES[:-1])} or {ROLES[-1]}."
            )
        found[role] = None
    if not found:
        raise CellError(f"{label} is missing.")
    return tuple(found)


def read_languages(text: str, label: str) -> tuple[str, ...]:
    """Return the tags of a list of languages parted by semicolons."""
    found: dict[str, None] = {}
    for part in _parts(text):
        language = find_language(part)
        if language is None:
            raise CellError(f"{label}: {part[:40]} is no language convo knows. Write its English name.")
        found[language.tag] = None
    return tuple(found)


_READ: dict[str, Callable[[str, str], Any]] = {
    "name": read_name,
    "email": read_email,
    "roles": read_roles,
    "class_name": read_short_name,
    "languages": read_languages,
}


def read_staff(table: Table, columns: Mapping[str, int]) -> StaffFile:
    """Return the staff in a table whose columns are known; an e-mail address belongs to one person."""
    readers = {
        field: Reader(_READ[field], label(field), required=field in STAFF_REQUIRED) for field in columns
    }
    rows: list[StaffRow] = []
    refused = list(table.refused)
    first_row: dict[str, int] = {}
    for number, cells in zip(table.numbers, table.rows, strict=True):
        values: dict[str, Any] = {field: readers[field][cells[index]] for field, index in columns.items()}
        wrong = [
            Refusal(number, readers[field].label, value.reason)
            for field, value in values.items()
            if isinstance(value, Bad)
        ]
        email = values["email"]
        if isinstance(email, str) and (first := first_row.setdefault(email.casefold(), number)) != number:
            reason = f"E-mail {email} is already in row {first}. It is what a person signs in with."
            wrong.append(Refusal(number, label("email"), reason))
        if wrong:
            refused.extend(wrong)
            continue
        languages = values.get("languages") or ()
        rows.append(
            StaffRow(number, values["name"], email, values["roles"], values.get("class_name"), languages)
        )
    if not rows and not refused:
        raise Refused("This file has headings and no staff. Export it again with the staff chosen.")
    return StaffFile(tuple(rows), tuple(sorted(refused, key=lambda refusal: refusal.row)))
