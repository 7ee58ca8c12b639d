"""Templates: an undefined variable is an error, everything is escaped, and static addresses hold a hash."""

import hashlib
import re
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date
from flask import Flask, current_app, url_for
from jinja2 import StrictUndefined
from jinja2.ext import Extension

from convo.kernel.clock import local
from convo.language.catalogue import say
from convo.web.bundles import stamps, version


def init_templates(app: Flask) -> None:
    """Set the templates of the app up. Call it before anything touches ``app.jinja_env``."""
    app.jinja_options = {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "autoescape": True,
        "extensions": [_Unindented],
    }
    app.jinja_env.globals.update(asset=asset, say=say, fictional=False)
    app.jinja_env.filters.update(day=day, short_day=short_day, moment=moment, clock=clock)
    # Nobody is signed in until the access room, whose context processor comes later, says who is.
    # A new school's next step is told by the follow-up room, the languages of the roll by the people room.
    app.context_processor(lambda: {"viewer": None, "next_step": lambda: None, "languages_of_roll": list})


class _Unindented(Extension):
    """Reads templates without the indentation of lines, which costs bytes in every page."""

    def preprocess(self, source: str, *_: str | None) -> str:
        return re.sub(r"\n[ \t]+", "\n", source)


def asset(filename: str) -> str:
    """Return the address of a static file, which changes with its content."""
    return url_for("static", filename=filename, v=version_of(filename))


def version_of(filename: str) -> str:
    """Return what the address of a static file holds as long as it, and what it imports, stays the same."""
    folder = current_app.static_folder
    assert folder is not None
    path = Path(folder, filename)
    if path.suffix == ".js":
        return version(stamps(Path(folder)))
    return _hash(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _hash(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def day(value: date) -> str:
    """Return a day in full words, as staff read it: Monday 30 November 2026."""
    return format_date(value, "EEEE d MMMM y", locale="en_GB")


def short_day(value: date) -> str:
    """Return a day for a narrow column, still written out: 30 November 2026."""
    return format_date(value, "d MMMM y", locale="en_GB")


def moment(instant: datetime, time_zone: str) -> str:
    """Return an instant on the school's clock: Monday 30 November 2026, 14:03."""
    here = local(instant, time_zone)
    return f"{day(here.date())}, {here:%H:%M}"


def clock(instant: datetime, time_zone: str) -> str:
    """Return the time of an instant on the school's clock: 14:03."""
    return f"{local(instant, time_zone):%H:%M}"
