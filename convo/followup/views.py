"""The home page, and what is due at the whole school."""

from collections.abc import Callable
from datetime import date
from functools import partial

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.checklist import Step
from convo.access.guard import current_actor, current_school, permit
from convo.access.rules import Act, Permission
from convo.conversation.kept_aside import meetings_with_aside
from convo.conversation.rules import Interpreter, State
from convo.followup import export, queries
from convo.followup.first_run import next_step, steps_for
from convo.followup.rules import Due
from convo.hour.forms import INTERPRETER_NAMES, REASON_NAMES, WAY_NAMES
from convo.kernel.clock import local_day, utc_now
from convo.kernel.ids import parse_id
from convo.kernel.school_year import school_year_label, school_year_of
from convo.web.transaction import afterwards, session

pages = Blueprint("followup", __name__)

# Where the steps of a new school are taken: what is saved there leads on to the next one.
_SETUP = ("/school", "/staff", "/import", "/classes")


@pages.app_context_processor
def _lead_on() -> dict[str, Callable[[], Step | None]]:
    """Give templates ``next_step()``, asked for only where something was saved."""

    def following() -> Step | None:
        if not request.path.startswith(_SETUP) or not current_user.is_authenticated:
            return None
        return next_step(session(), current_actor())

    return {"next_step": following}


@pages.get("/")
@permit(Permission.SEE_HOME)
def home() -> ResponseReturnValue:
    """Show the day: conversations, what is due for one's own pupils, and the first steps of a new school."""
    on, actor, school, today = session(), current_actor(), current_school(), _today()
    meetings, unfinished = queries.meetings_of_the_day(on, actor, today)
    sees_horizon = actor.may(Permission.SEE_HORIZON)
    return render_template(
        "followup/home.html",
        today=today,
        steps=steps_for(on, actor),
        meetings=meetings,
        unfinished=unfinished,
        holds=actor.may(Permission.HOLD_CONVERSATIONS),
        sees_all=actor.may(Permission.SEE_ALL_PUPILS),
        of_school=queries.due(on, actor, today) if sees_horizon else None,
        aside=meetings_with_aside(on, school.id) if actor.may(Permission.SEE_ALL_CONVERSATIONS) else 0,
        due=queries.due(on, actor, today, pupils="mine"),
        time_zone=school.time_zone,
        year_label=school_year_label(school_year_of(today)),
        way_names=WAY_NAMES,
        interpreter_names=INTERPRETER_NAMES,
        reason_names=REASON_NAMES,
        Interpreter=Interpreter,
        State=State,
    )


@pages.get("/horizon")
@permit(Permission.SEE_HORIZON)
def horizon() -> ResponseReturnValue:
    """Show what is due at the whole school, or for one class or key teacher."""
    due, chosen, choices = _asked_for()
    return render_template(
        "followup/horizon.html",
        due=due,
        chosen=chosen,
        choices=choices,
        year_label=school_year_label(due.school_year),
        reason_names=REASON_NAMES,
    )


@pages.get("/horizon.csv")
@permit(Permission.SEE_HORIZON)
def horizon_file() -> ResponseReturnValue:
    """Give what the page shows as a file for a spreadsheet. The trail says who took it."""
    due, chosen, _ = _asked_for()
    note = ", ".join(value for value in chosen.values() if value) or "whole school"
    afterwards(partial(_record_download, note=note))
    answer = Response(export.as_csv(due), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="what-is-due-{due.today}.csv"'
    return answer


def _record_download(writing: Session, note: str) -> None:
    audit.record(writing, current_actor(), utc_now(), Act.DOWNLOAD, "what is due", note=note)


def _asked_for() -> tuple[Due, dict[str, str | None], queries.Choices]:
    """Return what is due for the class and key teacher of the address; one that is not there is left out."""
    on, actor = session(), current_actor()
    choices = queries.choices(on, actor)
    class_name = request.args.get("class")
    if class_name not in choices.classes:
        class_name = None
    teacher_id = parse_id(request.args.get("teacher"))
    if teacher_id not in dict(choices.key_teachers):
        teacher_id = None
    chosen = {"class": class_name, "teacher": str(teacher_id) if teacher_id else None}
    return queries.due(on, actor, _today(), class_name, teacher_id), chosen, choices


def _today() -> date:
    return local_day(utc_now(), current_school().time_zone)
