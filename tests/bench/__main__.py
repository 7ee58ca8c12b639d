"""Measure every pair, print one table, and exit 1 when one is further beyond its limit than allowed."""

import argparse
import importlib
import inspect
import os
import pkgutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import SupportsFloat, cast

import tests.bench
from tests.bench import Pair

# How far beyond its limit a ratio may lie before the run fails: machines that are shared are uneven.
NOISE = {"short": 1.5, "full": 1.15}
HEADINGS = ("what", "ours", "against", "ratio", "at most", "")


def all_pairs(words: list[str], short: bool) -> Iterator[Pair]:
    """Give the pairs of every module, or of those whose module or pair is named by one of the words."""
    for module in sorted(item.name for item in pkgutil.iter_modules(tests.bench.__path__)):
        pairs = getattr(importlib.import_module(f"tests.bench.{module}"), "pairs", None)
        if pairs is None:
            continue
        for pair in pairs(short=short) if "short" in inspect.signature(pairs).parameters else pairs():
            if not words or any(word in f"{module} {pair.name}" for word in words):
                yield pair


def measured(pair: Pair, rounds: int) -> tuple[float, float]:
    """Return what ours and the other side took: median milliseconds, or the amounts they return."""
    if pair.noisy:
        return _least(pair, rounds), _amount(pair.against)
    if pair.unit != "ms":
        return _amount(pair.ours), _amount(pair.against)
    pair.ours(), pair.against()  # warm caches
    ours, against = [], []
    for _ in range(rounds):
        ours.append(_milliseconds(pair.ours))
        against.append(_milliseconds(pair.against))
    return statistics.median(ours), statistics.median(against)


def _milliseconds(call: Callable[[], object]) -> float:
    before = time.perf_counter()
    call()
    return (time.perf_counter() - before) * 1000


def _least(pair: Pair, rounds: int) -> float:
    found: list[float] = []
    while len(found) < rounds and (not found or min(found) > pair.at_most):
        found.append(_amount(pair.ours))
        print(f"{pair.name}: {found[-1]:.1f} {pair.unit}, at a load of {os.getloadavg()[0]:.1f}", flush=True)
    return min(found)


def _amount(call: Callable[[], object]) -> float:
    return float(cast("SupportsFloat", call()))


def verdict(pair: Pair, ratio: float, noise: float) -> tuple[str, bool]:
    """Return what the table says of a ratio, and whether it fails the run: an amount has no noise."""
    over = ratio - pair.at_most
    if over <= 0:
        return "met", False
    if pair.unit == "ms" or (pair.noisy and not pair.known):
        return ("TOO MUCH", True) if ratio > pair.at_most * noise else ("over, within noise", False)
    said = f"over by {over:.2f} {pair.unit}"
    return (said, True) if over > pair.known else (f"{said}, known", False)


def main() -> int:
    """Run the benchmark."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("--short", action="store_true", help="a third of the rounds, more noise allowed")
    arguments.add_argument("words", nargs="*", help="only pairs whose module or name holds one of these")
    chosen = arguments.parse_args()
    noise = NOISE["short" if chosen.short else "full"]
    rows, failed = [], []
    for pair in all_pairs(chosen.words, chosen.short):
        rounds = max(5, pair.rounds // 3) if chosen.short and not pair.noisy else pair.rounds
        ours, against = measured(pair, rounds)
        ratio = ours / against
        words, fails = verdict(pair, ratio, noise)
        if fails:
            failed.append(pair.name)
        rows.append(
            (
                pair.name,
                f"{ours:.2f} {pair.unit}",
                f"{against:.2f} {pair.unit}",
                f"{ratio:.2f}",
                f"{pair.at_most:g}",
                words,
            )
        )
    widths = [max(len(row[column]) for row in [HEADINGS, *rows]) for column in range(len(HEADINGS))]
    for row in [HEADINGS, *rows]:
        first, *others = zip(row, widths, strict=True)
        print("  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]))
    if failed:
        print(f"Beyond the limit, noise and what is known allowed for: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
