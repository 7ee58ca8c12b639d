"""The agreement's lines as fields of a form, and what a posted form changes. No Flask."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from convo.conversation.corrections import Wanted
from convo.conversation.fields import FIELDS, as_json, field_of
from convo.conversation.models import Change
from convo.conversation.rules import Readers
from convo.kernel.ids import parse_id
from convo.plan.rules import ActionState, Area, Doer
from convo.summary.record import Record

Choices = Sequence[tuple[str, str]]
_DOERS: Choices = [("", "Choose"), (Doer.HOME, "At home"), (Doer.SCHOOL, "At school"), (Doer.PUPIL, "Pupil")]
_READERS: Choices = [(readers.value, readers.value.capitalize()) for readers in Readers]
_AREAS: Choices = [("", "Not said"), *((area.value, area.value.capitalize()) for area in Area)]


@dataclass(frozen=True)
class FormLine:
    """One field of the form: ``kind`` is line, words, date, time, choice or tick."""

    thing: str
    thing_id: UUID
    name: str
    label: str
    kind: str
    held: Any  # as the journal writes it
    choices: Choices = ()

    @property
    def key(self) -> str:
        """Return the name of its control."""
        return f"{self.thing}:{self.thing_id}:{self.name}"

    def shown(self, typed: Mapping[str, Any] | None) -> Any:
        """Return what stands in the control: what was typed before a refusal, else what is held."""
        if typed is None:
            return "" if self.held is None else self.held
        return typed.get(self.key, "" if self.kind != "tick" else False)


@dataclass(frozen=True)
class Group:
    """The lines of one thing."""

    title: str
    lines: list[FormLine]
    asides: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """Things of one kind."""

    heading: str
    groups: list[Group]


def sections_of(record: Record, asides: Sequence[Change], new_id: UUID) -> list[Section]:
    """Return the form's sections: actions first, with room for a new one under the id given."""
    meeting = record.meeting
    targets = {target.id: target.text or "A target without words" for target in record.targets}
    open_now = [action for action in record.actions if action.state in (ActionState.OPEN, ActionState.DRAFT)]
    known = {row.id for row in (*open_now, *record.targets, *record.entries, *record.priorities, meeting)}
    late = {change.thing_id for change in asides if change.thing == "action"} - known
    actions = [
        _group("action", row.id, row.what, row, _action_fields(targets, row.target_id), asides)
        for row in open_now
    ]
    new = [*((identifier, "New, sent too late") for identifier in sorted(late)), (new_id, "A new action")]
    actions += [
        _group("action", identifier, title, None, _action_fields(targets), asides)
        for identifier, title in new
    ]
    lists: list[tuple[str, str, Sequence[Any], str]] = [
        ("What we want to see", "target", record.targets, "text"),
        ("What matters most", "priority", record.priorities, "text"),
        ("What we heard", "entry", record.entries, "text"),
    ]
    return [
        Section("What each of us does", actions),
        Section("When we meet next", [_group("conversation", meeting.id, "", meeting, _MEETING, asides)]),
        *(
            Section(
                heading,
                [_group(thing, row.id, getattr(row, name), row, _FIELDS[thing], asides) for row in rows],
            )
            for heading, thing, rows, name in lists
            if rows
        ),
    ]


def shown_ids(sections: Sequence[Section]) -> set[UUID]:
    """Return the ids of the asides that stand beside a line."""
    return {change.id for section in sections for group in section.groups for change in group.asides}


def wanted_of(sections: Sequence[Section], form: Mapping[str, Any]) -> Iterator[Wanted]:
    """Yield the fields that a posted form says differently."""
    for section in sections:
        for group in section.groups:
            for line in group.lines:
                if line.key not in form and line.kind != "tick":
                    continue
                values = [form[line.key]] if line.key in form else []
                spec = field_of(line.thing, line.name)
                value = spec.from_form(values)
                if not spec.says(value, line.held):
                    yield Wanted(line.thing, line.thing_id, line.name, value)


def wanted_from(asides: Sequence[Change]) -> list[Wanted]:
    """Return the changes kept aside as fields of a correction."""
    return [Wanted(change.thing, change.thing_id, change.field, change.value) for change in asides]


def chosen(asides: Sequence[Change], form: Mapping[str, Any], answer: str) -> list[Change]:
    """Return the changes kept aside to which a form gives this answer."""
    return [change for change in asides if form.get(f"aside:{change.id}") == answer]


def new_id_of(form: Mapping[str, Any]) -> UUID | None:
    """Return the id under which the form offered a new action."""
    return parse_id(form.get("new", ""))


def _group(
    thing: str,
    identifier: UUID,
    title: str,
    row: Any,
    fields: Sequence[tuple[str, str, str, Choices]],
    asides: Sequence[Change],
) -> Group:
    return Group(
        title,
        [
            FormLine(
                thing,
                identifier,
                name,
                label,
                kind,
                as_json(getattr(row, FIELDS[thing][name].column)) if row is not None else None,
                choices,
            )
            for name, label, kind, choices in fields
            if row is not None or kind != "tick"
        ],
        [change for change in asides if (change.thing, change.thing_id) == (thing, identifier)],
    )


def _action_fields(
    targets: Mapping[UUID, str], held: UUID | None = None
) -> Sequence[tuple[str, str, str, Choices]]:
    """Return the fields of an action; its target stays a choice where that was taken out."""
    choices = {"": "Choose", **{str(key): text for key, text in targets.items()}}
    if held is not None:
        choices.setdefault(str(held), "As it was: not on this page any more")
    return [
        ("what", "What", "words", ()),
        ("who", "Who", "line", ()),
        ("by_whom", "Where", "choice", _DOERS),
        ("by_when", "By when", "date", ()),
        ("how_often", "How often", "words", ()),
        ("how_known", "How we will know", "words", ()),
        ("parent", "Target", "choice", list(choices.items())),
        ("removed", "Take it out", "tick", ()),
    ]


_MEETING: Sequence[tuple[str, str, str, Choices]] = [
    ("next_on", "Next meeting", "date", ()),
    ("next_time", "Time", "time", ()),
    ("next_place", "Place", "line", ()),
    ("keep_in_touch", "How we keep in touch until then", "words", ()),
]
_FIELDS: Mapping[str, Sequence[tuple[str, str, str, Choices]]] = {
    "target": [
        ("text", "What we want to see", "words", ()),
        ("area", "What it is about", "choice", _AREAS),
        ("start", "Where we start", "words", ()),
        ("aim", "Where we want to be", "words", ()),
        ("by_when", "By when", "date", ()),
        ("removed", "Take it out", "tick", ()),
    ],
    "priority": [("text", "What matters", "words", ()), ("removed", "Take it out", "tick", ())],
    "entry": [
        ("text", "What was said", "words", ()),
        ("readers", "Who may read it", "choice", _READERS),
        ("removed", "Take it out", "tick", ()),
    ],
}
