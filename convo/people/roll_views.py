"""The pages of the import: a file, what it would do, doing it, and what is left for a person to decide."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from convo.access.guard import current_actor, current_school, current_settings, permit
from convo.access.qr import qr_image
from convo.access.queries import staff_of
from convo.access.rules import Permission
from convo.access.sign_in import LINK_LASTS
from convo.access.staff import Joined, links_again
from convo.kernel.clock import local_day, utc_now
from convo.kernel.errors import Refused
from convo.kernel.ids import parse_id
from convo.people.classes import class_lines, set_class_teachers, without_class
from convo.people.forms import UploadForm, classes_form, heading_answers, headings_form
from convo.people.joining import join_carers, joining_offers, others_beside, tell_apart
from convo.people.queries import languages_of_roll
from convo.people.reading import NeedsHeadings, RollFile, StaffFile
from convo.people.roll import apply_roll, apply_staff, preview_roll, preview_staff
from convo.people.roll.questions import answer_questions, count_open_questions, open_questions, recent_imports
from convo.people.roll.upload import (
    CameIn,
    came_in,
    drop_upload,
    explain_headings,
    keep_upload,
    note_came_in,
    open_upload,
)
from convo.web.forms import form_page, refusals_in
from convo.web.transaction import session

roll_pages = Blueprint("roll", __name__)


@roll_pages.app_context_processor
def _suggest_languages() -> dict[str, Callable[[], list[str]]]:
    """Give templates ``languages_of_roll()``, asked for only where a school chooses its languages."""
    return {"languages_of_roll": lambda: languages_of_roll(session(), current_actor().school_id)}


SHOWN = 200  # lines of one list on a page; the counts above it are of all


@roll_pages.route("/import", methods=["GET", "POST"])
@permit(Permission.IMPORT_ROLL)
def upload() -> ResponseReturnValue:
    """Take a file to look at before it comes in."""
    form, on, actor = UploadForm(), session(), current_actor()
    if form.validate_on_submit():
        content, limit = form.file.data.read(), current_settings().upload_megabytes
        try:
            kept = keep_upload(on, actor, utc_now(), content, limit_megabytes=limit)
        except Refused as error:
            form.file.errors = [error.message]
        else:
            return redirect(url_for("roll.preview", upload_id=kept.id))
    return form_page(
        "people/import.html",
        form,
        questions=count_open_questions(on, actor),
        offers=len(joining_offers(on, actor)),
        imports=recent_imports(on, actor),
        time_zone=current_school().time_zone,
    )


@roll_pages.route("/import/<uuid:upload_id>", methods=["GET", "POST"])
@permit(Permission.IMPORT_ROLL)
def preview(upload_id: UUID) -> ResponseReturnValue:
    """Say what a file would do, or ask what its unknown headings mean."""
    on, actor, now = session(), current_actor(), utc_now()
    read = open_upload(on, actor, now, upload_id)
    if isinstance(read, NeedsHeadings):
        return _ask_headings(read, upload_id)
    if isinstance(read, StaffFile):
        told = preview_staff(on, actor, read)
        return render_template("people/staff_preview.html", told=told, upload_id=upload_id, shown=SHOWN)
    roll = preview_roll(on, actor, now, read)
    return render_template("people/roll_preview.html", told=roll, upload_id=upload_id, shown=SHOWN)


def _ask_headings(needs: NeedsHeadings, upload_id: UUID) -> ResponseReturnValue:
    form = headings_form(needs)
    if form.validate_on_submit():
        with refusals_in(form):
            explain_headings(session(), current_actor(), heading_answers(form, needs), needs.required)
            return redirect(url_for("roll.preview", upload_id=upload_id))
    return form_page("people/headings.html", form, upload_id=upload_id)


@roll_pages.post("/import/<uuid:upload_id>/apply")
@permit(Permission.IMPORT_ROLL)
def apply(upload_id: UUID) -> ResponseReturnValue:
    """Bring a file in, and forget it; pressed again, only say again what it did."""
    on, actor, now = session(), current_actor(), utc_now()
    did = came_in(on, actor, now, upload_id)
    if did is not None:
        return _done_page(did, links_again(on, actor, now, did.staff), now, again=True)
    read = open_upload(on, actor, now, upload_id)
    accept_good = request.form.get("rows") == "good"
    if isinstance(read, NeedsHeadings):
        return redirect(url_for("roll.preview", upload_id=upload_id))
    if isinstance(read, RollFile):
        done = apply_roll(on, actor, now, read, accept_good=accept_good)
        joined, counts, applied = [], done.preview.counts, done.applied
    else:
        staff = apply_staff(on, actor, now, read, accept_good=accept_good)
        joined, counts, applied = staff.joined, staff.preview.counts, staff.applied
    if not applied:
        return redirect(url_for("roll.preview", upload_id=upload_id))
    did = CameIn(dict(counts), [one.person.id for one in joined])
    note_came_in(on, actor, now, upload_id, did)
    return _done_page(did, joined, now)


def _done_page(
    did: CameIn, joined: list[Joined], now: datetime, *, again: bool = False
) -> ResponseReturnValue:
    if any(one.link_token for one in joined):
        return _links_page(joined, now, again=again)
    flash(
        f"The file is in: {did.counts['new']} new, {did.counts['changed']} changed,"
        f" {did.counts['unchanged']} as before."
    )
    return redirect(url_for("roll.upload"))


@roll_pages.post("/import/<uuid:upload_id>/stop")
@permit(Permission.IMPORT_ROLL)
def stop(upload_id: UUID) -> ResponseReturnValue:
    """Forget a file without bringing it in."""
    drop_upload(session(), current_actor(), utc_now(), upload_id)
    flash("Nothing was brought in. The file is no longer here.")
    return redirect(url_for("roll.upload"))


@roll_pages.get("/import/questions")
@permit(Permission.IMPORT_ROLL)
def questions() -> ResponseReturnValue:
    """Ask what is right where the roll gives a contact differently."""
    found = open_questions(session(), current_actor())
    return render_template("people/questions.html", questions=found[:SHOWN], count=len(found))


@roll_pages.post("/import/questions/<uuid:pupil_id>/<uuid:carer_id>")
@permit(Permission.IMPORT_ROLL)
def answer(pupil_id: UUID, carer_id: UUID) -> ResponseReturnValue:
    """Keep what convo holds of an adult, or take what the roll says."""
    take_roll = request.form.get("answer") == "roll"
    carer = answer_questions(session(), current_actor(), utc_now(), pupil_id, carer_id, take_roll=take_roll)
    taken = "now as the roll says" if take_roll else "as before"
    flash(f"{carer.full_name}: {taken}.")
    return redirect(url_for("roll.questions"))


@roll_pages.get("/import/joining")
@permit(Permission.IMPORT_ROLL)
def joining() -> ResponseReturnValue:
    """Offer the carers of siblings who may be one person."""
    offers = joining_offers(session(), current_actor())
    return render_template(
        "people/joining.html", offers=offers[:SHOWN], count=len(offers), others_beside=others_beside
    )


@roll_pages.post("/import/joining")
@permit(Permission.IMPORT_ROLL)
def join() -> ResponseReturnValue:
    """Join the carers that are ticked into one, or remember that they are not the same person."""
    on, actor, now = session(), current_actor(), utc_now()
    ids = {carer_id for text in request.form.getlist("carer") if (carer_id := parse_id(text))}
    if len(ids) < 2:
        raise Refused("Go back and tick at least two, then say whether they are one person.")
    if request.form.get("answer") == "join":
        carer = join_carers(on, actor, now, ids)
        flash(f"{carer.full_name} is one person now.")
    else:
        tell_apart(on, actor, now, ids)
        flash("They stay apart and are not offered again.")
    return redirect(url_for("roll.joining"))


@roll_pages.route("/classes", methods=["GET", "POST"])
@permit(Permission.IMPORT_ROLL)
def classes() -> ResponseReturnValue:
    """Say who is key teacher of which class."""
    on, actor = session(), current_actor()
    lines = class_lines(on, actor)
    staff = {member.person.id: member.person.name for member in staff_of(on, actor.school_id) if member.roles}
    form = classes_form(lines, staff)
    if form.validate_on_submit():
        chosen = {line.name: form[f"class_{number}"].data for number, line in enumerate(lines)}
        set_class_teachers(on, actor, utc_now(), chosen)
        flash("The key teachers are saved.")
        return redirect(url_for("roll.classes"))
    return form_page("people/classes.html", form, lines=lines, without=without_class(on, actor), shown=SHOWN)


def _links_page(joined: list[Joined], now: datetime, *, again: bool) -> ResponseReturnValue:
    """Show the password links of who is new: once, as only their hashes are kept.

    ``again``: they are other ones, because what was shown before may never have been seen.
    """
    links = []
    for one in joined:
        if one.link_token is not None:
            url = url_for("access.password_link", token=one.link_token, _external=True)
            links.append((one.person, url, qr_image(url)))
    until = local_day(now + LINK_LASTS, current_school().time_zone)
    return render_template("people/staff_links.html", links=links, until=until, again=again)
