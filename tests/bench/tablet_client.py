"""A tablet as the server meets it: no browser, only what one sends, over connections that stay open.

It keeps one connection as a browser does, and opens another while the first is busy. An answer counts from
the first byte sent to the last one read.
"""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.bench.school_served import Opened, trusting

SAVES_OF_ONE_ENTRY = 5
TOO_LATE = 8.0  # seconds for an answer, as in static/hour/journal.js

_TRUSTING = trusting()
_Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Seen:
    """What tablets have seen: how long answers took, in ms, and which did not come or were not right."""

    saves: list[float] = field(default_factory=list)
    asks: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    connections: int = 0


class Tablet:
    """One tablet in its conversation, for as many runs as there are."""

    def __init__(self, opened: Opened) -> None:
        self.conversation, self._voice = opened.conversation, str(opened.voice)
        self.acknowledged: Counter[tuple[str, str, str, str]] = Counter()  # id, entry, field, value
        self.words: dict[str, str] = {}  # of each entry, as last acknowledged
        self._page = f"/conversations/{opened.conversation}"
        self._cookie, self._token = opened.cookie, ""
        self._free: list[_Line] = []
        self._last = 0  # number of the newest change it knows
        self._entry, self._head, self._saves = "", "", 0

    async def open(self, port: int, seen: Seen) -> None:
        """Load the page as a browser would, and learn the token that goes with what is sent."""
        self._port, self._seen = port, seen
        await self._exchange("GET", f"{self._page}/explore")
        self._token = json.loads(await self._exchange("GET", "/session"))["csrf"]

    async def save(self) -> None:
        """Save new words of the entry at hand, or begin the next one."""
        changes = []
        if self._saves % SAVES_OF_ONE_ENTRY == 0:
            self._entry, self._head = str(uuid4()), ""
            changes.append(self._change("parent", self._voice))
        self._saves += 1
        words = f"She reads to her brother every night, and that is time {self._saves}"
        changes.append(self._change("text", words))
        sent = json.dumps({"changes": changes})
        before = time.perf_counter()
        answered = json.loads(await self._exchange("POST", f"{self._page}/journal", sent))
        self._seen.saves.append((time.perf_counter() - before) * 1000)
        for change, answer in zip(changes, answered["answers"], strict=True):
            if (answer["id"], answer["outcome"]) != (change["id"], "applied"):
                self._seen.errors[f"outcome {answer['outcome']}"] += 1
                continue
            self.acknowledged[change["id"], self._entry, change["field"], change["value"]] += 1
            if change["field"] == "text":
                self._head, self.words[self._entry] = change["id"], change["value"]

    async def ask(self) -> None:
        """Ask what others wrote meanwhile."""
        before = time.perf_counter()
        found = json.loads(await self._exchange("GET", f"{self._page}/journal?after={self._last}&notes=0"))
        self._seen.asks.append((time.perf_counter() - before) * 1000)
        if found["changes"]:
            self._last = found["changes"][-1]["number"]

    def close(self) -> None:
        """Close the connections."""
        while self._free:
            self._free.pop()[1].close()

    def _change(self, name: str, value: str) -> dict[str, Any]:
        about = {"thing": "entry", "thing_id": self._entry, "field": name, "value": value}
        base = self._head if name == "text" else ""
        return {
            "v": 1,
            "id": str(uuid4()),
            "conversation": str(self.conversation),
            **about,
            "base": base or None,
        }

    async def _exchange(self, method: str, path: str, sent: str = "") -> bytes:
        line = self._free.pop() if self._free else await self._connect()
        try:
            status, kept, answer = await asyncio.wait_for(
                self._ask(line, method, path, sent.encode()), TOO_LATE
            )
        except BaseException:
            line[1].close()
            raise
        self._free.append(line) if kept else line[1].close()
        if status != 200:
            raise OSError(f"{method} answered {status}")
        return answer

    async def _connect(self) -> _Line:
        self._seen.connections += 1
        return await asyncio.open_connection("127.0.0.1", self._port, ssl=_TRUSTING)

    async def _ask(self, line: _Line, method: str, path: str, sent: bytes) -> tuple[int, bool, bytes]:
        reader, writer = line
        school = f"127.0.0.1:{self._port}"
        head = [f"{method} {path} HTTP/1.1", f"Host: {school}", "Accept: application/json"]
        head += [f"Cookie: {self._cookie}", f"Referer: https://{school}{self._page}/explore"]
        if sent:
            head += [f"X-CSRFToken: {self._token}", "Content-Type: application/json"]
            head += [f"Content-Length: {len(sent)}"]
        writer.write("\r\n".join([*head, "", ""]).encode() + sent)
        told = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (each.partition(":") for each in told[1:])
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        answer = await reader.readexactly(int(headers["content-length"]))
        if "set-cookie" in headers:
            self._cookie = headers["set-cookie"].partition(";")[0]
        return int(told[0].split()[1]), headers.get("connection", "").lower() != "close", answer
