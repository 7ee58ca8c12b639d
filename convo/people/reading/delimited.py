"""CSV: which encoding and delimiter a file has, and its cells."""

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import islice

from convo.kernel.errors import Refused
from convo.people.reading.headings import HEADING_ROWS, MOST_COLUMNS, known_count
from convo.people.reading.rows import Refusal, Table

# Many times the largest roll; a file of empty lines would otherwise fill the memory.
MOST_ROWS = 100_000
_TOO_MANY_ROWS = f"This file has more than {MOST_ROWS:,} rows. Delete the empty ones below the last pupil."
_DELIMITERS = ",;\t|"
NO_HEADINGS = (
    "This file has no headings that convo knows. "
    "Choose the roll as CSV, XLSX or CTF, or the staff list as CSV, with the headings in its first row."
)
_NOT_TEXT = "This file is neither a spreadsheet nor a CTF. Choose the roll as CSV, XLSX or CTF."


def decoded(content: bytes) -> str:
    """Return the text of a file: UTF-8 with or without mark, UTF-16 with mark, else Windows-1252."""
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        if b"\0" in content:
            raise Refused(_NOT_TEXT)
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise Refused(_NOT_TEXT) from None
        # The five bytes that Windows-1252 leaves out become U+FFFD, and the cell holding one is refused.
        return content.decode("cp1252", errors="replace")


def read_delimited(content: bytes, remembered: Mapping[str, str]) -> Table:
    """Return the cells of a CSV file; its delimiter is the one that shows the most known headings."""
    text = decoded(content)
    best = max(_DELIMITERS, key=lambda delimiter: _score(text, delimiter, remembered))
    try:
        records = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=best), MOST_ROWS + 1))
    except csv.Error:
        raise Refused("A cell of this file is far too long. Check its quotation marks.") from None
    return as_table(records, remembered, ragged=False)


def _score(text: str, delimiter: str, remembered: Mapping[str, str]) -> int:
    reader = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter)
    try:
        return max((known_count(record, remembered) for record in islice(reader, HEADING_ROWS)), default=0)
    except csv.Error:
        return 0


def heading_row(records: Sequence[Sequence[str]], remembered: Mapping[str, str]) -> int | None:
    """Return the index of the row of headings, which a report's title may precede; None if there is none."""
    counts = [known_count(record, remembered) for record in records[:HEADING_ROWS]]
    best = max(counts, default=0)
    return counts.index(best) if best > 1 else None


def as_table(records: list[list[str]], remembered: Mapping[str, str], *, ragged: bool) -> Table:
    """Return records under their headings: empty rows left out, rows of a wrong width refused.

    ``ragged`` says that a row may simply end after its last filled cell, as rows of a workbook do.
    """
    if len(records) > MOST_ROWS:
        raise Refused(_TOO_MANY_ROWS)
    start = heading_row(records, remembered)
    if start is None:
        raise Refused(NO_HEADINGS)
    headings = [heading.strip() for heading in records[start]]
    while not headings[-1]:
        headings.pop()
    width = len(headings)
    if width > MOST_COLUMNS:
        raise Refused(f"This file has more than {MOST_COLUMNS} columns. Export only what convo needs.")
    _refuse_repeated(headings)
    rows: list[tuple[str | None, ...]] = []
    numbers: list[int] = []
    refused: list[Refusal] = []
    for number, record in enumerate(records[start + 1 :], start=start + 2):
        found = len(record)
        if not any(record) or (not record[0] and not "".join(record).strip()):
            continue
        if found != width:
            if found > width and any(cell.strip() for cell in record[width:]):
                reason = f"The row has {found} cells and the heading {width}. Check its quotation marks."
                refused.append(Refusal(number, "Row", reason))
                continue
            if found < width and not ragged:
                reason = f"The row has only {found} of {width} cells. Export the file again."
                refused.append(Refusal(number, "Row", reason))
                continue
            record = (record + [""] * width)[:width]
        rows.append(tuple(record))
        numbers.append(number)
    return Table(tuple(headings), rows, numbers, tuple(refused))


def _refuse_repeated(headings: Sequence[str]) -> None:
    seen: set[str] = set()
    for heading in headings:
        if heading and heading.casefold() in seen:
            raise Refused(f"The heading “{heading[:60]}” stands twice. Rename or remove one of the columns.")
        seen.add(heading.casefold())
