"""Scripts and style sheets as they are served: without comments and spaces, local names shortened.

The files stay readable and there is no build step: each is shortened when it is first asked for, and again
when it has changed. What cannot be shortened is served as it is written.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import minify
from flask import Flask, request
from flask.wrappers import Response
from werkzeug.security import safe_join

_TYPES = {".js": "text/javascript", ".css": "text/css"}


def init_short(app: Flask) -> None:
    """Let the app serve its scripts and style sheets shortened."""
    as_written = app.send_static_file

    def static(filename: str) -> Response:
        found = safe_join(app.static_folder or "", filename)
        path = Path(found) if found else None
        if path is None or path.suffix not in _TYPES or not path.is_file():
            return as_written(filename)
        text = shortened(path, path.stat().st_mtime_ns)
        response = Response(text, mimetype=_TYPES[path.suffix])
        response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:20])
        response.make_conditional(request)
        return response

    app.view_functions["static"] = static


@lru_cache(maxsize=256)
def shortened(path: Path, _changed: int) -> str:
    """Return the text of a script or style sheet, shortened; ``_changed`` is when it was last written."""
    written = path.read_text("utf-8")
    try:
        text: str = minify.string(_TYPES[path.suffix], written)
    except minify.MinifyError:
        return written
    return text
