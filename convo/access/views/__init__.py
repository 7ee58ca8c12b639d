"""The pages of the access room: signing in, one's own account, the school, its staff and its trail."""

from flask import Blueprint

from convo.access.views import account, school, sign_in, staff, trail


def blueprint() -> Blueprint:
    """Return the access room's pages."""
    pages = Blueprint("access", __name__)
    for module in (sign_in, account, school, staff, trail):
        module.add_pages(pages)
    return pages
