"""How fast convo is, as ratios that hold on any machine: ``python -m tests.bench [--short] [WORD …]``.

Each module here that has a function ``pairs() -> Iterable[Pair]`` takes part; it may be a generator that sets
up before its first pair and clears away after its last, and it is told whether the run is ``short`` if it has
a parameter of that name. Both sides of a pair are measured in turn in the same
run, so that a busy machine slows both.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """What is measured, against what, and how many times as much it may be.

    With the unit "ms" both sides are called and timed, ``rounds`` times in turn, and the median counts. With
    any other unit each is called once and returns its amount in that unit; ``against`` may then return 1 to
    make ``at_most`` a plain limit. An amount has no noise; ``known`` is how far beyond ``at_most`` it is
    already known to be, in the same unit: it fails the run only when it grows beyond that. Where it is
    ``noisy`` after all, as whatever else the machine does makes it greater, it is taken ``rounds`` times at
    most until it is met, each is printed with the load of the machine, and the least counts.
    """

    name: str
    ours: Callable[[], object]
    against: Callable[[], object]
    at_most: float
    unit: str = "ms"
    rounds: int = 40
    known: float = 0
    noisy: bool = False
