"""What a tablet feels of the hour: a key press among 300 entries, and a reload without wifi, in Chromium.

Chromium itself tells how long each task of the page's main thread took: the handlers of a key press, what
they put off to a moment later, answers of the school as they arrive, layout and paint. The limit is on the
time for which the thread really ran, as other programs on the machine only stop it; both are told.
"""

import json
import statistics
import tempfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from convo.access import sign_in
from convo.access.models import Person, School
from convo.app import create_app
from convo.conversation.models import Participant
from convo.db import Database
from convo.kernel.clock import utc_now
from convo.migrations import upgrade
from convo.settings import Settings
from tests.bench import Pair
from tests.support.browser import TABLET, served, until
from tests.support.full_hour import Tablet, fill
from tests.support.people import create_people

MANY, USUAL = 300, 40  # entries
ROWS = "[data-list=entry] > li"
KEYS = 80  # pressed in each of three places
PAUSE = 60  # ms between them: somebody who types fast
WORDS = "she reads to her brother each night "
MOST_BLOCKED, MOST_RELOAD = 16, 500  # ms
RELOADS = 7
_TOLD = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]


@dataclass(frozen=True)
class Task:
    """One task of the main thread, in ms: how long it took, and how much of that the thread really ran."""

    took: float
    ran: float
    by_key: bool


@contextmanager
def hour(entries: int, meanwhile: int = 0) -> Iterator[tuple[Any, Any]]:
    """Open the hour with so many entries, some written by somebody else meanwhile; give page and browser."""
    from playwright.sync_api import sync_playwright

    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="convo-bench-")))
        url = f"sqlite:///{folder / 'convo.db'}"
        upgrade(url)
        app = create_app(Settings(data=folder, secret_key="bench", database_url=url, secure_cookies=False))
        database: Database = app.extensions["convo_database"]
        held.callback(database.dispose)
        with database.write() as session:
            people = create_people(session)
            meeting = fill(session, people, entries - meanwhile).id
            person = session.get_one(Person, people.okafor.person_id)
            _, token = sign_in.begin(session, utc_now(), person, session.get_one(School, people.school.id))
        address = held.enter_context(served(app))
        cookie = app.session_interface.get_signing_serializer(app).dumps({"_user_id": token, "_fresh": True})
        chromium = held.enter_context(sync_playwright()).chromium
        browser = chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        held.callback(browser.close)
        width, height = TABLET
        context = browser.new_context(
            viewport={"width": width, "height": height}, has_touch=True, is_mobile=True, base_url=address
        )
        context.add_cookies([{"name": "convo", "value": cookie, "url": address}])
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"/conversations/{meeting}/explore")
        page.wait_for_load_state("networkidle")
        with database.write() as session:
            other = Tablet(session, people.farrell, meeting)
            voice = session.scalars(
                select(Participant.id).where(Participant.conversation_id == meeting)
            ).first()
            for number in range(entries - meanwhile, entries):
                other.write(
                    "entry", text=f"Line {number} of what was said", parent=voice, position=number + 1
                )
        until(page, lambda: page.locator(ROWS).count() == entries, "all entries are there", 30)
        yield page, browser


