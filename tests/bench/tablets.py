"""A hundred tablets in a hundred conversations, each saving every two seconds, over the server's own TLS.

The tablets share the two cores with the server and the database, so that what they need themselves makes the
answers later. Each keeps its connections open as a browser does: one, and another while the first is busy.
It saves the words of an entry every two seconds, and asks every three what others wrote, as the page does.
An answer counts from the first byte sent to the last one read. Afterwards the database is read: each
acknowledged change is there once, each entry holds its last words, and there is nothing else.

    python -m tests.bench.tablets --server granian gunicorn --database sqlite postgresql --seconds 60
"""

import argparse
import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import select

from convo.conversation.models import Change, Entry
from convo.conversation.rules import ChangeOutcome
from convo.db import Database
from tests.bench import Pair
from tests.bench.school_served import SERVERS, InSchool, Opened, school, served, trusting

SAVE_EVERY, ASK_EVERY = 2.0, 3.0  # seconds; the second is EVERY in static/hour/others.js
SAVES_OF_ONE_ENTRY = 5
TOO_LATE = 8.0  # seconds for an answer, as in static/hour/journal.js
MOST_MS = 100  # for 95 % of the answers
KINDS = ("sqlite", "postgresql")

_Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Told:
    """What a run has seen: how long answers took, in ms, and what went wrong."""

    saves: list[float] = field(default_factory=list)
    asks: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    connections: int = 0
    own_core: float = 0.0  # of one core, for the tablets
    load: tuple[float, float] = (0.0, 0.0)

    @property
    def answers(self) -> list[float]:
        return self.saves + self.asks

    def within(self, share: float) -> float:
        """Return the time in which such a share of all answers came."""
        found = sorted(self.answers) or [float("inf")]
        return found[min(len(found) - 1, int(len(found) * share))]


class Tablet:
    """One tablet in its conversation."""

    def __init__(self, opened: Opened, port: int, told: Told) -> None:
        self.opened, self.port, self.told = opened, port, told
        self.free: list[_Line] = []
        self.token, self.cookie = "", opened.cookie
        self.last = 0  # number of the newest change it knows
        self.acknowledged: dict[str, tuple[str, str, object]] = {}  # id to entry, field and value
        self.words: dict[str, str] = {}  # of each entry, as last acknowledged
        self._entry, self._head, self._saves = "", None, 0
        self._page = f"/conversations/{opened.conversation}"

    async def open(self) -> None:
        """Load the page as a browser would, and learn the token that goes with what is sent."""
        await self._ask("GET", f"{self._page}/explore")
        self.token = json.loads(await self._ask("GET", "/session"))["csrf"]

    async def save(self) -> float:
        """Save the words of the entry at hand, or begin the next one; return how long the answer took."""
        changes = []
        if self._saves % SAVES_OF_ONE_ENTRY == 0:
            self._entry, self._head = str(uuid4()), None
            changes.append(self._change("parent", str(self.opened.voice), None))
        self._saves += 1
        words = f"She reads to her brother every night, and that is time {self._saves}"
        changes.append(self._change("text", words, self._head))
        before = time.perf_counter()
        answered = await self._ask("POST", f"{self._page}/journal", json.dumps({"changes": changes}))
        took = (time.perf_counter() - before) * 1000
        for change, answer in zip(changes, json.loads(answered)["answers"], strict=True):
            if answer["outcome"] != "applied":
                self.told.errors[f"outcome {answer['outcome']}"] += 1
                continue
            name, value = change["field"], change["value"]
            self.acknowledged[change["id"]] = (self._entry, name, value)
            if name == "text":
                self._head, self.words[self._entry] = change["id"], value
        return took

    async def ask(self) -> float:
        """Ask what others wrote; return how long the answer took."""
        before = time.perf_counter()
        found = json.loads(await self._ask("GET", f"{self._page}/journal?after={self.last}&notes=0"))
        took = (time.perf_counter() - before) * 1000
        if found["changes"]:
            self.last = found["changes"][-1]["number"]
        return took

    def _change(self, name: str, value: str, base: str | None) -> dict[str, object]:
        change = {"v": 1, "id": str(uuid4()), "conversation": str(self.opened.conversation)}
        return {**change, "thing": "entry", "thing_id": self._entry, "field": name, "value": value, "base": base}

    async def _ask(self, method: str, path: str, body: str = "") -> bytes:
        line = self.free.pop() if self.free else await self._connect()
        try:
            status, cookie, answer = await asyncio.wait_for(self._exchange(line, method, path, body), TOO_LATE)
        except BaseException:
            line[1].close()
            raise
        self.cookie = cookie or self.cookie
        if status != 200:
            raise OSError(f"{method} answered {status}")
        return answer

    async def _connect(self) -> _Line:
        self.told.connections += 1
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=_TRUSTING)

    async def _exchange(self, line: _Line, method: str, path: str, body: str) -> tuple[int, str, bytes]:
        reader, writer = line
        data = body.encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept: application/json\r\n"
            f"Cookie: {self.cookie}\r\nReferer: https://127.0.0.1:{self.port}{self._page}/explore\r\n"
        )
        if data:
            head += (
                f"X-CSRFToken: {self.token}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(data)}\r\n"
            )
        writer.write(head.encode() + b"\r\n" + data)
        told = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in told[1:])}
        answer = await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection", "").lower() == "close":
            writer.close()
        else:
            self.free.append(line)
        return int(told[0].split()[1]), headers.get("set-cookie", "").partition(";")[0], answer

    def close(self) -> None:
        """Close what is open."""
        for _, writer in self.free:
            writer.close()


