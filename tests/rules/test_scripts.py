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


def taken_too_early(text: str) -> list[str]:
    """Return constants that a shortened script would read before they are there.

    The shortener joins constants that follow each other, and puts those taken apart first when it does not
    see that they read one before them inside an object: ``const a = 1; const { b } = f({ a });``.
    """
    statement = r"^[ \t]*const (?:(\w+)|[\[{][^=]*) = ((?:[^;]|;(?!\n))*);\n(?:[ \t]*//.*\n)*"
    found = []
    before: list[str] = []
    end = -1
    for each in re.finditer(statement, text, re.M):
        before = before if each.start() == end else []
        end = each.end()
        inside = each[2].partition("{")[2]
        if each[1] is None:
            found += [name for name in before if re.search(rf"\b{name}\b", inside)]
        else:
            before.append(each[1])
    return found


@pytest.mark.parametrize(
    "path", sorted(STATIC.rglob("*.js")), ids=lambda path: path.relative_to(STATIC).as_posix()
)
def test_shortening_a_script_keeps_the_order_of_its_constants(path: Path) -> None:
    assert taken_too_early(path.read_text("utf-8")) == []


def test_the_rule_about_the_order_of_constants_can_fail() -> None:
    assert taken_too_early("const a = 1;\n// so\nconst b = 2;\nconst { c } = f({\n  a,\n});\n") == ["a"]
    assert taken_too_early("const a = 1;\ng();\nconst { c } = f({ a });\n") == []