def key_tasks(browser: Any, page: Any) -> list[Task]:
    """Type in a composer, and in a text that the page had and in one that came to it; return all tasks."""
    rows = page.locator(ROWS).count()
    boxes = ["#say", *(f"{ROWS}:nth-child({row}) textarea.voice" for row in (rows // 3, rows - 10))]
    found: list[Task] = []
    for box in boxes:
        page.locator(box).focus()
        page.keyboard.press("End")
        page.wait_for_timeout(1000)
        browser.start_tracing(page=page, categories=_TOLD)
        for number in range(KEYS):
            page.keyboard.press(
                "Enter" if box == "#say" and number % 40 == 39 else WORDS[number % len(WORDS)]
            )
            page.wait_for_timeout(PAUSE)
        page.wait_for_timeout(1500)  # what was put off, and the last save
        found += _tasks(json.loads(browser.stop_tracing())["traceEvents"])
    return found


def _tasks(events: Sequence[dict[str, Any]]) -> Iterator[Task]:
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    of_keys = ("keydown", "keypress", "input", "keyup")
    keys = [
        event
        for event in events
        if event["name"] == "EventDispatch" and event["args"]["data"]["type"] in of_keys
    ]
    whose = Counter((event["pid"], event["tid"]) for event in keys)
    thread = max(whose, key=lambda each: whose[each])  # the page's own: Chromium has others beside it
    assert thread in main
    pressed = sorted(event["ts"] for event in keys)
    for event in events:
        if event["name"] == "RunTask" and event.get("ph") == "X" and (event["pid"], event["tid"]) == thread:
            first = bisect_left(pressed, event["ts"])
            by_key = first < len(pressed) and pressed[first] <= event["ts"] + event["dur"]
            yield Task(event["dur"] / 1000, event["tdur"] / 1000, by_key)


def reloads(page: Any, times: int) -> list[float]:
    """Take the wifi away and load the page again and again; return when title and rows were to be seen."""
    _wait_until_kept(page)
    page.context.add_init_script(_SEEN.replace("ROWS", ROWS).replace("MANY", str(page.locator(ROWS).count())))
    page.context.set_offline(True)
    found = []
    for _ in range(times):
        page.reload()
        found.append(page.wait_for_function("() => window.seenAt").json_value())
        page.wait_for_timeout(500)
    page.context.set_offline(False)
    return found


# In ms from the beginning of the navigation; a frame after it is there, it is on the screen.
_SEEN = """
  const stands = () => document.querySelector('#stage-title')?.checkVisibility() &&
    document.querySelectorAll('ROWS').length >= MANY
  const look = () => requestAnimationFrame(() => {
    if (!stands()) return look()
    requestAnimationFrame(() => { window.seenAt = performance.now() })
  })
  if (window.top === window) look()
"""


def _wait_until_kept(page: Any) -> None:
    until(
        page,
        lambda: page.evaluate("() => Boolean(navigator.serviceWorker.controller)"),
        "the worker is there",
    )
    until(page, lambda: page.evaluate(_KEPT), "the page is kept", 20)


_KEPT = """() => new Promise((resolve) => {
  const opening = indexedDB.open('convo', 1)
  opening.onsuccess = () => {
    const keys = opening.result.transaction('pages').objectStore('pages').getAllKeys()
    keys.onsuccess = () => {
      opening.result.close()
      resolve(['hour', 'kit'].every(kind => keys.result.some(key => key[2] == kind)))
    }
  }
})"""


def pairs() -> Iterator[Pair]:
    """The longest task while somebody types, and the time of a reload without wifi."""
    with hour(MANY, meanwhile=MANY // 2) as (page, browser):

        def longest() -> float:
            found = key_tasks(browser, page)
            _tell("tasks of a key", [task for task in found if task.by_key])
            _tell("all longer than 1 ms", [task for task in found if task.took > 1])
            return max(task.ran for task in found)

        yield Pair(
            f"{3 * KEYS} key presses among {MANY} entries: longest task",
            longest,
            lambda: 1,
            MOST_BLOCKED,
            "ms",
            3,
            noisy=True,
        )
    with hour(USUAL) as (page, _):

        def median() -> float:
            found = reloads(page, RELOADS)
            print(
                f"reloads without wifi: {', '.join(f'{each:.0f}' for each in sorted(found))} ms", flush=True
            )
            return statistics.median(found)

        yield Pair(
            f"reload without wifi, {USUAL} entries", median, lambda: 1, MOST_RELOAD, "ms", 3, noisy=True
        )


def _tell(what: str, tasks: Sequence[Task]) -> None:
    for name, found in (("took", [task.took for task in tasks]), ("ran", [task.ran for task in tasks])):
        ordered = sorted(found)
        times = statistics.median(ordered), ordered[int(len(ordered) * 0.95)], ordered[-1]
        told = "/".join(f"{each:.1f}" for each in times)
        print(f"{len(ordered)} {what}: half, 95 %, all {name} up to {told} ms", flush=True)
