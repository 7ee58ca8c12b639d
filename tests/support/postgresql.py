"""A private PostgreSQL server for tests, made from Debian's binaries and gone afterwards.

    python -m tests.support.postgresql -- python -m pytest

starts one, sets ``CONVO_TEST_DATABASE_URL`` and runs the command.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

VARIABLE = "CONVO_TEST_DATABASE_URL"


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Run a server and give its address; nothing of it stays. Raises FileNotFoundError without the binaries.

    Unless ``durable`` it does not wait for the disk (``fsync=off``), because what it holds is thrown away.
    """
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="convo-postgresql-"))
    prefix: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root; Debian's package makes this user
        shutil.chown(folder, "postgres", "postgres")
        prefix = ["runuser", "-u", "postgres", "--"]
    rows, log, port = folder / "rows", folder / "log", _free_port()

    def run(*command: str | Path) -> None:
        done = subprocess.run([*prefix, *command], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}{_tail(log)}")

    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
    options += " -c max_connections=60"
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    try:
        run(
            binaries / "initdb", "-D", rows, "-U", "convo", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
            "--no-sync",
        )  # fmt: skip
        run(binaries / "pg_ctl", "start", "-D", rows, "-l", log, "-w", "-t", "30", "-o", options)
        try:
            yield f"postgresql+psycopg://convo@127.0.0.1:{port}/postgres"
        finally:
            run(binaries / "pg_ctl", "stop", "-D", rows, "-m", "immediate", "-w")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """Make an empty database on a server and give its address; it is dropped at the end."""
    name = f"convo_{uuid4().hex}"
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise FileNotFoundError("PostgreSQL is not installed. Run: apt-get install postgresql")
    return found[-1].parent if found else Path(str(on_path)).parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tail(log: Path) -> str:
    return log.read_text("utf-8", "replace")[-2000:] if log.exists() else ""


def main(arguments: list[str]) -> int:
    """Run a command with a server beside it; return its exit code."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("Name a command: python -m tests.support.postgresql -- python -m pytest", file=sys.stderr)
        return 2
    with server() as url:
        return subprocess.run(command, env=os.environ | {VARIABLE: url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