_TRUSTING = trusting()


async def _every(seconds: float, until: float, first: float, act, times: list[float], told: Told) -> None:
    """Act again and again until then; after an answer that comes late, at the next time that is due."""
    due = first
    while due < until:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        try:
            times.append(await act())
        except (OSError, ValueError, KeyError, asyncio.IncompleteReadError, TimeoutError) as error:
            told.errors[f"{type(error).__name__}: {error}"[:80]] += 1
        due = max(due + seconds, time.perf_counter())


async def _hour(tablets: Sequence[Tablet], seconds: float, asking: bool, told: Told) -> None:
    for some in range(0, len(tablets), 10):  # nobody comes into a school at one moment
        await asyncio.gather(*(tablet.open() for tablet in tablets[some : some + 10]))
    told.load = (os.getloadavg()[0], 0.0)
    cpu, began = time.process_time(), time.perf_counter()
    until, chance = began + seconds, random.Random(8)
    doing = [
        _every(SAVE_EVERY, until, began + chance.uniform(0, SAVE_EVERY), tablet.save, told.saves, told)
        for tablet in tablets
    ]
    if asking:
        doing += [
            _every(ASK_EVERY, until, began + chance.uniform(0, ASK_EVERY), tablet.ask, told.asks, told)
            for tablet in tablets
        ]
    await asyncio.gather(*doing)
    told.own_core = (time.process_time() - cpu) / (time.perf_counter() - began)
    told.load = (told.load[0], os.getloadavg()[0])
    for tablet in tablets:
        tablet.close()


def _lost(place: InSchool, tablets: Sequence[Tablet]) -> int:
    """Return how many acknowledged changes or words are not in the database just once, and what is there beyond."""
    database = Database(place.database_url)
    wrong = 0
    with database.reading() as session:
        for tablet in tablets:
            here = tablet.opened.conversation
            found = Counter(
                (str(change.id), str(change.thing_id), change.field, change.value)
                for change in session.scalars(select(Change).where(Change.conversation_id == here))
                if change.outcome is ChangeOutcome.APPLIED and change.thing == "entry"
            )
            sent = Counter((identifier, *rest) for identifier, rest in tablet.acknowledged.items())
            wrong += sum(((found - sent) + (sent - found)).values())
            rows = session.scalars(select(Entry).where(Entry.conversation_id == here))
            wrong += {str(entry.id): entry.text for entry in rows} != tablet.words
    database.dispose()
    return wrong


def run(place: InSchool, by: str, seconds: float, *, asking: bool = True) -> Told:
    """Let all tablets of a school work so long against one server, and compare what it then holds."""
    told = Told()
    with served(place, by) as port:
        tablets = [Tablet(opened, port, told) for opened in place.conversations]
        asyncio.run(_hour(tablets, seconds, asking, told))
    told.lost = _lost(place, tablets)
    return told
