"""The web application, put together in one ordered list of steps."""

from collections.abc import Callable

from flask import Blueprint, Flask, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from convo.access.guard import init_guard
from convo.access.views import pages as access_pages
from convo.db import Database
from convo.followup.views import pages as followup_pages
from convo.hour.colleagues import colleague_pages
from convo.hour.concerns import concerns
from convo.hour.copy_check import copy_check_pages
from convo.hour.corrections import pages as correction_pages
from convo.hour.family import family_pages
from convo.hour.help import help_blueprint
from convo.hour.history import history_pages
from convo.hour.journal import journal
from convo.hour.kept_aside import aside_pages
from convo.hour.kit import kit_pages
from convo.hour.left_behind import left_behind
from convo.hour.other_papers import paper_pages
from convo.hour.pause import pause_pages
from convo.hour.planning import pages as planning_pages
from convo.hour.printing import printing_pages
from convo.hour.pupil import pages as pupil_pages
from convo.hour.reworded import reworded_pages
from convo.hour.seal import seals
from convo.hour.stages import stages
from convo.hour.summaries import pages as summary_pages
from convo.hour.take_in import take_in_pages
from convo.hour.taps import taps
from convo.people.roll_views import roll_pages
from convo.settings import Settings
from convo.web.errors import init_errors
from convo.web.forms import init_forms
from convo.web.headers import init_headers
from convo.web.json import StrictJson
from convo.web.manifest import manifest
from convo.web.offline import offline
from convo.web.short import init_short
from convo.web.templating import asset, init_templates
from convo.web.transaction import init_transactions

YEAR = 365 * 24 * 3600  # seconds


def create_app(settings: Settings) -> Flask:
    """Return the application for one installation. Connects to nothing yet and changes nothing on disk."""
    app = Flask("convo", template_folder="templates", static_folder="static")
    app.extensions["convo_settings"] = settings
    for step in _STEPS:
        step(app)
    return app


def _configure(app: Flask) -> None:
    settings: Settings = app.extensions["convo_settings"]
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-convo" if settings.secure_cookies else "convo",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # A conversation outlives Flask-WTF's default of 3600 s: the token lives as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=settings.upload_megabytes * 1024 * 1024,
    )
    app.json = StrictJson(app)

    # Addresses with a hash of their content never change; a module that another imports has none.
    app.get_send_file_max_age = lambda _name: YEAR if "v" in request.args else 0  # type: ignore[method-assign,assignment]


def _tell_the_demo(app: Flask) -> None:
    settings: Settings = app.extensions["convo_settings"]
    app.jinja_env.globals["fictional"] = settings.demo


def _connect(app: Flask) -> None:
    settings: Settings = app.extensions["convo_settings"]
    init_transactions(app, Database(settings.resolved_database_url))


def _add_open_pages(app: Flask) -> None:
    @app.get("/health")
    def health() -> ResponseReturnValue:
        return jsonify({"ok": True})

    @app.get("/favicon.ico")
    def favicon() -> ResponseReturnValue:
        return redirect(asset("favicon.svg"))

    @app.get("/manifest.webmanifest", endpoint="manifest")
    def told_to_the_home_screen() -> ResponseReturnValue:
        return app.json.dumps(manifest()), {"Content-Type": "application/manifest+json"}


def _add_rooms(app: Flask) -> None:
    for blueprint in _ROOMS:
        app.register_blueprint(blueprint)


_ROOMS: tuple[Blueprint, ...] = (
    offline,
    access_pages,
    roll_pages,
    pupil_pages,
    planning_pages,
    stages,
    journal,
    history_pages,
    reworded_pages,
    family_pages,
    taps,
    pause_pages,
    concerns,
    seals,
    colleague_pages,
    kit_pages,
    summary_pages,
    printing_pages,
    paper_pages,
    copy_check_pages,
    correction_pages,
    aside_pages,
    take_in_pages,
    left_behind,
    help_blueprint,
    followup_pages,
)

_STEPS: tuple[Callable[[Flask], None], ...] = (
    _configure,
    _connect,  # first of those that register after_request: the commit has to come after all the others
    init_headers,
    init_short,
    init_templates,  # says that nobody is signed in; the guard, which comes after, knows better
    _tell_the_demo,
    init_guard,  # before the forms: who is signed out is told so, not that a token is wrong
    init_forms,
    init_errors,
    _add_open_pages,
    _add_rooms,
)
