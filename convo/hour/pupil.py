"""The pupils one may see, each pupil's page, and what staff set about the adults who care for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from convo.access.guard import current_actor, current_school, permit
from convo.access.models import School
from convo.access.rules import Permission
from convo.access.views.languages import language_choices
from convo.conversation.queries import Listed, conversations_of, open_actions_of
from convo.conversation.rules import State
from convo.hour.forms import CarerForm, carer_values
from convo.hour.looks import looked_at
from convo.kernel.clock import local_day, utc_now
from convo.kernel.school_year import ROUNDS, school_year_label, school_year_of
from convo.kernel.text import clean_line
from convo.language.tags import Language, census_name, from_census, language
from convo.people import operations
from convo.people.models import MayReceive, Pupil
from convo.people.queries import (
    kept_apart_of,
    key_teacher_of,
    link_for,
    other_children_of,
    practice_pupil_of,
    pupil_for,
    reach,
    visible_pupils,
)
from convo.web.forms import form_page, refusals_in
from convo.web.transaction import session

pages = Blueprint("pupils", __name__)

PAGE = 100  # pupils on one page of the list


@dataclass(frozen=True)
class StartOption:
    """A way to start a meeting now: the words of its button, and who of the family it takes as here."""

    label: str
    carer_ids: tuple[UUID, ...]


@pages.get("/pupils")
@permit(Permission.SEE_HOME)
def pupil_list() -> ResponseReturnValue:
    """List the pupils one may see, by class and name."""
    on, actor = session(), current_actor()
    class_name, name = clean_line(request.args.get("class", "")) or None, request.args.get("name", "")
    number = max(request.args.get("page", 1, type=int), 1)
    found = visible_pupils(on, actor, class_name=class_name, name=name)
    return render_template(
        "hour/pupils.html",
        pupils=found[(number - 1) * PAGE : number * PAGE],
        count=len([pupil for pupil in found if not pupil.practice]),
        number=number,
        last=max(-(-len(found) // PAGE), 1),
        classes=reach(on, actor),
        class_name=class_name,
        name=name,
        may_import=actor.may(Permission.IMPORT_ROLL),
        year_group_name=year_group_name,
    )


@pages.get("/pupils/practice")
@permit(Permission.EDIT_PEOPLE)
def practice() -> ResponseReturnValue:
    """Say what the practice pupil is for, and offer to make one."""
    return render_template("hour/practice.html", pupil=practice_pupil_of(session(), current_actor()))


@pages.post("/pupils/practice")
@permit(Permission.EDIT_PEOPLE)
def make_practice() -> ResponseReturnValue:
    """Make the practice pupil, and go to their page."""
    pupil = operations.make_practice_pupil(session(), current_actor(), utc_now())
    return redirect(url_for("pupils.pupil", pupil_id=pupil.id))


@pages.get("/pupils/<uuid:pupil_id>")
@permit(Permission.SEE_HOME)
def pupil(pupil_id: UUID) -> ResponseReturnValue:
    """Show one child: the adults around them, this year's conversations, and what is still open."""
    on, actor, school, now = session(), current_actor(), current_school(), utc_now()
    child = pupil_for(on, actor, pupil_id)
    looked_at(pupil_id, now)
    today = local_day(now, school.time_zone)
    year = school_year_of(today)
    meetings = conversations_of(on, actor, pupil_id)
    key_teacher = key_teacher_of(on, child)
    apart = kept_apart_of(on, pupil_id)
    # A data manager sees that meetings were held, never what came of them.
    shows_actions = actor.may(Permission.SEE_HORIZON) or any(meeting.readable for meeting in meetings)
    is_key = key_teacher is not None and key_teacher.id == actor.person_id
    return render_template(
        "hour/pupil.html",
        pupil=child,
        key_teacher=key_teacher,
        apart=apart_names(child, apart),
        rounds={number: _of_round(meetings, year, number) for number in ROUNDS},
        earlier=[meeting for meeting in meetings if meeting.conversation.school_year != year],
        year_label=school_year_label(year),
        open_actions=open_actions_of(on, pupil_id) if shows_actions or is_key else None,
        coming=next((m for m in meetings if m.readable and m.conversation.state is State.PLANNED), None),
        running=next((m for m in meetings if m.readable and m.conversation.state is State.OPEN), None),
        starts=start_options(child, apart) if actor.may(Permission.HOLD_CONVERSATIONS) else [],
        may_hold=actor.may(Permission.HOLD_CONVERSATIONS),
        may_edit=actor.may(Permission.EDIT_PEOPLE),
        suggested=suggestions(child),
        roll_says=census_name(child.home_language) if child.home_language else None,
        language=language,
        today=today,
        time_zone=school.time_zone,
        year_group_name=year_group_name,
        State=State,
        MayReceive=MayReceive,
    )


