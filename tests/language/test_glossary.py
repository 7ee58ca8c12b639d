"""Each language's small glossary: the same word for the same thing."""

import re
import tomllib

import pytest

from convo.language.catalogue import FOLDER, entries, po_path, translated_tags
from convo.language.tags import language

TERMS = tuple(tomllib.loads((FOLDER / "glossary" / "pl.toml").read_text("utf-8")))
_HAN = re.compile("[\u4e00-\u9fff]")  # written without spaces


def stem(word: str) -> str:
    """Return the beginning of a term's first word: endings change, beginnings seldom do."""
    first = re.split(r"[\s(（,;/،、]", word)[0]
    return first[: 2 if _HAN.search(first) else max(2, len(first) * 2 // 3)].casefold()


@pytest.mark.parametrize("tag", translated_tags())
def test_a_language_with_a_catalogue_has_every_term_in_its_glossary(tag: str) -> None:
    path = FOLDER / "glossary" / f"{po_path(tag).stem}.toml"
    said = tomllib.loads(path.read_text("utf-8"))
    assert tuple(said) == TERMS
    assert all(word.strip() for word in said.values())


@pytest.mark.parametrize("tag", translated_tags())
def test_the_catalogue_uses_the_words_of_its_glossary(tag: str) -> None:
    path = FOLDER / "glossary" / f"{po_path(tag).stem}.toml"
    text = " ".join(entry.text for entry in entries(tag).values()).casefold()
    unused = [term for term, word in tomllib.loads(path.read_text("utf-8")).items() if stem(word) not in text]
    assert len(unused) <= 2, f"{language(tag).name}: {unused}"


def test_every_glossary_is_of_a_language_with_a_catalogue() -> None:
    files = {path.stem for path in (FOLDER / "glossary").glob("*.toml")}
    assert files == {po_path(tag).stem for tag in translated_tags()}
