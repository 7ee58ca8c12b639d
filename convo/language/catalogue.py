"""The family catalogue: the fixed English texts that families read, and their translations.

One `.po` per language in `convo/translations/`. What stands there unmarked is a draft. It is checked only
while a translator comment says so with the hashes of both texts, which `check_comment` writes:
``state: checked | by: A. Nowak | on: 2026-09-14 | src: 1f3a… | text: 9be2…``. A fuzzy entry, an empty one and
one whose slots differ from the English count as missing.
"""

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.pofile import read_po

import convo
from convo.language.tags import language
from convo.language.text import State, Text, missing, put_into, text_hash

FOLDER = Path(convo.__file__).parent / "translations"
TEMPLATE_NAME = "family.pot"
_CHECK = re.compile(
    r"state:\s+checked\s+\|\s+by:\s+[^|]*\w[^|]*\|\s+on:\s+\d{4}-\d\d-\d\d\s+"
    r"\|\s+src:\s+(\w+)\s+\|\s+text:\s+(\w+)"
)
_SLOT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Entry(NamedTuple):
    """A translation that may be shown."""

    text: str
    state: State


class Completeness(NamedTuple):
    """How much of the family catalogue a language has, and how much of it is checked; each 0 to 1."""

    complete: float
    checked: float


def say(english: str, tag: str, /, **values: str | int | Text) -> Text:
    """Return the fixed text in that language, or the English in the state "missing".

    ``{named}`` slots take the values, which are never translated; each is isolated where it could change
    places with its neighbours. A slot without a value is a KeyError.
    """
    if language(tag).tag == "en":
        return Text(_filled(english, "en", values), "en", "ltr", "source")
    entry = entries(tag).get(english)
    if entry is None:
        return missing(_filled(english, "en", values))
    return Text(_filled(entry.text, tag, values), tag, language(tag).direction, entry.state)


def _filled(text: str, tag: str, values: dict[str, str | int | Text]) -> str:
    return _SLOT.sub(lambda slot: put_into(values[slot[1]], tag), text)


def slots(text: str) -> list[str]:
    """Return the names of the text's slots, sorted, as often as each stands there."""
    return sorted(_SLOT.findall(text))


def po_path(tag: str) -> Path:
    """Return where the language's catalogue lies; the file need not exist."""
    return FOLDER / f"{tag.replace('-', '_')}.po"


@cache
def entries(tag: str) -> dict[str, Entry]:
    """Return English -> translation for every entry that may be shown; read once a process."""
    path = po_path(tag)
    if not path.exists():
        return {}
    usable: dict[str, Entry] = {}
    for message in read_catalogue(path):
        if message.id and isinstance(message.id, str) and isinstance(message.string, str):
            shown = (
                not message.fuzzy and message.string.strip() and slots(message.id) == slots(message.string)
            )
            if shown:
                usable[message.id] = Entry(message.string, "checked" if _is_checked(message) else "draft")
    return usable


def read_catalogue(path: Path) -> Any:
    """Return the file as a `babel.messages.Catalog`; Babel ships no types for it."""
    with path.open("rb") as file:
        return read_po(file, charset="utf-8")


def _is_checked(message: Any) -> bool:
    # Poedit and gettext wrap long comments, so the parts may lie on several lines.
    check = _CHECK.search(" ".join(message.user_comments))
    return check is not None and check.groups() == (text_hash(message.id), text_hash(message.string))


def check_comment(english: str, translation: str, by: str, on: date) -> str:
    """Return the translator comment that marks this very pair of texts as checked by that person."""
    name = by.replace("|", " ").strip()
    hashes = f"src: {text_hash(english)} | text: {text_hash(translation)}"
    return f"state: checked | by: {name} | on: {on.isoformat()} | {hashes}"


@cache
def template_texts() -> tuple[str, ...]:
    """Return every English text of the family catalogue, as last extracted; read once a process."""
    return tuple(str(message.id) for message in read_catalogue(FOLDER / TEMPLATE_NAME) if message.id)


def completeness(tag: str) -> Completeness:
    """Return how much of the family catalogue is translated and checked; English is both by itself."""
    if language(tag).tag == "en":
        return Completeness(1.0, 1.0)
    wanted = template_texts()
    found = [entries(tag)[text] for text in wanted if text in entries(tag)]
    checked = sum(entry.state == "checked" for entry in found)
    return Completeness(len(found) / len(wanted), checked / len(wanted)) if wanted else Completeness(0.0, 0.0)


def translated_tags() -> tuple[str, ...]:
    """Return the tags that have a catalogue file, sorted."""
    return tuple(sorted(path.stem.replace("_", "-") for path in FOLDER.glob("*.po")))
