"""What the family leaves with: each carer's copy, looked at, given out, printed by the office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from convo.access import audit
from convo.access.guard import current_actor, current_school, permit
from convo.access.queries import left_among
from convo.access.rules import Act, Permission
from convo.access.views.languages import language_choices
from convo.conversation.corrections import closed_meeting
from convo.conversation.models import Change, Conversation, Participant
from convo.conversation.queries import asides_of, conversation_for
from convo.conversation.rules import State
from convo.hour.copies import Copy, absent_copy, copy_of
from convo.hour.looks import looked_at
from convo.kernel.clock import local_day, utc_now
from convo.kernel.errors import NotFound, Refused
from convo.kernel.ids import parse_id
from convo.language.tags import LANGUAGES
from convo.people.models import MayReceive
from convo.plan.models import Action
from convo.plan.rules import Agreement
from convo.summary import operations
from convo.summary.build import content_for as content_now
from convo.summary.build import texts_of, view_of
from convo.summary.content import Layout
from convo.summary.files import WORD_TYPE, file_name
from convo.summary.models import Issue
from convo.summary.naming import LAYOUT_NAMES, WAY_NAMES
from convo.summary.page import page_content
from convo.summary.queries import content_of, document_of, head_of, issue_for, issues_of, waiting_issues
from convo.summary.record import Record, load_record
from convo.summary.rules import DeliveryWay, Waiting, is_held, waiting
from convo.web.transaction import afterwards, session

pages = Blueprint("summaries", __name__)

WAYS = {way.name.lower(): way for way in DeliveryWay}


@dataclass(frozen=True)
class CarerRow:
    """One carer on the page of copies: what they have, and what is still to be done."""

    copy: Copy
    issues: list[Issue]  # the newest first
    forbidden: bool
    names: list[str]  # of someone kept apart, met in the words of this carer's copy

    @property
    def newest(self) -> Issue | None:
        """Return the copy that counts."""
        return self.issues[0] if self.issues else None

    @property
    def waits(self) -> Waiting | None:
        """Return what is still to be done with it."""
        return waiting(self.newest.deliveries) if self.newest else None

    @property
    def held(self) -> bool:
        """Return whether the family has it."""
        return self.newest is not None and is_held(self.newest.deliveries)


@pages.get("/conversations/<uuid:conversation_id>/summary")
@permit(Permission.SEE_HOME)
def summary(conversation_id: UUID) -> ResponseReturnValue:
    """Show each carer's copy, and how it reaches them."""
    return _summary(conversation_id)


@pages.get("/conversations/<uuid:conversation_id>/summary/preview/<uuid:carer_id>")
@permit(Permission.SEE_HOME)
def preview(conversation_id: UUID, carer_id: UUID) -> ResponseReturnValue:
    """Show one carer's copy as it stands now, or as issue number N was given out."""
    on, actor, school, now = session(), current_actor(), current_school(), utc_now()
    meeting = conversation_for(on, actor, conversation_id)
    looked_at(meeting.pupil_id, now)
    number = request.args.get("issue", type=int)
    issue = None
    if number is not None:
        found = [row for row in issues_of(on, meeting.id) if (row.carer_id, row.number) == (carer_id, number)]
        if not found:
            raise NotFound
        issue = found[0]
        content = content_of(on, issue.id)
    else:
        tag, layout = request.args.get("language") or None, _layout(request.args.get("layout", ""))
        content = content_now(on, school, meeting, carer_id, language=tag, layout=layout, now=now)
    reader = view_of(load_record(on, meeting), school, carer_id).reader
    note = f"copy {number} for a carer" if number else "copy for a carer as it stands"
    afterwards(
        lambda writing: audit.record(
            writing, actor, now, Act.LOOK, "summary", meeting.id, meeting.pupil_id, note
        )
    )
    return render_template(
        "hour/summary_preview.html",
        meeting=meeting,
        issue=issue,
        content=content,
        summary=page_content(content),
        names=sorted({name for text in texts_of(content) for name in reader.names_in(text)}),
    )


@pages.post("/conversations/<uuid:conversation_id>/summary/copies")
@permit(Permission.HOLD_CONVERSATIONS)
def make_copy(conversation_id: UUID) -> ResponseReturnValue:
    """Make a carer's first copy after the closing, or the same agreement in another language."""
    on, actor, now = session(), current_actor(), utc_now()
    carer_id = parse_id(request.form.get("carer", ""))
    if carer_id is None:
        raise NotFound
    tag, layout = request.form.get("language") or "en", _layout(request.form.get("layout", ""))
    try:
        meeting = closed_meeting(on, actor, conversation_id)
        made = operations.issue_first(on, actor, now, meeting, [(carer_id, tag, layout)])
        if not made:
            operations.take_language(on, actor, now, conversation_id, carer_id, tag, layout)
    except Refused as error:
        on.rollback()
        return _summary(conversation_id, [error.message]), 422
    return redirect(
        url_for("summaries.summary", conversation_id=conversation_id, _anchor=f"carer-{carer_id}")
    )


@pages.post("/conversations/<uuid:conversation_id>/summary/agreed")
@permit(Permission.HOLD_CONVERSATIONS)
def agreed(conversation_id: UUID) -> ResponseReturnValue:
    """Write down that changed actions were agreed after all."""
    on, actor, now = session(), current_actor(), utc_now()
    ticked = [found for found in map(parse_id, request.form.getlist("action")) if found is not None]
    try:
        operations.record_agreed(on, actor, now, conversation_id, ticked, request.form.get("how", ""))
    except Refused as error:
        on.rollback()
        return _summary(conversation_id, [error.message]), 422
    return redirect(url_for("summaries.summary", conversation_id=conversation_id))


