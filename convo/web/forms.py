"""Forms: fields that clean what people type, keep it when it is refused, and say in a sentence what to do.

A field's ``hint`` stands under its label. Its ``required`` is the sentence shown when it is left empty; a
field without it is marked "(optional)" on the page. Nothing is checked by the browser alone, because its
bubbles speak another language than the page and vanish.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, time
from typing import Any, ClassVar

from flask import Flask, render_template
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms import Field as AnyField
from wtforms.fields.choices import Choice, SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from convo.kernel.errors import Refused
from convo.kernel.text import clean, clean_line
from convo.web.transaction import session

LINE_LIMIT = 300  # characters: the length of convo.db.Line
WORDS_LIMIT = 20_000  # characters: more than an hour of talk; only a stray paste is longer

Choices = Iterable[tuple[Any, str]]


def init_forms(app: Flask) -> None:
    """Ask every request that writes for its CSRF token, which lives as long as the signed-in session.

    Flask-WTF's own limit of an hour is the length of a conversation, and would refuse its last page.
    """
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    app.config.setdefault("WTF_I18N_ENABLED", False)
    CSRFProtect(app)


class Form(FlaskForm):  # type: ignore[misc]
    """Base of all forms."""


def form_page(template: str, form: Form, **context: Any) -> tuple[str, int]:
    """Return a page holding a form: 200, or 422 when something in the form was refused.

    The form is handed to the template as ``form``, from which the title and the error summary are made.
    """
    return render_template(template, form=form, **context), 422 if form.errors else 200


def refused(form: Form, error: Refused) -> None:
    """Put a domain refusal beside the field it names, or at the head of the form."""
    field = form._fields.get(error.field)
    if field is None:
        form.form_errors.append(error.message)
    else:
        field.errors = [*field.errors, error.message]


@contextmanager
def refusals_in(form: Form) -> Iterator[None]:
    """Put a domain refusal raised inside into the form, and undo what was changed before it.

    What follows the block is then the form's page again.
    """
    try:
        yield
    except Refused as error:
        session().rollback()
        refused(form, error)


class Required:
    """Refuses an empty answer with its own sentence; an answer that could not be read keeps its own."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, _form: object, field: AnyField) -> None:
        if field.process_errors:
            raise StopValidation
        empty = field.data is None or field.data is False or field.data in ("", [])
        if empty or (isinstance(field.data, str) and not field.data.strip()):
            raise StopValidation(self.sentence)


class _AtMost:
    """Refuses longer text. It sets no ``maxlength``, with which a browser cuts a paste off in silence."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, _form: object, field: AnyField) -> None:
        length = len(field.data or "")
        if length > self.limit:
            raise ValidationError(
                f"Shorten “{field.label.text}” to {self.limit} characters. It has {length}."
            )


def _with(options: dict[str, Any], hint: str, required: str) -> dict[str, Any]:
    validators = [*([Required(required)] if required else []), *options.pop("validators", ())]
    return {"description": hint, "validators": validators, **options}


class LineField(StringField):
    """Text on one line, cleaned. An empty answer is ""."""

    data: str

    def __init__(
        self, label: str, *, hint: str = "", required: str = "", limit: int = LINE_LIMIT, **options: Any
    ) -> None:
        options["filters"] = [lambda text: clean_line(text or ""), *options.get("filters", ())]
        options["render_kw"] = {"dir": "auto", **options.get("render_kw", {})}
        options["validators"] = [_AtMost(limit), *options.get("validators", ())]
        super().__init__(label, **_with(options, hint, required))


class WordsField(TextAreaField):
    """Text of any number of lines, cleaned. An empty answer is ""."""

    data: str

    def __init__(
        self, label: str, *, hint: str = "", required: str = "", limit: int = WORDS_LIMIT, **options: Any
    ) -> None:
        options["filters"] = [lambda text: clean(text or ""), *options.get("filters", ())]
        options["render_kw"] = {"dir": "auto", "rows": 4, **options.get("render_kw", {})}
        options["validators"] = [_AtMost(limit), *options.get("validators", ())]
        super().__init__(label, **_with(options, hint, required))


class DayField(DateField):
    """A calendar day, or None. A browser sends 2026-11-30; where it has no picker, people type 30/11/2026."""

    data: date | None

    def __init__(self, label: str, *, hint: str = "", required: str = "", **options: Any) -> None:
        formats = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y"]
        sentence = "Write the date as day, month and year, such as 30 November 2026."
        options["invalid_value_message"] = sentence
        super().__init__(label, format=formats, **_with(options, hint, required))

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day. Years outside 1900 to 2100 are slips of the hand."""
        if not any(value.strip() for value in valuelist):
            self.data = None
            return
        super().process_formdata([value.strip() for value in valuelist])
        if self.data is not None and not 1900 <= self.data.year <= 2100:
            self.data = None
            raise ValueError("Check the year: it should have four figures, such as 2026.")


