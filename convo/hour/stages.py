"""The stages of the hour: shown whole, saved through plain forms or through the journal."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import and_, or_, select

from convo.access.guard import current_actor, current_school, current_settings, current_tablet_key, permit
from convo.access.rules import Actor, Permission
from convo.conversation.guide import Guide
from convo.conversation.incoming import base_behind, read_changes, read_number
from convo.conversation.journal import JOURNAL, NOTES, Answer, apply_changes
from convo.conversation.models import Change, Conversation, StaffNoteChange
from convo.conversation.queries import conversation_for
from convo.conversation.rules import ChangeOutcome, ParticipantKind, StageName, State
from convo.conversation.setting_aside import SetAside, set_aside, set_unread_aside
from convo.conversation.unsent import text_of
from convo.conversation.writers import reached
from convo.hour.clock import known_minutes, seconds_to_cover
from convo.hour.finish import finish
from convo.hour.form_changes import bases_of, change_of, changes_of, of_these_words, operation_of
from convo.hour.looks import looked_at
from convo.hour.names import ANY_STAGE, SHORT, SLUGS, STAGES, TITLES
from convo.hour.page import StagePage
from convo.hour.queries import Hour, hour_of, load_hour
from convo.hour.verbs import doer_of, is_outdated, verb_changes
from convo.kernel.clock import utc_now
from convo.kernel.errors import NotFound, Refused
from convo.kernel.ids import parse_id
from convo.web.templating import asset
from convo.web.transaction import session

stages = Blueprint("hour", __name__)


@stages.app_context_processor
def _cover() -> dict[str, Callable[[Conversation], dict[str, int]]]:
    """Give templates ``cover_waits(meeting)``: what keeps an open meeting's page from covering itself."""

    def waits(meeting: Conversation) -> dict[str, int]:
        if meeting.state is not State.OPEN or meeting.opened_at is None:
            return {}
        zone, known = current_school().time_zone, (meeting.opened_at, meeting.minutes, meeting.until)
        return {
            "data-wait": seconds_to_cover(*known, utc_now(), zone),
            "data-minutes": known_minutes(*known, zone),
        }

    return {"cover_waits": waits}


@stages.get(f"/conversations/<uuid:conversation_id>/<any({ANY_STAGE}):slug>")
@permit(Permission.HOLD_CONVERSATIONS)
def stage(conversation_id: UUID, slug: str) -> ResponseReturnValue:
    """Show the whole hour, seen from one stage."""
    hour, now = _looked_at(current_actor(), conversation_id)
    if hour.meeting.state is not State.OPEN:
        return redirect(url_for("planning.conversation", conversation_id=conversation_id))
    more = parse_id(request.args.get("more", ""))
    page = StagePage(hour, pinned_guide(hour.meeting), current_school(), STAGES[slug], now, more)
    if page.stage not in page.stages:
        return redirect(url_for("hour.stage", conversation_id=conversation_id, slug="explore"))
    # The service worker reads whether this page goes with what the tablet keeps.
    return show(page), {"Convo-Script": asset("hour/hour.js")}


@stages.get("/conversations/<uuid:conversation_id>/guide")
@permit(Permission.HOLD_CONVERSATIONS)
def guide(conversation_id: UUID) -> str:
    """Show the guide's cards, of which the hour has one line each."""
    meeting = conversation_for(session(), current_actor(), conversation_id)
    page = stage_page(current_actor(), meeting.id, meeting.stage)
    return render_template("hour/guide.html", page=page, meeting=meeting, titles=TITLES, slugs=SLUGS)


