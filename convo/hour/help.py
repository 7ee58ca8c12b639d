"""The pages under /help: the handbook, and the blank paper hour for the day the tablet is flat."""

from pathlib import Path

from flask import Blueprint, current_app, render_template

from convo.conversation.guide import load_guide, with_child
from convo.hour.handbook import handbook_folder, help_page, help_pages

help_blueprint = Blueprint("help", __name__, url_prefix="/help")


@help_blueprint.get("")
def index() -> str:
    """Return the list of help pages."""
    return render_template("hour/help.html", pages=help_pages(handbook_folder(_guides())))


@help_blueprint.get("/<slug>")
def page(slug: str) -> str:
    """Return one help page."""
    return render_template("hour/help_page.html", page=help_page(handbook_folder(_guides()), slug))


@help_blueprint.get("/paper-hour")
def paper_hour() -> str:
    """Return the hour as a form to print and fill in by hand, in the words of the guide that is in use."""
    return render_template("hour/paper_hour.html", guide=load_guide(_guides()), with_child=with_child)


def _guides() -> Path:
    folder = current_app.extensions["convo_settings"].guides
    assert isinstance(folder, Path)
    return folder
