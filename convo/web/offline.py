"""What a tablet has of convo when the school does not answer: a service worker, and one page without words.

Neither holds personal data: the page opens what the tablet keeps encrypted, for whoever's tab it is.
"""

import hashlib
import json
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, render_template

from convo.web.bundles import asked_for, stamps
from convo.web.short import shortened
from convo.web.templating import asset

offline = Blueprint("offline", __name__)

_KEPT = ("convo.css", "hour/hour.css", "hour/kit.css", "languages.css", "favicon.svg")


@offline.get("/sw.js")
def worker() -> Response:
    """Return the service worker, which is another one whenever anything that it keeps has changed."""
    files = kept_files(current_app)
    page = render_template("web/offline.html")
    version = hashlib.sha256("\n".join([page, *files]).encode()).hexdigest()[:12]
    path = _static(current_app) / "tablet/sw.js"
    head = f"const VERSION = {json.dumps(version)};\nconst FILES = {json.dumps(['/offline', *files])};\n"
    return Response(head + shortened(path, path.stat().st_mtime_ns), mimetype="text/javascript")


@offline.get("/offline")
def shell() -> str:
    """Return the page that the service worker shows instead of one that cannot be had."""
    return render_template("web/offline.html")


def kept_files(app: Flask) -> list[str]:
    """Return the addresses of what a conversation needs without wifi."""
    folder = _static(app)
    scripts = [path.relative_to(folder).as_posix() for path in asked_for(folder, stamps(folder))]
    return [asset(name) for name in (*_KEPT, *scripts) if name != "tablet/sw.js"]


def _static(app: Flask) -> Path:
    assert app.static_folder is not None
    return Path(app.static_folder)
