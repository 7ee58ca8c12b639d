"""One's own account: password, second factor, sign-ins, and the school one works in."""

import pyotp
from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from convo.access import queries, sign_in
from convo.access.forms import ChangePasswordForm, CodeForm, OwnPasswordForm
from convo.access.guard import (
    current_actor,
    current_person,
    current_school,
    limits,
    permit,
    sign_in_browser,
)
from convo.access.qr import qr_image
from convo.access.rules import Permission
from convo.access.views import tries
from convo.access.views.pages import pages
from convo.kernel.clock import utc_now
from convo.kernel.errors import NotFound, Refused
from convo.kernel.ids import parse_id
from convo.web.forms import Form, form_page, refused
from convo.web.transaction import session

_NEW_SECRET = "new_second_factor"  # noqa: S105  the name of a key in the cookie


@pages.get("/account")
@permit(Permission.USE_ACCOUNT)
def account() -> ResponseReturnValue:
    """Show what convo knows of the person signed in."""
    actor = current_actor()
    return render_template(
        "access/account.html",
        person=current_person(),
        school=current_school(),
        other_schools=[
            school
            for school in queries.schools_of(session(), actor.person_id)
            if school.id != actor.school_id
        ],
        sign_ins=queries.sign_ins_of(session(), actor.person_id, utc_now(), limits()["longest"]),
        this_sign_in=actor.sign_in_id,
        links=queries.links_made_for(session(), actor.person_id),
        reads_concerns=queries.reads_concerns(current_school(), actor),
        holds_conversations=actor.may(Permission.HOLD_CONVERSATIONS),
    )


@pages.route("/account/password", methods=["GET", "POST"])
@permit(Permission.USE_ACCOUNT)
def account_password() -> ResponseReturnValue:
    """Change one's own password."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            sign_in.change_password(session(), current_actor(), utc_now(), form.old.data, form.new.data)
        except Refused as error:
            _refused(form, error)
        else:
            flash("Your password is changed. Wherever else you were signed in has ended.")
            return redirect(url_for("access.account"))
    return form_page("access/account_password.html", form)


@pages.route("/account/second-factor", methods=["GET", "POST"])
@permit(Permission.USE_ACCOUNT)
def account_second_factor() -> ResponseReturnValue:
    """Show the secret for the app, and turn the second factor on once the app shows the right code."""
    if current_person().second_factor_secret is not None:
        return redirect(url_for("access.account"))
    secret = cookie.setdefault(_NEW_SECRET, pyotp.random_base32())
    form = CodeForm()
    if form.validate_on_submit():
        try:
            sign_in.turn_second_factor_on(session(), current_actor(), utc_now(), secret, form.code.data)
        except Refused as error:
            refused(form, error)
        else:
            cookie.pop(_NEW_SECRET)
            flash("From now on you are asked for a code when you sign in.")
            return redirect(url_for("access.account"))
    uri = pyotp.TOTP(secret).provisioning_uri(name=current_person().email, issuer_name="convo")
    spelt = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return form_page("access/second_factor.html", form, picture=qr_image(uri), spelt=spelt)


@pages.route("/account/second-factor/off", methods=["GET", "POST"])
@permit(Permission.USE_ACCOUNT)
def account_second_factor_off() -> ResponseReturnValue:
    """Ask for the password, then turn one's own second factor off."""
    if current_person().second_factor_secret is None:
        return redirect(url_for("access.account"))
    form = OwnPasswordForm()
    if form.validate_on_submit():
        try:
            sign_in.give_up_second_factor(session(), current_actor(), utc_now(), form.password.data)
        except Refused as error:
            _refused(form, error)
        else:
            flash("You are no longer asked for a code.")
            return redirect(url_for("access.account"))
    return form_page("access/second_factor_off.html", form)


def _refused(form: Form, error: Refused) -> None:
    """Show a refusal; a wrong password counts as it does at sign-in, because a tablet may lie about."""
    if isinstance(error, sign_in.WrongPassword):
        tries.count(current_person().email)
    refused(form, error)


@pages.post("/account/end-others")
@permit(Permission.USE_ACCOUNT)
def account_end_others() -> ResponseReturnValue:
    """End one's sign-ins everywhere else."""
    sign_in.end_others(session(), current_actor(), utc_now())
    flash("Wherever else you were signed in has ended.")
    return redirect(url_for("access.account"))


@pages.post("/account/school")
@permit(Permission.USE_ACCOUNT)
def account_school() -> ResponseReturnValue:
    """Go on at another school where one works too; the sign-in at this one ends."""
    wanted = parse_id(request.form.get("school"))
    for school in queries.schools_of(session(), current_actor().person_id):
        if school.id == wanted:
            sign_in_browser(session(), utc_now(), current_person(), school)
            return redirect("/")
    raise NotFound
