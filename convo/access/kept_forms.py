"""What was typed into a form whose sign-in had ended, kept until the same person has signed in again.

The server keeps nothing: what was sent goes back inside the page that asks to sign in, encrypted, so that
whoever finds the tablet meanwhile reads nothing. Whose page a form stood on is told by its CSRF token, which
names the sign-in that the page was made for. It still tells when the cookie has been emptied or belongs to
somebody else by now, and nobody makes one that names another.
"""

import hmac
import json
import secrets
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from convo.access import queries

NAME = "kept"  # of the hidden field in the forms of signing in
TOKEN = "csrf_token"  # noqa: S105  as Flask-WTF names it, in forms and in the cookie

KEPT = "You were signed out, and what you typed is kept on this page until you sign in."
NOT_KEPT = "What you typed could not be kept. Please type it again."
FILE_NOT_KEPT = "You were signed out before the file arrived. Sign in, then choose the file again."
TOO_LONG = (
    "You were signed out, and what you typed is too long to be kept. Go back, copy it, then sign in again."
)

_BYTES = 200_000  # sealed it grows by a third, and Werkzeug takes a form of 500 kB at most
_KEPT_FOR = timedelta(days=1)
_PAGE_LASTS = timedelta(days=7)  # a tab may lie open over a weekend

_FORM, _WITH_FILES = "application/x-www-form-urlencoded", "multipart/form-data"

# The pages of this room on which words are typed. Its other forms carry passwords or codes, or nothing.
_WORDS = frozenset(
    f"access.{name}"
    for name in ("school", "school_look", "school_safeguarding", "school_terms", "staff_edit", "staff_new")
)
# Nothing is typed there, and that somebody had a concern concerns nobody at the tablet.
_WITHOUT_WORDS = frozenset({"pause"})


@dataclass(frozen=True)
class KeptForm:
    """A form as it was sent, but for its CSRF token: by whom, at which school, where to and how written."""

    person: str
    school: str
    address: str
    enctype: str  # Urdu takes three times the room in the usual one
    fields: list[tuple[str, str]]

    def is_of(self, person_id: UUID, school_id: UUID) -> bool:
        """Return whether a person sent it, at that school."""
        return (self.person, self.school) == (str(person_id), str(school_id))

    def sealed(self) -> str:
        """Return it as text that only this installation can read."""
        words = json.dumps(asdict(self), ensure_ascii=False).encode()
        return _lock().encrypt(zlib.compress(words)).decode("ascii")


def page_mark(sign_in_id: UUID) -> str:
    """Return what the CSRF tokens of a sign-in are made from: a secret of the cookie that also names it."""
    named = urlsafe_b64encode(sign_in_id.bytes).decode("ascii").rstrip("=")
    return f"{named}.{secrets.token_urlsafe(16)}"


def keeps(endpoint: str | None) -> bool:
    """Return whether what is typed on a page may be kept: never a password nor a code."""
    room = (endpoint or "").partition(".")[0]
    return endpoint in _WORDS if room == "access" else room not in _WITHOUT_WORDS


def sign_in_of_page() -> UUID | None:
    """Return the sign-in for which the page was made whose form this request sends."""
    tokens = URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token")  # Flask-WTF's salt
    try:
        mark = tokens.loads(request.form.get(TOKEN, ""), max_age=int(_PAGE_LASTS.total_seconds()))
        return UUID(bytes=urlsafe_b64decode(mark.partition(".")[0] + "=="))
    except (BadData, AttributeError, ValueError):
        return None


def sent(on: Session) -> KeptForm | None:
    """Return the form that this request sends, if it can be kept and its sender still works at the school."""
    if not _is_form() or _is_too_long() or has_file():
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != TOKEN]
    sign_in_id = sign_in_of_page()
    if not fields or sign_in_id is None:
        return None
    sign_in = queries.sign_in_of_staff(on, sign_in_id)
    if sign_in is None:
        return None
    address = request.full_path.rstrip("?")
    return KeptForm(str(sign_in.person_id), str(sign_in.school_id), address, request.mimetype, fields)


def why_not_kept() -> str:
    """Return the sentence for a form that is not kept although something was chosen or typed, else ""."""
    if not _is_form():
        return ""
    if has_file():
        return FILE_NOT_KEPT
    return TOO_LONG if _is_too_long() else ""


def has_file() -> bool:
    """Return whether this request brings a file. What is too long is taken for one and not read."""
    if request.mimetype != _WITH_FILES:
        return False
    return _is_too_long() or any(file.filename for file in request.files.values())


def carried() -> KeptForm | None:
    """Return the form that the page of signing in carried, unless that is a day old or not of our making."""
    try:
        sealed = request.form.get(NAME, "").encode()
        opened = _lock().decrypt(sealed, ttl=int(_KEPT_FOR.total_seconds()))
    except InvalidToken:
        return None
    found: dict[str, Any] = json.loads(zlib.decompress(opened))
    return KeptForm(**{**found, "fields": [(name, value) for name, value in found["fields"]]})


def carried_in_vain() -> bool:
    """Return whether the page of signing in carried something that is of no use any more."""
    return bool(request.form.get(NAME)) and carried() is None


def _is_form() -> bool:
    return request.method == "POST" and request.mimetype in {_FORM, _WITH_FILES} and keeps(request.endpoint)


def _is_too_long() -> bool:
    return request.content_length is None or request.content_length > _BYTES


def _lock() -> Fernet:
    secret = str(current_app.secret_key).encode()
    return Fernet(urlsafe_b64encode(hmac.digest(secret, b"kept form v1", "sha256")))
