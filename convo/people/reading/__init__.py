"""Reading the school's files: a roll (CSV, XLSX, CTF) or a staff list (CSV, XLSX), told apart by content.

Pure: bytes in, values out. What to do with them is for the import's operations.
"""

import json
import zlib
from collections.abc import Mapping
from itertools import islice

from convo.kernel.errors import Refused
from convo.kernel.text import clean_line
from convo.people.reading.delimited import read_delimited
from convo.people.reading.headings import (
    ROLL_HEADINGS,
    ROLL_REQUIRED,
    STAFF_HEADINGS,
    STAFF_REQUIRED,
    kind_of,
    looks_like_homes,
    match_columns,
)
from convo.people.reading.roll import Progress, read_roll
from convo.people.reading.rows import (
    ContactRow,
    NeedsHeadings,
    Refusal,
    RollFile,
    RollRow,
    StaffFile,
    StaffRow,
    Table,
    UnknownHeading,
    label,
)
from convo.people.reading.staff import read_staff

__all__ = [
    "ContactRow",
    "NeedsHeadings",
    "Refusal",
    "RollFile",
    "RollRow",
    "StaffFile",
    "StaffRow",
    "Table",
    "UnknownHeading",
    "label",
    "open_table",
    "packed",
    "read_file",
    "read_table",
    "unpacked",
]

LIMIT_BYTES = 20_000_000
_EXPECTED = "Choose the roll as CSV, XLSX or CTF."
# How the other kinds of file that get chosen by mistake begin.
_OTHER_KINDS = (
    (b"%PDF", "This is a PDF, not a roll."),
    (b"\x89PNG", "This is a picture, not a roll."),
    (b"\xff\xd8\xff", "This is a picture, not a roll."),
    (b"GIF8", "This is a picture, not a roll."),
    (b"\xd0\xcf\x11\xe0", "This is an Excel file of the old kind, or one with a password."),
    (b"{\\rtf", "This is a text document, not a roll."),
)


def read_file(
    content: bytes,
    *,
    headings: Mapping[str, str] | None = None,
    limit_bytes: int = LIMIT_BYTES,
    progress: Progress | None = None,
) -> RollFile | StaffFile | NeedsHeadings:
    """Return what a file holds, or which of its headings a person must explain first.

    ``headings`` are answers given before: heading to one of our fields, or to ``""`` for a column to leave
    out. ``progress`` is called with (rows read, rows in all). Raises Refused, with one sentence, for a file
    that is none of ours, too long or hostile.
    """
    remembered = headings or {}
    return read_table(open_table(content, remembered, limit_bytes), remembered, progress)


def read_table(
    table: Table, remembered: Mapping[str, str], progress: Progress | None = None
) -> RollFile | StaffFile | NeedsHeadings:
    """Return what an opened file holds, as ``read_file`` does."""
    kind = _kind(table, remembered)
    columns = match_columns(kind, table.headings, remembered)
    question = _question(kind, table, columns.of, columns.unknown)
    if question:
        return question
    return read_roll(table, columns.of, progress) if kind == "roll" else read_staff(table, columns.of)


def packed(table: Table, remembered: Mapping[str, str]) -> bytes:
    """Return the columns that convo may need of an opened file, small enough to keep until it is applied.

    Homes, telephones and all else that convo does not keep are not in it. Raises Refused as ``read_file``.
    """
    columns = match_columns(_kind(table, remembered), table.headings, remembered)
    kept = set(columns.of.values())
    kept.update(i for i in columns.unknown if not looks_like_homes(row[i] or "" for row in table.rows))
    order = sorted(kept)
    rows = [[row[index] for index in order] for row in table.rows]
    whole = [[table.headings[index] for index in order], rows, table.numbers, table.refused]
    return zlib.compress(json.dumps(whole, ensure_ascii=False).encode())


def unpacked(content: bytes) -> Table:
    """Return the file that ``packed`` made small."""
    headings, rows, numbers, refused = json.loads(zlib.decompress(content))
    return Table(
        tuple(headings), [tuple(row) for row in rows], numbers, tuple(Refusal(*one) for one in refused)
    )


def _kind(table: Table, remembered: Mapping[str, str]) -> str:
    kind = kind_of(table.headings, remembered)
    if kind is None:
        raise Refused(f"This file holds neither pupils nor staff. {_EXPECTED}")
    return kind


def open_table(content: bytes, remembered: Mapping[str, str], limit_bytes: int = LIMIT_BYTES) -> Table:
    """Return the cells of a file of any of the kinds, or raise Refused with one sentence."""
    if len(content) > limit_bytes:
        raise Refused(
            f"This file is larger than {limit_bytes // 1_000_000} MB, which no roll is. {_EXPECTED}"
        )
    for start, message in _OTHER_KINDS:
        if content.startswith(start):
            raise Refused(f"{message} {_EXPECTED}")
    begin = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not begin and not content.strip():
        raise Refused(f"This file is empty. {_EXPECTED}")
    # Both readers bring libraries that a CSV has no need to wait for.
    if content.startswith(b"PK"):
        from convo.people.reading.workbook import read_workbook

        return read_workbook(content, remembered)
    if begin.startswith(b"<") or content.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<")):
        from convo.people.reading.ctf import read_ctf

        return read_ctf(content)
    return read_delimited(content, remembered)


def _question(
    kind: str, table: Table, known: Mapping[str, int], unknown: tuple[int, ...]
) -> NeedsHeadings | None:
    """Return the question about unknown headings, None where nothing is left to ask.

    A column matters only while a field is still without one, and only if it holds anything. One that holds
    postcodes is never shown.
    """
    all_fields, needed = (
        (ROLL_HEADINGS, ROLL_REQUIRED) if kind == "roll" else (STAFF_HEADINGS, STAFF_REQUIRED)
    )
    fields = tuple(field for field in all_fields if field not in known)
    required = tuple(field for field in needed if field not in known)
    asked = []
    for index in unknown if fields else ():
        values = [text for row in table.rows if (text := clean_line(row[index] or ""))]
        if values and not looks_like_homes(values):
            samples = tuple(text[:40] for text in islice(dict.fromkeys(values), 3))
            asked.append(UnknownHeading(table.headings[index], samples))
    if asked:
        return NeedsHeadings(kind, tuple(asked), fields, required)
    if required:
        missing = " and no column for ".join(label(field) for field in required)
        raise Refused(f"This file has no column for {missing}. Add it in your system and export again.")
    return None
