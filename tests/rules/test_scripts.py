"""Rules over every script: that they can be served as few files, each module in one of them."""

import re
from pathlib import Path

import pytest

import convo
from convo.web.bundles import ENTRIES, bundles, stamps, together

STATIC = Path(convo.__file__).parent / "static"
TEMPLATES = Path(convo.__file__).parent / "templates"


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_can_be_served_with_what_it_imports(entry: str) -> None:
    served = together(STATIC / entry, {STATIC / name for name in ENTRIES})
    assert STATIC / entry in served


def test_what_a_page_loads_and_has_imports_is_an_entry() -> None:
    pages = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    loaded = set(re.findall(r"asset\('([^']+\.js)'\)", pages))
    alone = {name for name in loaded if not re.search(r"^import ", (STATIC / name).read_text("utf-8"), re.M)}
    assert loaded - alone <= set(ENTRIES)


def test_a_module_stands_in_one_file_of_the_hour() -> None:
    served = bundles(STATIC, stamps(STATIC))
    hour = [text for path, text in served.items() if path.name != "signed-in.js"]
    for words in ("class Journal ", "class Drafts ", "new Journal(", "class Clock "):
        assert sum(words in text for text in hour) == 1, words
