"""The pages of the access room: signing in, one's own account, the school, its staff and its trail."""

from convo.access.views import account, kept_forms, look, school, sign_in, staff, tablet, trail
from convo.access.views.pages import pages

__all__ = ["account", "kept_forms", "look", "pages", "school", "sign_in", "staff", "tablet", "trail"]
