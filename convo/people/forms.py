"""Forms of the people room: a file, what its unknown headings mean, and the key teacher of each class."""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from flask_wtf.file import FileField

from convo.kernel.ids import parse_id
from convo.people.classes import ClassLine
from convo.people.reading import NeedsHeadings, label
from convo.web.forms import Form, LongChoiceField, Required

LEFT_OUT = "-"


class UploadForm(Form):
    """A roll or a list of staff."""

    file = FileField(
        "File",
        description="The roll as CSV, XLSX or CTF from your own system, or the staff as CSV or XLSX.",
        validators=[Required("Choose a file.")],
    )


def headings_form(needs: NeedsHeadings) -> Form:
    """Return a form that asks of each unknown heading what it holds; fields are heading_0 and so on."""
    choices = [(LEFT_OUT, "Leave it out"), *((field, label(field)) for field in needs.fields)]
    fields = {
        f"heading_{number}": LongChoiceField(
            f"“{unknown.heading}”",
            choices,
            hint="Holds, for example: " + " · ".join(unknown.samples),
            required=f"Say what “{unknown.heading}” holds, or leave it out.",
        )
        for number, unknown in enumerate(needs.unknown)
    }
    return _made(fields)()


def heading_answers(form: Form, needs: NeedsHeadings) -> dict[str, str]:
    """Return heading to field, "" for a column to leave out."""
    given = {unknown.heading: form[f"heading_{n}"].data for n, unknown in enumerate(needs.unknown)}
    return {heading: "" if answer == LEFT_OUT else answer for heading, answer in given.items()}


def classes_form(lines: Iterable[ClassLine], staff: Mapping[UUID, str]) -> Form:
    """Return a form with one drop-down of the staff for each class; fields are class_0 and so on."""
    lines = list(lines)
    fields = {
        f"class_{number}": LongChoiceField(
            line.name,
            [*staff.items()],
            hint="1 pupil" if line.pupils == 1 else f"{line.pupils} pupils",
            coerce=_id,
        )
        for number, line in enumerate(lines)
    }
    return _made(fields)(data={f"class_{number}": line.teacher_id for number, line in enumerate(lines)})


def _id(value: object) -> UUID | None:
    return value if isinstance(value, UUID) else parse_id(value)


def _made(fields: Mapping[str, LongChoiceField]) -> Callable[..., Form]:
    made: Callable[..., Form] = type("MadeForm", (Form,), dict(fields))
    return made
