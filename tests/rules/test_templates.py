"""Rules over every template and every static file: what no page of convo may hold."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tinycss2

import convo

ROOT = Path(convo.__file__).parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static").rglob("*.css"))
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))

# What a right-to-left page would show on the wrong side.
PHYSICAL = re.compile(
    r"(^|-)(left|right|top|bottom)(-|$)|^(min-|max-)?(width|height)$|^overflow-[xy]$|^(translate|float|clear)$"
)
PHYSICAL_VALUES = {"text-align": {"left", "right"}, "float": {"left", "right"}, "clear": {"left", "right"}}

FORBIDDEN = {
    "unescaped text": r"\|\s*safe\b|\bMarkup\b|autoescape\s+false",
    "an inline style": r"<style|\sstyle\s*=",
    "an inline script": r"<script(?![^>]*\ssrc=)|javascript:|\son[a-z]+\s*=\s*[\"']",
    "another host": r"(src|href)\s*=\s*[\"'](https?:)?//",
    "a static file without its hash": r"[\"']/static/|url_for\(\s*[\"']static",
    "a missing include": r"ignore missing",
}


# The page that each starts from, and the one without wifi, which shows nobody's words nor who has signed in.
ALONE = {"base.html", "offline.html"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_holds_nothing_that_the_browser_or_a_reader_must_not_meet(path: Path) -> None:
    source = path.read_text("utf-8")
    found = {what for what, pattern in FORBIDDEN.items() if re.search(pattern, source, re.IGNORECASE)}
    assert not found


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_is_a_page_a_component_or_a_part(path: Path) -> None:
    source = path.read_text("utf-8")
    if path.parent.name == "components":
        assert re.findall(r"{% macro (\w+)\(", source) == [path.stem], "one macro a file, of the file's name"
    elif path.name not in ALONE and not path.name.startswith("_"):
        assert re.search(r"{% extends ", source), "a page extends base.html; a part's name starts with _"


@pytest.mark.parametrize("path", STYLES, ids=name_of)
def test_a_style_sheet_mirrors_whole(path: Path) -> None:
    assert list(physical_declarations(path.read_text("utf-8"))) == []


def test_no_script_makes_html_or_code_from_text() -> None:
    """Only the page that a tablet keeps, encrypted, is made from text, in one file."""
    pattern = r"innerHTML|outerHTML\s*=[^=]|insertAdjacentHTML|document\.write|\beval\(|new Function"
    policy = r"createPolicy|parseFromString"
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        assert not re.search(pattern, text), name_of(path)
        assert not re.search(policy, text) or path.name == "trusted.js", name_of(path)


def test_no_file_of_the_pages_leads_to_another_host() -> None:
    for path in STYLES + SCRIPTS:
        assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]", path.read_text("utf-8")), name_of(path)


@pytest.mark.parametrize(
    "css",
    [
        "p { margin-left: 1px }",
        "p { text-align: right }",
        "@media print { p { width: 2em } }",
        "p { inset-inline: 0; top: 0 }",
    ],
)
def test_the_rule_about_mirroring_can_fail(css: str) -> None:
    assert list(physical_declarations(css))


def physical_declarations(css: str) -> Iterator[str]:
    """Yield each declaration that names a side of the screen, at any depth."""
    for node in tinycss2.parse_blocks_contents(css, skip_comments=True, skip_whitespace=True):
        yield from _physical_in(node)


def _physical_in(node: tinycss2.ast.Node) -> Iterator[str]:
    if node.type == "declaration":
        value = tinycss2.serialize(node.value).strip()
        custom = node.name.startswith("--")
        if (PHYSICAL.search(node.name) and not custom) or value in PHYSICAL_VALUES.get(node.name, ()):
            yield f"{node.name}: {value}"
    elif node.type in {"qualified-rule", "at-rule"} and node.content is not None:
        for inner in tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True):
            yield from _physical_in(inner)
