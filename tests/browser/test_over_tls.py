"""An hour over ``convo serve`` with its own certificate, while the server stops and starts again."""

import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.certificate import own_certificate
from convo.conversation.models import Change, Entry
from convo.conversation.operations import open_unplanned
from convo.db import Database
from convo.kernel.clock import utc_now
from tests.browser.test_store import say, texts, waiting
from tests.browser.test_without_wifi import ready
from tests.support.browser import until
from tests.support.meetings import guide
from tests.support.people import PASSWORD, People

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = "convo.fenmarket.test"


@pytest.fixture
def meeting(database: Database, people: People) -> UUID:
    """Mr Okafor's meeting with Amina's mother, opened by the clock that the server goes by."""
    with database.write() as session:
        carers = (people.mrs_khan.id,)
        return open_unplanned(session, people.okafor, utc_now(), people.amina.id, guide(), carers).id


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def convo_serve(data: Path, database: Database, port: int) -> Iterator[None]:
    """Let ``convo serve`` answer, with two workers, as long as the block runs."""
    here = ["--host", "127.0.0.1", "--port", str(port), "--data", str(data)]
    here += ["--self-signed", "--name", NAME]
    serving = subprocess.Popen(
        [sys.executable, "-m", "convo.cli", "serve", *here],
        env={**os.environ, "CONVO_DATABASE_URL": database.url},
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            try:
                trusts = ssl.create_default_context(cafile=data / "authority.crt")
                urllib.request.urlopen(f"https://127.0.0.1:{port}/health", timeout=5, context=trusts).close()
                break
            except OSError:
                assert serving.poll() is None
                time.sleep(0.1)
        yield
    finally:
        serving.terminate()
        serving.wait(30)


@pytest.fixture
def tablet(
    playwright: Any, browser_type_launch_args: dict[str, Any], tmp_path: Path, port: int
) -> Iterator[Any]:
    """A page of a browser on which the school's authority was installed as one that it trusts.

    To let a fault of a certificate pass is not enough: no service worker is taken from such a server.
    """
    own = own_certificate(tmp_path, utc_now(), (NAME,))
    trusted = tmp_path / "home/.pki/nssdb"
    trusted.mkdir(parents=True)
    for does in (["-N", "--empty-password"], ["-A", "-n", "school", "-t", "C,,", "-i", str(own.authority)]):
        subprocess.run(["certutil", "-d", f"sql:{trusted}", *does], check=True)
    found = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    arguments = {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], found]}
    with playwright.chromium.launch_persistent_context(
        str(tmp_path / "profile"),
        base_url=f"https://{NAME}:{port}",
        env={**os.environ, "HOME": str(tmp_path / "home")},
        **arguments,
    ) as context:
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        yield page


def test_an_hour_over_the_servers_own_tls_goes_on_while_it_is_stopped(
    tablet: Any, port: int, meeting: UUID, database: Database, tmp_path: Path, saved: Callable[[Any], None]
) -> None:
    with convo_serve(tmp_path, database, port):
        tablet.goto(f"/conversations/{meeting}/explore")
        tablet.locator("[name=email]").fill("okafor@fenmarket.example")
        tablet.locator("[name=password]").fill(PASSWORD)
        tablet.get_by_role("button", name="Sign in").click()
        tablet.wait_for_selector("#stage-title")
        ready(tablet)
        assert tablet.evaluate("isSecureContext")
        say(tablet, "Said with wifi")
        saved(tablet)
    say(tablet, "Said without")
    until(tablet, lambda: len(waiting(tablet)) == 4, "it is on the tablet")
    tablet.reload()
    tablet.wait_for_selector("#stage-title")
    both = ["Said with wifi", "Said without"]
    until(tablet, lambda: texts(tablet) == both, "all is back")
    with convo_serve(tmp_path, database, port):
        until(tablet, lambda: not waiting(tablet), "it is at school", seconds=40)
        tablet.reload()
        until(tablet, lambda: texts(tablet) == both, "the school's page has them")
    with database.reading() as session:
        of_it = Entry.conversation_id == meeting
        assert list(session.scalars(select(Entry.text).where(of_it).order_by(Entry.position))) == both
        told = session.execute(select(Change.thing_id, Change.field)).all()
        assert len(set(told)) == len(told)
