"""How the family's page looks: the school's logo, contact lines and colours, seen before they are saved."""

import hashlib
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, cast

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from convo.access import operations
from convo.access.face import OWN_HEADING, OWN_TINT, check_colours, read_colour, read_contact_lines
from convo.access.forms import OWN, PICK, FaceForm
from convo.access.guard import current_actor, current_school, permit
from convo.access.models import School
from convo.access.operations import Face
from convo.access.rules import Permission
from convo.access.views.pages import pages
from convo.kernel.clock import utc_now
from convo.kernel.errors import NotFound, Refused
from convo.web.forms import form_page, refusals_in, refused
from convo.web.transaction import session

if TYPE_CHECKING:
    from convo.access.logo import LogoPng

_COLOURS = (("heading", OWN_HEADING), ("tint", OWN_TINT))


@pages.route("/school/look", methods=["GET", "POST"])
@permit(Permission.MANAGE_SCHOOL)
def school_look() -> ResponseReturnValue:
    """Show how the family's page looks, or would look with what was chosen; set it."""
    here = current_school()
    form = FaceForm(data=_as_data(here))
    face = Face(**{name: getattr(here, name) for name in Face.__dataclass_fields__})
    logo = cast("LogoPng | None", here.logo)
    saved = face, logo
    if form.is_submitted():
        form.validate()
        face, logo = _chosen_face(form) or face, _chosen_logo(form, logo)
        if not form.errors and request.form.get("do") != "look":
            with refusals_in(form):
                operations.set_face(session(), current_actor(), utc_now(), face)
                if logo != here.logo:
                    operations.set_logo(session(), current_actor(), utc_now(), logo)
                flash("Saved.")
                return redirect(url_for("access.school_look"))
    return form_page(
        "access/look.html",
        form,
        face=face,
        logo=_source(logo, here),
        name=here.name,
        colours={"heading": face.heading_colour or OWN_HEADING, "tint": face.tint_colour or OWN_TINT},
        unsaved=(face, logo) != saved,
        has_logo=bool(here.logo or form.new_logo.data),
    )


@pages.get("/school/logo/<digest>")
@permit(Permission.SEE_HOME)
def logo(digest: str) -> ResponseReturnValue:
    """Give the school's logo, at an address that holds the hash of it."""
    found = current_school().logo
    if found is None or digest != digest_of(found):
        raise NotFound
    return Response(found, mimetype="image/png")


@pages.get("/school/colours.css")
@permit(Permission.SEE_HOME)
def colours() -> ResponseReturnValue:
    """Give two colours to the page that asks for them, which may hold no style of its own."""
    found = {}
    for name, own in _COLOURS:
        try:
            found[name] = read_colour(request.args.get(name, own))
        except Refused as error:
            raise NotFound from error
    css = "".join(f"--school-{name}: #{colour};" for name, colour in found.items())
    return Response(f":root {{ {css} }}\n", mimetype="text/css")


def digest_of(logo: bytes) -> str:
    """Return what the address of a logo holds as long as the logo stays the same."""
    return hashlib.sha256(logo).hexdigest()[:20]


def _source(logo: bytes | None, here: School) -> str | None:
    """Return where a page finds a logo; one that is not saved stands in the page itself."""
    if logo is None:
        return None
    if logo == here.logo:
        return url_for("access.logo", digest=digest_of(logo))
    return f"data:image/png;base64,{b64encode(logo).decode('ascii')}"


def _as_data(here: School) -> dict[str, Any]:
    data: dict[str, Any] = {"contact_lines": "\n".join(here.contact_lines)}
    for name, own in _COLOURS:
        colour = getattr(here, f"{name}_colour")
        data[name] = PICK if colour else OWN
        data[f"{name}_pick"] = f"#{(colour or own).lower()}"
    return data


def _chosen_logo(form: FaceForm, now: "LogoPng | None") -> "LogoPng | None":
    """Return the logo that the form asks for, and keep a new one in the form; refusals go beside its field.

    A file just chosen counts first, then the tick for none, then what was chosen before this page was shown.
    """
    kept, form.new_logo.data = form.new_logo.data or "", ""
    if form.no_logo.data and not form.logo.data:
        return None
    if not form.logo.data and not kept:
        return now
    from convo.access.logo import FILE_LIMIT, logo_png

    session().rollback()  # nobody's words wait for a picture: it is read without the lock of those who write
    try:
        made = logo_png(form.logo.data.read(FILE_LIMIT + 1) if form.logo.data else _bytes_of(kept))
    except Refused as error:
        refused(form, error)
        return now
    form.no_logo.data = False
    form.new_logo.data = b64encode(made).decode("ascii")
    return made


def _bytes_of(kept: str) -> bytes:
    try:
        return b64decode(kept, validate=True)
    except ValueError as error:
        raise Refused("Choose the logo again.", "logo") from error


def _chosen_face(form: FaceForm) -> Face | None:
    """Return the lines and colours of the form, or None; each refusal goes beside its field."""
    lines, colours, beside = None, {}, {}
    try:
        lines = read_contact_lines(form.contact_lines.data)
    except Refused as error:
        refused(form, error)
    for name, _own in _COLOURS:
        way = form[name].data
        field = name if way in {OWN, None} else f"{name}_{way}"
        beside[f"{name}_colour"] = field
        if form[name].errors or form[field].errors:
            continue
        try:
            colours[name] = "" if way == OWN else read_colour(form[field].data)
        except Refused as error:
            refused(form, Refused(error.message, field))
    if len(colours) < len(beside):
        return None
    try:
        check_colours(**colours)
    except Refused as error:
        refused(form, Refused(error.message, beside[error.field or ""]))
        return None
    if lines is None:
        return None
    return Face(contact_lines=lines, heading_colour=colours["heading"], tint_colour=colours["tint"])
