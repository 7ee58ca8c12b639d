"""The web application, put together in one ordered list of steps."""

from flask import Flask

from convo.db import Database
from convo.settings import Settings


def create_app(settings: Settings) -> Flask:
    """Return the application for one installation. Connects to nothing yet and changes nothing on disk."""
    app = Flask("convo", template_folder="templates", static_folder="static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-convo" if settings.secure_cookies else "convo",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # A conversation outlives Flask-WTF's default of 3600 s: the token lives as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=settings.upload_megabytes * 1024 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=31536000,  # static addresses carry a hash of their content
    )
    app.extensions["convo_settings"] = settings
    app.extensions["convo_database"] = Database(settings.resolved_database_url)
    return app