@pages.post("/pupils/<uuid:pupil_id>/carers/<uuid:carer_id>/languages")
@permit(Permission.EDIT_PEOPLE)
def carer_languages(pupil_id: UUID, carer_id: UUID) -> ResponseReturnValue:
    """Keep what a carer answered about one of their languages: one tap on the pupil's page."""
    answers = {name: request.form.get(name) or None for name in ("speaks", "reads")}
    operations.set_languages(session(), current_actor(), utc_now(), pupil_id, carer_id, **answers)
    return redirect(url_for("pupils.pupil", pupil_id=pupil_id, _anchor=f"carer-{carer_id}"))


@pages.route("/pupils/<uuid:pupil_id>/carers/new", methods=["GET", "POST"])
@permit(Permission.EDIT_PEOPLE)
def new_carer(pupil_id: UUID) -> ResponseReturnValue:
    """Add an adult to a pupil's carers."""
    on, actor, now = session(), current_actor(), utc_now()
    child = pupil_for(on, actor, pupil_id)
    looked_at(pupil_id, now)
    form = CarerForm(data={"may_receive": MayReceive.YES})
    form.offer(carer_languages_offered(current_school()), child.carers)
    if form.validate_on_submit():
        with refusals_in(form):
            carer = operations.add_carer(on, actor, now, pupil_id, form.fields())
            flash(f"{carer.full_name} is added.")
            return redirect(url_for("pupils.pupil", pupil_id=pupil_id))
    return form_page("hour/carer.html", form, pupil=child, link=None, siblings=[])


@pages.route("/pupils/<uuid:pupil_id>/carers/<uuid:carer_id>", methods=["GET", "POST"])
@permit(Permission.EDIT_PEOPLE)
def carer(pupil_id: UUID, carer_id: UUID) -> ResponseReturnValue:
    """Show and change what is known about a carer of a pupil."""
    on, actor, now = session(), current_actor(), utc_now()
    child = pupil_for(on, actor, pupil_id)
    link = link_for(on, actor, pupil_id, carer_id)
    looked_at(pupil_id, now)
    apart = {other for pair in kept_apart_of(on, pupil_id) if carer_id in pair for other in pair - {carer_id}}
    form = CarerForm(data=carer_values(link, apart))
    form.offer(
        carer_languages_offered(current_school()),
        [other for other in child.carers if other.carer_id != carer_id],
    )
    if form.validate_on_submit():
        with refusals_in(form):
            operations.change_carer(on, actor, now, pupil_id, carer_id, form.fields())
            flash(f"What you changed about {link.carer.full_name} is kept.")
            return redirect(url_for("pupils.pupil", pupil_id=pupil_id))
    siblings = other_children_of(on, actor, carer_id, pupil_id)
    return form_page("hour/carer.html", form, pupil=child, link=link, siblings=siblings)


def year_group_name(year_group: int | None) -> str:
    """Return a year group as staff say it, or nothing."""
    if year_group is None:
        return ""
    return {-1: "Nursery", 0: "Reception"}.get(year_group, f"Year {year_group}")


def apart_names(pupil: Pupil, apart: Iterable[frozenset[UUID]]) -> dict[UUID, list[str]]:
    """Return for each carer of a pupil the names of those they are kept apart from."""
    names = {link.carer_id: link.carer.full_name for link in pupil.carers}
    return {
        carer_id: [names[other] for pair in apart if carer_id in pair for other in pair - {carer_id}]
        for carer_id in names
    }


def start_options(pupil: Pupil, apart: Iterable[frozenset[UUID]]) -> list[StartOption]:
    """Return the ways to start now: one with everybody, or one for each carer whom others are kept from."""
    links = [link for link in pupil.carers if link.may_receive is not MayReceive.NO] or pupil.carers
    separate = {carer_id for pair in apart for carer_id in pair}
    together = tuple(link.carer_id for link in links if link.carer_id not in separate)
    alone = [link for link in links if link.carer_id in separate]
    if not alone:
        return [StartOption("Start one now", together)] if together else []
    return [
        StartOption(f"Start one now with {link.carer.full_name}", (link.carer_id, *together))
        for link in alone
    ]


def suggestions(pupil: Pupil) -> dict[str, list[Language]]:
    """Return which languages to offer in one tap, for talking and for reading: the roll's, then English."""
    roll = from_census(pupil.home_language) if pupil.home_language else None
    spoken = roll or language("en")
    read = language(spoken.read_instead) if spoken.read_instead else spoken
    return {
        question: list(dict.fromkeys((first, language("en"))))
        for question, first in (("speaks", spoken), ("reads", read))
    }


def carer_languages_offered(school: School) -> list[tuple[str, str]]:
    """Return every language for a carer's answer, English first: many speak one and read another."""
    offered = [choice for choice in language_choices(school) if choice[0] != "en"]
    return [("en", "English"), *offered]


def _of_round(meetings: Iterable[Listed], year: int, number: int) -> list[Listed]:
    return [
        meeting
        for meeting in meetings
        if (meeting.conversation.school_year, meeting.conversation.round) == (year, number)
    ]
