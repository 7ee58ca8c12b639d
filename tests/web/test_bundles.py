"""Scripts are served as few files, and each module exists once in a page."""

import os
import re
from pathlib import Path

import pytest
from flask import Flask

from convo.web.bundles import NotTogether, at_version, bundles, stamps, together, version

SCRIPTS = {
    "state.js": "export const state = { count: 0 };\nexport function unneeded() { return state; }\n",
    "part.js": 'import { state } from "./state.js";\nexport function part() { state.count += 1; }\n',
    "hour.js": 'import { part } from "./part.js";\npart();\nconst later = () => import("./later.js");\n',
    "later.js": 'import { state } from "./state.js";\nexport { more } from "./more.js";\n'
    "export const now = state.count;\n",
    "more.js": 'import { part } from "./part.js";\nexport class more { run() { part(); } }\n',
}


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    folder = tmp_path / "hour"
    folder.mkdir()
    for name, text in SCRIPTS.items():
        (folder / name).write_text(text, "utf-8")
    return folder / "hour.js"


def texts(entry: Path) -> dict[str, str]:
    return {path.name: bundle.text for path, bundle in together(entry, entry.parent.parent).items()}


def test_an_entry_holds_its_imports_in_the_order_in_which_they_run(entry: Path) -> None:
    text = texts(entry)["hour.js"]
    places = [text.index(words) for words in ("state = {", "function part", "part();\nconst later")]
    assert places == sorted(places)
    assert "import {" not in text


def test_what_comes_later_imports_from_the_first_file_what_is_there_already(entry: Path) -> None:
    served = texts(entry)
    assert set(served) == {"hour.js", "later.js"}
    assert served["later.js"].startswith('import { part, state } from "./hour.js";\n')
    assert "count: 0" not in served["later.js"], "a second state"
    assert served["hour.js"].startswith("export const { part, state } = (() => {")
    assert "export const { more, now } =" in served["later.js"]


def test_a_module_of_another_folder_is_brought_later_from_where_it_is(entry: Path, tmp_path: Path) -> None:
    (tmp_path / "tablet").mkdir()
    (tmp_path / "tablet/store.js").write_text('export const later = () => import("./far.js");\n', "utf-8")
    (tmp_path / "tablet/far.js").write_text('import { part } from "../hour/part.js";\npart();\n', "utf-8")
    with (entry.parent / "part.js").open("a", encoding="utf-8") as part:
        part.write('export { later } from "../tablet/store.js";\n')
    (entry.parent / "hour.js").write_text('import { part, later } from "./part.js";\nlater();\n', "utf-8")
    served = texts(entry)
    assert 'import("../tablet/far.js")' in served["hour.js"]
    assert 'from "../hour/hour.js"' in served["far.js"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("more.js", "export const part = 1;\nexport class more {}\n", "part"),
        ("state.js", "export let state = { count: 0 };\n", "may change"),
        ("state.js", "const state = 0;\n", "does not export"),
        ("part.js", 'import * as all from "./state.js";\nexport function part() {}\n', "import \\* as all"),
        ("part.js", "export const part = 1;\nconst got = await fetch('/');\n", "await"),
        ("part.js", "export default part;\n", "does not export"),
        ("state.js", 'export const state = import.meta.url;\nimport "./none.js";\n', "import"),
        ("hour.js", 'export { more } from "./more.js";\nimport("./more.js");\n', "at once and later"),
        ("hour.js", 'import { none } from "./none.js";\n', "cannot be read"),
    ],
)
def test_what_would_not_mean_the_same_is_not_put_together(
    entry: Path, name: str, text: str, says: str
) -> None:
    (entry.parent / name).write_text(text, "utf-8")
    if name == "more.js":
        (entry.parent / "later.js").write_text(SCRIPTS["later.js"] + "const part = 2;\n", "utf-8")
    with pytest.raises(NotTogether, match=says):
        together(entry, entry.parent.parent)


def test_scripts_that_cannot_be_put_together_are_served_as_they_stand(entry: Path, tmp_path: Path) -> None:
    assert set(bundles(tmp_path, stamps(tmp_path))) == {entry, entry.parent / "later.js"}
    (entry.parent / "part.js").write_text(SCRIPTS["part.js"] + "await part();\n", "utf-8")
    assert bundles(tmp_path, stamps(tmp_path)) == {}


def test_a_change_in_any_module_changes_the_address_of_all(entry: Path, tmp_path: Path) -> None:
    before = version(stamps(tmp_path))
    assert before == version(stamps(tmp_path))
    more = entry.parent / "more.js"
    more.write_text(SCRIPTS["more.js"].replace("more", "much"), "utf-8")
    os.utime(more, ns=(1, 1))
    assert version(stamps(tmp_path)) != before


def test_a_script_asks_for_the_others_with_the_version_that_it_was_asked_for_with() -> None:
    script = 'import{a}from"./a.js";import"../b.js";const c=()=>import("./c.js"),d="./d.js"'
    assert at_version(script, "0a1b") == (
        'import{a}from"./a.js?v=0a1b";import"../b.js?v=0a1b";const c=()=>import("./c.js?v=0a1b"),d="./d.js"'
    )
    for nothing in ("", '"+alert(1)+"', "0A"):
        assert at_version(script, nothing) == script


def test_the_hour_comes_in_two_files_and_an_older_page_gets_them_at_its_own_addresses(app: Flask) -> None:
    for asked in ("0123456789ab", "ffffffffffff"):
        client = app.test_client()
        first = client.get(f"/static/hour/hour.js?v={asked}").get_data(as_text=True)
        later = client.get(f"/static/hour/follows.js?v={asked}").get_data(as_text=True)
        assert _asked_for(first) == {f"../tablet/trusted.js?v={asked}", f"./follows.js?v={asked}"}
        assert _asked_for(later) <= {f"../tablet/trusted.js?v={asked}", f"./hour.js?v={asked}"}


def _asked_for(script: str) -> set[str]:
    return set(re.findall(r'"(\.[^"]+\.js[^"]*)"', script))
