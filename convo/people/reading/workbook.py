"""XLSX: the cells of the sheet that holds the roll, as text. Imported only when a workbook comes."""

import io
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from convo.kernel.errors import Refused
from convo.people.reading.delimited import MOST_ROWS, NO_HEADINGS, as_table, heading_row
from convo.people.reading.headings import HEADING_ROWS, MOST_COLUMNS
from convo.people.reading.rows import Table

# A roll of 10,000 pupils unpacks to about 30 MB.
_MOST_UNPACKED = 120_000_000
_MOST_PARTS = 1000
_MOST_SHEETS = 20

_BROKEN = "This Excel file is damaged. Open it in Excel, save it again as XLSX or CSV, and choose that file."
_NOT_EXCEL = "This file is not a spreadsheet. Choose the roll as CSV, XLSX or CTF."


def read_workbook(content: bytes, remembered: Mapping[str, str]) -> Table:
    """Return the cells of the first sheet with known headings."""
    _check_package(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _cells(content, remembered)
    except Refused:
        raise
    except Exception:  # openpyxl raises whatever a broken part makes it raise; all of it means "damaged"
        raise Refused(_BROKEN) from None


def _check_package(content: bytes) -> None:
    """Refuse another kind of zip, one that unpacks beyond bounds, and one that declares XML entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if not any(part.filename.startswith("xl/workbook") for part in parts):
                raise Refused(_NOT_EXCEL)
            # zipfile never unpacks more than the size that a part declares.
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise Refused("This Excel file unpacks to far more than a roll can hold. Save it as CSV.")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in package.read(part):
                    raise Refused(_BROKEN)
    except Refused:
        raise
    except Exception:  # zipfile too: bad checksums, unknown compression, encryption
        raise Refused(_BROKEN) from None


def _cells(content: bytes, remembered: Mapping[str, str]) -> Table:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        sheets = [sheet for sheet in book.worksheets[:_MOST_SHEETS] if sheet.sheet_state == "visible"]
        for sheet in sheets:
            # What a sheet says of its own size is not to be trusted.
            sheet.reset_dimensions()
            if heading_row(_texts(sheet, HEADING_ROWS), remembered) is not None:
                records = _texts(sheet, MOST_ROWS + 1)
                return as_table(records, remembered, ragged=True)
    finally:
        book.close()
    raise Refused(NO_HEADINGS)


def _texts(sheet: Any, most: int) -> list[list[str]]:
    rows: Iterable[tuple[object, ...]] = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
    return [[_text(value) for value in row] for row in islice(rows, most)]


def _text(value: object) -> str:
    """Return a cell as CSV would have it: dates as ISO, whole numbers without a decimal point."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)