@pages.post("/issues/<uuid:issue_id>/delivery")
@permit(Permission.SEE_HOME)
def deliver(issue_id: UUID) -> ResponseReturnValue:
    """Write down a step of a copy's way to the family."""
    on, actor, now = session(), current_actor(), utc_now()
    listed = issue_for(on, actor, issue_id)
    conversation_id = conversation_for(on, actor, listed.meeting.id).id
    way = WAYS.get(request.form.get("way", ""))
    if way is None:
        raise NotFound
    try:
        operations.record_delivery(
            on,
            actor,
            now,
            issue_id,
            way,
            due_on=_day(request.form.get("due_on", "")),
            language=request.form.get("language", ""),
            by=request.form.get("by", ""),
        )
    except Refused as error:
        on.rollback()
        return _summary(conversation_id, [error.message]), 422
    anchor = f"carer-{listed.issue.carer_id}"
    return redirect(url_for("summaries.summary", conversation_id=conversation_id, _anchor=anchor))


@pages.get("/issues/<uuid:issue_id>/word")
@permit(Permission.SEE_HOME)
def word(issue_id: UUID) -> ResponseReturnValue:
    """Hand over the Word file of an issue, to the byte as it was issued."""
    on, actor, now = session(), current_actor(), utc_now()
    listed = issue_for(on, actor, issue_id)
    name = file_name(head_of(on, issue_id))
    pupil_id = listed.meeting.pupil_id
    afterwards(lambda writing: audit.record(writing, actor, now, Act.DOWNLOAD, "issue", issue_id, pupil_id))
    return send_file(
        BytesIO(document_of(on, issue_id)),
        mimetype=WORD_TYPE,
        as_attachment=True,
        download_name=name,
        etag=False,
    )


@pages.route("/print-list", methods=["GET", "POST"])
@permit(Permission.USE_PRINT_LIST)
def print_list() -> ResponseReturnValue:
    """Show what the office prints and what is promised, and take the ticks of what went home."""
    on, actor, school, now = session(), current_actor(), current_school(), utc_now()
    if request.method == "POST":
        ticked = {found for found in map(parse_id, request.form.getlist("issue")) if found is not None}
        operations.sent_home(on, actor, now, ticked)
        return redirect(url_for("summaries.print_list"))
    return render_template(
        "hour/print_list.html",
        waiting=waiting_issues(on, school.id),
        today=local_day(now, school.time_zone),
        languages=LANGUAGES,
        layout_names=LAYOUT_NAMES,
        time_zone=school.time_zone,
    )


def _summary(conversation_id: UUID, refusals: list[str] | None = None) -> str:
    on, actor, school, now = session(), current_actor(), current_school(), utc_now()
    meeting = conversation_for(on, actor, conversation_id)
    looked_at(meeting.pupil_id, now)
    record = load_record(on, meeting)
    closed = meeting.state is State.CLOSED
    asides = asides_of(on, meeting.id) if closed else []
    unsettled = select(Action).where(Action.conversation_id == meeting.id)
    return render_template(
        "hour/summary.html",
        meeting=meeting,
        pupil=meeting.pupil,
        agreed=[*record.agreed, *(action for action, _ in record.carried)],
        by_each=[person for person in record.participants if person.understood],
        rows=_carer_rows(record, issues_of(on, meeting.id)),
        asides=len(asides),
        all_late=_all_late(meeting, asides),
        not_yet=on.scalars(
            unsettled.where(Action.agreement == Agreement.NOT_YET).order_by(Action.position)
        ).all(),
        closed=closed,
        may_write=closed and actor.may(Permission.HOLD_CONVERSATIONS),
        refusals=refusals or [],
        today=local_day(now, school.time_zone),
        time_zone=school.time_zone,
        languages=LANGUAGES,
        language_choices=[("en", "English"), *language_choices(school)],
        layout_names=LAYOUT_NAMES,
        way_names=WAY_NAMES,
    )


def _all_late(meeting: Conversation, asides: Sequence[Change]) -> bool:
    """Return whether changes are kept aside for nothing but that they came after the closing."""
    if not asides or left_among(session(), meeting.school_id, {change.author_id for change in asides}):
        return False
    return all(meeting.closed_at and change.received_at >= meeting.closed_at for change in asides)


def _carer_rows(record: Record, issues: list[Issue]) -> list[CarerRow]:
    here = {person.carer_id: person for person in record.participants if person.carer_id}
    rows = []
    for link in record.links:
        view = view_of(record, current_school(), link.carer_id)
        said = [action.what for action in record.agreed] + [target.text for target in record.targets]
        said += [entry.text for entry in record.entries if view.reader.may_read(entry)]
        person: Participant | None = here.get(link.carer_id)
        rows.append(
            CarerRow(
                copy=copy_of(person, link) if person else absent_copy(record.meeting.id, link),
                issues=[issue for issue in reversed(issues) if issue.carer_id == link.carer_id],
                forbidden=link.may_receive is MayReceive.NO,
                names=sorted({name for text in said for name in view.reader.names_in(text)}),
            )
        )
    return rows


def _layout(written: str) -> Layout | None:
    return next((layout for layout in LAYOUT_NAMES if layout == written), None)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise Refused("Write the date as day, month and year.", "due_on") from None
