"""A school in the middle of many conversations, and ``convo serve`` in front of it, over its own TLS."""

import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from convo.access import sign_in
from convo.access.models import Person, School
from convo.access.rules import Role
from convo.app import create_app
from convo.certificate import own_certificate
from convo.conversation.guide import Guide
from convo.conversation.operations import open_unplanned
from convo.db import Database
from convo.kernel.clock import utc_now
from convo.migrations import upgrade
from convo.people.models import Carer, ClassTeacher, Pupil, PupilCarer
from convo.serve import THREADS
from convo.settings import load_settings
from tests.support.meetings import guide
from tests.support.people import add_staff, create_people
from tests.support.postgresql import fresh_database, server

WORKERS = 2
SERVERS = ("granian", "gunicorn")
_STARTS_WITHIN = 30.0  # seconds


@dataclass(frozen=True)
class Opened:
    """One conversation that somebody leads, and the cookie of their tablet."""

    conversation: UUID
    voice: UUID  # the participant whose words are written down
    cookie: str


@dataclass(frozen=True)
class InSchool:
    """A school with its conversations, stored."""

    folder: Path
    database_url: str
    conversations: Sequence[Opened]


@contextmanager
def school(kind: str, conversations: int) -> Iterator[InSchool]:
    """Lay out a school in which so many teachers hold a conversation each, in SQLite or PostgreSQL."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="convo-bench-")))
        url = f"sqlite:///{folder / 'convo.db'}"
        if kind == "postgresql":
            url = held.enter_context(fresh_database(held.enter_context(server(durable=True))))
        upgrade(url)
        database = Database(url)
        with database.write() as session:
            tokens = _fill(session, conversations)
        database.dispose()
        settings = load_settings({}, data=folder, database_url=url)
        app = create_app(settings)
        write_cookie = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        name = app.config["SESSION_COOKIE_NAME"]
        opened = [
            Opened(conversation, voice, f"{name}={write_cookie.dumps({'_user_id': token, '_fresh': True})}")
            for conversation, voice, token in tokens
        ]
        yield InSchool(folder, url, opened)


@contextmanager
def served(place: InSchool, by: str = "granian") -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve a school over TLS with two workers, by ``convo serve`` or by gunicorn; give port and process."""
    port = _free_port()
    environment = os.environ | {"CONVO_DATA": str(place.folder), "CONVO_DATABASE_URL": place.database_url}
    log = place.folder / f"{by}.log"
    with log.open("wb") as told:
        process = subprocess.Popen(_command(by, place, port), env=environment, stdout=told, stderr=told)
        try:
            _wait_for(port, process, log)
            yield port, process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _command(by: str, place: InSchool, port: int) -> list[str]:
    if by == "granian":
        here = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS), "--self-signed"]
        return [sys.executable, "-m", "convo.cli", "serve", *here]
    own = own_certificate(place.folder, utc_now(), ())
    return [
        sys.executable, "-m", "gunicorn", "convo.serve:application()", "--bind", f"127.0.0.1:{port}",
        "--workers", str(WORKERS), "--worker-class", "gthread", "--threads", str(THREADS),
        "--keep-alive", "75", "--certfile", str(own.certificate), "--keyfile", str(own.key),
    ]  # fmt: skip


def worked(process: int) -> float:
    """Return for how many seconds of a core a process and those that it started have run."""
    ticks, parents = {}, {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        number = int(file.parent.name)
        parents[number], ticks[number] = int(fields[1]), int(fields[11]) + int(fields[12])
    ours, before = {process}, 0
    while len(ours) > before:
        before = len(ours)
        ours |= {number for number, parent in parents.items() if parent in ours}
    return sum(ticks.get(number, 0) for number in ours) / os.sysconf("SC_CLK_TCK")


def trusting() -> ssl.SSLContext:
    """Return how the bench reads a certificate that the school signed itself."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"https://127.0.0.1:{port}/health", timeout=2, context=trusting()):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The server does not answer: {log.read_text('utf-8', 'replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _fill(session: Session, conversations: int) -> list[tuple[UUID, UUID, str]]:
    """Store the conversations; return of each its id, the carer's place in it and its teacher's token."""
    home = session.get_one(School, create_people(session).school.id)
    words, now = guide(), utc_now() - timedelta(minutes=5)
    return [_hold(session, home, words, now, number) for number in range(conversations)]


def _hold(session: Session, home: School, words: Guide, now: datetime, number: int) -> tuple[UUID, UUID, str]:
    teacher = add_staff(session, home, f"Mx Teacher{number}", Role.TEACHER)
    class_name = f"Class {number}"
    pupil = Pupil(
        school_id=home.id, forename="Ada", surname=f"Number{number}", class_name=class_name, imported={}
    )
    carer = Carer(school_id=home.id, forename="Sana", surname=f"Number{number}", imported={})
    session.add_all([pupil, carer])
    session.flush()
    session.add_all(
        [
            PupilCarer(
                school_id=home.id, pupil_id=pupil.id, carer_id=carer.id, relationship="mother", imported={}
            ),
            ClassTeacher(school_id=home.id, class_name=class_name, person_id=teacher.person_id),
        ]
    )
    session.flush()
    session.expire_all()
    meeting = open_unplanned(session, teacher, now, pupil.id, words, (carer.id,))
    voice = next(person.id for person in meeting.participants if person.carer_id)
    _, token = sign_in.begin(session, utc_now(), session.get_one(Person, teacher.person_id), home)
    return meeting.id, voice, token
