"""The pages under /help: the handbook, and the blank paper hour for the day the tablet is flat."""

from flask import Blueprint, render_template

from convo.access.guard import current_settings, permit
from convo.access.rules import Permission
from convo.conversation.guide import load_guide, with_child
from convo.hour.handbook import handbook_folder, help_page, help_pages

help_blueprint = Blueprint("help", __name__, url_prefix="/help")


@help_blueprint.get("")
@permit(Permission.SEE_HOME)
def index() -> str:
    """Return the list of help pages."""
    return render_template("hour/help.html", pages=help_pages(handbook_folder(current_settings().guides)))


@help_blueprint.get("/<slug>")
@permit(Permission.SEE_HOME)
def page(slug: str) -> str:
    """Return one help page."""
    return render_template(
        "hour/help_page.html", page=help_page(handbook_folder(current_settings().guides), slug)
    )


@help_blueprint.get("/paper-hour")
@permit(Permission.SEE_HOME)
def paper_hour() -> str:
    """Return the hour as a form to print and fill in by hand, in the words of the guide that is in use."""
    return render_template(
        "hour/paper_hour.html", guide=load_guide(current_settings().guides), with_child=with_child
    )
