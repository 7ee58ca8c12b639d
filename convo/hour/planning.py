"""The pages around a meeting: planning it, its overview, opening it, and what happens when it is not held."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from convo.access.guard import current_actor, current_school, current_settings, permit
from convo.access.queries import staff_of
from convo.access.rules import Permission
from convo.conversation import operations
from convo.conversation.guide import Guide, load_guide
from convo.conversation.models import Conversation
from convo.conversation.plans import PlanFields, may_lead, plan_of, plan_warnings
from convo.conversation.queries import answers_for, came_too_late, conversation_for, is_rebooked
from convo.conversation.rules import LONGEST, Interpreter, PupilPart, State, Way, same_time_next_week
from convo.conversation.writers import may_write
from convo.hour.forms import (
    BY_THE_DATE,
    INTERPRETER_NAMES,
    PART_NAMES,
    REASON_NAMES,
    WAY_NAMES,
    NotHeldForm,
    PlanForm,
    RebookForm,
    plan_values,
)
from convo.hour.looks import looked_at
from convo.hour.names import SLUGS
from convo.hour.pupil import apart_names
from convo.kernel.clock import instant_of, local, utc_now
from convo.kernel.ids import parse_id
from convo.people.models import Pupil, PupilCarer
from convo.people.queries import kept_apart_of, pupil_for
from convo.web.forms import form_page, refusals_in
from convo.web.transaction import session

pages = Blueprint("planning", __name__)


@pages.route("/pupils/<uuid:pupil_id>/plan", methods=["GET", "POST"])
@permit(Permission.HOLD_CONVERSATIONS)
def plan(pupil_id: UUID) -> ResponseReturnValue:
    """Plan a meeting with a pupil's family."""
    on, actor, now = session(), current_actor(), utc_now()
    child = pupil_for(on, actor, pupil_id)
    looked_at(pupil_id, now)
    form = _plan_form(child, None)
    if form.validate_on_submit():
        with refusals_in(form):
            meeting = operations.plan(on, actor, now, pupil_id, form.plan())
            return redirect(url_for("planning.conversation", conversation_id=meeting.id))
    return form_page("hour/plan_form.html", form, pupil=child, heading="Plan a conversation", save="Plan it")


@pages.route("/pupils/<uuid:pupil_id>/paper", methods=["GET", "POST"])
@permit(Permission.HOLD_CONVERSATIONS)
def paper(pupil_id: UUID) -> ResponseReturnValue:
    """Take in an hour that was held on paper, under the day on which it was held."""
    on, actor, now = session(), current_actor(), utc_now()
    child = pupil_for(on, actor, pupil_id)
    looked_at(pupil_id, now)
    form = _plan_form(child, None)
    if form.validate_on_submit():
        with refusals_in(form):
            meeting = operations.type_in_later(on, actor, now, pupil_id, form.plan(), guide())
            return redirect(stage_address(meeting))
    return form_page(
        "hour/plan_form.html",
        form,
        pupil=child,
        heading="Type in a paper hour",
        save="Go on to what was said",
    )


@pages.post("/pupils/<uuid:pupil_id>/start")
@permit(Permission.HOLD_CONVERSATIONS)
def start(pupil_id: UUID) -> ResponseReturnValue:
    """Begin an unplanned meeting now."""
    carer_ids = tuple(filter(None, map(parse_id, request.form.getlist("carer"))))
    meeting = operations.open_unplanned(session(), current_actor(), utc_now(), pupil_id, guide(), carer_ids)
    return redirect(stage_address(meeting))


@pages.get("/conversations/<uuid:conversation_id>")
@permit(Permission.SEE_HOME)
def conversation(conversation_id: UUID) -> ResponseReturnValue:
    """Show what is planned, or what became of it, and the next step."""
    on, actor, school, now = session(), current_actor(), current_school(), utc_now()
    meeting = conversation_for(on, actor, conversation_id)
    child = pupil_for(on, actor, meeting.pupil_id)
    looked_at(meeting.pupil_id, now)
    return render_template(
        "hour/conversation.html",
        meeting=meeting,
        pupil=child,
        links={link.carer_id: link for link in child.carers},
        asked=[person for person in meeting.participants if person.present and not person.removed],
        warnings=plan_warnings(child, meeting) if meeting.state is State.PLANNED else [],
        may_change=answers_for(on, actor, meeting),
        may_read_versions=meeting.state is State.CLOSED and may_write(on, actor, meeting.id, meeting.lead_id),
        too_late=came_too_late(on, actor, meeting.id) if meeting.state is not State.PLANNED else None,
        may_decide=actor.may(Permission.SEE_ALL_CONVERSATIONS),
        rebooked=is_rebooked(on, meeting.id),
        next_week=local(same_time_next_week(meeting.starts_at, now, school.time_zone), school.time_zone),
        stage_address=stage_address(meeting),
        way_names=WAY_NAMES,
        part_names=PART_NAMES,
        interpreter_names=INTERPRETER_NAMES,
        reason_names=REASON_NAMES,
        time_zone=school.time_zone,
        State=State,
        Interpreter=Interpreter,
    )


