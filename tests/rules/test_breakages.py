"""The deliberate breakages can be made: their lines stand in convo, and their tests exist."""

import ast
from pathlib import Path

import pytest

import convo
from tests.breakages import BREAKAGES
from tests.breakages.breakage import Breakage

PACKAGE = Path(convo.__file__).parent
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.name)
def test_a_breakage_changes_one_line_and_its_test_exists(breakage: Breakage) -> None:
    assert (PACKAGE / breakage.path).read_text("utf-8").count(breakage.line) == 1
    assert breakage.instead != breakage.line
    file, _, name = breakage.caught_by.partition("::")
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_readme_lists_every_breakage_with_its_test() -> None:
    readme = (ROOT / "tests/README.md").read_text("utf-8")
    rows = [f"| {each.name} | `{each.caught_by.rpartition('/')[2]}` |" for each in BREAKAGES]
    assert [row for row in rows if row not in readme] == []
