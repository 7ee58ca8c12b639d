"""What is due as rows for a spreadsheet, as JSON and as plain text."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from convo.followup.rules import Due, DueAction, NoConversation
from convo.kernel.school_year import school_year_label
from convo.kernel.text import spreadsheet_safe

_HEADINGS = (
    "Due",
    "Pupil",
    "Class",
    "Key teacher",
    "Action",
    "By whom",
    "Who",
    "By when",
    "Days late",
    "Target",
    "Since then",
    "Planned for",
    "Not held",
)


def as_csv(due: Due) -> bytes:
    """Return what is due as CSV: UTF-8 with a byte order mark, so that Excel reads it; no cell is a formula.

    Dates are 2026-11-30, which sorts and which no spreadsheet reads with day and month changed round.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADINGS)
    for row in _rows(due):
        writer.writerow([spreadsheet_safe(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def as_json(due: Due) -> dict[str, Any]:
    """Return what ``convo due --json`` prints.

    ``{"school_year", "round", "actions": […], "no_conversation": […], "not_talked_about": […]}``, the school
    year as the calendar year in which it starts. Each action is ``{"pupil", "class", "action", "by_whom":
    "home|school|pupil", "who", "by_when", "days_late", "target", "key_teacher", "no_word"}``, the earliest
    date first; those not talked about have the day of that conversation in ``not_talked_about_on`` as well.
    Each pupil without a conversation is ``{"pupil", "class", "key_teacher", "planned_for", "opened_on",
    "not_held": [{"on", "reason"}]}``. Dates are ISO 8601; what there is none of is null.
    """
    return {
        "school_year": due.school_year,
        "round": due.round,
        "actions": [_action(action) for action in due.actions],
        "no_conversation": [
            {
                "pupil": pupil.pupil,
                "class": pupil.class_name or None,
                "key_teacher": pupil.key_teacher or None,
                "planned_for": _iso(pupil.planned_on),
                "opened_on": _iso(pupil.opened_on),
                "not_held": [
                    {"on": attempt.on.isoformat(), "reason": attempt.reason.value}
                    for attempt in pupil.attempts
                ],
            }
            for pupil in due.no_conversation
        ],
        "not_talked_about": [
            {**_action(action), "not_talked_about_on": _iso(action.passed_over_on)}
            for action in due.not_talked_about
        ],
    }


def as_text(due: Due) -> str:
    """Return what is due as two plain tables, for a terminal."""
    heading = f"Round {due.round} of {school_year_label(due.school_year)} ({due.term})"
    actions = [
        (
            action.by_when.isoformat(),
            f"late {action.days_late}" if action.days_late else "",
            action.pupil,
            action.class_name,
            f"{action.who} ({action.by_whom.value})",
            " ".join(action.what.split()),
            _since(action),
        )
        for action in due.actions
    ]
    pupils = [
        (pupil.pupil, pupil.class_name, pupil.key_teacher, _iso(pupil.planned_on) or "", not_held(pupil))
        for pupil in due.no_conversation
    ]
    return "\n".join(
        [
            heading,
            "",
            *_table("Open actions", ("By", "Late", "Pupil", "Class", "Who", "Action", "Since then"), actions),
            "",
            *_table(
                "No conversation in this round",
                ("Pupil", "Class", "Key teacher", "Planned for", "Not held"),
                pupils,
            ),
        ]
    )


def not_held(pupil: NoConversation) -> str:
    """Return the meetings of a pupil that were not held, in one line."""
    return "; ".join(f"{attempt.on.isoformat()} {attempt.reason.value}" for attempt in pupil.attempts)


def _rows(due: Due) -> Iterator[Sequence[str]]:
    for action in due.actions:
        yield (
            "Open action",
            action.pupil,
            action.class_name,
            action.key_teacher,
            action.what,
            action.by_whom.value,
            action.who,
            action.by_when.isoformat(),
            str(action.days_late),
            action.target,
            _since(action),
            "",
            "",
        )
    for pupil in due.no_conversation:
        yield (
            f"No conversation in round {due.round}",
            pupil.pupil,
            pupil.class_name,
            pupil.key_teacher,
            *[""] * 7,
            _iso(pupil.planned_on) or "",
            not_held(pupil),
        )


def _since(action: DueAction) -> str:
    if action.passed_over_on:
        return f"not talked about on {action.passed_over_on.isoformat()}"
    return "no word yet" if action.no_word else ""


def _action(action: DueAction) -> dict[str, Any]:
    return {
        "pupil": action.pupil,
        "class": action.class_name or None,
        "action": action.what,
        "by_whom": action.by_whom.value,
        "who": action.who,
        "by_when": action.by_when.isoformat(),
        "days_late": action.days_late,
        "target": action.target,
        "key_teacher": action.key_teacher or None,
        "no_word": action.no_word,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table whose columns stand under each other."""
    yield f"{title}: {len(rows)}"
    if rows:
        widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
        for row in (headings, *rows):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            yield "  ".join(cells).rstrip()
