"""Rules over every script: that they can be served as few files, each module in one of them."""

import re
from pathlib import Path

import pytest

import convo
from convo.web.bundles import APART, ENTRIES, bundles, stamps, together

STATIC = Path(convo.__file__).parent / "static"
TEMPLATES = Path(convo.__file__).parent / "templates"


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_can_be_served_with_what_it_imports(entry: str) -> None:
    served = together(STATIC / entry, STATIC)
    assert STATIC / entry in served


def test_what_a_page_loads_is_served_with_what_it_imports() -> None:
    pages = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    loaded = set(re.findall(r"asset\('([^']+\.js)'\)", pages))
    alone = {name for name in loaded if not re.search(r"^import ", (STATIC / name).read_text("utf-8"), re.M)}
    later = {path.relative_to(STATIC).as_posix() for path in bundles(STATIC, stamps(STATIC))}
    assert loaded - alone <= later


def test_a_module_stands_in_one_file_of_the_hour() -> None:
    served = bundles(STATIC, stamps(STATIC))
    members = [
        member for path, bundle in served.items() if path.parent.name == "hour" for member in bundle.members
    ]
    assert len(members) == len(set(members))
    assert STATIC / "hour/journal.js" in members


@pytest.mark.parametrize("name", APART)
def test_a_module_apart_imports_nothing_and_stands_in_no_other_file(name: str) -> None:
    assert not re.search(r"\bimport\b", (STATIC / name).read_text("utf-8"))
    assert all(STATIC / name not in bundle.members for bundle in bundles(STATIC, stamps(STATIC)).values())
