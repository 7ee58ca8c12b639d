"""The page on which a tablet is tested before a family sits in front of it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from convo.access.guard import permit
from convo.access.rules import Permission
from convo.access.views.pages import pages


@pages.get("/tablet")
@permit(Permission.USE_ACCOUNT)
def tablet() -> ResponseReturnValue:
    """Show what is tested; the page's script finds out and fills it in."""
    return render_template("access/tablet.html")
