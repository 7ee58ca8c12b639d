"""What a roll does, for a person to read before it is done, and the rows to write for it."""

from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from convo.people.reading import Refusal


class FieldChange(NamedTuple):
    """What a field holds and what the roll says, as a person reads it."""

    field: str
    was: str
    now: str


class PupilLine(NamedTuple):
    """A pupil in a preview; ``changes`` is empty for who is new or missing."""

    name: str
    class_name: str
    changes: tuple[FieldChange, ...] = ()


class Question(NamedTuple):
    """A contact that the roll gives differently: a person will be asked."""

    pupil: str
    carer: str
    change: FieldChange


Named = TypeVar("Named")


@dataclass
class Preview(Generic[Named]):
    """What a file does: in lists, for the page, and in counts."""

    refused: tuple[Refusal, ...]
    new: list[Named] = field(default_factory=list)
    changed: list[Named] = field(default_factory=list)
    unchanged: int = 0
    missing: list[Named] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many pupils or people each came to; of the refused, how many rows."""
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "missing": len(self.missing),
            "refused": len({refusal.row for refusal in self.refused}),
        }


@dataclass
class RollPreview(Preview[PupilLine]):
    """What a roll does. ``kept`` are values set in convo that stay."""

    kept: list[PupilLine] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


@dataclass
class Plan:
    """The preview, and the rows to write, each a dict of columns; updates hold the id of theirs."""

    preview: RollPreview
    new_pupils: list[dict[str, Any]] = field(default_factory=list)
    new_carers: list[dict[str, Any]] = field(default_factory=list)
    new_links: list[dict[str, Any]] = field(default_factory=list)
    pupils: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    carers: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    new_questions: list[dict[str, Any]] = field(default_factory=list)
    withdrawn_questions: list[UUID] = field(default_factory=list)
