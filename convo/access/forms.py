"""The forms of the access room."""

from typing import Any
from uuid import UUID

from wtforms import PasswordField

from convo.access.rules import PASSWORD_LENGTH, Role
from convo.kernel.school_year import ROUNDS
from convo.web.forms import (
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
