"""The forms of the access room."""

from typing import Any, ClassVar
from uuid import UUID

from flask_wtf.file import FileField
from wtforms import HiddenField, PasswordField
from wtforms.validators import StopValidation

from convo.access.rules import PASSWORD_LENGTH, Role
from convo.kernel.school_year import ROUNDS
from convo.web.forms import (
    ChoiceField,
    ChoicesField,
    DayField,
    Form,
    LineField,
    LongChoiceField,
    Required,
    TickField,
    WordsField,
)

ROLE_NAMES = {
    Role.TEACHER: "Teacher",
    Role.SENCO: "SENCO",
    Role.DATA_MANAGER: "Data manager",
    Role.HEAD: "Head",
    Role.ASSISTANT: "Bilingual assistant",
}

_LENGTH_HINT = f"At least {PASSWORD_LENGTH} characters. Three or four unconnected words are easy to remember."


def _as_id(value: object) -> UUID:
    return UUID(str(value))


class SecretField(PasswordField):
    """A password: kept as typed, never shown again."""

    data: str


def _password(label: str, required: str, autocomplete: str, hint: str = "") -> SecretField:
    return SecretField(
        label,
        description=hint,
        validators=[Required(required)],
        render_kw={"autocomplete": autocomplete},
    )


class SignInForm(Form):
    """Who one is."""

    email = LineField(
        "E-mail address",
        required="Type your e-mail address.",
        render_kw={"autocomplete": "username", "inputmode": "email", "dir": "ltr"},
    )
    password = _password("Password", "Type your password.", "current-password")


class CodeForm(Form):
    """The second factor."""

    code = LineField(
        "Code",
        hint="The six figures that your app shows now.",
        required="Type the code.",
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"},
    )


class NewPasswordForm(Form):
    """A password set through a link."""

    password = _password("New password", "Type a new password.", "new-password", _LENGTH_HINT)


class ChangePasswordForm(Form):
    """One's own password."""

    old = _password("Present password", "Type your present password.", "current-password")
    new = _password("New password", "Type a new password.", "new-password", _LENGTH_HINT)


class OwnPasswordForm(Form):
    """One's own password, asked for once more before something is given up."""

    password = _password("Your password", "Type your password.", "current-password")


class SchoolForm(Form):
    """What the school says of itself."""

    name = LineField("Name of the school", required="Give the name of the school.")
    contact_route = WordsField(
        "Whom families ring",
        hint="As it stands on the summary, such as: The school office, Monday to Friday, 8:30 to 16:00.",
        required="Say whom families ring.",
        limit=500,
    )
    phone = LineField(
        "Telephone", hint="Shown beside it.", limit=40, render_kw={"inputmode": "tel", "dir": "ltr"}
    )
    time_zone = LongChoiceField("Time zone", required="Choose the time zone.")
    languages = ChoicesField(
        "Languages of your families", hint="They come first wherever a language is chosen."
    )
    signature_line = TickField(
        "Print a line to sign on the summary", hint="Nobody has to sign for an agreement to count."
    )


class _WhereChosen:
    """Asks for an answer only where another field's answer is the one that leads to it."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, other: str, answer: str, sentence: str) -> None:
        self.other, self.answer, self.sentence = other, answer, sentence

    def __call__(self, form: Form, field: LineField) -> None:
        if form[self.other].data == self.answer and not field.data:
            raise StopValidation(self.sentence)


OWN, PICK, CODE = "own", "pick", "code"
_COLOURS = [(OWN, "Use convo's own"), (PICK, "Pick a colour"), (CODE, "Write its code")]


def _picked(of: str, label: str) -> LineField:
    """Return a field for the browser's own picker, which gives #0b5d5e; without one people type it."""
    return LineField(
        label,
        validators=[_WhereChosen(of, PICK, "Pick a colour.")],
        render_kw={"type": "color", "dir": "ltr"},
    )


def _coded(of: str, label: str) -> LineField:
    return LineField(
        label,
        hint="Six figures and letters, such as 0B5D5E.",
        validators=[_WhereChosen(of, CODE, "Write the code of the colour.")],
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"},
    )


class FaceForm(Form):
    """How the family's page looks."""

    logo = FileField(
        "Logo",
        description="PNG, JPEG, GIF or WebP, at most 5 MB and 4,000 by 4,000 pixels."
        " It is printed at most 60 mm wide and 24 mm high.",
    )
    new_logo = HiddenField()  # the new logo itself, in base64: a browser does not keep a chosen file
    no_logo = TickField("Print no logo")
    contact_lines = WordsField(
        "Contact lines",
        hint="Up to three lines beside the name of the school: its address, e-mail address, web address.",
        render_kw={"rows": 3},
    )
    heading = ChoiceField("Colour of headings", _COLOURS, required="Choose the colour of headings.")
    heading_pick = _picked("heading", "The colour of headings")
    heading_code = _coded("heading", "Code of the colour of headings")
    tint = ChoiceField("Colour behind text", _COLOURS, required="Choose the colour behind text.")
    tint_pick = _picked("tint", "The colour behind text")
    tint_code = _coded("tint", "Code of the colour behind text")


class SafeguardingForm(Form):
    """Whom to tell of a concern for a child's safety."""

    lead_id = LongChoiceField("Safeguarding lead", coerce=_as_id, required="Choose the safeguarding lead.")
    lead_reach = LineField(
        "How to reach the lead at once",
        hint="Such as: room 4, extension 204.",
        required="Say how to reach the lead at once.",
    )
    deputy_id = LongChoiceField(
        "Safeguarding deputy", coerce=_as_id, required="Choose the safeguarding deputy."
    )
    deputy_reach = LineField(
        "How to reach the deputy at once", required="Say how to reach the deputy at once."
    )


class TermsForm(Form):
    """Three terms of a school year."""

    @property
    def terms(self) -> list[tuple[int, Any, Any, Any]]:
        """Return number, name, start and end of each term, as fields."""
        return [
            (number, self[f"name_{number}"], self[f"starts_{number}"], self[f"ends_{number}"])
            for number in ROUNDS
        ]


for _number in ROUNDS:
    setattr(TermsForm, f"name_{_number}", LineField("Name", required="Give the term a name.", limit=40))
    setattr(TermsForm, f"starts_{_number}", DayField("First day", required="Give the first day."))
    setattr(TermsForm, f"ends_{_number}", DayField("Last day", required="Give the last day."))


class StaffForm(Form):
    """Somebody who works at the school."""

    name = LineField(
        "Name",
        hint="As families know it, such as Mrs Whitaker.",
        required="Give the name.",
    )
    email = LineField(
        "E-mail address",
        hint="They sign in with it.",
        required="Give the e-mail address.",
        render_kw={"inputmode": "email", "dir": "ltr", "autocomplete": "off"},
    )
    roles = ChoicesField(
        "Roles",
        [(role.value, name) for role, name in ROLE_NAMES.items()],
        required="Choose at least one role.",
    )
    languages = ChoicesField("Languages a bilingual assistant reads")
