"""The page on which somebody who had to sign in again sends what they had typed, and what leads to it."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from convo.access import kept_forms
from convo.access.guard import current_actor, sign_in_form
from convo.access.kept_forms import KeptForm
from convo.access.views.pages import pages
from convo.web.errors import too_long_open, wants_json
from convo.web.transaction import session

_SIGNING_IN = frozenset({"access.sign_in_page", "access.sign_in_code", "access.sign_in_school"})
_OF_SOMEBODY_ELSE = "This page belongs to somebody else. What was typed is kept on it until they sign in."
_OF_ANOTHER_SCHOOL = (
    "This page belongs to your other school. What you typed is kept on it until you sign in again."
)
_FILE = "This page had been open too long. Open it again, then choose the file again."


def save_page(kept: KeptForm) -> str:
    """Return the page whose one button sends a kept form again. Only for whoever sent it first."""
    return render_template("access/kept_form.html", kept=kept)


def is_mine(kept: KeptForm) -> bool:
    """Return whether who is signed in sent a kept form, at the school in which they work now."""
    return bool(current_user.is_authenticated) and kept.is_of(
        current_actor().person_id, current_actor().school_id
    )


@pages.app_errorhandler(CSRFError)  # in place of the one of convo.web.errors, which knows nobody
def keep_what_was_typed(error: CSRFError) -> ResponseReturnValue:
    """Answer a form from a page of an earlier sign-in: its person need only press a button again."""
    kept = None if wants_json() else _kept()
    if kept is None:
        return too_long_open(error, _FILE) if kept_forms.has_file() else too_long_open(error)
    if is_mine(kept):
        return save_page(kept), 400
    return sign_in_form(kept, _why(kept)), 400


def _kept() -> KeptForm | None:
    if request.endpoint in _SIGNING_IN:
        return kept_forms.carried()
    # Where the page is of this very sign-in, the browser hides where it comes from: it would do so again.
    if not current_user.is_authenticated or kept_forms.sign_in_of_page() == current_actor().sign_in_id:
        return None
    return kept_forms.sent(session())


def _why(kept: KeptForm) -> str:
    if not current_user.is_authenticated:
        return kept_forms.KEPT
    return _OF_ANOTHER_SCHOOL if kept.person == str(current_actor().person_id) else _OF_SOMEBODY_ELSE
