"""One change of the journal, on disk before it is acknowledged, against writing the same rows by hand."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from uuid import uuid4

from convo.access import sign_in
from convo.access.models import Person, School
from convo.app import create_app
from convo.conversation.incoming import read_change
from convo.conversation.journal import apply_changes
from convo.conversation.rules import ChangeOutcome
from convo.db import Database
from convo.kernel.clock import utc_now
from convo.kernel.ids import new_id
from convo.migrations import upgrade
from convo.settings import Settings
from tests.bench import Pair
from tests.support.meeting import NOW, Meeting, lay_out

_SERIES = count(1)


def pairs() -> Iterator[Pair]:
    """A change of one entry's words as an operation in a transaction of its own."""
    with tempfile.TemporaryDirectory(prefix="convo-bench-") as folder:
        file = Path(folder) / "convo.db"
        upgrade(f"sqlite:///{file}")
        database = Database(f"sqlite:///{file}")
        with database.write() as session:
            meeting = lay_out(session)
        plain = sqlite3.connect(file, isolation_level=None)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            plain.execute(f"PRAGMA {pragma}")
        yield Pair(
            "one journal change as an operation, against plain sqlite3",
            ours=_by_operation(database, meeting),
            against=_by_hand(plain, meeting),
            at_most=4,
            rounds=200,
        )
        yield Pair(
            "the same as a whole request, against plain sqlite3",
            ours=_by_request(Path(folder), database, meeting),
            against=_by_hand(plain, meeting),
            at_most=10,
            rounds=100,
        )
        plain.close()
        database.dispose()


def _by_operation(database: Database, meeting: Meeting) -> Callable[[], None]:
    entry, base = new_id(), [""]

    def write() -> None:
        change = read_change(
            {
                "v": 1,
                "id": str(new_id()),
                "thing": "entry",
                "thing_id": str(entry),
                "field": "text",
                "value": f"She reads to her brother. {base[0]}",
                "base": base[0],
            }
        )
        with database.write() as session:
            (answer,) = apply_changes(session, meeting.carter, NOW, meeting.conversation, [change])
        assert answer.outcome is ChangeOutcome.APPLIED
        base[0] = str(answer.id)

    return write


def _by_request(folder: Path, database: Database, meeting: Meeting) -> Callable[[], None]:
    """Send the change as a tablet does: signed in, with its token, through every step of the application."""
    app = create_app(
        Settings(data=folder, secret_key="bench", database_url=database.url, secure_cookies=False)
    )
    with database.write() as session:
        person = session.get_one(Person, meeting.carter.person_id)
        school = session.get_one(School, meeting.carter.school_id)
        _, cookie_token = sign_in.begin(session, utc_now(), person, school)
    visitor = app.test_client()
    with visitor.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = cookie_token, True
    token = visitor.get("/session").get_json()["csrf"]
    address = f"/conversations/{meeting.conversation}/journal"
    entry, base = str(new_id()), [""]

    def write() -> None:
        change = {
            "v": 1,
            "id": str(new_id()),
            "thing": "entry",
            "thing_id": entry,
            "field": "text",
            "value": f"She reads to her brother. {base[0]}",
            "base": base[0],
        }
        response = visitor.post(address, json={"changes": [change]}, headers={"X-CSRFToken": token})
        (answer,) = response.get_json()["answers"]
        assert answer["outcome"] == "applied", answer
        base[0] = answer["id"]

    return write


def _by_hand(plain: sqlite3.Connection, meeting: Meeting) -> Callable[[], None]:
    """Write what the operation writes: the entry, the change, the line of the audit trail."""
    entry, school = uuid4().hex, meeting.carter.school_id.hex
    conversation, person, now = meeting.bens_conversation.hex, meeting.carter.person_id.hex, str(NOW)
    plain.execute(
        """INSERT INTO entry (id, school_id, conversation_id, text, language, readers, interpreted, position,
               removed) VALUES (?, ?, ?, '', 'en', 'those present', 0, 0, 0)""",
        (entry, school, conversation),
    )
    first = 1_000_000 * next(_SERIES)  # beyond the numbers that convo gives
    numbers = iter(range(first, first + 1_000_000))

    def write() -> None:
        number, change = next(numbers), uuid4().hex
        text = f"She reads to her brother. {change}"
        plain.execute("BEGIN IMMEDIATE")
        plain.execute("UPDATE entry SET text = ? WHERE id = ?", (text, entry))
        plain.execute(
            """INSERT INTO change (id, school_id, conversation_id, number, thing, thing_id, field, value,
                   base, received_at, author_id, outcome, written)
               VALUES (?, ?, ?, ?, 'entry', ?, 'text', ?, ?, ?, ?, 'applied', 1)""",
            (change, school, conversation, number, entry, f'"{text}"', change, now, person),
        )
        plain.execute(
            """INSERT INTO audit_entry (id, school_id, number, at, person_id, act, thing, thing_id, pupil_id,
                   note, hash) VALUES (?, ?, ?, ?, ?, 'change', 'conversation', ?, ?, '1 changes', ?)""",
            (uuid4().hex, meeting.stranger.school_id.hex, number, now, person, conversation, entry, change),
        )
        plain.execute("COMMIT")

    return write