@pages.post("/conversations/<uuid:conversation_id>/open")
@permit(Permission.HOLD_CONVERSATIONS)
def open_now(conversation_id: UUID) -> ResponseReturnValue:
    """Begin the hour. A second tap on the button leads into the hour that the first began."""
    on, actor = session(), current_actor()
    meeting = conversation_for(on, actor, conversation_id)
    if meeting.state is not State.OPEN:
        meeting = operations.open_conversation(on, actor, utc_now(), conversation_id, guide())
    return redirect(stage_address(meeting))


@pages.route("/conversations/<uuid:conversation_id>/change", methods=["GET", "POST"])
@permit(Permission.HOLD_CONVERSATIONS)
def change(conversation_id: UUID) -> ResponseReturnValue:
    """Change what is planned."""
    on, actor, now = session(), current_actor(), utc_now()
    meeting = conversation_for(on, actor, conversation_id)
    child = pupil_for(on, actor, meeting.pupil_id)
    looked_at(child.id, now)
    form = _plan_form(child, plan_of(meeting, current_school().time_zone))
    if form.validate_on_submit():
        with refusals_in(form):
            operations.change_plan(on, actor, now, conversation_id, form.plan())
            flash("The plan is changed.")
            return redirect(url_for("planning.conversation", conversation_id=conversation_id))
    return form_page("hour/plan_form.html", form, pupil=child, heading="Change the plan", save="Keep changes")


@pages.route("/conversations/<uuid:conversation_id>/not-held", methods=["GET", "POST"])
@permit(Permission.HOLD_CONVERSATIONS)
def not_held(conversation_id: UUID) -> ResponseReturnValue:
    """Say why a meeting did not happen."""
    on, actor, now = session(), current_actor(), utc_now()
    meeting = conversation_for(on, actor, conversation_id)
    looked_at(meeting.pupil_id, now)
    form = NotHeldForm()
    if form.validate_on_submit():
        with refusals_in(form):
            operations.not_held(on, actor, now, conversation_id, form.reason.data, form.note.data)
            return redirect(url_for("planning.conversation", conversation_id=conversation_id))
    return form_page(
        "hour/not_held.html", form, meeting=meeting, pupil=meeting.pupil, time_zone=current_school().time_zone
    )


@pages.route("/conversations/<uuid:conversation_id>/rebook", methods=["GET", "POST"])
@permit(Permission.HOLD_CONVERSATIONS)
def rebook(conversation_id: UUID) -> ResponseReturnValue:
    """Plan a meeting that was not held once more: as proposed in one tap, or at another time."""
    on, actor, now, zone = session(), current_actor(), utc_now(), current_school().time_zone
    meeting = conversation_for(on, actor, conversation_id)
    looked_at(meeting.pupil_id, now)
    there = local(same_time_next_week(meeting.starts_at, now, zone), zone)
    form = RebookForm(data={"on": there.date(), "at": there.time()})
    if form.validate_on_submit():
        day, clock = form.on.data, form.at.data
        assert day is not None
        assert clock is not None
        starts_at = instant_of(day, clock.hour, clock.minute, zone)
        with refusals_in(form):
            again = operations.rebook(on, actor, now, conversation_id, starts_at)
            return redirect(url_for("planning.conversation", conversation_id=again.id))
    return form_page("hour/rebook.html", form, meeting=meeting, pupil=meeting.pupil, time_zone=zone)


def guide() -> Guide:
    """Return the guide that the school uses now."""
    return load_guide(current_settings().guides)


def stage_address(meeting: Conversation) -> str:
    """Return where the hour of a meeting goes on."""
    return url_for("hour.stage", conversation_id=meeting.id, slug=SLUGS[meeting.stage])


def _plan_form(pupil: Pupil, planned: PlanFields | None) -> PlanForm:
    """Return the form of a plan, with what it can choose from; of a new one with what is usual."""
    on, actor = session(), current_actor()
    apart = apart_names(pupil, kept_apart_of(on, pupil.id))
    values: dict[str, object] = {
        "minutes": LONGEST,
        "way": Way.SCHOOL,
        "carers": [] if any(apart.values()) else [str(link.carer_id) for link in pupil.carers],
        "pupil_part": PupilPart.ALL,
        "interpreter": Interpreter.NONE,
        "lead": str(actor.person_id),
        "round": BY_THE_DATE,
    }
    form = PlanForm(data=plan_values(planned) if planned else values)
    staff = [member for member in staff_of(on, actor.school_id) if member.roles]
    lead_id = planned.lead_id if planned else actor.person_id
    form.offer(
        carers=[(link.carer_id, _carer_label(link, apart[link.carer_id])) for link in pupil.carers],
        leads=[(member.person.id, member.person.name) for member in staff if may_lead(member)],
        staff=[(member.person.id, member.person.name) for member in staff if member.person.id != lead_id],
    )
    return form


def _carer_label(link: PupilCarer, kept_from: list[str]) -> str:
    parts = [link.carer.full_name, link.relationship]
    if kept_from:
        parts.append(f"kept apart from {', '.join(kept_from)}")
    return " · ".join(filter(None, parts))
