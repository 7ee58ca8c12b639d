"""A hundred tablets in a hundred conversations, each saving every two seconds, over the server's own TLS.

Each saves the words of an entry every two seconds, and asks every three what others wrote, as the page does.
Afterwards the database is read: each acknowledged change is there once, each entry holds its last words, and
there is nothing else. The tablets share the cores with the server and the database; how much of a core they
take themselves is told beside what the server takes (of PostgreSQL's own processes nothing is known here).

    python -m tests.bench.tablets --server granian gunicorn --database sqlite postgresql --seconds 60
"""

import argparse
import asyncio
import math
import os
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from convo.conversation.models import Change, Entry
from convo.conversation.rules import ChangeOutcome
from convo.db import Database
from tests.bench import Pair
from tests.bench.school_served import SERVERS, InSchool, school, served, worked
from tests.bench.tablet_client import Seen, Tablet

TABLETS = 100
SAVE_EVERY, ASK_EVERY = 2.0, 3.0  # seconds; the second is EVERY in static/hour/others.js
MOST_MS = 100  # for 95 % of the answers
KINDS = ("sqlite", "postgresql")
_WRONG = (OSError, ValueError, KeyError, asyncio.IncompleteReadError, TimeoutError)


@dataclass(frozen=True)
class Run:
    """What came of one run."""

    seen: Seen
    lost: int  # changes and words that are lost, doubled, or nobody's
    server: float  # of a core, that it took
    tablets: float
    load: tuple[float, float]  # of the machine, before and after

    @property
    def wrong(self) -> int:
        """How often something went wrong: answers that did not come or were not right, and what is lost."""
        return self.seen.errors.total() + self.lost

    @property
    def most(self) -> float:
        """In how many ms 95 % of all answers came."""
        return _within(self.seen.saves + self.seen.asks, 0.95)

    def __str__(self) -> str:
        told = [f"95 % of answers within {self.most:.0f} ms"]
        for name, found in (("saves", self.seen.saves), ("asks", self.seen.asks)):
            if found:
                times = "/".join(f"{_within(found, share):.0f}" for share in (0.5, 0.95, 1))
                told.append(f"{len(found)} {name}: half, 95 %, all within {times} ms")
        told.append(f"errors: {dict(self.seen.errors) or 'none'}, lost or doubled: {self.lost}")
        told.append(f"{self.seen.connections} connections")
        told.append(f"cores: server {self.server:.2f}, tablets {self.tablets:.2f}")
        return "; ".join([*told, f"load {self.load[0]:.1f} to {self.load[1]:.1f}"])


def _within(times: Sequence[float], share: float) -> float:
    found = sorted(times) or [math.inf]
    return found[min(len(found) - 1, int(len(found) * share))]


def run(place: InSchool, tablets: Sequence[Tablet], by: str, seconds: float, *, asking: bool = True) -> Run:
    """Let the tablets work so long against a server, and compare what the school then holds."""
    seen = Seen()
    with served(place, by) as (port, process):
        load, server = os.getloadavg()[0], partial(worked, process.pid)
        used = asyncio.run(_work(tablets, port, seen, seconds, asking, server))
    return Run(seen, _lost(place, tablets), *used, (load, os.getloadavg()[0]))


async def _work(
    tablets: Sequence[Tablet],
    port: int,
    seen: Seen,
    seconds: float,
    asking: bool,
    server: Callable[[], float],
) -> tuple[float, float]:
    """Let all tablets work; return how much of a core the server and the tablets took."""
    for some in range(0, len(tablets), 10):  # nobody comes into a school at one moment
        await asyncio.gather(*(tablet.open(port, seen) for tablet in tablets[some : some + 10]))
    server_before, own_before, began = server(), time.process_time(), time.perf_counter()
    chance, doing = random.Random(8), []
    for tablet in tablets:
        acts = [(SAVE_EVERY, tablet.save), (ASK_EVERY, tablet.ask)]
        doing += [
            _again(act, every, began + chance.uniform(0, every), began + seconds, seen)
            for every, act in acts[: 1 + asking]
        ]
    await asyncio.gather(*doing)
    took = time.perf_counter() - began
    used = (server() - server_before) / took, (time.process_time() - own_before) / took
    for tablet in tablets:
        tablet.close()
    return used


async def _again(
    act: Callable[[], Awaitable[None]], every: float, due: float, until: float, seen: Seen
) -> None:
    """Act again and again; after an answer that comes late, at once, as a page that has more to send."""
    while due < until:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        try:
            await act()
        except _WRONG as error:
            seen.errors[f"{type(error).__name__} {error}"[:80]] += 1
        due = max(due + every, time.perf_counter())


def _lost(place: InSchool, tablets: Sequence[Tablet]) -> int:
    """Return how many changes and words are not just once where they belong, or are there unasked."""
    database = Database(place.database_url)
    wrong = 0
    with database.reading() as session:
        for tablet in tablets:
            logged = session.scalars(select(Change).where(Change.conversation_id == tablet.conversation))
            found = Counter(
                (str(change.id), str(change.thing_id), change.field, change.value)
                for change in logged
                if change.thing == "entry" and change.outcome is ChangeOutcome.APPLIED
            )
            sent = tablet.acknowledged
            wrong += ((found - sent) + (sent - found)).total()
            rows = session.scalars(select(Entry).where(Entry.conversation_id == tablet.conversation))
            wrong += {str(entry.id): entry.text for entry in rows} != tablet.words
    database.dispose()
    return wrong


def pairs(*, short: bool = False) -> Iterator[Pair]:
    """The answers on each database, and that nothing is lost: for a minute, in short for twelve seconds."""
    for kind in KINDS:
        with school(kind, TABLETS) as place:
            tablets = [Tablet(opened) for opened in place.conversations]
            runs: list[Run] = []

            def most(
                place: InSchool = place, tablets: Sequence[Tablet] = tablets, runs: list[Run] = runs
            ) -> float:
                runs.append(run(place, tablets, "granian", 12 if short else 60))
                print(runs[-1], flush=True)
                return runs[-1].most

            def wrong(most: Callable[[], float] = most, runs: list[Run] = runs) -> float:
                if not runs:
                    most()
                return sum(each.wrong for each in runs)

            name = f"{TABLETS} tablets on {kind}"
            yield Pair(
                f"{name}: 95 % of answers within",
                ours=most,
                against=lambda: 1,
                at_most=MOST_MS,
                unit="ms each",
                rounds=1 if short else 3,
                known=math.inf if short else 0,  # where everybody's tests run, it is told and fails nothing
                noisy=True,
            )
            yield Pair(f"{name}: errors, lost or doubled", wrong, lambda: 1, 0, "in all")


def main() -> None:
    """Compare servers and databases, in turn in one run."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tablets", description=__doc__)
    parser.add_argument("--server", nargs="+", choices=SERVERS, default=["granian"])
    parser.add_argument("--database", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--tablets", type=int, default=TABLETS)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-asking", action="store_true", help="only save, as no page does")
    chosen = parser.parse_args()
    for kind in chosen.database:
        with school(kind, chosen.tablets) as place:
            tablets = [Tablet(opened) for opened in place.conversations]
            for _ in range(chosen.rounds):
                for by in chosen.server:
                    told = run(place, tablets, by, chosen.seconds, asking=not chosen.without_asking)
                    print(f"{kind}, {by}: {told}", flush=True)


if __name__ == "__main__":
    main()