class ClockField(TimeField):
    """A time of day on the school's clock, or None: 14:30 or 14.30."""

    data: time | None

    def __init__(self, label: str, *, hint: str = "", required: str = "", **options: Any) -> None:
        sentence = "Write the time as hours and minutes, such as 15:30."
        options["invalid_value_message"] = sentence
        super().__init__(label, format=["%H:%M", "%H.%M", "%H:%M:%S"], **_with(options, hint, required))

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the time."""
        if not any(value.strip() for value in valuelist):
            self.data = None
            return
        super().process_formdata([value.strip() for value in valuelist])


class CountField(IntegerField):
    """A whole number between two bounds, or None."""

    def __init__(
        self, label: str, *, least: int, most: int, hint: str = "", required: str = "", **options: Any
    ) -> None:
        self.least = least
        self.most = most
        options["render_kw"] = {"inputmode": "numeric", **options.get("render_kw", {})}
        super().__init__(label, **_with(options, hint, required))

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number."""
        text = "".join(valuelist).strip()
        if not text:
            self.data = None
            return
        if not (text.isdecimal() and len(text) < 10 and self.least <= int(text) <= self.most):
            self.data = None
            raise ValueError(f"Write a whole number from {self.least} to {self.most}.")
        self.data = int(text)


class ChoiceField(RadioField):
    """One of up to about seven answers, drawn as chips.

    ``coerce`` makes the value and must take its own result too: an enum class, ``parse_id``.
    """

    def __init__(
        self, label: str, choices: Choices = (), *, hint: str = "", required: str = "", **options: Any
    ) -> None:
        super().__init__(label, choices=_options(choices), **_with(options, hint, required))

    def pre_validate(self, form: object) -> None:  # noqa: ARG002  (WTForms gives it)
        """Refuse an answer that was not offered; no answer is Required's matter."""
        _must_be_offered(self)


class LongChoiceField(SelectField):
    """One of many answers, drawn as a drop-down list whose first line is empty."""

    def __init__(
        self, label: str, choices: Choices = (), *, hint: str = "", required: str = "", **options: Any
    ) -> None:
        super().__init__(label, choices=_options(choices), **_with(options, hint, required))

    def iter_choices(self) -> Any:
        """Yield the choices, with an empty one first."""
        yield Choice("", "Choose", self.data is None, {})
        yield from super().iter_choices()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the answer; the empty line is None."""
        if valuelist and not valuelist[0]:
            self.data = None
            return
        super().process_formdata(valuelist)

    def pre_validate(self, form: object) -> None:  # noqa: ARG002  (WTForms gives it)
        """Refuse an answer that was not offered."""
        _must_be_offered(self)


class ChoicesField(SelectMultipleField):
    """Any number of answers, drawn as chips. No answer is []."""

    data: list[Any]

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(
        self, label: str, choices: Choices = (), *, hint: str = "", required: str = "", **options: Any
    ) -> None:
        super().__init__(label, choices=_options(choices), **_with(options, hint, required))

    def process_data(self, value: Any) -> None:
        """Take the stored answers; none stored is []."""
        super().process_data(value)
        self.data = self.data or []

    def pre_validate(self, form: object) -> None:  # noqa: ARG002  (WTForms gives it)
        """Refuse answers that were not offered."""
        offered = {str(value) for value, *_ in self.iter_choices()}
        if any(raw not in offered for raw in self.raw_data or ()):
            raise ValidationError("Choose from the answers shown.")


class TickField(BooleanField):
    """A single tick: true or false. It is never marked optional."""

    def __init__(self, label: str, *, hint: str = "", required: str = "", **options: Any) -> None:
        super().__init__(label, **_with(options, hint, required))


def _options(choices: Choices) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in choices]


def _must_be_offered(field: RadioField | SelectField) -> None:
    if field.data is None and not any(field.raw_data or ()):
        return
    if not any(choice[2] for choice in field.iter_choices() if choice[0] != ""):
        raise ValidationError("Choose one of the answers shown.")
