"""Signing in and out, on the pages and from the tablet's script, and setting a password through a link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from convo.access import kept_forms, queries, sign_in
from convo.access.forms import CodeForm, NewPasswordForm, SignInForm
from convo.access.guard import (
    asked_by_itself,
    current_actor,
    current_settings,
    current_tablet_key,
    permit,
    sign_in_browser,
    sign_in_form,
    sign_out_browser,
)
from convo.access.models import Person, School
from convo.access.rules import Permission
from convo.access.views import tries
from convo.access.views.kept_forms import is_mine, save_page
from convo.access.views.pages import pages
from convo.kernel.clock import local_day, utc_now
from convo.kernel.errors import NotFound, Refused
from convo.kernel.ids import parse_id
from convo.web.forms import form_page, refused
from convo.web.templating import short_day
from convo.web.transaction import session

_HALF_LASTS = timedelta(minutes=5)
_TOLD_FOR = timedelta(days=14)  # at each sign-in, because the first after it may be another person's


@dataclass(frozen=True)
class _Half:
    """Somebody whose password was right, and who still owes a code or the choice of a school."""

    person: Person
    code_done: bool


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in_page() -> ResponseReturnValue:
    """Ask for e-mail address and password."""
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(_next())
    form = SignInForm()
    if form.validate_on_submit():
        try:
            person = _person(form.email.data, form.password.data, _not_right())
        except Refused as error:
            refused(form, error)
        else:
            return _go_on(_Half(person, code_done=person.second_factor_secret is None))
    return form_page("access/sign_in.html", form, **_beside())


@pages.route("/sign-in/code", methods=["GET", "POST"])
def sign_in_code() -> ResponseReturnValue:
    """Ask for the code of the second factor."""
    half = _half()
    if half is None:
        return _start_again()
    form = CodeForm()
    if form.validate_on_submit():
        try:
            _check_code(half.person, form.code.data)
        except Refused as error:
            refused(form, error)
        else:
            return _go_on(_Half(half.person, code_done=True))
    return form_page("access/sign_in_code.html", form, **_beside())


@pages.route("/sign-in/school", methods=["GET", "POST"])
def sign_in_school() -> ResponseReturnValue:
    """Ask at which of several schools the person works now."""
    half = _half()
    if half is None or not half.code_done:
        return _start_again()
    schools = queries.schools_of(session(), half.person.id)
    if request.method == "POST":
        chosen = _one_of(schools, request.form.get("school"))
        return _arrive(half.person, chosen)
    return render_template("access/sign_in_school.html", schools=schools, **_beside())


@pages.post("/sign-out")
@permit(Permission.USE_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End the sign-in of this browser, and let it forget what pages kept in it.

    ``others`` says that something of another person waits there, encrypted: then the page has taken away what
    is this person's, and the browser forgets only its caches.
    """
    sign_out_browser(session(), utc_now())
    flash("You have signed out.")
    response = redirect(url_for("access.sign_in_page"))
    others_wait = request.form.get("others") == "1"
    response.headers["Clear-Site-Data"] = '"cache"' if others_wait else '"cache", "storage"'
    return response


@pages.get("/session")
@asked_by_itself
def session_state() -> ResponseReturnValue:
    """Answer whether somebody is signed in, who, and the token for what the script sends."""
    return jsonify(_state())


@pages.post("/session")
def session_sign_in() -> ResponseReturnValue:
    """Sign in over the page: ``email``, ``password``, and where they are needed ``code`` and ``school``.

    ``person`` is the id of who the page belongs to: nobody else is signed in then, and the answer's
    ``same_person`` says whether it was given.
    401 with ``needs: "code"`` asks for the second factor. Without ``school`` it is the one worked in last.
    """
    sent = request.get_json(silent=True)
    words = (
        {name: value for name, value in sent.items() if isinstance(value, str)}
        if isinstance(sent, dict)
        else {}
    )
    try:
        person = _person(words.get("email", ""), words.get("password", ""), _not_the_password())
    except Refused as error:
        return jsonify({"error": error.message}), 401
    if words.get("person", str(person.id)) != str(person.id):
        return jsonify({"error": _not_theirs()}), 401
    if person.second_factor_secret is not None:
        if not words.get("code"):
            return jsonify({"error": "Type the code that your app shows now.", "needs": "code"}), 401
        try:
            _check_code(person, words["code"])
        except Refused as error:
            return jsonify({"error": error.message, "needs": "code"}), 401
    schools = queries.schools_of(session(), person.id)
    wanted = words.get("school") or str(queries.last_school_id(session(), person.id))
    school = next((one for one in schools if str(one.id) == wanted), schools[0] if schools else None)
    if school is None:
        return jsonify({"error": _no_school()}), 401
    sign_in_browser(session(), utc_now(), person, school)
    return jsonify({**_state(), "same_person": words.get("person") == str(person.id)})


@pages.route("/password/<token>", methods=["GET", "POST"])
def password_link(token: str) -> ResponseReturnValue:
    """Set a password through a link. Fetching it changes nothing: mail scanners follow links."""
    link = queries.usable_link(session(), token, utc_now())
    if link is None:
        raise NotFound(
            "This link has been used, or is older than seven days. Ask your data manager for a new one."
        )
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            sign_in.use_password_link(session(), utc_now(), token, form.password.data)
        except Refused as error:
            refused(form, error)
        else:
            cookie.clear()
            flash("Your password is set. Sign in with it now.")
            return redirect(url_for("access.sign_in_page"))
    person = session().get_one(Person, link.person_id)
    return form_page("access/password_link.html", form, person=person)


