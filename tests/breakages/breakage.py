"""One line of convo said otherwise, and the test that must then fail."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Breakage:
    """A line of convo (a path within the package) said otherwise, and the test that notices."""

    name: str
    path: str
    line: str
    instead: str
    caught_by: str
