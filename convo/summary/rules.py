"""Why an issue was made, and what the steps of its way to the family mean. Pure."""

import enum
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol


class IssueReason(enum.StrEnum):
    """Why a version was made."""

    FIRST = "first"
    CORRECTION = "correction"
    TRANSLATION = "translation"  # the same agreement, now in the family's language


class DeliveryWay(enum.StrEnum):
    """How a version reached the family, or is to reach it."""

    PRINTED = "printed now"
    PRINT_LIST = "on the office's print list"
    PROMISED = "promised by a date"
    GIVEN = "given"
    EXPLAINED = "explained aloud"
    SENT = "sent"
    COLLECTED = "collected"


HELD = frozenset({DeliveryWay.GIVEN, DeliveryWay.SENT, DeliveryWay.COLLECTED})
"""The family has the paper. Explained aloud is not among it: it reached them, but they hold nothing."""

REACHED = HELD | {DeliveryWay.EXPLAINED}


class Step(Protocol):
    """One delivery, as far as it decides what is still to be done."""

    @property
    def way(self) -> DeliveryWay:
        """Return how it went on."""

    @property
    def due_on(self) -> date | None:
        """Return by when it was promised."""


class Waiting(NamedTuple):
    """What the office or the teacher still has to do with an issue."""

    to_print: bool
    promised_on: date | None

    def late(self, today: date) -> bool:
        """Return whether a promised day has passed."""
        return self.promised_on is not None and self.promised_on < today


def is_held(steps: Sequence[Step]) -> bool:
    """Return whether the family has the paper."""
    return any(step.way in HELD for step in steps)


def waiting(steps: Sequence[Step]) -> Waiting | None:
    """Return what is still to be done, from the steps in their order; None when nothing waits.

    Paper on the print list waits until it is in the family's hands; a promise is kept as well by explaining
    what was agreed aloud.
    """
    to_print, promised_on = False, None
    for step in steps:
        if step.way is DeliveryWay.PRINT_LIST:
            to_print = True
        elif step.way is DeliveryWay.PROMISED:
            promised_on = step.due_on
        if step.way in HELD:
            to_print = False
        if step.way in REACHED:
            promised_on = None
    return Waiting(to_print, promised_on) if to_print or promised_on else None