@stages.post(f"/conversations/<uuid:conversation_id>/<any({ANY_STAGE}):slug>")
@permit(Permission.SEE_HOME)  # who had a part loses nothing of what they typed when they lose it
def save_stage(conversation_id: UUID, slug: str) -> ResponseReturnValue:
    """Save a stage's plain form, and go where its button says."""
    actor = current_actor()
    try:
        if not actor.may(Permission.HOLD_CONVERSATIONS):
            raise NotFound
        page = stage_page(actor, conversation_id, STAGES[slug])
    except NotFound:
        return _keep_aside(actor, conversation_id, slug)
    if is_outdated(page.hour, request.form):
        flash("That has changed since you saw it, or somebody has chosen. Look at it as it stands now.")
    answers, refusals, unread = save_form(actor, page.hour, slug)
    late = set_unread_aside(session(), actor, utc_now(), conversation_id, unread) if unread else SetAside()
    if refusals and not late.held:  # the rest is kept, and what could not be is shown with what was typed
        return show(stage_page(actor, conversation_id, page.stage), refusals)
    conflicts = any(answer.outcome == ChangeOutcome.CONFLICT for answer in answers)
    aside = [answer.message for answer in answers if answer.outcome == ChangeOutcome.ASIDE]
    aside += [late.why] if late.held else []
    if aside:
        if aside[0]:
            flash(aside[0])
        return redirect(url_for("planning.conversation", conversation_id=conversation_id))
    closing = request.form.get("do", "")
    if closing in ("close", "finish") and not conflicts:
        try:
            now, at_once, seen = utc_now(), closing == "finish", read_number(request.form.get("seen"))
            finish(session(), actor, now, conversation_id, finish_now=at_once, seen=seen)
        except Refused as error:
            flash(error.message)  # what was typed is kept: only the closing is refused
            return redirect(url_for("hour.stage", conversation_id=conversation_id, slug="review"))
        return redirect(url_for("summaries.summary", conversation_id=conversation_id))
    wanted = request.form.get("go", slug)
    if wanted == "pause" and not conflicts:
        return redirect(url_for("pause.pause", conversation_id=conversation_id))
    if conflicts or wanted not in STAGES:
        wanted = slug
    if closing.startswith("remove:") and not conflicts:
        flash(closing.replace("remove", "restore", 1), "undo")
    more = parse_id(request.form.get("more", ""))
    anchor = f"row-{more}" if more else None
    here = url_for("hour.stage", conversation_id=conversation_id, slug=wanted, more=more, _anchor=anchor)
    return redirect(here)


def _keep_aside(actor: Actor, conversation_id: UUID, slug: str) -> ResponseReturnValue:
    """Keep a form of who may not open the meeting any more for the SENCO, and say so: it shows them nothing.

    Raises NotFound for who never had a part in it.
    """
    arrived = reached(session(), actor, conversation_id)
    if not arrived.aside:
        raise NotFound
    saved = save_form(actor, hour_of(session(), arrived.meeting), slug)
    set_aside(session(), utc_now(), arrived.meeting, actor.person_id, saved.unread)
    flash(arrived.aside)
    return redirect("/")


def stage_page(actor: Actor, conversation_id: UUID, name: StageName) -> StagePage:
    """Return the page of a meeting that this person may read, and note the first look at the pupil."""
    hour, now = _looked_at(actor, conversation_id)
    return StagePage(hour, pinned_guide(hour.meeting), current_school(), name, now)


def _looked_at(actor: Actor, conversation_id: UUID) -> tuple[Hour, datetime]:
    now = utc_now()
    hour = load_hour(session(), actor, conversation_id)
    looked_at(hour.meeting.pupil_id, now)
    return hour, now


def pinned_guide(meeting: Conversation) -> Guide:
    """Return the guide as it was when the meeting was opened. Raises NotFound before that."""
    if meeting.guide is None:
        raise NotFound
    return Guide.from_json(meeting.guide)


class Refusal(NamedTuple):
    """A sentence on what could not be kept, with what was typed, so that it is not lost."""

    message: str
    typed: str


class Saved(NamedTuple):
    """What became of a form: answers to what was taken in, what is handed back, and the changes left over."""

    answers: list[Answer]
    refusals: list[Refusal]
    unread: list[dict[str, Any]]


def show(page: StagePage, refusals: Sequence[Refusal] = ()) -> str:
    """Return the hour's page."""
    op = uuid4()
    return render_template(
        "hour/hour.html",
        page=page,
        hour=page.hour,
        meeting=page.hour.meeting,
        titles=TITLES,
        short=SHORT,
        slugs=SLUGS,
        fresh=_ids_beside(op).__next__,
        op=op,
        refusals=refusals,
        flush_milliseconds=current_settings().flush_milliseconds,
        tablet_key=current_tablet_key(),
        StageName=StageName,
    )


def _ids_beside(op: UUID) -> Iterator[UUID]:
    """Yield ids for the rows that a page may make: all but their end is the page's own, so they pack."""
    return (UUID(int=op.int >> 8 << 8 | number) for number in range(256))


