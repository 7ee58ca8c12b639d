"""A roll of 10,000 pupils into an empty school, against csv and ``executemany`` of the very same rows."""

import csv
import io
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from convo.access.operations import found_school
from convo.access.rules import Actor
from convo.db import Database
from convo.migrations import upgrade
from convo.people.reading import RollFile
from convo.people.reading.values import check_letter
from convo.people.roll import apply_roll, read_import
from tests.bench import Pair

PUPILS = 10_000
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
TABLES = ("pupil", "carer", "pupil_carer", "roll_import", "audit_entry")
PARTS = ("Title", "Forename", "Surname", "Relationship", "Parental Responsibility", "Email")
HEADINGS = (
    *("UPN", "Legal Surname", "Legal Forename", "Preferred Forename", "Date of Birth", "Year Group"),
    *("Registration Group", "First Language", "SEN Status", "SEN Primary Need", "FSM", "Key Teacher"),
    *(f"Contact 1 {part}" for part in PARTS),
    *(f"Contact 2 {part}" for part in PARTS),
)
FORENAMES = ("Isla", "Zoë", "Jakub", "Tahmid", "Abdi", "Solomiia", "João", "Amber", "Grace", "Oscar")
SURNAMES = ("Smith", "O'Brien", "Dąbrowska", "Choudhury", "Farah", "Shevchenko", "Araújo", "Nuñez-Hall")
LANGUAGES = ("ENG", "POL", "BNG", "SOM", "UKR", "POR", "URD")


def roll(pupils: int = PUPILS) -> bytes:
    """Return a roll as a management system reports it, every second pupil with two contacts."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for number in range(pupils):
        digits = f"8732{number % 100:02}{number:06}"
        forename, surname = FORENAMES[number % 10], f"{SURNAMES[number % 8]}-{number % 977}"
        year = number % 6 + 1
        row = [check_letter(digits) + digits, surname, forename, "", f"{number % 28 + 1:02}/03/{2021 - year}"]
        row += [
            f"Year {year}",
            f"{year}Oak",
            LANGUAGES[number % 7],
            "SEN Support" if number % 9 == 0 else "N",
        ]
        row += ["SPLD" if number % 9 == 0 else "", "Y" if number % 4 == 0 else "N", ""]
        row += ["Mrs", "Emma", surname, "Mother", "Yes", f"emma{number}@family.example"]
        row += (
            ["Mr", "David", surname, "Father", "Yes", f"david{number}@family.example"]
            if number % 2
            else [""] * 6
        )
        writer.writerow(row)
    return text.getvalue().encode()


def pairs() -> Iterator[Pair]:
    """The import as the command does it: read, planned, written in one transaction and in the trail."""
    content = roll()
    with tempfile.TemporaryDirectory(prefix="convo-bench-") as folder:
        empty = Path(folder) / "empty.db"
        upgrade(f"sqlite:///{empty}")
        database = Database(f"sqlite:///{empty}")
        with database.write() as session:
            actor = found_school(
                session,
                NOW,
                school="Bench Primary",
                name="Mrs Oyelaran",
                email="oyelaran@bench.example",
                password="lantern pebble orchard",
            )
        database.dispose()
        sqlite3.connect(empty).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
        yield Pair(
            f"import of {PUPILS:,} pupils, against csv and executemany of the same rows",
            ours=_by_import(empty, actor, content),
            against=_by_hand(empty, actor, content),
            at_most=6,
            rounds=7,
        )
        yield Pair(
            f"the same {PUPILS:,} pupils again, against bringing them in",
            ours=_again(empty, actor, content),
            against=_by_import(empty, actor, content),
            at_most=1,
            rounds=5,
        )


def _copies(empty: Path) -> Callable[[], Path]:
    numbers = count()

    def copy() -> Path:
        return Path(shutil.copy(empty, empty.parent / f"{id(numbers)}-{next(numbers)}.db"))

    return copy


def _import(file: Path, actor: Actor, content: bytes) -> None:
    database = Database(f"sqlite:///{file}")
    with database.write() as session:
        read = read_import(session, actor, content)
        assert isinstance(read, RollFile)
        assert apply_roll(session, actor, NOW, read, accept_good=False).applied
    database.dispose()


def _by_import(empty: Path, actor: Actor, content: bytes) -> Callable[[], None]:
    copy = _copies(empty)
    return lambda: _import(copy(), actor, content)


def _again(empty: Path, actor: Actor, content: bytes) -> Callable[[], None]:
    full = _copies(empty)()
    _import(full, actor, content)
    return lambda: _import(full, actor, content)


def _by_hand(empty: Path, actor: Actor, content: bytes) -> Callable[[], None]:
    copy = _copies(empty)
    model = copy()
    before = {table: len(_rows(model, table)) for table in TABLES}
    _import(model, actor, content)
    rows = {table: _rows(model, table)[before[table] :] for table in TABLES}

    def write() -> None:
        parsed = list(csv.reader(io.StringIO(content.decode())))
        assert len(parsed) == PUPILS + 1
        plain = sqlite3.connect(copy(), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            plain.execute(f"PRAGMA {pragma}")
        plain.execute("BEGIN IMMEDIATE")
        for table, values in rows.items():
            places = ", ".join("?" * len(values[0]))
            plain.executemany(f"INSERT INTO {table} VALUES ({places})", values)
        plain.execute("COMMIT")
        plain.close()

    return write


def _rows(file: Path, table: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(file) as plain:
        return plain.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
