"""The handbook: help pages for each kind of user, read from a folder of HTML fragments (pure)."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from convo.kernel.errors import NotFound
from convo.kernel.text import clean
from convo.settings import SHIPPED_GUIDES
from convo.web.sanitise import handbook_html

_ORDER = (
    "teacher",
    "family",
    "senco",
    "bilingual-assistant",
    "data-manager",
    "head",
    "words",
    "writing-a-guide",
    "installing",
)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HEADING = re.compile(r"<h1>([^<]+)</h1>")


class HelpPage(NamedTuple):
    """One page: the name it has in its address, its heading, and its HTML, heading included."""

    slug: str
    title: str
    body: Markup


def handbook_folder(guides: Path) -> Path:
    """Return the folder of the handbook beside a guide, or the one that ships where there is none."""
    own = guides / "handbook"
    return own if own.is_dir() else SHIPPED_GUIDES / "handbook"


def help_pages(folder: Path) -> list[HelpPage]:
    """Return all pages of a handbook: those that ship in their order, a school's own after them by name."""
    slugs = [path.stem for path in folder.glob("*.html") if _SLUG.fullmatch(path.stem)]
    return [help_page(folder, slug) for slug in sorted(slugs, key=_place)]


def help_page(folder: Path, slug: str) -> HelpPage:
    """Return one page. Raises NotFound for a name that no page has, whatever the name is made of."""
    if not _SLUG.fullmatch(slug):
        raise NotFound
    try:
        text = clean((folder / f"{slug}.html").read_text("utf-8-sig", errors="replace"))
    except OSError as error:
        raise NotFound from error
    body = handbook_html(text)
    first = _HEADING.match(body)
    if first is None:
        title = slug.replace("-", " ").capitalize()
        return HelpPage(slug, title, Markup("<h1>{}</h1>\n").format(title) + body)
    return HelpPage(slug, unescape(first[1]), body)


def handbook_problems(folder: Path) -> list[str]:
    """Return everything that is wrong with a handbook, one sentence each: file, line, reason."""
    files = sorted(folder.glob("*.html"))
    if not files:
        return [f"{folder}: holds no page. Each is a file such as teacher.html."]
    return [f"{path.name} line {line}: {reason}" for path in files for line, reason in _wrong_in(path)]


def _wrong_in(path: Path) -> Iterator[tuple[int, str]]:
    if not _SLUG.fullmatch(path.stem):
        yield 1, "the name of the file may only have small letters, figures and hyphens."
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        yield 1, "cannot be read."
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        yield line, "is not UTF-8. Save it again as UTF-8."
    else:
        if not _HEADING.match(handbook_html(clean(text))):
            yield 1, "does not begin with its heading, as in <h1>For the teacher</h1>."


def _place(slug: str) -> tuple[int, str]:
    return (_ORDER.index(slug) if slug in _ORDER else len(_ORDER), slug)
