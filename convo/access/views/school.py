"""The school: what it says of itself, and its terms."""

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from convo.access import operations, queries
from convo.access.forms import SafeguardingForm, SchoolForm, TermsForm
from convo.access.guard import current_actor, current_school, permit
from convo.access.models import School
from convo.access.operations import SafeguardingContact, SchoolDetails
from convo.access.rules import Permission
from convo.access.views.languages import language_choices
from convo.access.views.pages import pages
from convo.kernel.clock import local_day, utc_now
from convo.kernel.errors import NotFound, Refused
from convo.kernel.school_year import TermDates, school_year_label, school_year_of
from convo.language.languages import MOST_READ
from convo.web.forms import form_page, refused
from convo.web.transaction import session

# Where English schools are, and where the Ministry of Defence runs schools of the English kind.
_TIME_ZONES = {
    "Europe/London": "England, Wales, Scotland, Northern Ireland",
    "Europe/Jersey": "Jersey",
    "Europe/Guernsey": "Guernsey",
    "Europe/Isle_of_Man": "Isle of Man",
    "Europe/Gibraltar": "Gibraltar",
    "Asia/Nicosia": "Cyprus",
    "Europe/Berlin": "Germany",
    "Europe/Brussels": "Belgium",
    "Atlantic/Stanley": "Falkland Islands",
    "Asia/Brunei": "Brunei",
}


@pages.route("/school", methods=["GET", "POST"])
@permit(Permission.MANAGE_SCHOOL)
def school() -> ResponseReturnValue:
    """Show and set what the school says of itself."""
    here = current_school()
    form = SchoolForm(data=_as_data(here))
    _offer_choices(form, here)
    if form.validate_on_submit():
        try:
            operations.set_school(session(), current_actor(), utc_now(), _details(form, here))
        except Refused as error:
            refused(form, error)
        else:
            flash("Saved.")
            return redirect(url_for("access.school"))
    return form_page(
        "access/school.html",
        form,
        ready=queries.safeguarding_ready(here),
        usual=list(MOST_READ),  # while neither school nor roll says more
    )


@pages.route("/school/safeguarding", methods=["GET", "POST"])
@permit(Permission.MANAGE_SCHOOL)
def school_safeguarding() -> ResponseReturnValue:
    """Show and set the safeguarding lead and the deputy."""
    here = current_school()
    form = SafeguardingForm(
        data={
            "lead_id": here.safeguarding_lead_id,
            "lead_reach": here.safeguarding_lead_reach,
            "deputy_id": here.safeguarding_deputy_id,
            "deputy_reach": here.safeguarding_deputy_reach,
        }
    )
    working = [member.person for member in queries.staff_of(session(), here.id) if member.roles]
    form.lead_id.choices = form.deputy_id.choices = [(person.id, person.name) for person in working]
    if form.validate_on_submit():
        lead = SafeguardingContact(form.lead_id.data, form.lead_reach.data)
        deputy = SafeguardingContact(form.deputy_id.data, form.deputy_reach.data)
        try:
            operations.set_safeguarding(session(), current_actor(), utc_now(), lead=lead, deputy=deputy)
        except Refused as error:
            refused(form, error)
        else:
            flash("The safeguarding lead and deputy are saved.")
            return redirect(url_for("access.school"))
    return form_page("access/safeguarding.html", form, only_one=len(working) < 2)


@pages.route("/school/terms", methods=["GET", "POST"])
@permit(Permission.MANAGE_SCHOOL)
def school_terms() -> ResponseReturnValue:
    """Show and set the three terms of a school year: this one, or the one after it."""
    actor = current_actor()
    this_year = school_year_of(local_day(utc_now(), current_school().time_zone))
    year = request.args.get("year", this_year, type=int)
    if year not in (this_year - 1, this_year, this_year + 1):
        raise NotFound
    form = TermsForm(data=_terms_as_data(queries.terms_of(session(), actor.school_id, year)))
    if form.validate_on_submit():
        terms = [
            TermDates(number, name.data, _day(starts.data), _day(ends.data))
            for number, name, starts, ends in form.terms
        ]
        try:
            operations.set_terms(session(), actor, utc_now(), year, terms)
        except Refused as error:
            refused(form, error)
        else:
            flash(f"The terms of {school_year_label(year)} are saved.")
            return redirect(url_for("access.school"))
    return form_page(
        "access/terms.html",
        form,
        label=school_year_label(year),
        usual=not queries.has_terms(session(), actor.school_id, year),
        other_years=[
            (school_year_label(other), url_for("access.school_terms", year=other))
            for other in (this_year, this_year + 1)
            if other != year
        ],
    )


def _offer_choices(form: SchoolForm, here: School) -> None:
    zones = {here.time_zone: here.time_zone, **_TIME_ZONES}
    form.time_zone.choices = list(zones.items())
    form.languages.choices = language_choices(here, english_first=True)


def _as_data(here: School) -> dict[str, Any]:
    return {name: getattr(here, name) for name in SchoolDetails.__dataclass_fields__}


def _details(form: SchoolForm, here: School) -> SchoolDetails:
    chosen = form.languages.data
    data = dict(form.data)
    data.pop("csrf_token")
    # Those chosen before keep their order, the most read first; what is new comes after them.
    kept = [tag for tag in here.languages if tag in chosen]
    data["languages"] = [*kept, *(tag for tag in chosen if tag not in kept)]
    return SchoolDetails(**data)


def _terms_as_data(terms: tuple[TermDates, ...]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for term in terms:
        data[f"name_{term.number}"] = term.name
        data[f"starts_{term.number}"] = term.starts_on
        data[f"ends_{term.number}"] = term.ends_on
    return data


def _day(value: date | None) -> date:
    assert value is not None  # the form asks for it
    return value
