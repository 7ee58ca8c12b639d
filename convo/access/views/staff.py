"""The staff of a school: who works here, in which roles, and the links with which they set a password."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from convo.access import queries, staff
from convo.access.forms import ROLE_NAMES, StaffForm
from convo.access.guard import current_actor, current_school, permit
from convo.access.models import Person
from convo.access.qr import qr_image
from convo.access.rules import Permission, Role
from convo.access.sign_in import LINK_LASTS
from convo.access.staff import StaffLine
from convo.access.views.languages import language_choices
from convo.access.views.pages import pages
from convo.kernel.clock import local_day, utc_now
from convo.kernel.errors import Refused
from convo.language.tags import LANGUAGES
from convo.web.forms import form_page, refused
from convo.web.transaction import session


@pages.get("/staff")
@permit(Permission.MANAGE_STAFF)
def staff_list() -> ResponseReturnValue:
    """List everybody who works or has worked at the school."""
    return render_template(
        "access/staff.html",
        members=queries.staff_of(session(), current_actor().school_id),
        role_names=ROLE_NAMES,
        languages=LANGUAGES,
        time_zone=current_school().time_zone,
    )


@pages.route("/staff/new", methods=["GET", "POST"])
@permit(Permission.MANAGE_STAFF)
def staff_new() -> ResponseReturnValue:
    """Add somebody, and show their password link once."""
    form = StaffForm()
    form.languages.choices = language_choices(current_school(), english_first=True)
    if form.validate_on_submit():
        try:
            joined = staff.add_staff(session(), current_actor(), utc_now(), _line(form))
        except Refused as error:
            refused(form, error)
        else:
            if joined.link_token is not None:
                return _link_page(joined.person, joined.link_token)
            flash(f"{joined.person.name} is on the staff. They sign in with the password they have.")
            return redirect(url_for("access.staff_list"))
    return form_page("access/staff_form.html", form, member=None, first_languages=current_school().languages)


@pages.route("/staff/<uuid:person_id>", methods=["GET", "POST"])
@permit(Permission.MANAGE_STAFF)
def staff_edit(person_id: UUID) -> ResponseReturnValue:
    """Show and change one person."""
    member = queries.staff_member(session(), current_actor().school_id, person_id)
    person = member.person
    form = StaffForm(
        data={
            "name": person.name,
            "email": person.email,
            "roles": [role.value for role in member.roles],
            "languages": list(member.languages),
        }
    )
    form.languages.choices = language_choices(current_school(), english_first=True)
    if form.validate_on_submit():
        try:
            staff.edit_staff(session(), current_actor(), utc_now(), person_id, _line(form))
        except Refused as error:
            refused(form, error)
        else:
            flash(f"{person.name} is saved.")
            return redirect(url_for("access.staff_list"))
    return form_page(
        "access/staff_form.html", form, member=member, first_languages=current_school().languages
    )


@pages.post("/staff/<uuid:person_id>/link")
@permit(Permission.MANAGE_STAFF)
def staff_link(person_id: UUID) -> ResponseReturnValue:
    """Make a new password link and show it once."""
    token = staff.new_link(session(), current_actor(), utc_now(), person_id)
    return _link_page(session().get_one(Person, person_id), token)


@pages.post("/staff/<uuid:person_id>/lost-phone")
@permit(Permission.MANAGE_STAFF)
def staff_lost_phone(person_id: UUID) -> ResponseReturnValue:
    """Turn the second factor off for somebody who has lost their phone."""
    person = staff.lost_phone(session(), current_actor(), utc_now(), person_id)
    flash(f"{person.name} is no longer asked for a code.")
    return redirect(url_for("access.staff_edit", person_id=person_id))


@pages.route("/staff/<uuid:person_id>/left", methods=["GET", "POST"])
@permit(Permission.MANAGE_STAFF)
def staff_left(person_id: UUID) -> ResponseReturnValue:
    """Ask, then mark somebody as having left."""
    member = queries.staff_member(session(), current_actor().school_id, person_id)
    if request.method == "POST":
        staff.mark_left(session(), current_actor(), utc_now(), person_id)
        flash(f"{member.person.name} is marked as left. They are signed out everywhere at this school.")
        return redirect(url_for("access.staff_list"))
    return render_template("access/staff_left.html", person=member.person)


def _line(form: StaffForm) -> StaffLine:
    roles = [Role(value) for value in form.roles.data]
    return StaffLine(form.name.data, form.email.data, roles, form.languages.data)


def _link_page(person: Person, token: str) -> ResponseReturnValue:
    url = url_for("access.password_link", token=token, _external=True)
    until = local_day(utc_now() + LINK_LASTS, current_school().time_zone)
    return render_template(
        "access/staff_link.html", person=person, url=url, picture=qr_image(url), until=until
    )
