"""The roll comes in: what a file would do, and doing it. The reading of files is ``people.reading``."""

from convo.people.roll.apply import RollOutcome, apply_roll, preview_roll, read_import
from convo.people.roll.preview import RollPreview
from convo.people.roll.staff import StaffOutcome, StaffPreview, apply_staff, preview_staff

__all__ = [
    "RollOutcome",
    "RollPreview",
    "StaffOutcome",
    "StaffPreview",
    "apply_roll",
    "apply_staff",
    "preview_roll",
    "preview_staff",
    "read_import",
]
