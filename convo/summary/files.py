"""What a summary's file is called, the child without the surname, day, version, language; and its type."""

import json
import re
from datetime import date, datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from convo.language.tags import language

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
_LONGEST = 100  # bytes of a name's free part; a file system takes 255 for the whole


class Named(Protocol):
    """What a file is named by: a SummaryContent has it, and so has the head of a stored one."""

    @property
    def tag(self) -> str:
        """Return the home language."""

    @property
    def child(self) -> str:
        """Return what the child is called."""

    @property
    def held_on(self) -> date | None:
        """Return the day of the meeting, None for who may not know it."""

    @property
    def made_at(self) -> datetime:
        """Return when it was made."""

    @property
    def version(self) -> int:
        """Return the number of the copy."""

    @property
    def layout(self) -> str:
        """Return its layout."""


class Head(NamedTuple):
    """Of the content of an issue, what its file is named by."""

    tag: str
    child: str
    held_on: date | None
    made_at: datetime
    version: int
    layout: str


def read_head(stored: str) -> Head:
    """Return the head of a stored content, ten times faster than all of it is made from its JSON."""
    said = json.loads(stored)["content"]
    held_on = date.fromisoformat(said["held_on"]) if said["held_on"] else None
    made_at = datetime.fromisoformat(said["made_at"])
    return Head(said["tag"], said["child"], held_on, made_at, said["version"], said["layout"])


def file_name(content: Named, issue_id: UUID | None = None) -> str:
    """Return the name of the Word file: "Amina 23 November 2026 summary 1 Urdu.docx".

    The school's copy is "… school copy.docx", the child's own page "… own page Urdu.docx".
    For who may not know the day of the meeting it tells the month only. With ``issue_id`` it ends with the
    beginning of that, so that in one folder two children of one name have two files.
    """
    when = f"{content.held_on:%-d %B %Y}" if content.held_on else f"{content.made_at:%B %Y}"
    tail = f" {issue_id.hex[:8]}" if issue_id else ""
    child = fit_for_a_name(content.child) or "Child"
    there = language(content.tag).name
    what = {"record": "school copy", "pupil": f"own page {there}"}.get(
        content.layout, f"summary {content.version} {there}"
    )
    return f"{child} {when} {what}{tail}.docx"


def fit_for_a_name(text: str) -> str:
    """Return text as every file system takes it in the name of a file or folder; it may be empty."""
    clean = " ".join(_NOT_IN_NAMES.sub(" ", text).split())
    return clean.encode()[:_LONGEST].decode(errors="ignore").strip(". ")
