"""Collects the texts that families read and carries them into the catalogues, losing nothing.

`python -m convo.language.extract` rewrites `family.pot` and every `.po`. Texts are those in `say("…")` in
Python, `twin("…")` and `say("…")` in templates, and under `say` and `say_one` in the guides.
"""

import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from convo.language.catalogue import (
    FOLDER,
    TEMPLATE_NAME,
    entries,
    po_path,
    read_catalogue,
    slots,
    template_texts,
    translated_tags,
)
from convo.language.tags import LANGUAGES

SOURCES = FOLDER.parent
GUIDES = SOURCES.parent / "guides"
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
# A template that cannot be read must stop the collecting: its texts would be taken for gone.
_OPTIONS = {"templates/**.html": {"silent": "false"}}
_CALLS = {"say": None, "twin": None}
_GUIDE_KEYS = {"say", "say_one"}
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")
# Babel wraps comments at the width, and a wrapped check comment is harder to read and to compare.
_UNWRAPPED = 10_000
_HEADER = "# What families read in convo. Made by `python -m convo.language.extract`; do not edit by hand."


def found_texts() -> dict[str, list[tuple[str, int]]]:
    """Return every text for families -> where it stands (file, line; line 0 in a guide), sorted by text."""
    found: dict[str, list[tuple[str, int]]] = {}
    for name, line, text, _comments, _context in extract_from_dir(SOURCES, _METHODS, _OPTIONS, _CALLS):
        found.setdefault(str(text), []).append((f"convo/{name}", line))
    for path in sorted(GUIDES.glob("*.toml")):
        for text in _spoken(tomllib.loads(path.read_text(encoding="utf-8"))):
            found.setdefault(text, []).append((f"guides/{path.name}", 0))
    return dict(sorted(found.items()))


def _spoken(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _spoken(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _spoken(inner, key)
    elif isinstance(value, str) and key in _GUIDE_KEYS:
        yield value


def rewrite() -> list[Path]:
    """Bring `family.pot` and every `.po` up to the present texts; return the files that changed.

    A text that is gone keeps its translation below the others as obsolete, and gets it back when it returns.
    Nothing is guessed from similar texts: a guess that reads well may say the opposite.
    """
    texts = found_texts()
    template = Catalog(project="convo", header_comment=_HEADER, fuzzy=False)
    for text, places in texts.items():
        template.add(text, locations=places)
    # The header stays as it is: a new date in it alone would make a new file.
    pot = FOLDER / TEMPLATE_NAME
    if pot.exists():
        template.mime_headers = read_catalogue(pot).mime_headers
    changed = [pot] if _write(template, pot) else []
    for tag in translated_tags():
        path = po_path(tag)
        if _write(_merged(read_catalogue(path), texts), path):
            changed.append(path)
    entries.cache_clear()
    template_texts.cache_clear()
    return changed


def _merged(old: Any, texts: dict[str, list[tuple[str, int]]]) -> Any:
    """Return the catalogue with exactly these texts, every translation and comment of the old one kept."""
    known = {message.id: message for message in old if message.id} | dict(old.obsolete)
    new = Catalog(header_comment=old.header_comment, fuzzy=False)
    new.locale = old.locale_identifier
    new.mime_headers = old.mime_headers
    for text, places in texts.items():
        before = known.pop(text, None)
        new.add(
            text,
            before.string if before else "",
            locations=places,
            flags=before.flags if before else (),
            user_comments=before.user_comments if before else (),
        )
    for text, message in sorted(known.items()):
        if message.string:
            new.obsolete[text] = message
    return new


def _write(catalog: Any, path: Path) -> bool:
    """Write the catalogue if its text differs from the file; return whether it did."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=_UNWRAPPED, include_lineno=False)
    written = buffer.getvalue().rstrip() + b"\n"
    if path.exists() and path.read_bytes() == written:
        return False
    path.write_bytes(written)
    return True


def problems() -> list[str]:
    """Return what is wrong with the catalogues, one plain sentence each, for `convo check`."""
    found: list[str] = []
    if set(template_texts()) != set(found_texts()):
        found.append(f"{TEMPLATE_NAME} is out of date: run python -m convo.language.extract.")
    for tag in translated_tags():
        found.extend(_problems_of(tag))
    return found


def _problems_of(tag: str) -> Iterator[str]:
    name = po_path(tag).name
    if tag not in LANGUAGES:
        yield f"{name} is for a language that convo does not know: rename or remove it."
        return
    catalogue = read_catalogue(po_path(tag))
    if catalogue.locale_identifier not in {None, tag.replace("-", "_")}:
        yield f"{name} says in its header that it is {catalogue.locale_identifier}: correct Language."
    messages = [message for message in catalogue if message.id]
    for message in messages:
        if message.string and slots(message.id) != slots(message.string):
            yield f"{name}: the slots of “{message.id}” and of its translation differ: it is not shown."
        if _OVERRIDES.intersection(message.string):
            yield f"{name}: the translation of “{message.id}” holds direction overrides: take them out."
    translated = {message.id for message in messages if message.string.strip() and not message.fuzzy}
    empty = [text for text in template_texts() if text not in translated]
    if empty:
        yield f"{name}: texts without a translation: {len(empty)}; the first is “{empty[0]}”."


if __name__ == "__main__":
    for changed_file in rewrite():
        print(changed_file)  # noqa: T201
