"""Two logs that are only read: the audit trail, and that the page about a concern was opened."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from convo.access import queries
from convo.access.guard import current_actor, current_school, permit
from convo.access.models import AuditEntry, ConcernAnswer
from convo.access.rules import AT_THE_MACHINE, Act, Permission
from convo.access.views.pages import pages
from convo.kernel.errors import NotFound
from convo.kernel.ids import parse_id
from convo.web.transaction import session

_SIZE = 50
_LAST = 1_000_000  # a page after every page, and still a number that a database takes
_ANSWERS = {
    ConcernAnswer.OPENED: "Opened, no answer given",
    ConcernAnswer.BY_MISTAKE: "Opened by mistake",
    ConcernAnswer.GOING_TO_LEAD: "Going to the safeguarding lead",
}


_DID = {
    Act.SIGN_IN: "Signed in",
    Act.SIGN_OUT: "Signed out",
    Act.PASSWORD: "Password",
    Act.LOOK: "Looked at",
    Act.CHANGE: "Changed",
    Act.CLOSE: "Closed",
    Act.PRINT: "Printed",
    Act.ISSUE: "Issued",
    Act.DOWNLOAD: "Downloaded",
    Act.HAND_OUT: "Handed out",
    Act.IMPORT: "Took in",
    Act.STAFF: "Staff",
    Act.SCHOOL: "School",
    Act.ERASE: "Erased",
}


@pages.get("/audit")
@permit(Permission.READ_TRAIL)
def audit_trail() -> ResponseReturnValue:
    """Show the audit trail of the school, 50 entries a page, of one person or pupil where asked for."""
    school_id = current_actor().school_id
    person_id = parse_id(request.args.get("person"))
    pupil_id = parse_id(request.args.get("pupil"))
    page = min(max(request.args.get("page", 1, type=int), 1), _LAST)
    entries, count = queries.trail(
        session(), school_id, person_id=person_id, pupil_id=pupil_id, page=page, size=_SIZE
    )
    pages_in_all = max(1, -(-count // _SIZE))
    if page > pages_in_all:
        raise NotFound
    people = {member.person.id: member.person.name for member in queries.staff_of(session(), school_id)}
    people[AT_THE_MACHINE] = "Somebody at the server, with a command"

    def address(number: int) -> str | None:
        if not 1 <= number <= pages_in_all:
            return None
        return url_for("access.audit_trail", person=person_id, pupil=pupil_id, page=number)

    return render_template(
        "access/audit.html",
        entries=[(entry, _told(entry, people)) for entry in entries],
        people=people,
        person_id=person_id,
        pupil_id=pupil_id,
        says=f"Page {page} of {pages_in_all}",
        back=address(page - 1),
        on=address(page + 1),
        several=pages_in_all > 1,
        time_zone=current_school().time_zone,
    )


def _told(entry: AuditEntry, people: dict[UUID, str]) -> str:
    """Return in words what an entry tells of."""
    if entry.thing == "person":
        own = entry.thing_id == entry.person_id
        thing = "" if own or entry.thing_id is None else people.get(entry.thing_id, "somebody from outside")
    else:
        thing = "" if entry.thing == entry.act else entry.thing
    what = ", ".join(part for part in (thing, entry.note) if part)
    did = _DID[Act(entry.act)]
    return f"{did}: {what}" if what else did


@pages.get("/concerns")
@permit(Permission.USE_ACCOUNT)
def concerns() -> ResponseReturnValue:
    """Show to the safeguarding lead, and to nobody else, when the page about a concern was opened."""
    if not queries.reads_concerns(current_school(), current_actor()):
        raise NotFound
    return render_template(
        "access/concerns.html",
        concerns=queries.concerns_of(session(), current_actor().school_id),
        answers=_ANSWERS,
        time_zone=current_school().time_zone,
    )
