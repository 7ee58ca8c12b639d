"""Whether a file is a copy of ours, to the byte, and what is known of it: for the page and the command."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from convo.access.models import School
from convo.kernel.clock import local
from convo.kernel.errors import Refused
from convo.language.tags import language
from convo.language.text import put_into
from convo.summary.models import Delivery, Issue
from convo.summary.naming import LAYOUT_NAMES, REASON_NAMES, WAY_NAMES
from convo.summary.queries import Listed, content_of, issue_of_file, issues_of, latest_of

LIMIT = 5_000_000  # bytes; a copy with a logo and a font of its own has less than a million


class Fact(NamedTuple):
    """One thing that is known of a copy: what it is called, and one line or more."""

    label: str
    lines: tuple[str, ...]


class Known(NamedTuple):
    """What is known of a copy: which it is, in a sentence, and all else."""

    sentence: str
    facts: tuple[Fact, ...]


def find_copy(session: Session, school: School, file: bytes) -> Listed | None:
    """Return the issue that a file is, to the byte, or None; give it up to a byte more than the limit.

    Raises Refused for a file that is larger than any copy can be.
    """
    if len(file) > LIMIT:
        raise Refused(
            f"This file has more than {LIMIT // 1_000_000} MB, and no copy of ours is so large."
            " Choose another.",
            "file",
        )
    return issue_of_file(session, school.id, file)


def not_ours(file: str) -> str:
    """Return the sentence about a file that is not a copy of ours; ``file`` is what it is called."""
    return (
        f"{file} is not a copy that this school gave out, or it was changed since."
        " Opening and saving it in Word changes it too."
    )


def known_of(session: Session, school: School, listed: Listed, file: str) -> Known:
    """Return what is known of a copy, for who may see the pupil; ``file`` is what it is called.

    For whom it is stands as on the copy itself, also where the carer is called otherwise by now.
    """
    issue, zone = listed.issue, school.time_zone
    of_carer = [each for each in issues_of(session, listed.meeting.id) if each.carer_id == issue.carer_id]
    newest = latest_of(of_carer)[issue.carer_id]
    carer = put_into(content_of(session, issue.id).addressed, "en")
    pupil = put_into(listed.meeting.pupil.full_name, "en")
    home = "" if issue.language == "en" else f" and {language(issue.language).name}"
    layout = next((name for key, name in LAYOUT_NAMES.items() if key == issue.layout), issue.layout)
    return Known(
        f"{file} is exactly copy {issue.number} for {carer} about {pupil}.",
        (
            Fact("Made", (_at(issue.issued_at, zone),)),
            Fact("Made by", (put_into(issue.issued_by.name, "en"),)),
            Fact("Why", (REASON_NAMES[issue.reason],)),
            Fact("Language", (f"English{home}",)),
            Fact("Layout", (layout,)),
            Fact("Guide", (put_into(issue.guide_version, "en"),)),
            Fact("Does it still count", tuple(_standing(issue, newest, zone))),
            Fact(
                "How it reached the family",
                tuple(_step(step, zone) for step in issue.deliveries) or ("Nothing is written down.",),
            ),
        ),
    )


def _standing(issue: Issue, newest: Issue, zone: str) -> list[str]:
    said = []
    if issue.withdrawn_at is not None:
        said.append(f"No: it was withdrawn on {_at(issue.withdrawn_at, zone)}.")
    if newest.number > issue.number:
        said.append(
            f"{'It' if said else 'No: it'} was replaced by copy {newest.number}, made on "
            f"{_at(newest.issued_at, zone)}."
        )
    return said or ["Yes: it is the newest for this carer."]


def _step(step: Delivery, zone: str) -> str:
    due = f" by {step.due_on:%-d %B %Y}" if step.due_on else ""
    spoken = f" in {language(step.language).name} by {put_into(step.by, 'en')}" if step.language else ""
    by = put_into(step.recorded_by.name, "en")
    return f"{WAY_NAMES[step.way]}{due}{spoken}. {_at(step.recorded_at, zone)}, {by}"


def _at(instant: datetime, zone: str) -> str:
    return f"{local(instant, zone):%A %-d %B %Y, %H:%M}"
