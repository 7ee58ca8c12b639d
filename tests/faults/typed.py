"""What a person typed: a model of the meeting, kept by the hand that types and never read from the app."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

Name = tuple[str, str, str]  # thing, id, field


@dataclass
class Tap:
    """What the family tapped on something, and what became of it."""

    thing: str
    thing_id: str
    answer: str
    state: str = "waiting"  # or "confirmed", "dismissed", and "back" once they took it back
    id: str = ""  # the tablet's, known from when the teacher answers


@dataclass
class Typed:
    """Every value that each field was given, in order, and the order of the rows."""

    values: dict[Name, list[Any]] = field(default_factory=dict)
    rows: dict[str, list[str]] = field(default_factory=dict)  # ids by kind of thing, as they stand
    shared: set[Name] = field(default_factory=set)  # fields that another person wrote too
    theirs: dict[Name, Any] = field(default_factory=dict)  # what that other person wrote
    chosen: set[Name] = field(default_factory=set)  # of which one of two versions was chosen
    taps: dict[str, Tap] = field(default_factory=dict)  # by the script's name
    count: int = 0

    def set(self, thing: str, thing_id: str | UUID, name: str, value: Any) -> None:
        """Note that a field was given a value."""
        self.values.setdefault((thing, str(thing_id), name), []).append(value)
        self.count += 1

    def make(self, thing: str, thing_id: str, **fields: Any) -> None:
        """Note a new row at the end."""
        self.rows.setdefault(thing, []).append(thing_id)
        for name, value in fields.items():
            self.set(thing, thing_id, name, value)

    def now(self, thing: str, thing_id: str, name: str) -> Any:
        """Return what a field was given last."""
        return self.values.get((thing, thing_id, name), [None])[-1]

    def is_out(self, thing: str, thing_id: str) -> bool:
        """Return whether a row was taken out."""
        return bool(self.now(thing, thing_id, "removed"))

    def is_shared(self, thing: str, thing_id: str) -> bool:
        """Return whether another person took this row out or wrote in it."""
        return any(name[:2] == (thing, thing_id) for name in self.shared)

    def order(self, thing: str, under: str | None = None) -> list[str]:
        """Return the ids of the rows that stand, in order; of actions those towards one target."""
        return [
            each
            for each in self.rows.get(thing, [])
            if not self.is_out(thing, each) and (under is None or self.now(thing, each, "parent") == under)
        ]

    def move(self, thing: str, thing_id: str, by: int) -> None:
        """Note that a row changed places with the one before or after it."""
        rows = self.rows[thing]
        under = self.now(thing, thing_id, "parent") if thing == "action" else None
        order = self.order(thing, under)
        place = order.index(thing_id) + by
        if 0 <= place < len(order):
            here, there = rows.index(thing_id), rows.index(order[place])
            rows[here], rows[there] = rows[there], rows[here]
            self.count += 1
