"""Who is asking, and the door: every endpoint is closed unless its view says who may come in.

Flask-Login keeps the token of a SignIn row in the cookie and asks here for what it stands for. The hook
before each request then refuses every endpoint that neither carries ``@permit`` nor stands in
OPEN_ENDPOINTS. What somebody may not see answers like what does not exist.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from flask import Flask, current_app, g, jsonify, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.orm import Session

from convo.access import kept_forms, sign_in
from convo.access.forms import SignInForm
from convo.access.models import Person, School
from convo.access.queries import SignedIn, signed_in
from convo.access.rules import Actor, Permission, tablet_key
from convo.kernel.clock import utc_now
from convo.kernel.errors import NotFound
from convo.settings import Settings
from convo.web.errors import wants_json
from convo.web.transaction import afterwards, session

_SEEN_EVERY = timedelta(minutes=1)

OPEN_ENDPOINTS: dict[str, str] = {
    "static": "style sheets and scripts hold no personal data",
    "offline.worker": "a browser asks for it again and again, and it holds no personal data",
    "offline.shell": "the page without wifi holds no personal data",
    "favicon": "browsers ask for it before anybody has signed in",
    "manifest": "browsers ask for it without a cookie; it holds convo's name and icons only",
    "health": "tells a monitor and the tablet only that the server answers",
    "access.sign_in_page": "this is where one signs in",
    "access.sign_in_code": "the second half of signing in, for who has just given the right password",
    "access.sign_in_school": "the last part of signing in, for who works at several schools",
    "access.session_state": "the tablet asks whether it is still signed in",
    "access.session_sign_in": "the tablet signs in over the page, so that nothing typed is lost",
    "access.password_link": "whoever holds the link sets a password; it works once",
}

_View = TypeVar("_View", bound=Callable[..., Any])


class User(UserMixin):  # type: ignore[misc]
    """What Flask-Login holds: the token that the cookie carries, and what it stands for."""

    def __init__(self, token: str, holder: SignedIn) -> None:
        self.token = token
        self.holder = holder

    def get_id(self) -> str:
        """Return what Flask-Login puts into the cookie."""
        return self.token


def permit(permission: Permission) -> Callable[[_View], _View]:
    """Open a view to whoever holds the permission; stacked, to whoever holds any of them."""

    def mark(view: _View) -> _View:
        view.__dict__["convo_permits"] = permits(view) | {permission}
        return view

    return mark


def permits(view: Callable[..., Any]) -> frozenset[Permission]:
    """Return the permissions that open a view."""
    marked: frozenset[Permission] = getattr(view, "convo_permits", frozenset())
    return marked


def asked_by_itself(view: _View) -> _View:
    """Mark a view that an open page asks again and again: that keeps nobody signed in."""
    view.__dict__["convo_asked_by_itself"] = True
    return view


def init_guard(app: Flask) -> None:
    """Close every endpoint of the app, those of blueprints registered later included."""
    manager = LoginManager(app)
    manager.session_protection = "basic"  # "strong" signs a tablet out whenever the wifi gives a new address
    manager.user_loader(_load)
    app.before_request(_refuse)
    app.context_processor(lambda: {"viewer": _viewer()})


def current_actor() -> Actor:
    """Return who is asking. On an open endpoint somebody must have signed in, else NotFound."""
    return _holder().actor


def current_school() -> School:
    """Return the school that the person works in now."""
    return _holder().school


def current_person() -> Person:
    """Return the person who is asking."""
    return _holder().person


def current_tablet_key() -> str:
    """Return the key under which tablets keep what this person writes (``rules.tablet_key``)."""
    return tablet_key(current_settings().secret_key, current_actor().person_id)


def sign_in_browser(on: Session, now: datetime, person: Person, school: School) -> User:
    """Return the user now signed in by this browser; whatever its cookie held before is gone."""
    if current_user.is_authenticated:
        sign_in.end(on, current_actor(), now)
    row, token = sign_in.begin(on, now, person, school)
    cookie.clear()
    cookie[kept_forms.TOKEN] = kept_forms.page_mark(row.id)
    g.pop(kept_forms.TOKEN, None)  # made for the page before, if this request has made one
    holder = signed_in(on, token, now, **limits())
    if holder is None:
        raise NotFound
    assert holder.sign_in is row
    user = User(token, holder)
    login_user(user)
    return user


def sign_out_browser(on: Session, now: datetime) -> None:
    """End the sign-in of this browser and empty its cookie."""
    sign_in.end(on, current_actor(), now)
    logout_user()
    cookie.clear()


def limits() -> dict[str, timedelta]:
    """Return how long a sign-in holds: without a request, and at the longest."""
    settings = current_settings()
    return {
        "idle": timedelta(minutes=settings.idle_minutes),
        "longest": timedelta(hours=settings.session_hours),
    }


def current_settings() -> Settings:
    """Return the settings of the installation."""
    settings: Settings = current_app.extensions["convo_settings"]
    return settings


def _load(token: str) -> User | None:
    now = utc_now()
    holder = signed_in(session(), token, now, **limits())
    if holder is None:
        return None
    # No page is made for a sign-in without naming it, wherever the cookie came from.
    cookie.setdefault(kept_forms.TOKEN, kept_forms.page_mark(holder.sign_in.id))
    asked = current_app.view_functions.get(request.endpoint or "")
    if now - holder.sign_in.last_seen_at > _SEEN_EVERY and not hasattr(asked, "convo_asked_by_itself"):
        afterwards(partial(_saw, holder, now))
    return User(token, holder)


def _saw(holder: SignedIn, now: datetime, on: Session) -> None:
    sign_in.saw(on, holder.sign_in.id, now)


def _refuse() -> ResponseReturnValue | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint in OPEN_ENDPOINTS:
        return None  # without an endpoint Flask itself answers 404, 405 or a redirect to the right address
    if not current_user.is_authenticated:
        return (jsonify({"error": "sign in"}), 401) if wants_json() else _ask_to_sign_in()
    if not any(
        current_actor().may(permission) for permission in permits(current_app.view_functions[endpoint])
    ):
        raise NotFound
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    """Lead to the page of signing in. In answer to a form, it comes at once and carries what was typed."""
    here = request.full_path.rstrip("?")
    kept = kept_forms.sent(session()) if request.method == "POST" else None
    told = kept_forms.KEPT if kept else kept_forms.why_not_kept()
    if not told:
        return redirect(url_for("access.sign_in_page", next=here if request.method == "GET" else None))
    can_be_visited = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    page = sign_in_form(kept, told, wanted=here if can_be_visited and not kept else None)
    return page, 401


def sign_in_form(kept: kept_forms.KeptForm | None, told: str, wanted: str | None = None) -> str:
    """Return the page of signing in as an answer to another form, of which nothing but ``kept`` is taken."""
    form = SignInForm(formdata=None)
    sealed = kept.sealed() if kept else ""
    return render_template("access/sign_in.html", form=form, kept=sealed, told=told, wanted=wanted)


def _holder() -> SignedIn:
    if not current_user.is_authenticated:
        raise NotFound
    holder: SignedIn = current_user.holder
    return holder


_NAV: tuple[tuple[str, str, frozenset[Permission]], ...] = (
    ("Today", "/", frozenset({Permission.SEE_HOME})),
    ("Pupils", "/pupils", frozenset({Permission.SEE_ALL_PUPILS, Permission.HOLD_CONVERSATIONS})),
    ("Roll", "/import", frozenset({Permission.IMPORT_ROLL})),
    ("What is due", "/horizon", frozenset({Permission.SEE_HORIZON})),
    ("Print list", "/print-list", frozenset({Permission.USE_PRINT_LIST})),
    ("Staff", "/staff", frozenset({Permission.MANAGE_STAFF})),
    ("School", "/school", frozenset({Permission.MANAGE_SCHOOL})),
)


def _viewer() -> Mapping[str, Any] | None:
    """Return what the head of every page shows of the person signed in."""
    if not current_user.is_authenticated:
        return None
    actor = current_actor()
    nav = [
        (label, href, _is_current(href))
        for label, href, needed in _NAV
        if any(actor.may(permission) for permission in needed)
    ]
    return {
        "person_id": actor.person_id,
        "name": actor.name,
        "email": current_person().email,
        "school_id": actor.school_id,
        "school_name": current_school().name,
        "nav": nav,
        "cover_minutes": current_settings().cover_minutes,
    }


def _is_current(href: str) -> bool:
    return request.path == href or (href != "/" and request.path.startswith(f"{href}/"))