def _person(email: str, password: str, wrong: str) -> Person:
    """Return whose address and password they are, or count a wrong try and raise Refused with ``wrong``."""
    if tries.must_wait(email):
        raise Refused(tries.NETWORK_WAITS)
    person = sign_in.check_password(session(), utc_now(), email, password)
    if person is None:
        tries.count(email)
        raise Refused(wrong)
    return person


def _check_code(person: Person, code: str) -> None:
    """Use a code of the second factor, or count a wrong try and raise Refused."""
    if tries.must_wait(person.email):
        raise Refused(tries.NETWORK_WAITS, "code")
    if not sign_in.check_code(session(), utc_now(), person, code):
        tries.count(person.email)
        raise Refused(_code_not_right(), "code")


def _not_right() -> str:
    wait = current_settings().sign_in_wait_minutes
    return (
        "The e-mail address and the password do not belong together, or there were too many tries. "
        f"Check both, and after several tries wait {wait} minutes."
    )


def _not_the_password() -> str:
    """Say it over the page, where the address stands fast. Whether it was the wait is nobody's business."""
    wait = current_settings().sign_in_wait_minutes
    return f"That is not the password, or it was wrong too often: then wait {wait} minutes."


def _code_not_right() -> str:
    return "This code is not right, or it has been used. Wait for the next one and type that."


def _no_school() -> str:
    return "You are on the staff of no school here any more. Ask your data manager."


def _not_theirs() -> str:
    return "This page belongs to somebody else, and only they can go on here. Nobody has been signed in."


def _go_on(half: _Half) -> ResponseReturnValue:
    """Take the next step of signing in: the code, the school, or the page that was wanted.

    What somebody typed elsewhere is carried from page to page, which no redirect can.
    """
    person, kept = half.person, kept_forms.carried()
    cookie["half"] = {"person": str(person.id), "code_done": half.code_done, "at": utc_now().timestamp()}
    if not half.code_done:
        if kept:
            return render_template("access/sign_in_code.html", form=CodeForm(formdata=None), **_beside())
        return redirect(url_for("access.sign_in_code", next=request.args.get("next")))
    schools = queries.schools_of(session(), person.id)
    if not schools:
        raise Refused(_no_school())
    typed_at = next((school for school in schools if kept and kept.is_of(person.id, school.id)), None)
    if typed_at is None and len(schools) > 1:
        if kept:
            return render_template("access/sign_in_school.html", schools=schools, **_beside())
        return redirect(url_for("access.sign_in_school", next=request.args.get("next")))
    return _arrive(person, typed_at or schools[0])


def _arrive(person: Person, school: School) -> ResponseReturnValue:
    """Sign in, tell of what others did to the person's password, and go to the page that was wanted.

    Who typed something before goes to the page that saves it first.
    """
    now = utc_now()
    sign_in_browser(session(), now, person, school)
    for link in queries.links_made_for(session(), person.id, since=now - _TOLD_FOR):
        assert link.made_by is not None
        made_on = short_day(local_day(link.made_at, school.time_zone))
        flash(f"A link to set your password was made by {link.made_by.name} on {made_on}.")
    kept = kept_forms.carried()
    if kept and is_mine(kept):
        return save_page(kept)
    if kept:
        flash("What was typed on this page before you signed in belongs to somebody else. It is not saved.")
    elif kept_forms.carried_in_vain():
        flash(kept_forms.NOT_KEPT)
    return redirect(_next())


def _beside() -> dict[str, str | None]:
    """Return what a page of signing in carries beside its own form."""
    kept = kept_forms.carried()
    told = kept_forms.KEPT if kept else kept_forms.NOT_KEPT if kept_forms.carried_in_vain() else ""
    sealed = request.form[kept_forms.NAME] if kept else ""  # as it came: the day does not begin again
    return {"kept": sealed, "told": told, "wanted": request.args.get("next")}


def _half() -> _Half | None:
    half = cookie.get("half")
    if half is None or utc_now().timestamp() - half["at"] > _HALF_LASTS.total_seconds():
        return None
    person = session().get(Person, UUID(half["person"]))
    return _Half(person, half["code_done"]) if person is not None else None


def _start_again() -> ResponseReturnValue:
    kept = kept_forms.carried()
    if kept:
        return sign_in_form(kept, kept_forms.KEPT)
    return redirect(url_for("access.sign_in_page", next=request.args.get("next")))


def _one_of(schools: Sequence[School], wanted: str | None) -> School:
    chosen = parse_id(wanted)
    for school in schools:
        if school.id == chosen:
            return school
    raise NotFound


def _next() -> str:
    """Return the page that was wanted, if it is one of ours."""
    wanted = request.args.get("next", "")
    ours = wanted.startswith("/") and not wanted.startswith("//")
    return wanted if ours and "\\" not in wanted and wanted.isprintable() else "/"


def _state() -> dict[str, object]:
    here = current_user.is_authenticated
    return {
        "signed_in": here,
        "name": current_actor().name if here else None,
        "person": str(current_actor().person_id) if here else None,
        "csrf": generate_csrf(),
        "key": current_tablet_key() if here else None,
    }
