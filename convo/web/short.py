"""Scripts and style sheets as they are served: few files, without comments and spaces, names shortened.

The files stay readable and there is no build step: each is shortened when it is first asked for, and again
when it has changed. What cannot be shortened is served as it is written.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, request
from flask.wrappers import Response
from werkzeug.security import safe_join

from convo.web.bundles import Stamps, at_version, bundles, stamps

_TYPES = {".js": "text/javascript", ".css": "text/css"}


def init_short(app: Flask) -> None:
    """Let the app serve its scripts and style sheets shortened."""
    as_written = app.send_static_file

    def static(filename: str) -> Response:
        found = safe_join(app.static_folder or "", filename)
        path = Path(found) if found else None
        if path is None or path.suffix not in _TYPES or not path.is_file():
            return as_written(filename)
        if path.suffix == ".js":
            folder = Path(app.static_folder or "")
            text = at_version(script(path, folder, stamps(folder)), request.args.get("v", ""))
        else:
            text = shortened(path, path.stat().st_mtime_ns)
        response = Response(text, mimetype=_TYPES[path.suffix])
        response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:20])
        response.make_conditional(request)
        return response

    app.view_functions["static"] = static


@lru_cache(maxsize=256)
def script(path: Path, folder: Path, scripts: Stamps) -> str:
    """Return a script, shortened, with the modules that are served in one file with it."""
    found = bundles(folder, scripts).get(path)
    return _short(path, found.text if found else path.read_text("utf-8"))


@lru_cache(maxsize=256)
def shortened(path: Path, _changed: int) -> str:
    """Return the text of a file, shortened; ``_changed`` is when it was last written."""
    return _short(path, path.read_text("utf-8"))


def _short(path: Path, written: str) -> str:
    # Written in Go, whose threads do not outlive a fork: loaded before `convo serve` makes its workers, it
    # would stop each of them for good at the first few files asked for at once.
    import minify

    try:
        text: str = minify.string(_TYPES[path.suffix], written)
    except minify.MinifyError:
        return written
    return text