def save_form(actor: Actor, hour: Hour, slug: str) -> Saved:
    """Take in what a posted form changes, the stage it goes to included; what cannot be kept is handed back.

    A new row whose own words are refused is not made at all.
    """
    form = request.form
    operation = operation_of(form, slug)
    raw = list(changes_of(form, hour.latest, _seen(hour, bases_of(form))))
    pressed = [] if is_outdated(hour, form) else verb_changes(hour, operation, form.get("do", ""))
    raw += [of_these_words(form, change, raw, hour.latest) for change in pressed]
    destination = STAGES.get(form.get("go", ""))
    if destination is not None and destination is not hour.meeting.stage:
        raw.append(_stage_change(hour, operation, destination))
    _, wrong = read_changes(raw)
    bad = [change for change, message in zip(raw, wrong, strict=True) if message]
    refusals = [
        Refusal(message, text_of(change)) for change, message in zip(raw, wrong, strict=True) if message
    ]
    known = {str(thing_id) for thing_id, _ in hour.held_values()}
    unmade = {change["thing_id"] for change in bad if change["thing_id"] not in known}
    unread = [change for change in raw if change in bad or change["thing_id"] in unmade]
    skipped = {change["id"]: change["base"] for change in bad}
    good = [
        {**change, "base": base_behind(change["base"], skipped)} for change in raw if change not in unread
    ]
    answers = _taken_in(actor, hour, good)
    answers += _taken_in(actor, hour, list(_who_follows(hour, good, answers)))
    typed = {change["id"]: text_of(change) for change in good}
    refusals += [
        Refusal(answer.message, typed.get(str(answer.id), ""))
        for answer in answers
        if answer.outcome == "refused"
    ]
    return Saved(answers, refusals, unread)


def _taken_in(actor: Actor, hour: Hour, raw: list[dict[str, Any]]) -> list[Answer]:
    answers: list[Answer] = []
    for stream in (JOURNAL, NOTES):
        mine = [change for change in raw if change["thing"] in stream.things]
        if mine:
            changes, _ = read_changes(mine)
            answers += apply_changes(session(), actor, utc_now(), hour.meeting.id, changes, stream)
    return answers


def _seen(hour: Hour, bases: set[UUID | int]) -> dict[UUID | int, Any]:
    """Return what each change held that a form names as a base. Two statements; numbers are the journal's."""
    ids = [base for base in bases if isinstance(base, UUID)]
    numbers = [base for base in bases if isinstance(base, int)]
    log, notes = Change, StaffNoteChange
    here = and_(log.conversation_id == hour.meeting.id, log.number.in_(numbers))
    rows = session().execute(select(log.id, log.number, log.value).where(or_(here, log.id.in_(ids)))).all()
    seen: dict[UUID | int, Any] = {row.number: row.value for row in rows}
    seen |= {row.id: row.value for row in rows}
    said = session().execute(select(notes.id, notes.value).where(notes.id.in_(ids)))
    return seen | {row.id: row.value for row in said}


def _stage_change(hour: Hour, operation: UUID, destination: StageName) -> dict[str, Any]:
    return {
        "v": 1,
        "id": str(operation),
        "thing": "conversation",
        "thing_id": str(hour.meeting.id),
        "field": "stage",
        "value": destination.value,
        "base": hour.base(hour.meeting.id, "stage") or None,
    }


def _who_follows(
    hour: Hour, changes: Sequence[dict[str, Any]], answers: Sequence[Answer]
) -> Iterator[dict[str, Any]]:
    """Yield the name and the side that follow from choosing who does an action, where that was taken in.

    Where another chose somebody else, or the same person, they stay with that choice.
    """
    follows = {
        str(each.id) for each in answers if each.outcome in (ChangeOutcome.APPLIED, ChangeOutcome.ASIDE)
    }
    said = {(change["thing_id"], change["field"]) for change in changes}
    for change in changes:
        if (change["thing"], change["field"]) != ("action", "who_id") or change["id"] not in follows:
            continue
        person = hour.participant(parse_id(change["value"]))
        if person is None:
            continue
        action_id = change["thing_id"]
        name = hour.meeting.pupil.called if person.kind is ParticipantKind.PUPIL else person.name
        for field, value in (("who", name), ("by_whom", doer_of(person).value)):
            if (action_id, field) not in said:
                now = hour.base(UUID(action_id), field)
                place = f"action:{action_id}:{field}"
                yield change_of(request.form, place, value, hour.latest, otherwise=now)
