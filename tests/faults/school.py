"""A school as it runs: ``convo serve`` as a process that can be killed, stopped and started again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from convo.access.models import SignIn
from convo.access.rules import Actor
from convo.conversation.models import Participant
from convo.conversation.operations import open_unplanned
from convo.conversation.rules import ParticipantKind
from convo.db import Database
from convo.kernel.clock import utc_now
from convo.migrations import upgrade
from tests.faults.patience import PATIENCE
from tests.support.held import hold
from tests.support.meetings import guide
from tests.support.people import PASSWORD, create_people

FLUSH = 60  # ms between typing and sending, so that a run takes seconds and not an hour


@dataclass(frozen=True)
class Meeting:
    """Amina's open meeting, after one in which three things were promised."""

    id: UUID
    okafor: Actor
    farrell: Actor
    people: dict[str, UUID]  # who is at the table, by the name on their chip


def lay_out(folder: Path) -> Meeting:
    """Make the school's database with the meeting in it. Done once: each run begins from a copy."""
    url = f"sqlite:///{folder / 'convo.db'}"
    upgrade(url)
    database = Database(url)
    with database.write() as session:
        people = create_people(session)
        hold(session, people, at=utc_now() - timedelta(days=70))
        carers = (people.mrs_khan.id,)
        meeting = open_unplanned(session, people.okafor, utc_now(), people.amina.id, guide(), carers)
        here = session.scalars(select(Participant).where(Participant.conversation_id == meeting.id))
        names = {who.name if who.kind is not ParticipantKind.PUPIL else "Amina": who.id for who in here}
        found = Meeting(meeting.id, people.okafor, people.farrell, names)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")  # convo begins each transaction itself
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return found


class Server:
    """The running server, its data folder and its database."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.folder = folder
        shutil.copy(template / "convo.db", folder / "convo.db")
        self.database = Database(f"sqlite:///{folder / 'convo.db'}")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {"DATA": self.folder, "SECURE_COOKIES": 0, "FLUSH_MILLISECONDS": FLUSH}
        self.log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "convo.cli", "serve", "--port", str(self.port)],
            env={**os.environ, **{f"CONVO_{name}": str(value) for name, value in settings.items()}},
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,  # its workers are killed and stopped with it
        )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with suppress(OSError), urllib.request.urlopen(f"{self.address}/session", timeout=2):
                return
            time.sleep(0.05)
        raise AssertionError(f"the server does not answer: {self.said()}")

    def said(self) -> str:
        """Return what it wrote to its log."""
        return (self.folder / "server.log").read_text("utf-8", "replace")[-4000:]

    def kill(self) -> None:
        """Kill it, workers and all, whatever they are at."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        self.log.close()

    def hang(self) -> None:
        """Stop it: it takes connections, and answers none."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on where it was stopped."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGCONT)

    def close(self) -> None:
        """End it."""
        if self.process is not None:
            self.kill()
        self.database.dispose()

    def sign_in(self, page: Any, actor: Actor) -> None:
        """Sign in as one of the staff, as they do."""
        page.goto(f"{self.address}/sign-in")
        page.get_by_label("E-mail address").fill(f"{actor.name.split()[-1].lower()}@fenmarket.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: not url.endswith("/sign-in"))

    def end_sign_ins(self, actor: Actor) -> None:
        """End every sign-in of a person."""
        with self.database.write() as session:
            session.execute(delete(SignIn).where(SignIn.person_id == actor.person_id))
