"""A table of pupils becomes rows of a roll, column by column, each bad row with every reason."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from itertools import repeat
from typing import Any

from convo.kernel.errors import Refused
from convo.kernel.school_year import school_year_of
from convo.people.reading.headings import ROLL_REQUIRED
from convo.people.reading.rows import CONTACT_LABELS, ContactRow, Refusal, RollFile, RollRow, Table, label
from convo.people.reading.values import (
    Bad,
    Reader,
    read_birth_date,
    read_count,
    read_email,
    read_home_language,
    read_name,
    read_relationship,
    read_sen_need,
    read_sen_provision,
    read_short_name,
    read_upn,
    read_year_group,
    read_yes_or_no,
)

Progress = Callable[[int, int], None]

_READ: dict[str, Callable[[str, str], Any]] = {
    "upn": read_upn,
    "surname": read_name,
    "forename": read_name,
    "preferred_forename": read_name,
    "born_on": read_birth_date,
    "year_group": read_year_group,
    "class_name": read_short_name,
    "home_language": read_home_language,
    "sen_provision": read_sen_provision,
    "sen_need": read_sen_need,
    "fsm": read_yes_or_no,
    "key_teacher": read_name,
    "sessions_possible": read_count,
    "sessions_attended": read_count,
}
_READ_CONTACT: dict[str, Callable[[str, str], Any]] = {
    "title": read_name,
    "forename": read_name,
    "surname": read_name,
    "relationship": read_relationship,
    "parental_responsibility": read_yes_or_no,
    "email": read_email,
}
# Rows read between two calls of ``progress``.
_SLICE = 500
_NO_UPN = (
    "The pupil has no UPN, and convo knows a pupil again by it. "
    "Give a temporary UPN in your system, then export again."
)


def read_roll(table: Table, columns: Mapping[str, int], progress: Progress | None) -> RollFile:
    """Return the roll in a table whose columns are known.

    Rows are read in slices and each slice column by column, so that a text met before costs a look-up.
    """
    readers = _readers(columns)
    orders = sorted({int(field.split("_")[1]) for field in columns if field.startswith("contact_")})
    rows: list[RollRow] = []
    refused = list(table.refused)
    first_row: dict[str, int] = {}
    total = len(table.rows)
    for start in range(0, total, _SLICE):
        numbers = table.numbers[start : start + _SLICE]
        cells = list(zip(*table.rows[start : start + _SLICE], strict=True))
        values: dict[str, Any] = {field: repeat(None) for field in (*_READ, "contacts")}
        wrong: dict[int, list[Refusal]] = {}
        for field, index in columns.items():
            reader = readers[field]
            values[field] = column = list(map(reader.__getitem__, cells[index]))
            if reader.any_bad:
                for number, value in zip(numbers, column, strict=True):
                    if type(value) is Bad:
                        reason = _NO_UPN if value.reason == "UPN is missing." else value.reason
                        wrong.setdefault(number, []).append(Refusal(number, reader.label, reason))
        _refuse_second_upns(numbers, values["upn"], first_row, wrong)
        if orders:
            values["contacts"] = _contacts(orders, values, numbers, wrong)
        attendance = _attendance(values, numbers, wrong)
        present = _present(columns, table.rows[start : start + _SLICE])
        made = map(
            RollRow,
            numbers,
            *(values[field] for field in _READ if not field.startswith("sessions_")),
            attendance,
            values["contacts"] if orders else repeat(()),
            present,
        )
        if wrong:
            rows.extend(row for row in made if row.row not in wrong)
            refused.extend(refusal for refusals in wrong.values() for refusal in refusals)
        else:
            rows.extend(made)
        if progress:
            progress(min(start + _SLICE, total), total)
    good = _refuse_wrong_years(rows, refused)
    if not good and not refused:
        raise Refused("This file has headings and no pupils. Export it again with the pupils chosen.")
    carried = frozenset[str]().union(*{row.present for row in good})
    refused.sort(key=lambda refusal: refusal.row)
    return RollFile(tuple(good), tuple(refused), carried, frozenset(first_row))


def _readers(columns: Mapping[str, int]) -> dict[str, "Reader[Any]"]:
    readers = {}
    for field in columns:
        parse = _READ.get(field) or _READ_CONTACT[field.split("_", 2)[2]]
        readers[field] = Reader(parse, label(field), required=field in ROLL_REQUIRED)
    return readers


def _refuse_second_upns(
    numbers: list[int], upns: list[object], first_row: dict[str, int], wrong: dict[int, list[Refusal]]
) -> None:
    for number, upn in zip(numbers, upns, strict=True):
        if isinstance(upn, str) and (first := first_row.setdefault(upn, number)) != number:
            reason = f"UPN {upn} is already in row {first}. A UPN belongs to one pupil."
            wrong.setdefault(number, []).append(Refusal(number, "UPN", reason))


def _contacts(
    orders: list[int], values: Mapping[str, Any], numbers: list[int], wrong: dict[int, list[Refusal]]
) -> list[tuple[ContactRow, ...]]:
    found: list[list[ContactRow]] = [[] for _ in numbers]
    for order in orders:
        parts = [values.get(f"contact_{order}_{part}", repeat(None)) for part in CONTACT_LABELS]
        for number, contacts, (title, forename, surname, relationship, responsible, email) in zip(
            numbers, found, zip(*parts, strict=False), strict=False
        ):
            if forename or surname:
                contacts.append(
                    ContactRow(order, title, forename or "", surname or "", relationship, responsible, email)
                )
            elif title or relationship or email:
                where = f"Contact {order} name"
                reason = f"Contact {order} has no name. Give a surname, or leave all of the contact empty."
                wrong.setdefault(number, []).append(Refusal(number, where, reason))
    return [tuple(contacts) for contacts in found]


def _attendance(values: Mapping[str, Any], numbers: list[int], wrong: dict[int, list[Refusal]]) -> Any:
    possible, attended = values["sessions_possible"], values["sessions_attended"]
    if isinstance(possible, repeat) or isinstance(attended, repeat):
        return repeat(None)
    pairs: list[tuple[int, int] | None] = []
    for number, of, at in zip(numbers, possible, attended, strict=True):
        if not isinstance(of, int) or not isinstance(at, int):
            pairs.append(None)
            continue
        pairs.append((of, at))
        if at > of:
            reason = f"Sessions attended ({at}) are more than the sessions possible ({of})."
            wrong.setdefault(number, []).append(Refusal(number, "Sessions attended", reason))
    return pairs


@lru_cache(maxsize=512)
def _row_fields(fields: tuple[str, ...]) -> frozenset[str]:
    """Return the fields of a row which columns carry; its contacts are one, its attendance another."""
    named = {"contacts" if field.startswith("contact_") else field for field in fields}
    sessions = {"sessions_possible", "sessions_attended"}
    return frozenset(named - sessions | ({"attendance"} if sessions <= named else set()))


def _present(columns: Mapping[str, int], rows: list[tuple[str | None, ...]]) -> Any:
    if not any(None in row for row in rows):
        return repeat(_row_fields(tuple(columns)))
    return [_row_fields(tuple(f for f, index in columns.items() if row[index] is not None)) for row in rows]


@lru_cache(maxsize=512)
def _class_year(class_name: str | None) -> int | None:
    """Return the year group that a class name begins with: 3Oak is 3, ROak is 0, Kestrels says nothing."""
    match = re.match(r"(?:Year |Yr ?|Y)?(?:(\d{1,2})(?!\d)|(R)(?=[A-Z ]|$))", class_name or "")
    return None if match is None else 0 if match[2] else int(match[1])


def _first_year(born_on: date, year_group: int) -> int:
    """Return the school year in which children born then are in that year group; Reception turns five."""
    return school_year_of(born_on) + 5 + year_group


def _refuse_wrong_years(rows: list[RollRow], refused: list[Refusal]) -> list[RollRow]:
    """Return the rows without those whose year group both the class and the date of birth contradict.

    One of the two alone proves nothing: classes mix years, and some children are taught out of their year.
    The school year is that of most pupils of the file.
    """
    doubtful = [row for row in rows if _contradicted(row)]
    if not doubtful:
        return rows
    years = Counter(_first_year(row.born_on, row.year_group) for row in rows if row.year_group is not None)
    school_year, count = years.most_common(1)[0]
    if count * 2 <= sum(years.values()):
        return rows
    wrong = set()
    for row in doubtful:
        of_class = _class_year(row.class_name)
        if of_class is not None and _first_year(row.born_on, of_class) == school_year:
            name = "Reception" if of_class == 0 else f"Year {of_class}"
            reason = (
                f"Year group {row.year_group} does not fit class {row.class_name} and the date of birth "
                f"{row.born_on:%d/%m/%Y}, which are {name}. Correct whichever is wrong."
            )
            wrong.add(row.row)
            refused.append(Refusal(row.row, "Year group", reason))
    return [row for row in rows if row.row not in wrong]


def _contradicted(row: RollRow) -> bool:
    of_class = _class_year(row.class_name)
    return of_class is not None and row.year_group is not None and of_class != row.year_group
